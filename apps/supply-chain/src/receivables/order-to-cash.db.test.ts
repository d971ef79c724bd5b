import { expect, test } from 'vitest'
import { add, done } from '../inventory/stock.fixture.ts'
import { addOneLine, startWithStock } from '../orders/fulfilment.fixture.ts'
import { D, type Json, type TestApp } from '../supply-chain-app.fixture.ts'
import { findImbalances } from './receivables.fixture.ts'

const rows = async (app: TestApp, query: string): Promise<readonly Json[]> => {
  const reply = await app.get(`${D}/${query}`)
  if (reply.status !== 200) throw new Error(`${query}: ${reply.text}`)
  return reply.json.value as Json[]
}

/** An order of `quantity` pieces at 12.00, delivered and invoiced; gives the invoice. */
async function invoice(app: TestApp, quantity: number, header: Json = {}, date = '2025-02-11'): Promise<Json> {
  const salesOrderNumber = await addOneLine(app, { OrderedSalesQuantity: quantity }, header)
  await done(app, 'confirm-sales-order', { salesOrderNumber })
  await done(app, 'post-packing-slip', { salesOrderNumber, quantityRule: 'All' })
  const { invoices } = await done(app, 'post-sales-invoice', { salesOrderNumber, quantityRule: 'PackingSlip', date })
  return invoices[0]
}

async function pay(app: TestApp, amount: number, line: Json): Promise<Json> {
  const { JournalBatchNumber } = await add(app, 'CustomerPaymentJournalHeaders', {})
  await add(app, 'CustomerPaymentJournalLines', { JournalBatchNumber, AccountDisplayValue: 'C-1', CreditAmount: amount, ...line })
  return done(app, 'post-payment-journal', { journalBatchNumber: JournalBatchNumber })
}

test('EX-20 EX-24 from order to cash: invoices are due by their terms, earn their discount, are credited and paid, and the ledger agrees', async (t) => {
  const app = await startWithStock(t, 20)
  await add(app, 'CashDiscounts', { CashDiscountCode: '10D2', DiscountPercentage: 2, NumberOfDays: 10 })
  const first = await invoice(app, 5, { PaymentTermsName: 'Net30', CashDiscountCode: '10D2' })
  const second = await invoice(app, 5, { PaymentTermsName: 'CM+15' })
  const open = await rows(app, `CustTransOpens?$filter=AccountNum eq 'C-1'&$orderby=RefRecId`)
  expect(
    open.map(({ AmountMST, DueDate, CashDiscDate, PossibleCashDisc }) => [AmountMST, DueDate, CashDiscDate, PossibleCashDisc]),
  ).toEqual([
    [60, '2025-03-13T12:00:00Z', '2025-02-21T12:00:00Z', 1.2],
    [60, '2025-03-15T12:00:00Z', '1900-01-01T12:00:00Z', 0],
  ])
  // Without sales tax a payment in time closes the first invoice with 58.80.
  await pay(app, 58.8, { MarkedInvoice: first.invoiceNumber, TransactionDate: '2025-02-21' })
  const credit = await done(app, 'create-credit-note', {
    invoiceNumber: second.invoiceNumber,
    lines: [{ lineCreationSequenceNumber: 1, quantity: 2 }],
    post: true,
    markInvoice: true,
  })
  expect(credit.invoices[0].invoiceAmount).toBe(-24)
  expect(await rows(app, `CustBalances?$filter=AccountNum eq 'C-1'`)).toMatchObject([{ AmountCur: 36, AmountMST: 36 }])
  await pay(app, 36, { MarkedInvoice: second.invoiceNumber, TransactionDate: '2025-03-15' })
  expect(await rows(app, `CustTransOpens?$filter=AccountNum eq 'C-1'`)).toEqual([])
  expect(await findImbalances(app)).toEqual([])
})
