import { expect, test } from 'vitest'
import { type FreightTaxLine, freightTaxStep } from './p2c-freight-tax.ts'

const LINE: FreightTaxLine = { tax: '6.0000', sequencenumber: 0, isExternal: true }
const values = (tax: string) => ({ tax, sequencenumber: 0, msdynce_ismaintainedexternally: true })

/** The rows of templates 9.1 in their order; "absent from an update" is a plug-in that does not run. */
const ROWS: readonly (readonly [string, string | null, FreightTaxLine | undefined, unknown])[] = [
  ['more than 0, no line', '6.00', undefined, { kind: 'create', values: values('6') }],
  ['more than 0, a line of another amount', '7.5', LINE, { kind: 'update', values: values('7.5') }],
  ['more than 0, the line in step', '6.00', LINE, { kind: 'nothing' }],
  ['more than 0, a line with a number', '6', { ...LINE, sequencenumber: 3 }, { kind: 'update', values: values('6') }],
  ['more than 0, a line of Sales', '6', { ...LINE, isExternal: false }, { kind: 'update', values: values('6') }],
  ['0, a line', '0.0000', LINE, { kind: 'delete' }],
  ['0, no line', '0', undefined, { kind: 'nothing' }],
  ['minus 0, no line', '-0', undefined, { kind: 'nothing' }],
  ['null, a line', null, LINE, { kind: 'delete' }],
  ['null, no line', null, undefined, { kind: 'nothing' }],
  ['less than 0, no line', '-2.5', undefined, { kind: 'create', values: values('-2.5') }],
  ['less than 0, a line', '-2.5', LINE, { kind: 'update', values: values('-2.5') }],
]

test.each(ROWS)('S10 header tax %s', (_case, amount, line, expected) => {
  expect(freightTaxStep(amount, line)).toEqual(expected)
})
