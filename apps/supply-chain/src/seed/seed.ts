import type { Database } from '@p2c/base'
import { companyData, DEMO_COMPANIES } from './company-data.ts'
import { jobData } from './job-data.ts'
import { documentNumbers } from './number-data.ts'
import { DOLLAR_RATES, FURTHER_RATES, salesData } from './sales-data.ts'
import { type SeedRows, type SeedWriting, seedRows } from './seed-rows.ts'
import { SHARED_DATA } from './shared-data.ts'

interface SeedPart {
  /** Never changes: a part that was applied is not applied again. */
  readonly name: string
  readonly data: readonly SeedRows[] | ((now: Date) => readonly SeedRows[])
  /** Adds to rows of earlier parts; otherwise rows that exist stay as they are. */
  readonly isCompleting?: true
}

/** Set-up data in the order in which it is applied; a later release adds parts at the end. */
const SEED_PARTS: readonly SeedPart[] = [
  { name: '0001-shared', data: SHARED_DATA },
  ...DEMO_COMPANIES.map((company) => ({ name: `0002-company-${company.id}`, data: companyData(company) })),
  // Companies without sequences of their own count with those of the installation.
  { name: '0003-document-numbers', data: ['', ...DEMO_COMPANIES.map((company) => company.id)].flatMap(documentNumbers) },
  { name: '0004-rates', data: FURTHER_RATES },
  ...DEMO_COMPANIES.map((company) => ({ name: `0005-sales-${company.id}`, data: salesData(company) })),
  { name: '0006-batch-jobs', data: jobData, isCompleting: true },
  { name: '0007-dollar-rates', data: DOLLAR_RATES },
]

/** Two programs that start at once take turns. */
const SEED_LOCK = 7_204_325

/**
 * Applies each part once in the life of a database: rows that users changed or deleted later stay changed or deleted. Safe to call from several
 * programs at once.
 */
export async function seedDatabase(database: Database, writing: Pick<SeedWriting, 'now' | 'effects'>): Promise<void> {
  await database.transaction(async (sql) => {
    await sql.query('select pg_advisory_xact_lock($1)', [SEED_LOCK])
    // Outside of this transaction, which only holds the lock: what is applied is kept part by part.
    await applyParts(database, writing)
  })
}

async function applyParts(database: Database, writing: Pick<SeedWriting, 'now' | 'effects'>): Promise<void> {
  await database.query('create table if not exists applied_seed (name text primary key, applied_at timestamptz not null default now())')
  const { rows } = await database.query<{ name: string }>('select name from applied_seed')
  const applied = new Set(rows.map((row) => row.name))
  // An installation that is older than a part may have set-up of its own, which wins.
  const onRefusal = applied.size === 0 ? 'throw' : 'skip'
  for (const part of SEED_PARTS) {
    if (applied.has(part.name)) continue
    const rows = typeof part.data === 'function' ? part.data(writing.now) : part.data
    const kind = part.isCompleting === true ? 'upsert' : 'create'
    await seedRows(database, rows, { ...writing, kind, onRefusal })
    await database.query('insert into applied_seed (name) values ($1) on conflict do nothing', [part.name])
  }
}
