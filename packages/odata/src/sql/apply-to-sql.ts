import type { Aggregate, ApplyStep, PropertyPath } from '../ast.ts'
import { odataError } from '../url/odata-error.ts'
import { filterToSql } from './filter-to-sql.ts'
import { createEnvironment, resolveColumn } from './sql-environment.ts'
import { isNumeric, typeMismatch } from './sql-literal.ts'
import type { SqlColumn, SqlOptions, SqlScope } from './sql-scope.ts'

/** One member of the rows that an `$apply` gives. */
export interface AppliedColumn {
  /** Name in the answer: the alias of an aggregate, or what `groupName` makes of a path. */
  readonly name: string
  readonly kind: 'group' | 'aggregate'
  /** Select expression. */
  readonly sql: string
  /** Type of the value: counts are `bigint`, sums and averages `decimal`. */
  readonly type: SqlColumn['type']
  readonly path?: readonly string[]
  readonly method?: Aggregate['method']
}

export interface AppliedQuery {
  /** Condition on the source rows, to be joined with the caller's own; absent without a `filter` step. */
  readonly where?: string
  readonly columns: readonly AppliedColumn[]
  /** Expressions of the `group by`; empty: all rows are one group. */
  readonly groupBy: readonly string[]
}

export interface ApplyOptions extends SqlOptions {
  /** Name of a grouped path in the answer; default: its segments joined by `_`. */
  readonly groupName?: (path: readonly string[]) => string
}

/**
 * `filter(…)` steps, then one `groupby` or `aggregate` (wire specification 11.5). Throws `odata-unsupported` for another order and for
 * grouping by a date-time, and what `filterToSql` throws.
 */
export function applyToSql(steps: readonly ApplyStep[], scope: SqlScope, options: ApplyOptions): AppliedQuery {
  const filters: string[] = []
  let grouping: Pick<AppliedQuery, 'columns' | 'groupBy'> | undefined
  for (const step of steps) {
    if (grouping !== undefined) throw unsupported(`the step '${step.kind}' behind a grouping is not supported.`, { function: step.kind })
    if (step.kind === 'filter') filters.push(filterToSql(step.expression, scope, options))
    else grouping = groupColumns(step.kind === 'groupby' ? step.paths : [], step.aggregates, { scope, options })
  }
  if (grouping === undefined) throw unsupported(`needs 'groupby' or 'aggregate'; use '$filter' to filter alone.`, {})
  return { ...(filters.length > 0 && { where: filters.map((filter) => `(${filter})`).join(' and ') }), ...grouping }
}

const unsupported = (message: string, details: Readonly<Record<string, unknown>>) =>
  odataError('odata-unsupported', `'$apply': ${message}`, { option: '$apply', ...details })

interface ApplyContext {
  readonly scope: SqlScope
  readonly options: ApplyOptions
}

function groupColumns(
  paths: readonly PropertyPath[],
  aggregates: readonly Aggregate[],
  { scope, options }: ApplyContext,
): Pick<AppliedQuery, 'columns' | 'groupBy'> {
  const environment = createEnvironment(scope, options)
  const groupName = options.groupName ?? ((path: readonly string[]) => path.join('_'))
  const groups = paths.map((path) => ({ path, column: groupable(path, resolveColumn(path, environment)) }))
  const columns = groups.map(({ path, column }): AppliedColumn => {
    const sql = column.type === 'text' ? `min(${column.sql})` : column.sql // one spelling of a group without case
    return { name: groupName(path.segments), kind: 'group', sql, type: column.type, path: path.segments }
  })
  const measures = aggregates.map((aggregate) =>
    aggregateColumn(aggregate, aggregate.path === undefined ? undefined : resolveColumn(aggregate.path, environment)),
  )
  checkNames([...columns, ...measures])
  return {
    columns: [...columns, ...measures],
    groupBy: groups.map(({ column: { sql, type } }) => (type === 'text' ? `lower(${sql})` : sql)),
  }
}

function groupable(path: PropertyPath, column: SqlColumn): SqlColumn {
  if (column.type !== 'date-time') return column
  const property = path.segments.join('/')
  throw unsupported(`grouping by the date-time '${property}' is not supported.`, { property, position: path.span.start })
}

function checkNames(columns: readonly AppliedColumn[]): void {
  const seen = new Set<string>()
  for (const { name } of columns) {
    if (seen.has(name))
      throw odataError('odata-syntax', `'$apply' gives two members the name '${name}'; choose another alias.`, { option: '$apply', name })
    seen.add(name)
  }
}

function aggregateColumn({ method, path, alias }: Aggregate, column: SqlColumn | undefined): AppliedColumn {
  if (column === undefined || path === undefined) return { name: alias, kind: 'aggregate', sql: 'count(*)', type: 'bigint', method }
  const base = { name: alias, kind: 'aggregate', method, path: path.segments } as const
  if (method === 'countdistinct') {
    return { ...base, sql: `count(distinct ${column.type === 'text' ? `lower(${column.sql})` : column.sql})`, type: 'bigint' }
  }
  if (method === 'sum' || method === 'average') {
    if (!isNumeric(column.type))
      throw typeMismatch(`'${path.segments.join('/')}', of type ${column.type},`, `a number, as '${method}' needs`, path.span.start)
    // A quotient has as many digits as the database likes: nine decimals are shown, the last of them rounded.
    const sql = method === 'sum' ? `sum((${column.sql})::numeric)` : `round(avg((${column.sql})::numeric), 9)`
    return { ...base, sql, type: 'decimal' }
  }
  if (column.type === 'boolean' || column.type === 'guid') {
    throw typeMismatch(
      `'${path.segments.join('/')}', of type ${column.type},`,
      `a value with an order, as '${method}' needs`,
      path.span.start,
    )
  }
  return { ...base, sql: `${method}(${column.sql})`, type: column.type }
}
