import { type Database, isDatabaseAway } from '@p2c/base'
import type { Priority } from '@p2c/faults'

/** The throttling priority mapping, as it was read last. Source: protocol specification, 21, FO-113. */
export interface ThrottlingPriorities {
  /** Reads the mapping again; keeps what it has while the database is away. */
  refresh(): Promise<void>
  /** Of a client by its id or by the user that it is mapped to, the higher one; undefined: neither is listed. */
  of(clientId: string): Priority | undefined
}

const RANKS: readonly Priority[] = ['low', 'medium', 'high']

export function createThrottlingPriorities(database: Database, userOf: (clientId: string) => string | undefined): ThrottlingPriorities {
  let known: ReadonlyMap<string, Priority> = new Map()
  const find = (type: string, id: string | undefined): Priority[] => {
    const priority = known.get(`${type} ${id?.toLowerCase()}`)
    return priority === undefined ? [] : [priority]
  }
  return {
    async refresh() {
      try {
        const { rows } = await database.query<{ type: string; id: string; priority: string }>(
          'select mapping_type as type, mapped_id as id, priority from throttling_priority_mapping',
        )
        known = new Map(
          rows.map(({ type, id, priority }) => [
            `${type} ${id.toLowerCase()}`,
            RANKS.find((rank) => rank === priority.toLowerCase()) ?? 'low',
          ]),
        )
      } catch (error) {
        if (!isDatabaseAway(error)) throw error
      }
    },
    of(clientId) {
      const mapped = [...find('Application', clientId), ...find('User', userOf(clientId))]
      return mapped.toSorted((a, b) => RANKS.indexOf(b) - RANKS.indexOf(a))[0]
    },
  }
}
