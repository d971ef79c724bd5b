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
import { conditionSql, type ReadScope, ROW_ALIAS, statementOptions } from '../query/read-rows.ts'
import { tableScope } from '../query/table-scope.ts'
import { type Exchange, jsonAnswer, type WireAnswer, wantedAnnotations } from './exchange.ts'
import { preferenceApplied } from './preference-applied.ts'
import { type CollectionSource, readScopeOf } from './read-answers.ts'

const MAX_SOURCE_ROWS = 50_000

/** Answers `$apply`: groups without their empty members. Source: wire specification 11.5, DV-074, DV-075. */
export async function answerApply(exchange: Exchange, source: CollectionSource, options: QueryOptions): Promise<WireAnswer> {
  const scope = readScopeOf(exchange, source.table)
  const sql = statementOptions(scope)
  const applied = applyToSql(options.apply ?? [], tableScope(scope.model, source.table, ROW_ALIAS), {
    ...sql,
    groupName: groupName(scope, source.table),
  })
  const conditions = [...conditionSql(scope, { options, path: source.path }, sql), ...(applied.where === undefined ? [] : [applied.where])]
  const from = `from ${source.table.sql} ${ROW_ALIAS}${conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`}`
  await refuseTooMany(exchange, from, sql.parameters.values)
  const columns = applied.columns.map((column, index) => `(${column.sql})::text as c${index}`)
  const group = applied.groupBy.length === 0 ? '' : ` group by ${applied.groupBy.join(', ')}`
  const order = orderOf(applied.columns, options.orderby)
  const limit = Math.min(options.top ?? scope.pageSize, scope.pageSize)
  const found = await exchange.sql.query<Record<string, string | null>>(
    `select ${columns.join(', ')} ${from}${group}${order} limit ${limit}`,
    sql.parameters.values,
  )
  const value = found.rows.map((row) => toGroup(exchange, applied.columns, row))
  return jsonAnswer(
    200,
    stringifyJson({ '@odata.context': contextUrl(exchange.root, source.table.entitySetName), value }),
    preferenceApplied(exchange, ['odata.include-annotations']),
  )
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

function orderOf(columns: readonly AppliedColumn[], items: readonly OrderItem[] | undefined): string {
  if (items === undefined || items.length === 0) return ''
  const terms = items.map(({ expression, descending }) => {
    const path = expression.kind === 'path' ? expression.segments.join('/') : undefined
    const index = columns.findIndex((column) => column.kind === 'group' && (column.path?.join('/') === path || column.name === path))
    if (index < 0) throw wireErrors.badQuery('The query node SingleValueOpenPropertyAccess is not supported')
    return `${columns[index]?.sql}${descending ? ' desc nulls last' : ' nulls first'}`
  })
  return ` order by ${terms.join(', ')}`
}

function toGroup(
  exchange: Exchange,
  columns: readonly AppliedColumn[],
  row: Readonly<Record<string, string | null>>,
): Record<string, unknown> {
  const annotated = wantedAnnotations(exchange)(ANNOTATIONS.formattedValue)
  const group: Record<string, unknown> = {}
  columns.forEach((column, index) => {
    const text = row[`c${index}`]
    if (text === null || text === undefined) return
    if (annotated && column.kind === 'aggregate') group[`${column.name}@${ANNOTATIONS.formattedValue}`] = formatted(text)
    group[column.name] = toJson(column, text)
  })
  return group
}

const formatted = (text: string): string => {
  const [whole = '', fraction] = text.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction.slice(0, 2).padEnd(2, '0')}`
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
