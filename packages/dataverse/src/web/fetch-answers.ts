import type { SqlRunner } from '@p2c/base'
import { ANNOTATIONS, contextUrl, type QueryOptions, stringifyJson } from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'
import { type FetchQuery, linksTables } from '../fetch/fetch-query.ts'
import { readFetch } from '../fetch/read-fetch.ts'
import { type FetchAnswer, runFetch } from '../fetch/run-fetch.ts'
import { tableOf } from '../model/resolved-model.ts'
import { withOption } from '../query/links.ts'
import { readScopeSql } from '../security/access.ts'
import { type Exchange, jsonAnswer, type WireAnswer, wantedAnnotations } from './exchange.ts'
import { preferenceApplied } from './preference-applied.ts'
import { COUNT_LIMIT, type CollectionSource, countMembers, readScopeOf } from './read-answers.ts'

/** A query that comes as FetchXML: in the request itself, or stored. */
export interface PredefinedQuery {
  readonly kind: 'fetchxml' | 'savedquery' | 'userquery'
  /** The option as the client spelt it. */
  readonly option: string
  readonly text: string
}

const KINDS = ['fetchxml', 'savedquery', 'userquery'] as const

/**
 * The FetchXML of a request, in any case of the option's name; undefined for a request without. Throws 400 for more than one, and for queries in
 * SQL: ignoring them would answer another question than was asked.
 */
export function predefinedQuery(custom: ReadonlyMap<string, string>): PredefinedQuery | undefined {
  const sql = [...custom.keys()].find((option) => option.toLowerCase() === 'sql')
  if (sql !== undefined) throw wireErrors.badQuery(`The query option '${sql}' is not supported: ask with 'fetchXml' or '$filter'.`)
  const found = [...custom].flatMap(([option, text]): PredefinedQuery[] => {
    const kind = KINDS.find((candidate) => candidate === option.toLowerCase())
    return kind === undefined ? [] : [{ kind, option, text }]
  })
  const [query] = found
  if (found.length > 1)
    throw wireErrors.badQuery(`The query options ${found.map(({ option }) => option).join(' and ')} exclude each other.`)
  return query
}

/** Refuses FetchXML where the path answers no collection: ignoring it would answer another question than was asked. */
export function refusePredefined(query: PredefinedQuery | undefined): void {
  if (query !== undefined)
    throw wireErrors.badQuery(`The query option '${query.option}' needs the path of a collection and the method GET.`)
}

/** Annotations of a page that is not the last go out unasked too: public clients page without asking (DV-135). */
const PAGING_UNASKED = true

/** Answers FetchXML on a set or on the children of a row. Source: wire specification 11.6, DV-076, DV-135, DV-136. */
export async function answerPredefined(
  exchange: Exchange,
  source: CollectionSource,
  at: { readonly query: PredefinedQuery; readonly options: QueryOptions },
): Promise<WireAnswer> {
  refuseOptions(at.query, at.options)
  const isStored = at.query.kind !== 'fetchxml'
  const query = isStored ? placed(readFetch(await storedFetch(exchange, at.query)), at.options.skiptoken) : readFetch(at.query.text)
  const counts = query.countsTotal || at.options.count === true
  const request = { query, ...(source.path !== undefined && { path: source.path }), ...(counts && { countTo: COUNT_LIMIT + 1 }) }
  // FetchXML says itself how many rows it wants on a page; a stored one is asked for by the preference.
  const scope = readScopeOf(exchange, source.table)
  const paged = isStored ? scope : { ...scope, pageSize: exchange.settings.maxPageSize }
  const found = await bounded(exchange, query, (sql) => runFetch(sql, paged, request))
  const list = found.selected === undefined ? {} : { select: found.selected }
  const members = [
    `"@odata.context":${stringifyJson(contextUrl(exchange.root, source.table.entitySetName, list))}`,
    ...countMembers(exchange, found.total),
    ...pagingMembers(exchange, found),
    `"value":[${found.rows.join(',')}]`,
    ...(isStored && found.cookie !== undefined ? [`"@odata.nextLink":${stringifyJson(nextLink(exchange, found.cookie))}`] : []),
  ]
  const honoured = ['odata.include-annotations', ...(isStored ? ['odata.maxpagesize'] : [])]
  return jsonAnswer(200, `{${members.join(',')}}`, preferenceApplied(exchange, honoured))
}

/** A client cannot write `page` and cookie into a query that is stored: a link leads to its next page, as for other queries. */
const nextLink = (exchange: Exchange, cookie: string): string =>
  withOption(exchange.root, exchange.request.url, { drop: ['$skiptoken'], name: '$skiptoken', value: encodeURI(cookie) })

/** A stored query at the place that a skip token names. */
function placed(query: FetchQuery, token: string | undefined): FetchQuery {
  if (token === undefined) return query
  const parts = /^<cookie pagenumber="([1-9]\d{0,8})" pagingcookie="([^"]*)" istracking="False" \/>$/.exec(token)
  if (parts === null) throw wireErrors.badQuery('The skip token is malformed: follow the nextLink of the page before unchanged.')
  return { ...query, page: Number(parts[1]), pagingCookie: parts[2] ?? '' }
}

/**
 * A few links without a key between them make more rows than any database can look at: the server ends such a statement, and the client
 * gets `0x80044151`. A query of one table is bounded by its size.
 */
async function bounded<Result>(exchange: Exchange, query: FetchQuery, read: (sql: SqlRunner) => Promise<Result>): Promise<Result> {
  if (!linksTables(query)) return read(exchange.sql)
  return exchange.core.database.transaction(async (sql) => {
    await sql.query(`select set_config('statement_timeout', $1, true)`, [String(exchange.settings.maxFetchMs)])
    return read(sql)
  })
}

function refuseOptions(query: PredefinedQuery, options: QueryOptions): void {
  const allowed = query.kind === 'fetchxml' ? ['count'] : ['count', 'skiptoken']
  const other = Object.keys(options).find((name) => !allowed.includes(name))
  if (other !== undefined) throw wireErrors.badQuery(`The query option '$${other}' cannot be combined with '${query.option}'.`)
}

function pagingMembers(exchange: Exchange, { cookie }: FetchAnswer): readonly string[] {
  if (cookie === undefined) return []
  const wanted = wantedAnnotations(exchange)
  const members = [
    [ANNOTATIONS.fetchXmlPagingCookie, stringifyJson(cookie)],
    [ANNOTATIONS.moreRecords, 'true'],
  ] as const
  return members.filter(([name]) => PAGING_UNASKED || wanted(name)).map(([name, value]) => `"@${name}":${value}`)
}

const GUID = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i

async function storedFetch(exchange: Exchange, query: PredefinedQuery): Promise<string> {
  const kind = query.kind === 'userquery' ? 'userquery' : 'savedquery'
  const id = GUID.exec(query.text.trim())?.[1]?.toLowerCase()
  if (id === undefined) throw wireErrors.badQuery(`The query option '${query.option}' needs an id; found '${query.text.slice(0, 100)}'.`)
  const table = tableOf(exchange.core.model, kind)
  // Views of the system are there for everybody; a user's own queries are rows like others.
  const visible = kind === 'userquery' ? readScopeSql(exchange.caller, table, 't') : undefined
  const found = await exchange.sql.query<{ fetchxml: string | null }>(
    `select t.fetchxml from ${table.sql} t where t.${table.primaryId.sql} = $1${visible === undefined ? '' : ` and (${visible})`}`,
    [id],
  )
  const [row] = found.rows
  if (row === undefined) throw wireErrors.rowNotFound(table.logicalName, id)
  return row.fetchxml ?? ''
}
