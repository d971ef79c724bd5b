import type { SqlRunner } from '@p2c/base'
import { wireErrors } from '../errors/wire-errors.ts'
import type { ColumnValue, RowReference } from '../model/plugin.ts'
import type { Column, Table } from '../model/resolved-model.ts'
import type { EntityReference } from '../payload/read-reference.ts'
import { arrayLiteral, sqlType, storedScalar } from '../storage/column-sql.ts'
import { keyExpression } from '../storage/create-storage.ts'

/** A write, or a read that needs no transaction. */
export interface SqlScoped {
  readonly sql: SqlRunner
}

/** Rows that every write refers to and hardly anybody deletes: locking them would make all writers queue. */
const UNLOCKED = ['systemuser', 'team', 'businessunit', 'transactioncurrency', 'organization']

/** Ids of the references, in order; undefined where the row is missing. One statement per table and key. */
export async function findReferences(context: SqlScoped, references: readonly EntityReference[]): Promise<readonly (string | undefined)[]> {
  const found: (string | undefined)[] = new Array(references.length).fill(undefined)
  const groups = new Map<string, number[]>()
  references.forEach((reference, index) => {
    const group = `${reference.table.logicalName}:${'id' in reference ? '' : [...reference.key.keys()].map((column) => column.name).join(',')}`
    const known = groups.get(group)
    if (known === undefined) groups.set(group, [index])
    else known.push(index)
  })
  for (const indexes of groups.values()) {
    const group = indexes.map((index) => ({ index, reference: references[index] as EntityReference }))
    for (const [index, id] of await findGroup(context, group)) found[index] = id
  }
  return found
}

type Group = readonly { readonly index: number; readonly reference: EntityReference }[]

async function findGroup(context: SqlScoped, group: Group): Promise<readonly (readonly [number, string])[]> {
  const table = group[0]?.reference.table
  if (table === undefined) return []
  const keys = group.flatMap(({ index, reference }) => ('key' in reference ? [{ index, key: reference.key }] : []))
  if (keys.length > 0) return findByKey(context, table, keys)
  const ids = [...new Set(group.flatMap(({ reference }) => ('id' in reference ? [reference.id] : [])))]
  const lock = UNLOCKED.includes(table.logicalName) ? '' : ` order by ${table.primaryId.sql} for key share`
  const rows = await context.sql.query<{ id: string }>(
    `select ${table.primaryId.sql} as id from ${table.sql} where ${table.primaryId.sql} = any($1::uuid[])${lock}`,
    [arrayLiteral(ids)],
  )
  const existing = new Set(rows.rows.map((row) => row.id))
  return group.flatMap(({ index, reference }) => ('id' in reference && existing.has(reference.id) ? [[index, reference.id] as const] : []))
}

/** One probe of the key's index for each reference: a plain join reads tables of middling size as a whole. */
async function findByKey(
  context: SqlScoped,
  table: Table,
  keys: readonly { readonly index: number; readonly key: ReadonlyMap<Column, ColumnValue> }[],
): Promise<readonly (readonly [number, string])[]> {
  const columns = [...(keys[0]?.key.keys() ?? [])]
  const arrays = columns.map((column, at) => `$${at + 1}::${sqlType(column)}[]`)
  const matches = columns.map((column, at) => {
    const isText = column.type === 'string' || column.type === 'memo'
    return `${keyExpression({ ...column, sql: `t.${column.sql}` })} = ${isText ? `lower(wanted.c${at})` : `wanted.c${at}`}`
  })
  const rows = await context.sql.query<{ n: string; id: string }>(
    `select wanted.n, t.${table.primaryId.sql} as id from unnest(${arrays.join(', ')}) with ordinality as wanted(${columns.map((_, at) => `c${at}`).join(', ')}, n)
     cross join lateral (select t.${table.primaryId.sql} from ${table.sql} t where ${matches.join(' and ')} limit 1) t`,
    columns.map((column) => arrayLiteral(keys.map(({ key }) => storedScalar(key.get(column))))),
  )
  return rows.rows.flatMap((row) => {
    const item = keys[Number(row.n) - 1]
    return item === undefined ? [] : [[item.index, row.id] as const]
  })
}

/** Every reference as a stored value; the first missing row is refused by 404 (DV-143). */
export async function resolveReferences(context: SqlScoped, references: readonly EntityReference[]): Promise<readonly RowReference[]> {
  if (references.length === 0) return []
  const ids = await findReferences(context, references)
  return references.map((reference, index) => {
    const id = ids[index]
    if (id !== undefined) return { table: reference.table.logicalName, id }
    throw 'id' in reference
      ? wireErrors.rowNotFound(reference.table.logicalName, reference.id)
      : wireErrors.referenceNotFound(reference.table.logicalName)
  })
}

/** Values of a key as a row holds them, for a create by key. */
export const keyValues = (reference: Extract<EntityReference, { key: unknown }>): Record<string, ColumnValue> =>
  Object.fromEntries(
    [...reference.key].map(([column, value]): [string, ColumnValue] => [
      column.name,
      column.type === 'lookup' && typeof value === 'string' ? { table: column.targets[0]?.table ?? '', id: value } : value,
    ]),
  )
