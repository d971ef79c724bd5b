import type { SqlRunner } from '@p2c/base'
import type { Facts } from '../domain/decision.ts'
import { dayOf, type FieldValues } from '../domain/field-value.ts'
import { type InfologEntry, refuseField } from '../domain/messages.ts'
import { rulesOf } from '../domain/table-rules.ts'
import { TABLES, type Table } from '../entities/catalogue.ts'
import type { ChildrenOf } from './cascade.ts'
import { decideWrite, duplicateEntry, initialValues, withoutRepeats } from './decide-write.ts'
import { findDependent } from './dependents.ts'
import { flushRows } from './flush-rows.ts'
import { createKnownFacts, type KnownFacts } from './known-facts.ts'
import { numberNewRows } from './number-new-rows.ts'
import { type PlannedWrite, planWrites, questionsOf } from './plan-writes.ts'
import type { TrackedRow } from './tracked-row.ts'
import type { RowChange, WriteEffects } from './write-effects.ts'
import type { WriteFailure, WriteOperation, WriteOutcome, WriteScope } from './write-operation.ts'

/** How a change set is written. */
export interface ChangeSetOptions {
  readonly scope: WriteScope
  /** `stop`: the first failure ends the change set and nothing is written. `skip`: the failed row is left out, the others are written. */
  readonly onFailure: 'stop' | 'skip'
  readonly now: Date
  readonly effects: WriteEffects
}

/** Thrown to roll a change set back; the outcomes up to and including the failed operation are known. */
export class ChangeSetFailure extends Error {
  readonly index: number
  readonly failure: WriteFailure
  /** Further operations that an effect refused together with this one. */
  readonly others: ReadonlyMap<number, WriteFailure>

  constructor(index: number, failure: WriteFailure, others: ReadonlyMap<number, WriteFailure> = new Map()) {
    super(`operation ${index} of a change set failed`)
    this.name = 'ChangeSetFailure'
    this.index = index
    this.failure = failure
    this.others = others
  }
}

/**
 * Runs many writes in few statements: rows and references are read set by set, the rules decide in memory in the order given,
 * then each table is written once. Later operations see the rows of earlier ones. Must run inside a transaction.
 * Throws `ChangeSetFailure` when an operation fails and `onFailure` is `stop`, and whenever an effect refuses a row: the caller rolls back
 * and may repeat the change set without that operation.
 */
export async function writeChangeSet(
  sql: SqlRunner,
  operations: readonly WriteOperation[],
  options: ChangeSetOptions,
): Promise<WriteOutcome[]> {
  const plan = await planWrites(sql, operations, options.scope)
  const facts = createKnownFacts(plan.parentRows)
  await facts.ask(sql, plan.writes.flatMap(questionsOf))
  const askLater = () =>
    facts.ask(
      sql,
      plan.writes.flatMap((write) => laterQuestions(write, facts)),
    )
  while (await askLater()) {
    // An answer may name further rows to look at; each round asks for some that nobody has asked for yet.
  }
  const outcomes: WriteOutcome[] = []
  const today = dayOf(options.now)
  for (const [index, write] of plan.writes.entries()) {
    // The header of a line may have been made a moment ago: what the line asks about it could not be asked before.
    if (rulesOf(write.table.relation).parent !== undefined) await facts.ask(sql, laterQuestions(write, facts))
    const outcome = await applyWrite(sql, write, { facts, today, childrenOf: plan.childrenOf })
    if (!outcome.ok && options.onFailure === 'stop') throw new ChangeSetFailure(index, outcome.failure)
    outcomes.push(outcome)
  }
  const unnumbered = await numberNewRows(sql, plan.rows())
  const collisions = await flushRows(sql, plan.rows(), plan.following)
  const settled = plan.writes.map((write, index) => settle(write, outcomes[index], { index, collisions, unnumbered, ...options }))
  await runEffects(sql, plan.writes, { ...options, outcomes: settled, written: plan.rows().filter((row) => !collisions.has(row)) })
  return settled
}

interface EffectInput extends ChangeSetOptions {
  readonly outcomes: readonly WriteOutcome[]
  readonly written: readonly TrackedRow[]
}

/** Runs the effects of every table that rows were written to. */
async function runEffects(sql: SqlRunner, writes: readonly PlannedWrite[], { effects, written, now }: EffectInput): Promise<void> {
  const byRelation = Map.groupBy(written.filter(hasChanged), (row) => row.relation)
  for (const { relation } of TABLES) {
    const wanted = effects[relation] ?? []
    const rows = wanted.length === 0 ? [] : (byRelation.get(relation) ?? [])
    if (rows.length === 0) continue
    const owners = new Map<RowChange, TrackedRow>(rows.map((row) => [toChange(row), row]))
    const refuseAll = (refusals: ReadonlyMap<RowChange, readonly InfologEntry[]>): never => {
      const failures = [...refusals].map(
        ([change, infolog]) => [lastWriteOf(writes, owners.get(change)), { kind: 'refused', infolog }] as const,
      )
      const [first, ...others] = failures.sort(([a], [b]) => a - b)
      if (first === undefined) throw new TypeError('an effect refused nothing')
      throw new ChangeSetFailure(...first, new Map(others))
    }
    const refuse = (change: RowChange, ...infolog: readonly InfologEntry[]): never => refuseAll(new Map([[change, infolog]]))
    for (const effect of wanted) await effect(sql, [...owners.keys()], { now, refuse, refuseAll })
  }
}

/** The operation that wrote a row last, or took it away with its parent. */
const lastWriteOf = (writes: readonly PlannedWrite[], row: TrackedRow | undefined): number =>
  Math.max(
    0,
    writes.findLastIndex((write) => write.row() === row || write.row() === row?.deletedWith),
  )

const hasChanged = (row: TrackedRow): boolean => row.stored?.values !== row.after

const toChange = (row: TrackedRow): RowChange => ({
  recId: row.identity?.recId ?? row.stored?.recId ?? '',
  ...(row.stored !== undefined && { before: row.stored.values }),
  ...(row.after !== undefined && { after: row.after }),
})

function laterQuestions(write: PlannedWrite, facts: KnownFacts) {
  const rules = rulesOf(write.table.relation)
  if (rules.laterQuestions === undefined || write.problem !== undefined) return []
  return rules.laterQuestions(write.preview, facts.of(write.dataAreaId)).map((question) => ({ ...question, dataAreaId: write.dataAreaId }))
}

const failed = (failure: WriteFailure): WriteOutcome => ({ ok: false, failure })

const done = (outcome: 'created' | 'updated' | 'unchanged' | 'deleted', values: FieldValues): WriteOutcome => ({
  ok: true,
  outcome,
  values,
  recId: '',
  recVersion: '',
})

async function applyWrite(sql: SqlRunner, write: PlannedWrite, known: Known): Promise<WriteOutcome> {
  if (write.problem !== undefined) return failed(write.problem)
  const row = write.row()
  const before = row.after
  const { operation } = write
  if (operation.kind === 'create' && before !== undefined)
    return failed({ kind: 'duplicate', infolog: [duplicateEntry(operation.entity, write.table, before)] })
  if (operation.kind === 'update' || operation.kind === 'delete') {
    if (before === undefined) return failed({ kind: 'not-found' })
    if (operation.accepts !== undefined && row.stored !== undefined && !operation.accepts(row.stored)) return failed({ kind: 'stale' })
    if (operation.kind === 'delete') return removeRow(sql, write, { row, before, ...known })
  }
  return changeRow(write, { row, before, ...known })
}

interface Known {
  readonly facts: KnownFacts
  readonly today: string
  readonly childrenOf: ChildrenOf
}

interface RowState extends Known {
  readonly row: TrackedRow
  readonly before: FieldValues | undefined
}

function changeRow(write: PlannedWrite, { row, before, facts, today }: RowState): WriteOutcome {
  const { operation, table } = write
  const orphan = write.missingParent?.()
  if (orphan !== undefined) return failed({ kind: 'refused', infolog: [orphan] })
  const blanks = before === undefined && 'blanks' in operation ? operation.blanks : undefined
  const given = new Set(Object.keys(operation.values).filter((name) => blanks?.has(name) !== true))
  // The preview is this row unless an earlier operation of the change set has touched it.
  const merged = before === row.stored?.values ? write.preview : mergedAgain(write, before)
  const decision = decideWrite(operation.entity, rulesOf(table.relation), {
    ...(before !== undefined && { before }),
    row: merged,
    given,
    facts: facts.of(write.dataAreaId),
    entityName: operation.entity.name,
    today,
  })
  if (!decision.ok) return failed({ kind: 'refused', infolog: decision.infolog })
  if (before !== undefined && isUnchanged(table, before, decision.row)) return done('unchanged', before)
  row.after = decision.row
  facts.replace(table.relation, before, decision.row)
  for (const each of decision.following ?? []) {
    write.follow(each)
    facts.replace(each.relation, undefined, each.values)
  }
  return done(before === undefined ? 'created' : 'updated', decision.row)
}

/** The row of an operation whose row an earlier one of the change set has changed or deleted. */
const mergedAgain = ({ table, operation, ownValues }: PlannedWrite, before: FieldValues | undefined): FieldValues =>
  before === undefined ? { ...initialValues(table), ...operation.values, ...ownValues } : { ...before, ...operation.values }

const isUnchanged = (table: Table, before: FieldValues, after: FieldValues): boolean =>
  [...table.properties.keys()].every((name) => before[name] === after[name])

async function removeRow(
  sql: SqlRunner,
  { operation, table, dataAreaId }: PlannedWrite,
  { row, before, facts, childrenOf }: RowState,
): Promise<WriteOutcome> {
  if (before === undefined) return failed({ kind: 'not-found' })
  const children = childrenOf(row).filter((child) => child.after !== undefined)
  const reasons = [row, ...children].flatMap(({ relation, after = {} }) => refusalsOfDelete(relation, after, facts.of(dataAreaId)))
  if (reasons.length > 0) return failed({ kind: 'refused', infolog: withoutRepeats(reasons) })
  const dependent = await findDependent(sql, table, before)
  if (dependent !== undefined) {
    const field = operation.entity.key.at(-1) ?? ''
    return failed({ kind: 'refused', infolog: [{ ...refuseField(field, 'L05', dependent), severity: 'Error' }] })
  }
  for (const gone of [...children, row]) {
    facts.replace(gone.relation, gone.after, undefined)
    gone.after = undefined
    if (gone !== row) gone.deletedWith = row
  }
  return done('deleted', before)
}

const refusalsOfDelete = (relation: string, row: FieldValues, facts: Facts): readonly InfologEntry[] =>
  rulesOf(relation).refuseDelete?.(row, facts) ?? []

interface SettleInput extends ChangeSetOptions {
  readonly index: number
  readonly collisions: ReadonlySet<TrackedRow>
  readonly unnumbered: ReadonlyMap<TrackedRow, readonly InfologEntry[]>
}

/** The identity that the row has now; a row that someone else created in the meantime is a duplicate after all. */
function settle(
  write: PlannedWrite,
  outcome: WriteOutcome | undefined,
  { index, onFailure, collisions, unnumbered }: SettleInput,
): WriteOutcome {
  if (outcome === undefined) throw new TypeError('an operation without outcome')
  if (!outcome.ok) return outcome
  const row = write.row()
  const infolog = unnumbered.get(row)
  const failure: WriteFailure | undefined = collisions.has(row)
    ? { kind: 'duplicate', infolog: [duplicateEntry(write.operation.entity, write.table, outcome.values)] }
    : infolog && { kind: 'refused', infolog }
  if (failure !== undefined && onFailure === 'stop') throw new ChangeSetFailure(index, failure)
  if (failure !== undefined) return failed(failure)
  const identity = row.identity ?? row.stored
  return { ...outcome, values: row.after ?? outcome.values, recId: identity?.recId ?? '', recVersion: identity?.recVersion ?? '' }
}
