import { type Decimal, formatDecimal, roundTo } from '@p2c/base'
import type { ColumnValue, Row } from '@p2c/dataverse'
import { type LineToPrice, type PricedLine, type PriceSource, priceLine } from '../../domain/pricing/line-price.ts'
import { isComponent } from '../../domain/pricing/line-rules.ts'
import { refuseAmount } from '../../domain/pricing/money-range.ts'
import { pricingErrorOf } from '../../domain/pricing/pricing-error.ts'
import type { RuleRefusal } from '../../domain/refusal.ts'
import { idOf } from '../row-values.ts'
import type { CatalogueAnswer } from './catalogue-entries.ts'
import { amountOf, decimalOf, holds } from './decimal-values.ts'
import type { PricedDocument } from './pricing-documents.ts'
import { isPriceLocked, type PricedHeader } from './pricing-facts.ts'

/** A line as it will be, with the row it was. */
export interface LineView {
  readonly read: (column: string) => ColumnValue
  /** Absent for a new line. */
  readonly before: Readonly<Row> | undefined
  /** What another document had settled comes with the line: a conversion makes it. */
  readonly isCopied: boolean
}

/** What a line is priced by. */
export interface LineScope {
  readonly document: PricedDocument
  readonly header: PricedHeader
  /** Absent for a write-in line. */
  readonly answer: CatalogueAnswer | undefined
}

/** Columns of a line that pricing fills; a client's values count only while the organisation does not price. */
export const LINE_OUTPUTS = ['volumediscountamount', 'baseamount', 'extendedamount', 'pricingerrorcode'] as const

/** Columns that pricing looks at, beside the lookup to the header. */
export const LINE_INPUTS = [
  'isproductoverridden',
  'productid',
  'productdescription',
  'producttypecode',
  'uomid',
  'quantity',
  'ispriceoverridden',
  'priceperunit',
  'manualdiscountamount',
  'tax',
  'transactioncurrencyid',
  'skippricecalculation',
] as const

/** A price that does not come from the catalogue: of a write-in line, or an overridden one. Source: Sales 4.6. */
const hasGivenPrice = (read: (column: string) => ColumnValue): boolean =>
  read('isproductoverridden') === true || read('ispriceoverridden') === true

/** True for a line that the catalogue prices: neither given a price nor part of a bundle. */
export const takesCataloguePrice = (read: (column: string) => ColumnValue): boolean =>
  !hasGivenPrice(read) && !isComponent(read('producttypecode'))

/** Unit price, volume discount, amounts and pricing error of a line, as columns. */
export const lineValues = (line: LineView, scope: LineScope): Row => toColumns(priceLine(toPrice(line, scope), scope.header.terms))

/** Why the amounts of a line cannot be stored; undefined where they can. Source: Sales 4.2. */
export function refuseLineValues(values: Row, { document, header }: LineScope): RuleRefusal | undefined {
  const { exchangeRate } = header.currency
  for (const column of ['priceperunit', 'baseamount', 'extendedamount']) {
    const refusal = refuseAmount({ table: document.line, column, value: amountOf(values[column]), exchangeRate })
    if (refusal !== undefined) return refusal
  }
  return undefined
}

const textOrNull = (value: Decimal | null): string | null => (value === null ? null : formatDecimal(value))

const toColumns = (priced: PricedLine): Row => ({
  priceperunit: textOrNull(priced.pricePerUnit),
  volumediscountamount: formatDecimal(priced.volumeDiscount),
  baseamount: formatDecimal(priced.baseAmount),
  extendedamount: formatDecimal(priced.extendedAmount),
  pricingerrorcode: priced.error,
})

function toPrice(line: LineView, scope: LineScope): LineToPrice {
  const { read } = line
  const { decimals } = scope.header.currency
  return {
    source: priceSource(line, scope),
    quantity: decimalOf(read('quantity')),
    manualDiscount: roundTo(amountOf(read('manualdiscountamount')), decimals),
    tax: roundTo(amountOf(read('tax')), decimals),
    volume: keptVolume(line, scope) ?? { ranges: scope.answer?.ranges ?? [] },
  }
}

function priceSource(line: LineView, { document, header, answer }: LineScope): PriceSource {
  const { read, before } = line
  if (isComponent(read('producttypecode'))) return { kind: 'component' }
  if (hasGivenPrice(read) || answer === undefined) return { kind: 'given', price: decimalOf(read('priceperunit')) }
  if (isPriceLocked(header.row)) {
    if (line.isCopied && decimalOf(read('priceperunit')) !== null) {
      return { kind: 'locked', price: decimalOf(read('priceperunit')), error: pricingErrorOf(read('pricingerrorcode')) }
    }
    if (isSameArticle(line, document)) {
      return { kind: 'locked', price: decimalOf(before?.priceperunit), error: pricingErrorOf(before?.pricingerrorcode) }
    }
  }
  return { kind: 'catalogue', entry: answer.entry, stored: decimalOf(before?.priceperunit) }
}

/** True for a line that had a catalogue price already: for this product in this unit, in this document. */
const isSameArticle = ({ before, read }: LineView, { parent }: PricedDocument): boolean =>
  before !== undefined &&
  before.ispriceoverridden !== true &&
  ['productid', 'uomid', parent].every((column) => idOf(before[column]) === idOf(read(column)))

/** A volume discount is found again only when the quantity changes, or for another article. Source: Sales 4.5. */
function keptVolume(line: LineView, { document, header }: LineScope): { readonly kept: Decimal } | undefined {
  const { before, read } = line
  if (before !== undefined) {
    const isKept = isSameArticle(line, document) && holds(before.quantity, decimalOf(read('quantity')))
    return isKept ? { kept: amountOf(before.volumediscountamount) } : undefined
  }
  const given = decimalOf(read('volumediscountamount'))
  return line.isCopied && isPriceLocked(header.row) && given !== null ? { kept: given } : undefined
}
