import { setTimeout as delay } from 'node:timers/promises'
import { isAppError, isDatabaseAway, type Logger, toAppError } from '@p2c/base'
import type { EntityResult, ExecutionStore } from './execution-store.ts'
import type { Lanes } from './lanes.ts'
import type { Execution } from './package-model.ts'

export interface RunnerDeps {
  readonly executions: ExecutionStore
  readonly lanes: Lanes
  readonly log: Logger
  /** Does the work of one execution and records its success; a failure is thrown. */
  readonly run: (execution: Execution) => Promise<void>
  /** Ends the statements that executions wait for. */
  readonly cancelStatements: () => Promise<void>
}

/** Executions at a time; each one holds a database connection. */
const MAX_RUNNING = 2
/** A stop waits so long for what runs before it breaks it off; a page of an import takes far less. */
const STOP_PATIENCE_MS = 2_000
const CANCEL_EVERY_MS = 500
/** Waits while the database is away, doubling. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5_000

/**
 * Runs executions in the background: those of one project one after another, of all projects two at a time. Several processes over one database
 * share the order: whoever comes first runs an execution, and the others find that it has ended.
 */
export interface ExecutionRunner {
  /** Resolves when the execution has ended, in whatever way; never rejects. One that this process has in hand is not started twice. */
  start(execution: Execution): Promise<void>
  /**
   * Resolves when nothing runs any more. What waits, and what does not end within 2 s and is broken off, is left for the next start of the process.
   */
  stop(): Promise<void>
}

export function createExecutionRunner(deps: RunnerDeps): ExecutionRunner {
  const waiting: { readonly execution: Execution; readonly done: () => void }[] = []
  const running = new Map<string, Promise<void>>()
  const inHand = new Map<string, Promise<void>>()
  const stopping = new AbortController()

  const next = (): void => {
    if (stopping.signal.aborted || running.size >= MAX_RUNNING) return
    const index = waiting.findIndex(({ execution }) => !running.has(lane(execution)))
    const [item] = index < 0 ? [] : waiting.splice(index, 1)
    if (item === undefined) return
    const finished = runOne(deps, item.execution, stopping.signal).finally(() => {
      running.delete(lane(item.execution))
      item.done()
      next()
    })
    running.set(lane(item.execution), finished)
    next()
  }

  return {
    start(execution) {
      const known = inHand.get(execution.id)
      if (known !== undefined) return known
      const ended = new Promise<void>((resolve) => {
        const done = (): void => {
          inHand.delete(execution.id)
          resolve()
        }
        waiting.push({ execution, done })
      })
      inHand.set(execution.id, ended)
      next()
      return ended
    },
    async stop() {
      stopping.abort()
      const ended = Promise.all(running.values()).then(() => true)
      let waitMs = STOP_PATIENCE_MS
      while (running.size > 0 && !(await Promise.race([ended, delay(waitMs, false, { ref: false })]))) {
        await deps.cancelStatements()
        waitMs = CANCEL_EVERY_MS
      }
    },
  }
}

/** Imports share one lane: they must not run in parallel (F&O protocol specification, section 15). */
const lane = (execution: Execution): string => (execution.kind === 'Import' ? 'import' : `export ${execution.project.toLowerCase()}`)

/** An execution that finds the database away starts again once it is back, as it does after a restart of the process: its work is repeatable. */
async function runOne(deps: RunnerDeps, execution: Execution, stopping: AbortSignal): Promise<void> {
  for (let repeat = 0; !stopping.aborted; repeat += 1) {
    if (await isSettled(deps, execution, stopping)) return
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** repeat)
    await delay(waitMs, undefined, { signal: stopping }).catch((error: unknown) => {
      if (!stopping.aborted) throw error
    })
  }
}

/** True where the execution has ended or cannot go on in this process; false where the database was away. */
async function isSettled(deps: RunnerDeps, execution: Execution, stopping: AbortSignal): Promise<boolean> {
  try {
    await deps.lanes.inTurn(lane(execution), stopping, async () => {
      if (await deps.executions.setExecuting(execution.id)) await deps.run(execution)
    })
    return true
  } catch (error) {
    if (isDatabaseAway(error)) {
      deps.log.warn({ err: error, executionId: execution.id }, 'the database is away: a data package execution waits for it')
      return false
    }
    // Broken off by the stop: the next start of the process repeats it. Taken over: the other process ends it.
    if (stopping.aborted || (isAppError(error) && error.code === 'package-execution-taken-over')) return true
    const failure = toAppError(error)
    deps.log.warn({ err: error, executionId: execution.id, code: failure.code }, 'a data package execution failed')
    // Only refusals are told to clients: other texts may name what they should not see.
    const message =
      isAppError(error) && error.category === 'data' ? error.message : 'An unexpected error occurred. See the log of the application.'
    return isFailureStored(deps, execution, message)
  }
}

/** False where the database is gone and cannot store the failure: then the execution is repeated. */
async function isFailureStored({ executions, log }: RunnerDeps, execution: Execution, message: string): Promise<boolean> {
  try {
    const results = (await executions.listResults(execution.id)).map((result): EntityResult => ({ ...result, status: 'Failed' }))
    await executions.finish({ id: execution.id, status: 'Failed', message, results, positions: [] })
    return true
  } catch (error) {
    log.error({ err: error, executionId: execution.id }, 'the failure of a data package execution could not be stored')
    return !isDatabaseAway(error)
  }
}
