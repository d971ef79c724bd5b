import { decimal, roundTo } from '@p2c/base'
import {
  ANNOTATIONS,
  type AppliedColumn,
  applyToSql,
  contextUrl,
  type OrderItem,
  type QueryOptions,
  rawNumber,
  stringifyJson,
} from '@p2c/odata'
import { PlatformError } from '../errors/platform-error.ts'
import { wireErrors } from '../errors/wire-errors.ts'
import { type Table, tableOf } from '../model/resolved-model.ts'
import { columnAtPath, type GroupLabel, groupLabel } from '../query/group-labels.ts'
import { withOption } from '../query/links.ts'
import { conditionSql, type ReadScope, ROW_ALIAS, rowScope, statementOptions } from '../query/read-rows.ts'
import { type Exchange, jsonAnswer, type WireAnswer, wantedAnnotations } from './exchange.ts'
import { preferenceApplied } from './preference-applied.ts'
import { type CollectionSource, readScopeOf } from './read-answers.ts'

const MAX_SOURCE_ROWS = 50_000

/** Answers `$apply`: groups without their empty members, in pages. Source: wire specification 11.4 and 11.5, DV-074, DV-075. */
export async function answerApply(exchange: Exchange, source: CollectionSource, options: QueryOptions): Promise<WireAnswer> {
  checkOptions(options)
  const scope = readScopeOf(exchange, source.table)
  const sql = statementOptions(scope)
  const applied = applyToSql(options.apply ?? [], rowScope(scope), {
    ...sql,
    groupName: groupName(scope, source.table),
  })
  const conditions = [...conditionSql(scope, { options, path: source.path }, sql), ...(applied.where === undefined ? [] : [applied.where])]
  const from = `from ${source.table.sql} ${ROW_ALIAS}${conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`}`
  await refuseTooMany(exchange, from, sql.parameters.values)
  const columns = applied.columns.map((column, index) => `(${column.sql})::text as c${index}`)
  const group = applied.groupBy.length === 0 ? '' : ` group by ${applied.groupBy.join(', ')}`
  const page = pageOf(options.skiptoken)
  const top = exchange.preferences.maxPageSize === undefined ? options.top : undefined
  const limit = Math.min(top ?? scope.pageSize, scope.pageSize)
  const groups = `select ${columns.join(', ')} ${from}${group}`
  const found = await exchange.sql.query<Record<string, string | null>>(
    `${groups}${orderOf(applied.columns, options.orderby)} limit ${limit + 1} offset ${(page - 1) * limit}`,
    sql.parameters.values,
  )
  const rows = found.rows.slice(0, limit)
  const labels = await labelsOf(exchange, source.table, { columns: applied.columns, rows })
  const value = rows.map((row) => toGroup(applied.columns, row, labels))
  const hasMore = top === undefined && found.rows.length > limit
  return jsonAnswer(
    200,
    stringifyJson({
      '@odata.context': contextUrl(exchange.root, source.table.entitySetName),
      value,
      ...(hasMore && { '@odata.nextLink': pageLink(exchange, page + 1) }),
    }),
    preferenceApplied(exchange, ['odata.include-annotations', 'odata.maxpagesize']),
  )
}

const REFUSED = ['select', 'expand', 'count', 'deltatoken', 'id'] as const

/** What would be ignored is refused: `$apply` decides alone what comes back. */
function checkOptions(options: QueryOptions): void {
  const refused = REFUSED.find((name) => options[name] !== undefined)
  if (refused !== undefined) throw wireErrors.badQuery(`The query option $${refused} cannot be combined with $apply.`)
}

/** Groups have no key that a cookie could name: their pages are counted. */
const pageLink = (exchange: Exchange, page: number): string =>
  withOption(exchange.root, exchange.request.url, {
    drop: ['$skiptoken'],
    name: '$skiptoken',
    value: encodeURI(`<cookie pagenumber="${page}" istracking="False" />`),
  })

function pageOf(token: string | undefined): number {
  if (token === undefined) return 1
  const page = Number(/^<cookie pagenumber="(\d{1,5})" istracking="False" \/>$/.exec(token)?.[1])
  if (!(page > 1)) throw wireErrors.badQuery('The skip token is malformed: follow the nextLink of the page before unchanged.')
  return page
}

async function refuseTooMany(exchange: Exchange, from: string, values: readonly unknown[]): Promise<void> {
  const found = await exchange.sql.query<{ n: string }>(
    `select count(*) as n from (select 1 ${from} limit ${MAX_SOURCE_ROWS + 1}) counted`,
    values,
  )
  if (Number(found.rows[0]?.n ?? 0) > MAX_SOURCE_ROWS) {
    throw new PlatformError(400, '0x8004e023', `The maximum record limit of ${MAX_SOURCE_ROWS} is exceeded. Reduce the number of records.`)
  }
}

/** A grouped path comes back as `<target table>_<column>`: `contact_fullname`. */
const groupName =
  (scope: ReadScope, table: Table) =>
  (path: readonly string[]): string => {
    const last = path.at(-1) ?? ''
    let at = table
    for (const step of path.slice(0, -1)) {
      const navigation = at.navigations.get(step)
      if (navigation?.kind === 'single') at = tableOf(scope.model, navigation.target.table)
    }
    return at === table ? last : `${at.logicalName}_${last}`
  }

/** The asked order, then all that groups differ in, so that pages are stable. */
function orderOf(columns: readonly AppliedColumn[], items: readonly OrderItem[] = []): string {
  const last = columns.map((_, index) => `c${index}`)
  const asked = items.map(({ expression, descending }) => {
    const path = expression.kind === 'path' ? expression.segments.join('/') : undefined
    const index = columns.findIndex((column) => column.kind === 'group' && (column.path?.join('/') === path || column.name === path))
    if (index < 0) throw wireErrors.badQuery('The query node SingleValueOpenPropertyAccess is not supported')
    const column = columns[index]
    const sql = column?.type === 'text' ? `lower(${column.sql})` : column?.sql
    return `${sql}${descending ? ' desc nulls last' : ' nulls first'}`
  })
  return ` order by ${[...asked, ...last].join(', ')}`
}

type GroupRow = Readonly<Record<string, string | null>>

/** Display texts by column; empty where the client did not ask for them. */
async function labelsOf(
  exchange: Exchange,
  table: Table,
  at: { readonly columns: readonly AppliedColumn[]; readonly rows: readonly GroupRow[] },
): Promise<readonly GroupLabel[]> {
  if (!wantedAnnotations(exchange)(ANNOTATIONS.formattedValue)) return []
  const { model } = exchange.core
  return Promise.all(
    at.columns.map(async (applied, index): Promise<GroupLabel> => {
      if (applied.kind === 'aggregate') return NUMBERS.has(applied.type) ? formatted : () => undefined
      const column = columnAtPath(model, table, applied.path ?? [])
      if (column === undefined) return () => undefined
      const values = at.rows.flatMap((row) => row[`c${index}`] ?? [])
      return groupLabel(exchange.sql, { model, column, values })
    }),
  )
}

function toGroup(columns: readonly AppliedColumn[], row: GroupRow, labels: readonly GroupLabel[]): Record<string, unknown> {
  const group: Record<string, unknown> = {}
  columns.forEach((column, index) => {
    const text = row[`c${index}`]
    if (text === null || text === undefined) return
    const label = labels[index]?.(text)
    if (label !== undefined) group[`${column.name}@${ANNOTATIONS.formattedValue}`] = label
    group[column.name] = toJson(column, text)
  })
  return group
}

const NUMBERS: ReadonlySet<AppliedColumn['type']> = new Set(['integer', 'bigint', 'decimal', 'double'])

/** A number for people: digits in groups, two decimals where there are any. */
function formatted(text: string): string {
  const [whole = '', fraction] = text.includes('.') ? roundTo(decimal(text), 2).toFixed(2).split('.') : [text]
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

function toJson(column: AppliedColumn, text: string): unknown {
  switch (column.type) {
    case 'integer':
    case 'bigint':
    case 'decimal':
    case 'double':
      return rawNumber(text.replace(/(\.\d{9})\d+$/, '$1'))
    case 'boolean':
      return text === 'true' || text === 't'
    case 'date-time':
      return `${text.slice(0, 10)}T${text.slice(11, 19)}Z`
    default:
      return text
  }
}
