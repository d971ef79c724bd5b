import { type MappedRow, mapRow } from '../mapping/map-row.ts'
import type { TaskPlan } from '../mapping/task-plan.ts'
import type { RowFailure, SourceRow } from '../model/connector.ts'
import { evaluateFilter } from '../model/filter.ts'

export interface FailedMapping {
  readonly source: SourceRow
  readonly failure: RowFailure
  readonly overtaken: boolean
}

/** What became of the rows of one page before anything is written. */
export interface TransformedPage {
  /** In the order of the source. */
  readonly mapped: readonly MappedRow[]
  /** `overtaken`: a later row of the same key on this page was mapped, so this failure counts but does not stay. */
  readonly failed: readonly FailedMapping[]
  /** Rows outside the filter. */
  readonly filtered: readonly SourceRow[]
  /** Rows without a key (templates 2.5 no. 7). */
  readonly skipped: number
}

/** Filters and maps one page. The filter is evaluated here whatever the source did with it (integration specification, section 11). */
export function transformPage(rows: readonly SourceRow[], plan: TaskPlan): TransformedPage {
  const mapped: MappedRow[] = []
  const failed: { source: SourceRow; failure: RowFailure; behind: number }[] = []
  const filtered: SourceRow[] = []
  let skipped = 0
  const { filter } = plan.source
  for (const row of rows) {
    if (filter !== undefined && !evaluateFilter(filter, row.values)) filtered.push(row)
    else if (row.key === '') skipped++
    else {
      const result = mapRow(row, plan)
      if (result.ok) mapped.push(result.row)
      else failed.push({ source: result.source, failure: result.failure, behind: mapped.length })
    }
  }
  const last = failed.length === 0 ? undefined : new Map(mapped.map((row, index) => [row.source.key, index]))
  return {
    mapped,
    failed: failed.map(({ source, failure, behind }) => ({ source, failure, overtaken: (last?.get(source.key) ?? -1) >= behind })),
    filtered,
    skipped,
  }
}
