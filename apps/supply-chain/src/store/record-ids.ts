import type { SqlRunner } from '@p2c/base'

/** `count` new record ids in rising order, for rows that refer to each other before they are stored. Gaps are normal. */
export async function drawRecordIds(sql: SqlRunner, count: number): Promise<string[]> {
  if (count === 0) return []
  const { rows } = await sql.query<{ id: string }>("select nextval('record_id')::text as id from generate_series(1, $1)", [count])
  return rows.map(({ id }) => id)
}
