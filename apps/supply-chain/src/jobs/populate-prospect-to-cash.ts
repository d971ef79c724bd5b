import type { Database, SqlRunner } from '@p2c/base'
import { populateDistinctProducts } from './populate-distinct-products.ts'

/** Which rows `SalesPopulateProspectToCash` has changed. */
export interface PopulatedRows {
  readonly salesOrderLines: number
  readonly salesQuotationLines: number
  readonly invoiceLines: number
  /** Products added to the list of distinct products. */
  readonly distinctProducts: number
}

/** Lines whose creation sequence is the key of their document's integration, with the columns that name the document. */
interface DocumentLines {
  readonly lines: string
  readonly header: string
  readonly key: readonly string[]
}

const ORDER_LINES: DocumentLines = { lines: 'sales_order_line', header: 'sales_order', key: ['sales_order_number'] }
const QUOTATION_LINES: DocumentLines = { lines: 'sales_quotation_line', header: 'sales_quotation', key: ['sales_quotation_number'] }
const INVOICE_LINES: DocumentLines = {
  lines: 'sales_invoice_line',
  header: 'sales_invoice',
  key: ['invoice_number', 'invoice_date', 'ledger_voucher'],
}

/**
 * Gives the lines of orders, quotations and invoices that have no creation sequence number the next ones within their document, in the
 * order of their line numbers, and brings the list of distinct products up to date. Numbers that are there stay. Each document is a
 * transaction of its own, so that a run that is stopped has done what it has done; a second run changes nothing. `dataAreaId` limits it to
 * one company. Source: Supply Chain specification, section 7 and EX-29.
 */
export async function populateProspectToCash(
  database: Database,
  { dataAreaId }: { readonly dataAreaId?: string } = {},
): Promise<PopulatedRows> {
  const company = dataAreaId?.toLowerCase()
  return {
    salesOrderLines: await numberDocuments(database, ORDER_LINES, company),
    salesQuotationLines: await numberDocuments(database, QUOTATION_LINES, company),
    invoiceLines: await numberDocuments(database, INVOICE_LINES, company),
    distinctProducts: await populateDistinctProducts(database, company),
  }
}

/** All rows that were changed. */
export const countPopulated = (rows: PopulatedRows): number =>
  rows.salesOrderLines + rows.salesQuotationLines + rows.invoiceLines + rows.distinctProducts

/** What the job did, in one sentence. */
export const populatedMessage = (rows: PopulatedRows): string =>
  `Lines numbered: ${rows.salesOrderLines} of sales orders, ${rows.salesQuotationLines} of quotations, ${rows.invoiceLines} of invoices. Distinct products added: ${rows.distinctProducts}.`

/** The job as the clock runs it; gives its message. */
export const runPopulateProspectToCash = async (
  database: Database,
  { dataAreaId }: { readonly now: Date; readonly dataAreaId?: string },
): Promise<string> => populatedMessage(await populateProspectToCash(database, dataAreaId === undefined ? {} : { dataAreaId }))

async function numberDocuments(database: Database, kind: DocumentLines, company: string | undefined): Promise<number> {
  const columns = ['data_area_id', ...kind.key]
  const { rows } = await database.query<Readonly<Record<string, string>>>(
    `select distinct ${columns.map((column) => `l.${column}::text`).join(', ')} from ${kind.lines} l
     where l.line_creation_sequence_number = 0 and ($1::text is null or lower(l.data_area_id) = $1)
     order by ${columns.map((_, index) => index + 1).join(', ')}`,
    [company ?? null],
  )
  let changed = 0
  for (const row of rows) {
    const document = columns.map((column) => row[column] ?? '')
    changed += await database.transaction((sql) => numberDocument(sql, kind, document))
  }
  return changed
}

/** The header is locked first, as by everyone who adds lines to the document. */
async function numberDocument(sql: SqlRunner, kind: DocumentLines, document: readonly string[]): Promise<number> {
  const ofDocument = (alias: string): string =>
    [
      `lower(${alias}.data_area_id) = lower($1)`,
      ...kind.key.map((column, index) => `lower(${alias}.${column}::text) = lower($${index + 2})`),
    ].join(' and ')
  await sql.query(`select 1 from ${kind.header} h where ${ofDocument('h')} for update`, document)
  const { rowCount } = await sql.query(
    `update ${kind.lines} t set line_creation_sequence_number = n.highest + n.place, change_xid = pg_current_xact_id(), modified_at = now(),
       rec_version = t.rec_version + 1
     from (select l.rec_id, greatest(0, (select max(m.line_creation_sequence_number) from ${kind.lines} m where ${ofDocument('m')})) as highest,
         row_number() over (order by l.line_number, l.rec_id) as place
       from ${kind.lines} l where ${ofDocument('l')} and l.line_creation_sequence_number = 0) n
     where t.rec_id = n.rec_id`,
    [...document],
  )
  return rowCount ?? 0
}
