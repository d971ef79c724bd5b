import { createHash } from 'node:crypto'
import { AppError, type Database, type SqlRunner } from '@p2c/base'
import type { Column, Model, Table } from '../model/resolved-model.ts'
import { isIndexedLookup, quoteName } from '../model/resolved-model.ts'
import type { AlternateKey } from '../model/table.ts'
import { sqlType } from './column-sql.ts'
import { CUSTOM_LOGIC_TABLES } from './custom-logic-storage.ts'
import { moveUserRoles, watchSecurity } from './security-version.ts'
import { createShareIndexes } from './share-statements.ts'

/** Programs that start at once on one database take turns. */
const STORAGE_LOCK = 7_204_312

const PLATFORM_TABLES = `
create sequence if not exists platform_row_version start 500001;
create table if not exists platform_deleted_row (
  table_name text not null,
  id uuid not null,
  versionnumber bigint not null default nextval('platform_row_version'),
  platform_xact xid8 not null default pg_current_xact_id(),
  deleted_at timestamptz not null,
  primary key (table_name, id)
);
create index if not exists platform_deleted_row_xact on platform_deleted_row (table_name, platform_xact);
create table if not exists platform_table (
  table_name text primary key,
  description_hash text not null,
  changed_at timestamptz not null
);
alter table platform_table add column if not exists changed_xact xid8;`

/** Column that holds the transaction which wrote a row last: change tracking reads it. */
export const XACT_COLUMN = 'platform_xact'

/**
 * Creates or extends the stored tables from their descriptions: new tables, columns and indexes are added. A stored column of
 * another type than described is refused (`storage-type-changed`), since values could be lost; nothing is ever dropped.
 */
export async function createStorage(database: Database, model: Model, now: Date): Promise<void> {
  await database.transaction(async (sql) => {
    await sql.query('select pg_advisory_xact_lock($1)', [STORAGE_LOCK])
    await sql.query(PLATFORM_TABLES)
    await sql.query(CUSTOM_LOGIC_TABLES)
    const columns = await storedColumns(sql)
    const indexes = await storedIndexes(sql)
    const tables = [...model.tables.values()]
    const statements = [
      ...tables.flatMap((table) => tableSql(table, columns.get(table.logicalName))),
      ...tables.flatMap(indexesOf).flatMap(({ name, create }) => (indexes.has(name) ? [] : [create])),
    ]
    // One round trip: a start would wait for some hundred otherwise.
    if (statements.length > 0) await sql.query(statements.join(';\n'))
    await moveUserRoles(sql, model)
    await watchSecurity(sql, model)
    await createShareIndexes(sql, model)
    await noteDescriptions(sql, model, now)
  })
}

async function storedColumns(sql: SqlRunner): Promise<Map<string, Map<string, string>>> {
  const found = await sql.query<{ table_name: string; column_name: string; type: string }>(
    `select c.relname as table_name, a.attname as column_name, format_type(a.atttypid, a.atttypmod) as type
     from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped`,
  )
  const tables = new Map<string, Map<string, string>>()
  for (const row of found.rows) {
    const columns = tables.get(row.table_name) ?? new Map<string, string>()
    tables.set(row.table_name, columns.set(row.column_name, row.type))
  }
  return tables
}

async function storedIndexes(sql: SqlRunner): Promise<ReadonlySet<string>> {
  const found = await sql.query<{ name: string }>('select indexname as name from pg_indexes where schemaname = current_schema()')
  return new Set(found.rows.map((row) => row.name))
}

/** Name and type of what a column needs in the stored table: a polymorphic lookup needs a second column. */
const storedParts = (column: Column): readonly (readonly [name: string, type: string])[] => [
  [column.name, sqlType(column)],
  ...(column.sqlTarget === undefined ? [] : ([[`${column.name}__table`, 'text']] as const)),
]

function createTableSql(table: Table): string {
  const columns = table.columns.flatMap((column) =>
    storedParts(column).map(([name, type]) => {
      // Pairs are written without their key.
      const key = table.intersectOf === undefined ? 'primary key' : 'primary key default gen_random_uuid()'
      if (column === table.primaryId) return `${quoteName(name)} ${type} ${key}`
      if (name === 'versionnumber') return `versionnumber bigint not null default nextval('platform_row_version')`
      return `${quoteName(name)} ${type}`
    }),
  )
  return `create table ${table.sql} (${[...columns, `${XACT_COLUMN} xid8 not null default pg_current_xact_id()`].join(', ')})`
}

/** What makes the table, or brings the stored one to its description. */
function tableSql(table: Table, existing: ReadonlyMap<string, string> | undefined): readonly string[] {
  if (existing === undefined) return [createTableSql(table)]
  const missing: string[] = []
  for (const [name, type] of table.columns.flatMap(storedParts)) {
    const stored = existing.get(name)
    if (stored === undefined) missing.push(`add column ${quoteName(name)} ${type}`)
    else if (stored !== type) throw retyped(table.logicalName, name, { stored, described: type })
  }
  return missing.length > 0 ? [`alter table ${table.sql} ${missing.join(', ')}`] : []
}

const retyped = (table: string, column: string, types: { stored: string; described: string }): AppError =>
  new AppError({
    category: 'schema',
    code: 'storage-type-changed',
    message: `Column '${table}.${column}' is stored as ${types.stored} but described as ${types.described}. Changing the type of stored data is not supported: give the new column another name, or move the data by hand.`,
    details: { table, column, ...types },
  })

/** PostgreSQL cuts names at 63 bytes: a long one keeps its head and gets a digest. */
const indexName = (...parts: readonly string[]): string => {
  const name = parts.join('__').toLowerCase()
  return name.length <= 60 ? name : `${name.slice(0, 44)}_${createHash('sha256').update(name).digest('hex').slice(0, 12)}`
}

/** Name of the unique index of an alternate key; a violation reports it. */
export const keyIndexName = (table: Table, key: AlternateKey): string => indexName(table.logicalName, 'key', key.name)

/** What a key compares a column by: text without case. */
export const keyExpression = (column: Column): string =>
  column.type === 'string' || column.type === 'memo' ? `lower(${column.sql})` : column.sql

interface StoredIndex {
  readonly name: string
  readonly create: string
}

function indexesOf(table: Table): readonly StoredIndex[] {
  const index = (name: string, columns: string, isUnique = false): StoredIndex => ({
    name,
    create: `create ${isUnique ? 'unique ' : ''}index if not exists ${quoteName(name)} on ${table.sql} ${columns}`,
  })
  const indexes = table.keys.map((key) => {
    const columns = key.columns.flatMap((name) => table.byName.get(name) ?? []).map(keyExpression)
    return index(keyIndexName(table, key), `(${columns.join(', ')})`, true)
  })
  if (table.definition.changeTracking) indexes.push(index(indexName(table.logicalName, 'xact'), `(${XACT_COLUMN})`))
  const [first, second] = table.intersectOf?.sides ?? []
  if (first !== undefined && second !== undefined) {
    const pair = [first.column, second.column].map(quoteName)
    indexes.push(
      index(indexName(table.logicalName, 'pair'), `(${pair.join(', ')})`, true),
      index(indexName(table.logicalName, 'by', second.column), `(${pair[1]})`),
    )
  }
  for (const column of table.columns) {
    if (!isIndexedLookup(column)) continue
    indexes.push(index(indexName(table.logicalName, 'by', column.name), `(${column.sql}) where ${column.sql} is not null`))
  }
  return indexes
}

/**
 * A changed description ends the delta tokens of its table: readers would miss columns. The order of columns is no part of it.
 * Source: wire specification, section 12.
 */
async function noteDescriptions(sql: SqlRunner, model: Model, now: Date): Promise<void> {
  const tables = [...model.tables.values()]
  await sql.query(
    `insert into platform_table (table_name, description_hash, changed_at, changed_xact)
     select t.name, t.hash, $3, pg_current_xact_id() from unnest($1::text[], $2::text[]) as t(name, hash)
     on conflict (table_name) do update
       set description_hash = excluded.description_hash, changed_at = excluded.changed_at, changed_xact = excluded.changed_xact
       where platform_table.description_hash <> excluded.description_hash`,
    [tables.map((table) => table.logicalName), tables.map(descriptionHash), now.toISOString()],
  )
}

function descriptionHash(table: Table): string {
  const shape = table.columns.map((column) => `${column.name}:${sqlType(column)}`).sort()
  return createHash('sha256').update(shape.join(',')).digest('hex')
}
