import type { SourceRow } from '../model/connector.ts'
import { evaluateFilter, fieldValue } from '../model/filter.ts'
import type { Partition } from '../store/store.ts'
import { readRequest } from './read-ahead.ts'
import type { PartitionStep, ReadPage } from './write-page.ts'

/** Headers of one page: their lines are in memory together. */
const HEADER_PAGE = 40

/**
 * Lines of headers that were read as changed, whatever the lines' own increment had: a header that has entered its filter brings lines along that did not
 * change (templates specification 2.5 no. 9). Rows that were met before, and are as they were written, are counted there and not again.
 */
export async function readHeaderLines({ deps, run, signal }: PartitionStep, partition: Partition): Promise<ReadPage> {
  const keys = await deps.store.listChangedHeaders(partition.scopeId, HEADER_PAGE)
  const fields = run.headerKey.map(({ field }) => field)
  const tuples = keys.flatMap((key) => {
    const values = run.headerKey.map(({ index }) => key[index])
    // A key of another shape is left from before the integration key was changed.
    return values.includes(undefined) || values.length === 0 ? [] : [values as string[]]
  })
  const { position: _position, ...request } = readRequest(partition, run, deps.pageSize)
  const rows = tuples.length === 0 ? [] : await deps.retry(() => run.source.readByFields(request, { fields, tuples }, signal), signal)
  const { fullRead, readFrom } = partition
  return {
    rows,
    goneKeys: [],
    deleted: 0,
    readHeaders: keys,
    progress: { phase: keys.length < HEADER_PAGE ? 'done' : 'header-lines', fullRead, ...(readFrom !== undefined && { readFrom }) },
  }
}

/**
 * The headers of a page whose lines are to be read: those inside the filter. An increment only: behind a complete read of headers every line is read
 * anyway.
 */
export function changedHeadersOf({ run }: PartitionStep, partition: Partition, rows: readonly SourceRow[]): readonly (readonly string[])[] {
  if (run.lineTasks.length === 0 || partition.fullRead) return []
  const { filter, keyFields } = run.plan.source
  return rows
    .filter((row) => row.key !== '' && (filter === undefined || evaluateFilter(filter, row.values)))
    .map((row) => keyFields.map((field) => String(fieldValue(row.values, field) ?? '')))
}
