import type { ComparedTask, Difference } from '@p2c/api'
import { type Decimal, decimal, ZERO } from '@p2c/base'
import { comparable } from './comparable.ts'
import {
  addHashes,
  amountOf,
  type ExpectedRow,
  type ExpectedTexts,
  expectTexts,
  hashOf,
  type RowReader,
  type Shape,
  toExpectedRow,
} from './expected-rows.ts'
import type { TextOfField } from './expected-value.ts'
import { readFeed, type Side } from './feed.ts'
import { fieldsOfFilter, passes, readFilter } from './filter-text.ts'
import { readMoneyRounding } from './money-precision.ts'
import type { ComparisonPlan } from './plan.ts'
import { queryFor, type SideQuery } from './side-query.ts'
import { holds } from './stated-value.ts'
import type { Condition } from './statements/statement.ts'

/** Why a row of the source is not (or not as it is now) in the destination. */
export type Explanation = 'refused' | 'waiting'

/** Sums of the hashes of the rows of a document, and its key as the source spells it. */
export interface DocumentHashes {
  readonly shownKey: string
  readonly source: bigint
  readonly destination: bigint
}

/** What the tasks of one organisation know of each other: the lines of the headers. */
export interface DocumentContext {
  /** Hashes of headers and lines, by document. */
  readonly hashes: Map<string, DocumentHashes>
  /** Documents whose header qualifies. */
  readonly compared: Set<string>
  /** Documents of which the destination has become the master. */
  readonly movedOn: Set<string>
  /** Lines that must be there for the tax of headers, by their key. */
  readonly freightTax: Map<string, { readonly row: ExpectedRow; readonly texts: ExpectedTexts }>
}

export interface TaskInput {
  readonly plan: ComparisonPlan
  readonly legalEntity: string
  readonly source: Side
  readonly destination: Side
  /** By source key in lower case. */
  readonly explained: ReadonlyMap<string, Explanation>
  readonly documents: DocumentContext
  readonly maxDifferences: number
  readonly signal: AbortSignal
}

/** A destination row without a source row that says it came from there. */
export interface ExtraRow {
  readonly key: string
  readonly document: string
  /** Another destination row with the same key was met already. */
  readonly isTwin?: true
}

/** A document that reaches another total than the source has. */
export interface TotalDifference {
  readonly document: string
  readonly shownKey: string
  readonly expected: string
  readonly found: string
}

export interface TaskOutcome {
  readonly counts: TaskCounts
  readonly sums: ReadonlyMap<string, { readonly source: Decimal; readonly destination: Decimal }>
  readonly differences: readonly Difference[]
  /** Keys of rows that differ, whose fields are still to be told; at most as many as differences are wanted. */
  readonly differing: ReadonlyMap<string, string>
  readonly extras: readonly ExtraRow[]
  readonly totals: readonly TotalDifference[]
  readonly reading: TaskReading
}

export type TaskCounts = { -readonly [Name in keyof ComparedTask as ComparedTask[Name] extends number ? Name : never]: number }

/** How the rows of a task are read, the same for both passes. */
export interface TaskReading {
  readonly reader: RowReader
  readonly sourceQuery: SideQuery
  readonly destinationQuery: SideQuery
  readonly accepts: (fieldText: TextOfField) => boolean
}

interface TaskState {
  readonly input: TaskInput
  readonly reading: TaskReading
  /** By destination key; null: at the source, but not to be carried. */
  readonly rows: Map<string, ExpectedRow | null>
  readonly counts: TaskCounts
  readonly sums: Map<string, { source: Decimal; destination: Decimal }>
  readonly differences: Difference[]
  readonly differing: Map<string, string>
  readonly extras: ExtraRow[]
  readonly totals: TotalDifference[]
}

const NO_COUNTS: TaskCounts = {
  sourceRows: 0,
  filteredRows: 0,
  comparedRows: 0,
  equalRows: 0,
  missingRows: 0,
  refusedRows: 0,
  waitingRows: 0,
  differentRows: 0,
  destinationRows: 0,
  extraRows: 0,
  orphanedRows: 0,
  movedOnRows: 0,
  differentTotals: 0,
}

/**
 * One task in one company: hashes of what the source rows must become are held against the destination, which is read once. Which fields differ
 * is read in a second pass (`listFieldDifferences`), so that only hashes are kept of all rows.
 */
export async function compareTask(input: TaskInput): Promise<TaskOutcome> {
  const state: TaskState = {
    input,
    reading: await openReading(input),
    rows: new Map(),
    counts: { ...NO_COUNTS },
    sums: new Map(),
    differences: [],
    differing: new Map(),
    extras: [],
    totals: [],
  }
  await readSource(state)
  if (!isHeader(input.plan)) for (const [key, { row }] of input.documents.freightTax) addRow(state, key, row)
  await readDestination(state)
  for (const row of state.rows.values()) if (row !== null && !row.isMet) missingRow(row, state)
  const { counts, sums, differences, differing, extras, totals, reading } = state
  return { counts, sums, differences, differing, extras, totals, reading }
}

async function openReading({ plan, destination, legalEntity, signal }: TaskInput): Promise<TaskReading> {
  const { source } = plan
  const filter = plan.filter === undefined ? undefined : readFilter(plan.filter)
  const fields = [...new Set([...source.fields, ...(filter === undefined ? [] : fieldsOfFilter(filter))])]
  const leftToSource = plan.filter !== undefined && filter === undefined ? { filter: plan.filter } : {}
  return {
    reader: { plan, round: await readMoneyRounding(destination, plan.destination.entity, signal), shapes: new Map() },
    sourceQuery: queryFor(source.environmentType, { entity: source.entity, fields, legalEntity, ...leftToSource }),
    destinationQuery: queryFor(plan.destination.environmentType, { ...plan.destination, legalEntity }),
    accepts: (fieldText) => plan.qualifies(fieldText) && (filter === undefined || passes(filter, fieldText)),
  }
}

export const joinKey = (parts: readonly string[]): string => parts.join('|').toLowerCase()
const isHeader = (plan: ComparisonPlan): boolean => plan.destinationKey.length === 1
const isBlankKey = (parts: readonly string[]): boolean => parts.every((part) => part === '')

async function readSource(state: TaskState): Promise<void> {
  const { plan, source, signal, documents } = state.input
  const { sourceQuery: query, reader, accepts } = state.reading
  for await (const page of readFeed(source, query.path, signal)) {
    for (const row of page) {
      const fieldText: TextOfField = (field) => query.valueOf(row, field)
      const parts = plan.keyOf(fieldText)
      const [document = ''] = parts.map((part) => part.toLowerCase())
      state.counts.sourceRows += 1
      if (isBlankKey(parts) || !accepts(fieldText) || (plan.statement?.withHeader === true && !documents.compared.has(document))) {
        state.counts.filteredRows += 1
        if (!state.rows.has(joinKey(parts))) state.rows.set(joinKey(parts), null)
        continue
      }
      if (isHeader(plan)) documents.compared.add(document)
      noteFreightTax(document, fieldText, state)
      const shownKey = plan.sourceKey.map(fieldText).join('|')
      addRow(state, joinKey(parts), { ...toExpectedRow(fieldText, plan.fields, reader), document, shownKey })
    }
  }
}

function addRow(state: TaskState, key: string, row: ExpectedRow): void {
  const known = state.rows.get(key)
  state.counts.comparedRows += 1
  if (known === undefined || known === null) state.rows.set(key, row)
  else known.also = [...known.also, row]
}

/** Sequence number of the Freight Tax line. */
const FREIGHT_TAX_LINE = '0'

/** The line that must be there for the tax of a header; it is no row of the source (templates specification 9.1). */
function noteFreightTax(document: string, fieldText: TextOfField, { input: { plan, documents }, reading }: TaskState): void {
  const { freightTax } = plan
  if (freightTax === undefined || comparable('number', fieldText(freightTax.amount)) === '0') return
  const shownKey = `${document}|${FREIGHT_TAX_LINE}`
  const row = { ...toExpectedRow(fieldText, freightTax.fields, reading.reader), document, shownKey }
  documents.freightTax.set(shownKey, { row, texts: expectTexts(freightTax.fields, fieldText, reading.reader).texts })
}

async function readDestination(state: TaskState): Promise<void> {
  const { plan, destination, signal } = state.input
  const { destinationQuery: query } = state.reading
  for await (const page of readFeed(destination, query.path, signal)) {
    for (const row of page) {
      const fieldText: TextOfField = (field) => query.valueOf(row, field)
      const parts = plan.destinationKey.map(fieldText)
      state.counts.destinationRows += 1
      const expected = state.rows.get(joinKey(parts))
      if (expected === undefined) noteExtra(parts, fieldText, state)
      else if (expected?.isMet === true) noteTwin(parts, fieldText, state)
      else if (expected !== null) meet(joinKey(parts), expected, fieldText, state)
    }
  }
}

/** A second row under one key, where it says that it came from the source too: nobody knows which of both the next write meets. */
function noteTwin(parts: readonly string[], fieldText: TextOfField, { input: { plan }, extras }: TaskState): void {
  const { claims = [] } = plan.statement ?? {}
  if (plan.statement === undefined || !claims.every((condition) => holds(condition, fieldText))) return
  extras.push({ key: parts.join('|'), document: parts[0]?.toLowerCase() ?? '', isTwin: true })
}

function noteExtra(parts: readonly string[], fieldText: TextOfField, { input: { plan, documents }, extras }: TaskState): void {
  const { claims, closed, movedOn } = plan.statement ?? {}
  const document = parts[0]?.toLowerCase() ?? ''
  const isHere = (condition: Condition): boolean => holds(condition, fieldText)
  const claimed = claims?.every(isHere) === true
  const inDocument = closed === true && documents.compared.has(document) && !documents.movedOn.has(document)
  if ((claimed || inDocument) && !(movedOn !== undefined && closed === true && isHere(movedOn)))
    extras.push({ key: parts.join('|'), document })
}

function meet(key: string, expected: ExpectedRow, fieldText: TextOfField, state: TaskState): void {
  const { input, counts } = state
  const { movedOn } = input.plan.statement ?? {}
  const candidates = [expected, ...expected.also]
  for (const row of candidates) row.isMet = true
  const hasMovedOn = movedOn !== undefined && holds(movedOn, fieldText)
  if (hasMovedOn) input.documents.movedOn.add(expected.document)
  const found = (row: ExpectedRow): { wanted: bigint; present: bigint } => {
    const judged = hasMovedOn && row.identity !== undefined ? row.identity : row
    return { wanted: judged.hash, present: hashOf(judged.shape, judgedText(fieldText)) }
  }
  const matching = candidates.find((row) => {
    const { wanted, present } = found(row)
    return !row.isRefused && wanted === present
  })
  const row = matching ?? expected
  const { wanted, present } = found(row)
  if (hasMovedOn) counts.movedOnRows += candidates.length
  if (matching !== undefined) {
    // Source rows of one key that say something else: the destination holds one of them, and the others are lost.
    const lost = candidates.filter((other) => other !== matching && found(other).wanted !== found(other).present)
    counts.equalRows += candidates.length - lost.length
    for (const each of lost) missOne(each, state)
    addToDocument(row, { source: wanted, destination: present }, state)
    if (!hasMovedOn) addAmounts(row, fieldText, state)
    return
  }
  if (isExplained(row, state)) return
  counts.differentRows += 1
  addToDocument(row, { source: wanted, destination: present === wanted ? present + 1n : present }, state)
  addAmounts(row, fieldText, state)
  if (state.differing.size < input.maxDifferences) state.differing.set(key, row.shownKey)
}

const judgedText =
  (fieldText: TextOfField) =>
  ({ field }: Shape[number]): string =>
    fieldText(field)

function addAmounts(row: ExpectedRow, fieldText: TextOfField, { input: { plan }, sums, totals }: TaskState): void {
  const { amounts, total } = plan.statement ?? {}
  if (amounts !== undefined && row.amount !== undefined) {
    const present = amountOf(amounts.destination, fieldText)
    addSum(sums, row.amount.currency, { source: decimal(row.amount.value), destination: ZERO })
    addSum(sums, present.currency, { source: ZERO, destination: present.value })
  }
  if (row.total === undefined || total === undefined) return
  const present = comparable('number', fieldText(total.destination))
  if (present !== row.total) totals.push({ document: row.document, shownKey: row.shownKey, expected: row.total, found: present })
}

function addSum(sums: TaskState['sums'], currency: string, more: { readonly source: Decimal; readonly destination: Decimal }): void {
  const known = sums.get(currency) ?? { source: ZERO, destination: ZERO }
  sums.set(currency, { source: known.source.plus(more.source), destination: known.destination.plus(more.destination) })
}

function addToDocument(
  { document, shownKey }: ExpectedRow,
  more: { readonly source: bigint; readonly destination: bigint },
  { input }: TaskState,
): void {
  const { hashes } = input.documents
  const known = hashes.get(document) ?? { shownKey: shownKey.split('|', 1)[0] ?? document, source: 0n, destination: 0n }
  hashes.set(document, {
    ...known,
    source: addHashes(known.source, more.source),
    destination: addHashes(known.destination, more.destination),
  })
}

/** Counts a row whose difference an open error or its waiting explains. */
function isExplained(row: ExpectedRow, state: TaskState): boolean {
  const explanation = state.input.explained.get(row.shownKey.toLowerCase())
  if (explanation === undefined) return false
  if (explanation === 'refused') state.counts.refusedRows += 1
  else state.counts.waitingRows += 1
  note(state, { kind: explanation, key: row.shownKey })
  return true
}

function missingRow(row: ExpectedRow, state: TaskState): void {
  for (const each of [row, ...row.also]) missOne(each, state)
}

function missOne(row: ExpectedRow, state: TaskState): void {
  const { counts, input } = state
  if (isExplained(row, state)) return
  // Its header is there and the destination is its master: the line was taken out there.
  if (input.documents.movedOn.has(row.document) && !isHeader(input.plan)) {
    counts.movedOnRows += 1
    counts.equalRows += 1
    return
  }
  counts.missingRows += 1
  addToDocument(row, { source: row.hash, destination: 0n }, state)
  note(state, { kind: 'missing', key: row.shownKey })
}

function note({ differences, input }: TaskState, difference: Omit<Difference, 'task'>): void {
  if (differences.length < input.maxDifferences) differences.push({ task: input.plan.task, ...difference })
}
