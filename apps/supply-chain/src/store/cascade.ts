import type { SqlRunner } from '@p2c/base'
import type { CascadedRows } from '../domain/decision.ts'
import type { FieldValues } from '../domain/field-value.ts'
import { rulesOf } from '../domain/table-rules.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import type { RowRegistry } from './row-registry.ts'
import { findRows } from './rows.ts'
import { joinKey, type TrackedRow } from './tracked-row.ts'
import type { Draft } from './write-draft.ts'

/** The rows that are deleted with a row. */
export type ChildrenOf = (row: TrackedRow) => readonly TrackedRow[]

/** The values by which the parent and the children of one cascade meet: `side` 0 reads them off the parent, 1 off a child. */
const meetingValues = ({ by }: CascadedRows, row: FieldValues, side: 0 | 1): string[] => [
  row.dataAreaId ?? '',
  ...by.map((pair) => row[pair[side]] ?? ''),
]

const meetingPlace = (rule: CascadedRows, row: FieldValues, side: 0 | 1): string =>
  `${rule.relation}\u0001${joinKey(meetingValues(rule, row, side))}`

/**
 * Finds and locks the children of all rows that the drafts delete: one statement per kind of child, none where nothing is deleted. Children
 * that the change set itself makes go with their parent too.
 */
export async function loadChildren(sql: SqlRunner, drafts: readonly Draft[], registry: RowRegistry): Promise<ChildrenOf> {
  const stored = new Map<string, TrackedRow[]>()
  const gone = drafts.filter(({ problem, operation }) => problem === undefined && operation.kind === 'delete')
  for (const [table, ofTable] of Map.groupBy(gone, (draft) => draft.table)) {
    const parents = ofTable.map((draft) => registry.rowOf(draft).stored?.values).filter((values) => values !== undefined)
    for (const rule of rulesOf(table.relation).cascade ?? []) {
      const keys = new Map(parents.map((row) => [meetingPlace(rule, row, 0), meetingValues(rule, row, 0)]))
      const fields = ['dataAreaId', ...rule.by.map(([, to]) => to)]
      const search = { table: tableByRelation(rule.relation), fields, keys: [...keys.values()], isMany: true, isForUpdate: true }
      for (const child of await findRows(sql, search)) {
        const place = meetingPlace(rule, child.values, 1)
        stored.set(place, [...(stored.get(place) ?? []), registry.adopt(rule.relation, child)])
      }
    }
  }
  return (row) => {
    const parent = row.after
    if (parent === undefined) return []
    return (rulesOf(row.relation).cascade ?? []).flatMap((rule) => {
      const place = meetingPlace(rule, parent, 0)
      const born = registry.all().filter((each) => isBorn(each, rule) && meetingPlace(rule, each.after, 1) === place)
      return [...(stored.get(place) ?? []), ...born]
    })
  }
}

const isBorn = (row: TrackedRow, { relation }: CascadedRows): row is TrackedRow & { after: FieldValues } =>
  row.relation === relation && row.stored === undefined && row.after !== undefined
