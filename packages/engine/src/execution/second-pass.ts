import type { DestinationRow, UpsertOutcome } from '../model/connector.ts'
import type { Counters } from '../model/execution.ts'
import type { FieldValues } from '../model/field-value.ts'
import { contentHash } from '../pipeline/content-hash.ts'
import { type AppliedRow, type LoadedPage, type RefusedRow, sameRowKey } from '../pipeline/load.ts'
import type { AwaitedParent, FirstWrite, KnownWaiting, WaitingRow } from '../store/store.ts'
import { asWaiting, type MissingParent, missingParent, type WaitingFacts } from './page-result.ts'

export interface SecondPassOptions extends WaitingFacts {
  readonly keyFields: readonly string[]
  /** What is known of rows that waited before. */
  readonly before: ReadonlyMap<string, KnownWaiting>
  /** What of these values has to be written: a row that is there already needs only what was deferred. */
  toWrite(sourceKey: string, values: FieldValues): FieldValues
  /** The row of a source key as it was mapped. */
  rowOf(sourceKey: string): { readonly destinationKey: string; readonly version?: string }
  isKnown(sourceKey: string): boolean
  upsert(rows: readonly DestinationRow[]): Promise<readonly UpsertOutcome[]>
  /** Committed when it resolves. */
  register(rows: readonly WaitingRow[]): Promise<ReadonlyMap<string, number>>
}

export interface SecondPassResult {
  /** Written after all, as a whole or without what they wait for. */
  readonly applied: readonly AppliedRow[]
  readonly waiting: readonly WaitingRow[]
  readonly errors: readonly RefusedRow[]
  /** Rows that are through: whatever was registered for them ends. */
  readonly resolvedKeys: readonly string[]
  readonly counters: Counters
}

/** A row that names more missing rows one after the other than this waits for those it has named. */
const MOST_PARENTS = 50

interface Attempt {
  readonly sourceKey: string
  readonly source: FieldValues
  readonly whole: FieldValues
  /** Of the latest refusal. */
  readonly failure: RefusedRow['failure']
  /** Absent where the row only had to wait for an earlier one of its destination key. */
  readonly missing?: MissingParent
  readonly parents: readonly AwaitedParent[]
  readonly registered: ReadonlySet<string>
  readonly deferred: readonly string[]
  readonly seenReleases: number
}

interface PassState {
  readonly options: SecondPassOptions
  readonly applied: AppliedRow[]
  readonly waiting: WaitingRow[]
  readonly errors: RefusedRow[]
  readonly resolvedKeys: string[]
  readonly counts: Record<FirstWrite | 'failed' | 'waiting', number>
}

/**
 * Tries rows again that miss a parent which can still arrive. First it is made known for whom they wait, then each is written once more as it was: a parent
 * that landed before is found now, one that lands later finds the row waiting, so none can slip through between. A row that is still refused for a reference
 * that may come later is written without it and waits only for that; one that names several is relieved of them in turn.
 */
export async function runSecondPass(page: LoadedPage, options: SecondPassOptions): Promise<SecondPassResult> {
  const { inserted, updated, unchanged } = page.counters
  const counts = { inserted, updated, unchanged, failed: page.counters.failed, waiting: 0 }
  const state: PassState = { options, applied: [], waiting: [], errors: [], resolvedKeys: [], counts }
  let pending: readonly Attempt[] = page.refused.flatMap((row) => firstAttempt(row, state))
  while (pending.length > 0) {
    const [now, later] = distinctKeys(await registered(pending, options), options)
    const written = now.filter((attempt) => Object.keys(valuesOf(attempt, options)).some((name) => !options.keyFields.includes(name)))
    const outcomes = written.length === 0 ? [] : await options.upsert(written.map((attempt) => toRow(attempt, options)))
    const byKey = new Map(written.map((attempt, index) => [attempt.sourceKey, outcomes[index]]))
    pending = [...now.flatMap((attempt) => settle(attempt, byKey.get(attempt.sourceKey), state)), ...later]
  }
  const { applied, waiting, errors, resolvedKeys } = state
  return { applied, waiting, errors, resolvedKeys, counters: { ...page.counters, ...counts } }
}

function firstAttempt(row: RefusedRow, { options, errors }: PassState): readonly Attempt[] {
  const missing = missingParent(row, options)
  const { sourceKey, source, failure, mapped: whole } = row
  if ((missing === undefined && row.isHeld !== true) || whole === undefined) {
    errors.push(row)
    return []
  }
  return [
    {
      sourceKey,
      source,
      whole,
      failure,
      ...(missing !== undefined && { missing }),
      parents: [],
      registered: new Set(),
      deferred: [],
      seenReleases: 0,
    },
  ]
}

const nameOf = ({ parents }: MissingParent): string => JSON.stringify(parents)

const isFresh = (attempt: Attempt): attempt is Attempt & { readonly missing: MissingParent } =>
  attempt.missing !== undefined && !attempt.registered.has(nameOf(attempt.missing))

/** Makes known what is not known yet. */
async function registered(pending: readonly Attempt[], options: SecondPassOptions): Promise<readonly Attempt[]> {
  const fresh = pending.filter(isFresh)
  if (fresh.length === 0) return pending
  const named = new Map(
    fresh.map((attempt) => [
      attempt.sourceKey,
      { ...attempt, parents: withParents(attempt), registered: new Set([...attempt.registered, nameOf(attempt.missing)]) },
    ]),
  )
  const releases = await options.register([...named.values()].map((attempt) => toWaiting(attempt, undefined)))
  return pending.map((attempt) => {
    const known = named.get(attempt.sourceKey)
    if (known === undefined) return attempt
    // What was seen before the first parent was known counts: a release since then must not be lost.
    const isFirst = attempt.registered.size === 0
    return { ...known, seenReleases: isFirst ? (releases.get(attempt.sourceKey) ?? 0) : attempt.seenReleases }
  })
}

/** A field that waits for several entities at once, or for another row than before, keeps its latest parents. */
const withParents = ({ parents, missing }: Attempt & { readonly missing: MissingParent }): readonly AwaitedParent[] => [
  ...parents.filter((known) => !missing.parents.some((parent) => parent.entity === known.entity && parent.key === known.key)),
  ...missing.parents,
]

/** Keys within one call are distinct: further rows of a key go with the next one. */
function distinctKeys(pending: readonly Attempt[], { rowOf }: SecondPassOptions): readonly [readonly Attempt[], readonly Attempt[]] {
  const seen = new Set<string>()
  const later: Attempt[] = []
  const now = pending.filter((attempt) => {
    const key = sameRowKey(rowOf(attempt.sourceKey).destinationKey)
    if (seen.has(key)) later.push(attempt)
    seen.add(key)
    return !later.includes(attempt)
  })
  return [now, later]
}

const without = (values: FieldValues, fields: readonly string[]): FieldValues =>
  fields.length === 0 ? values : Object.fromEntries(Object.entries(values).filter(([name]) => !fields.includes(name)))

const valuesOf = (attempt: Attempt, options: SecondPassOptions): FieldValues =>
  without(options.toWrite(attempt.sourceKey, attempt.whole), attempt.deferred)

const toRow = (attempt: Attempt, options: SecondPassOptions): DestinationRow => ({
  key: options.rowOf(attempt.sourceKey).destinationKey,
  values: valuesOf(attempt, options),
  known: options.isKnown(attempt.sourceKey),
})

/** Where the attempt ended; what has to be tried once more comes back. */
function settle(attempt: Attempt, outcome: UpsertOutcome | undefined, state: PassState): readonly Attempt[] {
  const { options } = state
  const { sourceKey } = attempt
  // Nothing is left to write: the row is there, and what it waits for was deferred before.
  if (outcome === undefined && attempt.deferred.length > 0) return settleWritten(attempt, 'unchanged', state)
  if (outcome !== undefined && outcome.outcome !== 'failed') return settleWritten(attempt, outcome.outcome, state)
  const row: RefusedRow = { sourceKey, source: attempt.source, mapped: attempt.whole, failure: outcome?.failure ?? attempt.failure }
  const missing = missingParent(row, options)
  if (missing === undefined) {
    state.errors.push(row)
    return []
  }
  const next = { ...attempt, failure: row.failure, missing }
  if (!attempt.registered.has(nameOf(missing)) && attempt.registered.size < MOST_PARENTS) return [next]
  if (missing.deferrable !== undefined && !attempt.deferred.includes(missing.deferrable))
    return [{ ...next, deferred: [...attempt.deferred, missing.deferrable] }]
  keepWaiting({ ...next, deferred: [] }, undefined, state)
  return []
}

function settleWritten(attempt: Attempt, outcome: FirstWrite, state: PassState): readonly Attempt[] {
  const { sourceKey, whole, deferred } = attempt
  const hash = contentHash(without(whole, deferred))
  const { destinationKey, version } = state.options.rowOf(sourceKey)
  state.applied.push({ sourceKey, destinationKey, appliedHash: hash, ...(version !== undefined && { sourceVersion: version }) })
  if (deferred.length === 0) {
    state.resolvedKeys.push(sourceKey)
    state.counts.failed--
    state.counts[outcome]++
  } else keepWaiting(attempt, state.options.before.get(sourceKey)?.firstWrite ?? outcome, state)
  return []
}

function keepWaiting(attempt: Attempt, firstWrite: FirstWrite | undefined, { waiting, counts }: PassState): void {
  waiting.push(toWaiting(attempt, firstWrite))
  counts.failed--
  counts.waiting++
}

const toWaiting = (attempt: Attempt, firstWrite: FirstWrite | undefined): WaitingRow => ({
  sourceKey: attempt.sourceKey,
  failure: asWaiting(attempt.failure),
  source: attempt.source,
  mapped: attempt.whole,
  parents: attempt.parents,
  deferred: attempt.deferred,
  seenReleases: attempt.seenReleases,
  ...(firstWrite !== undefined && { firstWrite }),
})
