import { decimal, sum } from '@p2c/base'
import { expect, test } from 'vitest'
import { calculateSalesTotals, calculateTotals } from '../jobs/calculate-sales-totals.ts'
import { startOrders } from '../orders/sales-orders.fixture.ts'
import { problemOf } from '../quotations/sales-quotations.fixture.ts'
import { D, type Json } from '../supply-chain-app.fixture.ts'
import { FREIGHT, LINE_140, LINE_300, runJob, startTotals } from './sales-totals.fixture.ts'

test('EX-07 EX-08 EX-28 the job makes the totals that the order shows, until something of the order changes', async (t) => {
  const app = await startTotals(t)
  await app.addOrder('SO-8')
  await app.addLine('SO-8', LINE_300)
  await app.addLine('SO-8', LINE_140)
  expect(await app.add('SalesOrderHeaderCharges', { ...FREIGHT, SalesOrderNumber: 'SO-8' })).toMatchObject({
    ChargeLineNumber: 1,
    SalesTaxGroupCode: 'TX',
    SalesTaxItemGroupCode: 'ALL',
    CurrencyCode: 'USD',
  })
  expect(await app.order('SO-8')).toMatchObject({ AreTotalsUpdated: 'No', OrderTotalAmount: 0 })
  expect((await runJob(app)).json.value).toBe(1)
  const totals = {
    AreTotalsUpdated: 'Yes',
    OrderTotalAmount: 507.6,
    OrderTotalTaxAmount: 37.6,
    OrderHeaderTaxAmount: 2.4,
    OrderTotalChargesAmount: 30,
    OrderTotalDiscountAmount: 22.5,
    TotalDiscountAmount: 0,
  }
  expect(await app.order('SO-8')).toMatchObject(totals)
  const current = { AreTotalsCalculated: 'Yes', AreSalesOrderTotalsUpdated: 'Yes' }
  expect(await app.lines('SO-8')).toMatchObject([
    { ...current, TotalDiscountAmount: 12.5, TotalTaxAmount: 24, TotalChargesAmount: 0 },
    { ...current, TotalDiscountAmount: 10, TotalTaxAmount: 11.2, TotalChargesAmount: 0, FixedPriceCharges: -0.01, LineAmount: 140 },
  ])
  const [charge] = (await app.get(`${D}/SalesOrderHeaderCharges`)).json.value
  expect(charge).toMatchObject({ CalculatedAmount: 30, TaxAmount: 2.4 })

  const lineAddress = `${D}/CDSSalesOrderLines(dataAreaId='usmf',SalesOrderNumber='SO-8',LineCreationSequenceNumber=1)`
  expect((await app.patch(lineAddress, { SalesPrice: 126 })).status).toBe(204)
  expect(await app.order('SO-8')).toMatchObject({ ...totals, AreTotalsUpdated: 'No' })
  expect(await app.lines('SO-8')).toMatchObject(Array(2).fill({ AreTotalsCalculated: 'No', AreSalesOrderTotalsUpdated: 'No' }))
  await runJob(app)
  expect(await app.order('SO-8')).toMatchObject({ AreTotalsUpdated: 'Yes', OrderTotalAmount: 510.3 })

  // EX-07: a total discount of 5 percent, and no freight.
  const chargeAddress = `${D}/SalesOrderHeaderCharges(dataAreaId='usmf',SalesOrderNumber='SO-8',ChargeLineNumber=1)`
  expect((await app.patch(lineAddress, { SalesPrice: 125 })).status).toBe(204)
  expect((await app.delete(chargeAddress)).status).toBe(204)
  expect(
    (await app.patch(`${D}/SalesOrderHeadersV2(dataAreaId='usmf',SalesOrderNumber='SO-8')`, { TotalDiscountPercentage: 5 })).status,
  ).toBe(204)
  expect(await app.order('SO-8')).toMatchObject({ AreTotalsUpdated: 'No' })
  await runJob(app)
  expect(await app.order('SO-8')).toMatchObject({
    OrderTotalAmount: 451.44,
    TotalDiscountAmount: 22,
    OrderTotalTaxAmount: 33.44,
    OrderHeaderTaxAmount: 0,
  })
})

test('2.17 the tax of each line, charge and code is kept beside the totals and adds up to them', async (t) => {
  const app = await startTotals(t)
  await app.addOrder('SO-1')
  const { InventoryLotId } = await app.add('CDSSalesOrderLinesV2', {
    dataAreaId: 'usmf',
    SalesOrderNumber: 'SO-1',
    ProductNumber: 'DW-40',
    ...LINE_300,
  })
  await app.add('SalesOrderHeaderCharges', { ...FREIGHT, SalesOrderNumber: 'SO-1' })
  await app.add('SalesOrderLineCharges', { ...FREIGHT, SalesOrderNumber: 'SO-1', InventoryLotId, ChargeCategory: 'Pcs', ChargeValue: 0.1 })
  const taxes = async () =>
    (
      await app.database.query<{ base: string; amount: string; has_line: boolean; has_charge: boolean }>(
        `select tax_base_amount::text as base, tax_amount::text as amount, line_rec_id <> 0 as has_line, charge_rec_id <> 0 as has_charge
         from tax_transaction where document_table = 'sales_order' order by transaction_number`,
      )
    ).rows
  for (const run of [1, 2]) {
    await runJob(app)
    expect(await taxes(), `run ${run}`).toEqual([
      { base: '300', amount: '24', has_line: true, has_charge: false },
      { base: '25', amount: '2', has_line: true, has_charge: true },
      { base: '30', amount: '2.4', has_line: false, has_charge: true },
    ])
  }
  const order = await app.order('SO-1')
  expect(sum((await taxes()).map(({ amount }) => decimal(amount))).toNumber()).toBe(order.OrderTotalTaxAmount)
  expect((await app.lines('SO-1'))[0]).toMatchObject({ TotalTaxAmount: 26, TotalChargesAmount: 25 })

  // Where the company keeps no tax per line, only the document has it.
  await app.patch(`${D}/SalesParameters(dataAreaId='usmf')`, { TaxPerInvoiceLine: 'No' })
  await runJob(app)
  expect((await taxes()).map(({ has_line }) => has_line)).toEqual([false, false, false])
  expect((await app.lines('SO-1'))[0]).toMatchObject({ TotalTaxAmount: 0 })
  expect(await app.order('SO-1')).toMatchObject({ OrderTotalTaxAmount: 28.4 })
})

test('quotations have totals and charges of their own; a charge returns a sent one to Created', async (t) => {
  const app = await startTotals(t)
  await app.addQuotation('Q-1')
  await app.quote('Q-1', { TotalDiscountAmount: 10 })
  await app.add('SalesQuotationHeaderCharges', { ...FREIGHT, SalesQuotationNumber: 'Q-1' })
  expect((await runJob(app, { calculateSalesQuotations: false })).json.value).toBe(0)
  expect((await runJob(app, { calculateSalesOrders: false, legalEntityId: 'USMF' })).json.value).toBe(1)
  expect(await app.quotation('Q-1')).toMatchObject({
    AreTotalsCalculated: 'Yes',
    QuotationTotalAmount: 183.6,
    QuotationTotalTaxAmount: 13.6,
    QuotationHeaderTaxAmount: 2.4,
    QuotationTotalChargesAmount: 30,
    QuotationTotalDiscountAmount: 10,
  })
  expect(await app.quotedLines('Q-1')).toMatchObject([{ AreTotalsCalculated: 'Yes', TotalTaxAmount: 11.2, TotalDiscountAmount: 10 }])
  expect((await app.run('send', 'Q-1')).status).toBe(200)
  expect(await app.quotation('Q-1')).toMatchObject({ SalesQuotationStatus: 'Sent' })
  const second = await app.add('SalesQuotationHeaderCharges', { ...FREIGHT, SalesQuotationNumber: 'Q-1' })
  expect(second.ChargeLineNumber).toBe(2)
  expect(await app.quotation('Q-1')).toMatchObject({ SalesQuotationStatus: 'Created', AreTotalsCalculated: 'No' })
  await app.run('send', 'Q-1')
  expect((await app.run('lose', 'Q-1')).status).toBe(200)
  const refused = await app.post(`${D}/SalesQuotationHeaderCharges`, { ...FREIGHT, SalesQuotationNumber: 'Q-1' })
  expect(problemOf(refused)).toContain('Quotation Q-1 has status Lost and cannot be updated.')
})

test('with an order go its charges, totals and tax, with a line those of the line', async (t) => {
  const app = await startTotals(t)
  for (const number of ['SO-1', 'SO-2']) {
    await app.addOrder(number)
    await app.addLine(number)
    await app.addLine(number)
    await app.add('SalesOrderHeaderCharges', { ...FREIGHT, SalesOrderNumber: number })
  }
  const lots: Json[] = (await app.get(`${D}/SalesOrderLines?$orderby=SalesOrderNumber,LineCreationSequenceNumber`)).json.value
  for (const { SalesOrderNumber, InventoryLotId } of lots)
    await app.add('SalesOrderLineCharges', { ...FREIGHT, SalesOrderNumber, InventoryLotId })
  await runJob(app)
  const counts = async () =>
    (
      await app.database.query<{ counts: string }>(
        `select concat_ws(' ', (select count(*) from sales_order_charge), (select count(*) from sales_order_line_charge), (select count(*) from sales_order_total),
           (select count(*) from sales_order_line_total), (select count(*) from tax_transaction)) as counts`,
      )
    ).rows[0]?.counts
  expect(await counts()).toBe('2 4 2 4 10')
  expect((await app.delete(`${D}/SalesOrderLines(dataAreaId='usmf',InventoryLotId='${lots[0]?.InventoryLotId}')`)).status).toBe(204)
  expect(await counts()).toBe('2 3 2 3 10')
  await runJob(app)
  expect(await counts()).toBe('2 3 2 3 8')
  expect((await app.delete(`${D}/CDSSalesOrderHeaders(dataAreaId='usmf',SalesOrderNumber='SO-1')`)).status).toBe(204)
  expect(await counts()).toBe('1 2 1 2 5')
})

test('7 the job takes documents page by page in several threads, leaves old ones and current finished ones alone, and tells what it cannot do', async (t) => {
  const app = await startTotals(t)
  await app.importRows(
    'CDSSalesOrderHeader',
    Array.from({ length: 230 }, (_, index) => ({ SalesOrderNumber: `B-${index}`, OrderingCustomerAccountNumber: 'C-1' })),
  )
  const now = app.clock.now()
  const job = (options: object = {}) => calculateTotals(app.database, { now, ...options }).then(({ salesOrders }) => salesOrders.calculated)
  expect(await job({ numberOfThreads: 4 })).toBe(230)
  const totals = await app.database.query<{ current: string }>(
    "select count(*)::text as current from sales_order_view where are_totals_calculated = 'Yes'",
  )
  expect(totals.rows[0]?.current).toBe('230')

  await app.database.query("update sales_order set modified_at = timestamptz '2025-02-08T23:59:59Z' where sales_order_number <> 'B-7'")
  await app.database.query("update sales_order set modified_at = timestamptz '2025-02-09T00:00:00Z' where sales_order_number = 'B-9'")
  expect(await job({ ignoreDocumentsUpdatedBeforeDays: 2 })).toBe(2)
  expect(await job({ ignoreDocumentsUpdatedBeforeDays: 1_999_999_999 })).toBe(230)
  expect(await job({ dataAreaId: 'demf' })).toBe(0)

  await app.database.query("update sales_order set sales_order_status = 'Invoiced' where sales_order_number in ('B-7', 'B-8')")
  await app.database.query("update sales_order set content_version = content_version + 1 where sales_order_number = 'B-8'")
  expect(await job()).toBe(229)
  expect(await job()).toBe(228)

  const gross = { dataAreaId: 'usmf', TaxBase: 'PctPerGross' }
  for (const TaxCode of ['G1', 'G2']) {
    await app.add('TaxCodes', { ...gross, TaxCode })
    await app.add('TaxGroupDatas', { dataAreaId: 'usmf', TaxGroupId: 'TX', TaxCodeId: TaxCode })
    await app.add('TaxItemGroups', { dataAreaId: 'usmf', TaxItemGroupCode: 'ALL', TaxCodeId: TaxCode })
  }
  await app.addLine('B-1')
  expect(await calculateSalesTotals(app.database, { now })).toBe(
    'Totals calculated: 227 of sales orders, 0 of quotations. Not calculated: 1. B-1 (usmf): Sales tax cannot be calculated: more than one sales tax code is based on the gross amount.',
  )
  expect(await app.order('B-1')).toMatchObject({ AreTotalsUpdated: 'No' })
})

test('2.14 a calculated order and its lines count as changed for readers of changes', async (t) => {
  const app = await startOrders(t)
  await app.addOrder('SO-1')
  await app.addLine('SO-1')
  const versions = async () =>
    (
      await app.database.query<{ header: string; line: string }>(
        'select (select max(change_xid)::text from sales_order_view) as header, (select max(change_xid)::text from sales_order_line_view) as line',
      )
    ).rows[0]
  const etag = async () => (await app.get(`${D}/CDSSalesOrderHeaders`)).json.value[0]['@odata.etag']
  const [before, etagBefore] = [await versions(), await etag()]
  await calculateTotals(app.database, { now: app.clock.now() })
  const after = await versions()
  expect(Number(after?.header)).toBeGreaterThan(Number(before?.header))
  expect(Number(after?.line)).toBeGreaterThan(Number(before?.line))
  // A client that read the order may still change it: its own fields are the same.
  expect(await etag()).toBe(etagBefore)

  // Calculated again to the same figures, it bears another time, and is no change to anyone.
  const made = async () =>
    (await app.database.query<{ made: string }>('select max(last_updated_date_time)::text as made from sales_order_line_total')).rows[0]
      ?.made
  const madeBefore = await made()
  app.clock.advance(60_000)
  expect(await calculateTotals(app.database, { now: app.clock.now() })).toMatchObject({ salesOrders: { calculated: 1 } })
  expect(await versions()).toEqual(after)
  expect(await made()).not.toBe(madeBefore)
  // New rates make other figures of the same content.
  await app.database.query("update sales_order_line set sales_tax_group_code = 'TX'")
  const beforeRates = await versions()
  await calculateTotals(app.database, { now: app.clock.now() })
  expect(Number((await versions())?.header)).toBeGreaterThan(Number(beforeRates?.header))
})

test('orders that are written while the job runs end up calculated for what they hold last', async (t) => {
  const app = await startTotals(t)
  const numbers = Array.from({ length: 6 }, (_, index) => `SO-${index}`)
  for (const number of numbers) {
    await app.addOrder(number)
    await app.addLine(number)
  }
  const price = (number: string, SalesPrice: number) =>
    app.patch(`${D}/CDSSalesOrderLines(dataAreaId='usmf',SalesOrderNumber='${number}',LineCreationSequenceNumber=1)`, { SalesPrice })
  const charge = (SalesOrderNumber: string) => app.post(`${D}/SalesOrderHeaderCharges`, { ...FREIGHT, SalesOrderNumber, ChargeValue: 1 })
  const writes = [1, 2, 3, 4].flatMap((round) => numbers.flatMap((number) => [price(number, 10 + round), charge(number)]))
  const jobs = [1, 2, 3, 4].map(() => calculateTotals(app.database, { now: app.clock.now(), numberOfThreads: 2 }))
  const statuses = (await Promise.all(writes)).map(({ status }) => status)
  await Promise.all(jobs)
  expect([...new Set(statuses)].sort()).toEqual([201, 204])
  await calculateTotals(app.database, { now: app.clock.now() })
  for (const number of numbers) {
    const order = await app.order(number)
    const [line] = await app.lines(number)
    expect(order).toMatchObject({ AreTotalsUpdated: 'Yes', OrderTotalChargesAmount: 4 })
    expect(decimal(String(order.OrderTotalAmount)).toFixed(2)).toBe(decimal(String(line?.LineAmount)).plus(4).times('1.08').toFixed(2))
  }
})
