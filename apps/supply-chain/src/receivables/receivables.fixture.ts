import { decimal, type TestScope } from '@p2c/base'
import { ledgerAccount } from '../ledger/accounts.ts'
import { postVoucher } from '../ledger/post-voucher.ts'
import { type Answer, type AppOptions, D, F, type Json, startTestApp, type TestApp } from '../supply-chain-app.fixture.ts'
import { type CustomerTransactionType, postCustomerTransactions } from './customer-transactions.ts'

/** An invoice as INVOICE posts it: a customer transaction with its ledger voucher. */
export interface TestInvoice {
  readonly invoice: string
  readonly amount: string
  readonly account?: string
  readonly currency?: string
  /** Units of USD for one unit of the currency. */
  readonly rate?: string
  readonly date?: string
  readonly due?: string
  readonly discount?: string
  readonly discountDate?: string
  readonly transType?: CustomerTransactionType
}

export interface ReceivablesApp extends TestApp {
  /** Posts an invoice; gives its record id. */
  invoice(invoice: TestInvoice): Promise<string>
  /** Creates a row; fails the test unless it is created. */
  create(collection: string, row: Json): Promise<Json>
  command(name: string, body: Json): Promise<Answer>
  /** A journal with one line for each given row; gives its number. */
  journal(...lines: readonly Json[]): Promise<string>
  /** A journal with one payment of `amount`, posted. Gives the line of the answer. */
  pay(amount: string, line?: Json): Promise<Json>
  rows(query: string): Promise<readonly Json[]>
  setParameter(values: Json): Promise<void>
  /** Open amounts by invoice or voucher, as texts with two decimals. */
  openAmounts(account?: string): Promise<Readonly<Record<string, string>>>
}

export const CUSTOMER = 'C-PAY1'

const customer = (account: string, currency: string): Json => ({
  CustomerAccount: account,
  OrganizationName: `Customer ${account}`,
  PartyType: 'Organization',
  CustomerGroupId: '10',
  SalesCurrencyCode: currency,
})

/** The application with customers in USD and EUR of company usmf (accounting currency USD). */
export async function startReceivables(scope: TestScope, options: AppOptions = {}): Promise<ReceivablesApp> {
  const app = await startTestApp(scope, options)
  const create = async (collection: string, row: Json): Promise<Json> => {
    const reply = await app.post(`${D}/${collection}`, row)
    if (reply.status !== 201) throw new Error(`${collection}: ${reply.status} ${reply.text}`)
    return reply.json
  }
  const command = (name: string, body: Json) => app.call('POST', `${F}/api/commands/${name}`, { dataAreaId: 'usmf', ...body })
  await create('CustomersV3', customer(CUSTOMER, 'USD'))
  await create('CustomersV3', customer('C-PAY2', 'USD'))
  await create('CustomersV3', customer('C-EUR', 'EUR'))
  const rows = async (query: string): Promise<readonly Json[]> => {
    const reply = await app.get(`${D}/${query}`)
    if (reply.status !== 200) throw new Error(`${query}: ${reply.status} ${reply.text}`)
    return reply.json.value as Json[]
  }
  const journal = async (...lines: readonly Json[]): Promise<string> => {
    const header = await create('CustomerPaymentJournalHeaders', { Description: 'Test' })
    for (const line of lines)
      await create('CustomerPaymentJournalLines', { JournalBatchNumber: header.JournalBatchNumber, AccountDisplayValue: CUSTOMER, ...line })
    return String(header.JournalBatchNumber)
  }
  return {
    ...app,
    create,
    command,
    rows,
    journal,
    async setParameter(values) {
      const reply = await app.patch(`${D}/SalesParameters(dataAreaId='usmf')`, values)
      if (reply.status !== 204 && reply.status !== 200) throw new Error(`SalesParameters: ${reply.status} ${reply.text}`)
    },
    invoice: (invoice) => app.database.transaction((sql) => postInvoice(sql, invoice)),
    async pay(amount, line = {}) {
      const reply = await command('post-payment-journal', { journalBatchNumber: await journal({ CreditAmount: Number(amount), ...line }) })
      if (reply.status !== 200) throw new Error(`post-payment-journal: ${reply.status} ${reply.text}`)
      return (reply.json.result.lines as Json[])[0] ?? {}
    },
    async openAmounts(account = CUSTOMER) {
      const found = await rows(`CustTransOpens?$filter=AccountNum eq '${account}'&$expand=CustTransaction&$orderby=RefRecId`)
      return Object.fromEntries(
        found.map((open) => [String(open.CustTransaction.Invoice || open.CustTransaction.Voucher), decimal(open.AmountCur).toFixed(2)]),
      )
    },
  }
}

async function postInvoice(sql: Parameters<typeof postCustomerTransactions>[0], invoice: TestInvoice): Promise<string> {
  const { account = CUSTOMER, currency = 'USD', rate = '1', date = '2025-03-01' } = invoice
  const amountCur = decimal(invoice.amount)
  const amountMst = amountCur.times(rate).toDecimalPlaces(2)
  const voucher = `V-${invoice.invoice}`
  const [recId = ''] = await postCustomerTransactions(sql, [
    {
      dataAreaId: 'usmf',
      accountNum: account,
      transType: invoice.transType ?? 'Sales',
      voucher,
      invoice: invoice.invoice,
      date,
      dueDate: invoice.due ?? date,
      currencyCode: currency,
      amountCur,
      amountMst,
      exchangeRate: decimal(rate),
      ...(invoice.discount !== undefined && {
        possibleCashDiscount: decimal(invoice.discount),
        cashDiscountDate: invoice.discountDate ?? date,
      }),
    },
  ])
  const entry = (name: 'CustomerReceivable' | 'Revenue', sign: number) => ({
    account: ledgerAccount(name),
    amount: amountMst.times(sign),
    currencyCode: currency,
    amountCur: amountCur.times(sign),
  })
  await postVoucher(sql, {
    dataAreaId: 'usmf',
    voucher,
    date,
    text: 'Invoice',
    entries: [entry('CustomerReceivable', 1), entry('Revenue', -1)],
  })
  return recId
}

/** What holds at any time, as far as it does not: balances, settlements and the ledger agree. Empty where all is well. */
export async function findImbalances(app: TestApp): Promise<readonly Json[]> {
  const { rows } = await app.database.query<Json>(
    `select 'voucher' as what, voucher as name, sum(accounting_currency_amount)::text as off from ledger_transaction group by data_area_id, voucher
       having sum(accounting_currency_amount) <> 0
     union all
     select 'transaction', t.sys_rec_id::text, concat_ws(' ', t.amount_cur - t.settle_amount_cur - coalesce(o.amount_cur, 0), t.amount_mst - t.settle_amount_mst - coalesce(o.amount_mst, 0))
       from cust_trans t left join cust_trans_open o on o.ref_rec_id = t.sys_rec_id
       where t.amount_cur - t.settle_amount_cur <> coalesce(o.amount_cur, 0) or t.amount_mst - t.settle_amount_mst <> coalesce(o.amount_mst, 0)
     union all
     select 'sign', t.sys_rec_id::text, o.amount_cur::text from cust_trans t join cust_trans_open o on o.ref_rec_id = t.sys_rec_id
       where sign(o.amount_cur) <> sign(t.amount_cur) or abs(o.amount_cur) > abs(t.amount_cur)
     union all
     select 'closed', t.sys_rec_id::text, t.closed::text from cust_trans t left join cust_trans_open o on o.ref_rec_id = t.sys_rec_id
       where (o.rec_id is null) <> (t.closed <> '1900-01-01')
     union all
     select 'settled', t.sys_rec_id::text, coalesce(sum(s.settle_amount_cur), 0)::text from cust_trans t
       left join cust_settlement s on s.trans_rec_id = t.sys_rec_id group by t.sys_rec_id, t.settle_amount_cur, t.settle_amount_mst
       having coalesce(sum(s.settle_amount_cur), 0) <> t.settle_amount_cur or coalesce(sum(s.settle_amount_mst), 0) <> t.settle_amount_mst
     union all
     select 'settlement', settlement_voucher, sum(settle_amount_cur)::text from cust_settlement group by data_area_id, settlement_voucher
       having sum(settle_amount_cur) <> 0 or sum(settle_amount_mst) <> 0
     union all
     select 'receivable', main_account, sum(l.accounting_currency_amount)::text from ledger_transaction l where main_account = $1 group by main_account
       having sum(l.accounting_currency_amount) <> (select coalesce(sum(amount_mst), 0) from cust_trans_open)`,
    [ledgerAccount('CustomerReceivable')],
  )
  return rows
}
