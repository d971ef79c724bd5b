import type { PluginContext } from '@p2c/dataverse'
import type { Target } from '../tables/hub-table.ts'

/** A row as others name it. */
export interface WantedRow {
  readonly organization: string
  readonly value: string
}

/** A row that is there, in its own spelling. */
export interface FoundRow extends WantedRow {
  readonly id: string
  /** Text that referring rows take over. */
  readonly copied: string | null
}

/** Finds rows by organisation and business key, as they were asked for. */
export interface FoundRows {
  get(wanted: WantedRow): FoundRow | undefined
}

const nameOf = ({ organization, value }: WantedRow): string => `${organization}\u0000${value}`.toLowerCase()

interface Question {
  readonly target: Target
  readonly wanted: readonly WantedRow[]
  /** Column that referring rows take over. */
  readonly copies?: string | undefined
}

/**
 * All rows of one table that a write refers to, in one statement: a probe of the key's index for each as it is asked for, and one without outer
 * blanks. They stay until the write is over (`for key share`: other writers may refer to them and change them, but not delete or rename them),
 * and are locked in the order of their names, so that two bulk writes do not wait for each other in a circle.
 */
export async function findTargets(sql: PluginContext['sql'], { target, wanted, copies }: Question): Promise<FoundRows> {
  const byName = new Map(wanted.map((row) => [nameOf(row), row]))
  const rows = [...byName].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row)
  if (rows.length === 0) return { get: () => undefined }
  const { table, primaryId, keyColumn, organizationColumn } = target
  const inOrganization = organizationColumn === undefined ? '' : `lower(${organizationColumn}) = lower(wanted.organization) and `
  const found = await sql.query<{ n: string; id: string; organization: string; value: string; copied: string | null }>(
    `select wanted.n, t.id, t.organization, t.value, t.copied
     from unnest($1::text[], $2::text[]) with ordinality as wanted(organization, value, n)
     cross join lateral (
       select ${primaryId} as id, ${organizationColumn ?? keyColumn} as organization, ${keyColumn} as value, ${copies ?? 'null::text'} as copied
       from ${table} where ${inOrganization}lower(${keyColumn}) in (lower(wanted.value), lower(btrim(wanted.value)))
       order by lower(${keyColumn}) = lower(wanted.value) desc limit 1 for key share
     ) t`,
    [rows.map((row) => row.organization), rows.map((row) => row.value)],
  )
  // By the number of the question and not by name: the database and we need not agree on the case of every letter.
  const answers = new Map(
    found.rows.map(({ n, ...row }) => {
      const asked = rows[Number(n) - 1]
      return [asked === undefined ? '' : nameOf(asked), row] as const
    }),
  )
  return { get: (row) => answers.get(nameOf(row)) }
}
