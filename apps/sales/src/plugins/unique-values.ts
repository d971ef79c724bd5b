import type { SqlRunner } from '@p2c/base'
import type { RuleRefusal } from '../domain/refusal.ts'
import { enforce } from './row-values.ts'

/** One lock space for each rule, so that two rules never wait for each other's values. */
const LOCK_SPACES = { account: 1, product: 2, pricelevel: 3, uom: 4, productpricelevel: 5, transactioncurrency: 6 } as const
export type LockedTable = keyof typeof LOCK_SPACES
const FIRST_SPACE = 7_204_400

/** Few, since a bulk call takes most of them: the lock table of the database is small and shared. */
const STRIPES = 16

/**
 * Makes writers of the same values take turns until their transactions end, so that a check of uniqueness still holds at the commit.
 * These rules have their own error codes, which the alternate keys of the platform could not answer with; hence locks and no unique index.
 * Values fall into few stripes, locked in order: no circle of waiting, one statement for any number of values.
 */
export async function lockValues(sql: SqlRunner, table: LockedTable, values: readonly string[]): Promise<void> {
  const stripes = [...new Set(values.map(stripeOf))].sort((a, b) => a - b)
  await sql.query('select pg_advisory_xact_lock($1::int, stripe) from unnest($2::int[]) as stripe', [
    FIRST_SPACE + LOCK_SPACES[table],
    stripes,
  ])
}

function stripeOf(value: string): number {
  let hash = 0
  for (const character of value.toLowerCase()) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) | 0
  return Math.abs(hash % STRIPES)
}

export interface UniqueText {
  /** Table and column that hold the text, and the table's key. */
  readonly table: LockedTable
  readonly column: string
  readonly key: string
  /** Column that the text is unique inside of; absent means the whole table. */
  readonly within?: string
  readonly taken: (text: string) => RuleRefusal
}

export interface OwnedText {
  readonly id: string
  readonly text: string
  readonly within?: string
}

/** Refuses the first text that two of these rows or another row already has, compared without case. */
export async function enforceUnique(sql: SqlRunner, rule: UniqueText, wanted: readonly OwnedText[]): Promise<void> {
  if (wanted.length === 0) return
  await lockValues(
    sql,
    rule.table,
    wanted.map((item) => item.text),
  )
  const owners = new Map<string, string>()
  for (const item of wanted) {
    const key = keyOf(item.text, item.within)
    if (owners.has(key)) enforce(rule.taken(item.text))
    owners.set(key, item.id)
  }
  const within = rule.within === undefined ? 'null' : `"${rule.within}"`
  const found = await sql.query<{ id: string; text: string; within: string | null }>(
    `select "${rule.key}" as id, "${rule.column}" as text, ${within} as within from "${rule.table}"
     where lower("${rule.column}") = any ((select array_agg(lower(wanted)) from unnest($1::text[]) as wanted)::text[])`,
    [wanted.map((item) => item.text)],
  )
  // A row that gets another text in this same write gives its old one up.
  const rewritten = new Set(wanted.map((item) => item.id))
  for (const row of found.rows) {
    const owner = owners.get(keyOf(row.text, row.within ?? undefined))
    if (owner !== undefined && owner !== row.id && !rewritten.has(row.id)) enforce(rule.taken(row.text))
  }
}

const keyOf = (text: string, within: string | undefined): string => `${within ?? ''}\u0000${text.toLowerCase()}`
