import type { Logger } from '@p2c/base'
import type { Store } from '../store/store.ts'
import type { HostProcess } from './engine-contract.ts'
import type { StepQueue } from './step-queue.ts'

export interface ResumeDeps {
  readonly store: Store
  readonly queue: StepQueue
  readonly process: HostProcess
  readonly log: Logger
}

/**
 * Called at start, before this engine takes steps. Gives back at once the steps of processes of this host that are gone (a kill, a
 * crash), which the heartbeat would find only later, and sets executions going that have lost all their steps.
 */
export async function resumeExecutions(deps: ResumeDeps): Promise<void> {
  await giveBackLostSteps(deps)
  const { store, queue, log } = deps
  for (const executionId of await store.listLiveIds()) {
    if (await queue.hasSteps(executionId)) continue
    log.warn({ executionId }, 'an execution had no step left; it goes on where it stands')
    await queue.send([{ kind: 'begin', executionId }], store.runner)
  }
}

/** Steps that processes of this host held when they died go to the next worker that is free. */
export async function giveBackLostSteps({ store, queue, process, log }: ResumeDeps): Promise<void> {
  const { host } = process.identity
  const held = await store.listHeldSteps(host)
  const lost = held.filter((step) => !process.isAlive({ host, pid: step.pid, startedAt: step.startedAt }))
  await queue.giveBack(lost.map((step) => ({ id: step.jobId, retryCount: step.attempt })))
  for (const step of lost) await store.releaseStep(step.jobId)
  if (lost.length > 0) log.info({ steps: lost.length }, 'took over the steps of a process that is gone')
}
