import { type Decimal, decimal, formatDecimal, roundTo } from '@p2c/base'
import { describe, expect, test } from 'vitest'
import { lineAmounts } from '../../apps/sales/src/domain/pricing/line-amounts.ts'
import { splitLineDiscount, wholeLineDiscount } from '../../apps/supply-chain/src/domain/pricing/discount-split.ts'
import { lineFigures } from '../../apps/supply-chain/src/domain/pricing/line-amount.ts'
import type { AmountRounding } from '../../apps/supply-chain/src/domain/pricing/rounding.ts'
import { type Chance, createChance, printedSeed } from '../support/chance.ts'

/** A line as Sales sends it; texts, so that a failure prints what it was. */
interface SentLine {
  readonly quantity: string
  readonly price: string
  readonly discount: string
  /** Decimals of the currency on both sides. */
  readonly decimals: number
  /** To what Supply Chain rounds prices of the currency. */
  readonly priceRounding: string
  readonly priceUnit: string
  /** Typed by a clerk once the line is there. */
  readonly ownCharge: string
}

const NO_MULTILINE = { linePercent: decimal(0), multiLineDiscount: decimal(0), multiLinePercent: decimal(0) }
const ROUND_OFFS = ['Ordinary', 'RoundDown', 'RoundUp'] as const

const ordinary = (rule: string): AmountRounding => ({ rule: decimal(rule), type: 'Ordinary' })
const stepOf = (decimals: number): string => (decimals === 0 ? '1' : `0.${'1'.padStart(decimals, '0')}`)
const stored = (value: Decimal): Decimal => decimal(formatDecimal(value))

/** What Supply Chain keeps of the line, and what it says of it to Sales. */
function inSupplyChain(line: SentLine) {
  const [quantity, priceUnit, price] = [decimal(line.quantity), decimal(line.priceUnit), decimal(line.price)]
  const split = splitLineDiscount(
    { wholeDiscount: decimal(line.discount), quantity, priceUnit, ownCharges: decimal(0) },
    ordinary(line.priceRounding),
  )
  if (split === undefined) throw new RangeError('a discount without a quantity')
  const lineDiscount = stored(split.lineDiscount)
  const remainder = stored(split.remainder)
  const rounding = ordinary(stepOf(line.decimals))
  const figures = lineFigures(
    {
      ...{ quantity, price, priceUnit, lineDiscount, ...NO_MULTILINE },
      ...{ salesCharges: stored(split.salesCharges).plus(line.ownCharge), discountRemainder: remainder },
    },
    { rounding, combination: 'LinePlusMultiLine' },
  )
  return { lineDiscount, remainder, figures, whole: wholeLineDiscount({ lineDiscount, quantity, priceUnit, remainder }, rounding) }
}

/** Source: templates specification, 9.2; Supply Chain specification, 5.3. */
const EXAMPLES: readonly (readonly [name: string, line: Partial<SentLine>, perUnit: string, rest: string])[] = [
  ['documented example', { quantity: '3', discount: '10' }, '3.33', '-0.01'],
  ['price per hundred', { quantity: '250', discount: '10', priceUnit: '100' }, '4', '0'],
  ['price per hundred with a rest', { quantity: '300', discount: '10', priceUnit: '100' }, '3.33', '-0.01'],
  ['yen', { quantity: '3', discount: '10', decimals: 0, priceRounding: '1' }, '3', '-1'],
  ['dinar', { quantity: '3', discount: '10', decimals: 3, priceRounding: '0.001' }, '3.333', '-0.001'],
  ['less than a piece', { quantity: '0.00001', discount: '0.01' }, '1000', '0'],
  ['no discount', { quantity: '3', discount: '0' }, '0', '0'],
  ['a line that gives back', { quantity: '-3', discount: '-10' }, '3.33', '0.01'],
]

const PLAIN: SentLine = { quantity: '1', price: '50', discount: '0', decimals: 2, priceRounding: '0.01', priceUnit: '1', ownCharge: '0' }

test.each(EXAMPLES)('9.2 5.3 %s', (_name, values, perUnit, rest) => {
  const line = { ...PLAIN, ...values }
  const { lineDiscount, remainder, figures, whole } = inSupplyChain(line)
  expect([lineDiscount, remainder].map((each) => each.toFixed())).toEqual([perUnit, rest])
  expect([figures.lineDiscountTotal, whole].map((each) => each.toFixed())).toEqual([
    decimal(line.discount).toFixed(),
    decimal(line.discount).toFixed(),
  ])
})

const CASES = 20_000

function randomLine(chance: Chance): SentLine {
  const decimals = chance.pick([0, 2, 3, 4])
  const digits = (most: number, places: number): string =>
    roundTo(decimal(chance.below(10 ** chance.below(most)).toFixed(8)), places).toFixed()
  const given = digits(11, chance.pick([0, 0, 1, 3, 5]))
  const quantity = decimal(given).isZero() ? chance.pick(['1', '0.00001', '-1']) : given
  const price = digits(7, 4)
  // A discount of the whole amount is where rounding takes a line below nought.
  const whole = roundTo(decimal(quantity).times(price), decimals).abs().toFixed()
  return {
    ...{ quantity, price, decimals },
    discount: chance.pick([digits(9, decimals), whole]),
    priceRounding: chance.pick(['0.01', '1', '0.05', '0.001', '0.0001', '10']),
    priceUnit: chance.pick(['1', '1', '0', '10', '100', '1000', '3', '7']),
    ownCharge: chance.pick(['0', '0', digits(3, decimals), digits(3, 4), `-${digits(2, 4)}`]),
  }
}

describe('for every discount from 0 and every quantity but 0 the way there and back is the identity', () => {
  const chance = createChance(printedSeed('line discounts'))
  const lines = Array.from({ length: CASES }, () => randomLine(chance))

  test('9.2 the discount of the whole line comes back as it was', () => {
    for (const line of lines) {
      const { figures, whole } = inSupplyChain(line)
      const back = [figures.lineDiscountTotal.toFixed(), whole.toFixed()]
      expect(back, JSON.stringify(line)).toEqual([decimal(line.discount).toFixed(), decimal(line.discount).toFixed()])
    }
  })

  test('9.2 5.8 the line is worth the same on both sides, without the sales charges that a clerk typed', () => {
    for (const line of lines) {
      const { figures } = inSupplyChain(line)
      const units = decimal(line.priceUnit === '0' ? '1' : line.priceUnit)
      const pricePerUnit = decimal(line.price).dividedBy(units)
      // A price that Sales has to round is a known cause of differences (templates specification, 9.8).
      if (!roundTo(pricePerUnit, 4).equals(pricePerUnit)) continue
      const { extendedAmount } = lineAmounts(
        {
          quantity: decimal(line.quantity),
          pricePerUnit,
          volumeDiscount: decimal(0),
          manualDiscount: figures.lineDiscountTotal,
          tax: decimal(0),
        },
        { discountMethod: 0, decimals: line.decimals },
      )
      expect(figures.lineAmount.minus(figures.ownSalesCharges).toFixed(), JSON.stringify(line)).toBe(extendedAmount.toFixed())
    }
  })

  test('9.2 whatever way the currency rounds amounts', () => {
    for (const line of lines.slice(0, 2000)) {
      const { lineDiscount, remainder } = inSupplyChain(line)
      for (const type of ROUND_OFFS) {
        const rounding = { rule: decimal(stepOf(line.decimals)), type }
        const kept = { lineDiscount, quantity: decimal(line.quantity), priceUnit: decimal(line.priceUnit), remainder }
        expect(wholeLineDiscount(kept, rounding).toFixed(), `${type} ${JSON.stringify(line)}`).toBe(decimal(line.discount).toFixed())
      }
    }
  })
})

test('9.2 E31 a discount without a quantity has no split', () => {
  const whole = { wholeDiscount: decimal(1), quantity: decimal(0), priceUnit: decimal(1), ownCharges: decimal(0) }
  expect(splitLineDiscount(whole, ordinary('0.01'))).toBeUndefined()
})
