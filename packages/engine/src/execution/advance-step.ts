import { AppError } from '@p2c/base'
import { addCounters, type Counters, countersAddUp, NO_COUNTERS } from '../model/execution.ts'
import type { ExecutionState, StoreSession } from '../store/store.ts'
import { type SettledStatus, settledStatus } from './execution-status.ts'
import type { RunnerDeps } from './runner-deps.ts'
import type { Step, StepJob } from './step-queue.ts'

/** Cuts a task into partitions, one per organisation row, and gives their first steps. */
export async function startTask(session: StoreSession, state: ExecutionState, taskExecutionId: string): Promise<readonly Step[]> {
  await session.setTaskStatus(taskExecutionId, 'running')
  const ids = await session.createPartitions(taskExecutionId, state.project.organisations, state.allData || state.rewrite)
  return ids.map((partitionId) => ({ kind: 'partition', executionId: state.id, partitionId }))
}

/**
 * Runs behind the last page of each partition: once all partitions of the task are done it settles the task and starts the next one, and
 * behind the last task it settles the execution. All in one transaction that holds the execution, so that two of these take turns.
 */
export async function runAdvanceStep(job: StepJob, deps: RunnerDeps): Promise<void> {
  await deps.store.transaction(async (session) => {
    await deps.queue.complete(job, session.runner)
    await session.releaseStep(job.id)
    const state = await session.findState(job.step.executionId, 'lock')
    if (state?.status !== 'running') return
    const running = state.tasks.find((task) => task.status === 'running')
    if (running !== undefined) {
      const partitions = await session.listPartitions(running.id)
      if (partitions.some((partition) => partition.phase !== 'done')) return
      await session.setTaskStatus(
        running.id,
        settle(
          partitions.map((partition) => partition.counters),
          running.name,
        ),
      )
    }
    const next = state.tasks.find((task) => task.status === 'queued')
    if (next === undefined) await settleExecution(session, state)
    else await deps.queue.send(await startTask(session, state, next.id), session.runner)
  })
}

/** `running -> settling -> completed | warning | error` in one transaction: nothing is left to do in between yet. */
async function settleExecution(session: StoreSession, state: ExecutionState): Promise<void> {
  const tasks = await Promise.all(state.tasks.map((task) => session.listPartitions(task.id)))
  const status = settle(
    tasks.flat().map((partition) => partition.counters),
    state.project.name,
  )
  await session.setStatus(state.id, 'settling')
  await session.setStatus(state.id, status)
}

function settle(partitions: readonly Counters[], name: string): SettledStatus {
  const counters = partitions.reduce(addCounters, NO_COUNTERS)
  if (!countersAddUp(counters)) {
    throw new AppError({
      category: 'internal',
      code: 'counters-wrong',
      message: `The counters of '${name}' do not add up: ${JSON.stringify(counters)}. Rows may be unaccounted for: run it again with all data.`,
    })
  }
  return settledStatus(counters)
}
