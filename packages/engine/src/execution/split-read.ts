import type { SourceRow } from '../model/connector.ts'
import type { Partition } from '../store/store.ts'
import { createReadAhead, readRequest } from './read-ahead.ts'
import type { PartitionStep } from './write-page.ts'

/**
 * Whether the rest of this read is worth cutting into ranges: a full read, many rows to come, and other workers that are there to load them. A
 * worker alone would read every page twice and win nothing: its lanes load side by side already.
 */
export async function mayBeSplit(step: PartitionStep, partition: Partition): Promise<boolean> {
  const { deps } = step
  if (!partition.fullRead || partition.phase !== 'read' || partition.isRange) return false
  if (!(await deps.store.hasOtherWorkers(deps.process))) return false
  const rows = partition.expectedRows ?? (await countRows(step, partition))
  return rows !== undefined && rows - partition.readRows >= deps.splitRows
}

async function countRows({ deps, run, signal }: PartitionStep, partition: Partition): Promise<number | undefined> {
  if (run.source.count === undefined) return undefined
  const rows = await deps.retry(async () => run.source.count?.(readRequest(partition, run, deps.pageSize), signal), signal)
  if (rows !== undefined) await deps.store.saveExpectedRows(partition.id, rows)
  return rows
}

/**
 * Walks the pages of a read without loading them and leaves ranges of them to whoever is free, this worker included. A page link is where a
 * range begins, so any source can be cut; the position that the last page tells is kept until every range is loaded. Gives whether the step has
 * ended.
 */
export async function splitRead(step: PartitionStep, first: Partition): Promise<boolean> {
  const { deps } = step
  const source = createReadAhead(step)
  let begin = first
  let range = { pages: 0, rows: 0 }
  let at = first
  for (let pages = 1; ; pages++) {
    const page = await source.take(at)
    const stop = page.rows.map(stopOf).find((id) => id !== undefined)
    const isFull = range.pages >= deps.pagesPerRange && stop !== undefined
    if (isFull) {
      await saveRange(step, { begin, rows: range.rows, end: at, stop })
      begin = { ...at, pageNumber: begin.pageNumber + 1 }
      range = { pages: 0, rows: 0 }
      if (deps.stopping.aborted || pages > deps.pagesPerStep) return false
    }
    range = { pages: range.pages + 1, rows: range.rows + page.rows.length }
    if (page.pageLink === undefined) {
      await saveLastRange(step, { begin, rows: range.rows, ...(page.position !== undefined && { position: page.position }) })
      return true
    }
    at = { ...at, pageLink: page.pageLink }
    source.begin(at)
  }
}

/** What tells the row at which a range ends from every other: a key alone may stand twice in a source that allows it. */
export const stopOf = (row: SourceRow): string | undefined => (row.key === '' ? undefined : `${row.key}|${row.version ?? ''}`)

interface Range {
  /** Where the walk stood: its page link is where the range begins. */
  readonly begin: Partition
  readonly rows: number
}

async function saveRange({ job, deps }: PartitionStep, range: Range & { readonly end: Partition; readonly stop: string }): Promise<void> {
  await deps.store.transaction(async (session) => {
    await deps.queue.confirm(job, session.runner)
    const stopLink = range.end.pageLink
    const id = await session.addRange(range.begin, { ...range, ...(stopLink !== undefined && { stopLink }) })
    await deps.queue.send([{ kind: 'partition', executionId: range.begin.executionId, partitionId: id }], session.runner)
  })
}

/** The walk is over: its partition is done, and the position it found waits for the ranges. */
async function saveLastRange({ job, deps }: PartitionStep, range: Range & { readonly position?: string }): Promise<void> {
  await deps.store.transaction(async (session) => {
    await deps.queue.complete(job, session.runner)
    await session.releaseStep(job.id)
    const id = await session.addRange(range.begin, range)
    await session.saveFoundPosition(range.begin, range.position)
    await deps.queue.send([{ kind: 'partition', executionId: range.begin.executionId, partitionId: id }], session.runner)
  })
}
