import type { PluginContext, TableEvent } from '@p2c/dataverse'
import type { Target } from '../tables/hub-table.ts'
import { refuseRenaming } from './refusals.ts'

/** A lookup of another table that leads to the rows of this one. */
export interface Referrer {
  readonly table: string
  readonly lookup: string
}

/**
 * Refuses to change the business key of a row that others refer to: they name it by value, so it would go away for them. One statement for
 * each table that may refer to it.
 */
export async function keepKeys(
  rules: { readonly target: Target; readonly keys: readonly string[]; readonly referrers: readonly Referrer[] },
  events: readonly TableEvent[],
  sql: PluginContext['sql'],
): Promise<void> {
  const { target, keys, referrers } = rules
  const renamed = new Map(
    events.flatMap((event) => {
      const column = keys.find((key) => event.target[key] !== undefined && event.target[key] !== event.before?.[key])
      return column === undefined ? [] : [[event.id, { column, value: String(event.before?.[column] ?? '') }] as const]
    }),
  )
  if (renamed.size === 0) return
  const ids = [...renamed.keys()]
  // Whoever is about to refer to these rows holds them by a lesser lock: it is waited for, and seen below.
  await sql.query(`select 1 from ${target.table} where ${target.primaryId} = any($1::uuid[]) order by ${target.primaryId} for update`, [
    ids,
  ])
  for (const { table, lookup } of referrers) {
    const found = await sql.query<{ id: string }>(`select ${lookup} as id from ${table} where ${lookup} = any($1::uuid[]) limit 1`, [ids])
    const at = renamed.get(found.rows[0]?.id ?? '')
    if (at !== undefined) refuseRenaming({ table: target.table, ...at, referrer: table })
  }
}
