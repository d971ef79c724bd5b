import { type Decimal, decimal, formatDecimal } from '@p2c/base'
import type { WriteCandidate } from '../decision.ts'
import type { FieldValues } from '../field-value.ts'
import { type InfologEntry, refuseRow } from '../messages.ts'
import { splitLineDiscount, wholeLineDiscount } from '../pricing/discount-split.ts'
import { lineFigures, linePriceOf } from '../pricing/line-amount.ts'
import { type CurrencyRounding, currencyRounding } from '../pricing/rounding.ts'
import { salesParametersOf } from '../sales-parameters.ts'

/** What the price of a line is decided with. */
export interface PriceContext {
  /** `OrderedSalesQuantity` or `RequestedSalesQuantity`. */
  readonly quantityField: string
  readonly currencyCode: string
  /** What a new line takes where nothing was given: price, price unit, sales charges, line discount. */
  readonly defaults: FieldValues
  /** Number of the document and of the line, for messages. */
  readonly document: string
}

/** Price, discounts and amount of a line, or why there are none. */
export type PriceOutcome = { readonly values: FieldValues } | { readonly entry: InfologEntry }

const WHOLE = 'TotalDiscountAmount'
const CHARGES = 'FixedPriceCharges'
const REMAINDER = 'DiscountRemainder'
const PER_UNIT = ['LineDiscountAmount', 'LineDiscountPercentage', 'MultilineDiscountAmount', 'MultilineDiscountPercentage'] as const

const number = (row: FieldValues | undefined, name: string): Decimal => decimal(row?.[name] || '0')

/** Given with another value than the stored one; on a new line, with a value at all. */
const isChanged = ({ before, row, given }: WriteCandidate, name: string): boolean =>
  given.has(name) && !number(row, name).equals(number(before, name))

/**
 * Price, discounts, charges and net amount of a line. A given price stays; a whole-line discount is split into one per price unit and a rest
 * among the sales charges, and split anew when the quantity changes; the net amount is computed unless 2.15 no. 8 lets the given one stand.
 * Source: Supply Chain specification, 2.15 no. 7 and 8, 5.1 to 5.3.
 */
export function decideLinePrice(candidate: WriteCandidate, context: PriceContext): PriceOutcome {
  const { given, facts } = candidate
  const rounding = currencyRounding(facts.find('Currency', 'CurrencyCode', context.currencyCode))
  const row: FieldValues = { ...candidate.row, ...withoutGiven(context.defaults, given) }
  const priced = row.SalesPriceQuantity === '0' ? { ...row, SalesPriceQuantity: '1' } : row
  const split = decideDiscount({ ...candidate, row: priced }, { ...context, rounding })
  if ('entry' in split) return split
  const values = { ...priced, ...split.values }
  const parameters = salesParametersOf(facts.find('SalesParameter', 'dataAreaId', row.dataAreaId ?? ''))
  const amount = givenAmount({ ...candidate, row: values }, parameters.calculateLineNetAmountOnImport)
  const figures = lineFigures(
    { ...linePriceOf(values, context.quantityField), ...(amount !== undefined && { givenLineAmount: amount }) },
    { rounding: rounding.orders, combination: parameters.lineMultiLineDiscount },
  )
  return { values: { ...values, LineAmount: formatDecimal(figures.lineAmount), [WHOLE]: formatDecimal(figures.lineDiscountTotal) } }
}

/** Defaults of fields that the caller left out. Discounts come as a set: one that is given leaves no room for those of an agreement. */
function withoutGiven(defaults: FieldValues, given: ReadonlySet<string>): FieldValues {
  const hasDiscount = [WHOLE, ...PER_UNIT].some((name) => given.has(name))
  const hasPrice = given.has('SalesPrice')
  const isOpen = (name: string): boolean => {
    if (given.has(name)) return false
    if (PER_UNIT.some((each) => each === name)) return !hasDiscount
    // The unit and the charges of a price belong to that price.
    return !hasPrice
  }
  return Object.fromEntries(Object.entries(defaults).filter(([name]) => isOpen(name)))
}

interface DiscountContext extends PriceContext {
  readonly rounding: CurrencyRounding
}

function decideDiscount(candidate: WriteCandidate, context: DiscountContext): PriceOutcome {
  const { row, given } = candidate
  // The application copies lines of other documents with the split that they have.
  if (given.has(REMAINDER)) return { values: {} }
  const own = ownCharges(candidate)
  const whole = wholeToSplit(candidate, context)
  if (whole === undefined) return { values: keptSplit(candidate, own) }
  const quantity = number(row, context.quantityField)
  const split = splitLineDiscount(
    { wholeDiscount: whole, quantity, priceUnit: number(row, 'SalesPriceQuantity'), ownCharges: own },
    context.rounding.prices,
  )
  if (split === undefined) return { entry: refuseRow('E31', row.LineCreationSequenceNumber ?? '0', context.document) }
  return {
    values: {
      ...Object.fromEntries(PER_UNIT.map((name) => [name, '0'])),
      LineDiscountAmount: formatDecimal(split.lineDiscount),
      [CHARGES]: formatDecimal(split.salesCharges),
      [REMAINDER]: formatDecimal(split.remainder),
    },
  }
}

/** The whole-line discount that must be spread over the quantity: a given one, or the one of a line whose quantity changes. */
function wholeToSplit(candidate: WriteCandidate, { quantityField, rounding }: DiscountContext): Decimal | undefined {
  const { before, row, given } = candidate
  const whole = number(row, WHOLE)
  const isOtherQuantity = before !== undefined && [quantityField, 'SalesPriceQuantity'].some((name) => row[name] !== before[name])
  const namesUnitDiscount = PER_UNIT.some((name) => isChanged(candidate, name))
  if (given.has(WHOLE) && !(whole.isZero() && namesUnitDiscount) && (isChanged(candidate, WHOLE) || (isOtherQuantity && !whole.isZero())))
    return whole
  const remainder = number(before, REMAINDER)
  if (before === undefined || remainder.isZero() || !isOtherQuantity || isChanged(candidate, 'LineDiscountAmount')) return undefined
  const { quantity, priceUnit, lineDiscount } = linePriceOf(before, quantityField)
  return wholeLineDiscount({ lineDiscount, quantity, priceUnit, remainder }, rounding.orders)
}

/** Charges beside the rest of a split. The field shows both together: what is written without a discount is their sum. */
function ownCharges(candidate: WriteCandidate): Decimal {
  const { before, row, given } = candidate
  const remainder = number(before, REMAINDER)
  // Another product brought the charges of its price.
  const isDefault = before !== undefined && !given.has(CHARGES) && row[CHARGES] !== before[CHARGES]
  if (before === undefined || isDefault || (isChanged(candidate, CHARGES) && given.has(WHOLE))) return number(row, CHARGES)
  return number(isChanged(candidate, CHARGES) ? row : before, CHARGES).minus(remainder)
}

/** No discount is split: a discount per price unit that was set by itself ends an earlier split. */
function keptSplit(candidate: WriteCandidate, own: Decimal): FieldValues {
  const remainder = isChanged(candidate, 'LineDiscountAmount') ? decimal(0) : number(candidate.before, REMAINDER)
  return { [CHARGES]: formatDecimal(own.plus(remainder)), [REMAINDER]: formatDecimal(remainder) }
}

/** The given net amount where it counts: there is no price, or the company does not recalculate what is imported. */
function givenAmount(candidate: WriteCandidate, recalculates: boolean): Decimal | undefined {
  const { before, row, given } = candidate
  const amount = number(row, 'LineAmount')
  const isGiven = given.has('LineAmount')
  if (number(row, 'SalesPrice').isZero()) {
    // The amount of a line without a price is its own until a price comes; a price that went away takes its amount with it.
    return isGiven || (before !== undefined && number(before, 'SalesPrice').isZero()) ? amount : undefined
  }
  return isGiven && !recalculates && !amount.isZero() ? amount : undefined
}
