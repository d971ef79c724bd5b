import type { JsonObject } from './sales-client.ts'

/** Tables whose rows share their number with former revisions, and the states in which one is the current one: Draft, Active. */
const REVISED: Readonly<Record<string, readonly number[]>> = { quote: [0, 1] }

/** Column to ask for beside the number, where rows of the table may share it. */
export const revisionColumns = (table: string): readonly string[] => (table in REVISED ? ['statecode'] : [])

/**
 * Of several rows with one number the revision that is under way; all of them where there is no such one, or several. Source: templates specification
 * 2.1, Sales specification 2.3.
 */
export function narrowedToLive(table: string, rows: readonly JsonObject[]): readonly JsonObject[] {
  const states = REVISED[table]
  if (states === undefined || rows.length < 2) return rows
  const live = rows.filter((row) => states.includes(Number(row.statecode)))
  return live.length === 1 ? live : rows
}
