import { decimal } from '@p2c/base'
import { expect, test } from 'vitest'
import { DEFAULT_ROUNDING } from '../pricing/rounding.ts'
import { closeValues, type OpenValue } from './close-inventory.ts'
import { applyLine } from './lot-lines.ts'
import { createStockBook } from './stock-book.ts'
import { aLine, aState, at13, bringIn, DATE } from './stock-state.fixture.ts'
import { costSums, placeOf } from './stock-state.ts'

const SLIP = { voucher: 'PS', date: DATE, packingSlipNumber: 'PS-1' }
const INVOICE = { voucher: 'INV', date: DATE, invoiceNumber: 'INV-1' }

const value = (id: string, quantity: string, cost: string, more: Partial<OpenValue> = {}): OpenValue => ({
  id,
  isIssue: cost.startsWith('-'),
  quantity: decimal(quantity),
  cost: decimal(cost),
  settledQuantity: decimal(0),
  settledCost: decimal(0),
  ...more,
})

const close = (values: readonly OpenValue[], model = 'FIFO') =>
  closeValues(values, { model, rounding: DEFAULT_ROUNDING }).map((each) => [
    each.id,
    each.adjustment.toFixed(2),
    each.settledQuantity.toFixed(),
    each.settledCost.toFixed(2),
    each.isClosed,
  ])

test('EX-18 the running average includes physical receipts, the invoice posts it anew, and close adjusts to the first receipt', () => {
  const state = aState({ isPhysicalValueIncluded: true })
  bringIn(state, 'R1', '10', { unitCost: '2' })
  applyLine(state, aLine('R2', '-10'))
  applyLine(state, aLine('S', '4'))
  const book = createStockBook(state)
  expect(book.receive('R2', decimal(10), { voucher: 'V2', date: DATE, unitCost: decimal(3) })).toMatchObject({ ok: true })
  expect(book.deduct('S', decimal(4), SLIP)).toEqual({ ok: true, cost: decimal('10') })
  expect(costSums(state, placeOf('A', at13)).PhysicalValue).toEqual(decimal('20'))
  expect(book.sell('S', decimal(4), INVOICE)).toEqual({ ok: true, cost: decimal('10'), physicalCost: decimal('10') })
  expect(costSums(state, placeOf('A', at13))).toMatchObject({ PostedQty: decimal(6), PostedValue: decimal(10), PhysicalValue: decimal(30) })
  expect(close([value('R1', '10', '20'), value('S', '4', '-10')])).toEqual([
    ['R1', '0.00', '4', '8.00', false],
    ['S', '2.00', '4', '8.00', true],
  ])
})

test('EX-18 without physical value the average is that of financial receipts, and close has nothing to adjust', () => {
  const state = aState({ isPhysicalValueIncluded: false })
  bringIn(state, 'R1', '10', { unitCost: '2' })
  applyLine(state, aLine('R2', '-10'))
  applyLine(state, aLine('S', '4'))
  const book = createStockBook(state)
  book.receive('R2', decimal(10), { voucher: 'V2', date: DATE, unitCost: decimal(3) })
  expect(book.deduct('S', decimal(4), SLIP)).toEqual({ ok: true, cost: decimal('8') })
  expect(book.sell('S', decimal(4), INVOICE)).toEqual({ ok: true, cost: decimal('8'), physicalCost: decimal('8') })
  expect(close([value('R1', '10', '20'), value('S', '4', '-8')])).toEqual([
    ['R1', '0.00', '4', '8.00', false],
    ['S', '0.00', '4', '8.00', true],
  ])
})

test('EX-19 stock that was negative makes an average far from any price', () => {
  const state = aState({ isNegativePhysicalAllowed: true, isPhysicalValueIncluded: false })
  bringIn(state, 'R1', '100', { unitCost: '1' })
  applyLine(state, aLine('S1', '200'))
  const book = createStockBook(state)
  expect(book.deduct('S1', decimal(200), SLIP)).toEqual({ ok: true, cost: decimal('200') })
  expect(book.sell('S1', decimal(200), INVOICE)).toMatchObject({ ok: true, cost: decimal('200') })
  bringIn(state, 'R2', '101', { unitCost: '2' })
  applyLine(state, aLine('S2', '1'))
  expect(book.deduct('S2', decimal(1), SLIP)).toEqual({ ok: true, cost: decimal('102') })
})

test('an average of nothing, of a negative quantity or of a negative value is the default cost', () => {
  const empty = aState({ isNegativePhysicalAllowed: true })
  applyLine(empty, aLine('S', '3'))
  expect(createStockBook(empty).deduct('S', decimal(3), SLIP)).toEqual({ ok: true, cost: decimal('6') })
  applyLine(empty, aLine('S2', '1'))
  expect(createStockBook(empty).deduct('S2', decimal(1), SLIP)).toEqual({ ok: true, cost: decimal('2') })
})

test('the last piece takes exactly what is left, whatever the rounding of those before it', () => {
  const state = aState()
  bringIn(state, 'R', '3', { unitCost: '3.3333' })
  const book = createStockBook(state)
  const costs = ['S1', 'S2', 'S3'].map((lot) => {
    applyLine(state, aLine(lot, '1'))
    const result = book.deduct(lot, decimal(1), SLIP)
    return result.ok ? result.cost.toFixed(2) : result.infolog.text
  })
  expect(costs).toEqual(['3.33', '3.34', '3.33'])
})

test('a return comes back at the cost of the issue that it gives back', () => {
  const state = aState({}, { returnedIssues: new Map([['s0', { quantity: decimal(5), cost: decimal('7.50') }]]) })
  bringIn(state, 'R', '10', { unitCost: '9' })
  applyLine(state, { ...aLine('C', '-2'), returnLotId: 'S0' })
  expect(createStockBook(state).purchase('C', decimal(2), { voucher: 'V', date: DATE })).toEqual({
    ok: true,
    cost: decimal('3.00'),
    physicalCost: decimal('3.00'),
  })
})

test('close settles in the order of the model, goes on where it stopped, and repeats nothing', () => {
  const receipts = [value('R1', '5', '10'), value('R2', '5', '20')]
  const issue = value('S', '6', '-18')
  expect(close([...receipts, issue])).toEqual([
    ['R1', '0.00', '5', '10.00', true],
    ['R2', '0.00', '1', '4.00', false],
    ['S', '4.00', '6', '14.00', true],
  ])
  expect(close([...receipts, issue], 'LIFO')).toEqual([
    ['R1', '0.00', '1', '2.00', false],
    ['R2', '0.00', '5', '20.00', true],
    ['S', '-4.00', '6', '22.00', true],
  ])
  expect(close([...receipts, issue], 'AverageCost')).toEqual([
    ['R1', '0.00', '5', '10.00', true],
    ['R2', '0.00', '1', '8.00', false],
    ['S', '0.00', '6', '18.00', true],
  ])
  expect(close([...receipts, issue], 'StdCost')).toEqual([])
  const rest = value('R2', '5', '20', { settledQuantity: decimal(1), settledCost: decimal(4) })
  expect(close([rest])).toEqual([])
  expect(close([rest, value('S2', '4', '-20')])).toEqual([
    ['R2', '0.00', '5', '20.00', true],
    ['S2', '4.00', '4', '16.00', true],
  ])
})

test('an issue without enough receipts is settled in part and stays open', () => {
  expect(close([value('R1', '2', '10'), value('S', '3', '-9')])).toEqual([
    ['R1', '0.00', '2', '10.00', true],
    ['S', '-4.00', '2', '10.00', false],
  ])
})
