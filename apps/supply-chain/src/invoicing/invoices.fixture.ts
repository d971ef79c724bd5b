import type { TestScope } from '@p2c/base'
import { add, addItem, adjust, COMPANY, run } from '../inventory/stock.fixture.ts'
import { D, type Json, startTestApp, type TestApp } from '../supply-chain-app.fixture.ts'

/** Customer C-1, mastered in Sales, with 8 percent tax, and 8 pieces of item D0001 at 12.00: the seed of the worked examples. */
export async function startInvoicing(scope: TestScope, customer: Json = {}): Promise<TestApp> {
  const app = await startTestApp(scope)
  await addTaxedCustomer(app, 'C-1', customer)
  await addItem(app, 'D0001', { SalesSalesTaxItemGroupCode: 'ALL' })
  await adjust(app, 'D0001', 8, { CostPrice: 2 })
  return app
}

export const addTaxedCustomer = (app: TestApp, account: string, values: Json = {}): Promise<Json> =>
  add(app, 'CustomersV3', {
    CustomerAccount: account,
    OrganizationName: 'Halvorsen Marine Supply',
    PartyType: 'Organization',
    CustomerGroupId: '10',
    SalesCurrencyCode: 'USD',
    SalesTaxGroup: 'TX',
    IsExternallyMaintained: 'Yes',
    PaymentTerms: 'Net30',
    AddressStreet: 'Kaigaten 4',
    AddressCity: 'Bergen',
    ...values,
  })

/** An order of customer C-1 for item D0001; gives its number. Lines are per `OrderedSalesQuantity` and `SalesPrice`. */
export async function addTaxedOrder(app: TestApp, lines: readonly Json[], header: Json = {}): Promise<string> {
  const { SalesOrderNumber } = await add(app, 'SalesOrderHeadersV2', {
    OrderingCustomerAccountNumber: 'C-1',
    InvoiceCustomerAccountNumber: 'C-1',
    RequestedShippingDate: '2025-02-20T12:00:00Z',
    ...header,
  })
  for (const line of lines)
    await add(app, 'SalesOrderLines', { SalesOrderNumber, ItemNumber: 'D0001', ShippingSiteId: '1', ShippingWarehouseId: '13', ...line })
  return SalesOrderNumber
}

/** Delivers quantities of lines, by their number; gives the number of the packing slip. */
export async function deliver(app: TestApp, salesOrderNumber: string, quantities: Readonly<Record<number, number>>): Promise<string> {
  const { result } = await done(app, 'post-packing-slip', { salesOrderNumber, lines: typed(quantities) })
  return result.packingSlips[0].packingSlipNumber
}

const typed = (quantities: Readonly<Record<number, number>>): Json[] =>
  Object.entries(quantities).map(([number, quantity]) => ({ lineCreationSequenceNumber: Number(number), quantity }))

/** Posts an invoice of an order and gives it; with quantities, of those lines alone. */
export async function invoice(app: TestApp, salesOrderNumber: string, quantities?: Readonly<Record<number, number>>): Promise<Json> {
  const { result } = await done(app, 'post-sales-invoice', { salesOrderNumber, ...(quantities && { lines: typed(quantities) }) })
  return result.invoices[0]
}

/** Runs a command that must succeed; gives its answer, `result` and `warnings`. */
export async function done(app: TestApp, name: string, parameters: Json): Promise<Json> {
  const reply = await run(app, name, parameters)
  if (reply.status !== 200) throw new Error(`${name}: ${reply.status} ${reply.text}`)
  return reply.json
}

/** The code and the text of each entry of a command that must be refused: `E22 There are no quantities to post for sales order SO-000001.` */
export async function refusal(app: TestApp, name: string, parameters: Json): Promise<readonly string[]> {
  const reply = await run(app, name, parameters)
  if (reply.status !== 400) throw new Error(`${name}: ${reply.status} ${reply.text}`)
  return (reply.json.error.infolog ?? []).map(({ code, text }: Json) => `${code} ${text}`)
}

/** Rows of a set in the company of the tests. */
export async function rowsOf(app: TestApp, collection: string, filter = ''): Promise<readonly Json[]> {
  const reply = await app.get(`${D}/${collection}?$filter=dataAreaId eq '${COMPANY}'${filter === '' ? '' : ` and ${filter}`}`)
  if (reply.status !== 200) throw new Error(`${collection}: ${reply.text}`)
  return reply.json.value
}

/** Balances of the ledger by account name; the total of a company is always nought. */
export async function ledger(app: TestApp): Promise<Readonly<Record<string, string>>> {
  const { rows } = await app.database.query<{ name: string; total: string }>(
    `select main_account_name as name, trim_scale(sum(accounting_currency_amount))::text as total from ledger_transaction
     where data_area_id = $1 group by 1 having sum(accounting_currency_amount) <> 0 order by 1`,
    [COMPANY],
  )
  return Object.fromEntries(rows.map(({ name, total }) => [name, total]))
}
