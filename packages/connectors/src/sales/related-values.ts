import type { FieldValue } from '@p2c/engine'
import { mapLimited } from '../http/limited.ts'
import { fromWire } from './field-value.ts'
import { rowsByColumn } from './query.ts'
import type { JsonObject, SalesClient } from './sales-client.ts'
import type { RelatedField, SourcePlan } from './source-plan.ts'

/** Values behind lookups, kept for one read: a delta feed only has the ids, and takes no expand (Dataverse Web API 12). */
export interface RelatedValues {
  /** Makes `valueOf` ready for all rows of a page. */
  load(rows: readonly JsonObject[], signal: AbortSignal): Promise<void>
  valueOf(field: RelatedField, row: JsonObject): FieldValue
}

/** More known rows than this are forgotten: memory must not grow with the table. */
const MOST_KNOWN = 50_000

interface KnownTable {
  readonly entitySet: string
  readonly primaryId: string
  readonly columns: Set<string>
  readonly rows: Map<string, JsonObject | undefined>
}

export function createRelatedValues(client: SalesClient, plan: SourcePlan, parallel: number): RelatedValues {
  const known = knownTables(plan)
  return {
    async load(rows, signal) {
      const depth = Math.max(0, ...plan.related.map((field) => field.targets.length))
      for (let level = 0; level < depth; level += 1) {
        const wanted = wantedIds(plan, { known, rows, level })
        await mapLimited([...wanted], 2, async ([table, ids]) => {
          const { entitySet, primaryId, columns } = table
          const select = [...columns].sort()
          const found = await rowsByColumn(
            client,
            { entitySet, property: primaryId, type: 'guid', values: [...ids], select },
            { parallel, signal },
          )
          if (table.rows.size + ids.size > MOST_KNOWN) forgetOthers(table, rows, plan)
          for (const id of ids) table.rows.set(id, undefined)
          for (const row of found) table.rows.set(String(row[primaryId]).toLowerCase(), row)
        })
      }
    },
    valueOf(field, row) {
      const id = idOf(field, row)
      if (id === undefined) return null
      for (const target of field.targets) {
        const related = known.get(target.table.logicalName)?.rows.get(id)
        if (related !== undefined) return fromWire(target.column.type, related[target.column.name])
      }
      return null
    },
  }
}

const idOf = (field: RelatedField, row: JsonObject): string | undefined => {
  const id = row[field.property]
  return typeof id === 'string' && id !== '' ? id.toLowerCase() : undefined
}

function knownTables(plan: SourcePlan): ReadonlyMap<string, KnownTable> {
  const known = new Map<string, KnownTable>()
  for (const { table, column } of plan.related.flatMap((field) => field.targets)) {
    const entry = known.get(table.logicalName) ?? {
      entitySet: table.entitySetName,
      primaryId: table.primaryId,
      columns: new Set([table.primaryId]),
      rows: new Map<string, JsonObject | undefined>(),
    }
    entry.columns.add(column.name)
    known.set(table.logicalName, entry)
  }
  return known
}

/** Ids of a page that are not known yet; a further target is only asked where the ones before had no such row. */
function wantedIds(
  plan: SourcePlan,
  page: { known: ReadonlyMap<string, KnownTable>; rows: readonly JsonObject[]; level: number },
): Map<KnownTable, Set<string>> {
  const wanted = new Map<KnownTable, Set<string>>()
  for (const field of plan.related) {
    const table = page.known.get(field.targets[page.level]?.table.logicalName ?? '')
    if (table === undefined) continue
    const earlier = field.targets.slice(0, page.level).map((target) => page.known.get(target.table.logicalName))
    const ids = wanted.get(table) ?? new Set<string>()
    for (const row of page.rows) {
      const id = idOf(field, row)
      if (id !== undefined && !table.rows.has(id) && earlier.every((other) => other?.rows.get(id) === undefined)) ids.add(id)
    }
    if (ids.size > 0) wanted.set(table, ids)
  }
  return wanted
}

function forgetOthers(table: KnownTable, rows: readonly JsonObject[], plan: SourcePlan): void {
  const needed = new Set(rows.flatMap((row) => plan.related.flatMap((field) => idOf(field, row) ?? [])))
  for (const id of table.rows.keys()) if (!needed.has(id)) table.rows.delete(id)
}
