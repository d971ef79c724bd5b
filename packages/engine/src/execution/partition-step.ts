import { isDeepStrictEqual } from 'node:util'
import { AppError, isAppError } from '@p2c/base'
import type { ReadRequest, SourcePage, SourceRow } from '../model/connector.ts'
import { createPageReader, type PageReader } from '../pipeline/extract.ts'
import type { Partition } from '../store/store.ts'
import type { TaskRun } from './project-inspection.ts'
import type { RunnerDeps } from './runner-deps.ts'
import { savePage } from './save-page.ts'
import type { StepJob } from './step-queue.ts'
import { type PartitionStep, type ReadPage, writePage } from './write-page.ts'

/** Keys of one page of rows that failed or waited before. */
const RETRY_PAGE = 500

/**
 * Works on a partition page by page, at most `pagesPerStep`, then leaves the rest to its continuation. The next page is
 * read while the current one is written; each page is saved in one transaction, and what a crash cuts off is repeated.
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
    await runPages({ job, deps, state, run: inspected.taskRun(partition.taskName), signal, besides }, partition)
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

/**
 * Each page is saved while the next one is read and written, so the database and the systems work at the same time. Pages are still written
 * one after the other and saved one after the other; a crash repeats two pages at most.
 */
async function runPages(step: PartitionStep, first: Partition): Promise<void> {
  const { deps } = step
  const source = createReadAhead(step)
  let partition = first
  let hasOpenRows = await deps.store.hasOpenRows(partition.scopeId)
  let saving: Promise<boolean> = Promise.resolve(false)
  try {
    for (let pages = 1; ; pages++) {
      const page = await readNext(step, source, partition)
      const isLast = page.progress.phase === 'done' || pages >= deps.pagesPerStep
      const next: Partition = { ...withoutPlace(partition), ...page.progress, pageNumber: partition.pageNumber + 1 }
      if (!isLast && next.phase === 'read') source.begin(next)
      if (partition.pageLink === undefined && next.pageLink !== undefined) step.besides.push(announceRows(step, partition))
      const outcome = await writePage(step, { partition, page, hasOpenRows })
      if (await saving) return
      // Decided once: a page whose successor is being written already must not end the step.
      const endStep = isLast || deps.stopping.aborted
      const overlaps = !endStep && (await mayOverlap(step, partition, next))
      saving = savePage({ ...step, partition, outcome, endStep })
      saving.catch(() => undefined) // told below or by the next turn
      if (!overlaps && (await saving)) return
      hasOpenRows ||= outcome.errors.length > 0 || outcome.waiting.length > 0
      partition = { ...next, readRows: partition.readRows + outcome.counters.read }
    }
  } finally {
    await saving.catch(() => undefined) // what failed has been thrown already; nothing may commit behind the end of the step
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

/** Not around rows that are tried again, whose results the next page must see, and not when the execution was cancelled meanwhile. */
const mayOverlap = async ({ deps }: PartitionStep, partition: Partition, next: Partition): Promise<boolean> =>
  partition.phase === 'read' && next.phase === 'read' && (await deps.store.findStatus(partition.executionId)) === 'running'

/** Optional parts of a place do not survive from the page before. */
function withoutPlace({
  pageLink: _link,
  retryAfter: _after,
  readFrom: _from,
  ...partition
}: Partition): Omit<Partition, 'pageLink' | 'retryAfter' | 'readFrom'> {
  return partition
}

async function readNext(step: PartitionStep, source: ReadAhead, partition: Partition): Promise<ReadPage> {
  if (partition.phase === 'retry') {
    const page = await readRetryPage(step, partition)
    if (page !== undefined) return page
  }
  const reading: Partition = { ...partition, phase: 'read' }
  try {
    const page = await source.take(reading)
    return toReadPage(reading, page, await dropTried(step, reading, page.rows))
  } catch (error) {
    if (!isAppError(error) || error.code !== 'source-position-expired' || reading.fullRead) throw error
    step.deps.log.info(
      { executionId: partition.executionId, task: partition.taskName },
      'the source position has expired: a full read follows',
    )
    return { rows: [], goneKeys: [], deleted: 0, progress: { phase: 'read', fullRead: true } }
  }
}

function toReadPage(partition: Partition, page: SourcePage, rows: readonly SourceRow[]): ReadPage {
  const place = { fullRead: partition.fullRead, ...(partition.readFrom !== undefined && { readFrom: partition.readFrom }) }
  return {
    rows,
    goneKeys: page.deletedKeys ?? [],
    deleted: page.deletedKeys?.length ?? 0,
    progress: page.pageLink === undefined ? { ...place, phase: 'done' } : { ...place, phase: 'read', pageLink: page.pageLink },
    ...(page.position !== undefined && page.pageLink === undefined && { position: page.position }),
  }
}

/** The next rows that failed or waited before, as they are at the source now; undefined when there are no more. */
async function readRetryPage({ deps, run, signal }: PartitionStep, partition: Partition): Promise<ReadPage | undefined> {
  const keys = await deps.store.listRetryKeys(partition.scopeId, {
    executionId: partition.executionId,
    after: partition.retryAfter ?? '',
    limit: RETRY_PAGE,
  })
  const last = keys.at(-1)
  if (last === undefined) return undefined
  const { position: _position, ...request } = readRequest(partition, run, deps.pageSize)
  const rows = await deps.retry(() => run.source.readByKeys(request, keys, signal), signal)
  const found = new Set(rows.map((row) => row.key))
  return {
    rows,
    goneKeys: keys.filter((key) => !found.has(key)),
    deleted: 0,
    progress: {
      phase: 'retry',
      fullRead: partition.fullRead,
      retryAfter: last,
      ...(partition.readFrom !== undefined && { readFrom: partition.readFrom }),
    },
  }
}

/** A row that this execution has tried already and that has not changed since is counted once: as what the first try was. */
async function dropTried({ deps }: PartitionStep, partition: Partition, rows: readonly SourceRow[]): Promise<readonly SourceRow[]> {
  if (partition.fullRead || rows.length === 0 || !(await deps.store.hasOpenRows(partition.scopeId))) return rows
  const tried = await deps.store.findTried(
    partition.scopeId,
    partition.executionId,
    rows.map((row) => row.key),
  )
  return rows.filter((row) => !isDeepStrictEqual(tried.get(row.key), row.values))
}

const readRequest = (partition: Partition, { plan }: TaskRun, pageSize: number): ReadRequest => ({
  entity: plan.source.entity,
  keyFields: plan.source.keyFields,
  fields: plan.source.fields,
  organisation: partition.organisation,
  pageSize,
  // A full read that replaces an expired incremental one is another read: an export must not be taken for the former one.
  readId: partition.fullRead ? `${partition.id}-full` : partition.id,
  ...(plan.source.filter !== undefined && { filter: plan.source.filter }),
  ...(!partition.fullRead && partition.readFrom !== undefined && { position: partition.readFrom }),
})

/** Reads pages of a partition, one of them ahead of need. */
interface ReadAhead {
  /** Starts to read the page where `partition` stands. */
  begin(partition: Partition): void
  /** The page where `partition` stands, begun or not. */
  take(partition: Partition): Promise<SourcePage>
}

function createReadAhead({ deps, run, signal }: PartitionStep): ReadAhead {
  let reader: { readonly fullRead: boolean; readonly pages: PageReader } | undefined
  let ahead: { readonly pageLink: string | undefined; readonly page: Promise<SourcePage> } | undefined
  const read = (partition: Partition): Promise<SourcePage> => {
    if (reader?.fullRead !== partition.fullRead) {
      reader = { fullRead: partition.fullRead, pages: createPageReader(run.source, readRequest(partition, run, deps.pageSize), signal) }
    }
    const { pages } = reader
    return deps.retry(() => pages.readPage(partition.pageLink), signal)
  }
  return {
    begin: (partition) => {
      const page = read(partition)
      page.catch(() => undefined) // told by take; a step that ends before does not want to know
      ahead = { pageLink: partition.pageLink, page }
    },
    take: (partition) => {
      const begun = ahead
      ahead = undefined
      if (begun === undefined) return read(partition)
      if (begun.pageLink === partition.pageLink) return begun.page
      throw new AppError({
        category: 'internal',
        code: 'read-out-of-step',
        message: `Partition ${partition.id} read ahead at another place than it is at.`,
      })
    },
  }
}
