import type { RuleRefusal } from '../refusal.ts'
import { NOT_FROM_HERE, type StateTable, type StateWrite, stateLabel, stateNamed, USE_REQUEST } from './document-state.ts'

/** `statecode` of quotes by name. Source: Sales 2.3. */
export const QUOTE_STATES = { draft: 0, active: 1, won: 2, closed: 3 } as const
export type QuoteState = keyof typeof QUOTE_STATES

/** Reasons that rules set. Source: Sales 2.3. */
export const QUOTE_REVISED = 7

const NOT_DRAFT = (from: QuoteState): RuleRefusal => ({
  code: '0x80100003',
  message: `The quote is ${stateLabel(from)}: only a draft quote can be activated.`,
})
const USE_WIN = USE_REQUEST('quote', 'won', 'WinQuoteRequest')
const USE_CLOSE = USE_REQUEST('quote', 'closed', 'CloseQuoteRequest')

const from = (state: QuoteState, draft: StateWrite): Readonly<Record<QuoteState, StateWrite>> => ({
  draft,
  active: state === 'draft' ? 'move' : NOT_DRAFT(state),
  won: USE_WIN,
  closed: USE_CLOSE,
})

/** Plain writes of the state: drafts are activated, everything else is taken back to draft. Source: Sales 2.3. */
export const QUOTE_STATE_TABLE: StateTable<QuoteState> = {
  document: 'quote',
  states: QUOTE_STATES,
  writes: { draft: from('draft', 'same'), active: from('active', 'move'), won: from('won', 'move'), closed: from('closed', 'move') },
}

export const QUOTE_EVENTS = ['win', 'close', 'revise', 'convert'] as const
export type QuoteEvent = (typeof QUOTE_EVENTS)[number]

/** State after the message of the event; what is missing is refused. `revise` closes an active quote first. Source: Sales 2.3. */
const EVENTS: Readonly<Record<QuoteState, Partial<Record<QuoteEvent, QuoteState>>>> = {
  draft: {},
  active: { win: 'won', close: 'closed', revise: 'closed', convert: 'won' },
  won: { convert: 'won' },
  closed: { revise: 'closed' },
}

const NEEDS: Readonly<Record<QuoteEvent, string>> = {
  win: 'only an active quote can be won',
  close: 'only an active quote can be closed; a draft is deleted or activated first',
  revise: 'only an active or closed quote can be revised',
  convert: 'only a won or active quote becomes an order',
}

/** Why a message does not apply to a quote in this state; undefined where it does. */
export function refuseQuoteEvent(statecode: number, event: QuoteEvent): RuleRefusal | undefined {
  const state = stateNamed(QUOTE_STATES, statecode)
  if (state === undefined) return NOT_FROM_HERE('quote', String(statecode), event)
  if (EVENTS[state][event] !== undefined) return undefined
  return { code: '0x80048408', message: `The quote is ${stateLabel(state)}: ${NEEDS[event]}.` }
}

/** A number has one quote at most that is Draft or Active. Source: Sales 2.3, Templates 2.1. */
export const OPEN_REVISION_EXISTS = (quotenumber: string, open: string): RuleRefusal => ({
  code: '0x80048d00',
  message: `Another revision of quote '${quotenumber}' is ${open}: a quote number has one draft or active quote at most.`,
})

/** The revision that follows the highest of a number. */
export const nextRevision = (revisions: readonly number[]): number => Math.max(-1, ...revisions) + 1

/** True for the states of which a number has one at most. */
export const isOpenQuote = (statecode: unknown): boolean => statecode === QUOTE_STATES.draft || statecode === QUOTE_STATES.active
