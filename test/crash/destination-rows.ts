import type { Database } from '@p2c/base'

/** Columns that say when and in which order rows were written, not what they hold. */
const BOOK_KEEPING = ['rec_id', 'rec_version', 'change_xid', 'created_at', 'modified_at']

/** What the customers of Supply Chain hold, read from its own tables: no program of ours judges itself here. */
export interface DestinationRows {
  readonly rows: number
  /** By customer account, without regard to case as the application compares it: a digest of every column. */
  readonly digests: ReadonlyMap<string, string>
  /** Writes to the rows beyond the one that made each: an update counts the row's version up. */
  readonly repeatedWrites: number
}

export async function readDestinationRows(supplyChain: Database): Promise<DestinationRows> {
  const { rows } = await supplyChain.query<{ key: string; digest: string; version: string }>(
    `select lower(data_area_id) || '|' || lower(customer_account) as key, md5((to_jsonb(c) - $1::text[])::text) as digest, rec_version as version
     from customer c`,
    [BOOK_KEEPING],
  )
  return {
    rows: rows.length,
    digests: new Map(rows.map((row) => [row.key, row.digest])),
    repeatedWrites: rows.reduce((total, row) => total + Number(row.version) - 1, 0),
  }
}

export interface LinkCounts {
  readonly links: number
  readonly sourceKeys: number
  readonly destinationKeys: number
}

/** The links of the integrator: one per source row, no two of them to one destination row. */
export async function countLinks(integrator: Database): Promise<LinkCounts> {
  const { rows } = await integrator.query<Record<keyof LinkCounts, string>>(
    `select count(*) as links, count(distinct lower(source_key)) as "sourceKeys", count(distinct lower(destination_key)) as "destinationKeys"
     from record_link`,
  )
  const [row] = rows
  return { links: Number(row?.links), sourceKeys: Number(row?.sourceKeys), destinationKeys: Number(row?.destinationKeys) }
}

/** Keys whose rows differ between two states, of either side; for a message that helps. */
export function differingKeys(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] {
  const keys = new Set([...one.keys(), ...other.keys()])
  return [...keys].filter((key) => one.get(key) !== other.get(key))
}
