import { type Decimal, decimal, ZERO } from '@p2c/base'
import type { SalesParameters } from '../sales-parameters.ts'
import type { CalculationCharge, CalculationDocument, CalculationLine } from './calculation-document.ts'
import { chargeAmount, chargeBaseOf, netTotal } from './charge-amount.ts'
import { boundedRemainder, type LineRules, lineFigures } from './line-amount.ts'
import { type AmountRounding, roundAmount } from './rounding.ts'

/** How much of a line goes on an invoice. Quantities are in the sales unit and have the sign of the line. */
export interface InvoicedQuantity {
  readonly quantity: Decimal
  /** On invoices before this one. */
  readonly invoicedBefore: Decimal
  /** Nothing of the line is left to be invoiced after it. */
  readonly isFinal: boolean
}

interface PartialRules extends LineRules {
  readonly salesCharge: SalesParameters['salesChargeOnPartialInvoice']
}

const ONE = decimal(1)

/** The part of the line that is invoiced up to a quantity; more than was ordered is all of it. */
const shareOf = (quantity: Decimal, ordered: Decimal): Decimal => {
  if (ordered.isZero()) return ONE
  const share = quantity.dividedBy(ordered)
  return share.greaterThan(ONE) ? ONE : share
}

/**
 * A line with the quantity of one invoice: its amount is computed anew, not taken from what was ordered, and the last invoice of a line
 * absorbs no difference. Sales charges follow the parameter of the company; the rest of a split takes no line below nought. A net amount that was given, not computed, is shared out by
 * quantity. Source: Supply Chain specification, 5.1 (last row), 6.1 (partial line amount), EX-16.
 */
function partialLine(line: CalculationLine, part: InvoicedQuantity, rules: PartialRules): CalculationLine {
  const { price, lineAmount } = line
  const charge = (amount: Decimal): Decimal => partialSalesCharge(amount, part, { ordered: price.quantity, ...rules })
  const share = charge(price.discountRemainder)
  const discountRemainder = boundedRemainder({ ...price, quantity: part.quantity }, share, rules.combination)
  const partial = {
    ...price,
    quantity: part.quantity,
    salesCharges: charge(price.salesCharges).minus(share).plus(discountRemainder),
    discountRemainder,
  }
  const isGiven = !lineFigures(price, rules).lineAmount.equals(lineAmount)
  const given = isGiven && !price.quantity.isZero() ? lineAmount.times(part.quantity).dividedBy(price.quantity) : undefined
  const amount = given === undefined ? lineFigures(partial, rules).lineAmount : roundAmount(given, rules.rounding)
  return { ...line, price: partial, lineAmount: amount }
}

/** Sales charges of a line on one of its invoices; a share is the step of the rounded running total, so that the shares add up. */
function partialSalesCharge(
  amount: Decimal,
  { quantity, invoicedBefore }: InvoicedQuantity,
  { salesCharge, ordered, rounding }: PartialRules & { readonly ordered: Decimal },
): Decimal {
  switch (salesCharge) {
    case 'EveryInvoice':
      return amount
    case 'FirstInvoice':
      return invoicedBefore.isZero() ? amount : ZERO
    case 'Prorate': {
      const upTo = (invoiced: Decimal): Decimal => roundAmount(amount.times(shareOf(invoiced, ordered)), rounding)
      return upTo(invoicedBefore.plus(quantity)).minus(upTo(invoicedBefore))
    }
  }
}

/** What becomes of a charge of the order when an invoice is posted. */
export interface ChargeProgress {
  readonly recId: string
  /** Blank: a charge of the header. */
  readonly lineRecId: string
  /** On this invoice. */
  readonly amount: Decimal
  /** With this invoice. */
  readonly invoicedAmount: Decimal
  readonly isClosed: boolean
}

interface ChargeShare {
  readonly orderedNet: Decimal
  readonly invoicedNet: Decimal
  readonly isFinal: boolean
  readonly rounding: AmountRounding
}

/**
 * The part of a charge that an invoice carries. Prorated: by net amounts, the rest on the final invoice. Kept: on each invoice, taken of what
 * that invoice has (`onInvoice`). Otherwise the whole amount on the first invoice, and closed. Source: 5.6, EX-17.
 */
function partialCharge(
  charge: CalculationCharge,
  { whole, onInvoice }: { readonly whole: Decimal; readonly onInvoice: Decimal },
  { orderedNet, invoicedNet, isFinal, rounding }: ChargeShare,
): ChargeProgress {
  const { recId, lineRecId, invoicedAmount } = charge
  const progress = (amount: Decimal, isClosed: boolean): ChargeProgress => ({
    recId,
    lineRecId,
    amount,
    invoicedAmount: invoicedAmount.plus(amount),
    isClosed,
  })
  if (charge.isClosed) return progress(ZERO, true)
  if (charge.isProrated) {
    if (isFinal) return progress(whole.minus(invoicedAmount), true)
    return progress(orderedNet.isZero() ? ZERO : roundAmount(whole.times(invoicedNet).dividedBy(orderedNet), rounding), false)
  }
  return charge.isKept ? progress(onInvoice, false) : progress(whole, true)
}

/** The document of one invoice of an order, and what becomes of the charges of the order. */
export interface PartialInvoice {
  /** Holds the invoiced lines alone; its charges are fixed amounts. `documentTotals` gives the figures of the invoice. */
  readonly document: CalculationDocument
  readonly charges: readonly ChargeProgress[]
}

/**
 * An order as one invoice sees it. Lines without an entry in `invoiced` (by record id) stay out, and so do their charges.
 * `isFinal`: after it nothing of the order is left to be invoiced.
 */
export function partialInvoice(
  order: CalculationDocument,
  invoiced: ReadonlyMap<string, InvoicedQuantity>,
  { isFinal }: { readonly isFinal: boolean },
): PartialInvoice {
  const { parameters, rounding } = order
  const rules: PartialRules = {
    rounding: rounding.orders,
    combination: parameters.lineMultiLineDiscount,
    salesCharge: parameters.salesChargeOnPartialInvoice,
  }
  const lines = order.lines.flatMap((line) => {
    const part = invoiced.get(line.recId)
    return part === undefined ? [] : [{ ...partialLine(line, part, rules), isCanceled: false }]
  })
  const charges = order.charges.flatMap((charge) => {
    const share = chargeShare(charge, { order, lines, invoiced, isFinal })
    return share === undefined ? [] : [{ charge, progress: share }]
  })
  return {
    document: {
      ...order,
      lines,
      charges: charges.filter(({ progress }) => !progress.amount.isZero()).map(({ charge, progress }) => asFixed(charge, progress.amount)),
    },
    charges: charges.map(({ progress }) => progress),
  }
}

interface ShareContext {
  readonly order: CalculationDocument
  readonly lines: readonly CalculationLine[]
  readonly invoiced: ReadonlyMap<string, InvoicedQuantity>
  readonly isFinal: boolean
}

function chargeShare(charge: CalculationCharge, { order, lines, invoiced, isFinal }: ShareContext): ChargeProgress | undefined {
  const ordered = chargeBaseOf(charge, order.lines)
  const onInvoice = chargeBaseOf(charge, lines)
  if (ordered === undefined || onInvoice === undefined) return undefined
  const rounding = order.rounding.orders
  const isHeader = charge.lineRecId === ''
  const whole = chargeAmount(charge, ordered, rounding)
  // The tier is that of the order: an invoice of a part of it has no tier of its own.
  const taken = whole.isZero() ? ZERO : chargeAmount(withoutTier(charge), onInvoice, rounding)
  return partialCharge(
    charge,
    { whole, onInvoice: taken },
    {
      orderedNet: isHeader ? netTotal(order.lines) : ordered.amount,
      invoicedNet: isHeader ? netTotal(lines) : onInvoice.amount,
      isFinal: isHeader ? isFinal : (invoiced.get(charge.lineRecId)?.isFinal ?? false),
      rounding,
    },
  )
}

const withoutTier = (charge: CalculationCharge): CalculationCharge => ({ ...charge, fromOrderAmount: ZERO, toOrderAmount: ZERO })

const asFixed = (charge: CalculationCharge, amount: Decimal): CalculationCharge => ({
  ...withoutTier(charge),
  category: 'Fixed',
  value: amount,
  sign: 1,
})
