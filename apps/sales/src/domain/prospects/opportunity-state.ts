import type { RuleRefusal } from '../refusal.ts'

/** `statecode` of opportunities by name. Source: Sales 2.2. */
export const OPPORTUNITY_STATES = { open: 0, won: 1, lost: 2 } as const
export type OpportunityState = keyof typeof OPPORTUNITY_STATES
export type ClosedOpportunityState = Exclude<OpportunityState, 'open'>

/** The reasons of each state, the default one first. Source: Sales 2.2. */
export const OPPORTUNITY_REASONS: Record<OpportunityState, readonly number[]> = { open: [1, 2], won: [3], lost: [4, 5] }

export const OPPORTUNITY_ALREADY_OPEN = '0x8004051a'
export const OPPORTUNITY_ALREADY_CLOSED = '0x80040515'
export const OPPORTUNITY_HAS_QUOTES = '0x80040516'
export const OPPORTUNITY_STATE_BY_ACTION = '0x80100005'
export const OPPORTUNITY_INACTIVE = '0x80040230'
const REASON_NOT_OF_STATE = '0x80048408'

/** Every pair of states for a plain write: undefined where it may be, or the code that refuses it. */
const PATCHES: Record<OpportunityState, Record<OpportunityState, string | undefined>> = {
  open: { open: OPPORTUNITY_ALREADY_OPEN, won: OPPORTUNITY_STATE_BY_ACTION, lost: OPPORTUNITY_STATE_BY_ACTION },
  won: { open: undefined, won: OPPORTUNITY_STATE_BY_ACTION, lost: OPPORTUNITY_STATE_BY_ACTION },
  lost: { open: undefined, won: OPPORTUNITY_STATE_BY_ACTION, lost: OPPORTUNITY_STATE_BY_ACTION },
}

const MESSAGES: Record<ClosedOpportunityState, string> = { won: 'WinOpportunity', lost: 'LoseOpportunity' }
const LABELS: Record<OpportunityState, string> = { open: 'Open', won: 'Won', lost: 'Lost' }

/** Name of a `statecode`; undefined for another value. */
export const opportunityStateOf = (statecode: unknown): OpportunityState | undefined =>
  (Object.keys(OPPORTUNITY_STATES) as OpportunityState[]).find((name) => OPPORTUNITY_STATES[name] === statecode)

export interface OpportunityMove {
  readonly opportunity: string
  readonly from: OpportunityState
  readonly to: OpportunityState
  /** The write names another reason of the open state: that is no change of state. */
  readonly onlyReason: boolean
}

/** Why a plain write may not change the state of an opportunity; undefined where it may. Source: Sales 2.2. */
export function refuseOpportunityPatch({ opportunity, from, to, onlyReason }: OpportunityMove): RuleRefusal | undefined {
  const code = PATCHES[from][to]
  if (code === undefined) return undefined
  if (to !== 'open') {
    return {
      code,
      message: `This message can not be used to set the state of opportunity to ${LABELS[to]}. In order to set state of opportunity to ${LABELS[to]}, use the ${MESSAGES[to]} message instead.`,
    }
  }
  return onlyReason ? undefined : { code, message: `Opportunity '${opportunity}' is already in the open state.` }
}

/** Why an opportunity may not be closed; undefined where it may. Source: Sales 2.2. */
export function refuseClosing(facts: {
  readonly opportunity: string
  readonly state: OpportunityState
  /** Numbers of its quotes that are Draft or Active. */
  readonly openQuotes: readonly string[]
}): RuleRefusal | undefined {
  if (facts.state !== 'open') {
    return {
      code: OPPORTUNITY_ALREADY_CLOSED,
      message: `Opportunity '${facts.opportunity}' is already closed: it is ${LABELS[facts.state]}.`,
    }
  }
  if (facts.openQuotes.length === 0) return undefined
  return {
    code: OPPORTUNITY_HAS_QUOTES,
    message: `Opportunity '${facts.opportunity}' cannot be closed: it has quotes that are Draft or Active (${facts.openQuotes.slice(0, 5).join(', ')}). Close or delete these first.`,
  }
}

/** The reason that a close message asks for: -1 is the default of the state; undefined where it belongs to another state. */
export const closeReason = (to: ClosedOpportunityState, status: number): number | undefined =>
  status === -1 ? OPPORTUNITY_REASONS[to][0] : OPPORTUNITY_REASONS[to].find((reason) => reason === status)

export const REASON_OF_OTHER_STATE = (facts: {
  readonly id: string
  readonly status: number
  readonly to: ClosedOpportunityState
}): RuleRefusal => ({
  code: REASON_NOT_OF_STATE,
  message: `${facts.status} is not a valid status code for state code OpportunityState.${LABELS[facts.to]} on opportunity with Id ${facts.id}.`,
})

/** Why a client may not write a line of an opportunity; undefined where it may. Source: Sales 4.1, our choice of code. */
export const refuseClosedLine = (opportunity: string, state: OpportunityState): RuleRefusal | undefined =>
  state === 'open'
    ? undefined
    : {
        code: OPPORTUNITY_INACTIVE,
        message: `Opportunity '${opportunity}' is ${LABELS[state]}: its lines cannot be changed. Open it again first.`,
      }

/** Columns that a client may write on a closed opportunity: state and reason to open it again, and who owns it. */
const WRITABLE_WHEN_CLOSED: readonly string[] = ['statecode', 'statuscode', 'ownerid']

/**
 * Why a client may not write a column of a closed opportunity; undefined where it may. What was won or lost stays as it was:
 * reopen first, in the same write if need be. Source: Sales 8, our choice of scope.
 */
export function refuseClosedWrite(facts: {
  readonly opportunity: string
  readonly from: OpportunityState
  readonly to: OpportunityState
  /** Columns that get another value. */
  readonly columns: readonly string[]
}): RuleRefusal | undefined {
  if (facts.from === 'open' || facts.to === 'open') return undefined
  const column = facts.columns.find((name) => !WRITABLE_WHEN_CLOSED.includes(name))
  if (column === undefined) return undefined
  return {
    code: OPPORTUNITY_INACTIVE,
    message: `Opportunity '${facts.opportunity}' is ${LABELS[facts.from]}: '${column}' cannot be changed. Open it again first.`,
  }
}
