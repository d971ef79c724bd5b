import { decimal } from '@p2c/base'
import type { Facts, Question, WriteCandidate } from '../decision.ts'
import { at, EMPTY_DATE, type FieldValues } from '../field-value.ts'
import { type InfologEntry, refuseField, refuseRow } from '../messages.ts'
import { warehouseQuestions } from '../site-and-warehouse.ts'
import { basePrice, ratesQuestions } from './base-price.ts'
import { decideDeliveryAddress, deliveryAddressQuestions, headerAddress } from './delivery-address.ts'
import { agreedDiscount, agreedPrice, lineAgreementQuestions } from './line-agreements.ts'
import { decideLinePlace, LINE_PLACE } from './line-place.ts'
import { decideLinePrice } from './line-price.ts'
import { decideLineProduct, findLineProduct, laterProductQuestions, productQuestions, productValues } from './line-product.ts'
import { quantityValues, salesUnitsIn, toInventoryQuantity, unitQuestions } from './line-quantity.ts'

/** What lines of orders and quotations name differently. */
export interface LineNames {
  /** The entity of the header and the field of the line and the header that holds the number of the document. */
  readonly headerEntity: string
  readonly document: string
  /** What people call that field and the table of headers: for a number that no header has. */
  readonly label: string
  readonly tableLabel: string
  readonly quantity: string
  /** Fields of the line that default from a field of the header. */
  readonly fromHeader: FieldValues
  /** Whether a line gives goods back: what was sold returns, though it is no longer for sale. */
  readonly isReturn?: (row: FieldValues) => boolean
}

/** The header of a line, as stored or as written by the same change set. */
const headerOf = (row: FieldValues, facts: Facts, names: LineNames): FieldValues | undefined =>
  facts.find(names.headerEntity, names.document, at(row, names.document))

/** The rows that a line must be seen with; to be joined by `laterLineQuestions`. */
export const lineQuestions = (row: FieldValues, names: LineNames): readonly Question[] => [
  { entityName: names.headerEntity, field: names.document, value: at(row, names.document) },
  ...productQuestions(row),
  ...deliveryAddressQuestions(row),
  ...warehouseQuestions(row, LINE_PLACE),
  { entityName: 'SalesParameter', field: 'dataAreaId', value: at(row, 'dataAreaId') },
  { entityName: 'LegalEntity', field: 'LegalEntityId', value: at(row, 'dataAreaId') },
]

/** What the product and the header of a line ask for: units, conversions, currency, rates. */
export function laterLineQuestions(row: FieldValues, facts: Facts, names: LineNames): readonly Question[] {
  const header = headerOf(row, facts, names)
  const currency = at(header, 'CurrencyCode')
  return [
    ...laterProductQuestions(row, facts),
    ...(currency === '' ? [] : [{ entityName: 'Currency', field: 'CurrencyCode', value: currency }]),
    ...ratesQuestions(row, currency, facts),
    ...possibleProducts(row, facts).flatMap((product) => [
      // A line that takes another product may take the unit of that one with it.
      ...[at(row, 'SalesUnitSymbol'), at(product, 'SalesUnitSymbol')].flatMap((unit) => unitQuestions(unit, product)),
      ...lineAgreementQuestions(product),
    ]),
  ]
}

/** The products that a line may mean: a caller that changes it names it by number or by item, which is not known here. */
function possibleProducts(row: FieldValues, facts: Facts): readonly FieldValues[] {
  const byNumber = findLineProduct(row, new Set(['ProductNumber']), facts)
  const byItem = findLineProduct(row, new Set(['ItemNumber']), facts)
  return [byNumber, byItem].filter((product) => product !== undefined)
}

/** The line as it is to be stored, with the rows it was decided by; or why not. */
export type LineOutcome =
  | { readonly ok: true; readonly row: FieldValues; readonly product: FieldValues; readonly header: FieldValues }
  | { readonly ok: false; readonly infolog: readonly InfologEntry[] }

/**
 * A line of an order or quotation with its defaults: product, place, quantity in both units, price, discounts and net amount, delivery address.
 * All refusals that can be told apart come together. Source: Supply Chain specification, 2.15 no. 2 to 8.
 */
export function decideLine(candidate: WriteCandidate, names: LineNames): LineOutcome {
  const { before, given, facts } = candidate
  const header = headerOf(candidate.row, facts, names)
  if (header === undefined) return { ok: false, infolog: [unknownHeader(at(candidate.row, names.document), names)] }
  const found = findLineProduct(candidate.row, given, facts)
  const isOther = before === undefined || found === undefined || at(found, 'ProductNumber') !== at(before, 'ProductNumber')
  const outcome = decideLineProduct(candidate, isOther && names.isReturn?.(candidate.row) !== true)
  if ('entry' in outcome) return { ok: false, infolog: [outcome.entry] }
  const { product } = outcome
  const row = { ...candidate.row, ...headerValues(candidate, header, names), ...productValues(product, candidate, isOther) }
  const place = decideLinePlace({ ...candidate, row }, { product, header })
  const quantity = toInventoryQuantity(
    { quantity: decimal(at(row, names.quantity) || '0'), unit: at(row, 'SalesUnitSymbol') },
    product,
    facts,
  )
  const address = decideDeliveryAddress({ ...candidate, row }, headerAddress(header))
  const placed = 'values' in place ? { ...row, ...place.values } : row
  const price = priceLine({ ...candidate, row: placed }, { header, product, isOther, names })
  const problems = [
    ...('infolog' in place ? place.infolog : []),
    ...(quantity.ok ? [] : [quantity.entry]),
    ...('entry' in address ? [address.entry] : []),
    ...('entry' in price ? [price.entry] : []),
  ]
  if (problems.length > 0 || 'infolog' in place || !quantity.ok || 'entry' in address || 'entry' in price)
    return { ok: false, infolog: problems }
  const values = {
    ...price.values,
    ...place.values,
    ...address.values,
    ...quantityValues(quantity.inventoryQuantity),
    ...(DISCOUNTS.some((name) => given.has(name) && at(before, name) !== at(candidate.row, name)) && { IsDiscountGiven: 'Yes' }),
  }
  return { ok: true, row: values, product, header }
}

/** Discounts come as a set: one that is given leaves no room for those of multiline agreements, which are found once all lines are known. */
const DISCOUNTS = [
  'LineDiscountAmount',
  'LineDiscountPercentage',
  'MultilineDiscountAmount',
  'MultilineDiscountPercentage',
  'TotalDiscountAmount',
]

const unknownHeader = (number: string, { document, label, tableLabel }: LineNames): InfologEntry =>
  number === '' ? refuseRow('E02', label) : refuseField(document, 'E01', number, label, tableLabel)

const BLANKS: ReadonlySet<string> = new Set(['', EMPTY_DATE])

/** Fields of a new line that its header fills where they are blank; a member of an enumeration is blank when it was not given. */
function headerValues({ before, row, given }: WriteCandidate, header: FieldValues, names: LineNames): FieldValues {
  if (before !== undefined) return {}
  const blank = Object.entries(names.fromHeader).filter(([name]) => BLANKS.has(at(row, name)) || !given.has(name))
  return Object.fromEntries(blank.map(([name, source]) => [name, at(header, source)]))
}

interface PriceFacts {
  readonly header: FieldValues
  readonly product: FieldValues
  readonly isOther: boolean
  readonly names: LineNames
}

function priceLine(candidate: WriteCandidate, { header, product, isOther, names }: PriceFacts) {
  const { row, given, facts, today } = candidate
  const currencyCode = at(header, 'CurrencyCode')
  const line = { row, header, product, quantity: decimal(at(row, names.quantity) || '0'), on: today }
  const needsPrice = isOther && !given.has('SalesPrice')
  const agreed = needsPrice ? agreedPrice(line, facts) : undefined
  const isBase = needsPrice && agreed === undefined
  const salesUnits = salesUnitsIn(at(row, 'SalesUnitSymbol'), product, facts)
  const context = { currencyCode, on: today, dataAreaId: at(row, 'dataAreaId'), salesUnits }
  const base = isBase ? basePrice(product, context, facts) : { values: agreed ?? {} }
  if ('entry' in base) return base
  const priceUnit = base.values.SalesPriceQuantity ?? at(row, 'SalesPriceQuantity')
  const defaults = isOther ? { ...base.values, ...agreedDiscount(line, priceUnit, facts) } : {}
  return decideLinePrice(candidate, { quantityField: names.quantity, currencyCode, defaults, document: at(row, names.document) })
}
