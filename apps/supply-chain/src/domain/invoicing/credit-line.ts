import { type Decimal, decimal, formatDecimal, roundTo, ZERO } from '@p2c/base'
import { PRODUCT_DIMENSION_FIELDS } from '../../entities/product-dimensions.ts'
import type { FieldValues } from '../field-value.ts'
import { isReturn, type OrderLine, toDeliver } from '../fulfilment/order-line.ts'
import { type InfologEntry, refuseCommand } from '../messages.ts'

/** What the lines of a credit note have given back of one invoice line, as positive numbers. */
export interface CreditedBefore {
  readonly quantity: Decimal
  readonly salesCharges: Decimal
  readonly discountRemainder: Decimal
}

/** Properties that a credited line repeats, by their name on the invoice line and on the order line. */
const REPEATED: readonly (readonly [onInvoice: string, onOrder: string])[] = [
  ['ItemNumber', 'ItemNumber'],
  ['ProductNumber', 'ProductNumber'],
  ['ProductName', 'ProductName'],
  ['ProductDescription', 'LineDescription'],
  ...PRODUCT_DIMENSION_FIELDS.map((name) => [name, name] as const),
  ['SalesUnitSymbol', 'SalesUnitSymbol'],
  ['OrderPrice', 'SalesPrice'],
  ['SalesPriceQuantity', 'SalesPriceQuantity'],
  ['LineDiscountAmount', 'LineDiscountAmount'],
  ['LineDiscountPercentage', 'LineDiscountPercentage'],
  ['MultilineDiscountAmount', 'MultilineDiscountAmount'],
  ['MultilineDiscountPercentage', 'MultilineDiscountPercentage'],
  ['SalesTaxGroupCode', 'SalesTaxGroupCode'],
  ['SalesTaxItemGroupCode', 'SalesTaxItemGroupCode'],
  ['ShippingSiteId', 'ShippingSiteId'],
  ['ShippingWarehouseId', 'ShippingWarehouseId'],
  ['ItemBatchNumber', 'ItemBatchNumber'],
  ['SalesProductCategoryName', 'SalesProductCategoryName'],
]

/** What is given back of an invoice line. */
export interface CreditRequest {
  readonly invoiceLine: FieldValues
  /** Quantity to give back, positive, in the sales unit of the invoice line. */
  readonly quantity: Decimal
  readonly before: CreditedBefore
  /** Rounds an amount by the rule of the currency. */
  readonly round: (amount: Decimal) => Decimal
}

/** The order line that gives it back, or why not. */
export type CreditDecision =
  | { readonly ok: true; readonly line: FieldValues }
  | { readonly ok: false; readonly infolog: readonly InfologEntry[] }

/** Nothing of a line was given back. */
export const NOTHING_CREDITED: CreditedBefore = { quantity: ZERO, salesCharges: ZERO, discountRemainder: ZERO }

/** What is invoiced and not given back, in the sales unit; nought or less on a line that gives something back itself. */
export const creditableQuantity = (invoiceLine: FieldValues, before: CreditedBefore): Decimal =>
  numberOf(invoiceLine, 'InvoicedQuantity').minus(before.quantity)

const numberOf = (row: FieldValues, name: string): Decimal => decimal(row[name] ?? '0')

/**
 * The order line that gives a part of an invoice line back: its quantity negative, price, discounts and tax groups of the original, and the
 * references to it. Refused with E27 beyond what is invoiced and not credited yet. Source: Supply Chain specification, 6.4.
 */
export function creditLine({ invoiceLine, quantity, before, round }: CreditRequest): CreditDecision {
  const invoiced = numberOf(invoiceLine, 'InvoicedQuantity')
  const left = creditableQuantity(invoiceLine, before)
  if (!quantity.greaterThan(ZERO) || quantity.greaterThan(left))
    return { ok: false, infolog: [refuseCommand('E27', quantity.toFixed(), left.toFixed())] }
  const reached = before.quantity.plus(quantity)
  // The sum over all credits is rounded, so that they add up to the invoice: the last one gives back exactly what is left.
  const partOf = (name: string, taken: Decimal): Decimal => {
    const whole = numberOf(invoiceLine, name)
    return (reached.equals(invoiced) ? whole : round(whole.times(reached).dividedBy(invoiced))).minus(taken)
  }
  const repeated = Object.fromEntries(REPEATED.map(([onInvoice, onOrder]) => [onOrder, invoiceLine[onInvoice] ?? '']))
  const withoutPrice = numberOf(invoiceLine, 'OrderPrice').isZero()
  return {
    ok: true,
    line: {
      ...repeated,
      OrderedSalesQuantity: negative(quantity),
      FixedPriceCharges: negative(partOf('FixedPriceCharges', before.salesCharges)),
      DiscountRemainder: negative(partOf('DiscountRemainder', before.discountRemainder)),
      // A line that was sold for a given net amount gives the same share of it back.
      ...(withoutPrice && { LineAmount: negative(round(numberOf(invoiceLine, 'LineAmount').times(quantity).dividedBy(invoiced))) }),
      CreditedInvoiceNumber: invoiceLine.InvoiceNumber ?? '',
      CreditedLotId: invoiceLine.InventoryLotId ?? '',
      SkipCreateAutoCharges: 'Yes',
    },
  }
}

/** The remainder of a discount split is kept unrounded: sixteen decimals, as the split itself does. */
const STORED_DECIMALS = 16

const negative = (value: Decimal): string => (value.isZero() ? '0' : formatDecimal(roundTo(value.negated(), STORED_DECIMALS)))

/** What is left to give back of a line once `delivered` more of it came in; negative as the line is, nought on a line that is sold. */
export const creditRemainder = (line: OrderLine, delivered: Decimal): Decimal =>
  isReturn(line) ? toDeliver({ ...line, delivered: line.delivered.plus(delivered) }) : ZERO
