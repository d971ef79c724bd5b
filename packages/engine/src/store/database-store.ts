import { checkMigrations, type Database, type Migration, migrate, type SqlRunner } from '@p2c/base'
import { createExecutionSession } from './execution-session.ts'
import { createHeaderSession } from './header-session.ts'
import { createEngineTables } from './migrations/0001-create-engine.ts'
import { addExpectedRows } from './migrations/0002-add-expected-rows.ts'
import { addRequestBudget } from './migrations/0003-add-request-budget.ts'
import { addReleases } from './migrations/0004-add-releases.ts'
import { addRanges } from './migrations/0005-add-ranges.ts'
import { linksWithoutForeignKey } from './migrations/0006-links-without-foreign-key.ts'
import { addLegs } from './migrations/0007-add-legs.ts'
import { createRangeSession } from './range-session.ts'
import { createRecordSession } from './record-session.ts'
import { checkSecretsKey, createSetupSession } from './setup-session.ts'
import type { Store, StoreSession } from './store.ts'
import type { StoreDeps } from './store-deps.ts'
import { createWaitingSession } from './waiting-session.ts'

const MIGRATIONS: readonly Migration[] = [
  createEngineTables,
  addExpectedRows,
  addRequestBudget,
  addReleases,
  addRanges,
  linksWithoutForeignKey,
  addLegs,
]

/** The store of the engine on PostgreSQL; every bulk operation is one statement over `unnest`ed arrays. */
export function createDatabaseStore(database: Database, deps: StoreDeps): Store {
  return {
    ...createSession(database, deps),
    migrate: async () => {
      await migrate(database, MIGRATIONS)
    },
    checkReady: async () => {
      await checkMigrations(database, MIGRATIONS)
      await checkSecretsKey(database, deps)
    },
    transaction: (work) => unlessDeadlocked(() => database.transaction((runner) => work(createSession(runner, deps)))),
  }
}

const DEADLOCK = '40P01'
const DEADLOCKED_ATTEMPTS = 10

/**
 * Two pages that make each other's waiting rows ready may hold what the other one wants. PostgreSQL ends one of them; nothing of it is stored and the
 * other one goes on, so it is simply done again: what the page wrote to the destination needs no repetition.
 */
async function unlessDeadlocked<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const isVictim = error instanceof Error && 'code' in error && error.code === DEADLOCK
      if (!isVictim || attempt === DEADLOCKED_ATTEMPTS) throw error
    }
  }
}

const createSession = (runner: SqlRunner, deps: StoreDeps): StoreSession => ({
  runner,
  ...createSetupSession(runner, deps),
  ...createExecutionSession(runner, deps),
  ...createRangeSession(runner, deps),
  ...createRecordSession(runner, deps),
  ...createWaitingSession(runner, deps),
  ...createHeaderSession(runner),
})
