import type { AppError, Clock, Logger } from '@p2c/base'
import type { ExecutionState, Store } from '../store/store.ts'
import type { ProcessIdentity } from './engine-contract.ts'
import type { InspectedProject } from './project-inspection.ts'
import type { StepQueue } from './step-queue.ts'

/** What the steps of an execution work with. */
export interface RunnerDeps {
  readonly store: Store
  readonly queue: StepQueue
  readonly clock: Clock
  readonly log: Logger
  readonly process: ProcessIdentity
  readonly pageSize: number
  readonly pagesPerStep: number
  /** Pages of one step that are written side by side. */
  readonly lanes: number
  /** Rows to come from which on a read is cut into ranges where other workers can help. */
  readonly splitRows: number
  readonly pagesPerRange: number
  /** Aborts when the engine stops: a step then ends behind the page under way. */
  readonly stopping: AbortSignal
  /** The project of an execution, held against both sides once per process. */
  inspect(state: ExecutionState): Promise<InspectedProject>
  retry<Result>(call: () => Promise<Result>, signal: AbortSignal): Promise<Result>
}

/** As it is stored and shown; never the cause, which may hold anything. */
export const toExecutionError = (error: AppError) => ({
  category: error.category,
  code: error.code,
  message: error.message,
  ...(Object.keys(error.details).length > 0 && { details: error.details }),
})
