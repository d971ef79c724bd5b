import { expect, test } from 'vitest'
import { companyProjections, isCompanyAnAccount } from './customer.ts'

const account = { table: 'account', id: '1' }
const contact = { table: 'contact', id: '2' }

test.each([
  [account, true],
  [contact, false],
  [null, false],
])('S2 the company %j is an account: %j', (company, expected) => {
  expect(isCompanyAnAccount(company)).toBe(expected)
})

test('the projections name the company by its table', () => {
  expect(companyProjections(account)).toEqual({ accountid: account, parentcontactid: null })
  expect(companyProjections(contact)).toEqual({ accountid: null, parentcontactid: contact })
  expect(companyProjections(null)).toEqual({ accountid: null, parentcontactid: null })
})
