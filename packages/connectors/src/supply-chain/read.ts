import { AppError } from '@p2c/base'
import type { FieldSearch, FieldValue, ReadRequest, SourcePage, SourceRow } from '@p2c/engine'
import { rowKey, splitRowKey } from '../fields/row-key.ts'
import { placeOfLink } from '../http/feed-link.ts'
import { mapLimited } from '../http/limited.ts'
import type { FinOpsEntity, FinOpsField } from './entity.ts'
import type { EntityCatalogue } from './entity-catalogue.ts'
import { expiredPosition, readIncrement, readPosition, startChain, writePosition } from './export-chain.ts'
import { fromWire } from './field-value.ts'
import { CROSS_COMPANY, type FinOpsClient, type JsonObject, nextLinkOf, rowsOf } from './fin-ops-client.ts'
import { fromCell, type PackageRow } from './package-file.ts'
import { companyCondition, companyOf, encodeOption, pushedFilter, type TupleSearch, tupleFilters } from './query.ts'

export interface FinOpsReadContext {
  readonly client: FinOpsClient
  readonly catalogue: EntityCatalogue
  readonly parallel: number
  /** False: every read is whole. */
  readonly usesPackages: boolean
}

interface SourcePlan {
  readonly entity: FinOpsEntity
  readonly fields: readonly { readonly path: string; readonly field: FinOpsField }[]
  readonly select: string
}

/** The most that one page of the service holds (F&O 9). */
const LARGEST_PAGE = 10_000

/**
 * Reads an entity of one company, page after page, in key order. There is no delta link here: where the environment lets data projects be
 * made, increments are exported packages with change tracking; elsewhere, and without a position, the read is whole, and the engine drops
 * what did not change (F&O 18). Throws `source-position-expired` where an increment is in doubt.
 */
export async function* readEntity(context: FinOpsReadContext, request: ReadRequest, signal: AbortSignal): AsyncGenerator<SourcePage> {
  const plan = await planSource(context.catalogue, request, signal)
  if (request.position !== undefined) yield* readChanges(context, { plan, request, position: request.position }, signal)
  else yield* readWhole(context, { plan, request }, signal)
}

interface PlannedRead {
  readonly plan: SourcePlan
  readonly request: ReadRequest
}

async function* readWhole(context: FinOpsReadContext, { plan, request }: PlannedRead, signal: AbortSignal): AsyncGenerator<SourcePage> {
  const resumed = request.pageLink === undefined ? undefined : readPageLink(request.pageLink)
  const position = resumed === undefined ? await startPosition(context, { plan, request }, signal) : resumed.position
  const prefer = `odata.maxpagesize=${Math.max(1, Math.min(LARGEST_PAGE, request.pageSize))}`
  let path: string | undefined = resumed?.link ?? firstPage(plan, request)
  while (path !== undefined) {
    const body = await context.client.get(path, { prefer, signal })
    const next = nextLinkOf(body)
    yield {
      rows: rowsOf(body).map((row) => toSourceRow(plan, request.keyFields, row)),
      ...(next !== undefined && { pageLink: JSON.stringify({ link: placeOfLink(next, context.client.root), position }) }),
      ...(next === undefined && position !== undefined && { position }),
    }
    path = next
  }
}

/** The link of a page with the position that the whole read will end with: another process may read that last page. */
function readPageLink(text: string): { readonly link: string; readonly position: string | undefined } {
  const { link, position } = JSON.parse(text) as Record<string, unknown>
  return { link: String(link), position: typeof position === 'string' ? position : undefined }
}

async function startPosition(context: FinOpsReadContext, { plan, request }: PlannedRead, signal: AbortSignal): Promise<string | undefined> {
  if (!context.usesPackages || !plan.entity.hasCompany) return undefined
  const { entity, select } = plan
  const start = { readId: request.readId, entity, company: companyOf(request.organisation.legalEntity), select }
  const position = await startChain(context.client, start, signal)
  return position === undefined ? undefined : writePosition(position)
}

async function* readChanges(
  context: FinOpsReadContext,
  read: PlannedRead & { readonly position: string },
  signal: AbortSignal,
): AsyncGenerator<SourcePage> {
  const { plan, request } = read
  const position = readPosition(read.position)
  const company = companyOf(request.organisation.legalEntity)
  if (position?.entity !== plan.entity.entitySetName || position.company !== company || position.select !== plan.select)
    throw expiredPosition(request.entity)
  const { rows, next } = await readIncrement(context.client, position, signal)
  const skipped = request.pageLink === undefined ? 0 : Number(request.pageLink)
  if (!Number.isSafeInteger(skipped)) throw expiredPosition(request.entity)
  const changed = rows.map((row) => fromPackageRow(plan, request.keyFields, row))
  for (let start = skipped; start === skipped || start < changed.length; start += request.pageSize) {
    const end = start + request.pageSize
    yield { rows: changed.slice(start, end), ...(end < changed.length ? { pageLink: String(end) } : { position: writePosition(next) }) }
  }
}

function fromPackageRow(plan: SourcePlan, keyFields: readonly string[], row: PackageRow): SourceRow {
  const values: Record<string, FieldValue> = {}
  for (const { path, field } of plan.fields) values[path] = fromCell(field, row[field.name.toUpperCase()])
  return { key: rowKey(values, keyFields), values }
}

/** `&$filter=…` of a whole read, or nothing where no condition can be sent. */
function filterOption(entity: FinOpsEntity, request: ReadRequest): string {
  const conditions = [
    companyCondition(entity, companyOf(request.organisation.legalEntity)),
    (request.filter && pushedFilter(entity, request.filter)) ?? '',
  ].filter((condition) => condition !== '')
  return conditions.length === 0 ? '' : `&$filter=${encodeOption(conditions.join(' and '))}`
}

/** How many rows a whole read gives; an increment is a package that is already read when anybody could ask. */
export async function countRows(context: FinOpsReadContext, request: ReadRequest, signal: AbortSignal): Promise<number | undefined> {
  if (request.position !== undefined) return undefined
  const entity = await context.catalogue.entity(request.entity, signal)
  return context.client.getCount(`data/${entity.entitySetName}/$count?${CROSS_COMPANY}${filterOption(entity, request)}`, signal)
}

function firstPage(plan: SourcePlan, request: ReadRequest): string {
  const { entity } = plan
  const filter = filterOption(entity, request)
  // The default order is not guaranteed: pages could overlap or skip (FO-061).
  return `data/${entity.entitySetName}?${CROSS_COMPANY}&$select=${plan.select}&$orderby=${orderBy(entity)}${filter}`
}

const orderBy = (entity: FinOpsEntity): string => [...(entity.hasCompany ? ['dataAreaId'] : []), ...entity.keyFields].join(',')

/** The current rows of some keys; a key without a row is left out. */
export async function readRowsByKeys(
  context: FinOpsReadContext,
  request: Omit<ReadRequest, 'position' | 'pageLink' | 'filter'> & { readonly keys: readonly string[] },
  signal: AbortSignal,
): Promise<readonly SourceRow[]> {
  const plan = await planSource(context.catalogue, request, signal)
  const keys = request.keys.map((key) => inEntityOrder(plan.entity, request.keyFields, splitRowKey(key, request.keyFields)))
  const found = await rowsOfKeys(
    context,
    { entity: plan.entity, select: plan.select, company: companyOf(request.organisation.legalEntity), keys },
    signal,
  )
  const wanted = new Set(request.keys.map((key) => key.toLowerCase()))
  return found.map((row) => toSourceRow(plan, request.keyFields, row)).filter((row) => wanted.has(row.key.toLowerCase()))
}

/** The current rows that hold one of these tuples of values, in bounded requests. */
export async function readRowsByFields(
  context: FinOpsReadContext,
  request: Omit<ReadRequest, 'position' | 'pageLink' | 'filter'> & { readonly search: FieldSearch },
  signal: AbortSignal,
): Promise<readonly SourceRow[]> {
  const { entity, ...plan } = await planSource(context.catalogue, request, signal)
  const company = companyOf(request.organisation.legalEntity)
  const fields = request.search.fields.map((path) => findField(entity, path).name)
  const found = await rowsOfTuples(context, { entity, select: plan.select, company, fields, tuples: request.search.tuples }, signal)
  return found.map((row) => toSourceRow({ entity, ...plan }, request.keyFields, row))
}

/** Key values in the order that the entity declares; a key field that the mapping does not name is refused. */
export function inEntityOrder(entity: FinOpsEntity, keyFields: readonly string[], values: readonly string[]): string[] {
  return entity.keyFields.map((name) => {
    const at = keyFields.findIndex((field) => field.toLowerCase() === name.toLowerCase())
    const value = values[at]
    if (value !== undefined) return value
    throw new AppError({
      category: 'schema',
      code: 'key-incomplete',
      message: `The key of '${entity.entitySetName}' needs ${entity.keyFields.join(', ')}; the mapping's key is ${keyFields.join(', ')}. Map the missing field.`,
      details: { entity: entity.entitySetName, missing: name },
    })
  })
}

export interface KeyQuery {
  readonly entity: FinOpsEntity
  readonly select: string
  readonly company: string
  /** Values in the order of the entity's key fields. */
  readonly keys: readonly (readonly string[])[]
}

/** All rows of these keys in one company: one request per some hundred keys, several at once. */
export async function rowsOfKeys(
  context: Pick<FinOpsReadContext, 'client' | 'parallel'>,
  query: KeyQuery,
  signal: AbortSignal,
): Promise<JsonObject[]> {
  return rowsOfTuples(context, { ...query, fields: query.entity.keyFields, tuples: query.keys }, signal)
}

async function rowsOfTuples(
  context: Pick<FinOpsReadContext, 'client' | 'parallel'>,
  query: Omit<KeyQuery, 'keys'> & TupleSearch,
  signal: AbortSignal,
): Promise<JsonObject[]> {
  const filters = tupleFilters(query.entity, query.company, query)
  const pages = await mapLimited(filters, context.parallel, (filter) =>
    context.client.getAll(
      `data/${query.entity.entitySetName}?${CROSS_COMPANY}&$select=${query.select}&$filter=${encodeOption(filter)}`,
      signal,
    ),
  )
  return pages.flat()
}

async function planSource(
  catalogue: EntityCatalogue,
  request: { readonly entity: string; readonly fields: readonly string[]; readonly keyFields: readonly string[] },
  signal: AbortSignal,
): Promise<SourcePlan> {
  const entity = await catalogue.entity(request.entity, signal)
  const fields = [...new Set([...request.keyFields, ...request.fields])].map((path) => ({ path, field: findField(entity, path) }))
  return {
    entity,
    fields,
    select: selectOf(
      entity,
      fields.map(({ field }) => field),
    ),
  }
}

/** `$select` with the key, in a fixed order. */
export const selectOf = (entity: FinOpsEntity, fields: readonly FinOpsField[]): string =>
  [...new Set([...(entity.hasCompany ? ['dataAreaId'] : []), ...entity.keyFields, ...fields.map((field) => field.name).sort()])].join(',')

/** Throws `field-unknown`: a mapped field that is missing stops the mapping (FO-008). */
export function findField(entity: FinOpsEntity, path: string): FinOpsField {
  const field = entity.fields.get(path.toLowerCase())
  if (field !== undefined) return field
  throw new AppError({
    category: 'schema',
    code: 'field-unknown',
    message: `Entity '${entity.entitySetName}' of Supply Chain has no field '${path}'. Refresh the entities and correct the mapping.`,
    details: { entity: entity.entitySetName, field: path },
  })
}

function toSourceRow(plan: SourcePlan, keyFields: readonly string[], row: JsonObject): SourceRow {
  const values: Record<string, FieldValue> = {}
  for (const { path, field } of plan.fields) values[path] = fromWire(field, row[field.name])
  return { key: rowKey(values, keyFields), values }
}
