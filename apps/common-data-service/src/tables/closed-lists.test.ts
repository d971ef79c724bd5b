import { expect, test } from 'vitest'
import * as lists from './closed-lists.ts'

const SPELLED: readonly (readonly [lists.ClosedList, string, string | undefined])[] = [
  [lists.ORDER_STATUS, 'PackingSlip', 'PackingSlip'],
  [lists.ORDER_STATUS, ' packing slip ', 'PackingSlip'],
  [lists.ORDER_STATUS, 'PARTIALLYSHIPPED', 'PartiallyShipped'],
  [lists.ORDER_STATUS, 'Draft', undefined],
  [lists.ORDER_STATUS, 'Delivered', undefined],
  [lists.UNIT_OF_MEASURE, 'each', 'Each'],
  [lists.UNIT_OF_MEASURE, 'kilowatt hour', 'KilowattHour'],
  [lists.UNIT_OF_MEASURE, 'PHVALUE', 'pHValue'],
  [lists.UNIT_OF_MEASURE, 'Primary Unit', undefined],
  [lists.UNIT_OF_MEASURE, 'ea', undefined],
  [lists.PARTY_TYPE, 'person', 'Person'],
  [lists.GENDER, 'Unknown', undefined],
  [lists.CURRENCY_CODE, ' eur ', 'EUR'],
  [lists.CURRENCY_CODE, 'EURO', undefined],
  [lists.CURRENCY_CODE, '€', undefined],
]

test.each(SPELLED)('$name spells %j', (list, text, expected) => {
  expect(list.spell(text)).toBe(expected)
})

/** Copied from templates 2.3. */
const ORDER_STATUS =
  'Active, Cancelled, Confirmed, Invoice, PackingSlip, PartiallyInvoiced, PartiallyPacked, PartiallyPicked, PartiallyShipped, Picked, Quote, Shipped'

test('the states of an order and the units that the templates name are in their lists', () => {
  expect(lists.ORDER_STATUS.expected).toBe(`one of ${ORDER_STATUS}`)
  for (const unit of ['Each', 'Piece', 'Box', 'Kilogram', 'Pound', 'Hour']) expect(lists.UNIT_OF_MEASURE.spell(unit)).toBe(unit)
})
