import type { DestinationRow, SourceRow, UpsertOutcome } from '../model/connector.ts'
import type { Counters } from '../model/execution.ts'
import type { FieldValues } from '../model/field-value.ts'
import { refuseCollisions } from '../pipeline/collisions.ts'
import { contentHash } from '../pipeline/content-hash.ts'
import { type AppliedRow, type LoadedPage, loadPage, sameRowKey } from '../pipeline/load.ts'
import { type TransformedPage, transformPage } from '../pipeline/transform.ts'
import type { ExecutionState, KnownLink, KnownWaiting, LinkWrite, Partition, PartitionProgress } from '../store/store.ts'
import { countTriedOnce, type TriedRows } from './count-tried.ts'
import { landedKeys } from './landing.ts'
import { landingEntity } from './page-result.ts'
import type { TaskRun } from './project-inspection.ts'
import type { RunnerDeps } from './runner-deps.ts'
import type { PageOutcome } from './save-page.ts'
import { runSecondPass, type SecondPassResult } from './second-pass.ts'
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
  /** Keys of headers that were read as changed, for the tasks of their lines. */
  readonly changedHeaders?: readonly (readonly string[])[]
  /** Keys of headers whose lines these are: with this page they are done. */
  readonly readHeaders?: readonly (readonly string[])[]
}

export interface PageToWrite {
  readonly partition: Partition
  readonly page: ReadPage
  /** Waits until no earlier page that is under way has a row of the same source or destination key: rows of one key are written in order. */
  turn(transformed: TransformedPage): Promise<void>
  /** Whether rows of this task and organisation have failed or wait; asked once it is the page's turn. */
  hasOpenRows(): boolean
}

/**
 * Maps the rows of one page, writes what differs, and says what the page leaves behind. Nothing is stored here, but for whom the rows wait that miss a
 * parent.
 */
export async function writePage(
  step: PartitionStep,
  { partition, page, turn, hasOpenRows: findOpenRows }: PageToWrite,
): Promise<PageOutcome> {
  const { deps, state, run, signal } = step
  const { scopeId, organisation } = partition
  const whole = transformPage(page.rows, run.plan)
  await turn(whole)
  const transformed = run.plan.mayCollide ? await withoutCollisions(step, partition, whole) : whole
  const hasOpenRows = findOpenRows()
  const keys = transformed.mapped.map((row) => row.source.key)
  const known = await deps.store.findLinks(scopeId, keys)
  const before = hasOpenRows ? await deps.store.findWaiting(scopeId, [...page.rows.map((row) => row.key), ...page.goneKeys]) : NONE
  const { entity, keyFields } = run.plan.destination
  const send = (rows: readonly DestinationRow[]) =>
    deps.retry(() => run.destination.upsert({ entity, keyFields, organisation, rows }, signal), signal)
  const told = new Map<string, UpsertOutcome>()
  const upsert = before.size === 0 ? send : async (rows: readonly DestinationRow[]) => remembered(rows, await send(rows), told)
  const toWrite = patches(step, known, before)
  const loaded = await loadPage(transformed, {
    known,
    rewrite: state.rewrite,
    doubt: (sourceKeys) => deps.store.doubtLinks(scopeId, sourceKeys),
    upsert: before.size === 0 ? upsert : (rows) => upsert(narrowed(transformed, rows, toWrite)),
  })
  const writing: PageWriting = { partition, transformed, loaded, known, before, upsert, toWrite }
  const second = loaded.refused.length === 0 ? undefined : await secondPass(step, writing)
  return toOutcome(step, writing, { page, second, told, hasOpenRows })
}

interface PageEnd {
  readonly page: ReadPage
  readonly second: SecondPassResult | undefined
  readonly told: ReadonlyMap<string, UpsertOutcome>
  readonly hasOpenRows: boolean
}

function toOutcome(step: PartitionStep, writing: PageWriting, { page, second, told, hasOpenRows }: PageEnd): PageOutcome {
  const { state, run } = step
  const { loaded } = writing
  const resolvedKeys = hasOpenRows ? [...loaded.applied.map((row) => row.sourceKey), ...loaded.unchangedKeys] : []
  const counters = { ...(second ?? loaded).counters, deleted: page.deleted }
  return {
    links: linksOf(run, second === undefined ? loaded.applied : [...loaded.applied, ...second.applied]),
    errors: second?.errors ?? [],
    waiting: second?.waiting ?? [],
    resolvedKeys: [...resolvedKeys, ...(second?.resolvedKeys ?? [])],
    obsoleteKeys: hasOpenRows ? [...loaded.filteredKeys, ...page.goneKeys] : [],
    counters: countMetOnce(page, loaded, countTriedOnce(counters, triedRows(state, writing, { second, told }))),
    headers: { lineTasks: run.lineTasks, changed: page.changedHeaders ?? [], read: page.readHeaders ?? [] },
    progress: page.progress,
    ...landingOf(step, writing, second),
    ...(page.position !== undefined && { position: page.position }),
  }
}

const NONE: ReadonlyMap<string, KnownWaiting> = new Map()

/** Asked once it is the page's turn: whoever owns a key of these rows is recorded then. */
async function withoutCollisions({ deps }: PartitionStep, { scopeId }: Partition, page: TransformedPage): Promise<TransformedPage> {
  const keys = new Set(page.mapped.map((row) => sameRowKey(row.destinationKey)))
  return refuseCollisions(page, await deps.store.findOwners(scopeId, [...keys]))
}

const linksOf = ({ plan }: TaskRun, applied: readonly AppliedRow[]): readonly LinkWrite[] =>
  plan.mayCollide ? applied.map((row) => ({ ...row, isOwner: true })) : applied

/** Lines that were read by their header count where they bring something: the rest was met before, or does not belong here. */
function countMetOnce({ readHeaders }: ReadPage, { unchangedKeys }: LoadedPage, counters: Counters): Counters {
  if (readHeaders === undefined) return counters
  const { filtered, skipped } = counters
  const unchanged = unchangedKeys.length
  return {
    ...counters,
    read: counters.read - filtered - skipped - unchanged,
    filtered: 0,
    skipped: 0,
    unchanged: counters.unchanged - unchanged,
  }
}

interface PageWriting {
  readonly partition: Partition
  readonly transformed: TransformedPage
  readonly loaded: LoadedPage
  readonly known: ReadonlyMap<string, KnownLink>
  readonly before: ReadonlyMap<string, KnownWaiting>
  upsert(rows: readonly DestinationRow[]): ReturnType<PartitionStep['run']['destination']['upsert']>
  toWrite(sourceKey: string, values: FieldValues): FieldValues
}

/** A row that is there already without its deferred fields, as it is now, needs only these. */
const patches =
  ({ state, run }: PartitionStep, known: ReadonlyMap<string, KnownLink>, before: ReadonlyMap<string, KnownWaiting>) =>
  (sourceKey: string, values: FieldValues): FieldValues => {
    const deferred = before.get(sourceKey)?.deferred ?? []
    if (deferred.length === 0 || state.rewrite) return values
    const entries = Object.entries(values)
    const written = Object.fromEntries(entries.filter(([name]) => !deferred.includes(name)))
    if (known.get(sourceKey)?.appliedHash !== contentHash(written)) return values
    return Object.fromEntries(entries.filter(([name]) => deferred.includes(name) || run.plan.destination.keyFields.includes(name)))
  }

function narrowed(
  { mapped }: TransformedPage,
  rows: readonly DestinationRow[],
  toWrite: PageWriting['toWrite'],
): readonly DestinationRow[] {
  const sourceKeys = new Map(mapped.map((row) => [row.values, row.source.key]))
  return rows.map((row) => ({ ...row, values: toWrite(sourceKeys.get(row.values) ?? '', row.values) }))
}

function secondPass({ deps, state, run }: PartitionStep, writing: PageWriting): Promise<SecondPassResult> {
  const { partition, transformed, loaded, known, before, upsert, toWrite } = writing
  const rows = new Map(transformed.mapped.map((row) => [row.source.key, row]))
  const task = state.project.entityMappingTasks.find(({ name }) => name === partition.taskName)
  return runSecondPass(loaded, {
    plan: run.plan,
    keyFields: run.plan.destination.keyFields,
    now: deps.clock.now(),
    ...(task?.waitingDays !== undefined && { waitingDays: task.waitingDays }),
    ...(run.headerEntity !== undefined && { headerEntity: run.headerEntity }),
    loadsEntity: run.loadsEntity,
    loadsLater: run.loadsLater,
    since: (sourceKey) => before.get(sourceKey)?.since,
    before,
    toWrite,
    rowOf: (sourceKey) => {
      const row = rows.get(sourceKey)
      const version = row?.source.version
      return { destinationKey: row?.destinationKey ?? '', ...(version !== undefined && { version }) }
    },
    isKnown: (sourceKey) => known.get(sourceKey)?.destinationKey === rows.get(sourceKey)?.destinationKey,
    upsert,
    register: (waiting) => deps.store.transaction((session) => session.registerWaiting(partition.scopeId, waiting)),
  })
}

function remembered(rows: readonly DestinationRow[], outcomes: readonly UpsertOutcome[], told: Map<string, UpsertOutcome>) {
  for (const [index, outcome] of outcomes.entries()) told.set(rows[index]?.key ?? '', outcome)
  return outcomes
}

function triedRows(
  { id: executionId }: ExecutionState,
  { before, loaded, transformed }: PageWriting,
  { second, told }: { readonly second: SecondPassResult | undefined; readonly told: ReadonlyMap<string, UpsertOutcome> },
): TriedRows {
  if (before.size === 0) return { before, executionId, outcomeOf: () => undefined }
  const through = new Set([...loaded.applied.map((row) => row.sourceKey), ...(second?.resolvedKeys ?? [])])
  const destinationKeys = new Map(transformed.mapped.map((row) => [row.source.key, row.destinationKey]))
  const outcomeOf = (sourceKey: string) => {
    const outcome = through.has(sourceKey) ? told.get(destinationKeys.get(sourceKey) ?? '')?.outcome : undefined
    return outcome === 'failed' ? undefined : outcome
  }
  return { before, executionId, outcomeOf }
}

/**
 * What has come to the destination with this page. A row that was there before without its deferred fields and still is brings nothing new: were it counted,
 * two rows could release each other for ever.
 */
function landingOf(
  { state, run }: PartitionStep,
  { loaded, transformed, before }: PageWriting,
  second: SecondPassResult | undefined,
): Pick<PageOutcome, 'landing'> {
  const applied = [...loaded.applied, ...(second?.applied ?? [])]
  if (applied.length === 0) return {}
  const { environmentType, entity } = run.plan.destination
  return {
    landing: {
      connectionSetName: state.project.connectionSetName,
      entity: landingEntity(environmentType, entity),
      keys: () => {
        const partial = new Map(second?.waiting.map((row) => [row.sourceKey, row.deferred]))
        const landed = new Map<string, readonly string[]>()
        for (const { sourceKey } of applied) {
          const wasThere = (before.get(sourceKey)?.deferred.length ?? 0) > 0
          if (!wasThere || !partial.has(sourceKey)) landed.set(sourceKey, partial.get(sourceKey) ?? [])
        }
        return landedKeys(transformed.mapped, landed)
      },
    },
  }
}
