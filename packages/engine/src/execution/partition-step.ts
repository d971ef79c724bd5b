import type { Partition } from '../store/store.ts'
import { handBack } from './hand-back.ts'
import { createPageLanes, type PageLanes } from './page-lanes.ts'
import { createReadAhead, readRequest } from './read-ahead.ts'
import { readNext } from './read-page.ts'
import type { RunnerDeps } from './runner-deps.ts'
import { mayBeSplit, splitRead } from './split-read.ts'
import type { StepJob } from './step-queue.ts'
import type { PartitionStep } from './write-page.ts'

/**
 * Works on a partition page by page, at most `pagesPerStep`, then leaves the rest to its continuation. Pages are read ahead of need, written
 * side by side and saved in order, each in one transaction; what a crash cuts off is repeated. A large read that other workers can help with
 * is cut into ranges instead.
 */
export async function runPartitionStep(job: StepJob, partitionId: string, deps: RunnerDeps): Promise<void> {
  const partition = await deps.store.findPartition(partitionId)
  const state = partition && (await deps.store.findState(partition.executionId))
  if (partition === undefined || state?.status !== 'running' || partition.phase === 'done') return endWithoutWork(job, partition, deps)
  const aborter = new AbortController()
  const signal = AbortSignal.any([job.signal, aborter.signal])
  const besides: Promise<void>[] = []
  try {
    const inspected = await deps.inspect(state)
    const step = { job, deps, state, run: inspected.taskRun(partition.taskName, partition.leg), signal, besides }
    const ended = (await mayBeSplit(step, partition)) ? await splitRead(step, partition) : await runPages(step, partition)
    if (!ended) await handBack(job, deps)
  } finally {
    aborter.abort() // ends the read ahead of a step that is over
    await Promise.all(besides)
  }
}

async function endWithoutWork(job: StepJob, partition: Partition | undefined, deps: RunnerDeps): Promise<void> {
  await deps.store.transaction(async (session) => {
    await deps.queue.complete(job, session.runner)
    await session.releaseStep(job.id)
    if (partition?.phase === 'done') await deps.queue.send([{ kind: 'advance', executionId: partition.executionId }], session.runner)
  })
}

/** Whether the last page has ended the step. */
async function runPages(step: PartitionStep, first: Partition): Promise<boolean> {
  const { deps } = step
  const lanes = createPageLanes(step, { lanes: deps.lanes, hasOpenRows: await deps.store.hasOpenRows(first.scopeId) })
  try {
    await readPages(step, first, lanes)
    return await lanes.finish()
  } finally {
    await lanes.settle() // what failed has been thrown already; nothing may be written behind the end of the step
  }
}

async function readPages(step: PartitionStep, first: Partition, lanes: PageLanes): Promise<void> {
  const { deps } = step
  const source = createReadAhead(step)
  let partition = first
  for (let pages = 1; ; pages++) {
    const page = await readNext(step, source, partition)
    const isLast = page.progress.phase === 'done' || pages >= deps.pagesPerStep
    const next: Partition = {
      ...withoutPlace(partition),
      ...page.progress,
      pageNumber: partition.pageNumber + 1,
      readRows: partition.readRows + page.rows.length,
    }
    if (!isLast && next.phase === 'read') source.begin(next)
    if (partition.pageLink === undefined && next.pageLink !== undefined) step.besides.push(announceRows(step, partition))
    const alone = partition.phase !== 'read'
    if (!(await lanes.begin({ partition, page, isLast, alone })) || isLast) return
    partition = next
  }
}

/**
 * Asks the source how many rows there are, for those who watch. Only behind a first page that is not the last: a small read is over before
 * the answer, and "nothing changed" costs no request. What fails here fails alone.
 */
async function announceRows({ deps, run, signal }: PartitionStep, partition: Partition): Promise<void> {
  try {
    const rows = await run.source.count?.(readRequest(partition, run, deps.pageSize), signal)
    if (rows !== undefined) await deps.store.saveExpectedRows(partition.id, partition.readRows + rows)
  } catch (error) {
    deps.log.debug({ err: error, task: partition.taskName }, 'the source did not tell how many rows there are')
  }
}

/** Optional parts of a place do not survive from the page before. */
function withoutPlace({
  pageLink: _link,
  retryAfter: _after,
  readFrom: _from,
  ...partition
}: Partition): Omit<Partition, 'pageLink' | 'retryAfter' | 'readFrom'> {
  return partition
}
