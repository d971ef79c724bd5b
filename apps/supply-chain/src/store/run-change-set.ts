import type { Database, SqlRunner } from '@p2c/base'
import { ChangeSetFailure } from './write-change-set.ts'

/** What PostgreSQL says when two transactions stood in each other's way: the same work may succeed at once. */
const RETRIED_STATES = new Set(['40001', '40P01'])
const ATTEMPTS = 4

const stateOf = (error: unknown): string => (typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '')

/**
 * Runs `work` in a transaction. Gives its result, or the failure that rolled it back. Repeats it when it lost a race with another
 * transaction; any other error is thrown.
 */
export async function runChangeSet<Result>(
  database: Database,
  work: (sql: SqlRunner) => Promise<Result>,
): Promise<Result | ChangeSetFailure> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction(work)
    } catch (error) {
      if (error instanceof ChangeSetFailure) return error
      if (attempt === ATTEMPTS || !RETRIED_STATES.has(stateOf(error))) throw error
    }
  }
}
