import { isDeepStrictEqual } from 'node:util'
import { isAppError } from '@p2c/base'
import type { SourcePage, SourceRow } from '../model/connector.ts'
import type { Partition, PartitionProgress } from '../store/store.ts'
import { changedHeadersOf, readHeaderLines } from './header-lines.ts'
import { type ReadAhead, readRequest } from './read-ahead.ts'
import { stopOf } from './split-read.ts'
import type { PartitionStep, ReadPage } from './write-page.ts'

/** Keys of one page of rows that failed or waited before. */
const RETRY_PAGE = 500

/** The page where the partition stands: rows to try again first, then the source's. */
export async function readNext(step: PartitionStep, source: ReadAhead, partition: Partition): Promise<ReadPage> {
  if (partition.phase === 'release') return readReleasedPage(step, partition)
  if (partition.phase === 'header-lines') {
    const page = await readHeaderLines(step, partition)
    return { ...page, rows: await dropTried(step, partition, page.rows) }
  }
  if (partition.phase === 'retry') {
    const page = await readRetryPage(step, partition)
    if (page !== undefined) return page
  }
  const reading: Partition = { ...partition, phase: 'read' }
  try {
    const page = await takePage(step, source, reading)
    const changedHeaders = changedHeadersOf(step, reading, page.rows)
    return { ...toReadPage(reading, page, await dropTried(step, reading, page.rows)), changedHeaders }
  } catch (error) {
    if (!isAppError(error) || error.code !== 'source-position-expired' || reading.fullRead) throw error
    step.deps.log.info(
      { executionId: partition.executionId, task: partition.taskName },
      'the source position has expired: a full read follows',
    )
    return { rows: [], goneKeys: [], deleted: 0, progress: { phase: 'read', fullRead: true } }
  }
}

/** A range ends where the next one begins: at its link, or before its first row where rows were added or removed in between. */
async function takePage({ deps }: PartitionStep, source: ReadAhead, partition: Partition): Promise<SourcePage> {
  const page = await source.take(partition)
  if (!partition.isRange) return page
  const stops = await deps.store.listStops(partition)
  const end = page.rows.findIndex((row) => stops.ids.has(stopOf(row) ?? ''))
  const { pageLink, ...lastPage } = page
  if (end >= 0) return { ...lastPage, rows: page.rows.slice(0, end) }
  return pageLink !== undefined && stops.links.has(pageLink) ? lastPage : page
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
async function readRetryPage(step: PartitionStep, partition: Partition): Promise<ReadPage | undefined> {
  const { deps, state } = step
  const task = state.project.entityMappingTasks.find(({ name }) => name === partition.taskName)
  // A person who starts an execution asks for all of them (ADR 0010).
  const waiting = state.trigger === 'manual' || state.trigger === 'rerun' ? 'all' : 'due'
  const keys = await deps.store.listRetryKeys(partition.scopeId, {
    executionId: partition.executionId,
    after: partition.retryAfter ?? '',
    limit: RETRY_PAGE,
    errors: waiting === 'due' && task?.retryOpenErrors === 'manual' ? 'none' : waiting,
    waiting,
  })
  const last = keys.at(-1)
  return last === undefined ? undefined : readAgain(step, partition, { keys, progress: { phase: 'retry', retryAfter: last } })
}

/** Rows whose parent has landed; each page of them may make further ones ready, so this ends when there are none. */
async function readReleasedPage(step: PartitionStep, partition: Partition): Promise<ReadPage> {
  const keys = await step.deps.store.listReadyKeys(partition.scopeId, RETRY_PAGE)
  return readAgain(step, partition, { keys, progress: { phase: keys.length === 0 ? 'done' : 'release' } })
}

async function readAgain(
  { deps, run, signal }: PartitionStep,
  partition: Partition,
  { keys, progress }: { readonly keys: readonly string[]; readonly progress: Pick<PartitionProgress, 'phase' | 'retryAfter'> },
): Promise<ReadPage> {
  const { position: _position, ...request } = readRequest(partition, run, deps.pageSize)
  const rows = keys.length === 0 ? [] : await deps.retry(() => run.source.readByKeys(request, keys, signal), signal)
  const found = new Set(rows.map((row) => row.key))
  const { fullRead, readFrom } = partition
  return {
    rows,
    goneKeys: keys.filter((key) => !found.has(key)),
    deleted: 0,
    progress: { ...progress, fullRead, ...(readFrom !== undefined && { readFrom }) },
  }
}

/**
 * A row that this execution has tried already and that has not changed since is counted once: as what the first try was. A full read meets such
 * rows too, where it follows a source position that had expired.
 */
async function dropTried({ deps }: PartitionStep, partition: Partition, rows: readonly SourceRow[]): Promise<readonly SourceRow[]> {
  if (rows.length === 0 || !(await deps.store.hasOpenRows(partition.scopeId))) return rows
  const tried = await deps.store.findTried(
    partition.scopeId,
    partition.executionId,
    rows.map((row) => row.key),
  )
  return rows.filter((row) => !isDeepStrictEqual(tried.get(row.key), row.values))
}
