import { isAppError, type Logger, toAppError } from '@p2c/base'
import type { EntityResult, ExecutionStore } from './execution-store.ts'
import type { Execution } from './package-model.ts'

export interface RunnerDeps {
  readonly executions: ExecutionStore
  readonly log: Logger
  /** Does the work of one execution and records its success; a failure is thrown. */
  readonly run: (execution: Execution) => Promise<void>
}

/** Executions at a time; each one holds a database connection. */
const MAX_RUNNING = 2

/** Runs executions in the background: those of one project one after another, of all projects two at a time. */
export interface ExecutionRunner {
  /** Resolves when the execution has ended, in whatever way; never rejects. */
  start(execution: Execution): Promise<void>
  /** Resolves when nothing runs any more; what waits is left for the next start of the process. */
  stop(): Promise<void>
}

export function createExecutionRunner(deps: RunnerDeps): ExecutionRunner {
  const waiting: { readonly execution: Execution; readonly done: () => void }[] = []
  const running = new Map<string, Promise<void>>()
  let stopped = false

  const next = (): void => {
    if (stopped || running.size >= MAX_RUNNING) return
    const index = waiting.findIndex(({ execution }) => !running.has(lane(execution)))
    const [item] = index < 0 ? [] : waiting.splice(index, 1)
    if (item === undefined) return
    const finished = runOne(deps, item.execution).finally(() => {
      running.delete(lane(item.execution))
      item.done()
      next()
    })
    running.set(lane(item.execution), finished)
    next()
  }

  return {
    start: (execution) =>
      new Promise((resolve) => {
        waiting.push({ execution, done: resolve })
        next()
      }),
    async stop() {
      stopped = true
      await Promise.all(running.values())
    },
  }
}

/** Imports share one lane: they must not run in parallel (F&O protocol specification, section 15). */
const lane = (execution: Execution): string => (execution.kind === 'Import' ? 'import' : `export ${execution.project.toLowerCase()}`)

async function runOne(deps: RunnerDeps, execution: Execution): Promise<void> {
  try {
    await deps.executions.setExecuting(execution.id)
    await deps.run(execution)
  } catch (error) {
    const failure = toAppError(error)
    deps.log.warn({ err: error, executionId: execution.id, code: failure.code }, 'a data package execution failed')
    // Only refusals are told to clients: other texts may name what they should not see.
    const message =
      isAppError(error) && error.category === 'data' ? error.message : 'An unexpected error occurred. See the log of the application.'
    await recordFailure(deps, execution, message)
  }
}

/** A database that is gone cannot store the failure: the execution stays unfinished and is repeated at the next start. */
async function recordFailure({ executions, log }: RunnerDeps, execution: Execution, message: string): Promise<void> {
  try {
    const results = (await executions.listResults(execution.id)).map((result): EntityResult => ({ ...result, status: 'Failed' }))
    await executions.finish({ id: execution.id, status: 'Failed', message, results, positions: [] })
  } catch (error) {
    log.error({ err: error, executionId: execution.id }, 'the failure of a data package execution could not be stored')
  }
}
