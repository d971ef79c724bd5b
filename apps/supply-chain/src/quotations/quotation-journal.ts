import { decimal, formatDecimal, type SqlRunner, sum } from '@p2c/base'
import { tableByRelation } from '../entities/catalogue.ts'
import { insertPosted } from '../orders/open-orders.ts'
import { findRows } from '../store/rows.ts'
import type { LockedQuotation } from './lock-quotation.ts'

const COPIED = [
  'dataAreaId',
  'SalesQuotationNumber',
  'RequestingCustomerAccountNumber',
  'InvoiceCustomerAccountNumber',
  'ProspectId',
  'CurrencyCode',
]

/**
 * Writes the journal of a quotation that is sent and gives its number, `Q-1-2` for the second one; the lock of the quotation makes the next
 * number safe. Source: Supply Chain specification, 3.1.
 */
export async function writeJournal(
  sql: SqlRunner,
  { header, lines }: LockedQuotation,
  sent: { readonly on: string; readonly by: string },
): Promise<string> {
  const table = tableByRelation('sales_quotation_journal')
  const { dataAreaId = '', SalesQuotationNumber = '' } = header.values
  const earlier = await findRows(sql, {
    table,
    fields: ['dataAreaId', 'SalesQuotationNumber'],
    keys: [[dataAreaId, SalesQuotationNumber]],
    only: ['SalesQuotationNumber'],
    isMany: true,
  })
  const QuotationJournalNumber = `${SalesQuotationNumber}-${earlier.length + 1}`
  const amount = sum(lines.map(({ values }) => decimal(values.LineAmount || '0')))
  const journal = {
    ...Object.fromEntries(COPIED.map((name) => [name, header.values[name] ?? ''])),
    QuotationJournalNumber,
    QuotationDate: sent.on,
    LineTotalAmount: formatDecimal(amount),
    SentBy: sent.by.slice(0, 60),
  }
  await insertPosted(sql, 'sales_quotation_journal', [journal])
  return QuotationJournalNumber
}
