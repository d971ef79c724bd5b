import type { SqlRunner } from '@p2c/base'
import type { ColumnValue, Row, RowQuery } from '../model/plugin.ts'
import { type Column, columnOf, type Table } from '../model/resolved-model.ts'
import { arrayLiteral, fromStored, isReference, sqlType, storedScalar } from './column-sql.ts'
import { XACT_COLUMN } from './create-storage.ts'
import { unshareSql } from './share-statements.ts'

/** One array parameter of a bulk statement: a stored column with its type and the value of each row. */
interface ColumnArray {
  readonly sql: string
  readonly type: string
  readonly literal: string
}

function columnArrays(columns: readonly Column[], rows: readonly Row[]): readonly ColumnArray[] {
  return columns.flatMap((column) => {
    const values: ColumnArray = {
      sql: column.sql,
      type: sqlType(column),
      literal: arrayLiteral(rows.map((row) => storedScalar(row[column.name]))),
    }
    if (column.sqlTarget === undefined) return [values]
    const targets = rows.map((row) => {
      const value = row[column.name]
      return isReference(value) ? value.table : null
    })
    return [values, { sql: column.sqlTarget, type: 'text', literal: arrayLiteral(targets) }]
  })
}

/** Inserts rows in one statement. Columns that no row fills are left out; `versionnumber` is given by the database. */
export async function insertRows(sql: SqlRunner, table: Table, rows: readonly Row[]): Promise<void> {
  const filled = new Set<string>()
  for (const row of rows) for (const name in row) if (row[name] !== null && row[name] !== undefined) filled.add(name)
  const columns = table.columns.filter((column) => filled.has(column.name) && column.name !== 'versionnumber')
  const arrays = columnArrays(columns, rows)
  const names = arrays.map((array) => array.sql).join(', ')
  const parameters = arrays.map((array, index) => `$${index + 1}::${array.type}[]`).join(', ')
  await sql.query(
    `insert into ${table.sql} (${names}) select * from unnest(${parameters})`,
    arrays.map((array) => array.literal),
  )
}

/** Updates rows by id; each statement takes the rows that change the same columns. Every row gets a new version. */
export async function updateRowsById(
  sql: SqlRunner,
  table: Table,
  changes: readonly { readonly id: string; readonly values: Row }[],
): Promise<void> {
  const groups = new Map<string, { id: string; values: Row }[]>()
  for (const change of changes) {
    const signature = Object.keys(change.values).sort().join(',')
    const group = groups.get(signature)
    if (group === undefined) groups.set(signature, [change])
    else group.push(change)
  }
  for (const group of groups.values()) await updateGroup(sql, table, group)
}

/** The list of ids stands there twice: with the join alone, a table of middling size is read as a whole. */
async function updateGroup(sql: SqlRunner, table: Table, group: readonly { readonly id: string; readonly values: Row }[]): Promise<void> {
  const names = Object.keys(group[0]?.values ?? {}).filter((name) => name !== table.primaryId.name && name !== 'versionnumber')
  const arrays = columnArrays(
    names.map((name) => columnOf(table, name)),
    group.map((change) => change.values),
  )
  const assignments = arrays.map((array, index) => `${array.sql} = changed.c${index}`)
  const parameters = arrays.map((array, index) => `$${index + 2}::${array.type}[]`)
  const aliases = arrays.map((_, index) => `c${index}`)
  await sql.query(
    `update ${table.sql} as t set ${[...assignments, `versionnumber = nextval('platform_row_version')`, `${XACT_COLUMN} = pg_current_xact_id()`].join(', ')}
     from unnest(${['$1::uuid[]', ...parameters].join(', ')}) as changed(${['id', ...aliases].join(', ')}) where t.${table.primaryId.sql} = changed.id and t.${table.primaryId.sql} = any($1::uuid[])`,
    [arrayLiteral(group.map((change) => change.id)), ...arrays.map((array) => array.literal)],
  )
}

/** Deletes rows by id with their shares, and leaves a marker for change tracking. */
export async function deleteRowsById(
  sql: SqlRunner,
  table: Table,
  options: { readonly ids: readonly string[]; readonly now: string },
): Promise<void> {
  const ids = arrayLiteral(options.ids)
  await sql.query(`${unshareSql(table)}delete from ${table.sql} where ${table.primaryId.sql} = any($1::uuid[])`, [ids])
  if (!table.definition.changeTracking) return
  await sql.query(
    `insert into platform_deleted_row (table_name, id, deleted_at) select $1, id, $3 from unnest($2::uuid[]) as id
     on conflict (table_name, id) do update set versionnumber = nextval('platform_row_version'), platform_xact = pg_current_xact_id(), deleted_at = excluded.deleted_at`,
    [table.logicalName, ids, options.now],
  )
}

export type RowLock = 'none' | 'key-share' | 'update' | 'delete'

/** Weak enough that rows which only refer to a locked row can be written meanwhile, but a delete waits for everybody. */
const LOCK_SQL: Record<RowLock, string> = { none: '', 'key-share': ' for key share', update: ' for no key update', delete: ' for update' }

/** Columns of a select list; a polymorphic lookup needs two. */
const selectList = (columns: readonly Column[]): string =>
  columns.flatMap((column) => (column.sqlTarget === undefined ? [column.sql] : [column.sql, column.sqlTarget])).join(', ')

const toRow = (columns: readonly Column[], stored: Record<string, unknown>): Row => {
  const row: Row = {}
  for (const column of columns) row[column.name] = fromStored(column, stored[column.name], stored[`${column.name}__table`])
  return row
}

/** Rows by id with the given columns and the key, locked in the order of their ids so that concurrent bulk calls do not wait in a circle. */
export async function readRowsById(
  sql: SqlRunner,
  table: Table,
  options: { readonly ids: readonly string[]; readonly columns: readonly Column[]; readonly lock: RowLock },
): Promise<Map<string, Row>> {
  const columns = [table.primaryId, ...options.columns.filter((column) => column !== table.primaryId)]
  const found = await sql.query(
    `select ${selectList(columns)} from ${table.sql} where ${table.primaryId.sql} = any($1::uuid[]) order by ${table.primaryId.sql}${LOCK_SQL[options.lock]}`,
    [arrayLiteral(options.ids)],
  )
  return new Map(found.rows.map((stored) => [String(stored[table.primaryId.name]), toRow(columns, stored)]))
}

/** The simple query of plug-ins. Text compares without case, as everywhere on the platform. */
export async function findRows(sql: SqlRunner, table: Table, query: RowQuery): Promise<readonly Row[]> {
  const columns =
    query.columns === undefined
      ? table.columns
      : [...new Set([table.primaryId.name, ...query.columns])].map((name) => columnOf(table, name))
  const values: unknown[] = []
  const conditions = Object.entries(query.where ?? {}).map(([name, wanted]) => condition(columnOf(table, name), wanted, values))
  const order = (query.orderBy ?? []).map((item) => `${columnOf(table, item.column).sql}${item.descending === true ? ' desc' : ''}`)
  const text = [
    `select ${selectList(columns)} from ${table.sql}`,
    conditions.length > 0 ? `where ${conditions.join(' and ')}` : '',
    `order by ${[...order, table.primaryId.sql].join(', ')}`,
    query.limit === undefined ? '' : `limit ${Math.trunc(query.limit)}`,
    query.forUpdate === true ? LOCK_SQL.update : '',
  ]
  const found = await sql.query(text.join(' '), values)
  return found.rows.map((stored) => toRow(columns, stored))
}

function condition(column: Column, wanted: ColumnValue | readonly ColumnValue[], values: unknown[]): string {
  const list: readonly ColumnValue[] = Array.isArray(wanted) ? wanted : [wanted as ColumnValue]
  const scalars = list.filter((value) => value !== null).map(storedScalar)
  const isText = column.type === 'string' || column.type === 'memo'
  const parts: string[] = []
  if (scalars.length > 0 || list.length === 0) {
    values.push(arrayLiteral(scalars))
    parts.push(
      isText
        ? `lower(${column.sql}) = any(select lower(w) from unnest($${values.length}::text[]) as w)`
        : `${column.sql} = any($${values.length}::${sqlType(column)}[])`,
    )
  }
  if (list.includes(null)) parts.push(`${column.sql} is null`)
  return parts.length === 1 ? (parts[0] ?? 'true') : `(${parts.join(' or ')})`
}
