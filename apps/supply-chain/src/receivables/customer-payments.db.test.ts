import { expect, test } from 'vitest'
import { D, F, type Json } from '../supply-chain-app.fixture.ts'
import { CUSTOMER, findImbalances, startReceivables } from './receivables.fixture.ts'

const money = (rows: readonly Json[], ...names: readonly string[]) => rows.map((row) => names.map((name) => row[name]))

test('EX-20 a payment settles a part of an invoice, the next one the rest, and both are kept to the cent', async (t) => {
  const app = await startReceivables(t)
  const recId = await app.invoice({ invoice: 'I-1', amount: '507.60', due: '2025-03-31' })
  const first = await app.pay('200', { MarkedInvoice: 'I-1', TransactionDate: '2025-03-10' })
  expect(first).toMatchObject({ lineNumber: 1, openAmount: 0 })
  const settlements = await app.rows(`CustSettlements?$filter=SettlementVoucher eq '${first.settlementVoucher}'&$orderby=SettleAmountCur`)
  expect(money(settlements, 'SettleAmountCur', 'SettleAmountMST', 'OffsetRecId').map((row) => row.slice(0, 2))).toEqual([
    [-200, -200],
    [200, 200],
  ])
  expect(settlements[0]?.OffsetRecId).toBe(settlements[1]?.TransRecId)
  expect(await app.openAmounts()).toEqual({ 'I-1': '307.60' })
  const [invoice] = await app.rows(`CustTransactions?$filter=Invoice eq 'I-1'&$expand=CustTransOpen`)
  expect(invoice).toMatchObject({ TransType: 'Sales', AmountCur: 507.6, SettleAmountCur: 200, LastSettleVoucher: first.settlementVoucher })
  expect(String(invoice?.SysRecId)).toBe(recId)
  expect(invoice?.CustTransOpen).toMatchObject([{ AmountMST: 307.6, DueDate: '2025-03-31T12:00:00Z' }])
  const [payment] = await app.rows(`CustTransactions?$filter=Voucher eq '${first.voucher}'`)
  expect(payment).toMatchObject({ TransType: 'Payment', AmountCur: -200, Closed: '2025-03-10T12:00:00Z' })

  const second = await app.pay('307.60', { MarkedInvoice: 'I-1', TransactionDate: '2025-03-20' })
  expect(await app.openAmounts()).toEqual({})
  expect(await app.rows(`CustTransactions?$filter=Invoice eq 'I-1'`)).toMatchObject([
    { Closed: '2025-03-20T12:00:00Z', SettleAmountCur: 507.6 },
  ])
  const ledger = await app.rows(`GeneralJournalAccountEntries?$filter=Voucher eq '${second.voucher}'&$orderby=LineNumber`)
  expect(money(ledger, 'MainAccount', 'AccountingCurrencyAmount', 'IsCredit')).toEqual([
    ['130100', -307.6, 'Yes'],
    ['110110', 307.6, 'No'],
  ])
  expect(await findImbalances(app)).toEqual([])
})

test('EX-20 EX-23 payments a little off are written off, others stay open', async (t) => {
  const app = await startReceivables(t)
  await app.invoice({ invoice: 'I-1', amount: '307.60' })
  await app.invoice({ invoice: 'I-2', amount: '307.60' })
  await app.invoice({ invoice: 'I-3', amount: '1000' })
  expect(await app.pay('310', { MarkedInvoice: 'I-1' })).toMatchObject({ openAmount: -2.4 })
  const over = await app.pay('307.90', { MarkedInvoice: 'I-2' })
  const under = await app.pay('999.90', { MarkedInvoice: 'I-3' })
  expect(Object.values(await app.openAmounts())).toEqual(['-2.40'])
  const made = await app.rows(
    `CustTransactions?$filter=TransType eq Microsoft.Dynamics.DataEntities.LedgerTransType'OverUnder'&$orderby=Voucher`,
  )
  expect(money(made, 'Voucher', 'AmountMST')).toEqual([
    [over.settlementVoucher, 0.3],
    [under.settlementVoucher, -0.1],
  ])
  const ledger = await app.rows(`GeneralJournalAccountEntries?$filter=MainAccount eq '618100'&$orderby=Voucher`)
  expect(money(ledger, 'AccountingCurrencyAmount')).toEqual([[-0.3], [0.1]])
  expect(await findImbalances(app)).toEqual([])
})

test('EX-21 a partial payment in time earns its share of the cash discount where the parameter allows it', async (t) => {
  const app = await startReceivables(t)
  const discounted = { amount: '100', discount: '2', date: '2025-03-01', discountDate: '2025-03-11' }
  await app.invoice({ invoice: 'I-1', ...discounted })
  await app.pay('49', { MarkedInvoice: 'I-1', TransactionDate: '2025-03-11' })
  expect(await app.openAmounts()).toEqual({ 'I-1': '51.00' })
  await app.setParameter({ CashDiscountOnPartialPayments: 'Yes' })
  await app.invoice({ invoice: 'I-2', ...discounted })
  const paid = await app.pay('49', { MarkedInvoice: 'I-2', TransactionDate: '2025-03-11' })
  expect(await app.openAmounts()).toEqual({ 'I-1': '51.00', 'I-2': '50.00' })
  expect(await app.rows(`CustTransOpens?$filter=AmountCur eq 50`)).toMatchObject([{ PossibleCashDisc: 1 }])
  expect(await app.rows(`CustTransactions?$filter=Voucher eq '${paid.settlementVoucher}'`)).toMatchObject([
    { TransType: 'CashDiscount', AmountCur: -1, Invoice: 'I-2' },
  ])
  await app.pay('49', { MarkedInvoice: 'I-2', TransactionDate: '2025-03-12' })
  expect(await app.openAmounts()).toEqual({ 'I-1': '51.00', 'I-2': '1.00' })
  expect(await findImbalances(app)).toEqual([])
})

test('EX-22 automatic settlement takes the oldest due date first, or the types of priority', async (t) => {
  const app = await startReceivables(t)
  await app.setParameter({ AutomaticSettlement: 'Yes' })
  const invoices = async (account: string) => {
    for (const [invoice, due, transType] of [
      ['500', '2025-10-15', 'Sales'],
      ['7', '2025-10-15', 'Interest'],
      ['100', '2025-08-15', 'Sales'],
      ['250', '2025-09-01', 'Sales'],
    ] as const)
      await app.invoice({ invoice: `${account}-${invoice}`, amount: invoice, due, transType, account })
  }
  await invoices(CUSTOMER)
  await app.pay('700')
  expect(await app.openAmounts()).toEqual({ [`${CUSTOMER}-500`]: '150.00', [`${CUSTOMER}-7`]: '7.00' })
  await invoices('C-PAY2')
  await app.create('CustSettlementPriorities', { TransType: 'Interest', Priority: 1 })
  await app.pay('700', { AccountDisplayValue: 'C-PAY2' })
  expect(await app.openAmounts('C-PAY2')).toEqual({ 'C-PAY2-500': '157.00' })
  expect(await findImbalances(app)).toEqual([])
})

test('EX-12 payments in another currency settle at their own rate, and the difference is an exchange adjustment', async (t) => {
  const app = await startReceivables(t)
  await app.invoice({ invoice: 'E-1', amount: '507.60', account: 'C-EUR', currency: 'EUR', rate: '1.1' })
  const line = { AccountDisplayValue: 'C-EUR', MarkedInvoice: 'E-1' }
  // The demonstration rate: 110 USD for 100 EUR, so 507.60 EUR is 558.36 USD.
  const first = await app.pay('200', line)
  expect(await app.rows(`CustTransactions?$filter=Voucher eq '${first.voucher}'`)).toMatchObject([
    { CurrencyCode: 'EUR', AmountCur: -200, AmountMST: -220, ExchRate: 110 },
  ])
  const second = await app.pay('307.60', { ...line, ExchangeRate: 100 })
  expect(await app.rows(`CustTransactions?$filter=Voucher eq '${second.settlementVoucher}'`)).toMatchObject([
    { TransType: 'ExchAdjustment', AmountCur: 0, AmountMST: -30.76 },
  ])
  expect(await app.rows(`GeneralJournalAccountEntries?$filter=MainAccount eq '801300'`)).toMatchObject([
    { AccountingCurrencyAmount: 30.76 },
  ])
  expect(await app.openAmounts('C-EUR')).toEqual({})
  expect(await findImbalances(app)).toEqual([])
})

test('E29 a payment without rate is refused and nothing of its journal is posted', async (t) => {
  const app = await startReceivables(t)
  const number = await app.journal({ CreditAmount: 10 }, { CreditAmount: 10, CurrencyCode: 'PLN' })
  const reply = await app.command('post-payment-journal', { journalBatchNumber: number })
  expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('No exchange rate exists between PLN and USD on 2025-02-11.')])
  expect(await app.rows(`CustTransactions?$filter=AccountNum eq '${CUSTOMER}'`)).toEqual([])
  expect(await app.rows(`CustomerPaymentJournalHeaders?$filter=JournalBatchNumber eq '${number}'`)).toMatchObject([{ IsPosted: 'No' }])
})

test('E12 a payment in a closed period is refused', async (t) => {
  const app = await startReceivables(t)
  const [period] = await app.rows(`LedgerFiscalPeriods?$filter=LegalEntityId eq 'usmf' and YearName eq '2025' and PeriodName eq 'Period 3'`)
  const key = `LedgerName='${period?.LedgerName}',Calendar='${period?.Calendar}',YearName='2025',PeriodName='Period 3'`
  const changed = await app.patch(`${D}/LedgerFiscalPeriods(${key})`, { CustAccessLevel: 'None' })
  expect([200, 204]).toContain(changed.status)
  const number = await app.journal({ CreditAmount: 10, TransactionDate: '2025-03-31' })
  const reply = await app.command('post-payment-journal', { journalBatchNumber: number })
  expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('Fiscal period for 2025-03-31 is not open.')])
  await app.patch(`${D}/LedgerFiscalPeriods(${key})`, { CustAccessLevel: 'All', PeriodStatus: 'OnHold' })
  expect((await app.command('post-payment-journal', { journalBatchNumber: number })).status).toBe(400)
  await app.patch(`${D}/LedgerFiscalPeriods(${key})`, { PeriodStatus: 'Open' })
  expect((await app.command('post-payment-journal', { journalBatchNumber: number })).status).toBe(200)
  const outside = await app.journal({ CreditAmount: 10, TransactionDate: '1999-01-01' })
  expect((await app.command('post-payment-journal', { journalBatchNumber: outside })).text).toContain(
    'Fiscal period for 1999-01-01 is not open.',
  )
  const overlapping = await app.patch(`${D}/LedgerFiscalPeriods(${key})`, { EndDate: '2025-04-01' })
  expect([overlapping.status, overlapping.text]).toEqual([400, expect.stringContaining('overlaps with period Period 4')])
})

test('undoing a settlement opens both transactions again with their discount, and reverses what it made', async (t) => {
  const app = await startReceivables(t)
  await app.invoice({ invoice: 'I-1', amount: '100', discount: '2', discountDate: '2025-03-11' })
  const paid = await app.pay('97.80', { MarkedInvoice: 'I-1', TransactionDate: '2025-03-05' })
  expect(await app.openAmounts()).toEqual({})
  const early = await app.command('undo-settlement', { settlementVoucher: paid.settlementVoucher, date: '2025-03-04' })
  expect([early.status, early.text]).toEqual([400, expect.stringContaining('cannot be undone on 2025-03-04')])
  const undone = await app.command('undo-settlement', { settlementVoucher: paid.settlementVoucher, date: '2025-03-06' })
  expect(undone).toMatchObject({ status: 200, json: { result: { settlementVoucher: paid.settlementVoucher } } })
  expect(await app.openAmounts()).toEqual({ 'I-1': '100.00', [String(paid.voucher)]: '-97.80' })
  expect(await app.rows(`CustTransOpens?$filter=AmountCur eq 100`)).toMatchObject([
    { PossibleCashDisc: 2, CashDiscDate: '2025-03-11T12:00:00Z' },
  ])
  expect(
    await app.rows(`CustTransactions?$filter=Invoice eq 'I-1' and TransType eq Microsoft.Dynamics.DataEntities.LedgerTransType'Sales'`),
  ).toMatchObject([{ Closed: '1900-01-01T12:00:00Z', SettleAmountCur: 0, LastSettleVoucher: '' }])
  const { rows } = await app.database.query(
    "select main_account, sum(accounting_currency_amount)::float as balance from ledger_transaction where main_account in ('403300', '618100') group by 1 order by 1",
  )
  expect(rows).toEqual([
    { main_account: '403300', balance: 0 },
    { main_account: '618100', balance: 0 },
  ])
  expect(await findImbalances(app)).toEqual([])
  const again = await app.command('undo-settlement', { settlementVoucher: paid.settlementVoucher, date: '2025-03-06' })
  expect([again.status, again.text]).toEqual([400, expect.stringContaining('has already been undone')])
  expect((await app.command('undo-settlement', { settlementVoucher: undone.json.result.reversalVoucher })).status).toBe(400)
  expect((await app.command('undo-settlement', { settlementVoucher: 'none' })).text).toContain('Settlement none does not exist.')

  const settled = await app.command('settle-transactions', {
    transaction: { voucher: paid.voucher },
    marks: [{ invoiceNumber: 'I-1', isFullSettlement: true }],
    date: '2025-03-12',
  })
  expect(settled).toMatchObject({ status: 200, json: { result: { openAmount: 0 } } })
  expect(await app.openAmounts()).toEqual({})
  expect(await findImbalances(app)).toEqual([])
})

test('a credit note is settled against its invoice by command, and what does not fit is refused', async (t) => {
  const app = await startReceivables(t)
  await app.invoice({ invoice: 'I-1', amount: '64.80' })
  await app.invoice({ invoice: 'N-1', amount: '-25.92' })
  await app.invoice({ invoice: 'I-2', amount: '10' })
  await app.invoice({ invoice: 'X-1', amount: '10', account: 'C-PAY2' })
  const settleWith = (marks: readonly Json[], transaction: Json = { invoiceNumber: 'N-1' }) =>
    app.command('settle-transactions', { transaction, marks, date: '2025-03-05' })
  expect((await settleWith([{ invoiceNumber: 'X-1' }])).text).toContain('cannot be settled against each other')
  expect((await settleWith([{ invoiceNumber: 'I-2' }], { invoiceNumber: 'I-1' })).status).toBe(400)
  expect((await settleWith([{ invoiceNumber: 'N-1' }])).status).toBe(400)
  expect((await settleWith([{ invoiceNumber: 'unknown' }])).text).toContain('Transaction unknown is not open.')
  expect((await settleWith([{ invoiceNumber: 'I-1', amount: '-5' }])).status).toBe(400)
  expect((await settleWith([{}])).status).toBe(400)
  expect((await settleWith([{ invoiceNumber: 'I-1', recId: '9'.repeat(30) }])).status).toBe(400)
  expect(await app.openAmounts()).toEqual({ 'I-1': '64.80', 'N-1': '-25.92', 'I-2': '10.00' })
  expect(await settleWith([{ invoiceNumber: 'I-1' }])).toMatchObject({ status: 200, json: { result: { openAmount: 0 } } })
  expect(await app.openAmounts()).toEqual({ 'I-1': '38.88', 'I-2': '10.00' })
  expect((await settleWith([{ invoiceNumber: 'I-1' }])).text).toContain('Transaction N-1 is not open.')
  expect(await findImbalances(app)).toEqual([])
})

test('a payment made before its invoice settles it on the day of the invoice', async (t) => {
  const app = await startReceivables(t)
  await app.invoice({ invoice: 'I-1', amount: '100', date: '2025-03-20' })
  await app.pay('100', { MarkedInvoice: 'I-1', TransactionDate: '2025-03-01' })
  const transactions = await app.rows('CustTransactions?$orderby=TransDate')
  expect(transactions.map(({ Closed }) => Closed)).toEqual(['2025-03-20T12:00:00Z', '2025-03-20T12:00:00Z'])
  // As of a day between the two only the payment is there, and it is open.
  const { json } = await app.get(`${D}/AgingPeriodDefinitions?$top=1`)
  await app.command('create-aging-snapshot', { agingPeriodDefinition: json.value[0].AgingPeriodDefinition, date: '2025-03-10' })
  expect(await app.rows('CustAgedBalances')).toMatchObject([{ SumOfAmountDueMst: -100, NumOpenInvoices: 0 }])
  const customer = await app.delete(`${D}/CustomersV3(dataAreaId='usmf',CustomerAccount='${CUSTOMER}')`)
  expect([customer.status, customer.text]).toEqual([400, expect.stringContaining('cannot be deleted because records in')])
})

test('two payments that settle one invoice at once never settle more than it owes', async (t) => {
  const app = await startReceivables(t)
  await app.invoice({ invoice: 'I-1', amount: '100' })
  const journals = await Promise.all(
    ['60', '60', '60'].map((amount) => app.journal({ CreditAmount: Number(amount), MarkedInvoice: 'I-1' })),
  )
  const replies = await Promise.all(journals.map((journalBatchNumber) => app.command('post-payment-journal', { journalBatchNumber })))
  const statuses = replies.map(({ status }) => status).sort()
  // The third finds the invoice settled, or what is left of it, depending on how they met.
  expect(statuses.slice(0, 2)).toEqual([200, 200])
  expect([200, 400]).toContain(statuses[2])
  const open = await app.openAmounts()
  expect(open['I-1']).toBeUndefined()
  const paid = statuses.filter((status) => status === 200).length * 60
  expect(Object.values(open).reduce((total, amount) => total + Number(amount), 0)).toBe(100 - paid)
  expect(await findImbalances(app)).toEqual([])
})

test('one journal posted twice at once is posted once', async (t) => {
  const app = await startReceivables(t)
  const journalBatchNumber = await app.journal({ CreditAmount: 60 })
  const replies = await Promise.all([1, 2].map(() => app.command('post-payment-journal', { journalBatchNumber })))
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 400])
  expect(replies.find(({ status }) => status === 400)?.text).toContain(`Journal ${journalBatchNumber} has already been posted.`)
  expect(await app.rows(`CustTransactions?$filter=AccountNum eq '${CUSTOMER}'`)).toHaveLength(1)
})

test('EX-26 a snapshot ages what is open by due date as of a day', async (t) => {
  const app = await startReceivables(t)
  const definitions = await app.rows('AgingPeriodDefinitions?$top=1')
  const agingPeriodDefinition = String(definitions[0]?.AgingPeriodDefinition)
  const invoice = (name: string, amount: string, due: string) => app.invoice({ invoice: name, amount, date: '2024-11-01', due })
  await invoice('A', '100', '2025-04-10')
  await invoice('B', '200', '2025-03-20')
  await invoice('C', '300', '2025-02-15')
  await invoice('D', '400', '2024-12-01')
  await invoice('E', '50', '2025-03-01')
  // Settled after the day: still open as of it.
  await app.pay('50', { MarkedInvoice: 'E', TransactionDate: '2025-04-02' })
  const snapshot = (more: Json = {}) => app.command('create-aging-snapshot', { agingPeriodDefinition, date: '2025-03-31', ...more })
  expect(await snapshot()).toMatchObject({ status: 200, json: { result: { customers: 1 } } })
  const [aged] = await app.rows('CustAgedBalances')
  expect(aged).toMatchObject({
    CustAccount: CUSTOMER,
    Company: 'usmf',
    MstCurrency: 'USD',
    AgedBy: 'DueDate',
    SumOfAmountDueMst: 1050,
    NumOpenInvoices: 5,
  })
  expect([1, 2, 3, 4, 5, 6].map((column) => aged?.[`AgingPeriod${column}`])).toEqual([100, 250, 300, 0, 400, 0])
  expect([1, 2, 3, 4, 5, 6].map((column) => aged?.[`AgingPeriodLabel${column}`])).toEqual([
    'Current',
    '1-30',
    '31-60',
    '61-90',
    '91-180',
    'Over 180',
  ])
  await app.pay('20', { TransactionDate: '2025-03-15' })
  await snapshot()
  await snapshot({ paymentPositioning: true })
  expect(await app.rows('CustAgedBalances')).toMatchObject([
    { AgingPeriod1: 80, AgingPeriod2: 250, SumOfAmountDueMst: 1030, LastPaymentAmount: 20, LastPaymentDate: '2025-03-15T12:00:00Z' },
  ])
  await snapshot({ date: '2025-04-02', agedBy: 'TransactionDate' })
  expect(await app.rows('CustAgedBalances')).toMatchObject([{ AgingPeriod5: 1000, AgingPeriod1: 0, AgingPeriod2: -20, NumOpenInvoices: 4 }])
  expect((await snapshot({ agingPeriodDefinition: 'none' })).text).toContain('Aging period definition none does not exist.')
  expect((await app.get(`${F}/data/CustAgedBalances/$count`)).text).toBe('1')
})
