import type { MappedRow } from '../mapping/map-row.ts'
import type { DestinationRow, RowFailure, UpsertOutcome } from '../model/connector.ts'
import type { Counters } from '../model/execution.ts'
import type { FieldValues } from '../model/field-value.ts'
import { contentHash } from './content-hash.ts'
import type { TransformedPage } from './transform.ts'

export interface KnownContent {
  readonly destinationKey: string
  readonly appliedHash: string
}

export interface LoadOptions {
  /** By source key: what was last written of each row. */
  readonly known: ReadonlyMap<string, KnownContent>
  /** Writes rows whose content has not changed, too. */
  readonly rewrite: boolean
  /**
   * Called with the source keys of rows whose known content is about to change, before that: should the page never be recorded, what is known of them
   * no longer holds, and a row that gets its former content back at the source must not pass for unchanged.
   */
  doubt?(sourceKeys: readonly string[]): Promise<void>
  /** One call with distinct keys; outcomes in the order of the rows. */
  upsert(rows: readonly DestinationRow[]): Promise<readonly UpsertOutcome[]>
}

export interface AppliedRow {
  readonly sourceKey: string
  readonly destinationKey: string
  readonly sourceVersion?: string
  readonly appliedHash: string
}

export interface RefusedRow {
  readonly sourceKey: string
  readonly failure: RowFailure
  readonly source: FieldValues
  readonly mapped?: FieldValues
  /** Not tried yet: an earlier row of its destination key was refused for a reference, and may still be written before it. */
  readonly isHeld?: boolean
}

/** The result of one page, each source key in one place only: where its last row ended. */
export interface LoadedPage {
  readonly applied: readonly AppliedRow[]
  readonly unchangedKeys: readonly string[]
  readonly refused: readonly RefusedRow[]
  readonly filteredKeys: readonly string[]
  readonly counters: Counters
}

interface Candidate {
  readonly row: MappedRow
  readonly hash: string
}

type Ending =
  | { readonly kind: 'applied'; readonly row: AppliedRow }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly row: RefusedRow }

interface PageState {
  readonly options: LoadOptions
  /** What the destination holds, as far as this page has changed it. */
  readonly content: Map<string, KnownContent>
  readonly endings: Map<string, Ending>
  /** Destination keys of rows that miss a reference. */
  readonly held: Set<string>
  readonly counts: { unchanged: number; inserted: number; updated: number; failed: number }
}

/**
 * Writes what differs from what was last written. Rows of one destination key go in the order of the source and never in one
 * call: the n-th row of each key belongs to the n-th call.
 */
export async function loadPage(page: TransformedPage, options: LoadOptions): Promise<LoadedPage> {
  const state: PageState = {
    options,
    content: new Map(options.known),
    endings: new Map(),
    held: new Set(),
    counts: { unchanged: 0, inserted: 0, updated: 0, failed: page.failed.length },
  }
  for (const round of roundsOf(page.mapped)) await loadRound(round, state)
  for (const { source, failure, overtaken } of page.failed) {
    if (!overtaken) state.endings.set(source.key, { kind: 'refused', row: { sourceKey: source.key, failure, source: source.values } })
  }
  return toLoadedPage(page, state)
}

/** Destination keys compare without case and outer blanks on both sides, so `A1` and `a1` are one row there. */
export const sameRowKey = (key: string): string => key.trim().toLowerCase()

function roundsOf(rows: readonly MappedRow[]): readonly (readonly MappedRow[])[] {
  const rounds: MappedRow[][] = []
  const seen = new Map<string, number>()
  for (const row of rows) {
    const key = sameRowKey(row.destinationKey)
    const round = seen.get(key) ?? 0
    seen.set(key, round + 1)
    const members = rounds[round]
    if (members === undefined) rounds[round] = [row]
    else members.push(row)
  }
  return rounds
}

async function loadRound(rows: readonly MappedRow[], state: PageState): Promise<void> {
  const candidates: Candidate[] = []
  for (const row of rows) {
    const hash = contentHash(row.values)
    if (state.held.has(sameRowKey(row.destinationKey))) {
      hold(row, state)
      continue
    }
    const known = state.content.get(row.source.key)
    if (!state.options.rewrite && known !== undefined && known.destinationKey === row.destinationKey && known.appliedHash === hash) {
      state.counts.unchanged++
      state.endings.set(row.source.key, { kind: 'unchanged' })
    } else candidates.push({ row, hash })
  }
  if (candidates.length === 0) return
  const doubtful = candidates.filter(
    ({ row, hash }) => ![undefined, '', hash].includes(state.options.known.get(row.source.key)?.appliedHash),
  )
  if (doubtful.length > 0) await state.options.doubt?.(doubtful.map(({ row }) => row.source.key))
  const requests = candidates.map(({ row }) => ({
    key: row.destinationKey,
    values: row.values,
    known: state.content.get(row.source.key)?.destinationKey === row.destinationKey,
  }))
  const outcomes = await state.options.upsert(requests)
  for (const [index, candidate] of candidates.entries()) settle(candidate, outcomes[index], state)
}

function settle({ row, hash }: Candidate, outcome: UpsertOutcome | undefined, { content, endings, held, counts }: PageState): void {
  const sourceKey = row.source.key
  if (outcome === undefined || outcome.outcome === 'failed') {
    const failure = outcome?.failure ?? NO_OUTCOME
    if (failure.category === 'reference') held.add(sameRowKey(row.destinationKey))
    counts.failed++
    endings.set(sourceKey, { kind: 'refused', row: { sourceKey, failure, source: row.source.values, mapped: row.values } })
    return
  }
  counts[outcome.outcome]++
  content.set(sourceKey, { destinationKey: row.destinationKey, appliedHash: hash })
  const version = row.source.version === undefined ? {} : { sourceVersion: row.source.version }
  endings.set(sourceKey, { kind: 'applied', row: { sourceKey, destinationKey: row.destinationKey, appliedHash: hash, ...version } })
}

function hold({ source, values }: MappedRow, { endings, counts }: PageState): void {
  counts.failed++
  const row = { sourceKey: source.key, failure: NO_OUTCOME, source: source.values, mapped: values, isHeld: true }
  endings.set(source.key, { kind: 'refused', row })
}

const NO_OUTCOME: RowFailure = {
  category: 'internal',
  code: 'outcome-missing',
  message: 'The destination told nothing about this row: it is tried again by the next execution.',
}

function toLoadedPage(page: TransformedPage, { endings, counts }: PageState): LoadedPage {
  const applied: AppliedRow[] = []
  const refused: RefusedRow[] = []
  const unchangedKeys: string[] = []
  for (const [key, ending] of endings) {
    if (ending.kind === 'applied') applied.push(ending.row)
    else if (ending.kind === 'refused') refused.push(ending.row)
    else unchangedKeys.push(key)
  }
  const filteredKeys = page.filtered.flatMap((row) => (row.key !== '' && !endings.has(row.key) ? [row.key] : []))
  const read = page.mapped.length + page.failed.length + page.filtered.length + page.skipped
  return {
    applied,
    refused,
    unchangedKeys,
    filteredKeys: [...new Set(filteredKeys)],
    counters: { read, filtered: page.filtered.length, skipped: page.skipped, waiting: 0, deleted: 0, ...counts },
  }
}
