import type { SqlRunner } from '@p2c/base'
import { customQuerySources } from '../domain/change-tracking.ts'
import { findEntityByName } from '../entities/catalogue.ts'
import { type Entity, type EntityNavigation, propertyOf } from '../entities/entity.ts'
import { comparedColumn } from '../store/table-columns.ts'
import type { WriteEffect } from '../store/write-effects.ts'

/** How incremental exports find changed rows. Source: protocol specification, 18. */
export interface ChangeTracking {
  readonly mode: 'None' | 'PrimaryTable' | 'EntireEntity' | 'CustomQuery'
  /** Of a custom query: rows that count as a change of the row that leads to them. */
  readonly sources: readonly EntityNavigation[]
}

/** What counts where nobody said anything else. */
const DEFAULT_TRACKING: ChangeTracking = { mode: 'EntireEntity', sources: [] }

/** The change tracking of an entity. */
export async function readTracking(sql: SqlRunner, entity: Entity): Promise<ChangeTracking> {
  const { rows } = await sql.query<{ mode: ChangeTracking['mode']; sources: string }>(
    'select tracking_mode as mode, custom_query_sources as sources from entity_change_tracking where lower(entity_name) = lower($1)',
    [entity.label],
  )
  const [row] = rows
  return row === undefined ? DEFAULT_TRACKING : { mode: row.mode, sources: customQuerySources(entity, row.sources) ?? [] }
}

/** True for a row (alias `t` of the entity's read relation) that was written since a snapshot, which is the parameter `snapshot`. */
export function changedSince(entity: Entity, { mode, sources }: ChangeTracking, snapshot: string): string {
  const isChanged = (alias: string) =>
    `(${alias}.change_xid >= pg_snapshot_xmin(${snapshot}) and not pg_visible_in_snapshot(${alias}.change_xid, ${snapshot}))`
  if (mode === 'EntireEntity' || mode === 'None') return isChanged('t')
  const { relation } = entity.storage
  const primary = `exists (select 1 from ${relation} b where b.rec_id = t.rec_id and ${isChanged('b')})`
  if (mode === 'PrimaryTable') return primary
  return [primary, ...sources.map((source) => `exists (select 1 from ${sourceOf(entity, source)} and ${isChanged('s')})`)].join(' or ')
}

/** The rows that a navigation leads to from a row `t`, within its company. */
function sourceOf(entity: Entity, { entity: targetName, constraints }: EntityNavigation): string {
  const target = findEntityByName(targetName)
  if (target === undefined) throw new TypeError(`no entity ${targetName}`)
  const matches = constraints.map(({ from, to }) => `${compared(entity, from, 't')} = ${compared(target, to, 's')}`)
  if (entity.isCompanySpecific && target.isCompanySpecific) matches.push('lower(s.data_area_id) = lower(t.data_area_id)')
  return `${target.storage.readRelation} s where ${matches.join(' and ')}`
}

function compared(entity: Entity, name: string, alias: string): string {
  const property = propertyOf(entity, name)
  if (property === undefined) throw new TypeError(`${entity.name} has no property ${name}`)
  return comparedColumn(property, alias)
}

/** A change of its tracking makes the next export of an entity a full one: what was not tracked until now would be missed. */
export const forgetPositions: WriteEffect = async (sql, changes) => {
  const names = changes.map(({ before, after }) => (after ?? before)?.EntityName ?? '')
  await sql.query('delete from data_export_position where lower(entity_name) = any(select lower(n) from unnest($1::text[]) n)', [names])
}
