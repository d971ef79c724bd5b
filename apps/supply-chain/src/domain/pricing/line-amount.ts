import { type Decimal, decimal } from '@p2c/base'
import type { DiscountCombination } from '../sales-parameters.ts'
import { type AmountRounding, roundAmount } from './rounding.ts'

/** What the amount of a line is made of. Discounts in money are per price unit; `salesCharges` and its part `discountRemainder` are of the whole line. */
export interface LinePrice {
  readonly quantity: Decimal
  readonly price: Decimal
  /** How many units the price is for; 0 is read as 1. */
  readonly priceUnit: Decimal
  readonly lineDiscount: Decimal
  readonly linePercent: Decimal
  readonly multiLineDiscount: Decimal
  readonly multiLinePercent: Decimal
  readonly salesCharges: Decimal
  /** The rest of a split whole-line discount, with its sign as it is inside `salesCharges`. */
  readonly discountRemainder: Decimal
  /** A net amount that stands in place of the computed one; whether it may is for the rules of lines (2.15 no. 8). */
  readonly givenLineAmount?: Decimal
}

/** What a line comes to. */
export interface LineFigures {
  readonly lineAmount: Decimal
  /** Price of one price unit after discounts, unrounded. */
  readonly unitNet: Decimal
  /** The discount of the whole line as other systems see it: what they take from price x quantity. */
  readonly lineDiscountTotal: Decimal
  /** Sales charges that are charges, not the rest of a split. */
  readonly ownSalesCharges: Decimal
}

/** How amounts are rounded and discounts combined. */
export interface LineRules {
  /** The rule of the currency for sales orders. */
  readonly rounding: AmountRounding
  readonly combination: DiscountCombination
}

const HUNDRED = decimal(100)

/** Amount first, then percent, inside one discount. */
const reduced = (price: Decimal, amount: Decimal, percent: Decimal): Decimal =>
  price.minus(amount).times(HUNDRED.minus(percent)).dividedBy(HUNDRED)

/** Price of one price unit after discounts, by the company's combination of line and multiline discount. Source: 5.1. */
function unitNetPrice(price: LinePrice, combination: DiscountCombination): Decimal {
  const byLine = reduced(price.price, price.lineDiscount, price.linePercent)
  const byMultiLine = reduced(price.price, price.multiLineDiscount, price.multiLinePercent)
  switch (combination) {
    case 'Line':
      return byLine
    case 'MultiLine':
      return byMultiLine
    case 'MaxLineMultiLine':
      return byLine.lessThan(byMultiLine) ? byLine : byMultiLine
    case 'MinLineMultiLine':
      return byLine.lessThan(byMultiLine) ? byMultiLine : byLine
    case 'LinePlusMultiLine':
      return reduced(price.price, price.lineDiscount.plus(price.multiLineDiscount), price.linePercent.plus(price.multiLinePercent))
    case 'LineMultiplyMultiLine':
      return reduced(byLine, price.multiLineDiscount, price.multiLinePercent)
  }
}

/** Units that a price is for. */
export const unitsOfPrice = (priceUnit: Decimal): Decimal => (priceUnit.isZero() ? decimal(1) : priceUnit)

/**
 * The figures of one line; rounded once, at the end, to the rule of the currency. Own sales charges are what they add to the rounded amount, so
 * that the line without them is gross less discount to the cent, as other systems reckon it. Source: Supply Chain specification, 5.1, 5.2, 5.8.
 */
export function lineFigures(price: LinePrice, { rounding, combination }: LineRules): LineFigures {
  const unitNet = unitNetPrice(price, combination)
  const units = unitsOfPrice(price.priceUnit)
  const gross = price.quantity.times(price.price).dividedBy(units)
  const net = price.quantity.times(unitNet).dividedBy(units)
  const parts = { gross, net, remainder: price.discountRemainder }
  const discount = lineDiscountTotal(parts, rounding)
  const goods = goodsAmount(parts, discount, rounding)
  const hasOwnCharges = !price.salesCharges.equals(price.discountRemainder)
  const computed = hasOwnCharges ? roundAmount(net.plus(price.salesCharges), rounding) : goods
  return {
    lineAmount: price.givenLineAmount === undefined ? computed : roundAmount(price.givenLineAmount, rounding),
    unitNet,
    lineDiscountTotal: discount,
    ownSalesCharges: computed.minus(goods),
  }
}

/**
 * The line without own sales charges. Half a cent below nought rounds away from the half cent of the gross amount: a line whose whole rounded
 * amount is its discount would be worth a cent less than nothing, and a cent less than in Sales.
 */
const goodsAmount = ({ gross, net, remainder }: LineParts, discount: Decimal, rounding: AmountRounding): Decimal =>
  rounding.type === 'Ordinary' ? roundAmount(gross, rounding).minus(discount) : roundAmount(net.plus(remainder), rounding)

/**
 * The rest of a split as a part of the line carries it: it leaves the discount of the part between nothing and the whole amount. The rest is that
 * of the whole quantity; on an invoice of a few pieces it may be more than they are worth, which would make a credit note of an invoice, or a
 * discount below nought, which no other system holds (ours). A line without a split keeps what was typed.
 */
export function boundedRemainder(price: LinePrice, remainder: Decimal, combination: DiscountCombination): Decimal {
  const units = unitsOfPrice(price.priceUnit)
  const gross = price.quantity.times(price.price).dividedBy(units)
  if (price.discountRemainder.isZero() || !price.quantity.greaterThan(0) || gross.isNegative()) return remainder
  const most = gross.minus(price.quantity.times(unitNetPrice(price, combination)).dividedBy(units))
  const least = most.minus(gross)
  if (remainder.greaterThan(most)) return most
  return remainder.lessThan(least) ? least : remainder
}

interface LineParts {
  readonly gross: Decimal
  readonly net: Decimal
  readonly remainder: Decimal
}

/**
 * Gross and net are rounded apart, so that gross less discount is the line amount to the cent wherever it is computed; the rest of a split
 * belongs to the net before it is rounded. A discount that already is a whole number of cents is itself: what was split comes back,
 * whatever the fraction of the gross amount. Source: 5.2, 5.3.
 */
function lineDiscountTotal({ gross, net, remainder }: LineParts, rounding: AmountRounding): Decimal {
  const exact = gross.minus(net).minus(remainder)
  const onGrid = roundAmount(exact, { ...rounding, type: 'Ordinary' })
  if (onGrid.minus(exact).abs().lessThan(ARTEFACT)) return onGrid
  return roundAmount(gross, rounding).minus(roundAmount(net.plus(remainder), rounding))
}

/** Below this a difference comes from a division. */
const ARTEFACT = decimal('0.000000000001')

/** The price fields of a stored order or quotation line. `quantityField` is `OrderedSalesQuantity` or `RequestedSalesQuantity`. */
export function linePriceOf(row: Readonly<Record<string, string>>, quantityField: string): LinePrice {
  const number = (name: string): Decimal => decimal(row[name] || '0')
  return {
    quantity: number(quantityField),
    price: number('SalesPrice'),
    priceUnit: number('SalesPriceQuantity'),
    lineDiscount: number('LineDiscountAmount'),
    linePercent: number('LineDiscountPercentage'),
    multiLineDiscount: number('MultilineDiscountAmount'),
    multiLinePercent: number('MultilineDiscountPercentage'),
    salesCharges: number('FixedPriceCharges'),
    discountRemainder: number('DiscountRemainder'),
  }
}
