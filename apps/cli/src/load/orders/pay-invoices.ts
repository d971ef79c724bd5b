import { createHash } from 'node:crypto'
import { isAppError } from '@p2c/base'
import { SUPPLY_CHAIN_ROOT } from '../applications.ts'
import { sendChangeSet, type Write } from '../change-set.ts'
import { quote, readRows } from '../read-rows.ts'
import { type LoadOutcome, writeBatches } from '../write-batches.ts'
import { type CompanyClient, postCommand } from './company.ts'
import { between } from './enter-orders.ts'
import type { PostInput } from './post-orders.ts'

/** Payments of one journal. */
const BATCH_SIZE = 100
const LANES = 2

interface InvoiceRow {
  readonly InvoiceNumber: string
  readonly SalesOrderNumber: string
}

interface OpenInvoice {
  readonly Invoice: string
  readonly AccountNum: string
  readonly CurrencyCode: string
  readonly AmountCur: number
  readonly SettleAmountCur: number
}

/** Journals of this load; what follows tells them by their content. */
const JOURNAL_PREFIX = 'PAY-'

/**
 * Pays what is open of the invoices of the orders, each by a payment that is marked for it and carries the number of the invoice as reference.
 * A journal that a killed load left without posting it is posted first, and the number of one follows from its content: nothing is paid twice.
 */
export async function payInvoices(company: CompanyClient, { orderNumbers, onProgress }: PostInput): Promise<LoadOutcome> {
  await postLeftOvers(company)
  const open = await readOpen(company, orderNumbers)
  return writeBatches({
    items: open,
    size: BATCH_SIZE,
    lanes: LANES,
    keyOf: ({ Invoice }) => Invoice,
    onProgress,
    write: (batch) => pay(company, batch),
  })
}

/** Open invoices of the orders, by number. */
async function readOpen({ client, company }: CompanyClient, orderNumbers: readonly string[]): Promise<OpenInvoice[]> {
  const ofCompany = `dataAreaId eq ${quote(company)}`
  const invoices = await readRows<InvoiceRow>(
    client,
    `${SUPPLY_CHAIN_ROOT}/SalesInvoiceHeadersV2?cross-company=true&$select=InvoiceNumber,SalesOrderNumber&$filter=${encodeURIComponent(`${ofCompany} and ${between('SalesOrderNumber', orderNumbers)}`)}`,
  )
  const wanted = new Set(orderNumbers)
  const numbers = new Set(invoices.filter((row) => wanted.has(row.SalesOrderNumber)).map((row) => row.InvoiceNumber))
  if (numbers.size === 0) return []
  const open = await readRows<OpenInvoice>(
    client,
    `${SUPPLY_CHAIN_ROOT}/CustTransactions?cross-company=true&$select=Invoice,AccountNum,CurrencyCode,AmountCur,SettleAmountCur&$filter=${encodeURIComponent(`${ofCompany} and Invoice ne '' and Closed eq 1900-01-01T00:00:00Z`)}`,
  )
  return open
    .filter(({ Invoice, AmountCur }) => numbers.has(Invoice) && AmountCur > 0)
    .toSorted((left, right) => (left.Invoice < right.Invoice ? -1 : 1))
}

const JOURNALS = 'CustomerPaymentJournalHeaders'
const LINES = 'CustomerPaymentJournalLines'

async function pay(company: CompanyClient, invoices: readonly OpenInvoice[]): Promise<void> {
  const journal = journalNumber(invoices)
  await makeJournal(company, journal, invoices)
  await postJournal(company, journal)
}

const postJournal = (company: CompanyClient, journalBatchNumber: string): Promise<unknown> =>
  postCommand(company, 'post-payment-journal', { journalBatchNumber })

function journalNumber(invoices: readonly OpenInvoice[]): string {
  const content = JSON.stringify(invoices.map((invoice) => [invoice.Invoice, openAmount(invoice)]))
  return `${JOURNAL_PREFIX}${createHash('sha256').update(content).digest('hex').slice(0, 16).toUpperCase()}`
}

/** A journal whose invoices were paid otherwise since cannot be posted any more: it stays, and stops nobody. */
async function postLeftOvers(company: CompanyClient): Promise<void> {
  for (const journal of await readJournals(company, `IsPosted eq Microsoft.Dynamics.DataEntities.NoYes'No'`))
    await postJournal(company, journal).catch((error: unknown) => {
      if (!isAppError(error) || error.code !== 'application-refused') throw error
    })
}

/** Numbers of the journals of this load that a condition holds for. */
async function readJournals({ client, company }: CompanyClient, condition: string): Promise<string[]> {
  const filter = encodeURIComponent(`dataAreaId eq ${quote(company)} and ${condition}`)
  const rows = await readRows<{ readonly JournalBatchNumber: string }>(
    client,
    `${SUPPLY_CHAIN_ROOT}/${JOURNALS}?cross-company=true&$select=JournalBatchNumber&$filter=${filter}`,
  )
  return rows.map((row) => row.JournalBatchNumber).filter((number) => number.startsWith(JOURNAL_PREFIX))
}

/** The journal with all its payments, or nothing. */
async function makeJournal(company: CompanyClient, journal: string, invoices: readonly OpenInvoice[]): Promise<void> {
  const { client, company: dataAreaId } = company
  const key = { dataAreaId, JournalBatchNumber: journal }
  const lines = invoices.map((invoice, index) =>
    post(LINES, {
      ...{ ...key, LineNumber: index + 1, AccountDisplayValue: invoice.AccountNum, CurrencyCode: invoice.CurrencyCode },
      ...{ CreditAmount: openAmount(invoice), MarkedInvoice: invoice.Invoice, PaymentReference: invoice.Invoice },
    }),
  )
  try {
    await sendChangeSet(client, SUPPLY_CHAIN_ROOT, [post(JOURNALS, { ...key, Description: 'Internet payments' }), ...lines])
  } catch (error) {
    const found = await readJournals(company, `JournalBatchNumber eq ${quote(journal)}`)
    if (found.length === 0) throw error // else only the answer was lost
  }
}

/** Both amounts have whole cents: rounding to one cannot lose any. */
const openAmount = ({ AmountCur, SettleAmountCur }: OpenInvoice): number => Math.round((AmountCur - SettleAmountCur) * 100) / 100

const post = (set: string, body: Readonly<Record<string, unknown>>): Write => ({ method: 'POST', path: `${set}?cross-company=true`, body })
