import type { Database } from '@p2c/base'
import { companyData, DEMO_COMPANIES } from './company-data.ts'
import { type SeedRows, seedRows } from './seed-rows.ts'
import { SHARED_DATA } from './shared-data.ts'

interface SeedPart {
  /** Never changes: a part that was applied is not applied again. */
  readonly name: string
  readonly data: readonly SeedRows[]
}

/** Set-up data in the order in which it is applied; a later release adds parts at the end. */
const SEED_PARTS: readonly SeedPart[] = [
  { name: '0001-shared', data: SHARED_DATA },
  ...DEMO_COMPANIES.map((company) => ({ name: `0002-company-${company.id}`, data: companyData(company) })),
]

/** Applies each part once in the life of a database: rows that users changed or deleted later stay changed or deleted. */
export async function seedDatabase(database: Database): Promise<void> {
  await database.query('create table if not exists applied_seed (name text primary key, applied_at timestamptz not null default now())')
  const { rows } = await database.query<{ name: string }>('select name from applied_seed')
  const applied = new Set(rows.map((row) => row.name))
  for (const part of SEED_PARTS) {
    if (applied.has(part.name)) continue
    await seedRows(database, part.data)
    await database.query('insert into applied_seed (name) values ($1) on conflict do nothing', [part.name])
  }
}
