import { type Database, migrate, type SqlRunner } from '@p2c/base'
import { createExecutionSession } from './execution-session.ts'
import { createEngineTables } from './migrations/0001-create-engine.ts'
import { addExpectedRows } from './migrations/0002-add-expected-rows.ts'
import { createRecordSession } from './record-session.ts'
import { createSetupSession } from './setup-session.ts'
import type { Store, StoreSession } from './store.ts'
import type { StoreDeps } from './store-deps.ts'

/** The store of the engine on PostgreSQL; every bulk operation is one statement over `unnest`ed arrays. */
export function createDatabaseStore(database: Database, deps: StoreDeps): Store {
  return {
    ...createSession(database, deps),
    migrate: async () => {
      await migrate(database, [createEngineTables, addExpectedRows])
    },
    transaction: (work) => database.transaction((runner) => work(createSession(runner, deps))),
  }
}

const createSession = (runner: SqlRunner, deps: StoreDeps): StoreSession => ({
  runner,
  ...createSetupSession(runner, deps),
  ...createExecutionSession(runner, deps),
  ...createRecordSession(runner, deps),
})
