import { HEADER_AMOUNTS, HEADER_TOTALS } from '../../domain/documents/amount-columns.ts'
import { DOCUMENT_FAMILIES, type DocumentFamily } from '../../domain/documents/document-family.ts'
import { invoice } from '../../tables/invoice.ts'
import { opportunity } from '../../tables/opportunity.ts'
import { quote } from '../../tables/quote.ts'
import { salesorder } from '../../tables/sales-order.ts'

const HEADERS = { opportunity, quote, salesorder, invoice } as const

/** What pricing reads of a header, where the header has it. */
const READ_COLUMNS = [
  'statecode',
  'pricelevelid',
  'transactioncurrencyid',
  'exchangerate',
  ...HEADER_AMOUNTS,
  ...HEADER_TOTALS,
  'pricingerrorcode',
  'skippricecalculation',
  'ispricelocked',
  'isrevenuesystemcalculated',
  'estimatedvalue',
  'msdynce_ismaintainedexternally',
  'msdynce_processingstatus',
] as const

/** A kind of document as pricing works with it. */
export type PricedDocument = DocumentFamily & {
  /** Columns that pricing reads of its headers. */
  readonly headerColumns: readonly string[]
  /** Orders and invoices can have their prices locked. */
  readonly isLockable: boolean
  readonly hasColumn: (column: string) => boolean
}

const PLATFORM_COLUMNS: readonly string[] = ['exchangerate']

/** The four kinds of documents, with what their headers have. */
export const PRICED_DOCUMENTS: readonly PricedDocument[] = DOCUMENT_FAMILIES.map((family) => {
  const names = new Set([...PLATFORM_COLUMNS, ...HEADERS[family.header].columns.map((column) => column.name)])
  return {
    ...family,
    headerColumns: READ_COLUMNS.filter((column) => names.has(column)),
    isLockable: names.has('ispricelocked'),
    hasColumn: (column) => names.has(column),
  }
})
