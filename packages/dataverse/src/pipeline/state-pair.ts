import { wireErrors } from '../errors/wire-errors.ts'
import type { Row } from '../model/plugin.ts'
import type { Table } from '../model/resolved-model.ts'
import type { ColumnDefinition } from '../model/table.ts'

interface StateFacts {
  readonly id: string
  /** The stored state of an update; absent on create. */
  readonly current?: number
}

/**
 * Completes and checks state and status reason: a state alone takes its default reason, a reason must belong to the state
 * (`0x80048408`). Where new rows all begin in one state, the state of a create is ignored. Changes `values`.
 * Source: wire specification 15.1, DV-102, Sales specification 2.
 */
export function pairState(table: Table, values: Row, facts: StateFacts): void {
  const state = table.state?.definition
  const status = table.status?.definition
  if (state?.type !== 'state' || status?.type !== 'status') return
  const isCreate = facts.current === undefined
  if (!isCreate && values[state.name] == null && values[status.name] == null) {
    // A state cannot be emptied: null is as good as not sent.
    delete values[state.name]
    delete values[status.name]
    return
  }
  if (isCreate && state.fixedOnCreate === true) forgetState(values, state, status)
  const givenState = values[state.name]
  const givenStatus = values[status.name]
  const target = typeof givenState === 'number' ? givenState : (facts.current ?? state.default)
  const option = state.options.find((candidate) => candidate.value === target)
  if (option === undefined) throw wireErrors.optionOutOfRange(state.name, table.logicalName, String(target))
  if (typeof givenState === 'number' || isCreate) values[state.name] = target
  if (typeof givenStatus !== 'number' || givenStatus === -1) {
    values[status.name] = option.defaultStatus
    return
  }
  const reason = status.options.find((candidate) => candidate.value === givenStatus)
  if (reason === undefined || reason.state !== target) {
    throw wireErrors.statusNotOfState({ table: table.logicalName, id: facts.id, status: givenStatus, state: option.invariantName })
  }
}

/** A new row begins in the default state: another one is dropped, and with it a reason that belongs to it. */
function forgetState(values: Row, state: StateDefinition, status: StatusDefinition): void {
  const given = values[state.name]
  delete values[state.name]
  const reason = status.options.find((option) => option.value === values[status.name])
  if (reason !== undefined && reason.state === given && given !== state.default) delete values[status.name]
}

type StateDefinition = Extract<ColumnDefinition, { type: 'state' }>
type StatusDefinition = Extract<ColumnDefinition, { type: 'status' }>
