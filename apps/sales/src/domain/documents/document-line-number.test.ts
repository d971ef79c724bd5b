import { expect, test } from 'vitest'
import { missingLineNumbers } from './document-line-number.ts'

const lines = (...numbers: readonly (number | null | 'tax')[]) =>
  numbers.map((number, at) => ({
    id: `L${at}`,
    sequenceNumber: number === 'tax' ? 0 : number,
    isFreightTax: number === 'tax',
  }))
const END = 2_147_483_647

test.each([
  ['none given', lines(null, null), { L0: 1, L1: 2 }],
  ['all given', lines(3, 1, 2), {}],
  ['a gap is not filled', lines(1, null, 7), { L1: 8 }],
  ['the first of two keeps its number', lines(4, 4, 4), { L1: 5, L2: 6 }],
  ['0 belongs to the Freight Tax line', lines('tax', 0, null), { L1: 1, L2: 2 }],
  ['numbers below 1 are none', lines(-5, 2), { L0: 3 }],
  ['the end of the range', lines(END, null, 1, null), { L1: 2, L3: 3 }],
  ['no lines', [], {}],
] as const)('%s', (_, given, expected) => {
  expect(Object.fromEntries(missingLineNumbers(given))).toEqual(expected)
})

test('two thousand lines of which each second one lacks a number get numbers that are all different', () => {
  const given = lines(...Array.from({ length: 2_000 }, (_, at) => (at % 2 === 0 ? null : at)))
  const assigned = missingLineNumbers(given)
  const all = given.map((line) => assigned.get(line.id) ?? line.sequenceNumber)
  expect(assigned.size).toBe(1_000)
  expect(new Set(all).size).toBe(2_000)
})
