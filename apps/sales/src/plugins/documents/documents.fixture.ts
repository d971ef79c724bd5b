import type { TestScope } from '@p2c/base'
import { type Answer, type Json, type SalesUnderTest, startSales } from '../../sales-app.fixture.ts'
import type { SalesSettings } from '../../settings.ts'

/** Sales with a customer and an active product that costs 20.00 on the dollar price list. */
export interface Trade {
  readonly sales: SalesUnderTest
  /** The administrator, who is no integration user: what the integration may do beyond others does not count. */
  readonly seller: SalesUnderTest
  readonly accountId: string
  readonly productId: string
  readonly itemId: string
  readonly listId: string
  readonly unitId: string
  /** Creates a document of that customer on the dollar list and gives its id. */
  document(set: DocumentSet, values?: Json): Promise<string>
  /** A line of the product, or of other values. */
  line(values?: Json): Json
  /** Columns of a row. */
  read(path: string, select: string): Promise<Json>
}

export type DocumentSet = 'opportunities' | 'quotes' | 'salesorders' | 'invoices'

const ID: Readonly<Record<DocumentSet, string>> = {
  opportunities: 'opportunityid',
  quotes: 'quoteid',
  salesorders: 'salesorderid',
  invoices: 'invoiceid',
}

/** Sales under test with what a trade needs. */
export async function startTrade(t: TestScope, settings: Partial<SalesSettings> = {}): Promise<Trade> {
  return tradeOn(await startSales(t, settings))
}

async function tradeOn(sales: SalesUnderTest): Promise<Trade> {
  const account = await sales.create('accounts', { name: 'Halvorsen Marine Supply' }, 'accountid')
  const unitId = await sales.idOf('uoms', "name eq 'Each'")
  const listId = await sales.idOf('pricelevels', "name eq 'CRM Service USA (sample)'")
  const product = await sales.create(
    'products',
    {
      name: 'Deck winch DW-40',
      productnumber: 'DW-40',
      'defaultuomscheduleid@odata.bind': `/uomschedules(${await sales.idOf('uomschedules', "name eq 'Default Unit'")})`,
      'defaultuomid@odata.bind': `/uoms(${unitId})`,
    },
    'productid',
  )
  const item = await sales.create('productpricelevels', {
    'pricelevelid@odata.bind': `/pricelevels(${listId})`,
    'productid@odata.bind': `/products(${product.productid})`,
    'uomid@odata.bind': `/uoms(${unitId})`,
    amount: 20,
  })
  await expectDone(sales.patch(`products(${product.productid})`, { statecode: 0 }))
  const line = (values: Json = {}): Json => ({
    'productid@odata.bind': `/products(${product.productid})`,
    'uomid@odata.bind': `/uoms(${unitId})`,
    quantity: 1,
    ...values,
  })
  const administrator = await sales.idOf('systemusers', "fullname eq 'System Administrator'")
  return {
    sales,
    seller: sales.as(administrator),
    accountId: account.accountid,
    productId: product.productid,
    itemId: item.productpricelevelid,
    listId,
    unitId,
    line,
    document: async (set, values = {}) => {
      const row = await sales.create(
        set,
        {
          name: 'Deck winch refit',
          'customerid_account@odata.bind': `/accounts(${account.accountid})`,
          'pricelevelid@odata.bind': `/pricelevels(${listId})`,
          ...values,
        },
        ID[set],
      )
      return row[ID[set]]
    },
    read: async (path, select) => (await sales.get(`${path}?$select=${select}`)).body,
  }
}

/** Asserts that a call was carried out. */
export async function expectDone(call: Promise<Answer>): Promise<Answer> {
  const answer = await call
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`)
  return answer
}

export const ALL_COLUMNS: Json = { AllColumns: true }
export const columns = (...names: readonly string[]): Json => ({ AllColumns: false, Columns: names })

const quoteClose = (id: string): Json => ({ subject: 'Done', 'quoteid@odata.bind': `/quotes(${id})` })
const orderClose = (id: string): Json => ({
  '@odata.type': 'Microsoft.Dynamics.CRM.orderclose',
  subject: 'Done',
  'salesorderid@odata.bind': `/salesorders(${id})`,
})

/** Every message of documents, by what a test calls it. */
export const MESSAGES = {
  win: (sales: SalesUnderTest, id: string, Status = -1) => sales.post('WinQuote', { QuoteClose: quoteClose(id), Status }),
  close: (sales: SalesUnderTest, id: string, Status = -1) => sales.post('CloseQuote', { QuoteClose: quoteClose(id), Status }),
  revise: (sales: SalesUnderTest, id: string) => sales.post('ReviseQuote', { QuoteId: id, ColumnSet: ALL_COLUMNS }),
  convert: (sales: SalesUnderTest, id: string) => sales.post('ConvertQuoteToSalesOrder', { QuoteId: id, ColumnSet: ALL_COLUMNS }),
  fulfil: (sales: SalesUnderTest, id: string, Status = -1) =>
    sales.post('salesorders/Microsoft.Dynamics.CRM.FulfillSalesOrder', { OrderClose: orderClose(id), Status }),
  cancel: (sales: SalesUnderTest, id: string, Status = -1) => sales.post('CancelSalesOrder', { OrderClose: orderClose(id), Status }),
  invoice: (sales: SalesUnderTest, id: string) => sales.post('ConvertSalesOrderToInvoice', { SalesOrderId: id, ColumnSet: ALL_COLUMNS }),
} as const

const setState =
  (set: DocumentSet, values: Json) =>
  (sales: SalesUnderTest, id: string): Promise<Answer> =>
    sales.patch(`${set}(${id})`, values)

type Steps = readonly ((sales: SalesUnderTest, id: string) => Promise<Answer>)[]
const activate = setState('quotes', { statecode: 1, statuscode: 2 })

/** The ways into every state that can be reached. */
export const WAYS = {
  quotes: { draft: [], active: [activate], won: [activate, MESSAGES.win], closed: [activate, MESSAGES.close] },
  salesorders: {
    active: [],
    submitted: [setState('salesorders', { statecode: 1 })],
    canceled: [MESSAGES.cancel],
    fulfilled: [MESSAGES.fulfil],
    invoiced: [MESSAGES.invoice],
  },
  invoices: {
    active: [],
    paid: [setState('invoices', { statecode: 2, statuscode: 100001 })],
    canceled: [setState('invoices', { statecode: 3, statuscode: 100003 })],
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Steps>>>>

/** A new document that has gone a way. */
export async function documentAfter(
  trade: Trade,
  set: Exclude<DocumentSet, 'opportunities'>,
  way: Steps,
  values: Json = {},
): Promise<string> {
  const id = await trade.document(set, values)
  for (const step of way) await expectDone(step(trade.sales, id))
  return id
}
