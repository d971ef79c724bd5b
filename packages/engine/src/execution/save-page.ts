import { AppError } from '@p2c/base'
import type { Counters } from '../model/execution.ts'
import type { FailedRow, LinkWrite, Partition, PartitionProgress, StoreSession, WaitingRow } from '../store/store.ts'
import { type Landing, releaseWaiting } from './landing.ts'
import type { RunnerDeps } from './runner-deps.ts'
import type { StepJob } from './step-queue.ts'

/** Everything that one page leaves behind. */
export interface PageOutcome {
  readonly links: readonly LinkWrite[]
  readonly errors: readonly FailedRow[]
  readonly waiting: readonly WaitingRow[]
  readonly resolvedKeys: readonly string[]
  readonly obsoleteKeys: readonly string[]
  readonly counters: Counters
  readonly progress: PartitionProgress
  /** Absent where nothing was written. */
  readonly landing?: Landing
  readonly position?: string
  readonly headers: PageHeaders
}

/** What the page means for lines of headers (integration specification 7 no. 6). */
export interface PageHeaders {
  /** Tasks that read the lines of this one's headers. */
  readonly lineTasks: readonly string[]
  /** Headers on this page whose lines are to be read. */
  readonly changed: readonly (readonly string[])[]
  /** Headers whose lines were on this page. */
  readonly read: readonly (readonly string[])[]
}

export interface PageToSave {
  readonly job: StepJob
  readonly deps: RunnerDeps
  readonly partition: Partition
  readonly outcome: PageOutcome
  /** The step has done its share: the rest belongs to a continuation. */
  readonly endStep: boolean
}

/**
 * One transaction: the fence, the place, counters, links, errors, waiting rows and, where the step ends, its continuation. Gives whether
 * the execution still runs: one that was cancelled has no continuation, and a step that did not end here must be ended by its caller. Throws
 * `step-lost` when another attempt of the step has begun; nothing is stored then.
 */
export async function savePage({ job, deps, partition, outcome, endStep }: PageToSave): Promise<boolean> {
  return deps.store.transaction(async (session) => {
    const goesOn = (await session.findStatus(partition.executionId)) === 'running'
    const isDone = outcome.progress.phase === 'done'
    // First of all the fence: it locks the job, so no other worker can take the step between here and the commit.
    await (endStep ? deps.queue.complete(job, session.runner) : deps.queue.confirm(job, session.runner))
    await saveOutcome(session, deps, { partition, outcome })
    if (!endStep) return goesOn
    await session.releaseStep(job.id)
    const { executionId } = partition
    if (goesOn)
      await deps.queue.send(
        [isDone ? { kind: 'advance', executionId } : { kind: 'partition', executionId, partitionId: partition.id }],
        session.runner,
      )
    return goesOn
  })
}

async function saveOutcome(
  session: StoreSession,
  deps: RunnerDeps,
  { partition, outcome }: Pick<PageToSave, 'partition' | 'outcome'>,
): Promise<void> {
  const { scopeId, executionId } = partition
  const { isSaved, isAwaited } = await session.savePartition(partition, outcome)
  if (!isSaved) throw overtaken(partition)
  await session.closeRows(scopeId, outcome.resolvedKeys, 'resolved')
  await session.closeRows(scopeId, outcome.obsoleteKeys, 'obsolete')
  await session.saveErrors(scopeId, executionId, outcome.errors)
  await session.saveWaiting(scopeId, executionId, outcome.waiting)
  await session.saveLinks(scopeId, executionId, outcome.links)
  if (isAwaited && outcome.landing !== undefined) await releaseWaiting(session, deps, { ...outcome.landing, executionId })
  await session.addChangedHeaders(scopeId, outcome.headers.lineTasks, outcome.headers.changed)
  await session.removeChangedHeaders(scopeId, outcome.headers.read)
  if (partition.phase !== 'release' && partition.phase !== 'header-lines') await saveEndOfRead(session, partition, outcome)
}

/** Behind the last page of a read: what it did not meet is gone, and the next one starts at the position it told. */
async function saveEndOfRead(session: StoreSession, partition: Partition, outcome: PageOutcome): Promise<void> {
  if (outcome.progress.phase !== 'done' || partition.isRange) return
  if (partition.isSplit) return session.saveFoundPosition(partition, outcome.position)
  if (outcome.progress.fullRead) {
    await session.closeUnmet(partition.scopeId, partition.executionId)
    await session.forgetLinePositions(partition.scopeId, outcome.headers.lineTasks)
  }
  if (outcome.position !== undefined) await session.saveSourcePosition(partition, outcome.position)
}

const overtaken = (partition: Partition): AppError =>
  new AppError({
    category: 'conflict',
    code: 'step-lost',
    message: `Page ${partition.pageNumber + 1} of partition ${partition.id} has been saved by another step already.`,
  })
