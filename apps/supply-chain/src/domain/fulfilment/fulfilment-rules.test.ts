import { type Decimal, decimal, formatDecimal, sum } from '@p2c/base'
import { expect, test } from 'vitest'
import {
  checkOverdelivery,
  deliverNowAfter,
  hasOtherSign,
  listedAfter,
  overdeliveryPercent,
  pickedAfter,
  QUANTITY_RULES,
  quantityByRule,
  underdeliveredRest,
} from './delivery-quantity.ts'
import { documentGroup, documentValues } from './document-groups.ts'
import { countableBelow, isCountable, type OrderLine, orderLine, toInventoryUnit, toSalesUnit } from './order-line.ts'
import { endBeyond, type RouteLine, registered, routeStatus, toList } from './picking.ts'
import { type ReleaseRule, releasable, releaseStatus } from './release.ts'

/** A line of ten pieces; names as in storage, the rest is nought. */
const lineOf = (values: Readonly<Record<string, string>> = {}): OrderLine =>
  orderLine({ OrderedSalesQuantity: '10', QtyOrdered: '10', ...values })

const texts = (values: readonly Decimal[]): string[] => values.map(formatDecimal)

/** Rule by rule for a stocked line, a service, and a line that gives goods back: 4.4 no. 1. */
test.each([
  [{ DeliveredQuantity: '2', PickedQuantity: '3', SalesDeliverNow: '4' }, true, ['8', '4', '3', '3']],
  [{ DeliveredQuantity: '2', SalesDeliverNow: '4' }, false, ['8', '4', '0', '8']],
  [{ OrderedSalesQuantity: '-5', QtyOrdered: '-5', DeliveredQuantity: '-2' }, true, ['-3', '0', '0', '-3']],
  [{ DeliveredQuantity: '4', CanceledQuantity: '6' }, true, ['0', '0', '0', '0']],
] as const)('the quantity of a line follows its rule: %o', (values, isStocked, expected) => {
  expect(texts(QUANTITY_RULES.map((rule) => quantityByRule(rule, lineOf(values), isStocked)))).toEqual(expected)
})

test.each([
  [{}, '10', '0'],
  [{}, '10.5', '5'],
  [{ DeliveredQuantity: '6' }, '5', '10'],
  [{ DeliveredQuantity: '6', CanceledQuantity: '4' }, '1', '10'],
  [{ OrderedSalesQuantity: '-4', QtyOrdered: '-4' }, '-5', '25'],
  [{ OrderedSalesQuantity: '-4', QtyOrdered: '-4' }, '-4', '0'],
] as const)('over-delivery is a percentage of the ordered quantity: %o, %s', (values, quantity, percent) => {
  const line = lineOf(values)
  expect(formatDecimal(overdeliveryPercent(line, decimal(quantity)))).toBe(percent)
  expect(checkOverdelivery({ ...line, overdeliveryPercent: decimal(percent) }, decimal(quantity))).toBeUndefined()
  if (percent !== '0') expect(checkOverdelivery(line, decimal(quantity))?.code).toBe('E08')
})

test('a rest within the allowed underdelivery may be closed, a larger one not', () => {
  const line = lineOf({ AllowedUnderdeliveryPercentage: '20' })
  expect(texts(['7', '8', '9', '10', '11'].map((each) => underdeliveredRest(line, decimal(each))))).toEqual(['0', '2', '1', '0', '0'])
})

test('goods that were picked leave first, and nothing is used up below nought', () => {
  const line = lineOf({ PickedQuantity: '3', SalesDeliverNow: '4', PickingListQuantity: '5' })
  expect(texts(['2', '3', '4'].map((each) => pickedAfter(line, decimal(each))))).toEqual(['1', '0', '0'])
  expect(texts(['3', '4', '5'].map((each) => deliverNowAfter(line, decimal(each))))).toEqual(['1', '0', '0'])
  expect(texts(['3', '5', '7', '10', '12'].map((each) => listedAfter(line, decimal(each))))).toEqual(['5', '5', '3', '0', '0'])
  expect(hasOtherSign(line, decimal('-1'))).toBe(true)
  expect(hasOtherSign(lineOf({ OrderedSalesQuantity: '-1' }), decimal('-1'))).toBe(false)
})

test('quantities are counted in both units of a line, or not at all', () => {
  const box = lineOf({ OrderedSalesQuantity: '3', QtyOrdered: '36' })
  expect(formatDecimal(toInventoryUnit(box, decimal('2')))).toBe('24')
  expect(formatDecimal(toSalesUnit(box, decimal('24')))).toBe('2')
  const pieces = { sales: 0, inventory: 0 }
  expect(isCountable(box, decimal('2'), pieces)).toBe(true)
  expect(isCountable(box, decimal('0.5'), pieces)).toBe(false)
  expect(isCountable(box, decimal('0.5'), { sales: 1, inventory: 0 })).toBe(true)
  expect(isCountable(box, decimal('0.3'), { sales: 1, inventory: 0 })).toBe(false)
  // Seven pieces of an item that is counted in boxes: no number of boxes gives them back.
  const piece = lineOf({ OrderedSalesQuantity: '24', QtyOrdered: '2' })
  expect(isCountable(piece, decimal('7'), { sales: 0, inventory: 6 })).toBe(false)
  expect(isCountable(piece, decimal('12'), pieces)).toBe(true)
  expect(formatDecimal(countableBelow(box, decimal('30'), pieces))).toBe('2')
  expect(formatDecimal(countableBelow(box, decimal('11'), pieces))).toBe('0')
  expect(formatDecimal(countableBelow(piece, decimal('1.5'), pieces))).toBe('12')
})

const route = (listed: string, picked = '0', ended = '0'): RouteLine => ({
  listed: decimal(listed),
  picked: decimal(picked),
  ended: decimal(ended),
})

test('a route is started with its first piece and complete with its last', () => {
  expect(routeStatus([route('5'), route('3')])).toBe('Activated')
  expect(routeStatus([route('5', '1'), route('3')])).toBe('Started')
  expect(routeStatus([route('5', '5'), route('3', '1', '2')])).toBe('Complete')
  expect(registered(route('5'), decimal('2'), false)).toEqual(route('5', '2'))
  expect(registered(route('5', '1'), decimal('2'), true)).toEqual(route('5', '3', '2'))
  expect(formatDecimal(toList(lineOf({ PickedQuantity: '2', PickingListQuantity: '3', DeliveredQuantity: '1' })))).toBe('4')
  expect(formatDecimal(toList(lineOf({ OrderedSalesQuantity: '-3' })))).toBe('0')
})

test('what lists hold beyond the need is ended, newest list first, and never more than is open', () => {
  const lines = [route('4'), route('5', '2'), route('3')]
  for (let needed = 0; needed <= 12; needed++) {
    const after = endBeyond(lines, decimal(needed))
    const open = sum(after.map(({ listed, picked, ended }) => listed.minus(picked).minus(ended)))
    expect(open.toNumber(), String(needed)).toBe(Math.min(needed, 10))
    for (const [index, line] of after.entries())
      expect(line.ended.greaterThan(0), String(needed)).toBe(index === 2 ? needed < 10 : index === 1 ? needed < 7 : needed < 4)
  }
})

test.each([
  ['NotApplicable', '8', { ok: true, quantity: '8' }],
  ['AllowPartialReservation', '8', { ok: true, quantity: '8' }],
  ['AllowPartialReservation', '0', { ok: true, quantity: '0' }],
  ['RequireFullReservation', '8', { ok: false }],
  ['RequireFullReservation', '10', { ok: true, quantity: '10' }],
] as const)('a warehouse with the rule %s and %s reserved', (rule, reserved, expected) => {
  const decision = releasable(rule satisfies ReleaseRule, lineOf(), decimal(reserved))
  expect(decision.ok ? { ok: true, quantity: formatDecimal(decision.quantity) } : decision).toEqual(expected)
})

test('what is picked or on a list is not released again, and a cancelled rest needs no release', () => {
  const line = lineOf({ PickedQuantity: '2', PickingListQuantity: '3', ReleasedQuantity: '5' })
  expect(releasable('AllowPartialReservation', line, decimal('6'))).toEqual({ ok: true, quantity: decimal('3') })
  expect(releaseStatus([lineOf(), lineOf()])).toBe('Open')
  expect(releaseStatus([lineOf({ ReleasedQuantity: '10' }), lineOf()])).toBe('PartialReleased')
  expect(releaseStatus([lineOf({ ReleasedQuantity: '4', CanceledQuantity: '6' }), lineOf({ CanceledQuantity: '10' })])).toBe('Released')
})

test('lines share a document where order, place and address are the same in any case', () => {
  const values = { SalesOrderNumber: 'SO-1', ShippingSiteId: '1', DeliveryAddressCity: 'Bergen' }
  const group = (more: Readonly<Record<string, string>>) => documentGroup({ ...values, ...more }, ['ShippingSiteId'])
  expect(group({ DeliveryAddressCity: 'BERGEN ' })).toBe(group({}))
  for (const more of [
    { SalesOrderNumber: 'SO-2' },
    { ShippingSiteId: '2' },
    { DeliveryAddressCity: 'Oslo' },
    { DeliveryAddressStreet: 'Kaien 1' },
  ])
    expect(group(more)).not.toBe(group({}))
  expect(
    documentValues(
      ['SalesOrderName', 'DeliveryAddressCity', 'DeliveryTermsCode', 'Unknown'],
      { SalesOrderName: 'A', DeliveryAddressCity: 'Oslo', DeliveryTermsCode: 'CIF' },
      { DeliveryAddressCity: 'Bergen', DeliveryTermsId: 'FOB' },
    ),
  ).toEqual({ SalesOrderName: 'A', DeliveryAddressCity: 'Bergen', DeliveryTermsCode: 'FOB' })
})
