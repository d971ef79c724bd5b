import { expect, test } from 'vitest'
import { opportunityPartiesAfter, type Parties, type WrittenParties } from './opportunity-customer.ts'

const A = { table: 'account', id: 'a' }
const B = { table: 'account', id: 'b' }
const C = { table: 'contact', id: 'c' }
const D = { table: 'contact', id: 'd' }
const NONE: Parties = { customerid: null, parentaccountid: null, parentcontactid: null }
const BOTH: Parties = { customerid: A, parentaccountid: A, parentcontactid: C }

const short = ({ customerid, parentaccountid, parentcontactid }: Parties): string =>
  [customerid, parentaccountid, parentcontactid].map((party) => party?.id ?? '-').join(' ')

/** Stored, written, then customer, account and contact. */
const CASES: readonly (readonly [Parties, WrittenParties, string])[] = [
  [NONE, { parentaccountid: A }, 'a a -'],
  [NONE, { parentcontactid: C }, 'c - c'],
  [NONE, { parentaccountid: A, parentcontactid: C }, 'a a c'],
  [NONE, { customerid: A }, 'a a -'],
  [NONE, { customerid: C }, 'c - c'],
  [NONE, { customerid: A, parentcontactid: C }, 'a a c'],
  [NONE, { customerid: C, parentaccountid: A }, 'a a c'],
  [NONE, { customerid: A, parentaccountid: B }, 'b b -'],
  [NONE, { customerid: A, parentaccountid: null }, 'a a -'],
  [BOTH, {}, 'a a c'],
  [BOTH, { parentaccountid: null }, 'c - c'],
  [BOTH, { parentaccountid: null, parentcontactid: null }, '- - -'],
  [BOTH, { parentcontactid: D }, 'a a d'],
  [BOTH, { customerid: B }, 'b b c'],
  [BOTH, { customerid: D }, 'd - d'],
  [BOTH, { customerid: null }, '- - -'],
]

test.each(
  CASES.map(([stored, written, expected]) => ({ stored: short(stored), written, expected, parties: stored })),
)('opportunity of $stored with $written becomes $expected', ({ parties, written, expected }) => {
  expect(short(opportunityPartiesAfter(parties, written))).toBe(expected)
})
