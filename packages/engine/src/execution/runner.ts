import { setTimeout as delayFor } from 'node:timers/promises'
import { AppError, isDatabaseAway, type Logger, toAppError } from '@p2c/base'
import type { Issue } from '../model/issue.ts'
import type { ExecutionState, StoreSession } from '../store/store.ts'
import { runAdvanceStep, startTask } from './advance-step.ts'
import { nextExecutionStatus } from './execution-status.ts'
import { handBack } from './hand-back.ts'
import { runPartitionStep } from './partition-step.ts'
import { type RunnerDeps, toExecutionError } from './runner-deps.ts'
import { isStepLost, type StepJob } from './step-queue.ts'

/** Attempts after which a failure that nobody foresaw ends the execution instead of repeating the step. */
const UNFORESEEN_ATTEMPTS = 5

/** Does one step. Throws only what the queue shall repeat; a failed operation ends the execution with its code and message. */
export async function runStep(job: StepJob, deps: RunnerDeps): Promise<void> {
  const { step } = job
  const log = deps.log.child({ executionId: step.executionId, step: step.kind })
  try {
    await withDatabase(() => takeStep(job, deps), { job, deps, log })
  } catch (thrown) {
    if (isStepLost(thrown) || job.signal.aborted) {
      log.info('the step was taken over by another worker')
      return
    }
    if (deps.stopping.aborted) return handBack(job, deps)
    const error = toAppError(thrown)
    const isForeseen = error.code !== 'unexpected'
    if (!isForeseen && job.retryCount < UNFORESEEN_ATTEMPTS) {
      log.warn({ err: thrown }, 'a step failed in a way that was not foreseen; it is repeated')
      throw thrown
    }
    log.error({ err: thrown, code: error.code }, 'the execution failed')
    await withDatabase(() => failExecution(job, error, deps), { job, deps, log })
  }
}

async function takeStep(job: StepJob, deps: RunnerDeps): Promise<void> {
  const { step } = job
  await deps.store.holdStep({ jobId: job.id, attempt: job.retryCount, ...deps.process })
  if (step.kind === 'begin') await runBeginStep(job, deps)
  else if (step.kind === 'partition') await runPartitionStep(job, step.partitionId, deps)
  else await runAdvanceStep(job, deps)
}

/** Between two tries while the database is away: a server that recovers from a kill is back within a second or two, one that is moved is not. */
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

/**
 * Repeats `work` while the database is away (a restart, a crash): no failure of the execution, and no attempt of the queue is spent on it. Every
 * step can be done again from its last page. Should the queue have given the step away meanwhile, the fence tells.
 */
async function withDatabase(
  work: () => Promise<void>,
  { job, deps, log }: { readonly job: StepJob; readonly deps: RunnerDeps; readonly log: Logger },
): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work()
    } catch (error) {
      if (!isDatabaseAway(error) || job.signal.aborted || deps.stopping.aborted) throw error
      log.warn({ reason: error instanceof Error ? error.message : error }, 'the database is away; the step goes on when it is back')
      await delayFor(pauseMs, undefined, { signal: AbortSignal.any([job.signal, deps.stopping]) }).catch(() => undefined)
    }
  }
}

async function failExecution(job: StepJob, error: AppError, deps: RunnerDeps): Promise<void> {
  await deps.store
    .transaction(async (session) => {
      await deps.queue.complete(job, session.runner)
      await session.releaseStep(job.id)
      const state = await session.findState(job.step.executionId, 'lock')
      const next = state && nextExecutionStatus(state.status, 'fail')
      if (state === undefined || next === undefined) return
      await session.endOpenTasks(state.id, { current: 'error', rest: 'skipped' })
      await session.setStatus(state.id, next, toExecutionError(error))
    })
    .catch((failure: unknown) => {
      if (!isStepLost(failure)) throw failure
    })
}

async function runBeginStep(job: StepJob, deps: RunnerDeps): Promise<void> {
  const state = await markValidating(job, deps)
  if (state?.status !== 'validating') return continueOrEnd(job, state, deps)
  await untilPredecessorsRest(job, deps)
  const { issues } = await deps.inspect(state)
  const errors = issues.filter((issue) => issue.severity === 'error')
  if (errors.length > 0) throw validationFailed(state, errors)
  await deps.store.transaction(async (session) => {
    await deps.queue.complete(job, session.runner)
    await session.releaseStep(job.id)
    const locked = await session.findState(state.id, 'lock')
    const next = locked && nextExecutionStatus(locked.status, 'run')
    if (locked === undefined || next === undefined) return
    await session.setStatus(state.id, next)
    const [first] = locked.tasks
    const steps = first === undefined ? [{ kind: 'advance', executionId: state.id } as const] : await startTask(session, locked, first.id)
    await deps.queue.send(steps, session.runner)
  })
}

const LOOK_AGAIN_MS = 50

/**
 * Executions that were cancelled or have failed may still have pages under way, which are recorded: this one begins behind all of them, since the
 * rows of one key are written in order. Not only behind the last one: that may have been cancelled before it waited itself. Only steps that a
 * worker holds are waited for; those still queued find that nothing is left to do. Who is cancelled meanwhile waits no longer.
 */
async function untilPredecessorsRest({ step, signal: held }: StepJob, { store, queue, stopping }: RunnerDeps): Promise<void> {
  const signal = AbortSignal.any([held, stopping])
  while (await store.hasPredecessor(step.executionId, await queue.listActive())) {
    if ((await store.findStatus(step.executionId)) !== 'validating') return
    await delayFor(LOOK_AGAIN_MS, undefined, { signal })
  }
}

/** Shows that validation is under way; the step goes on. */
const markValidating = (job: StepJob, deps: RunnerDeps): Promise<ExecutionState | undefined> =>
  deps.store.transaction(async (session) => {
    await deps.queue.confirm(job, session.runner)
    const state = await session.findState(job.step.executionId, 'lock')
    const next = state && nextExecutionStatus(state.status, 'begin')
    if (state === undefined || next === undefined) return state
    await session.setStatus(state.id, next)
    return { ...state, status: next }
  })

/** An execution that lost its steps (a queue that was emptied) is set going where it stands; one that is over needs nothing. */
async function continueOrEnd(job: StepJob, state: ExecutionState | undefined, deps: RunnerDeps): Promise<void> {
  await deps.store.transaction(async (session) => {
    await deps.queue.complete(job, session.runner)
    await session.releaseStep(job.id)
    if (state?.status === 'running') await deps.queue.send(await stepsOfRunning(session, state), session.runner)
  })
}

async function stepsOfRunning(session: StoreSession, state: ExecutionState) {
  const open = []
  // Those of ended tasks, too: lines of changed headers and released rows open them again.
  for (const task of state.tasks) {
    if (task.status === 'queued') continue
    open.push(...(await session.listPartitions(task.id)).filter((partition) => partition.phase !== 'done'))
  }
  if (open.length === 0) return [{ kind: 'advance', executionId: state.id } as const]
  return open.map((partition) => ({ kind: 'partition', executionId: state.id, partitionId: partition.id }) as const)
}

const validationFailed = (state: ExecutionState, issues: readonly Issue[]): AppError =>
  new AppError({
    category: 'mapping',
    code: 'validation-failed',
    message: `Project '${state.project.name}' does not pass validation: ${issues
      .slice(0, 5)
      .map((issue) => `${issue.code} ${issue.message}`)
      .join(' ')}${issues.length > 5 ? ` And ${issues.length - 5} more.` : ''}`,
    details: { issues },
  })
