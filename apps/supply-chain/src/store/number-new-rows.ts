import type { SqlRunner } from '@p2c/base'
import { type InfologEntry, refuseRow } from '../domain/messages.ts'
import { rulesOf } from '../domain/table-rules.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { takeNumbers } from './number-sequences.ts'
import type { TrackedRow } from './tracked-row.ts'

interface BlankField {
  readonly row: TrackedRow
  readonly field: string
}

/**
 * Gives the rows that are about to be inserted the numbers of their blank fields outside the key. A sequence stays locked until the
 * transaction ends: taken here, after everything was read and decided, it makes other change sets wait for the insert alone.
 * Gives the rows that cannot be written, with the reason: no sequence numbers a field by which an entity names them.
 */
export async function numberNewRows(
  sql: SqlRunner,
  rows: readonly TrackedRow[],
): Promise<ReadonlyMap<TrackedRow, readonly InfologEntry[]>> {
  const refused = new Map<TrackedRow, readonly InfologEntry[]>()
  const wanted = new Map<string, BlankField[]>()
  for (const row of rows) {
    if (row.stored !== undefined || row.after === undefined) continue
    for (const [field, dataType] of Object.entries(rulesOf(row.relation).numbered ?? {})) {
      if ((row.after[field] ?? '') !== '') continue
      const name = `${row.after.dataAreaId ?? ''}\u0001${dataType}`
      const places = wanted.get(name)
      if (places === undefined) wanted.set(name, [{ row, field }])
      else places.push({ row, field })
    }
  }
  // In one order for everybody: two change sets that need the same sequences wait for each other only one way.
  for (const [name, places] of [...wanted].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [dataAreaId = '', dataTypeName = ''] = name.split('\u0001')
    const numbers = await takeNumbers(sql, { dataAreaId, dataTypeName, count: places.length })
    // A decided row belongs to its change set alone: it is filled in place, since a copy of a wide row costs more than all else here.
    for (const [index, { row, field }] of places.entries()) {
      const number = numbers?.[index]
      if (number !== undefined || !isKeyField(row, field)) Object.assign(row.after ?? {}, { [field]: number ?? '' })
      else {
        const label = tableByRelation(row.relation).properties.get(field)?.label ?? field
        refused.set(row, [refuseRow('E02', label), refuseRow('L08', label)])
        row.after = undefined
      }
    }
  }
  return refused
}

const isKeyField = ({ relation }: TrackedRow, field: string): boolean =>
  tableByRelation(relation).entities.some(({ key }) => key.includes(field))
