import type { RuleRefusal } from '../refusal.ts'

/** `statecode` of leads by name. Source: Sales 2.1. */
export const LEAD_STATES = { open: 0, qualified: 1, disqualified: 2 } as const
export type LeadState = keyof typeof LEAD_STATES

/** Reason that a state gets when none is named. Source: Sales 2.1. */
export const LEAD_REASONS: Record<LeadState, number> = { open: 1, qualified: 3, disqualified: 4 }

/** How a lead is asked to change: a plain write of `statecode`, or the action `QualifyLead`. */
export const LEAD_WAYS = ['patch', 'qualify'] as const
export type LeadWay = (typeof LEAD_WAYS)[number]

export const LEAD_ALREADY_OPEN = '0x80040518'
export const LEAD_ALREADY_CLOSED = '0x80040519'
/** Code derived: the source names the rule only. Source: Sales 2.1. */
export const LEAD_HAS_OPPORTUNITY = '0x80040203'

/** Every pair of states: undefined where a plain write may do it, or the code that refuses it. */
const PATCHES: Record<LeadState, Record<LeadState, string | undefined>> = {
  open: { open: LEAD_ALREADY_OPEN, qualified: undefined, disqualified: undefined },
  qualified: { open: undefined, qualified: LEAD_ALREADY_CLOSED, disqualified: LEAD_ALREADY_CLOSED },
  // A closed lead is opened again before it is closed in another way.
  disqualified: { open: undefined, qualified: LEAD_ALREADY_CLOSED, disqualified: LEAD_ALREADY_CLOSED },
}

/** Name of a `statecode`; undefined for another value. */
export const leadStateOf = (statecode: unknown): LeadState | undefined =>
  (Object.keys(LEAD_STATES) as LeadState[]).find((name) => LEAD_STATES[name] === statecode)

export interface LeadMove {
  readonly lead: string
  readonly from: LeadState
  readonly to: LeadState
  readonly way: LeadWay
  /** The write names another reason of the same state: that is no change of state. */
  readonly onlyReason: boolean
  /** An opportunity came from the lead. */
  readonly hasOpportunity: boolean
}

/** Why a lead may not go from one state to another; undefined where it may. Source: Sales 2.1. */
export function refuseLeadMove(move: LeadMove): RuleRefusal | undefined {
  const code = move.way === 'qualify' ? qualifyCode(move.from) : PATCHES[move.from][move.to]
  if (code !== undefined) return move.onlyReason ? undefined : refusal(code, move)
  if (move.to === 'disqualified' && move.from !== 'disqualified' && move.hasOpportunity) {
    return {
      code: LEAD_HAS_OPPORTUNITY,
      message: `Lead '${move.lead}' cannot be disqualified: an opportunity is linked to it. Close or delete that first.`,
    }
  }
  return undefined
}

/** Source: Sales 2.1 and 8. */
export const MAY_NOT_CREATE_ACCOUNTS = (lead: string): RuleRefusal => ({
  code: '0x80081018',
  status: 403,
  message: `Lead '${lead}' cannot be qualified: you do not have permission to create accounts. Have the account created and link it to the lead first.`,
})

const qualifyCode = (from: LeadState): string | undefined => (from === 'open' ? undefined : LEAD_ALREADY_CLOSED)

const refusal = (code: string, { lead, from }: LeadMove): RuleRefusal => ({
  code,
  message:
    code === LEAD_ALREADY_OPEN
      ? `Lead '${lead}' is already in the open state.`
      : `Lead '${lead}' is already closed (${from}). Open it again first.`,
})
