import type { SqlRunner } from '@p2c/base'
import type { ManyToManySide } from '../model/many-to-many.ts'
import { quoteName, type Table } from '../model/resolved-model.ts'
import { arrayLiteral } from './column-sql.ts'

/** One pair of rows, in the order of the relationship's sides. */
export interface LinkPair {
  readonly first: string
  readonly second: string
}

const columnsOf = (intersect: Table): readonly [string, string] => {
  const sides = intersect.intersectOf?.sides
  if (sides === undefined) throw new TypeError(`table '${intersect.logicalName}' holds no pairs`)
  return [quoteName(sides[0].column), quoteName(sides[1].column)]
}

const pairArrays = (pairs: readonly LinkPair[]): readonly string[] => [
  arrayLiteral(pairs.map((pair) => pair.first)),
  arrayLiteral(pairs.map((pair) => pair.second)),
]

/** Writes pairs in one statement; gives those that were new. */
export async function insertPairs(sql: SqlRunner, intersect: Table, pairs: readonly LinkPair[]): Promise<readonly LinkPair[]> {
  const [first, second] = columnsOf(intersect)
  const found = await sql.query<LinkPair & Record<string, unknown>>(
    `insert into ${intersect.sql} (${first}, ${second}) select distinct * from unnest($1::uuid[], $2::uuid[]) as p(a, b) order by a, b
     on conflict (${first}, ${second}) do nothing returning ${first} as first, ${second} as second`,
    [...pairArrays(pairs)],
  )
  return found.rows
}

/** Removes pairs in one statement; gives those that were there. */
export async function deletePairs(sql: SqlRunner, intersect: Table, pairs: readonly LinkPair[]): Promise<readonly LinkPair[]> {
  const [first, second] = columnsOf(intersect)
  const found = await sql.query<LinkPair & Record<string, unknown>>(
    `delete from ${intersect.sql} l using unnest($1::uuid[], $2::uuid[]) as p(a, b) where l.${first} = p.a and l.${second} = p.b
     returning l.${first} as first, l.${second} as second`,
    [...pairArrays(pairs)],
  )
  return found.rows
}

/** Removes every pair of the given rows on one side of a relationship. */
export async function deletePairsOf(
  sql: SqlRunner,
  intersect: Table,
  at: { readonly side: ManyToManySide; readonly ids: readonly string[] },
): Promise<void> {
  await sql.query(`delete from ${intersect.sql} where ${quoteName(at.side.column)} = any($1::uuid[])`, [arrayLiteral(at.ids)])
}
