import type { SourceRow } from '../model/connector.ts'
import { loadPage } from '../pipeline/load.ts'
import { transformPage } from '../pipeline/transform.ts'
import type { ExecutionState, Partition, PartitionProgress } from '../store/store.ts'
import { sortRefusals } from './page-result.ts'
import type { TaskRun } from './project-inspection.ts'
import type { RunnerDeps } from './runner-deps.ts'
import type { PageOutcome } from './save-page.ts'
import type { StepJob } from './step-queue.ts'

/** What one step of a partition carries from page to page. */
export interface PartitionStep {
  readonly job: StepJob
  readonly deps: RunnerDeps
  readonly state: ExecutionState
  readonly run: TaskRun
  readonly signal: AbortSignal
  /** What goes on beside the pages; the step waits for it, aborted, at its end. */
  readonly besides: Promise<void>[]
}

export interface ReadPage {
  readonly rows: readonly SourceRow[]
  /** Rows that are no more: their errors become obsolete. */
  readonly goneKeys: readonly string[]
  readonly deleted: number
  readonly progress: PartitionProgress
  /** Only with the last page of a read. */
  readonly position?: string
}

export interface PageToWrite {
  readonly partition: Partition
  readonly page: ReadPage
  readonly hasOpenRows: boolean
}

/** Maps the rows of one page, writes what differs, and says what the page leaves behind. Nothing is stored here. */
export async function writePage(
  { deps, state, run, signal }: PartitionStep,
  { partition, page, hasOpenRows }: PageToWrite,
): Promise<PageOutcome> {
  const { scopeId, organisation } = partition
  const transformed = transformPage(page.rows, run.plan)
  const known = await deps.store.findLinks(
    scopeId,
    transformed.mapped.map((row) => row.source.key),
  )
  const { entity, keyFields } = run.plan.destination
  const loaded = await loadPage(transformed, {
    known,
    rewrite: state.rewrite,
    upsert: (rows) => deps.retry(() => run.destination.upsert({ entity, keyFields, organisation, rows }, signal), signal),
  })
  const waits = hasOpenRows && loaded.refused.some((row) => row.failure.category === 'reference')
  const waitingSince = waits
    ? await deps.store.findWaitingSince(
        scopeId,
        loaded.refused.map((row) => row.sourceKey),
      )
    : new Map<string, string>()
  const sorted = sortRefusals(loaded, { plan: run.plan, now: deps.clock.now(), loadsEntity: run.loadsEntity, waitingSince })
  return {
    links: loaded.applied,
    errors: sorted.errors,
    waiting: sorted.waiting,
    resolvedKeys: hasOpenRows ? [...loaded.applied.map((row) => row.sourceKey), ...loaded.unchangedKeys] : [],
    obsoleteKeys: hasOpenRows ? [...loaded.filteredKeys, ...page.goneKeys] : [],
    counters: { ...sorted.counters, deleted: page.deleted },
    progress: page.progress,
    ...(page.position !== undefined && { position: page.position }),
  }
}
