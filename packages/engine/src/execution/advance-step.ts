import { AppError } from '@p2c/base'
import { addCounters, type Counters, countersAddUp, NO_COUNTERS } from '../model/execution.ts'
import { lineTasksOf } from '../model/leg.ts'
import type { ExecutionState, PartitionReads, StoreSession } from '../store/store.ts'
import { type SettledStatus, settledStatus } from './execution-status.ts'
import type { RunnerDeps } from './runner-deps.ts'
import type { Step, StepJob } from './step-queue.ts'

/** Cuts a task into partitions, one per organisation row, and gives their first steps. */
export async function startTask(session: StoreSession, state: ExecutionState, taskExecutionId: string): Promise<readonly Step[]> {
  await session.setTaskStatus(taskExecutionId, 'running')
  const ids = await session.createPartitions(taskExecutionId, state.project.organisations, await readsOf(session, state, taskExecutionId))
  return ids.map((partitionId) => ({ kind: 'partition', executionId: state.id, partitionId }))
}

async function readsOf(session: StoreSession, state: ExecutionState, taskExecutionId: string): Promise<PartitionReads> {
  if (!state.releaseOnly) return state.allData || state.rewrite ? 'all' : 'changed'
  const at = state.tasks.findIndex(({ id }) => id === taskExecutionId)
  const [before, task] = [state.tasks[at - 1], state.tasks[at]]
  if (before === undefined || before.name !== task?.name) return 'released'
  // What the leg before has brought to the hub goes on from there at once.
  const partitions = await session.listPartitions(before.id)
  return partitions.some(({ counters }) => counters.inserted + counters.updated > 0) ? 'changed' : 'released'
}

/**
 * Runs behind the last page of each partition: once all partitions of the task are done it has rows tried whose parent has landed meanwhile, in this task or
 * an earlier one, until there are none; then it settles the task and starts the next one, and behind the last task it settles the execution. All in one
 * transaction that holds the execution, so that two of these take turns, and so does whoever makes further rows ready (`startReleases`).
 */
export async function runAdvanceStep(job: StepJob, deps: RunnerDeps): Promise<void> {
  await deps.store.transaction(async (session) => {
    await deps.queue.complete(job, session.runner)
    await session.releaseStep(job.id)
    const state = await session.findState(job.step.executionId, 'lock')
    if (state?.status !== 'running') return
    const begun = state.tasks.filter((task) => task.status !== 'queued')
    const running = begun.find((task) => task.status === 'running')
    for (const task of begun) {
      const partitions = await session.listPartitions(task.id)
      if (partitions.some((partition) => partition.phase !== 'done')) return
    }
    if (running !== undefined)
      await session.settleSplitReads(
        running.id,
        lineTasksOf(state.project, running.name).map(({ name }) => name),
      )
    const opened = await openAgain(session, state)
    if (opened.length > 0) {
      await deps.queue.send(
        opened.map((partitionId) => ({ kind: 'partition', executionId: state.id, partitionId })),
        session.runner,
      )
      return
    }
    await settleTasks(session, begun)
    const next = state.tasks.find((task) => task.status === 'queued')
    if (next === undefined) await settleExecution(session, state)
    else await deps.queue.send(await startTask(session, state, next.id), session.runner)
  })
}

/** Partitions with something left to do behind their end: lines of changed headers, then rows whose parent has landed, then what these have brought to a hub. */
async function openAgain(session: StoreSession, state: ExecutionState): Promise<readonly string[]> {
  const hasHeaders = state.project.entityMappingTasks.some((task) => task.headerTask !== undefined)
  const headerLines = hasHeaders ? await session.beginHeaderLines(state.id) : []
  if (headerLines.length > 0) return headerLines
  const released = await session.beginReleases(state.id)
  if (released.length > 0) return released
  return state.project.entityMappingTasks.some((task) => task.legs.length > 1) ? session.beginReadsAgain(state.id) : []
}

/** The running task, and those before it whose waiting rows have come through since they were settled. */
async function settleTasks(session: StoreSession, tasks: ExecutionState['tasks']): Promise<void> {
  for (const task of tasks) {
    const partitions = await session.listPartitions(task.id)
    const status = settle(
      partitions.map((partition) => partition.counters),
      task.name,
    )
    if (status !== task.status) await session.setTaskStatus(task.id, status)
  }
}

/** `running -> settling -> completed | warning | error` in one transaction: nothing is left to do in between yet. */
async function settleExecution(session: StoreSession, state: ExecutionState): Promise<void> {
  const counters: Counters[] = []
  // One after the other: they share the connection of the transaction.
  for (const task of state.tasks) counters.push(...(await session.listPartitions(task.id)).map((partition) => partition.counters))
  const status = settle(counters, state.project.name)
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
