import { type Decimal, formatDecimal, type SqlRunner } from '@p2c/base'
import { type FieldValues, timeOf } from '../domain/field-value.ts'
import type { InfologEntry } from '../domain/messages.ts'
import type { CalculationDocument } from '../domain/pricing/calculation-document.ts'
import { type DocumentTotals, documentTotals } from '../domain/pricing/document-totals.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { findRows } from '../store/rows.ts'
import { joinKey, type StoredRow } from '../store/tracked-row.ts'
import { type CalculationRequest, DOCUMENT_TABLES, type DocumentKey, type DocumentTables } from './document-tables.ts'
import { loadCalculations } from './load-document.ts'
import { replaceRows, stampTotals, updateChargeAmounts } from './total-rows.ts'

/** Documents whose totals are to be brought up to date. */
export interface TotalsRequest extends Pick<CalculationRequest, 'kind' | 'keys'> {
  readonly now: Date
  /** Also those whose totals are current: set-up may have changed since. */
  readonly isForced?: boolean
}

/** What a calculation of totals did. */
export interface TotalsOutcome {
  /** Documents whose totals were made anew. */
  readonly calculated: number
  /** Documents that cannot be calculated, and why; their totals stay as they were. */
  readonly failures: readonly { readonly document: DocumentKey; readonly infolog: readonly InfologEntry[] }[]
}

/**
 * Makes the totals of the documents for what they hold now, and stores them with the number of that content and the time; with them go the
 * amounts of charges and the tax of each line and code. Documents whose totals are current are left alone unless forced. Locks the headers in
 * key order; a fixed number of statements. Readers of changes see the document and its lines as changed: their views show the totals. Where a
 * forced calculation comes to what is stored already, only the time is stamped, and nothing counts as changed.
 * Source: Supply Chain specification, 5.8 and 7.
 */
export async function updateTotals(sql: SqlRunner, { kind, keys, now, isForced = false }: TotalsRequest): Promise<TotalsOutcome> {
  const tables = DOCUMENT_TABLES[kind]
  const made = timeOf(now)
  const documents = await loadCalculations(sql, { kind, keys, on: made.slice(0, 10), isForUpdate: true })
  const stored = await readTotals(sql, tables, documents)
  const wanted = isForced ? documents : documents.filter((each) => stored.totalOf(each)?.ContentVersion !== each.contentVersion)
  const results = wanted.map((document) => ({ document, totals: documentTotals(document) }))
  const good = results.filter(({ totals }) => totals.problems.length === 0)
  const rows = good.map((each) => ({ ...each, total: totalRow(tables, each, made), lines: lineTotalRows(tables, each, made) }))
  const { same = [], other = [] } = Object.groupBy(rows, (each) => (stored.isSame(each) ? 'same' : 'other'))
  await saveTotals(sql, tables, other)
  await stampTotals(sql, tables, { keys: same.map(keyOf), made })
  await saveParts(sql, tables, good)
  return {
    calculated: good.length,
    failures: results
      .filter(({ totals }) => totals.problems.length > 0)
      .map(({ document, totals }) => ({
        document: { dataAreaId: document.dataAreaId, number: document.number },
        infolog: totals.problems,
      })),
  }
}

interface Calculated {
  readonly document: CalculationDocument
  readonly totals: DocumentTotals
}

/** The rows that are stored of it. */
interface TotalRows extends Calculated {
  readonly total: FieldValues
  readonly lines: readonly FieldValues[]
}

const keyOf = ({ document }: Calculated): string[] => [document.dataAreaId, document.number]

/** The totals that documents have. */
interface StoredTotals {
  totalOf(document: CalculationDocument): FieldValues | undefined
  /** Whether rows say what is stored, whenever that was made. */
  isSame(rows: TotalRows): boolean
}

async function readTotals(sql: SqlRunner, tables: DocumentTables, documents: readonly CalculationDocument[]): Promise<StoredTotals> {
  const find = (relation: string) =>
    findRows(sql, {
      table: tableByRelation(relation),
      fields: ['dataAreaId', tables.number],
      keys: documents.map((document) => [document.dataAreaId, document.number]),
      isMany: true,
    })
  const nameOf = ({ values }: StoredRow): string => joinKey([values.dataAreaId ?? '', values[tables.number] ?? ''])
  const totals = Map.groupBy(await find(tables.total), nameOf)
  const lines = Map.groupBy(await find(tables.lineTotal), nameOf)
  const of = (rows: ReadonlyMap<string, readonly StoredRow[]>, document: CalculationDocument): FieldValues[] =>
    (rows.get(joinKey([document.dataAreaId, document.number])) ?? []).map(({ values }) => values)
  return {
    totalOf: (document) => of(totals, document)[0],
    isSame({ document, total, lines: rows }) {
      const [known] = of(totals, document)
      const byLot = new Map(of(lines, document).map((row) => [row.InventoryLotId, row]))
      return isSameRow(known, total) && byLot.size === rows.length && rows.every((row) => isSameRow(byLot.get(row.InventoryLotId), row))
    },
  }
}

const isSameRow = (stored: FieldValues | undefined, row: FieldValues): boolean =>
  stored !== undefined && Object.entries(row).every(([name, value]) => name === 'LastUpdatedDateTime' || stored[name] === value)

async function saveTotals(sql: SqlRunner, tables: DocumentTables, documents: readonly TotalRows[]): Promise<void> {
  const byNumber = { fields: ['dataAreaId', tables.number], keys: documents.map(keyOf) }
  await replaceRows(sql, tables.total, { ...byNumber, rows: documents.map((each) => each.total) })
  await replaceRows(sql, tables.lineTotal, { ...byNumber, rows: documents.flatMap((each) => each.lines) })
}

/** Tax and charges: no view shows them beside the document. */
async function saveParts(sql: SqlRunner, tables: DocumentTables, documents: readonly Calculated[]): Promise<void> {
  await replaceRows(sql, 'tax_transaction', {
    fields: ['dataAreaId', 'DocumentTable', 'DocumentRecId'],
    keys: documents.map(({ document }) => [document.dataAreaId, tables.header, document.recId]),
    rows: documents.flatMap((each) => taxRows(tables.header, each)),
  })
  const charges = documents.flatMap(({ totals }) => totals.charges)
  await updateChargeAmounts(
    sql,
    tables.charge,
    charges.filter(({ lineRecId }) => lineRecId === ''),
  )
  await updateChargeAmounts(
    sql,
    tables.lineCharge,
    charges.filter(({ lineRecId }) => lineRecId !== ''),
  )
}

const text = (amount: Decimal): string => formatDecimal(amount)

const identity = ({ document }: Calculated, tables: DocumentTables, made: string): FieldValues => ({
  dataAreaId: document.dataAreaId,
  [tables.number]: document.number,
  ContentVersion: document.contentVersion,
  LastUpdatedDateTime: made,
})

const totalRow = (tables: DocumentTables, each: Calculated, made: string): FieldValues => ({
  ...identity(each, tables, made),
  LineTotalAmount: text(each.totals.lineTotalAmount),
  TotalDiscountAmount: text(each.totals.totalDiscountAmount),
  [`${tables.prefix}TotalDiscountAmount`]: text(each.totals.discountAmount),
  [`${tables.prefix}TotalChargesAmount`]: text(each.totals.chargesAmount),
  [`${tables.prefix}TotalTaxAmount`]: text(each.totals.taxAmount),
  [`${tables.prefix}HeaderTaxAmount`]: text(each.totals.headerTaxAmount),
  [`${tables.prefix}TotalAmount`]: text(each.totals.totalAmount),
})

/** Tax is kept per line where the company wants it; the totals of the document hold it anyway. */
const lineTotalRows = (tables: DocumentTables, each: Calculated, made: string): FieldValues[] =>
  each.totals.lines.map((line) => ({
    ...identity(each, tables, made),
    InventoryLotId: line.lotId,
    TotalDiscountAmount: text(line.discountAmount),
    TotalChargesAmount: text(line.chargesAmount),
    TotalTaxAmount: each.document.parameters.taxPerInvoiceLine ? text(line.taxAmount) : '0',
  }))

/**
 * Rows of `tax_transaction` of a calculated document, numbered from 1. Where the company does not keep tax per line they name no line.
 * Source: Supply Chain specification, 2.17 and 5.7 (last row).
 */
export const taxRows = (
  documentTable: string,
  {
    document,
    totals,
  }: {
    readonly document: Pick<CalculationDocument, 'dataAreaId' | 'recId' | 'currencyCode' | 'parameters'>
    readonly totals: DocumentTotals
  },
): FieldValues[] =>
  totals.taxes.map((tax, index) => ({
    dataAreaId: document.dataAreaId,
    DocumentTable: documentTable,
    DocumentRecId: document.recId,
    TransactionNumber: String(index + 1),
    LineRecId: document.parameters.taxPerInvoiceLine ? tax.lineRecId || '0' : '0',
    ChargeRecId: tax.chargeRecId || '0',
    SalesTaxCode: tax.taxCode,
    SalesTaxGroupCode: tax.taxGroup,
    SalesTaxItemGroupCode: tax.taxItemGroup,
    IsExempt: tax.isExempt ? 'Yes' : 'No',
    TaxBaseAmount: text(tax.base),
    TaxAmount: text(tax.amount),
    CurrencyCode: document.currencyCode,
    TransactionDate: tax.date,
  }))
