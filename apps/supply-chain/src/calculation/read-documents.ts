import { type Decimal, decimal, type SqlRunner } from '@p2c/base'
import type { FieldValues } from '../domain/field-value.ts'
import type { SalesParameters } from '../domain/sales-parameters.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { findRows } from '../store/rows.ts'
import { joinKey, type StoredRow } from '../store/tracked-row.ts'
import type { CalculationRequest, DocumentTables } from './document-tables.ts'
import { type LoadedTax, loadRates, loadTax } from './load-tax.ts'
import { type FindUnitFactors, loadUnitFactors } from './load-unit-factors.ts'
import { readParametersOf } from './read-parameters.ts'

/** The stored rows of one document. Lines by line number; charges by theirs. */
export interface DocumentRows {
  readonly header: StoredRow
  readonly lines: readonly StoredRow[]
  readonly charges: readonly StoredRow[]
  readonly lineCharges: readonly StoredRow[]
}

/** Columns of headers and lines that figures depend on; the others of these wide tables are not read. */
const HEADER_FIELDS = [
  'dataAreaId',
  'CurrencyCode',
  'ContentVersion',
  'ArePricesIncludingSalesTax',
  'TotalDiscountPercentage',
  'TotalDiscountCustomerGroupCode',
  'SalesTaxGroupCode',
]
const LINE_FIELDS = [
  'dataAreaId',
  'InventoryLotId',
  'ItemNumber',
  'ProductNumber',
  'LineNumber',
  'LineCreationSequenceNumber',
  'SalesUnitSymbol',
  'SalesPrice',
  'SalesPriceQuantity',
  'LineDiscountAmount',
  'LineDiscountPercentage',
  'MultilineDiscountAmount',
  'MultilineDiscountPercentage',
  'FixedPriceCharges',
  'DiscountRemainder',
  'LineAmount',
  'TakesPartInTotalDiscount',
  'SalesTaxGroupCode',
  'SalesTaxItemGroupCode',
]

/** Headers, lines and charges: four statements, two where the caller knows headers and lines. */
export async function readDocuments(
  sql: SqlRunner,
  tables: DocumentTables,
  { keys, isForUpdate = false, known }: CalculationRequest,
): Promise<DocumentRows[]> {
  const wanted = [...new Map(keys.map(({ dataAreaId, number }) => [joinKey([dataAreaId, number]), [dataAreaId, number]])).values()]
  const find = (relation: string, only?: readonly string[]) =>
    findRows(sql, {
      table: tableByRelation(relation),
      fields: ['dataAreaId', tables.number],
      keys: wanted,
      isMany: true,
      isForUpdate: isForUpdate && relation === tables.header,
      ...(only !== undefined && { only: [...only, tables.number, ...tables.deliveryDates] }),
    })
  const headers = known?.headers ?? (await find(tables.header, [...HEADER_FIELDS, tables.customer]))
  const status = tables.kind === 'order' ? ['SalesOrderLineStatus'] : []
  const lines = known?.lines ?? (await find(tables.line, [...LINE_FIELDS, ...status, tables.quantity]))
  const charges = await find(tables.charge)
  const lineCharges = await find(tables.lineCharge)
  const keyOf = ({ values }: StoredRow): string => joinKey([values.dataAreaId ?? '', values[tables.number] ?? ''])
  const [linesOf, chargesOf, lineChargesOf] = [lines, charges, lineCharges].map((rows) => Map.groupBy(rows, keyOf))
  return headers.map((header) => ({
    header,
    lines: (linesOf?.get(keyOf(header)) ?? []).toSorted(byNumbers('LineNumber', 'LineCreationSequenceNumber')),
    charges: (chargesOf?.get(keyOf(header)) ?? []).toSorted(byNumbers('ChargeLineNumber')),
    lineCharges: (lineChargesOf?.get(keyOf(header)) ?? []).toSorted(byNumbers('ChargeLineNumber')),
  }))
}

const byNumbers =
  (...names: readonly string[]) =>
  (a: StoredRow, b: StoredRow): number =>
    names.reduce((order, name) => order || decimal(a.values[name] || '0').comparedTo(decimal(b.values[name] || '0')), 0)

/** What documents of several companies have in common. Keys are in lower case; a charge code is `company code`. */
export interface DocumentSetUp {
  readonly currencies: ReadonlyMap<string, FieldValues>
  readonly parameters: ReadonlyMap<string, SalesParameters>
  readonly chargeCodes: ReadonlyMap<string, FieldValues>
  readonly tax: ReadonlyMap<string, LoadedTax>
  readonly unitFactors: FindUnitFactors
  readonly rate: (from: string, to: string, on: string) => Decimal | undefined
  /** Agreements on total discounts by company. */
  readonly totalDiscounts: ReadonlyMap<string, readonly FieldValues[]>
}

const low = (value: string | undefined): string => (value ?? '').toLowerCase()
const distinct = (values: readonly (string | undefined)[]): string[] => [...new Set(values.map(low))].filter((each) => each !== '')

/** Currencies, parameters, charge codes, tax, units, rates and agreements that the documents need. */
export async function loadSetUp(sql: SqlRunner, tables: DocumentTables, documents: readonly DocumentRows[]): Promise<DocumentSetUp> {
  const headers = documents.map(({ header }) => header.values)
  const charges = documents.flatMap((each) => [...each.charges, ...each.lineCharges].map(({ values }) => values))
  const lines = documents.flatMap((each) => each.lines.map(({ values }) => values))
  const companies = distinct(headers.map((row) => row.dataAreaId))
  const currencyCodes = distinct(headers.map((row) => row.CurrencyCode))
  const used = [...lines, ...charges]
  const tax = await loadTax(
    sql,
    companies.map((dataAreaId) => {
      const own = used.filter((row) => low(row.dataAreaId) === dataAreaId)
      return {
        dataAreaId,
        taxGroups: new Set(distinct(own.map((row) => row.SalesTaxGroupCode))),
        taxItemGroups: new Set(distinct(own.map((row) => row.SalesTaxItemGroupCode))),
      }
    }),
    currencyCodes,
  )
  const ofCharges = distinct(charges.map((row) => row.CurrencyCode))
  return {
    currencies: await readByKey(sql, 'currency', { fields: ['CurrencyCode'], keys: currencyCodes.map((each) => [each]) }),
    parameters: await readParametersOf(sql, companies),
    chargeCodes: await readByKey(sql, 'sales_charge_code', {
      fields: ['dataAreaId', 'ChargeCode'],
      keys: distinct(charges.map((row) => `${row.dataAreaId} ${row.ChargeCode}`)).map((each) => [before(each), after(each)]),
    }),
    tax,
    unitFactors: await loadUnitFactors(sql, lines, new Set([...tax.values()].flatMap((each) => [...each.units]))),
    rate: await loadRates(
      sql,
      currencyCodes.map((to) => ({ to, from: ofCharges.filter((each) => each !== to) })),
    ),
    totalDiscounts: await readTotalDiscounts(sql, tables, headers),
  }
}

/** A company id has no blank in it. */
const before = (text: string): string => text.slice(0, text.indexOf(' '))
const after = (text: string): string => text.slice(text.indexOf(' ') + 1)

async function readByKey(
  sql: SqlRunner,
  relation: string,
  { fields, keys }: { readonly fields: readonly string[]; readonly keys: readonly (readonly string[])[] },
): Promise<ReadonlyMap<string, FieldValues>> {
  const rows = await findRows(sql, { table: tableByRelation(relation), fields, keys })
  return new Map(rows.map(({ values }) => [fields.map((name) => low(values[name])).join(' '), values]))
}

/** Agreements on the total discount: those for all customers, for the groups and for the customers of headers that have no percentage of their own. */
async function readTotalDiscounts(sql: SqlRunner, { customer }: DocumentTables, headers: readonly FieldValues[]) {
  const open = headers.filter((row) => row.TotalDiscountPercentage === '0' || row.TotalDiscountPercentage === undefined)
  if (open.length === 0) return new Map<string, FieldValues[]>()
  const accounts = new Map(
    open.flatMap((row) =>
      ['', row[customer] ?? ''].map((account) => [
        `${low(row.dataAreaId)} ${low(account)}`,
        [row.dataAreaId ?? '', 'EndDiscSales', account],
      ]),
    ),
  )
  const rows = await findRows(sql, {
    table: tableByRelation('sales_price_agreement'),
    fields: ['dataAreaId', 'PriceType', 'CustomerAccountNumber'],
    keys: [...accounts.values()],
    isMany: true,
  })
  return Map.groupBy(
    rows.map(({ values }) => values),
    (row) => low(row.dataAreaId),
  )
}
