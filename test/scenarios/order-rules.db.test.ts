import { totalCounters } from '@p2c/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { COMPANY, type ProjectName, startWorld, type World } from '../load/round-trip-world.ts'
import { fileScope } from '../support/command-line.ts'
import type { Row } from './kit/wire.ts'

/** Rules of orders and invoices between both applications, tried through the real templates (templates specification, 9). */

let world: World

beforeAll(async () => {
  world = await startWorld(fileScope(afterAll))
}, 120_000)

const ACTIVE = { msdynce_processingstatus: 647_390_000 }

interface SoldLine extends Row {
  readonly quantity: number
  readonly priceperunit: number
}

/** An order of RT-A1, who pays 8 per cent tax, entered and activated by the seller. */
async function sell(ordernumber: string, lines: readonly SoldLine[]): Promise<string> {
  const { seller, ids } = world
  const { salesorderid } = await seller.send('POST', '/salesorders', {
    ...{ ordernumber, name: 'Refit' },
    'customerid_account@odata.bind': `/accounts(${ids.get('customer RT-A1')})`,
    'pricelevelid@odata.bind': `/pricelevels(${ids.get('list USD')})`,
    order_details: lines.map((line) => ({
      'productid@odata.bind': `/products(${ids.get('product RT-EA')})`,
      'uomid@odata.bind': `/uoms(${ids.get('unit of RT-EA')})`,
      ...{ ispriceoverridden: true, ...line },
    })),
  })
  await seller.send('PATCH', `/salesorders(${salesorderid})`, ACTIVE)
  return salesorderid
}

/** Rows that an execution inserted, updated and failed to write. */
async function run(project: ProjectName, options: { readonly allData?: boolean } = {}) {
  const { inserted, updated, failed } = totalCounters((await world.run(project, options)).tasks)
  return { inserted, updated, failed }
}

/** Totals job, then orders and invoices to Sales. */
async function bringBack(): Promise<void> {
  await world.supplyChain.send('POST', '/BatchJobs/Microsoft.Dynamics.DataEntities.CalculateSalesTotals', {})
  await world.run('orders-to-sales')
  await world.run('invoices')
}

const confirm = (salesOrderNumber: string) => world.command('confirm-sales-order', { salesOrderNumber })
const inSupplyChain = (set: string, filter: string) =>
  world.supplyChain.rows(`${set}?cross-company=true`, `dataAreaId eq '${COMPANY}' and ${filter}`)
const linesInSales = (ordernumber: string) =>
  world.sales.rows('salesorderdetails', `msdynce_ordernumber eq '${ordernumber}'`, '$orderby=sequencenumber')
const errorsOf = async (key: string) =>
  (await world.engine.listRecordErrors({ limit: 100 })).filter(({ sourceKey }) => sourceKey.startsWith(key))

test('9.1 the Freight Tax line appears, changes and disappears with the header tax, and no other side sees it', async () => {
  const id = await sell('C-TAX', [{ quantity: 1, priceperunit: 100 }])
  await run('orders-to-supply-chain')
  const freight = { dataAreaId: COMPANY, SalesOrderNumber: 'C-TAX', ChargeCode: 'FREIGHT', ChargeCategory: 'Fixed', ChargeValue: 20 }
  const path = `/SalesOrderHeaderCharges(dataAreaId='${COMPANY}',SalesOrderNumber='C-TAX',ChargeLineNumber=1)?cross-company=true`
  const freightTax = async () => {
    await bringBack()
    const order = await world.sales.get(
      `/salesorders(${id})?$select=totalamount,totaltax,freightamount,msdynce_hasexternallymaintainedproductsonly`,
    )
    const lines = (await linesInSales('C-TAX')).filter((line) => line.msdynce_ismisctax === true)
    expect(order.msdynce_hasexternallymaintainedproductsonly).toBe(true)
    return [order.totalamount, order.totaltax, order.freightamount, lines.map((line) => [line.tax, line.priceperunit, line.sequencenumber])]
  }
  await world.supplyChain.send('POST', '/SalesOrderHeaderCharges', freight)
  await confirm('C-TAX')
  expect(await freightTax()).toEqual([129.6, 9.6, 20, [[1.6, 0, 0]]])
  await world.supplyChain.send('PATCH', path, { ChargeValue: 50 })
  expect(await freightTax()).toEqual([162, 12, 50, [[4, 0, 0]]])
  expect(await run('orders-to-supply-chain', { allData: true })).toMatchObject({ inserted: 0, updated: 0, failed: 0 })
  expect(await inSupplyChain('CDSSalesOrderLines', "SalesOrderNumber eq 'C-TAX'")).toHaveLength(1)
  await world.supplyChain.send('DELETE', path)
  expect(await freightTax()).toEqual([108, 8, 0, []])
})

test('9.2 9.7 what came back is not sent again: neither a cancelled line nor a price per hundred goes out with its values of Sales', async () => {
  await sell('C-ECHO', [
    { quantity: 3, priceperunit: 50, manualdiscountamount: 10 },
    { quantity: 2, priceperunit: 7 },
  ])
  await run('orders-to-supply-chain')
  const second = `/CDSSalesOrderLines(dataAreaId='${COMPANY}',SalesOrderNumber='C-ECHO',LineCreationSequenceNumber=2)?cross-company=true`
  await world.supplyChain.send('PATCH', second, { SalesPrice: 700, SalesPriceQuantity: 100 })
  await confirm('C-ECHO')
  await world.command('cancel-deliver-remainder', { salesOrderNumber: 'C-ECHO', lines: [{ lineCreationSequenceNumber: 1 }] })
  await bringBack()
  const kept = await inSupplyChain('CDSSalesOrderLines', "SalesOrderNumber eq 'C-ECHO'")
  expect(kept).toMatchObject([
    { OrderedSalesQuantity: 3, LineDiscountAmount: 3.33, FixedPriceCharges: -0.01, TotalDiscountAmount: 10 },
    { OrderedSalesQuantity: 2, SalesPrice: 700, SalesPriceQuantity: 100 },
  ])
  expect(
    (await linesInSales('C-ECHO')).map((line) => [
      line.quantity,
      line.priceperunit,
      line.manualdiscountamount,
      line.msdynce_orderissubmitted,
    ]),
  ).toEqual([
    [0, 50, 0, false],
    [2, 7, 0, false],
  ])
  for (const allData of [false, true])
    expect(await run('orders-to-supply-chain', { allData })).toMatchObject({ inserted: 0, updated: 0, failed: 0 })
  expect(await inSupplyChain('CDSSalesOrderLines', "SalesOrderNumber eq 'C-ECHO'")).toEqual(kept)
})

test('9.2 E31 a discount without a quantity is a record error of its own name, and the rest of the order goes', async () => {
  await sell('C-E31', [
    { quantity: 0, priceperunit: 50, manualdiscountamount: 1 },
    { quantity: 1, priceperunit: 50 },
  ])
  await run('orders-to-supply-chain')
  expect(await errorsOf('C-E31')).toMatchObject([{ sourceKey: 'C-E31|1', code: 'discount-without-quantity', category: 'business-rule' }])
  expect(await inSupplyChain('CDSSalesOrderLines', "SalesOrderNumber eq 'C-E31'")).toMatchObject([{ LineCreationSequenceNumber: 2 }])
})

test('9.3 no. 1 an order that was submitted in Sales meanwhile still takes what Supply Chain says, and is active again', async () => {
  const id = await sell('C-SUBMIT', [{ quantity: 1, priceperunit: 50 }])
  await run('orders-to-supply-chain')
  await world.sales.send('PATCH', `/salesorders(${id})`, { statecode: 1 })
  await confirm('C-SUBMIT')
  await bringBack()
  expect(await world.sales.get(`/salesorders(${id})`)).toMatchObject({
    statecode: 0,
    statuscode: 1,
    msdynce_processingstatus: 647_390_001,
    totalamount: 54,
  })
})

test('9.2 5.3 the rest of a split that is more than the discount of a small invoice leaves it without one, and Sales takes the invoice', async () => {
  await sell('C-REST', [{ quantity: 1000, priceperunit: 1, manualdiscountamount: 5.01 }])
  await run('orders-to-supply-chain')
  await confirm('C-REST')
  await world.command('post-packing-slip', { salesOrderNumber: 'C-REST', lines: [{ lineCreationSequenceNumber: 1, quantity: 27 }] })
  await world.command('post-sales-invoice', { salesOrderNumber: 'C-REST' })
  await bringBack()
  const [theirs] = await inSupplyChain('ExternallyMaintainedCustomerSalesInvoiceHeaders', "SalesOrderNumber eq 'C-REST'")
  expect(theirs).toMatchObject({ TotalInvoiceAmount: 29.16, TotalTaxAmount: 2.16, TotalChargeAmount: 0, TotalDiscountAmount: 0 })
  expect(await world.sales.row('invoices', `invoicenumber eq '${theirs?.InvoiceNumber}'`)).toMatchObject({
    ...{ totalamount: 29.16, freightamount: 0, totaltax: 2.16 },
  })
  const { result } = await world.command('create-credit-note', { invoiceNumber: theirs?.InvoiceNumber, post: true })
  await bringBack()
  const credit = await world.sales.row('invoices', `invoicenumber eq '${result.invoices[0].invoiceNumber}'`)
  expect([result.invoices[0].invoiceAmount, credit.totalamount]).toEqual([-29.16, -29.16])
})

test('9.2 a credit line with a discount is a record error: Sales holds no discount below nought (12 no. 10)', async () => {
  await sell('C-CREDIT', [{ quantity: 3, priceperunit: 50, manualdiscountamount: 10 }])
  await run('orders-to-supply-chain')
  await confirm('C-CREDIT')
  await world.command('post-packing-slip', { salesOrderNumber: 'C-CREDIT' })
  const { result } = await world.command('post-sales-invoice', { salesOrderNumber: 'C-CREDIT' })
  await world.command('create-credit-note', { invoiceNumber: result.invoices[0].invoiceNumber, post: true })
  await bringBack()
  expect(await errorsOf('C-CREDIT')).toMatchObject([{ sourceKey: 'C-CREDIT|2', code: 'value-out-of-range' }])
})
