import type { SqlRunner } from '@p2c/base'
import type { FieldValues } from '../domain/field-value.ts'
import { refuseField } from '../domain/messages.ts'
import { rulesOf } from '../domain/table-rules.ts'
import type { Table } from '../entities/catalogue.ts'
import { decideWrite, duplicateEntry, initialValues } from './decide-write.ts'
import { findDependent } from './dependents.ts'
import { flushRows } from './flush-rows.ts'
import { createKnownFacts, type KnownFacts } from './known-facts.ts'
import { numberNewRows } from './number-new-rows.ts'
import { type PlannedWrite, planWrites, questionsOf } from './plan-writes.ts'
import type { TrackedRow } from './tracked-row.ts'
import type { WriteFailure, WriteOperation, WriteOutcome, WriteScope } from './write-operation.ts'

export interface ChangeSetOptions {
  readonly scope: WriteScope
  /** `stop`: the first failure ends the change set and nothing is written. `skip`: the failed row is left out, the others are written. */
  readonly onFailure: 'stop' | 'skip'
}

/** Thrown to roll a change set back; the outcomes up to and including the failed operation are known. */
export class ChangeSetFailure extends Error {
  readonly index: number
  readonly failure: WriteFailure

  constructor(index: number, failure: WriteFailure) {
    super(`operation ${index} of a change set failed`)
    this.name = 'ChangeSetFailure'
    this.index = index
    this.failure = failure
  }
}

/**
 * Runs many writes in few statements: rows and references are read set by set, the rules decide in memory in the order given,
 * then each table is written once. Later operations see the rows of earlier ones. Must run inside a transaction.
 * Throws `ChangeSetFailure` when an operation fails and `onFailure` is `stop`.
 */
export async function writeChangeSet(
  sql: SqlRunner,
  operations: readonly WriteOperation[],
  options: ChangeSetOptions,
): Promise<WriteOutcome[]> {
  const plan = await planWrites(sql, operations, options.scope)
  const facts = createKnownFacts()
  await facts.ask(sql, plan.writes.flatMap(questionsOf))
  await facts.ask(
    sql,
    plan.writes.flatMap((write) => laterQuestions(write, facts)),
  )
  const outcomes: WriteOutcome[] = []
  for (const [index, write] of plan.writes.entries()) {
    const outcome = await applyWrite(sql, write, facts)
    if (!outcome.ok && options.onFailure === 'stop') throw new ChangeSetFailure(index, outcome.failure)
    outcomes.push(outcome)
  }
  await numberNewRows(sql, plan.rows())
  const collisions = await flushRows(sql, plan.rows(), plan.following)
  return plan.writes.map((write, index) => settle(write, outcomes[index], collisions, { index, ...options }))
}

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

async function applyWrite(sql: SqlRunner, write: PlannedWrite, facts: KnownFacts): Promise<WriteOutcome> {
  if (write.problem !== undefined) return failed(write.problem)
  const row = write.row()
  const before = row.after
  const { operation } = write
  if (operation.kind === 'create' && before !== undefined)
    return failed({ kind: 'duplicate', infolog: [duplicateEntry(operation.entity, write.table, before)] })
  if (operation.kind === 'update' || operation.kind === 'delete') {
    if (before === undefined) return failed({ kind: 'not-found' })
    if (operation.accepts !== undefined && row.stored !== undefined && !operation.accepts(row.stored)) return failed({ kind: 'stale' })
    if (operation.kind === 'delete') return removeRow(sql, write, { row, before, facts })
  }
  return changeRow(write, { row, before, facts })
}

interface RowState {
  readonly row: TrackedRow
  readonly before: FieldValues | undefined
  readonly facts: KnownFacts
}

function changeRow(write: PlannedWrite, { row, before, facts }: RowState): WriteOutcome {
  const { operation, table } = write
  const given = new Set(Object.keys(operation.values))
  // The preview is this row unless an earlier operation of the change set has touched it.
  const merged = before === row.stored?.values ? write.preview : mergedAgain(write, before)
  const decision = decideWrite(operation.entity, rulesOf(table.relation), {
    ...(before !== undefined && { before }),
    row: merged,
    given,
    facts: facts.of(write.dataAreaId),
    entityName: operation.entity.name,
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
const mergedAgain = ({ table, operation, keyValues }: PlannedWrite, before: FieldValues | undefined): FieldValues =>
  before === undefined ? { ...initialValues(table), ...operation.values, ...keyValues } : { ...before, ...operation.values }

const isUnchanged = (table: Table, before: FieldValues, after: FieldValues): boolean =>
  [...table.properties.keys()].every((name) => before[name] === after[name])

async function removeRow(sql: SqlRunner, { operation, table }: PlannedWrite, { row, before, facts }: RowState): Promise<WriteOutcome> {
  if (before === undefined) return failed({ kind: 'not-found' })
  const dependent = await findDependent(sql, table, before)
  if (dependent !== undefined) {
    const field = operation.entity.key.at(-1) ?? ''
    return failed({ kind: 'refused', infolog: [{ ...refuseField(field, 'L05', dependent), severity: 'Error' }] })
  }
  row.after = undefined
  facts.replace(table.relation, before, undefined)
  return done('deleted', before)
}

/** The identity that the row has now; a row that someone else created in the meantime is a duplicate after all. */
function settle(
  write: PlannedWrite,
  outcome: WriteOutcome | undefined,
  collisions: ReadonlySet<TrackedRow>,
  { index, onFailure }: ChangeSetOptions & { readonly index: number },
): WriteOutcome {
  if (outcome === undefined) throw new TypeError('an operation without outcome')
  if (!outcome.ok) return outcome
  const row = write.row()
  if (collisions.has(row)) {
    const failure: WriteFailure = { kind: 'duplicate', infolog: [duplicateEntry(write.operation.entity, write.table, outcome.values)] }
    if (onFailure === 'stop') throw new ChangeSetFailure(index, failure)
    return failed(failure)
  }
  const identity = row.identity ?? row.stored
  return { ...outcome, values: row.after ?? outcome.values, recId: identity?.recId ?? '', recVersion: identity?.recVersion ?? '' }
}
