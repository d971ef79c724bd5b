import { type Decimal, sum, ZERO } from '@p2c/base'
import type { InfologEntry } from '../messages.ts'
import { taxAmounts } from '../tax/tax-amounts.ts'
import type { TaxAmount, Taxable } from '../tax/taxable.ts'
import type { CalculationCharge, CalculationDocument, CalculationLine } from './calculation-document.ts'
import { chargeAmount, netTotal } from './charge-amount.ts'
import { lineFigures } from './line-amount.ts'
import { roundAmount } from './rounding.ts'
import { totalDiscount } from './total-discount.ts'

/** Figures of one line. Source: Supply Chain specification, 5.2 and 5.8. */
export interface LineTotals {
  readonly recId: string
  readonly lotId: string
  readonly isCanceled: boolean
  readonly lineAmount: Decimal
  /** The line amount without the tax that is in it; the line amount itself where prices do not include tax. */
  readonly netAmount: Decimal
  /** The whole discount of the line, without its part of the total discount. */
  readonly discountAmount: Decimal
  /** Its part of the total discount of the document. */
  readonly totalDiscountPart: Decimal
  readonly ownSalesCharges: Decimal
  /** Charges of the line and its own sales charges. */
  readonly chargesAmount: Decimal
  /** Tax on the line and on its charges. */
  readonly taxAmount: Decimal
}

/** A charge with its amount in this document. */
export interface ChargeTotals {
  readonly recId: string
  readonly lineRecId: string
  readonly amount: Decimal
  readonly taxAmount: Decimal
}

/** One row of the tax of a document: of a line, of a charge of a line, or of a charge of the header. */
export interface TaxTotals {
  /** Blank: a charge of the header. */
  readonly lineRecId: string
  /** Blank: the line itself. */
  readonly chargeRecId: string
  readonly taxCode: string
  readonly taxGroup: string
  readonly taxItemGroup: string
  readonly isExempt: boolean
  readonly base: Decimal
  readonly amount: Decimal
  readonly date: string
}

/** Totals of a document in its currency; columns are rounded, the last one is the sum of rounded columns. Source: 5.8. */
export interface DocumentTotals {
  /** Net amounts of the lines without their own sales charges and without tax. */
  readonly lineTotalAmount: Decimal
  /** The total discount alone. */
  readonly totalDiscountAmount: Decimal
  /** All discounts: those of the lines and the total discount. */
  readonly discountAmount: Decimal
  readonly chargesAmount: Decimal
  readonly taxAmount: Decimal
  /** The part of the tax that is on charges of the header: no line carries it. */
  readonly headerTaxAmount: Decimal
  readonly totalAmount: Decimal
  /** Sum of the line amounts as they are stored: the sales balance of an invoice. */
  readonly lineAmounts: Decimal
  readonly lines: readonly LineTotals[]
  readonly charges: readonly ChargeTotals[]
  readonly taxes: readonly TaxTotals[]
  /** Why the figures cannot be relied on (E30, E29, E15): they are not to be stored or posted. */
  readonly problems: readonly InfologEntry[]
}

/** Whether charges are kept with tax in them where prices are. The specification says it of prices only (5.7). */
const CHARGES_INCLUDE_TAX = false

/** One amount that is taxed, and whose it is. */
interface TaxedPart {
  readonly lineRecId: string
  readonly chargeRecId: string
  readonly taxable: Taxable
}

/** All totals of a document: lines, total discount, charges, tax. Source: Supply Chain specification, 5.5 to 5.8. */
export function documentTotals(document: CalculationDocument): DocumentTotals {
  const { lines, rounding, parameters } = document
  const discount = totalDiscount(lines, document.totalDiscountPercent, rounding.orders)
  const charges = chargeAmounts(document)
  const parts = taxedParts(document, { discountByLine: discount.byLine, charges })
  const tax = taxAmounts(
    parts.map((part) => part.taxable),
    { setUp: document.tax, method: parameters.taxCalculationMethod, rounding: rounding.general },
  )
  const taxes = tax.amounts.map((amount) => toTaxTotals(amount, parts))
  const figures = {
    discountByLine: discount.byLine,
    charges: Map.groupBy(charges, ({ charge }) => charge.lineRecId),
    taxes: Map.groupBy(taxes, ({ lineRecId }) => lineRecId),
  }
  const lineTotals = lines.map((line) => totalsOfLine(document, line, figures))
  const taxOfCharges = Map.groupBy(taxes, ({ chargeRecId }) => chargeRecId)
  return {
    ...columns(document, { discount: discount.amount, charges, taxes, lines: lineTotals }),
    lines: lineTotals,
    charges: charges.map(({ charge, amount }) => ({
      recId: charge.recId,
      lineRecId: charge.lineRecId,
      amount,
      taxAmount: sum((taxOfCharges.get(charge.recId) ?? []).map((each) => each.amount)),
    })),
    taxes,
    problems: [...document.problems, ...tax.problems],
  }
}

interface ChargedAmount {
  readonly charge: CalculationCharge
  readonly amount: Decimal
}

function chargeAmounts({ lines, charges, rounding }: CalculationDocument): ChargedAmount[] {
  const byId = new Map(lines.map((line) => [line.recId, line]))
  const header = { amount: netTotal(lines), quantity: ZERO }
  return charges.flatMap((charge) => {
    const line = byId.get(charge.lineRecId)
    const base = line === undefined ? header : { amount: line.lineAmount, quantity: line.price.quantity }
    if (charge.lineRecId !== '' && line === undefined) return []
    return [{ charge, amount: chargeAmount(charge, base, rounding.orders) }]
  })
}

interface Figures {
  readonly discountByLine: ReadonlyMap<string, Decimal>
  readonly charges: readonly ChargedAmount[]
}

/** Lines each with their charges after them, then the charges of the header: the first of them takes the rest of a spread. */
function taxedParts(document: CalculationDocument, { discountByLine, charges }: Figures): TaxedPart[] {
  const byLine = Map.groupBy(charges, ({ charge }) => charge.lineRecId)
  const ofLines = document.lines
    .filter((line) => !line.isCanceled)
    .flatMap((line) => [
      lineTaxable(document, line, line.lineAmount.minus(discountByLine.get(line.recId) ?? ZERO)),
      ...(byLine.get(line.recId) ?? []).map((each) => chargeTaxable(document, each, line.taxDate)),
    ])
  return [...ofLines, ...(byLine.get('') ?? []).map((each) => chargeTaxable(document, each, document.documentDate))]
}

const lineTaxable = (document: CalculationDocument, line: CalculationLine, amount: Decimal): TaxedPart => ({
  lineRecId: line.recId,
  chargeRecId: '',
  taxable: {
    amount,
    isInclusive: document.pricesIncludeTax,
    taxGroup: line.taxGroup,
    taxItemGroup: line.taxItemGroup,
    date: line.taxDate,
    quantity: line.price.quantity,
    unitFactors: line.unitFactors,
  },
})

const chargeTaxable = (document: CalculationDocument, { charge, amount }: ChargedAmount, date: string): TaxedPart => ({
  lineRecId: charge.lineRecId,
  chargeRecId: charge.recId,
  taxable: {
    amount,
    isInclusive: document.pricesIncludeTax && CHARGES_INCLUDE_TAX,
    taxGroup: charge.taxGroup,
    taxItemGroup: charge.taxItemGroup,
    date,
    quantity: ZERO,
    unitFactors: new Map(),
  },
})

function toTaxTotals({ taxable, index, code, isExempt, base, amount }: TaxAmount, parts: readonly TaxedPart[]): TaxTotals {
  const { taxGroup, taxItemGroup, date } = taxable
  const { lineRecId = '', chargeRecId = '' } = parts[index] ?? {}
  return { lineRecId, chargeRecId, taxCode: code.code, taxGroup, taxItemGroup, isExempt, base, amount, date }
}

/** What belongs to each line, by its record id. */
interface LineParts {
  readonly discountByLine: ReadonlyMap<string, Decimal>
  readonly charges: ReadonlyMap<string, readonly ChargedAmount[]>
  readonly taxes: ReadonlyMap<string, readonly TaxTotals[]>
}

function totalsOfLine(
  { parameters, rounding, pricesIncludeTax }: CalculationDocument,
  line: CalculationLine,
  { discountByLine, charges, taxes }: LineParts,
): LineTotals {
  const { ownSalesCharges, lineDiscountTotal } = lineFigures(line.price, {
    rounding: rounding.orders,
    combination: parameters.lineMultiLineDiscount,
  })
  const own = taxes.get(line.recId) ?? []
  const onLine = sum(own.filter(({ chargeRecId }) => chargeRecId === '').map((each) => each.amount))
  const lineCharges = sum((charges.get(line.recId) ?? []).map((each) => each.amount))
  return {
    recId: line.recId,
    lotId: line.lotId,
    isCanceled: line.isCanceled,
    lineAmount: line.lineAmount,
    netAmount: pricesIncludeTax ? line.lineAmount.minus(onLine) : line.lineAmount,
    discountAmount: lineDiscountTotal,
    totalDiscountPart: discountByLine.get(line.recId) ?? ZERO,
    ownSalesCharges,
    chargesAmount: roundAmount(lineCharges.plus(ownSalesCharges), rounding.orders),
    taxAmount: roundAmount(sum(own.map((each) => each.amount)), rounding.orders),
  }
}

interface Parts {
  readonly discount: Decimal
  readonly charges: readonly ChargedAmount[]
  readonly taxes: readonly TaxTotals[]
  readonly lines: readonly LineTotals[]
}

/** The columns of 5.8. */
function columns({ rounding }: CalculationDocument, { discount, charges, taxes, lines }: Parts) {
  const rounded = (amounts: readonly Decimal[]): Decimal => roundAmount(sum(amounts), rounding.orders)
  const counted = lines.filter((line) => !line.isCanceled)
  const lineTotalAmount = rounded(counted.map((line) => line.netAmount.minus(line.ownSalesCharges)))
  const headerCharges = charges.filter(({ charge }) => charge.lineRecId === '').map((each) => each.amount)
  const chargesAmount = rounded([...headerCharges, ...counted.map((line) => line.chargesAmount)])
  const headerTaxAmount = rounded(taxes.filter(({ lineRecId }) => lineRecId === '').map((each) => each.amount))
  // The tax of each line is rounded before it is added: other systems add what they get line by line.
  const taxAmount = rounded([headerTaxAmount, ...counted.map((line) => line.taxAmount)])
  return {
    lineTotalAmount,
    totalDiscountAmount: discount,
    discountAmount: rounded([discount, ...counted.map((line) => line.discountAmount)]),
    chargesAmount,
    taxAmount,
    headerTaxAmount,
    totalAmount: lineTotalAmount.minus(discount).plus(chargesAmount).plus(taxAmount),
    lineAmounts: sum(counted.map((line) => line.lineAmount)),
  }
}
