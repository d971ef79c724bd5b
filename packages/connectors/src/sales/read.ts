import { AppError } from '@p2c/base'
import type { FieldSearch, FieldValue, ReadRequest, SourcePage, SourceRow } from '@p2c/engine'
import { numberText } from '@p2c/odata'
import { rowKey, splitRowKey } from '../fields/row-key.ts'
import { isOwnLink, placeOfLink } from '../http/feed-link.ts'
import type { SalesCatalogue } from './catalogue.ts'
import { fromWire } from './field-value.ts'
import { literal, packedFilters, rowsByColumn, rowsByFilters } from './query.ts'
import { createRelatedValues } from './related-values.ts'
import { type JsonObject, linkOf, rowsOf, type SalesClient } from './sales-client.ts'
import { planSource, type SourcePlan, VERSION_COLUMN } from './source-plan.ts'
import { readPosition, writePosition } from './source-position.ts'

export interface SalesReadContext {
  readonly client: SalesClient
  readonly catalogue: SalesCatalogue
  readonly parallel: number
}

/** The most that one page of the service holds (Dataverse Web API 11.4). */
const LARGEST_PAGE = 5000

/**
 * Full and incremental reads by change tracking: the first read lists all rows and ends with a delta link, the next one begins with it.
 * The service takes neither filter nor expand there; looked-up values are fetched apart (integrator 11). Throws `source-position-expired`.
 */
export async function* readTable(context: SalesReadContext, request: ReadRequest, signal: AbortSignal): AsyncGenerator<SourcePage> {
  const plan = await planSource(context.catalogue, request, signal)
  const related = createRelatedValues(context.client, plan, context.parallel)
  const prefer = preferOf(plan, request)
  let path: string | undefined = request.pageLink ?? firstLink(context.client.serviceRoot, plan, request)
  while (path !== undefined) {
    const { body } = await getPage(context.client, { path, prefer }, request, signal)
    const rows = rowsOf(body).filter((row) => !isDeletedMarker(row))
    await related.load(rows, signal)
    const nextLink = linkOf(body, '@odata.nextLink')
    const deltaLink = linkOf(body, '@odata.deltaLink')
    yield {
      rows: rows.map((row) => toSourceRow(plan, request.keyFields, row, related.valueOf)),
      ...(nextLink !== undefined && { pageLink: placeOfLink(nextLink, context.client.serviceRoot) }),
      ...(nextLink === undefined && deltaLink !== undefined && { position: writePosition(plan, deltaLink) }),
    }
    path = nextLink
  }
}

/** Deletes arrive as ids, and the keys behind them are gone: nothing can be said about them here (DV-079, DV-080). */
const isDeletedMarker = (row: JsonObject): boolean =>
  typeof row['@odata.context'] === 'string' && row['@odata.context'].endsWith('$deletedEntity')

/** The current rows of some keys, by filter; a key without a row is left out. */
export async function readRowsByKeys(
  context: SalesReadContext,
  request: Omit<ReadRequest, 'position' | 'pageLink' | 'filter'> & { readonly keys: readonly string[] },
  signal: AbortSignal,
): Promise<readonly SourceRow[]> {
  const plan = await planSource(context.catalogue, request, signal)
  const options = { parallel: context.parallel, signal }
  const found = await findByKeys(context.client, { plan, keyFields: request.keyFields, keys: request.keys }, options)
  const related = createRelatedValues(context.client, plan, context.parallel)
  await related.load(found, signal)
  const wanted = new Set(request.keys.map((key) => key.toLowerCase()))
  return found.map((row) => toSourceRow(plan, request.keyFields, row, related.valueOf)).filter((row) => wanted.has(row.key.toLowerCase()))
}

/** The current rows that hold one of these tuples, found by filter in bounded requests; fields are columns, or keys behind a lookup. */
export async function readRowsByFields(
  context: SalesReadContext,
  request: Omit<ReadRequest, 'position' | 'pageLink' | 'filter'> & { readonly search: FieldSearch },
  signal: AbortSignal,
): Promise<readonly SourceRow[]> {
  const { entity, keyFields, search } = request
  const plan = await planSource(context.catalogue, request, signal)
  const searched = await planSource(context.catalogue, { entity, fields: [], keyFields: search.fields }, signal)
  const options = { parallel: context.parallel, signal }
  const found = await findByTuples(context.client, { plan: searched, select: plan.select, ...search }, options)
  const related = createRelatedValues(context.client, plan, context.parallel)
  await related.load(found, signal)
  return found.map((row) => toSourceRow(plan, keyFields, row, related.valueOf))
}

interface KeySearch {
  readonly plan: SourcePlan
  readonly keyFields: readonly string[]
  readonly keys: readonly string[]
}

async function findByKeys(
  client: SalesClient,
  search: KeySearch,
  options: { parallel: number; signal: AbortSignal },
): Promise<JsonObject[]> {
  const tuples = search.keys.map((key) => splitRowKey(key, search.keyFields))
  return findByTuples(client, { plan: search.plan, select: search.plan.select, fields: search.keyFields, tuples }, options)
}

interface TupleSearch extends FieldSearch {
  /** Holds the fields that are searched. */
  readonly plan: SourcePlan
  readonly select: readonly string[]
}

async function findByTuples(
  client: SalesClient,
  { plan, select, fields, tuples }: TupleSearch,
  options: { parallel: number; signal: AbortSignal },
): Promise<JsonObject[]> {
  const parts = fields.map((field) => keyPart(plan, field))
  const query = { entitySet: plan.table.entitySetName, select }
  const only = parts[0]
  if (parts.length === 1 && only !== undefined)
    return rowsByColumn(client, { ...query, ...only, values: tuples.map(([value]) => value ?? '') }, options)
  const conditions = tuples.map((values) =>
    values
      .map((value, index) => `${parts[index]?.property} eq ${value === '' ? 'null' : literal(parts[index]?.type ?? 'text', value)}`)
      .join(' and '),
  )
  return rowsByFilters(client, { ...query, filters: packedFilters(conditions) }, options)
}

/** A key value behind a lookup is compared over its navigation property (Dataverse Web API 11.2). */
function keyPart(plan: SourcePlan, field: string) {
  const direct = plan.direct.find((candidate) => candidate.field === field)
  if (direct !== undefined) return { property: direct.property, type: direct.column.type }
  const related = plan.related.find((candidate) => candidate.field === field)
  const target = related?.targets[0]
  const lookup = plan.table.columns.get(/^_(.+)_value$/.exec(related?.property ?? '')?.[1] ?? '')
  const navigation = lookup?.navigations.find((candidate) => candidate.table === target?.table.logicalName)
  return { property: `${navigation?.name}/${target?.column.name}`, type: target?.column.type ?? 'text' } as const
}

function toSourceRow(
  plan: SourcePlan,
  keyFields: readonly string[],
  row: JsonObject,
  relatedValue: ReturnType<typeof createRelatedValues>['valueOf'],
): SourceRow {
  const values: Record<string, FieldValue> = {}
  for (const { field, property, column } of plan.direct) values[field] = fromWire(column.type, row[property])
  for (const field of plan.related) values[field.field] = relatedValue(field, row)
  const version = numberText(row[VERSION_COLUMN])
  return { key: rowKey(values, keyFields), values, ...(version !== undefined && { version }) }
}

/** A link is followed with the preferences of the first request (DV-068); a delta link already says what it is. */
function preferOf(plan: SourcePlan, request: ReadRequest): string {
  const size = `odata.maxpagesize=${Math.max(1, Math.min(LARGEST_PAGE, request.pageSize))}`
  return request.position === undefined && plan.table.changeTracking ? `odata.track-changes,${size}` : size
}

function firstLink(serviceRoot: string, plan: SourcePlan, request: ReadRequest): string {
  if (request.position === undefined) return `${plan.table.entitySetName}?$select=${plan.select.join(',')}`
  const position = readPosition(request.position)
  // Other fields than last time, or another environment: the rows between would lack values, so everything is read again.
  if (position?.select !== plan.select.join(',') || !isOwnLink(position.link, serviceRoot)) throw expired(request.entity)
  return position.link
}

async function getPage(client: SalesClient, page: { path: string; prefer: string }, request: ReadRequest, signal: AbortSignal) {
  try {
    return await client.get(page, signal)
  } catch (error) {
    const isExpired = error instanceof AppError && error.code === 'source-position-expired'
    if (isExpired) throw expired(request.entity, error)
    throw error
  }
}

const expired = (entity: string, cause?: unknown): AppError =>
  new AppError({
    category: 'data',
    code: 'source-position-expired',
    message: `The source position of '${entity}' is too old or does not fit the fields that are read now. Everything is read again.`,
    details: { entity },
    cause,
  })
