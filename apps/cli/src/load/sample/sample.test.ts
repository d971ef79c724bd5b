import { parseDecimal } from '@p2c/base'
import { expect, test } from 'vitest'
import { PLACES } from './places.ts'
import { createRandom } from './random.ts'
import { generateSample } from './sample.ts'

const NON_ASCII = /[^ -~]/

test('the same options give the same sample, another seed gives another one with other numbers', () => {
  const sample = generateSample({ accounts: 200, seed: 7 })
  expect(generateSample({ accounts: 200, seed: 7 })).toEqual(sample)
  const other = generateSample({ accounts: 200, seed: 8 })
  expect(other.accounts.map((account) => account.name)).not.toEqual(sample.accounts.map((account) => account.name))
  const numbers = new Set(sample.accounts.map((account) => account.number))
  expect(other.accounts.some((account) => numbers.has(account.number))).toBe(false)
})

test('a larger sample of the same seed begins with the same account numbers', () => {
  const numbers = (accounts: number): string[] => generateSample({ accounts, seed: 3 }).accounts.map((account) => account.number)
  expect(numbers(50).slice(0, 20)).toEqual(numbers(20))
})

test.each([
  [0, 0, 0, 20],
  [1, 1, 2, 20],
  [4, 4, 5, 20],
  [300, 300, 375, 30],
  [20_000, 20_000, 25_000, 500],
])('%d accounts come with one contact each, one consumer for every four, and products within bounds', (asked, accounts, contacts, products) => {
  const sample = generateSample({ accounts: asked, seed: 1 })
  expect([sample.accounts.length, sample.contacts.length, sample.products.length]).toEqual([accounts, contacts, products])
})

test('products and contacts in the numbers that are asked for are the first of the sample, whatever the other number', () => {
  const whole = generateSample({ accounts: 40, seed: 9 })
  const chosen = generateSample({ accounts: 40, seed: 9, products: 700, contacts: 3 })
  expect(chosen.accounts).toEqual(whole.accounts)
  expect(chosen.contacts).toEqual(whole.contacts.slice(0, 3))
  expect(chosen.products).toHaveLength(700)
  expect(chosen.products.slice(0, 20)).toEqual(whole.products)
  expect(generateSample({ accounts: 40, seed: 9, contacts: 0, products: 0 })).toMatchObject({ contacts: [], products: [] })
})

test('every row fits the narrower of the two applications', () => {
  for (const seed of [0, 1, 10_000_000]) {
    const { accounts, contacts, products } = generateSample({ accounts: 500, seed })
    for (const { number } of [...accounts, ...contacts, ...products]) expect(number).toMatch(/^[A-Z]+\d+-\d{6,}$/)
    for (const { number } of [...accounts, ...contacts, ...products]) expect(number.length).toBeLessThanOrEqual(20)
    for (const { name } of [...accounts, ...products]) expect(name.length).toBeLessThanOrEqual(100)
    for (const { firstName = '', middleName = '', lastName = '' } of contacts) {
      for (const name of [firstName, middleName, lastName]) expect(name.length).toBeLessThanOrEqual(25)
      expect(lastName).not.toBe('')
    }
    for (const { address } of [...accounts, ...contacts]) {
      expect(address?.street.length).toBeLessThanOrEqual(60)
      expect(address?.city).not.toBe('')
      expect(address?.postalCode).not.toMatch(/[#@]/)
    }
  }
})

test('numbers are unique, contacts name accounts of the sample, consumers are active customers', () => {
  const { accounts, contacts, products } = generateSample({ accounts: 400, seed: 2 })
  const numbers = [...accounts, ...contacts, ...products].map((row) => row.number.toLowerCase())
  expect(new Set(numbers).size).toBe(numbers.length)
  const known = new Set(accounts.map((account) => account.number))
  for (const contact of contacts) {
    if (contact.accountNumber === undefined) expect(contact.activeCustomer).toBe(true)
    else expect(known).toContain(contact.accountNumber)
  }
  const employees = contacts.filter((contact) => contact.accountNumber !== undefined)
  expect(employees.filter((contact) => contact.activeCustomer).length).toBeGreaterThan(0)
  expect(employees.filter((contact) => contact.activeCustomer).length).toBeLessThan(employees.length / 2)
})

test('amounts are plain decimal text, dates are days that exist', () => {
  const { accounts, contacts, products } = generateSample({ accounts: 400, seed: 5 })
  for (const { salesPrice, unitCost } of products) {
    for (const amount of [salesPrice, unitCost]) expect(amount).toMatch(/^\d+\.\d\d$/)
    expect(Number(unitCost)).toBeLessThan(Number(salesPrice))
  }
  for (const { creditLimit = '' } of accounts) expect(parseDecimal(creditLimit)).toBeDefined()
  for (const { birthDate } of contacts)
    if (birthDate !== undefined) expect(new Date(`${birthDate}T00:00:00Z`).toISOString().slice(0, 10)).toBe(birthDate)
})

test('the sample is international: twelve countries in several spellings and letters beyond ASCII', () => {
  expect(PLACES).toHaveLength(12)
  const { accounts, contacts } = generateSample({ accounts: 1000, seed: 1 })
  const countries = new Set(accounts.map((account) => account.address?.country))
  expect(countries.size).toBeGreaterThan(24)
  expect(new Set(accounts.map((account) => account.currency)).size).toBeGreaterThan(2)
  expect(accounts.filter((account) => NON_ASCII.test(account.name)).length).toBeGreaterThan(300)
  expect(contacts.filter((contact) => /\p{Script=Cyrillic}/u.test(contact.lastName ?? '')).length).toBeGreaterThan(0)
})

test('chance stays within its limits', () => {
  const random = createRandom(1)
  for (let turn = 0; turn < 10_000; turn += 1) expect(random.below(7)).toBeLessThan(7)
  expect(random.pattern('##-@@ x')).toMatch(/^\d\d-[A-Z]{2} x$/)
  expect(() => random.pick([])).toThrow('nothing to pick from')
})
