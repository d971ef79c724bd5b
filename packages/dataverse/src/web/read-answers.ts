import { contextUrl, formatDataverseEtag, matchesEtag, parseIfMatch, parseJson, type QueryOptions, stringifyJson } from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'
import type { Table } from '../model/resolved-model.ts'
import { optionText, withOption } from '../query/links.ts'
import { formatCookie, type PagePlace, parseCookie } from '../query/paging-cookie.ts'
import { countRows, type Page, type PathCondition, type ReadScope, readPage, readRow } from '../query/read-rows.ts'
import { contextLists } from '../query/selection.ts'
import { type Exchange, emptyAnswer, jsonAnswer, textAnswer, type WireAnswer, wantedAnnotations, wantsCounts } from './exchange.ts'
import { preferenceApplied } from './preference-applied.ts'

/** Totals are counted no further than this. Source: wire specification 11.1. */
export const COUNT_LIMIT = 5_000

/** What a read of this request sees. */
export const readScopeOf = (exchange: Exchange, table: Table): ReadScope => ({
  model: exchange.core.model,
  table,
  caller: exchange.caller,
  now: exchange.core.clock.now(),
  annotations: wantedAnnotations(exchange),
  root: exchange.root,
  expandText: optionText(exchange.request.url, '$expand') ?? '',
  pageSize: pageSizeOf(exchange),
})

export const pageSizeOf = (exchange: Exchange): number =>
  Math.min(exchange.preferences.maxPageSize ?? exchange.settings.maxPageSize, exchange.settings.maxPageSize)

/** Puts a member before all others of a JSON object text. */
export const withFirstMember = (json: string, member: string): string => `{${member},${json.slice(1)}`

/** The JSON text of a row as the body of an answer. */
export const entityBody = (exchange: Exchange, table: Table, row: { readonly json: string; readonly options: QueryOptions }): string =>
  withFirstMember(
    row.json,
    `"@odata.context":${stringifyJson(contextUrl(exchange.root, table.entitySetName, { ...contextLists(row.options), kind: 'entity' }))}`,
  )

/** Answers `GET set(key)`: the row with its ETag, or 304. Source: wire specification 8, DV-048. */
export async function answerRow(
  exchange: Exchange,
  table: Table,
  row: { readonly id: string; readonly options: QueryOptions },
): Promise<WireAnswer> {
  const found = await readRow(exchange.sql, readScopeOf(exchange, table), row)
  if (found === undefined) throw wireErrors.rowNotFound(table.logicalName, row.id)
  const etag = formatDataverseEtag(found.version)
  const condition = parseIfMatch(exchange.request.header('if-none-match'))
  const isConditional =
    table.definition.optimisticConcurrency && row.options.expand === undefined && exchange.preferences.includeAnnotations === undefined
  if (condition !== undefined && condition !== '*' && isConditional && matchesEtag(condition, etag))
    return { status: 304, headers: [['ETag', etag]] }
  const headers = [['ETag', etag] as const, ...preferenceApplied(exchange, ['odata.include-annotations'])]
  return jsonAnswer(200, entityBody(exchange, table, { json: found.json, options: row.options }), headers)
}

export interface CollectionSource {
  readonly table: Table
  readonly path?: PathCondition
}

/** Answers a query of a set or of the children of a row. Source: wire specification 11.1 and 11.4. */
export async function answerCollection(exchange: Exchange, source: CollectionSource, options: QueryOptions): Promise<WireAnswer> {
  checkOptions(options)
  const scope = readScopeOf(exchange, source.table)
  const isPaged = exchange.preferences.maxPageSize !== undefined
  const top = isPaged ? undefined : options.top
  const limit = top ?? scope.pageSize
  const place = options.skiptoken === undefined ? undefined : parseCookie(options.skiptoken, options.orderby?.length ?? 0)
  const page = limit === 0 ? EMPTY_PAGE : await readPage(exchange.sql, scope, { options, path: source.path, place, limit })
  const count =
    options.count === true ? await countRows(exchange.sql, scope, { options, path: source.path, limit: COUNT_LIMIT + 1 }) : undefined
  const next = page.hasMore && top === undefined ? nextLink(exchange, { table: source.table, options, page, place }) : undefined
  const members = [
    `"@odata.context":${stringifyJson(contextUrl(exchange.root, source.table.entitySetName, contextLists(options)))}`,
    ...countMembers(exchange, count),
    `"value":[${page.rows.join(',')}]`,
    ...(next === undefined ? [] : [`"@odata.nextLink":${stringifyJson(next)}`]),
  ]
  return jsonAnswer(200, `{${members.join(',')}}`, preferenceApplied(exchange, ['odata.include-annotations', 'odata.maxpagesize']))
}

const EMPTY_PAGE: Page = { rows: [], first: undefined, last: undefined, hasMore: false }
const LARGEST_TOP = 5_000

function checkOptions(options: QueryOptions): void {
  if (options.top !== undefined && options.top > LARGEST_TOP) {
    throw wireErrors.badQuery(`The value of $top is ${options.top}; at most ${LARGEST_TOP} rows are answered at once.`)
  }
  if (options.id !== undefined) throw wireErrors.badQuery('The query option $id is only read with $ref.')
}

/** `@odata.count` and the annotations about totals; without a count only the latter, where they are asked for. */
export function countMembers(exchange: Exchange, count: number | undefined): readonly string[] {
  const members: string[] = count === undefined ? [] : [`"@odata.count":${Math.min(count, COUNT_LIMIT)}`]
  if (wantsCounts(exchange)) {
    members.push(`"@Microsoft.Dynamics.CRM.totalrecordcount":${count === undefined ? -1 : Math.min(count, COUNT_LIMIT)}`)
    members.push(`"@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded":${count !== undefined && count > COUNT_LIMIT}`)
  }
  return members
}

function nextLink(
  exchange: Exchange,
  at: { readonly table: Table; readonly options: QueryOptions; readonly page: Page; readonly place: PagePlace | undefined },
): string | undefined {
  const { first, last } = at.page
  if (first === undefined || last === undefined) return undefined
  const names = (at.options.orderby ?? []).map((item) =>
    item.expression.kind === 'path' ? (item.expression.segments.at(-1) ?? 'value') : 'value',
  )
  const cookie = formatCookie({ page: (at.place?.page ?? 1) + 1, names, primaryId: at.table.primaryId.name, first, last })
  return withOption(exchange.root, exchange.request.url, { drop: ['$skiptoken'], name: '$skiptoken', value: encodeURI(cookie) })
}

/** Answers `/$count`: text with a byte-order mark, at most 5,000. Source: wire specification 8, DV-071. */
export async function answerCount(exchange: Exchange, source: CollectionSource, options: QueryOptions): Promise<WireAnswer> {
  const scope = readScopeOf(exchange, source.table)
  const count = await countRows(exchange.sql, scope, { options, path: source.path, limit: COUNT_LIMIT })
  return countAnswer(count)
}

export const countAnswer = (count: number): WireAnswer => textAnswer(`\uFEFF${count}`)

/** The value of one property: 204 where it is empty. Source: wire specification 8, DV-038. */
export async function answerProperty(
  exchange: Exchange,
  table: Table,
  at: { readonly id: string; readonly property: string; readonly raw: boolean },
): Promise<WireAnswer> {
  const column = table.byProperty.get(at.property)
  if (column === undefined) throw wireErrors.unknownSegment(at.property)
  const span = { start: 0, end: 0 }
  const found = await readRow(exchange.sql, readScopeOf(exchange, table), { id: at.id, options: { select: [{ path: at.property, span }] } })
  if (found === undefined) throw wireErrors.rowNotFound(table.logicalName, at.id)
  const value = (parseJson(found.json) as Record<string, unknown>)[column.property] ?? null
  if (value === null) return emptyAnswer()
  if (at.raw) return textAnswer(typeof value === 'string' ? value : stringifyJson(value))
  const context = `${exchange.root}$metadata#${table.entitySetName}(${at.id})/${column.property}`
  return jsonAnswer(
    200,
    `{"@odata.context":${stringifyJson(context)},"value":${stringifyJson(value)}}`,
    preferenceApplied(exchange, ['odata.include-annotations']),
  )
}
