import { expect, test } from 'vitest'
import { formatAddress } from './format-address.ts'

const SEATTLE = { line1: '123 Maple St.', city: 'Seattle', stateorprovince: 'WA', postalcode: '98007', country: 'USA' }
const NAGOYA = { line1: '1-2-3 Sakura', city: 'Nagoya', stateorprovince: 'Aichi', postalcode: '455-2345', country: 'JAPAN' }

test.each([
  [SEATTLE, '123 Maple St.\nSeattle, WA 98007\nUSA'],
  [NAGOYA, '455-2345\nAichi\nNagoya\n1-2-3 Sakura\nJAPAN'],
  [{ ...SEATTLE, stateorprovince: '', postalcode: ' ' }, '123 Maple St.\nSeattle\nUSA'],
  [{ ...NAGOYA, city: '' }, '455-2345\nAichi\n1-2-3 Sakura\nJAPAN'],
  [{ line1: '', city: '', stateorprovince: '', postalcode: '', country: '' }, ''],
])('an address is written as its country does: %o', (address, text) => {
  expect(formatAddress(address)).toBe(text)
})
