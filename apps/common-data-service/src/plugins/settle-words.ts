import type { TableEvent } from '@p2c/dataverse'
import type { HubTable } from '../tables/hub-table.ts'
import { refuseMember } from './refusals.ts'

/** Members of closed lists get their published spelling, or are refused; a blank one is none. */
export function settleMembers(hub: HubTable, events: readonly TableEvent[]): void {
  for (const { target } of events) {
    for (const [column, list] of hub.lists) {
      const value = target[column]
      if (typeof value !== 'string') continue
      target[column] = value.trim() === '' ? null : (list.spell(value) ?? refuseMember({ table: hub.target.table, column, value, list }))
    }
  }
}

/** A business key of blanks only is none. Others stay as they came, outer blanks included: whoever wrote a row finds it again by what it wrote. */
export function dropBlankKeys(columns: readonly string[], events: readonly TableEvent[]): void {
  for (const { target } of events) {
    for (const column of columns) {
      const value = target[column]
      if (typeof value === 'string' && value.trim() === '') target[column] = null
    }
  }
}
