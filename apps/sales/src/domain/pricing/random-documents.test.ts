import { decimal, formatDecimal, roundTo, sum } from '@p2c/base'
import { expect, test } from 'vitest'
import { documentTotals } from './document-totals.ts'
import { lineDiscount } from './line-amounts.ts'
import { type PricingTerms, priceLine } from './line-price.ts'
import {
  chanceFrom,
  expectedLine,
  expectedTotals,
  PRICE_DECIMALS,
  QUANTITY_DECIMALS,
  type RandomDocument,
  type RandomLine,
  randomDocument,
  seedOf,
  unitsText,
} from './random-documents.case.ts'

const termsOf = (document: RandomDocument): PricingTerms => ({
  list: { isActive: true },
  isPriceListMandatory: true,
  discountMethod: document.discountMethod,
  pricingDecimals: PRICE_DECIMALS,
  currencyDecimals: document.currencyDecimals,
})

function priced(line: RandomLine, document: RandomDocument) {
  const terms = termsOf(document)
  const money = (text: string) => roundTo(decimal(text), document.currencyDecimals)
  const item = { method: 1, amount: decimal(line.price), percentage: null, roundingPolicy: 1, roundingOption: null, roundingAmount: null }
  const entry = { item, product: { price: null, currentCost: null, standardCost: null }, isInCurrency: true }
  const input = {
    quantity: roundTo(decimal(line.quantity), QUANTITY_DECIMALS),
    manualDiscount: money(line.manualDiscount),
    tax: money(line.tax),
  }
  const range = { isAmount: false, low: decimal(1), high: decimal(1_000_000), amount: null, percentage: decimal(line.volumePercentage) }
  const result = priceLine(
    {
      ...input,
      source: line.kind === 'catalogue' ? { kind: 'catalogue', entry, stored: null } : { kind: 'given', price: decimal(line.price) },
      volume: { ranges: [range] },
    },
    terms,
  )
  return {
    ...result,
    tax: input.tax,
    discount: lineDiscount(input, { discountMethod: terms.discountMethod, decimals: terms.currencyDecimals }),
  }
}

test('the totals of 1,000 random documents are the sums of their parts', () => {
  const seed = seedOf(process.env.P2C_TEST_SEED, Date.now() % 1_000_000)
  console.info(`random documents: P2C_TEST_SEED=${seed}`)
  const chance = chanceFrom(seed)
  for (let n = 0; n < 1_000; n += 1) {
    const document = randomDocument(chance)
    const lines = document.lines.map((line) => priced(line, document))
    const shown = lines.map((line) => [line.volumeDiscount, line.baseAmount, line.extendedAmount].map(formatDecimal))
    const wanted = document.lines.map((line) => {
      const { volumeDiscount, baseAmount, extendedAmount } = expectedLine(line, document)
      return [volumeDiscount, baseAmount, extendedAmount].map(unitsText)
    })
    expect(shown, `seed ${seed}, document ${n}`).toEqual(wanted)
    const totals = documentTotals(
      {
        detailAmount: sum(lines.map((line) => line.extendedAmount.minus(line.tax))),
        discount: sum(lines.map((line) => line.discount)),
        tax: sum(lines.map((line) => line.tax)),
      },
      {
        discountPercentage: decimal(document.discountPercentage),
        discountAmount: roundTo(decimal(document.discountAmount), document.currencyDecimals),
        freightAmount: roundTo(decimal(document.freightAmount), document.currencyDecimals),
      },
      document.currencyDecimals,
    )
    const stored = {
      totallineitemamount: totals.lineItemAmount,
      totallineitemdiscountamount: totals.lineItemDiscountAmount,
      totaldiscountamount: totals.totalDiscountAmount,
      totalamountlessfreight: totals.amountLessFreight,
      totaltax: totals.tax,
      totalamount: totals.totalAmount,
    }
    expect(
      Object.fromEntries(Object.entries(stored).map(([column, value]) => [column, formatDecimal(value)])),
      `seed ${seed}, document ${n}`,
    ).toEqual(expectedTotals(document))
  }
})
