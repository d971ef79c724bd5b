import type { SqlRunner } from '@p2c/base'
import { emptyValue, type FieldValues } from '../domain/field-value.ts'
import type { Table } from '../entities/catalogue.ts'
import type { EntityProperty } from '../entities/entity.ts'
import { columnText, columnType, comparedColumn, comparedValue, tableProperty } from './table-columns.ts'
import { joinKey, type RecordIdentity, type StoredRow } from './tracked-row.ts'

/** Columns of a whole row as canonical texts, in the order of the table's properties. */
const selectList = (properties: readonly EntityProperty[], alias: string): string =>
  ['rec_id', 'rec_version']
    .map((column) => `${alias}.${column}::text`)
    .concat(properties.map((property) => `${columnText(property, alias)} as ${property.column}`))
    .join(', ')

type RawRow = Readonly<Record<string, string>>

function toStoredRow(properties: readonly EntityProperty[], raw: RawRow): StoredRow {
  const values: Record<string, string> = {}
  for (const property of properties) values[property.name] = raw[property.column] ?? ''
  return { values, recId: raw.rec_id ?? '', recVersion: raw.rec_version ?? '' }
}

/** Which rows are looked for, and what of them is wanted. */
export interface FindOptions {
  readonly table: Table
  readonly fields: readonly string[]
  /** One array of values per row that is looked for. */
  readonly keys: readonly (readonly string[])[]
  /** Locks the rows until the end of the transaction. */
  readonly isForUpdate?: boolean
  /** Only these properties; all of them where absent. */
  readonly only?: readonly string[]
  /** Every row of each key, not one of them. */
  readonly isMany?: boolean
}

/**
 * The row of each key whose `fields` equal it, in any case; one statement whatever their number. Where several rows match a key,
 * one of them is found, or all with `isMany`. The lateral join makes each key one descent of the index: a table that was filled a moment ago has no
 * statistics yet, and a plain join would read all of it.
 */
export async function findRows(sql: SqlRunner, { table, fields, keys, isForUpdate, only, isMany }: FindOptions): Promise<StoredRow[]> {
  if (keys.length === 0) return []
  const properties = only === undefined ? [...table.properties.values()] : only.map((name) => tableProperty(table, name))
  const compared = fields.map((name) => tableProperty(table, name))
  const wanted = [...keys]
  // In one order for everybody: two change sets that lock the same rows wait for each other only one way.
  if (isForUpdate) wanted.sort((a, b) => (joinKey(a) < joinKey(b) ? -1 : 1))
  const arrays = compared.map((_, index) => wanted.map((key) => key[index] ?? ''))
  const unnested = compared.map((property, index) => `$${index + 1}::${columnType(property)}[]`)
  const matches = compared.map((property, index) => `${comparedColumn(property, 't')} = ${comparedValue(property, `k.k${index}`)}`)
  const statement = `select r.* from unnest(${unnested.join(', ')}) as k(${compared.map((_, index) => `k${index}`).join(', ')})
    cross join lateral (select ${selectList(properties, 't')} from ${table.relation} t where ${matches.join(' and ')} ${isMany ? 'order by t.rec_id' : 'limit 1'}${isForUpdate ? ' for update' : ''}) r`
  const { rows } = await sql.query<RawRow>(statement, arrays, { isPrepared: true })
  return rows.map((row) => toStoredRow(properties, row))
}

/** The values of the rows that `findRows` finds. */
export const findValues = async (sql: SqlRunner, options: FindOptions): Promise<FieldValues[]> =>
  (await findRows(sql, options)).map(({ values }) => values)

/** Properties that at least one row wants to store something other than the column's default in. */
function usedProperties(
  table: Table,
  rows: readonly FieldValues[],
  isUsed: (property: EntityProperty, row: FieldValues, index: number) => boolean,
): EntityProperty[] {
  return [...table.properties.values()].filter((property) => rows.some((row, index) => isUsed(property, row, index)))
}

const recordset = (properties: readonly EntityProperty[], before = ''): string =>
  `json_to_recordset($1::json) as r(${before}${properties.map((property) => `${property.column} ${columnType(property)}`).join(', ')})`

const toRecords = (properties: readonly EntityProperty[], rows: readonly FieldValues[]): Record<string, string>[] =>
  rows.map((row) => Object.fromEntries(properties.map((property) => [property.column, row[property.name] ?? ''])))

/**
 * Inserts the rows in one statement; gives their identity in the order given, undefined where a row with the same key
 * (or another unique number) exists already, be it committed a moment ago by someone else.
 */
export async function insertRows(sql: SqlRunner, table: Table, rows: readonly FieldValues[]): Promise<(RecordIdentity | undefined)[]> {
  if (rows.length === 0) return []
  const key = table.entities[0]?.key ?? []
  // A column in which every row is empty is left to its default: most rows fill a third of a wide table.
  const properties = usedProperties(
    table,
    rows,
    (property, row) => key.includes(property.name) || row[property.name] !== emptyValue(property),
  )
  const keyColumns = key.map((name) => columnText(tableProperty(table, name), 't'))
  const columns = properties.map((property) => property.column).join(', ')
  const statement = `insert into ${table.relation} as t (${columns}) select ${properties.map((property) => `r.${property.column}`).join(', ')}
    from ${recordset(properties)} on conflict do nothing returning t.rec_id::text, t.rec_version::text, array[${keyColumns.join(', ')}] as key`
  const result = await sql.query<{ rec_id: string; rec_version: string; key: string[] }>(statement, [
    JSON.stringify(toRecords(properties, rows)),
  ])
  const identities = new Map(result.rows.map((row) => [row.key.join('\u0001'), { recId: row.rec_id, recVersion: row.rec_version }]))
  return rows.map((row) => identities.get(key.map((name) => row[name] ?? '').join('\u0001')))
}

/** One row to be updated: only columns in which some row differs from what is stored are written. */
export interface RowUpdate {
  readonly stored: StoredRow
  readonly after: FieldValues
}

/** Updates the rows in one statement and gives their new versions by record id. Each update sets another record version. */
export async function updateRows(sql: SqlRunner, table: Table, updates: readonly RowUpdate[]): Promise<ReadonlyMap<string, string>> {
  if (updates.length === 0) return new Map()
  const afters = updates.map((update) => update.after)
  const properties = usedProperties(
    table,
    afters,
    (property, row, index) => row[property.name] !== updates[index]?.stored.values[property.name],
  )
  // Nothing differs from what is stored: the rows keep their versions.
  if (properties.length === 0) return new Map()
  const records = toRecords(properties, afters).map((record, index) => ({ rec_id: updates[index]?.stored.recId ?? '', ...record }))
  const sets = properties.map((property) => `${property.column} = r.${property.column}`)
  const statement = `update ${table.relation} t set ${[...sets, ...VERSION_COLUMNS].join(', ')}
    from ${recordset(properties, 'rec_id bigint, ')} where t.rec_id = r.rec_id returning t.rec_id::text, t.rec_version::text`
  const result = await sql.query<{ rec_id: string; rec_version: string }>(statement, [JSON.stringify(records)])
  return new Map(result.rows.map((row) => [row.rec_id, row.rec_version]))
}

/** A random positive version that is never the one before: the distance is below the modulus. */
const VERSION_COLUMNS = [
  'rec_version = 1 + (t.rec_version + floor(random() * 2000000000)::bigint) % 2147483646',
  'change_xid = pg_current_xact_id()',
  'modified_at = now()',
]
