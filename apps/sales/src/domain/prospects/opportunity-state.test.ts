import { expect, test } from 'vitest'
import {
  closeReason,
  OPPORTUNITY_STATES,
  type OpportunityState,
  opportunityStateOf,
  refuseClosedWrite,
  refuseClosing,
  refuseOpportunityPatch,
} from './opportunity-state.ts'

/** The whole table of Sales 2.2 for plain writes: allowed, or the code of the refusal. */
const EXPECTED: Record<OpportunityState, Record<OpportunityState, string>> = {
  open: { open: '0x8004051a', won: '0x80100005', lost: '0x80100005' },
  won: { open: 'allowed', won: '0x80100005', lost: '0x80100005' },
  lost: { open: 'allowed', won: '0x80100005', lost: '0x80100005' },
}
const MESSAGES = { won: 'WinOpportunity', lost: 'LoseOpportunity' } as const

const states = Object.keys(OPPORTUNITY_STATES) as OpportunityState[]
const opportunity = 'Deck winches'

test.each(states.flatMap((from) => states.map((to) => [from, to] as const)))('by a plain write: %s to %s', (from, to) => {
  const refusal = refuseOpportunityPatch({ opportunity, from, to, onlyReason: false })
  expect(refusal?.code ?? 'allowed').toBe(EXPECTED[from][to])
  if (to !== 'open') expect(refusal?.message).toContain(MESSAGES[to])
})

test('another reason of an open opportunity is no change of state, but closing stays with the actions', () => {
  expect(refuseOpportunityPatch({ opportunity, from: 'open', to: 'open', onlyReason: true })).toBeUndefined()
  expect(refuseOpportunityPatch({ opportunity, from: 'won', to: 'won', onlyReason: true })?.code).toBe('0x80100005')
})

test.each([
  ['open', [], undefined],
  ['open', ['QUO-01000-ABCDEF'], '0x80040516'],
  ['won', [], '0x80040515'],
  ['lost', ['QUO-01000-ABCDEF'], '0x80040515'],
] as const)('closing a %s opportunity with open quotes %j', (state, openQuotes, code) => {
  expect(refuseClosing({ opportunity, state, openQuotes })?.code).toBe(code)
})

test.each([
  ['won', -1, 3],
  ['won', 3, 3],
  ['won', 4, undefined],
  ['won', 1, undefined],
  ['lost', -1, 4],
  ['lost', 4, 4],
  ['lost', 5, 5],
  ['lost', 3, undefined],
  ['lost', 0, undefined],
] as const)('closing as %s with reason %d', (to, status, reason) => {
  expect(closeReason(to, status)).toBe(reason)
})

test.each([
  ['open', 'open', ['name'], undefined],
  ['won', 'won', ['name'], '0x80040230'],
  ['lost', 'lost', ['ownerid', 'estimatedvalue'], '0x80040230'],
  ['lost', 'lost', ['statuscode', 'ownerid'], undefined],
  ['won', 'won', [], undefined],
  ['won', 'open', ['statecode', 'statuscode', 'name'], undefined],
] as const)('a client writes on an opportunity going from %s to %s: %j', (from, to, columns, code) => {
  expect(refuseClosedWrite({ opportunity, from, to, columns })?.code).toBe(code)
})

test('a state is known by its number only', () => {
  expect(states.map((state) => opportunityStateOf(OPPORTUNITY_STATES[state]))).toEqual(states)
  expect([opportunityStateOf(3), opportunityStateOf(null), opportunityStateOf('1')]).toEqual([undefined, undefined, undefined])
})
