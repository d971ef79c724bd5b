import { type ContextExpand, contextUrl, type ODataRequest, type OrderColumn, parsePrefer, typeContextUrl } from '@p2c/odata'
import type { FieldValues } from '../domain/field-value.ts'
import { type Entity, type EntityProperty, propertyOf } from '../entities/entity.ts'
import type { DataRequest, DataServices } from './data-context.ts'
import { readKey } from './entity-key.ts'
import { type ExpandPlan, expandRows, planExpand } from './expand.ts'
import { qualified } from './names.ts'
import {
  countStatement,
  orderOf,
  pageStatement,
  type ReadPlan,
  readSkipToken,
  rowStatement,
  type Statement,
  writeSkipToken,
} from './read-query.ts'
import {
  badQuery,
  type DataResponse,
  invalidRequest,
  jsonResponse,
  type MetadataLevel,
  noSuchRow,
  routeMiss,
  textResponse,
} from './response.ts'
import { companiesOf } from './service-user.ts'
import { createRowWriter, jsonValue, type OutputRow } from './write-rows.ts'

/** A parsed request with the entity that it means. */
export interface EntityRequest {
  readonly services: DataServices
  readonly request: DataRequest
  readonly parsed: ODataRequest
  readonly entity: Entity
  readonly isCrossCompany: boolean
  readonly level: MetadataLevel
}

type Checked<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly response: DataResponse }

const unknownProperty = (entity: Entity, name: string): DataResponse =>
  badQuery(`Could not find a property named '${name}' on type '${qualified(entity.name)}'.`)

/** The properties that `$select` names, in its order; all without it. */
function selectProperties(entity: Entity, names: readonly string[] | undefined): Checked<readonly EntityProperty[]> {
  if (names === undefined || names.includes('*')) return { ok: true, value: entity.properties }
  const properties: EntityProperty[] = []
  for (const name of new Set(names)) {
    const property = propertyOf(entity, name)
    if (property !== undefined) properties.push(property)
    else if (!entity.navigation.some((each) => each.name === name)) return { ok: false, response: unknownProperty(entity, name) }
  }
  return { ok: true, value: properties }
}

interface FullPlan {
  readonly plan: ReadPlan
  readonly expands: readonly ExpandPlan[]
  readonly context: { readonly select?: readonly string[]; readonly expand?: readonly ContextExpand[] }
}

function planRead(input: EntityRequest): Checked<FullPlan> {
  const { entity, parsed, request, services } = input
  const names = parsed.options.select?.map((item) => item.path)
  const selected = selectProperties(entity, names)
  if (!selected.ok) return selected
  const expands: ExpandPlan[] = []
  for (const item of parsed.options.expand ?? []) {
    const planned = planExpand(entity, item)
    if (!planned.ok) return planned
    expands.push(planned.value)
  }
  const sources = new Set(expands.flatMap((each) => each.sources))
  const hidden = entity.properties.filter((property) => sources.has(property.name) && !selected.value.includes(property))
  const order: OrderColumn[] = orderOf(entity, parsed.options, services.profile)
  const companies = companiesOf(request.user, input.isCrossCompany || !entity.isCompanySpecific)
  const expand = expands.map((each) => ({ navigation: each.navigation.name, ...(each.selected && { select: each.selected }) }))
  return {
    ok: true,
    value: {
      plan: { entity, properties: selected.value, hidden, order, companies, options: parsed.options, profile: services.profile },
      expands,
      context: { ...(names !== undefined && { select: names }), ...(expand.length > 0 && { expand }) },
    },
  }
}

const runArrays = async (services: DataServices, { text, values }: Statement): Promise<string[][]> =>
  (await services.database.pool.query<string[]>({ text, values, rowMode: 'array' })).rows

/** Rows as read, ready to be written; `hidden` values stay beside them for expanding. */
async function toOutput(input: EntityRequest, { plan, expands }: FullPlan, rows: readonly string[][]): Promise<OutputRow[]> {
  const count = plan.properties.length
  const output = rows.map((row) => ({ recId: row[0] ?? '', recVersion: row[1] ?? '', values: row.slice(2, 2 + count) }))
  if (expands.length === 0) return output
  const all = [...plan.properties, ...plan.hidden]
  const sources: FieldValues[] = rows.map((row) => Object.fromEntries(all.map((property, index) => [property.name, row[2 + index] ?? ''])))
  const members = await expandRows(
    { services: input.services, request: input.request, level: input.level, companies: plan.companies },
    expands,
    sources,
  )
  return output.map((row, index) => ({ ...row, members: members[index] ?? '' }))
}

/** `GET {set}`: a page, with the link to the next one where there are more rows. */
export async function readSet(input: EntityRequest): Promise<DataResponse> {
  const planned = planRead(input)
  if (!planned.ok) return planned.response
  const { plan, context } = planned.value
  const { options } = plan
  const start = options.skiptoken === undefined ? undefined : readSkipToken(options.skiptoken, plan.order)
  if (options.skiptoken !== undefined && start === undefined)
    return badQuery('The $skiptoken is not one of this server. Follow the next link as it was given.')
  const pageSize = pageSizeOf(input)
  const wanted = start?.remaining ?? options.top ?? Number.POSITIVE_INFINITY
  const limit = Math.min(pageSize, wanted)
  const total = options.count === true ? await runArrays(input.services, countStatement(plan)) : undefined
  const found =
    limit === 0
      ? []
      : await runArrays(input.services, pageStatement(plan, { limit: limit < wanted ? limit + 1 : limit, ...(start && { start }) }))
  const rows = found.slice(0, limit)
  const writer = createRowWriter({ entity: plan.entity, properties: plan.properties, level: input.level, root: input.request.root })
  const lines = (await toOutput(input, planned.value, rows)).map((row) => writer.write(row))
  const last = rows.at(-1)
  const next =
    found.length > limit && last !== undefined
      ? nextLink(input, {
          after: last.slice(-plan.order.length),
          ...(wanted !== Number.POSITIVE_INFINITY && { remaining: wanted - limit }),
        })
      : undefined
  const head = [
    ...(input.level === 'none'
      ? []
      : [`"@odata.context":${JSON.stringify(contextUrl(input.request.root, plan.entity.collection, context))}`]),
    ...(total === undefined ? [] : [`"@odata.count":${total[0]?.[0] ?? '0'}`]),
  ]
  const members = [...head, `"value":[${lines.join(',')}]`, ...(next === undefined ? [] : [`"@odata.nextLink":${JSON.stringify(next)}`])]
  return jsonResponse(200, `{${members.join(',')}}`, { level: input.level })
}

function pageSizeOf({ request, services }: EntityRequest): number {
  const wanted = parsePrefer(request.header('prefer')).maxPageSize
  return wanted === undefined || wanted < 1 ? services.pageSize : Math.min(wanted, services.pageSize)
}

/** The address of this request with another place; everything else stands as it was sent. */
function nextLink({ request }: EntityRequest, start: Parameters<typeof writeSkipToken>[0]): string {
  const [path = '', query = ''] = request.url.split('?', 2)
  const kept = query.split('&').filter((part) => part !== '' && !/^(?:\$|%24)skiptoken=/i.test(part))
  return `${request.root}/${path}?${[...kept, `$skiptoken=${writeSkipToken(start)}`].join('&')}`
}

/** `GET {set}/$count`: the number of rows as text. */
export async function countSet(input: EntityRequest): Promise<DataResponse> {
  const planned = planRead(input)
  if (!planned.ok) return planned.response
  const [row] = await runArrays(input.services, countStatement(planned.value.plan))
  return textResponse(row?.[0] ?? '0')
}

/** The row with this key, unless it lies in a company that the call does not see. */
async function findByKey(input: EntityRequest, { plan }: FullPlan, key: FieldValues): Promise<string[] | undefined> {
  const { companyField } = plan.entity
  const isHidden = companyField !== undefined && plan.companies?.includes((key[companyField] ?? '').toLowerCase()) === false
  if (isHidden) return undefined
  const [row] = await runArrays(input.services, rowStatement(plan, key))
  return row
}

/** `GET {set}({key})`, and one of its properties when `property` is given. */
export async function readRow(input: EntityRequest, property?: { readonly name: string; readonly isRaw: boolean }): Promise<DataResponse> {
  const { parsed, entity, request } = input
  const reading = readKey(entity, parsed.path[0]?.key ?? [])
  if (!reading.ok) return reading.reason === 'route-miss' ? routeMiss(`${request.root}/${request.url}`) : invalidRequest(reading.problem)
  const planned = planRead(input)
  if (!planned.ok) return planned.response
  const row = await findByKey(input, planned.value, reading.key)
  if (row === undefined) return noSuchRow
  if (property !== undefined) return propertyResponse(input, { ...property, full: planned.value, row })
  const { plan, context } = planned.value
  const writer = createRowWriter({ entity, properties: plan.properties, level: input.level, root: request.root })
  const [output] = await toOutput(input, planned.value, [row])
  if (output === undefined) return noSuchRow
  return jsonResponse(200, writer.write(output, contextUrl(request.root, entity.collection, { ...context, kind: 'entity' })), {
    level: input.level,
  })
}

interface PropertyRead {
  readonly name: string
  readonly isRaw: boolean
  readonly full: FullPlan
  readonly row: readonly string[]
}

function propertyResponse({ request, entity, parsed, level }: EntityRequest, { name, isRaw, full, row }: PropertyRead): DataResponse {
  const index = full.plan.properties.findIndex((property) => property.name === name)
  const property = full.plan.properties[index]
  const value = row[2 + index] ?? ''
  if (property === undefined) return routeMiss(`${request.root}/${request.url}`)
  if (isRaw) return textResponse(value)
  const key = parsed.path[0]?.key?.map(
    (part) =>
      `${part.name === undefined ? '' : `${part.name}=`}${part.value.type === 'string' ? `'${part.value.value}'` : part.value.value}`,
  )
  const context = typeContextUrl(request.root, `${entity.collection}(${key?.join(',') ?? ''})/${name}`)
  const start = level === 'none' ? '' : `"@odata.context":${JSON.stringify(context)},`
  return jsonResponse(200, `{${start}"value":${jsonValue(property, value)}}`, { level })
}
