import { type Decimal, decimal, roundTo, ZERO } from '@p2c/base'
import { expect, test } from 'vitest'
import { type OrderLine, orderLine } from '../fulfilment/order-line.ts'
import { creditLine } from './credit-line.ts'
import { type CreditSource, creditPart } from './credited-figures.ts'
import { chooseQuantity, INVOICE_QUANTITY_RULES, type InvoiceQuantityRule } from './invoice-quantity.ts'
import { invoiceLineSequences } from './line-sequence.ts'
import { allocateToSlips, openOnSlips } from './slip-allocation.ts'

const cents = (amount: Decimal): Decimal => roundTo(amount, 2)

/** An order line of 10 pieces; quantities that are not given are nought. */
const aLine = (
  quantities: Partial<Record<'ordered' | 'delivered' | 'invoiced' | 'canceled' | 'picked' | 'deliverNow', number>> = {},
): OrderLine => {
  const line = orderLine({ InventoryLotId: 'L1', LineCreationSequenceNumber: '1', ItemNumber: 'D0001', OrderedSalesQuantity: '10' })
  return { ...line, ...Object.fromEntries(Object.entries(quantities).map(([name, value]) => [name, decimal(value)])) }
}

const shown = (decision: ReturnType<typeof chooseQuantity>): string =>
  decision.ok ? `${decision.value.quantity} (${decision.value.toDeliver})` : decision.infolog.map(({ code }) => code).join()

test('each quantity rule takes its quantity: delivered not invoiced, all that is left, deliver now, picked', () => {
  const partly = aLine({ delivered: 6, invoiced: 2, deliverNow: 5, picked: 3 })
  const expected: Record<InvoiceQuantityRule, string> = { PackingSlip: '4 (0)', All: '8 (4)', DeliverNow: '5 (1)', Picked: '3 (0)' }
  for (const rule of INVOICE_QUANTITY_RULES) expect([rule, shown(chooseQuantity(partly, { rule }))]).toEqual([rule, expected[rule]])
  expect(shown(chooseQuantity(aLine({ delivered: 6, canceled: 4 }), { rule: 'All' }))).toBe('6 (0)')
  expect(shown(chooseQuantity(aLine({ ordered: -2 }), { rule: 'All' }))).toBe('-2 (-2)')
  expect(shown(chooseQuantity(aLine({ ordered: -2, delivered: -2 }), { rule: 'PackingSlip' }))).toBe('-2 (0)')
})

test('E14: beyond the delivered quantity only All and DeliverNow go, and never against the direction of the line', () => {
  const delivered = aLine({ delivered: 5, invoiced: 5, picked: 1 })
  const expected: Record<InvoiceQuantityRule, string> = { PackingSlip: 'E14', All: '1 (1)', DeliverNow: '1 (1)', Picked: 'E14' }
  for (const rule of INVOICE_QUANTITY_RULES)
    expect([rule, shown(chooseQuantity(delivered, { rule, typed: decimal(1) }))]).toEqual([rule, expected[rule]])
  expect(shown(chooseQuantity(aLine({ delivered: 5 }), { rule: 'All', typed: decimal(-1) }))).toBe('E14')
  expect(shown(chooseQuantity(aLine({ ordered: -5 }), { rule: 'All', typed: decimal(1) }))).toBe('E14')
  const slip = { rule: 'PackingSlip', onChosenSlips: decimal(2) } as const
  expect(shown(chooseQuantity(aLine({ delivered: 5 }), slip))).toBe('2 (0)')
  expect(shown(chooseQuantity(aLine({ delivered: 5 }), { ...slip, typed: decimal(3) }))).toBe('E14')
})

test('E13: a model group with mandatory deduction forbids to invoice what was not delivered; a stopped line gives nothing', () => {
  const line = aLine({ delivered: 5 })
  expect(shown(chooseQuantity(line, { rule: 'All', isDeductionRequired: true }))).toBe('E13')
  expect(shown(chooseQuantity(line, { rule: 'PackingSlip', isDeductionRequired: true }))).toBe('5 (0)')
  expect(shown(chooseQuantity({ ...line, isStopped: true }, { rule: 'All' }))).toBe('0 (0)')
})

test('numbers of invoice lines are those of the order lines; the second of two equal ones takes the next above all', () => {
  expect(invoiceLineSequences([1, 2, 3])).toEqual([1, 2, 3])
  expect(invoiceLineSequences([1, 2, 1, 2, 7])).toEqual([1, 2, 8, 9, 7])
  expect(invoiceLineSequences([0, 5, 0])).toEqual([6, 5, 7])
})

test('an invoiced quantity falls on the oldest slips first and never beyond what they delivered', () => {
  const slips = [
    { recId: '1', delivered: decimal(5), invoiced: decimal(3) },
    { recId: '2', delivered: decimal(4), invoiced: ZERO },
  ]
  expect(openOnSlips(slips).toFixed()).toBe('6')
  expect([...allocateToSlips(slips, decimal(3))].map(([id, quantity]) => [id, quantity.toFixed()])).toEqual([
    ['1', '5'],
    ['2', '1'],
  ])
  expect([...allocateToSlips(slips, decimal(9)).values()].map((quantity) => quantity.toFixed())).toEqual(['5', '4'])
  expect(allocateToSlips(slips, decimal(-1)).size).toBe(0)
})

test('E27: a credit note gives back at most what is invoiced and not credited; the parts of charges add up to the original', () => {
  const invoiceLine = {
    InvoiceNumber: 'CIV-1',
    InventoryLotId: 'L1',
    InvoicedQuantity: '3',
    OrderPrice: '50',
    FixedPriceCharges: '-0.01',
    DiscountRemainder: '-0.01',
  }
  const credit = (quantity: number, before: number, charges: string) =>
    creditLine({
      invoiceLine,
      quantity: decimal(quantity),
      before: { quantity: decimal(before), salesCharges: decimal(charges), discountRemainder: decimal(charges) },
      round: cents,
    })
  const first = credit(2, 0, '0')
  expect(first).toMatchObject({ ok: true, line: { OrderedSalesQuantity: '-2', FixedPriceCharges: '0.01', CreditedLotId: 'L1' } })
  expect(credit(1, 2, '-0.01')).toMatchObject({ ok: true, line: { OrderedSalesQuantity: '-1', FixedPriceCharges: '0' } })
  for (const [quantity, before] of [
    [4, 0],
    [2, 2],
    [0, 0],
    [-1, 0],
  ] as const)
    expect(credit(quantity, before, '0')).toMatchObject({ ok: false, infolog: [{ code: 'E27' }] })
})

test('the parts of an invoice line that credit notes give back add up to its tax and discount, whatever the parts', () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  let state = seed
  const next = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
  for (let round = 0; round < 200; round++) {
    const quantity = 1 + next(20)
    const amount = decimal(next(100_000)).dividedBy(100)
    const tax = { taxCode: 'ST8', taxGroup: 'TX', taxItemGroup: 'ALL', isExempt: false, date: '2025-02-11', base: amount, amount }
    let source: CreditSource = {
      quantity: decimal(quantity),
      takenQuantity: ZERO,
      totalDiscount: amount,
      takenDiscount: ZERO,
      taxes: [{ ...tax, takenBase: ZERO, taken: ZERO }],
    }
    let [given, discount] = [ZERO, ZERO]
    for (let left = quantity; left > 0; ) {
      const part = 1 + next(left)
      const credited = creditPart(source, { lineRecId: '1', quantity: decimal(part), round: cents })
      given = given.plus(credited.figures.taxes[0]?.amount ?? ZERO)
      discount = discount.plus(credited.figures.totalDiscount)
      source = credited.after
      left -= part
    }
    expect([given.toFixed(2), discount.toFixed(2)], `seed ${seed}`).toEqual([amount.negated().toFixed(2), amount.negated().toFixed(2)])
  }
})
