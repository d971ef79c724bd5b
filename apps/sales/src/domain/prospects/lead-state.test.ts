import { expect, test } from 'vitest'
import { LEAD_STATES, type LeadState, leadStateOf, refuseLeadMove } from './lead-state.ts'

/** The whole table of Sales 2.1 for plain writes: allowed, or the code of the refusal. */
const EXPECTED: Record<LeadState, Record<LeadState, string>> = {
  open: { open: '0x80040518', qualified: 'allowed', disqualified: 'allowed' },
  qualified: { open: 'allowed', qualified: '0x80040519', disqualified: '0x80040519' },
  disqualified: { open: 'allowed', qualified: '0x80040519', disqualified: '0x80040519' },
}

const states = Object.keys(LEAD_STATES) as LeadState[]
const move = { lead: 'Deck equipment', way: 'patch', onlyReason: false, hasOpportunity: false } as const

test.each(states.flatMap((from) => states.map((to) => [from, to] as const)))('by a plain write: %s to %s', (from, to) => {
  expect(refuseLeadMove({ ...move, from, to })?.code ?? 'allowed').toBe(EXPECTED[from][to])
  // Another reason of the same state is no change of state.
  if (from === to) expect(refuseLeadMove({ ...move, from, to, onlyReason: true })).toBeUndefined()
})

test.each(states)('by QualifyLead: %s', (from) => {
  const expected = from === 'open' ? 'allowed' : '0x80040519'
  expect(refuseLeadMove({ ...move, from, to: 'qualified', way: 'qualify' })?.code ?? 'allowed').toBe(expected)
})

test('a lead with an opportunity is not disqualified, but it is opened again', () => {
  expect(refuseLeadMove({ ...move, from: 'open', to: 'disqualified', hasOpportunity: true })?.code).toBe('0x80040203')
  expect(refuseLeadMove({ ...move, from: 'qualified', to: 'open', hasOpportunity: true })).toBeUndefined()
})

test('a state is known by its number only', () => {
  expect(states.map((state) => leadStateOf(LEAD_STATES[state]))).toEqual(states)
  expect([leadStateOf(3), leadStateOf(null), leadStateOf('0')]).toEqual([undefined, undefined, undefined])
})
