import { type Decimal, decimal, formatDecimal, type SqlRunner } from '@p2c/base'
import { at, dayOf, type FieldValues } from '../domain/field-value.ts'
import type { DocumentKind } from '../domain/pricing/calculation-document.ts'
import type { FoundDiscount } from '../domain/pricing/find-price.ts'
import { lineFigures, linePriceOf } from '../domain/pricing/line-amount.ts'
import { multilineDiscounts } from '../domain/pricing/multiline-discount.ts'
import { currencyRounding } from '../domain/pricing/rounding.ts'
import { DEFAULT_SALES_PARAMETERS, type SalesParameters } from '../domain/sales-parameters.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { findRows, type RowUpdate, updateRows } from '../store/rows.ts'
import { joinKey, type StoredRow } from '../store/tracked-row.ts'
import type { RowChange, WriteEffect } from '../store/write-effects.ts'
import { DOCUMENT_TABLES, type DocumentTables } from './document-tables.ts'
import { readParametersOf } from './read-parameters.ts'

const low = (value: string): string => value.toLowerCase()
const number = (row: FieldValues, name: string): Decimal => decimal(at(row, name) || '0')

/**
 * Lines that came, changed or went: the quantity of their multiline groups is another one, and so may be the discount of every open line of the
 * document. Discounts that were given stay. One statement where the company has no such agreement, otherwise at most six. The headers are locked:
 * writers of a line lock its document first. Source: Supply Chain specification, 5.4.
 */
export const applyMultilineDiscounts =
  (kind: DocumentKind): WriteEffect =>
  async (sql, changes, { now }) => {
    const tables = DOCUMENT_TABLES[kind]
    const agreements = await readAgreements(sql, changes)
    if (agreements.size === 0) return
    const documents = await readLines(sql, changes, { tables, agreements })
    const updates = documents.flatMap((document) => discounted(document, { tables, agreements, on: dayOf(now) }))
    await updateRows(sql, tableByRelation(tables.line), updates)
  }

const companiesOf = (changes: readonly RowChange[]): string[] => [
  ...new Set(
    changes.flatMap(({ before, after }) => [before, after]).flatMap((row) => (row === undefined ? [] : [low(at(row, 'dataAreaId'))])),
  ),
]

/** Agreements on multiline discounts by company. */
async function readAgreements(sql: SqlRunner, changes: readonly RowChange[]): Promise<ReadonlyMap<string, readonly FieldValues[]>> {
  const rows = await findRows(sql, {
    table: tableByRelation('sales_price_agreement'),
    fields: ['dataAreaId', 'PriceType'],
    keys: companiesOf(changes).map((company) => [company, 'MultiLineDiscSales']),
    isMany: true,
  })
  return Map.groupBy(
    rows.map(({ values }) => values),
    (row) => low(at(row, 'dataAreaId')),
  )
}

/** What is read of lines, and may be written. */
const LINE_FIELDS = [
  'dataAreaId',
  'MultilineDiscountGroupCode',
  'IsDiscountGiven',
  'SalesUnitSymbol',
  'SalesPrice',
  'SalesPriceQuantity',
  'LineDiscountAmount',
  'LineDiscountPercentage',
  'MultilineDiscountAmount',
  'MultilineDiscountPercentage',
  'FixedPriceCharges',
  'DiscountRemainder',
  'TotalDiscountAmount',
  'LineAmount',
]

interface DocumentLines {
  readonly header: FieldValues
  readonly lines: readonly StoredRow[]
  readonly currency: FieldValues | undefined
  readonly parameters: SalesParameters
}

async function readLines(
  sql: SqlRunner,
  changes: readonly RowChange[],
  { tables, agreements }: Omit<DiscountContext, 'on'>,
): Promise<DocumentLines[]> {
  const rows = changes
    .flatMap(({ before, after }): FieldValues[] => [after ?? before ?? {}])
    .filter((row) => agreements.has(low(at(row, 'dataAreaId'))))
  const keyOf = (row: FieldValues): string => joinKey([at(row, 'dataAreaId'), at(row, tables.number)])
  const keys = [...new Map(rows.map((row) => [keyOf(row), [at(row, 'dataAreaId'), at(row, tables.number)]])).values()]
  const common = { fields: ['dataAreaId', tables.number], keys }
  const headerFields = ['dataAreaId', tables.number, tables.customer, 'CurrencyCode', 'MultilineDiscountCustomerGroupCode']
  const headers = await findRows(sql, { ...common, table: tableByRelation(tables.header), only: headerFields })
  const ofOrders = tables.kind === 'order' ? ['SalesOrderLineStatus', 'InvoicedQuantity'] : []
  const only = [...LINE_FIELDS, ...ofOrders, tables.number, tables.quantity]
  const stored = await findRows(sql, { ...common, table: tableByRelation(tables.line), isMany: true, only })
  const lines = Map.groupBy(stored, ({ values }) => keyOf(values))
  const currencyCodes = [...new Set(headers.map(({ values }) => at(values, 'CurrencyCode')))]
  const currencies = await findRows(sql, {
    table: tableByRelation('currency'),
    fields: ['CurrencyCode'],
    keys: currencyCodes.map((code) => [code]),
  })
  const parameters = await readParametersOf(sql, [...agreements.keys()])
  return headers.map(({ values }) => ({
    header: values,
    lines: lines.get(keyOf(values)) ?? [],
    currency: currencies.find((row) => low(at(row.values, 'CurrencyCode')) === low(at(values, 'CurrencyCode')))?.values,
    parameters: parameters.get(low(at(values, 'dataAreaId'))) ?? DEFAULT_SALES_PARAMETERS,
  }))
}

interface DiscountContext {
  readonly tables: DocumentTables
  readonly agreements: ReadonlyMap<string, readonly FieldValues[]>
  readonly on: string
}

/** Goods that come back have the price of their invoice, and what was invoiced or cancelled stays. */
const takesPart = (row: FieldValues, quantityField: string): boolean =>
  !number(row, quantityField).isNegative() && at(row, 'SalesOrderLineStatus') !== 'Canceled'
const isOpen = (row: FieldValues): boolean => at(row, 'IsDiscountGiven') !== 'Yes' && number(row, 'InvoicedQuantity').isZero()

function discounted({ header, lines, currency, parameters }: DocumentLines, { tables, agreements, on }: DiscountContext): RowUpdate[] {
  const members = lines.filter(({ values }) => takesPart(values, tables.quantity))
  const found = multilineDiscounts(
    members.map(({ recId, values }) => ({
      recId,
      group: at(values, 'MultilineDiscountGroupCode'),
      unit: at(values, 'SalesUnitSymbol'),
      quantity: number(values, tables.quantity),
      priceUnit: number(values, 'SalesPriceQuantity'),
    })),
    agreements.get(low(at(header, 'dataAreaId'))) ?? [],
    {
      customerAccount: at(header, tables.customer),
      customerGroup: at(header, 'MultilineDiscountCustomerGroupCode'),
      currencyCode: at(header, 'CurrencyCode'),
      date: on,
    },
  )
  const rules = { rounding: currencyRounding(currency).orders, combination: parameters.lineMultiLineDiscount }
  return members.flatMap((stored) => {
    const { values } = stored
    const discount = found.get(stored.recId)
    if (!isOpen(values) || isSameDiscount(values, discount)) return []
    const fields = {
      MultilineDiscountAmount: discount === undefined ? '0' : formatDecimal(discount.amount),
      MultilineDiscountPercentage: discount === undefined ? '0' : formatDecimal(discount.percent),
    }
    const before = lineFigures(linePriceOf(values, tables.quantity), rules)
    const after = lineFigures(linePriceOf({ ...values, ...fields }, tables.quantity), rules)
    // A net amount that was given, not computed, stays as it is.
    const isComputed = before.lineAmount.equals(number(values, 'LineAmount'))
    const amounts = {
      TotalDiscountAmount: formatDecimal(after.lineDiscountTotal),
      ...(isComputed && { LineAmount: formatDecimal(after.lineAmount) }),
    }
    return [{ stored, after: { ...values, ...fields, ...amounts } }]
  })
}

const isSameDiscount = (row: FieldValues, discount: FoundDiscount | undefined): boolean =>
  number(row, 'MultilineDiscountAmount').equals(discount?.amount ?? 0) &&
  number(row, 'MultilineDiscountPercentage').equals(discount?.percent ?? 0)
