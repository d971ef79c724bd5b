import type { RuleRefusal } from '../refusal.ts'

/**
 * What a plain write of a document's state means: `same` is no change, `move` any writer may do, `reopen` administrators and the
 * integration may, `take-back` the integration alone; anything else is refused. Source: Sales 2.3 to 2.5.
 */
export type StateWrite = 'same' | 'move' | 'reopen' | 'take-back' | RuleRefusal

/** Every pair of states of one document, by name. */
export type StateWrites<State extends string> = Readonly<Record<State, Readonly<Record<State, StateWrite>>>>

export interface StateWriter {
  readonly isAdministrator: boolean
  readonly isIntegrationUser: boolean
}

/** Numbers of the states and what a plain write of each pair means. */
export interface StateTable<State extends string> {
  /** As texts show it: `quote`. */
  readonly document: string
  readonly states: Readonly<Record<State, number>>
  readonly writes: StateWrites<State>
}

/** Name of a `statecode`; undefined for another value. */
export const stateNamed = <State extends string>(states: Readonly<Record<State, number>>, statecode: unknown): State | undefined =>
  (Object.keys(states) as State[]).find((name) => states[name] === statecode)

/** `canceled` as it is shown: `Canceled`. */
export const stateLabel = (state: string): string => `${state.charAt(0).toUpperCase()}${state.slice(1)}`

/** A state that the document cannot take from where it is. Pairing of code and situation is our choice. Source: Sales 2.3, 2.4. */
export const NOT_FROM_HERE = (document: string, from: string, to: string): RuleRefusal => ({
  code: '0x80048408',
  message: `The ${document} is ${stateLabel(from)} and cannot become ${stateLabel(to)}.`,
})

/** The state belongs to a message of its own. Text: Sales 2.3; its code is our choice. */
export const USE_REQUEST = (document: string, to: string, request: string): RuleRefusal => ({
  code: '0x80040203',
  message: `${stateLabel(document)} status cannot be changed to ${stateLabel(to)}. Please use the ${request} instead.`,
})

const MAY_NOT_REOPEN = (document: string, from: string): RuleRefusal => ({
  code: '0x80040220',
  status: 403,
  message: `A ${document} that is ${stateLabel(from)} is reopened by an administrator or the integration only.`,
})

export interface StateMove {
  readonly from: number
  readonly to: number
}

/** What writing a `statecode` over another means. */
function stateWriteOf<State extends string>(table: StateTable<State>, move: StateMove): StateWrite {
  const from = stateNamed(table.states, move.from)
  const to = stateNamed(table.states, move.to)
  return from === undefined || to === undefined ? NOT_FROM_HERE(table.document, String(move.from), String(move.to)) : table.writes[from][to]
}

/** Why a plain write may not take a document from one `statecode` to another; undefined where it may. */
export function refuseStateWrite<State extends string>(
  table: StateTable<State>,
  move: StateMove,
  writer: StateWriter,
): RuleRefusal | undefined {
  const write = stateWriteOf(table, move)
  if (write === 'same' || write === 'move') return undefined
  const label = (statecode: number): string => stateNamed(table.states, statecode) ?? String(statecode)
  if (write === 'reopen')
    return writer.isAdministrator || writer.isIntegrationUser ? undefined : MAY_NOT_REOPEN(table.document, label(move.from))
  if (write === 'take-back') return writer.isIntegrationUser ? undefined : NOT_FROM_HERE(table.document, label(move.from), label(move.to))
  return write
}
