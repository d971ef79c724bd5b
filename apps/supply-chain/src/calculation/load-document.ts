import { type Decimal, decimal, type SqlRunner, sum, ZERO } from '@p2c/base'
import { EMPTY_DATE, type FieldValues } from '../domain/field-value.ts'
import { type InfologEntry, refuseRow } from '../domain/messages.ts'
import {
  type CalculationCharge,
  type CalculationDocument,
  type CalculationLine,
  CHARGE_CATEGORIES,
} from '../domain/pricing/calculation-document.ts'
import { linePriceOf } from '../domain/pricing/line-amount.ts'
import { totalDiscountPercentOf } from '../domain/pricing/multiline-discount.ts'
import { currencyRounding } from '../domain/pricing/rounding.ts'
import { DEFAULT_SALES_PARAMETERS } from '../domain/sales-parameters.ts'
import { commonCodes, NO_TAX } from '../domain/tax/tax-set-up.ts'
import type { StoredRow } from '../store/tracked-row.ts'
import { type CalculationRequest, DOCUMENT_TABLES, type DocumentTables } from './document-tables.ts'
import { type DocumentRows, type DocumentSetUp, loadSetUp, readDocuments } from './read-documents.ts'

/**
 * Everything that the totals of the documents depend on, each once, in no promised order; a document that does not exist is left out. A fixed
 * number of statements, whatever the number of documents.
 */
export async function loadCalculations(sql: SqlRunner, request: CalculationRequest): Promise<CalculationDocument[]> {
  const tables = DOCUMENT_TABLES[request.kind]
  const documents = await readDocuments(sql, tables, request)
  const setUp = await loadSetUp(sql, tables, documents)
  return documents.map((rows) => calculationOf(rows, { tables, setUp, on: request.on }))
}

interface Context {
  readonly tables: DocumentTables
  readonly setUp: DocumentSetUp
  readonly on: string
}

const low = (value: string | undefined): string => (value ?? '').toLowerCase()
const number = (row: FieldValues, name: string): Decimal => decimal(row[name] || '0')

function calculationOf(rows: DocumentRows, context: Context): CalculationDocument {
  const { tables, setUp } = context
  const header = rows.header.values
  const company = low(header.dataAreaId)
  const documentDate = deliveryDate(header, tables) ?? context.on
  const currencyCode = header.CurrencyCode ?? ''
  const tax = setUp.tax.get(company)?.forCurrency(currencyCode, documentDate)
  const lines = rows.lines.map((row) => lineOf(row, { ...context, documentDate }))
  const charges = chargesOf(rows, { ...context, documentDate })
  const document = {
    kind: tables.kind,
    recId: rows.header.recId,
    dataAreaId: header.dataAreaId ?? '',
    number: header[tables.number] ?? '',
    contentVersion: header.ContentVersion ?? '',
    currencyCode,
    documentDate,
    pricesIncludeTax: header.ArePricesIncludingSalesTax === 'Yes',
    totalDiscountPercent: totalDiscountPercent(header, lines, { tables, setUp, documentDate }),
    rounding: currencyRounding(setUp.currencies.get(low(currencyCode))),
    parameters: setUp.parameters.get(company) ?? DEFAULT_SALES_PARAMETERS,
    tax: tax?.setUp ?? NO_TAX,
    lines,
    charges: charges.map(({ charge }) => charge),
    problems: charges.flatMap(({ problem }) => problem ?? []),
  }
  return { ...document, problems: [...document.problems, ...taxProblems(document, rows, tax?.missing ?? new Map())] }
}

/** The first delivery date that is set. */
const deliveryDate = (row: FieldValues, { deliveryDates }: DocumentTables): string | undefined =>
  deliveryDates.map((name) => row[name] ?? EMPTY_DATE).find((each) => each !== EMPTY_DATE && each !== '')

interface DatedContext extends Context {
  readonly documentDate: string
}

function lineOf({ recId, values }: StoredRow, { tables, setUp, documentDate }: DatedContext): CalculationLine {
  return {
    recId,
    lotId: values.InventoryLotId ?? '',
    price: linePriceOf(values, tables.quantity),
    lineAmount: number(values, 'LineAmount'),
    isCanceled: values.SalesOrderLineStatus === 'Canceled',
    takesPartInTotalDiscount: values.TakesPartInTotalDiscount !== 'No',
    taxGroup: values.SalesTaxGroupCode ?? '',
    taxItemGroup: values.SalesTaxItemGroupCode ?? '',
    taxDate: deliveryDate(values, tables) ?? documentDate,
    unitFactors: setUp.unitFactors(values),
  }
}

interface LoadedCharge {
  readonly charge: CalculationCharge
  readonly problem?: InfologEntry
}

/** Charges of the header, then those of the lines in their order. */
function chargesOf({ header, lines, charges, lineCharges }: DocumentRows, context: DatedContext): LoadedCharge[] {
  const byLot = Map.groupBy(lineCharges, ({ values }) => low(values.InventoryLotId))
  const ofHeader = charges.map((row) => chargeOf(row, { ...context, header: header.values, lineRecId: '' }))
  const ofLines = lines.flatMap((line) =>
    (byLot.get(low(line.values.InventoryLotId)) ?? []).map((row) =>
      chargeOf(row, { ...context, header: header.values, lineRecId: line.recId }),
    ),
  )
  return [...ofHeader, ...ofLines]
}

interface ChargeContext extends DatedContext {
  readonly header: FieldValues
  readonly lineRecId: string
}

function chargeOf({ recId, values }: StoredRow, { setUp, header, lineRecId, documentDate }: ChargeContext): LoadedCharge {
  const code = setUp.chargeCodes.get(`${low(values.dataAreaId)} ${low(values.ChargeCode)}`)
  const category = CHARGE_CATEGORIES.find((each) => each === values.ChargeCategory) ?? 'Fixed'
  const rate =
    category === 'Percent'
      ? decimal(1)
      : setUp.rate(values.CurrencyCode || (header.CurrencyCode ?? ''), header.CurrencyCode ?? '', documentDate)
  return {
    charge: {
      recId,
      lineRecId,
      chargeCode: values.ChargeCode ?? '',
      category,
      value: number(values, 'ChargeValue').times(rate ?? ZERO),
      sign: code?.DebitPostingMethod === 'CustVend' ? 1 : code?.CreditPostingMethod === 'CustVend' ? -1 : 0,
      taxGroup: values.SalesTaxGroupCode ?? '',
      taxItemGroup: values.SalesTaxItemGroupCode ?? '',
      isKept: values.IsKept === 'Yes',
      isProrated: code?.WillSalesInvoicingProrateChargeAmounts === 'Yes',
      isClosed: values.IsClosed === 'Yes',
      invoicedAmount: number(values, 'InvoicedAmount'),
      fromOrderAmount: number(values, 'FromOrderAmount'),
      toOrderAmount: number(values, 'ToOrderAmount'),
    },
    ...(rate === undefined && { problem: refuseRow('E29', values.CurrencyCode ?? '', header.CurrencyCode ?? '', documentDate) }),
  }
}

/** The percentage of the header; where it has none, what trade agreements give. Source: Supply Chain specification, 5.4 and 5.5. */
function totalDiscountPercent(
  header: FieldValues,
  lines: readonly CalculationLine[],
  { tables, setUp, documentDate }: Omit<DatedContext, 'on'>,
): Decimal {
  const own = number(header, 'TotalDiscountPercentage')
  const agreements = setUp.totalDiscounts.get(low(header.dataAreaId)) ?? []
  if (!own.isZero() || agreements.length === 0) return own
  const eligible = lines.filter((line) => !line.isCanceled && line.takesPartInTotalDiscount)
  const found = totalDiscountPercentOf(agreements, {
    customerAccount: header[tables.customer] ?? '',
    customerGroup: header.TotalDiscountCustomerGroupCode ?? '',
    currencyCode: header.CurrencyCode ?? '',
    date: documentDate,
    amount: sum(eligible.map((line) => line.lineAmount)),
  })
  return found ?? ZERO
}

/** Tax codes of this document that have no exchange rate, and units that its lines cannot be counted in. */
function taxProblems(
  { tax, lines, charges }: Pick<CalculationDocument, 'tax' | 'lines' | 'charges'>,
  rows: DocumentRows,
  missing: ReadonlyMap<string, InfologEntry>,
): InfologEntry[] {
  const rates = [...lines, ...charges].flatMap((each) =>
    commonCodes(tax, each.taxGroup, each.taxItemGroup).flatMap(({ code, isExempt }) => (isExempt ? [] : (missing.get(code) ?? []))),
  )
  const units = lines.flatMap((line, index) =>
    commonCodes(tax, line.taxGroup, line.taxItemGroup)
      .filter(({ taxCode, isExempt }) => !isExempt && taxCode.unit !== '' && !line.unitFactors.has(taxCode.unit))
      .map(({ taxCode }) =>
        refuseRow('E15', rows.lines[index]?.values.SalesUnitSymbol ?? '', taxCode.unit, rows.lines[index]?.values.ProductNumber ?? ''),
      ),
  )
  return [...new Set(rates), ...units]
}
