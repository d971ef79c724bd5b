import { expect, test } from 'vitest'
import { readExposure } from '../calculation/read-exposure.ts'
import { WRITE_EFFECTS } from '../effects.ts'
import type { Entity } from '../entities/entity.ts'
import { PAYMENT_JOURNAL_LINES, PAYMENT_JOURNAL_MARKS, PAYMENT_JOURNALS } from '../entities/receivables.ts'
import { createImportRows } from '../packages/import-rows.ts'
import { CLIENT, D, F, type Json } from '../supply-chain-app.fixture.ts'
import { CUSTOMER, findImbalances, startReceivables } from './receivables.fixture.ts'

test('journals are numbered, lines count within them, and a line has the defaults of its customer', async (t) => {
  const app = await startReceivables(t)
  const header = await app.create('CustomerPaymentJournalHeaders', { Description: 'March' })
  expect(header).toMatchObject({ JournalBatchNumber: 'JN-000001', JournalName: 'CustPay', IsPosted: 'No' })
  const line = (values: Json) => ({ JournalBatchNumber: 'jn-000001', AccountDisplayValue: CUSTOMER.toLowerCase(), ...values })
  expect(await app.create('CustomerPaymentJournalLines', line({ CreditAmount: 12.346 }))).toMatchObject({
    LineNumber: 1,
    AccountType: 'Cust',
    AccountDisplayValue: CUSTOMER,
    CustomerName: `Customer ${CUSTOMER}`,
    Company: 'usmf',
    CurrencyCode: 'USD',
    CreditAmount: 12.35,
    TransactionDate: '2025-02-11T12:00:00Z',
    OffsetAccountType: 'Bank',
    SettleVoucher: 'None',
  })
  expect(await app.create('CustomerPaymentJournalLines', line({ CreditAmount: 1, LineNumber: 10 }))).toMatchObject({ LineNumber: 10 })
  expect(await app.create('CustomerPaymentJournalLines', line({ DebitAmount: 1 }))).toMatchObject({ LineNumber: 11 })
  const expanded = await app.rows(`CustomerPaymentJournalHeaders?$expand=CustomerPaymentJournalLines($select=LineNumber)`)
  expect(expanded[0]?.CustomerPaymentJournalLines).toHaveLength(3)
})

/** What is written, and the text of the refusal. */
const REFUSED_LINES: readonly (readonly [name: string, values: Json, text: string])[] = [
  [
    'an unknown customer',
    { AccountDisplayValue: 'nobody', CreditAmount: 1 },
    "The value 'nobody' in field 'Account' is not found in the related table",
  ],
  ['no amount', {}, 'The amount must be greater than zero.'],
  ['an amount below nought', { CreditAmount: -5 }, 'The amount must be greater than zero.'],
  ['an amount that rounds to nought', { CreditAmount: 0.004 }, 'The amount must be greater than zero.'],
  ['a debit below nought', { DebitAmount: -5 }, 'The amount must be greater than zero.'],
  ['both amounts', { CreditAmount: 1, DebitAmount: 1 }, 'either a debit or a credit amount'],
  ['an account of the ledger', { CreditAmount: 1, AccountType: 'Ledger' }, 'Account type Ledger is not supported in field Account type'],
  [
    'an offset account of a vendor',
    { CreditAmount: 1, OffsetAccountType: 'Vend' },
    'Account type Vend is not supported in field Offset account type',
  ],
  ['a customer of another company', { CreditAmount: 1, Company: 'demf' }, 'The company demf'],
  ['an unknown currency', { CreditAmount: 1, CurrencyCode: 'XXX' }, "The value 'XXX' in field 'Currency' is not found"],
  ['an unknown journal', { CreditAmount: 1, JournalBatchNumber: 'none' }, "The value 'none' in field 'Journal batch number' is not found"],
  ['an unknown invoice', { CreditAmount: 1, MarkedInvoice: 'none' }, `Invoice none of customer ${CUSTOMER} is not open in currency USD.`],
  ['an invoice of another customer', { CreditAmount: 1, MarkedInvoice: 'I-2' }, 'is not open'],
  ['an invoice for a refund', { DebitAmount: 1, MarkedInvoice: 'I-1' }, 'is not open'],
  ['an invoice in another currency', { CreditAmount: 1, CurrencyCode: 'EUR', MarkedInvoice: 'I-1' }, 'is not open in currency EUR'],
  ['a rate below nought', { CreditAmount: 1, ExchangeRate: -1 }, "Field 'Exchange rate' must not be negative."],
  ['a line before the first', { CreditAmount: 1, LineNumber: -1 }, "Field 'Line number' must not be negative."],
  ['a voucher of its own', { CreditAmount: 1, Voucher: 'V-1' }, "Field 'Voucher' cannot be changed."],
]

test('E26 lines that cannot be posted are refused when they are written', async (t) => {
  const app = await startReceivables(t)
  await app.invoice({ invoice: 'I-1', amount: '100' })
  await app.invoice({ invoice: 'I-2', amount: '100', account: 'C-PAY2' })
  const JournalBatchNumber = await app.journal()
  for (const [name, values, text] of REFUSED_LINES) {
    const reply = await app.post(`${D}/CustomerPaymentJournalLines`, { JournalBatchNumber, AccountDisplayValue: CUSTOMER, ...values })
    expect([name, reply.status, reply.text]).toEqual([name, 400, expect.stringContaining(text)])
  }
  expect(await app.rows('CustomerPaymentJournalLines')).toEqual([])
  const empty = await app.command('post-payment-journal', { journalBatchNumber: JournalBatchNumber })
  expect([empty.status, empty.text]).toEqual([400, expect.stringContaining('has no lines to post')])
  expect((await app.command('post-payment-journal', { journalBatchNumber: 'none' })).text).toContain('Journal none does not exist.')
})

const markKey = (journal: string, invoice: string, due: string) =>
  `PaymentJournalLineSettledInvoices(JournalLineCompany='usmf',JournalBatchNumber='${journal}',JournalLineNumber=1,InvoiceNumber='${invoice}',InvoiceCompany='usmf',InvoiceDueDate=${due})`

test('several invoices are marked on one line, and together they keep within the payment', async (t) => {
  const app = await startReceivables(t)
  await app.invoice({ invoice: 'I-1', amount: '100', due: '2025-03-31' })
  await app.invoice({ invoice: 'I-2', amount: '50', due: '2025-04-30', discount: '5', discountDate: '2025-03-11' })
  await app.invoice({ invoice: 'I-3', amount: '70' })
  const journal = await app.journal({ CreditAmount: 120, TransactionDate: '2025-03-05' })
  const mark = (values: Json) =>
    app.post(`${D}/PaymentJournalLineSettledInvoices`, {
      JournalLineCompany: 'usmf',
      JournalBatchNumber: journal,
      JournalLineNumber: 1,
      ...values,
    })
  const first = await mark({ InvoiceNumber: 'I-1', SettlementAmountInInvoiceCurrency: 75 })
  expect(first).toMatchObject({
    status: 201,
    json: { InvoiceCompany: 'usmf', InvoiceDueDate: '2025-03-31T12:00:00Z', InvoiceToPaymentCrossRate: 1 },
  })
  expect((await mark({ InvoiceNumber: 'I-1', SettlementAmountInInvoiceCurrency: 1 })).status).toBe(400)
  const refusals: readonly (readonly [Json, string])[] = [
    [{ InvoiceNumber: 'I-2', SettlementAmountInInvoiceCurrency: 51 }, 'exceeds the open amount 50 of invoice I-2'],
    [{ InvoiceNumber: 'I-2', SettlementAmountInInvoiceCurrency: -1 }, 'exceeds the open amount'],
    [
      { InvoiceNumber: 'I-2', SettlementAmountInInvoiceCurrency: 46 },
      'The marked amount 121 exceeds the payment with its cash discounts, 120.',
    ],
    [
      { InvoiceNumber: 'I-2', JournalLineNumber: 2 },
      "The value '2' in field 'Line number' is not found in the related table 'Journal lines'.",
    ],
    [{ InvoiceNumber: 'I-2', InvoiceDueDate: '2025-04-29' }, 'is not open'],
    [{ InvoiceNumber: 'none' }, 'is not open'],
    [{ InvoiceNumber: 'I-2', InvoiceCompany: 'demf' }, 'The company demf'],
    [{ InvoiceNumber: 'I-2', JournalLineCompany: 'demf' }, 'is not found'],
    [{ InvoiceNumber: 'I-2', JournalBatchNumber: 'none' }, 'is not found'],
  ]
  for (const [values, text] of refusals) {
    const reply = await mark(values)
    expect([values, reply.status, reply.text]).toEqual([values, 400, expect.stringContaining(text)])
  }
  const marked = { InvoiceNumber: 'I-2', SettlementAmountInInvoiceCurrency: 50, CashDiscountToTakeInInvoiceCurrency: 5 }
  expect((await mark(marked)).status).toBe(201)
  const lineKey = `CustomerPaymentJournalLines(dataAreaId='usmf',JournalBatchNumber='${journal}',LineNumber=1)`
  const less = await app.patch(`${D}/${lineKey}`, { CreditAmount: 119 })
  expect([less.status, less.text]).toEqual([400, expect.stringContaining('exceeds the payment')])
  expect(await app.rows(`CustomerPaymentJournalLines?$expand=PaymentJournalLineSettledInvoices`)).toMatchObject([
    { PaymentJournalLineSettledInvoices: [{ InvoiceNumber: 'I-1' }, { InvoiceNumber: 'I-2' }] },
  ])
  expect(await app.command('post-payment-journal', { journalBatchNumber: journal })).toMatchObject({ status: 200 })
  expect(await app.openAmounts()).toEqual({ 'I-1': '25.00', 'I-3': '70.00' })
  expect(await findImbalances(app)).toEqual([])

  const posted = `Journal ${journal} has already been posted.`
  const changes = [
    app.patch(`${D}/${lineKey}`, { TransactionText: 'later' }),
    app.delete(`${D}/${lineKey}`),
    app.patch(`${D}/CustomerPaymentJournalHeaders(dataAreaId='usmf',JournalBatchNumber='${journal}')`, { Description: 'later' }),
    app.delete(`${D}/CustomerPaymentJournalHeaders(dataAreaId='usmf',JournalBatchNumber='${journal}')`),
    app.post(`${D}/CustomerPaymentJournalLines`, { JournalBatchNumber: journal, AccountDisplayValue: CUSTOMER, CreditAmount: 1 }),
    app.patch(`${D}/${markKey(journal, 'I-1', '2025-03-31T12:00:00Z')}`, { SettlementAmountInInvoiceCurrency: 1 }),
    app.delete(`${D}/${markKey(journal, 'I-1', '2025-03-31T12:00:00Z')}`),
    mark({ InvoiceNumber: 'I-3' }),
  ]
  for (const reply of await Promise.all(changes)) expect([reply.status, reply.text]).toEqual([400, expect.stringContaining(posted)])
})

test('a line goes with its marks, and a journal with its lines', async (t) => {
  const app = await startReceivables(t)
  await app.invoice({ invoice: 'I-1', amount: '100', due: '2025-03-31' })
  const journal = await app.journal({ CreditAmount: 120 }, { CreditAmount: 5, MarkedInvoice: 'I-1' })
  const mark = { JournalLineCompany: 'usmf', JournalBatchNumber: journal, JournalLineNumber: 1, InvoiceNumber: 'I-1' }
  await app.create('PaymentJournalLineSettledInvoices', mark)
  expect(await app.rows('CustomerPaymentJournalLines?$orderby=LineNumber')).toMatchObject([
    { SettleVoucher: 'SelectedTransact' },
    { SettleVoucher: 'SelectedTransact', MarkedInvoice: 'I-1' },
  ])
  const lineKey = (number: number) =>
    `${D}/CustomerPaymentJournalLines(dataAreaId='usmf',JournalBatchNumber='${journal}',LineNumber=${number})`
  expect((await app.get(lineKey(2))).json).toMatchObject({ SettleVoucher: 'SelectedTransact', MarkedInvoiceCompany: 'usmf' })
  const due = '2025-03-31T12:00:00Z'
  expect((await app.delete(`${D}/${markKey(journal, 'I-1', due)}`)).status).toBe(204)
  expect((await app.get(lineKey(1))).json).toMatchObject({ SettleVoucher: 'None' })
  await app.create('PaymentJournalLineSettledInvoices', mark)
  expect((await app.delete(lineKey(1))).status).toBe(204)
  expect(await app.rows('PaymentJournalLineSettledInvoices')).toEqual([])
  expect((await app.delete(`${D}/CustomerPaymentJournalHeaders(dataAreaId='usmf',JournalBatchNumber='${journal}')`)).status).toBe(204)
  expect(await app.rows('CustomerPaymentJournalLines')).toEqual([])
})

test('an invoice that was paid since it was marked stops the posting of the journal', async (t) => {
  const app = await startReceivables(t)
  await app.invoice({ invoice: 'I-1', amount: '100' })
  const late = await app.journal({ CreditAmount: 30 }, { CreditAmount: 100, MarkedInvoice: 'I-1' })
  await app.pay('100', { MarkedInvoice: 'I-1' })
  const reply = await app.command('post-payment-journal', { journalBatchNumber: late })
  expect([reply.status, reply.text]).toEqual([400, expect.stringContaining(`Invoice I-1 of customer ${CUSTOMER} is not open`)])
  // The line can still be corrected.
  const key = `CustomerPaymentJournalLines(dataAreaId='usmf',JournalBatchNumber='${late}',LineNumber=2)`
  expect((await app.patch(`${D}/${key}`, { TransactionText: 'corrected' })).status).toBe(204)
  expect((await app.patch(`${D}/${key}`, { MarkedInvoice: '', SettleVoucher: 'None' })).status).toBe(204)
  expect((await app.command('post-payment-journal', { journalBatchNumber: late })).status).toBe(200)
  expect(Object.values(await app.openAmounts())).toEqual(['-30.00', '-100.00'])
})

test('users of some companies see and write the marks of those alone', async (t) => {
  const app = await startReceivables(t, {
    findUser: (id) => (id === CLIENT.clientId ? { userId: 'u', defaultCompany: 'usmf', ...limits } : undefined),
  })
  await app.invoice({ invoice: 'I-1', amount: '100' })
  const journal = await app.journal({ CreditAmount: 100 })
  const mark = { JournalLineCompany: 'usmf', JournalBatchNumber: journal, JournalLineNumber: 1, InvoiceNumber: 'I-1' }
  await app.create('PaymentJournalLineSettledInvoices', mark)
  limits = { companies: ['demf'] }
  expect(await app.rows('PaymentJournalLineSettledInvoices')).toEqual([])
  expect((await app.get(`${D}/${markKey(journal, 'I-1', '2025-03-01T12:00:00Z')}`)).status).toBe(404)
  expect((await app.post(`${D}/PaymentJournalLineSettledInvoices`, { ...mark, InvoiceNumber: 'I-2' })).status).toBe(400)
  expect((await app.delete(`${D}/${markKey(journal, 'I-1', '2025-03-01T12:00:00Z')}`)).status).not.toBe(204)
  expect((await app.command('post-payment-journal', { journalBatchNumber: journal })).status).toBe(400)
  limits = {}
  expect(await app.rows('PaymentJournalLineSettledInvoices')).toHaveLength(1)
})

let limits: { companies?: readonly string[] } = {}

test('a journal in one $batch change set, a thousand payments, one voucher each', async (t) => {
  const app = await startReceivables(t)
  const journal = await app.journal()
  const rows = Array.from({ length: 1000 }, (_, index) => ({
    LineNumber: String(index + 1),
    JournalBatchNumber: journal,
    AccountDisplayValue: CUSTOMER,
    CreditAmount: String(index + 1),
  }))
  const boundary = 'c1'
  const lines = rows.flatMap((row, index) => [
    `--${boundary}`,
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    `Content-ID: ${index + 1}`,
    '',
    `POST ${D}/CustomerPaymentJournalLines HTTP/1.1`,
    'Content-Type: application/json',
    '',
    JSON.stringify({ ...row, LineNumber: Number(row.LineNumber), CreditAmount: Number(row.CreditAmount) }),
  ])
  const reply = await app.batch([
    '--batch_hms1',
    `Content-Type: multipart/mixed; boundary=${boundary}`,
    '',
    ...lines,
    `--${boundary}--`,
    '--batch_hms1--',
  ])
  expect(reply.status).toBe(200)
  const posted = await app.command('post-payment-journal', { journalBatchNumber: journal })
  expect(posted.status).toBe(200)
  expect(posted.json.result.lines.at(-1)).toMatchObject({ lineNumber: 1000, voucher: 'CPV-001000', openAmount: -1000 })
  expect((await app.get(`${F}/data/CustTransactions/$count`)).text).toBe('1000')
  expect(await findImbalances(app)).toEqual([])
}, 60_000)

test('data packages write journals under the same rules, and leave out what they refuse', async (t) => {
  const app = await startReceivables(t)
  await app.invoice({ invoice: 'I-1', amount: '100', due: '2025-03-31' })
  const importRows = createImportRows({ database: app.database, clock: app.clock, effects: WRITE_EFFECTS })
  const load = async (entity: Entity, rows: readonly Readonly<Record<string, string>>[]) =>
    (
      await importRows(
        entity,
        'usmf',
        rows.map((values) => ({ values })),
      )
    ).map((outcome) => (outcome.ok ? 'ok' : outcome.message))
  expect(await load(PAYMENT_JOURNALS, [{ JournalBatchNumber: 'P-1', Description: 'File' }])).toEqual(['ok'])
  const line = { JournalBatchNumber: 'P-1', AccountDisplayValue: CUSTOMER, CreditAmount: '60' }
  expect(
    await load(PAYMENT_JOURNAL_LINES, [line, { ...line, CreditAmount: '0' }, { ...line, AccountDisplayValue: 'nobody' }, line]),
  ).toEqual(['ok', expect.stringContaining('The amount must be greater than zero.'), expect.stringContaining("The value 'nobody'"), 'ok'])
  const mark = { JournalBatchNumber: 'P-1', JournalLineNumber: '1', InvoiceNumber: 'I-1', SettlementAmountInInvoiceCurrency: '60' }
  expect(await load(PAYMENT_JOURNAL_MARKS, [mark, { ...mark, JournalLineCompany: 'demf' }, { ...mark, InvoiceNumber: 'none' }])).toEqual([
    'ok',
    expect.stringContaining('demf'),
    expect.stringContaining('is not open'),
  ])
  expect((await app.command('post-payment-journal', { journalBatchNumber: 'P-1' })).status).toBe(200)
  expect(await app.openAmounts()).toMatchObject({ 'I-1': '40.00' })
  // The same file again: nothing changes, so nothing is refused; another amount is.
  const [written] = await app.rows('CustomerPaymentJournalLines?$orderby=LineNumber')
  const again = { ...line, LineNumber: String(written?.LineNumber) }
  expect(await load(PAYMENT_JOURNAL_LINES, [again, { ...again, CreditAmount: '61' }])).toEqual([
    'ok',
    expect.stringContaining('Journal P-1 has already been posted.'),
  ])
})

test('each payment raises a business event', async (t) => {
  const app = await startReceivables(t)
  await app.create('BusinessEventEndpoints', { EndpointId: 'E', EndpointUrl: 'http://127.0.0.1:9/events' })
  await app.create('BusinessEventActivations', { EndpointId: 'E', BusinessEventId: 'CustomerPaymentPostedBusinessEvent' })
  const paid = await app.pay('12.50', { PaymentReference: 'R-1', TransactionDate: '2025-03-05' })
  const { rows } = await app.database.query<{ payload: string }>('select payload from business_event_delivery')
  expect(rows.map(({ payload }) => JSON.parse(payload))).toMatchObject([
    {
      BusinessEventId: 'CustomerPaymentPostedBusinessEvent',
      BusinessEventLegalEntity: 'usmf',
      CustomerAccount: CUSTOMER,
      Voucher: paid.voucher,
      PaymentDate: '/Date(1741132800000)/',
      PaymentAmount: 12.5,
      CurrencyCode: 'USD',
      PaymentReference: 'R-1',
    },
  ])
})

test('what customers owe and are about to owe is one sum per invoice account, in the accounting currency', async (t) => {
  const app = await startReceivables(t)
  await app.invoice({ invoice: 'I-1', amount: '600' })
  await app.invoice({ invoice: 'E-1', amount: '100', account: 'C-EUR', currency: 'EUR', rate: '1.2' })
  await app.pay('50')
  await app.database.query(
    `insert into sales_order (data_area_id, sales_order_number, ordering_customer_account_number, invoice_customer_account_number, currency_code)
     values ('usmf', 'O-1', '${CUSTOMER}', '${CUSTOMER}', 'USD'), ('usmf', 'O-2', 'C-PAY2', 'C-EUR', 'EUR'), ('usmf', 'O-3', '${CUSTOMER}', '${CUSTOMER}', 'USD')`,
  )
  await app.database.query(
    `insert into sales_order_line (data_area_id, sales_order_number, inventory_lot_id, line_creation_sequence_number, line_amount, ordered_sales_quantity,
       remain_sales_physical, remain_sales_financial)
     values ('usmf', 'O-1', 'L-1', 1, 550, 11, 6, 5), ('usmf', 'O-2', 'L-2', 1, 90, 3, 2, 0), ('usmf', 'O-3', 'L-3', 1, 77, 7, 7, 0)`,
  )
  const read = async (on = '2025-03-01') => {
    const reading = await readExposure(app.database, {
      dataAreaId: 'usmf',
      customerAccounts: [CUSTOMER, 'c-eur', 'C-PAY2'],
      exceptSalesOrders: ['o-3'],
      on,
    })
    if (!reading.ok) return reading.infolog.map(({ text }) => text)
    return [...reading.exposures].map(([account, exposure]) => [account, ...Object.values(exposure).map((each) => each.toFixed(2))])
  }
  expect(await read()).toEqual([
    [CUSTOMER.toLowerCase(), '550.00', '250.00', '300.00'],
    // 60 EUR at 110 for a hundred.
    ['c-eur', '120.00', '0.00', '66.00'],
    ['c-pay2', '0.00', '0.00', '0.00'],
  ])
  expect(await read('2019-01-01')).toEqual(['No exchange rate exists between EUR and USD on 2019-01-01.'])
})

test('lines that are written while their journal is posted are posted with it or refused', async (t) => {
  const app = await startReceivables(t)
  const journal = await app.journal({ CreditAmount: 1 })
  const line = { JournalBatchNumber: journal, AccountDisplayValue: CUSTOMER, CreditAmount: 1 }
  const write = () => app.post(`${D}/CustomerPaymentJournalLines`, line)
  const replies = await Promise.all([
    write(),
    write(),
    app.command('post-payment-journal', { journalBatchNumber: journal }),
    write(),
    app.patch(`${D}/CustomerPaymentJournalLines(dataAreaId='usmf',JournalBatchNumber='${journal}',LineNumber=1)`, { CreditAmount: 2 }),
    write(),
  ])
  for (const { status } of replies) expect([200, 201, 204, 400]).toContain(status)
  const lines = await app.rows('CustomerPaymentJournalLines')
  expect(lines.length).toBe(1 + replies.filter(({ status }) => status === 201).length)
  expect(lines.filter(({ Voucher }) => Voucher === '')).toEqual([])
  expect(await app.rows('CustTransactions')).toHaveLength(lines.length)
})
