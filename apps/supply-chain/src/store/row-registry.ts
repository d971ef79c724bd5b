import type { SqlRunner } from '@p2c/base'
import { type Table, tableOfEntity } from '../entities/catalogue.ts'
import type { Entity } from '../entities/entity.ts'
import type { ParentName } from './lock-parents.ts'
import { findRows } from './rows.ts'
import { joinKey, type StoredRow, type TrackedRow } from './tracked-row.ts'
import { type Draft, keyOf } from './write-draft.ts'

/** The rows that a change set is about, each once. */
export interface RowRegistry {
  load(sql: SqlRunner, drafts: readonly Draft[]): Promise<void>
  rowOf(draft: Draft): TrackedRow
  /** A stored row that no operation names, but that one takes with it. */
  adopt(relation: string, stored: StoredRow): TrackedRow
  /** The parent as the change set knows it; undefined where no operation names it. */
  findParent(parent: ParentName): TrackedRow | undefined
  all(): readonly TrackedRow[]
}

/** Entities over one table that name its rows by the same fields share the name of a row. */
const nameOf = ({ storage, key }: Entity, parts: readonly string[]): string => `${storage.relation}(${key.join()})\u0001${joinKey(parts)}`

/** Rows by the key of the entity that names them; entities over one table with different keys meet by record id. */
export function createRowRegistry(): RowRegistry {
  const byKey = new Map<string, TrackedRow>()
  const byRecId = new Map<string, TrackedRow>()
  const rows: TrackedRow[] = []
  const track = (row: TrackedRow): TrackedRow => {
    rows.push(row)
    return row
  }
  const adopt = (relation: string, stored: StoredRow): TrackedRow => {
    const known = byRecId.get(stored.recId)
    // Of a row that one operation only creates no more than its key was read; another operation needs all of it.
    if (known !== undefined) return isWider(stored, known) ? Object.assign(known, { stored, after: stored.values }) : known
    const row = track({ relation, stored, after: stored.values })
    byRecId.set(stored.recId, row)
    return row
  }
  return {
    adopt,
    async load(sql, drafts) {
      const usable = drafts.filter((draft) => draft.problem === undefined)
      for (const [entity, group] of Map.groupBy(usable, (draft) => draft.operation.entity)) {
        for (const stored of await findStored(sql, entity, group)) {
          const parts = entity.key.map((name) => stored.values[name] ?? '')
          byKey.set(nameOf(entity, parts), adopt(entity.storage.relation, stored))
        }
      }
    },
    rowOf(draft) {
      const name = nameOf(draft.operation.entity, keyOf(draft))
      const row = byKey.get(name) ?? track({ relation: draft.table.relation, after: undefined })
      byKey.set(name, row)
      return row
    },
    findParent({ table, fields, values }) {
      const names = table.entities.map((entity) => nameOf(entity, partsOf(entity, { fields, values })))
      return names.map((name) => byKey.get(name)).find((row) => row !== undefined)
    },
    all: () => rows,
  }
}

const isWider = (stored: StoredRow, known: TrackedRow): boolean =>
  known.stored !== undefined && Object.keys(stored.values).length > Object.keys(known.stored.values).length

const partsOf = ({ key }: Entity, { fields, values }: Pick<ParentName, 'fields' | 'values'>): string[] =>
  key.map((name) => values[fields.indexOf(name)] ?? '')

/**
 * The stored rows that the operations name. A row that is only created needs no more than its key to be refused as a duplicate:
 * rows are wide, and in a first load none of them exists. Only those that are changed are locked.
 */
async function findStored(sql: SqlRunner, entity: Entity, drafts: readonly Draft[]): Promise<StoredRow[]> {
  const table: Table = tableOfEntity(entity)
  const changed = new Set(drafts.filter((draft) => draft.operation.kind !== 'create').map((draft) => joinKey(keyOf(draft))))
  const keysOf = (isWanted: (name: string) => boolean) => [
    ...new Map(
      drafts.flatMap((draft) => {
        const key = keyOf(draft)
        const name = joinKey(key)
        return isWanted(name) ? [[name, key] as const] : []
      }),
    ).values(),
  ]
  const common = { table, fields: entity.key }
  return [
    ...(await findRows(sql, { ...common, keys: keysOf((name) => !changed.has(name)), only: entity.key })),
    ...(await findRows(sql, { ...common, keys: keysOf((name) => changed.has(name)), isForUpdate: true })),
  ]
}
