import type { ExplainedReason, ExplainedRow, ExplainedSide } from '@p2c/api'
import type { Engine, EnvironmentType, IntegrationKey, Leg, Project, RecordError, RecordLink, Task, WaitingRecord } from '@p2c/engine'
import { comparable } from '../compare/comparable.ts'
import type { Side } from '../compare/feed.ts'
import { fieldsOfFilter, readFilter } from '../compare/filter-text.ts'
import { mappedFields, mappedValue, rowsOf } from '../compare/mapped-value.ts'
import { type RoundExpected, readMoneyRounding } from '../compare/money-precision.ts'
import { looseKind } from '../compare/plan.ts'
import { toWireRecordError, toWireWaiting } from '../http/wire.ts'
import { failingClauses } from './failing-clauses.ts'
import { hiddenReasons } from './hidden-source.ts'
import { addressOf, type LiveQuestion, type LiveRow, readLive } from './live-rows.ts'
import { toReason } from './reasons.ts'
import { type KeyedSet, keyedSet } from './record-kinds.ts'

export interface ExplainDeps {
  readonly engine: Pick<Engine, 'listRecordErrors' | 'listWaitingRecords' | 'listRecordLinks'>
  /** Throws `connection-missing`, `connection-incomplete`. */
  readonly side: (connectionSetName: string, environmentType: EnvironmentType) => Promise<Side>
}

/** One leg of a task in one company, and which record is asked for. */
export interface LegPlace {
  readonly project: Project
  readonly task: Task
  readonly legIndex: number
  readonly leg: Leg
  readonly legalEntity: string
  readonly integrationKeys: readonly IntegrationKey[]
  readonly key: string
  readonly line?: number
}

export const SIDE_NAMES: Readonly<Record<EnvironmentType, ExplainedSide>> = {
  CRM: 'sales',
  AX: 'supply-chain',
  CDS: 'common-data-service',
}

/** Everything of a leg that is the same for all rows of the record. */
interface OpenLeg {
  readonly place: LegPlace
  /** The task with this leg only. */
  readonly task: Task
  readonly source: {
    readonly side: Side
    readonly set: KeyedSet
    readonly keyFields: readonly string[]
    /** The connection set names no key: the integrator may know the row by a longer one. */
    readonly isKeyAssumed: boolean
  }
  readonly destination: { readonly side: Side; readonly set: KeyedSet }
  readonly round: RoundExpected
  readonly present: readonly LiveRow[]
  /** Why the filter of the leg keeps a row back; empty where it does not. */
  readonly keptBack: (live: LiveRow) => readonly ExplainedReason[]
}

/** What became of the rows of one record under one leg; one entry that says so where the source has none. */
export async function explainLeg(place: LegPlace, deps: ExplainDeps, signal: AbortSignal): Promise<readonly ExplainedRow[]> {
  const { leg, legalEntity, key, line, integrationKeys } = place
  const set = setOf(leg.sourceEnvironmentType, leg.sourceSchema, integrationKeys)
  const destinationSet = setOf(leg.destinationEnvironmentType, leg.destinationSchema, integrationKeys)
  if (line !== undefined && set.sequence === undefined) return []
  const task: Task = { ...place.task, legs: [leg] }
  const namedKey = keyFieldsOf(leg.sourceEnvironmentType, leg.sourceSchema, integrationKeys)
  const keyFields = namedKey ?? keyPaths(set)
  const filter = leg.sourceFilter === undefined ? undefined : readFilter(leg.sourceFilter)
  const side = await deps.side(place.project.connectionSetName, leg.sourceEnvironmentType)
  const destinationSide = await deps.side(place.project.connectionSetName, leg.destinationEnvironmentType)
  const fields = [...rowsOf(task).sourceFields, ...keyFields, ...(filter === undefined ? [] : fieldsOfFilter(filter))]
  const wanted = { legalEntity, ...(line !== undefined && { line }) }
  const rows = await readLive({ side, set, fields, key, ...wanted }, signal)
  const businessKey = rows[0]?.fieldText(set.key) ?? key
  const present =
    businessKey === ''
      ? []
      : await readLive({ side: destinationSide, set: destinationSet, fields: mappedFields(task), key: businessKey, ...wanted }, signal)
  const open: OpenLeg = {
    place,
    task,
    source: { side, set, keyFields, isKeyAssumed: namedKey === undefined },
    destination: { side: destinationSide, set: destinationSet },
    round: await readMoneyRounding(destinationSide, leg.destinationSchema, signal),
    present,
    keptBack: await filterJudge({ side, set, fields: [], key, ...wanted }, leg, signal),
  }
  return rows.length === 0 ? [await explainAbsent(open, deps, signal)] : Promise.all(rows.map((row) => explainRow(row, open, deps)))
}

/** Reads the filter clause by clause; one with functions or paths is evaluated by the source, and named as a whole. */
async function filterJudge(question: LiveQuestion, { sourceFilter }: Leg, signal: AbortSignal): Promise<OpenLeg['keptBack']> {
  if (sourceFilter === undefined || sourceFilter.trim() === '') return () => []
  const filter = readFilter(sourceFilter)
  if (filter !== undefined) return (live) => failingClauses(filter, live.fieldText)
  const passing = new Set((await readLive({ ...question, alsoWhere: sourceFilter }, signal)).map(({ key }) => key))
  return ({ key }) => (passing.has(key) ? [] : [toReason('filter-clause', { clause: sourceFilter })])
}

const keyPaths = (set: KeyedSet): readonly string[] => [set.key, ...(set.sequence === undefined ? [] : [set.sequence])]

const keyFieldsOf = (environmentType: string, entity: string, keys: readonly IntegrationKey[]): readonly string[] | undefined =>
  keys.find((known) => known.environmentType === environmentType && known.entity.toLowerCase() === entity.toLowerCase())?.fields

/** An entity that no template has is found by the last field of its integration key. */
function setOf(environmentType: EnvironmentType, entity: string, keys: readonly IntegrationKey[]): KeyedSet {
  const known = keyedSet(environmentType, entity)
  if (known !== undefined) return { ...known, entity }
  return { environmentType, entity, key: keyFieldsOf(environmentType, entity, keys)?.at(-1) ?? 'name' }
}

/** What the integrator knows of a row. */
interface Known {
  readonly errors: readonly RecordError[]
  readonly waiting: readonly WaitingRecord[]
  readonly link?: RecordLink
}

type KnownRecord = RecordError | WaitingRecord | RecordLink

const isOf =
  ({ legIndex, legalEntity }: LegPlace) =>
  (record: KnownRecord): boolean =>
    record.leg === legName(legIndex) && record.organisation.legalEntity.toLowerCase() === legalEntity.toLowerCase()

const ALL_STATES = ['open', 'resolved', 'obsolete', 'dismissed'] as const

async function readKnown(sourceKey: string, { place }: OpenLeg, { engine }: ExplainDeps): Promise<Known> {
  const { project, task } = place
  const filter = { projectName: project.name, taskName: task.name, sourceKey }
  const [errors, waiting, links] = [
    await engine.listRecordErrors({ ...filter, states: ALL_STATES }),
    await engine.listWaitingRecords(filter),
    await engine.listRecordLinks({ projectName: project.name, taskName: task.name, sourceKeys: [sourceKey] }),
  ]
  return toKnown({ errors, waiting, links }, isOf(place))
}

interface ValueSearch {
  readonly found: LiveRow | undefined
  readonly open: OpenLeg
  readonly deps: ExplainDeps
}

/** Records of one task that are looked through at most for a row whose key is longer than its business key. */
const MOST_RECORDS = 1_000

/**
 * The same for a row whose key the connection set does not name: the integrator keeps it by the whole key of its entity (an invoice by number, date and
 * voucher), so it is found by the values that were kept with it, and by the destination row that it became.
 */
async function readKnownByValues(
  live: LiveRow,
  { found, open: { place, source, destination }, deps: { engine } }: ValueSearch,
): Promise<Known> {
  const filter = { projectName: place.project.name, taskName: place.task.name }
  const { set } = destination
  const destinationKey = keyFieldsOf(set.environmentType, set.entity, place.integrationKeys) ?? keyPaths(set)
  const [errors, waiting, links] = [
    await engine.listRecordErrors({ ...filter, states: ALL_STATES, limit: MOST_RECORDS }),
    await engine.listWaitingRecords({ ...filter, limit: MOST_RECORDS }),
    found === undefined
      ? []
      : await engine.listRecordLinks({ ...filter, destinationKeys: [destinationKey.map(found.fieldText).join('|')] }),
  ]
  const isHere = isOf(place)
  const isThis = (record: RecordError | WaitingRecord): boolean =>
    isHere(record) && keyPaths(source.set).every((field) => String(record.source[field] ?? '') === live.fieldText(field))
  return toKnown({ errors: errors.filter(isThis), waiting: waiting.filter(isThis), links }, isHere)
}

interface KnownRecords {
  readonly errors: readonly RecordError[]
  readonly waiting: readonly WaitingRecord[]
  readonly links: readonly RecordLink[]
}

function toKnown({ errors, waiting, links }: KnownRecords, isHere: (record: KnownRecord) => boolean): Known {
  const link = links.find(isHere)
  return { errors: errors.filter(isHere), waiting: waiting.filter(isHere), ...(link !== undefined && { link }) }
}

const isUnknown = ({ errors, waiting, link }: Known): boolean => errors.length === 0 && waiting.length === 0 && link === undefined

/** Legs are counted from `001` (integration specification 6). */
const legName = (index: number): string => String(index + 1).padStart(3, '0')

async function explainAbsent(open: OpenLeg, deps: ExplainDeps, signal: AbortSignal): Promise<ExplainedRow> {
  const { place, source, present } = open
  const key = place.line === undefined ? place.key : `${place.key}|${place.line}`
  const known = await readKnown(key, open, deps)
  const hidden = await hiddenReasons({ side: source.side, set: source.set, key: place.key, legalEntity: place.legalEntity }, signal)
  return {
    ...describe(open, { key, isFound: false, found: present[0] }),
    outcome: 'absent',
    reasons: [...hidden, ...(known.link === undefined ? [] : [toReason('source-gone')])],
    ...toldOf(known),
    fields: [],
  }
}

async function explainRow(live: LiveRow, open: OpenLeg, deps: ExplainDeps): Promise<ExplainedRow> {
  const { source } = open
  const sourceKey = source.keyFields.map(live.fieldText).join('|')
  const found = matching(live, open)
  const byKey = await readKnown(sourceKey, open, deps)
  const known = isUnknown(byKey) && source.isKeyAssumed ? await readKnownByValues(live, { found, open, deps }) : byKey
  const fields = fieldsOf(live, found, open)
  const kept = known.errors.find((error) => error.state === 'open')?.mapped
  const values = fields.flatMap(({ field, expected }) => (expected === undefined ? [] : [[field, expected] as const]))
  const reasons = reasonsOf(live, open, { known, isFound: found !== undefined, differs: fields.some((field) => field.isDifferent) })
  return {
    ...describe(open, { key: live.key, isFound: true, found, changedAt: live.fieldText('modifiedon') }),
    ...reasons,
    ...toldOf(known),
    payload:
      kept === undefined
        ? { origin: 'mapped-now', values: Object.fromEntries(values) }
        : {
            origin: 'kept-with-error',
            values: Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, String(value ?? '')])),
          },
    fields,
  }
}

interface RowFacts {
  readonly known: Known
  readonly isFound: boolean
  readonly differs: boolean
}

function reasonsOf(live: LiveRow, { source, keptBack }: OpenLeg, facts: RowFacts): Pick<ExplainedRow, 'outcome' | 'reasons'> {
  const { known, isFound, differs } = facts
  if (live.fieldText(source.set.key) === '')
    return { outcome: 'no-key', reasons: [toReason('key-empty', { field: source.set.key, value: '' })] }
  const failing = keptBack(live)
  if (failing.length > 0) return { outcome: 'filtered', reasons: [...failing] }
  const [waiting] = known.waiting
  if (waiting !== undefined) return { outcome: 'waiting', reasons: waitingReasons(waiting) }
  const error = known.errors.find(({ state }) => state === 'open')
  if (error !== undefined) return { outcome: 'failed', reasons: [{ code: error.code, text: error.message }] }
  if (known.link === undefined) return { outcome: 'pending', reasons: [toReason(isFound ? 'already-there' : 'not-read-yet')] }
  if (!differs) return { outcome: 'sent', reasons: [] }
  return { outcome: 'changed', reasons: [changeReason(live.fieldText('modifiedon'), known.link.appliedAt)] }
}

function waitingReasons(waiting: WaitingRecord): ExplainedReason[] {
  const parents = waiting.parents.map(({ entity, key, field }) => {
    const reason = toReason('parent-missing', { ...(field !== undefined && { field }), value: key })
    return { ...reason, text: `${reason.text} ${entity} ${key === '' ? '' : JSON.stringify(key)}`.trimEnd() }
  })
  return [{ code: waiting.code, text: waiting.message }, ...parents]
}

const changeReason = (changedAt: string, appliedAt: string): ExplainedReason =>
  toReason(changedAt !== '' && Date.parse(changedAt) > Date.parse(appliedAt) ? 'source-changed' : 'destination-differs')

/** The row of the destination that fits best where several have the business key (a contact of two companies). */
function matching(live: LiveRow, open: OpenLeg): LiveRow | undefined {
  const { destination, source, present } = open
  const { sequence } = destination.set
  const wanted = source.set.sequence === undefined ? undefined : live.fieldText(source.set.sequence)
  const candidates = sequence === undefined || wanted === undefined ? present : present.filter((row) => row.fieldText(sequence) === wanted)
  const wrong = (row: LiveRow): number => fieldsOf(live, row, open).filter((field) => field.isDifferent).length
  return [...candidates].sort((a, b) => wrong(a) - wrong(b))[0]
}

function fieldsOf(live: LiveRow, found: LiveRow | undefined, { task, round }: OpenLeg): ExplainedRow['fields'] {
  const { currency } = rowsOf(task)
  return mappedFields(task).map((field) => {
    const expectation = mappedValue(task, field, live.fieldText)
    const present = found?.fieldText(field) ?? ''
    if (expectation.kind !== 'value') return { field, found: present, isDifferent: false }
    const expected = round(field, expectation.value, currency === undefined ? '' : live.fieldText(currency))
    const kind = looseKind(field)
    return { field, expected, found: present, isDifferent: found !== undefined && comparable(kind, expected) !== comparable(kind, present) }
  })
}

const toldOf = ({ errors, waiting, link }: Known): Pick<ExplainedRow, 'errors' | 'sent'> => ({
  errors: [...waiting.map(toWireWaiting), ...errors.map(toWireRecordError)],
  ...(link !== undefined && {
    sent: {
      at: link.appliedAt,
      executionId: link.executionId,
      destinationKey: link.destinationKey,
      ...(link.sourceVersion !== undefined && { sourceVersion: link.sourceVersion }),
    },
  }),
})

interface RowView {
  readonly key: string
  readonly isFound: boolean
  readonly found: LiveRow | undefined
  readonly changedAt?: string
}

function describe({ place, source, destination }: OpenLeg, { key, isFound, found, changedAt }: RowView) {
  const [businessKey = '', line] = key.split('|')
  const wanted = {
    key: businessKey === '' ? place.key : businessKey,
    legalEntity: place.legalEntity,
    ...(line !== undefined && { line: Number(line) }),
  }
  const there = found?.fieldText('modifiedon') ?? ''
  return {
    project: place.project.name,
    task: place.task.name,
    leg: legName(place.legIndex),
    legalEntity: place.legalEntity,
    source: {
      side: SIDE_NAMES[source.set.environmentType],
      entity: source.set.entity,
      key,
      url: addressOf({ ...source, ...wanted }),
      found: isFound,
      ...(changedAt !== undefined && changedAt !== '' && { changedAt }),
    },
    destination: {
      side: SIDE_NAMES[destination.set.environmentType],
      entity: destination.set.entity,
      key: found?.key ?? key,
      url: addressOf({ ...destination, ...wanted }),
      found: found !== undefined,
      ...(there !== '' && { changedAt: there }),
    },
  }
}
