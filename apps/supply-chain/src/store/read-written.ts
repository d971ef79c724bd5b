import type { SqlRunner } from '@p2c/base'
import type { Entity } from '../entities/entity.ts'
import { columnText } from './table-columns.ts'
import type { WriteOperation, WriteOutcome } from './write-operation.ts'

/**
 * The outcomes with new rows as their entity shows them: computed columns are in, and so is what effects changed after the row was
 * decided. Rows of entities that are read from their table stay as they were written. One statement per entity.
 */
export async function readWritten(
  sql: SqlRunner,
  operations: readonly WriteOperation[],
  outcomes: readonly WriteOutcome[],
): Promise<WriteOutcome[]> {
  const wanted = Map.groupBy(
    outcomes.flatMap((outcome, index) => {
      const entity = operations[index]?.kind === 'create' ? operations[index].entity : undefined
      // A row that a later operation of the change set has taken away again was never written.
      const isThere = outcome.ok && outcome.recId !== ''
      return entity !== undefined && isThere && isReadElsewhere(entity) ? [{ entity, index, recId: outcome.recId }] : []
    }),
    ({ entity }) => entity,
  )
  const read = [...outcomes]
  for (const [entity, rows] of wanted) {
    const found = await readRows(
      sql,
      entity,
      rows.map(({ recId }) => recId),
    )
    for (const { index, recId } of rows) {
      const outcome = read[index]
      const row = found.get(recId)
      if (outcome?.ok === true && row !== undefined) read[index] = { ...outcome, ...row }
    }
  }
  return read
}

const isReadElsewhere = (entity: Entity): boolean => entity.storage.readRelation !== entity.storage.relation

type Raw = Readonly<Record<string, string>>

async function readRows(sql: SqlRunner, entity: Entity, recIds: readonly string[]) {
  const columns = entity.properties.map((property) => `${columnText(property, 't')} as ${property.column}`)
  const { rows } = await sql.query<Raw>(
    `select t.rec_id::text as row_rec_id, t.rec_version::text as row_rec_version, ${columns.join(', ')}
     from ${entity.storage.readRelation} t where t.rec_id = any($1::bigint[])`,
    [recIds],
    { isPrepared: true },
  )
  return new Map(
    rows.map((row) => {
      const values = Object.fromEntries(entity.properties.map((property) => [property.name, row[property.column] ?? '']))
      return [row.row_rec_id ?? '', { values, recVersion: row.row_rec_version ?? '' }] as const
    }),
  )
}
