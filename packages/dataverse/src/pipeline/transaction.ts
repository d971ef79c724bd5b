import { setTimeout as pause } from 'node:timers/promises'
import { newLedger } from './custom-logic.ts'
import { type Invocation, ownInvocation } from './invocation.ts'
import { createTableService } from './table-service.ts'
import { type Caller, momentText, type PlatformCore, type WriteContext } from './write-context.ts'

/** deadlock_detected, serialization_failure */
const REPEATABLE = ['40P01', '40001']
/** Each repeat may lose to yet another writer: with sixteen that upsert the same new rows, five were not enough. */
const ATTEMPTS = 12

/** A race that a repeat settles: an upsert found no row, and another write created it meanwhile. */
export class RaceLost extends Error {
  readonly refusal: Error
  constructor(refusal: Error) {
    super(refusal.message)
    this.name = 'RaceLost'
    this.refusal = refusal
  }
}

const isRepeatable = (error: unknown): boolean =>
  error instanceof RaceLost ||
  (error instanceof Error && 'code' in error && typeof error.code === 'string' && REPEATABLE.includes(error.code))

/**
 * Runs one request or change set in one transaction. A deadlock, a serialization failure or a lost upsert race repeats it a few
 * times; the clients of the wire know no such answers.
 */
export async function runWrite<Result>(
  core: PlatformCore,
  options: { readonly caller: Caller; readonly runPlugins?: boolean; readonly invocation?: Invocation },
  work: (context: WriteContext) => Promise<Result>,
): Promise<Result> {
  const invocation = options.invocation ?? ownInvocation(core.ids.guid())
  for (let attempt = 1; ; attempt += 1) {
    const ledger = newLedger()
    try {
      const result = await core.database.transaction((sql) =>
        work({
          core,
          sql,
          caller: options.caller,
          now: momentText(core.clock.now()),
          depth: 1,
          origin: 'client',
          isTrusted: options.caller.rights === undefined,
          runPlugins: options.runPlugins ?? true,
          money: { facts: undefined },
          invocation,
          ledger,
          serviceOf: createTableService,
        }),
      )
      core.customLogic.committed(ledger)
      return result
    } catch (error) {
      if (attempt >= ATTEMPTS || !isRepeatable(error)) throw error instanceof RaceLost ? error.refusal : error
      core.log.debug({ err: error, attempt }, 'a write is repeated after a conflict with another one')
      await pause(attempt * 5)
    }
  }
}
