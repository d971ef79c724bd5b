import { expect, test } from 'vitest'
import { hasExternalProductsOnly } from './p2c-documents.ts'

const external = { isFreightTax: false, isProductExternal: true }
const writeIn = { isFreightTax: false, isProductExternal: false }

test('S5 one line without an externally maintained product makes the flag No', () => {
  expect(hasExternalProductsOnly([external, external])).toBe(true)
  expect(hasExternalProductsOnly([external, writeIn])).toBe(false)
})

test('S5 a document without lines keeps Yes, and a Freight Tax line does not count', () => {
  expect(hasExternalProductsOnly([])).toBe(true)
  expect(hasExternalProductsOnly([{ isFreightTax: true, isProductExternal: false }])).toBe(true)
})
