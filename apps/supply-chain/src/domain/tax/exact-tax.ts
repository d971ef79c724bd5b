import { type Decimal, decimal, ZERO } from '@p2c/base'
import { hasLimits, valueFor } from './tax-rate.ts'
import type { TaxCode, TaxSetUp } from './tax-set-up.ts'
import { quantityIn, type TaxCell } from './taxable.ts'

const HUNDRED = decimal(100)
const ONE = decimal(1)

/** Whether rate and amount of a code are found for the document as a whole. Source: Supply Chain specification, 5.7. */
export const isOfInvoice = ({ limitBase }: TaxCode): boolean => limitBase === 'InvoiceWithoutVAT' || limitBase === 'InvoiceInclVAT'
const isOfUnit = ({ limitBase }: TaxCode): boolean => limitBase === 'UnitWithoutVAT' || limitBase === 'UnitInclVAT'
const isInclusive = ({ limitBase }: TaxCode): boolean => limitBase.endsWith('InclVAT')

/**
 * The order in which codes are calculated: amounts per unit, percentages of the net amount, those whose rate depends on the other taxes,
 * and the one on the gross amount; a percentage of a tax right after that tax.
 */
export function phaseOf(code: TaxCode, setUp: TaxSetUp): number {
  if (code.origin === 'PctPerTax') {
    const target = setUp.codes.get(code.taxOnTax)
    // A tax on a tax on a tax does not exist: it has no amount, whenever it comes.
    return target === undefined || target.origin === 'PctPerTax' ? LAST_PHASE : phaseOf(target, setUp) + 1
  }
  if (code.origin === 'PctPerGross') return 6
  if (isInclusive(code)) return 4
  return code.origin === 'AmountByUnit' ? 0 : 2
}
const LAST_PHASE = 8

/** Taxes of one taxable amount that are calculated already, by code in lower case. */
export type KnownTaxes = ReadonlyMap<string, { readonly code: TaxCode; readonly amount: Decimal }>

const totalOf = (known: KnownTaxes): Decimal => [...known.values()].reduce((total, each) => total.plus(each.amount), ZERO)

/** Amounts per unit that belong to the base of the other codes. */
const earlierUnitTaxes = (known: KnownTaxes): Decimal =>
  [...known.values()]
    .filter(({ code }) => code.origin === 'AmountByUnit' && code.isBeforeOthers)
    .reduce((total, each) => total.plus(each.amount), ZERO)

export interface ExactTax {
  readonly base: Decimal
  readonly amount: Decimal
}

/** What the amount of a cell depends on. */
export interface CellContext {
  /** The taxable amount without tax. */
  readonly net: Decimal
  readonly known: KnownTaxes
  /** The amount that picks the rate. */
  readonly measure: Decimal
}

/** Where a rate depends on an amount, that amount within one taxable amount. */
export function measureOf({ taxable, code }: TaxCell, net: Decimal, known: KnownTaxes): Decimal {
  if (!hasLimits(code)) return net
  const amount = isInclusive(code) ? net.plus(totalOf(known)) : net
  if (!isOfUnit(code)) return amount
  const quantity = quantityIn(taxable, code.unit)
  return quantity === undefined || quantity.isZero() ? amount : amount.dividedBy(quantity)
}

/** Base and unrounded amount of one code on one taxable amount. Source: Supply Chain specification, 5.7 (origin). */
export function exactTax({ taxable, code }: TaxCell, { net, known, measure }: CellContext): ExactTax {
  const value = valueFor(code, taxable.date, measure)
  const rate = value.dividedBy(HUNDRED)
  const base = net.plus(earlierUnitTaxes(known))
  switch (code.origin) {
    case 'AmountByUnit': {
      const quantity = quantityIn(taxable, code.unit) ?? ZERO
      return { base: quantity, amount: quantity.times(value).times(code.exchange) }
    }
    case 'PctPerNet':
      return { base, amount: base.times(rate) }
    case 'PctGrosOnNet':
      // A rate of 100 percent or more is part of no price.
      return { base, amount: rate.lessThan(ONE) ? base.times(rate).dividedBy(ONE.minus(rate)) : ZERO }
    case 'PctPerTax':
      return percentOfTax(code, known, rate)
    case 'PctPerGross': {
      const gross = net.plus(code.taxOnTax === '' ? totalOf(known) : (known.get(code.taxOnTax)?.amount ?? ZERO))
      return { base: gross, amount: gross.times(rate) }
    }
    case 'PctPerMargin':
      // Tax on a margin is part of the price and shown on no document.
      return { base: net, amount: ZERO }
  }
}

function percentOfTax(code: TaxCode, known: KnownTaxes, rate: Decimal): ExactTax {
  const target = known.get(code.taxOnTax)
  // One level only: tax cannot be taken of what itself is taken of a tax.
  if (target === undefined || target.code.origin === 'PctPerTax') return { base: ZERO, amount: ZERO }
  return { base: target.amount, amount: target.amount.times(rate) }
}

/**
 * What an amount with tax in it is without: tax grows with the net amount in a straight line, so two points of it are enough. Where rates
 * depend on the amount, they are those of the net amount that was found before. The cells are in the order of their phases.
 */
export function netOfInclusive(cells: readonly TaxCell[], amount: Decimal): Decimal {
  const charged = cells.filter(({ isExempt }) => !isExempt)
  const rounds = charged.some(({ code }) => hasLimits(code)) ? LIMIT_ROUNDS : 1
  let net = amount
  for (let round = 0; round < rounds; round++) {
    const { measures } = taxOn(charged, net)
    const fixed = taxOn(charged, ZERO, measures).total
    const slope = taxOn(charged, ONE, measures).total.minus(fixed)
    const gross = ONE.plus(slope)
    // A tax that takes all of the price back leaves nothing to solve.
    if (!gross.greaterThan(ZERO)) return amount
    net = amount.minus(fixed).dividedBy(gross)
  }
  return net
}

/** Rates settle after the first correction; the others serve amounts next to a limit. */
const LIMIT_ROUNDS = 4

/** All tax on a net amount, unrounded, and the amounts that picked the rates; at given ones where `measures` has them. */
function taxOn(cells: readonly TaxCell[], net: Decimal, measures?: readonly Decimal[]) {
  const known = new Map<string, { code: TaxCode; amount: Decimal }>()
  const taken: Decimal[] = []
  for (const [index, cell] of cells.entries()) {
    const measure = measures?.[index] ?? measureOf(cell, net, known)
    taken.push(measure)
    known.set(cell.code.code.toLowerCase(), { code: cell.code, amount: exactTax(cell, { net, known, measure }).amount })
  }
  return { total: totalOf(known), measures: taken }
}
