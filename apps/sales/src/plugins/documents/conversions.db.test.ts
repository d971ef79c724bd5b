import { expect, test } from 'vitest'
import { type Json, refusalOf } from '../../sales-app.fixture.ts'
import { ALL_COLUMNS, columns, documentAfter, expectDone, MESSAGES, startTrade, type Trade, WAYS } from './documents.fixture.ts'

const TOTALS = 'totallineitemamount,totallineitemdiscountamount,totaldiscountamount,totalamountlessfreight,totaltax,totalamount'
const AMOUNTS = ['quantity', 'priceperunit', 'volumediscountamount', 'manualdiscountamount', 'tax', 'baseamount', 'extendedamount'] as const

/** Header totals and line amounts of a document, without the names of its own columns. */
async function moneyOf(trade: Trade, path: string, lineSet: string): Promise<Json> {
  const { '@odata.context': _context, '@odata.etag': _etag, ...totals } = await trade.read(path, TOTALS)
  const [set = '', id = ''] = path.replace(')', '').split('(')
  const parent = `_${set.replace(/s$/, '')}id_value`
  const lines = (await trade.sales.get(`${lineSet}?$filter=${parent} eq ${id}&$orderby=sequencenumber`)).body.value
  const amounts = lines.map((line: Json) => AMOUNTS.map((column) => line[column]))
  const header = Object.fromEntries(Object.entries(totals).filter(([name]) => TOTALS.includes(name)))
  return { ...header, amounts }
}

test('a quote of 200 lines becomes an order and an invoice that are equal to it to the cent', async (t) => {
  const trade = await startTrade(t)
  const lines = Array.from({ length: 200 }, (_, at) =>
    at % 3 === 0
      ? {
          isproductoverridden: true,
          productdescription: `Service ${at}`,
          quantity: 1 + at / 8,
          priceperunit: 15.55,
          tax: 1.24,
          sequencenumber: at + 1,
        }
      : trade.line({
          quantity: 1 + (at % 7),
          manualdiscountamount: at % 5,
          tax: 0.33,
          sequencenumber: at + 1,
          ...(at % 4 === 0 && { ispriceoverridden: true, priceperunit: 19.99 }),
        }),
  )
  const quote = await documentAfter(trade, 'quotes', WAYS.quotes.active, {
    discountpercentage: 7.5,
    freightamount: 40,
    quote_details: lines,
  })
  const order = (await MESSAGES.convert(trade.sales, quote)).body.salesorderid
  const invoice = (await MESSAGES.invoice(trade.sales, order)).body.invoiceid
  const wanted = await moneyOf(trade, `quotes(${quote})`, 'quotedetails')
  expect(wanted.amounts).toHaveLength(200)
  expect(wanted.totalamount).toBeGreaterThan(10_000)
  expect(await moneyOf(trade, `salesorders(${order})`, 'salesorderdetails')).toEqual(wanted)
  expect(await moneyOf(trade, `invoices(${invoice})`, 'invoicedetails')).toEqual(wanted)
})

test('E12 DV-099 an order keeps the prices of its quote until it is unlocked', async (t) => {
  const trade = await startTrade(t)
  const quote = await documentAfter(trade, 'quotes', WAYS.quotes.won, { quote_details: [trade.line({ quantity: 10 })] })
  const order = (await MESSAGES.convert(trade.sales, quote)).body
  expect(order).toMatchObject({ totalamount: 200, ispricelocked: true })
  const path = `salesorders(${order.salesorderid})`
  const total = async (): Promise<number> => (await trade.read(path, 'totalamount')).totalamount
  const price = (amount: number) => expectDone(trade.sales.patch(`productpricelevels(${trade.itemId})`, { amount }))
  await price(30)
  expect(await total()).toBe(200)
  await expectDone(trade.sales.post('UnlockSalesOrderPricing', { SalesOrderId: order.salesorderid }))
  expect(await total()).toBe(300)
  await expectDone(trade.sales.post(`${path}/Microsoft.Dynamics.CRM.LockSalesOrderPricing`, {}))
  await price(35)
  expect(await total()).toBe(300)
})

test('a catalogue price that changed since the quote was won does not reach the order, but a revision takes it', async (t) => {
  const trade = await startTrade(t)
  const overridden = trade.line({ quantity: 1, ispriceoverridden: true, priceperunit: 19 })
  const quote = await documentAfter(trade, 'quotes', WAYS.quotes.active, { quote_details: [trade.line({ quantity: 10 }), overridden] })
  await expectDone(trade.sales.patch(`productpricelevels(${trade.itemId})`, { amount: 30 }))
  const revision = (await MESSAGES.revise(trade.sales, quote)).body
  expect(revision.totalamount).toBe(319)
  await expectDone(trade.sales.patch(`quotes(${revision.quoteid})`, { statecode: 1 }))
  await expectDone(MESSAGES.win(trade.sales, revision.quoteid))
  await expectDone(trade.sales.patch(`productpricelevels(${trade.itemId})`, { amount: 50 }))
  expect((await MESSAGES.convert(trade.sales, revision.quoteid)).body.totalamount).toBe(319)
})

test('an order becomes an invoice with its terms, links, locked prices and due date, and is Invoiced', async (t) => {
  const trade = await startTrade(t)
  const opportunity = await trade.document('opportunities')
  const order = await trade.document('salesorders', {
    'opportunityid@odata.bind': `/opportunities(${opportunity})`,
    paymenttermscode: 3,
    freighttermscode: 1,
    billto_contactname: 'Lind',
    billto_line1: 'Kaia 4',
    order_details: [trade.line({ quantity: 2, quantityshipped: 1, shippingtrackingnumber: undefined })],
  })
  const answer = await trade.sales.post('ConvertSalesOrderToInvoice', { SalesOrderId: order, ColumnSet: columns('invoicenumber') })
  expect([answer.status, answer.body.invoicenumber.replace(/-[A-Z0-9]+$/, '')]).toEqual([200, 'INV-01000'])
  const invoice = (await trade.sales.get(`invoices(${answer.body.invoiceid})`)).body
  expect(invoice).toMatchObject({
    statecode: 0,
    statuscode: 1,
    ispricelocked: true,
    duedate: '2025-03-28',
    paymenttermscode: 3,
    billto_line1: 'Kaia 4',
    billto_composite: 'Kaia 4',
    _salesorderid_value: order,
    _opportunityid_value: opportunity,
    _accountid_value: trade.accountId,
  })
  const [line] = (await trade.sales.get(`invoicedetails?$filter=_invoiceid_value eq ${invoice.invoiceid}`)).body.value
  const orderLine = await trade.sales.idOf('salesorderdetails', `_salesorderid_value eq ${order}`)
  expect(line).toMatchObject({
    quantity: 2,
    quantityshipped: 1,
    iscopied: true,
    invoiceispricelocked: true,
    _salesorderdetailid_value: orderLine,
  })
  const state = 'statecode,statuscode'
  expect(await trade.read(`salesorders(${order})`, state)).toMatchObject({ statecode: 4, statuscode: 100003 })
  expect((await trade.read(`salesorderdetails(${orderLine})`, 'salesorderstatecode')).salesorderstatecode).toBe(4)
})

test('of two conversions of one order at once the second finds it Invoiced', async (t) => {
  const trade = await startTrade(t)
  const order = await trade.document('salesorders', { order_details: [trade.line()] })
  const answers = await Promise.all([0, 1, 2, 3].map(() => MESSAGES.invoice(trade.sales, order)))
  expect(answers.map(refusalOf).sort()).toEqual(['200', '400 0x80048408', '400 0x80048408', '400 0x80048408'])
  expect((await trade.sales.get('invoices/$count')).text).toMatch(/1$/)
})

test('with the switch off a converted order stays as it is and may be converted again', async (t) => {
  const trade = await startTrade(t, { invoiceConversionClosesOrder: false })
  const order = await trade.document('salesorders')
  expect((await MESSAGES.invoice(trade.sales, order)).status).toBe(200)
  expect((await MESSAGES.invoice(trade.sales, order)).status).toBe(200)
  expect((await trade.read(`salesorders(${order})`, 'statecode')).statecode).toBe(0)
  const canceled = await documentAfter(trade, 'salesorders', WAYS.salesorders.canceled)
  expect(refusalOf(await MESSAGES.invoice(trade.sales, canceled))).toBe('400 0x80048408')
})

test('G-DV-23c DV-098 an order is fulfilled by the collection and by the bare name, whole or in part', async (t) => {
  const trade = await startTrade(t)
  const whole = await trade.document('salesorders')
  const close = (id: string): Json => ({ subject: 'Shipped in full', 'salesorderid@odata.bind': `/salesorders(${id})` })
  const answer = await trade.sales.post('salesorders/Microsoft.Dynamics.CRM.FulfillSalesOrder', {
    OrderClose: close(whole),
    Status: 100001,
  })
  expect([answer.status, answer.text]).toEqual([204, ''])
  const stored = await trade.read(`salesorders(${whole})`, 'statecode,statuscode,datefulfilled,ordernumber')
  expect(stored).toMatchObject({ statecode: 3, statuscode: 100001, datefulfilled: '2025-02-11' })
  const closes = await trade.sales.get(`ordercloses?$filter=_salesorderid_value eq ${whole}`)
  expect(closes.body.value).toMatchObject([{ subject: 'Shipped in full', ordernumber: stored.ordernumber, statecode: 1, statuscode: 2 }])
  const part = await trade.document('salesorders')
  await expectDone(trade.sales.post('FulfillSalesOrder', { OrderClose: close(part), Status: 100002 }))
  expect((await trade.read(`salesorders(${part})`, 'statuscode')).statuscode).toBe(100002)
  await expectDone(trade.sales.patch(`salesorders(${part})`, { statecode: 0 }))
  expect((await trade.read(`salesorders(${part})`, 'datefulfilled')).datefulfilled).toBeNull()
})

test('DV-101 canceling an order needs the type of its close activity', async (t) => {
  const trade = await startTrade(t)
  const order = await trade.document('salesorders')
  const OrderClose = { subject: 'No money', 'salesorderid@odata.bind': `/salesorders(${order})` }
  expect((await trade.sales.post('CancelSalesOrder', { OrderClose, Status: 4 })).status).toBe(400)
  const typed = { '@odata.type': '#Microsoft.Dynamics.CRM.orderclose', ...OrderClose }
  expect(refusalOf(await trade.sales.post('CancelSalesOrder', { OrderClose: typed, Status: 3 }))).toBe('400 0x80048408')
  expect((await trade.sales.post('CancelSalesOrder', { OrderClose: typed, Status: 4 })).status).toBe(204)
  expect(await trade.read(`salesorders(${order})`, 'statecode,statuscode')).toMatchObject({ statecode: 2, statuscode: 4 })
})

test('submitting an order keeps the day', async (t) => {
  const trade = await startTrade(t)
  const order = await documentAfter(trade, 'salesorders', WAYS.salesorders.submitted)
  expect(await trade.read(`salesorders(${order})`, 'statecode,statuscode,submitdate')).toMatchObject({
    statecode: 1,
    statuscode: 3,
    submitdate: '2025-02-11',
  })
})

test('DV-100 an opportunity becomes a quote, an order and an invoice with its lines and discounts', async (t) => {
  const trade = await startTrade(t)
  const writeIn = { isproductoverridden: true, productdescription: 'Crane hire', quantity: 2, priceperunit: 150, tax: 3 }
  const opportunity = await trade.document('opportunities', {
    discountamount: 5,
    freightamount: 7.5,
    product_opportunities: [trade.line({ quantity: 3, manualdiscountamount: 2, sequencenumber: 1 }), { ...writeIn, sequencenumber: 2 }],
  })
  const made = [
    ['GenerateQuoteFromOpportunity', 'quote', 'quotes', 'quotedetails'],
    ['GenerateSalesOrderFromOpportunity', 'salesorder', 'salesorders', 'salesorderdetails'],
    ['GenerateInvoiceFromOpportunity', 'invoice', 'invoices', 'invoicedetails'],
  ] as const
  for (const [action, table, set, lineSet] of made) {
    const { status, body } = await trade.sales.post(action, { OpportunityId: opportunity, ColumnSet: ALL_COLUMNS })
    expect([status, body['@odata.type']]).toEqual([200, `#Microsoft.Dynamics.CRM.${table}`])
    expect(body).toMatchObject({
      name: 'Deck winch refit',
      statecode: 0,
      discountamount: 5,
      freightamount: 7.5,
      totalamount: 363.5,
      _customerid_value: trade.accountId,
      _pricelevelid_value: trade.listId,
      _opportunityid_value: opportunity,
      ...(table !== 'quote' && { ispricelocked: false }),
    })
    const lines = await trade.sales.get(`${lineSet}?$filter=_${table}id_value eq ${body[`${table}id`]}&$orderby=sequencenumber`)
    expect(lines.body.value).toMatchObject([
      { quantity: 3, priceperunit: 20, manualdiscountamount: 2, _productid_value: trade.productId },
      { quantity: 2, priceperunit: 150, tax: 3, productdescription: 'Crane hire', isproductoverridden: true },
    ])
    expect(await trade.read(`${set}(${body[`${table}id`]})`, 'totaltax')).toMatchObject({ totaltax: 3 })
  }
})

test('documents are made of won opportunities too, not of lost ones or missing ones', async (t) => {
  const trade = await startTrade(t)
  const generate = (OpportunityId: string) =>
    trade.sales.post('GenerateQuoteFromOpportunity', { OpportunityId, ColumnSet: columns('name') })
  const close = async (message: string, id: string): Promise<void> => {
    const OpportunityClose = { subject: 'x', 'opportunityid@odata.bind': `/opportunities(${id})` }
    await expectDone(trade.sales.post(message, { OpportunityClose, Status: -1 }))
  }
  const won = await trade.document('opportunities')
  await close('WinOpportunity', won)
  expect((await generate(won)).status).toBe(200)
  const lost = await trade.document('opportunities')
  await close('LoseOpportunity', lost)
  expect(refusalOf(await generate(lost))).toBe('400 0x80048408')
  expect(refusalOf(await generate('11111111-1111-4111-8111-111111111111'))).toBe('404 0x80040217')
})

test('the products of an opportunity are brought into open documents of its currency', async (t) => {
  const trade = await startTrade(t)
  const opportunity = await trade.document('opportunities', {
    product_opportunities: [trade.line({ quantity: 3 }), trade.line({ quantity: 4 })],
  })
  const Opportunity = { '@odata.type': 'Microsoft.Dynamics.CRM.opportunity', opportunityid: opportunity }
  const get = (path: string, action: string) => trade.sales.post(`${path}/Microsoft.Dynamics.CRM.${action}`, { Opportunity })
  const targets = [
    ['quotes', 'GetQuoteProductsFromOpportunity', 'quotedetails', '_quoteid_value'],
    ['salesorders', 'GetSalesOrderProductsFromOpportunity', 'salesorderdetails', '_salesorderid_value'],
    ['invoices', 'GetInvoiceProductsFromOpportunity', 'invoicedetails', '_invoiceid_value'],
  ] as const
  for (const [set, action, lineSet, parent] of targets) {
    const id = await trade.document(set)
    const answer = await get(`${set}(${id})`, action)
    expect([answer.status, answer.text]).toEqual([204, ''])
    const lines = await trade.sales.get(`${lineSet}?$filter=${parent} eq ${id}&$select=quantity&$orderby=quantity`)
    expect(lines.body.value.map((line: Json) => line.quantity)).toEqual([3, 4])
  }
  const active = await documentAfter(trade, 'quotes', WAYS.quotes.active)
  expect(refusalOf(await get(`quotes(${active})`, 'GetQuoteProductsFromOpportunity'))).toBe('400 0x8004022e')
  const list = await trade.sales.idOf('pricelevels', "name eq 'CRM Service Europe (sample)'")
  const euro = await trade.sales.idOf('transactioncurrencies', "isocurrencycode eq 'EUR'")
  const foreign = await trade.document('quotes', {
    'pricelevelid@odata.bind': `/pricelevels(${list})`,
    'transactioncurrencyid@odata.bind': `/transactioncurrencies(${euro})`,
  })
  expect(refusalOf(await get(`quotes(${foreign})`, 'GetQuoteProductsFromOpportunity'))).toBe('400 0x80048cef')
  expect((await trade.sales.post(`quotes(${active})/GetQuoteProductsFromOpportunity`, { Opportunity })).status).toBe(400)
})

test('the Freight Tax of an order comes to its invoice once, and the totals are equal', async (t) => {
  const trade = await startTrade(t)
  const priced = { ispriceoverridden: true, priceperunit: 120, quantity: 2, tax: 24 }
  const order = await trade.document('salesorders', { freightamount: 30, order_details: [trade.line(priced)] })
  await expectDone(trade.sales.patch(`salesorders(${order})`, { msdynce_misctax: 6 }))
  expect(await trade.read(`salesorders(${order})`, 'totalamount,totaltax')).toMatchObject({ totalamount: 300, totaltax: 30 })
  const invoice = (await MESSAGES.invoice(trade.sales, order)).body
  expect(invoice).toMatchObject({ msdynce_misctax: 6 })
  expect(await trade.read(`invoices(${invoice.invoiceid})`, 'totalamount,totaltax')).toMatchObject({ totalamount: 300, totaltax: 30 })
  const lines = await trade.sales.get(`invoicedetails?$filter=_invoiceid_value eq ${invoice.invoiceid}&$orderby=tax`)
  expect(lines.body.value.map((line: Json) => [line.tax, line.msdynce_ismisctax])).toEqual([
    [6, true],
    [24, false],
  ])
})

test('component lines of a bundle belong to the copy of their bundle line', async (t) => {
  const trade = await startTrade(t)
  const quote = await trade.document('quotes', { quote_details: [trade.line({ quantity: 2, sequencenumber: 1 })] })
  const bundle = await trade.sales.idOf('quotedetails', `_quoteid_value eq ${quote}`)
  const component = {
    parentbundleid: bundle,
    'parentbundleidref@odata.bind': `/quotedetails(${bundle})`,
    producttypecode: 4,
    sequencenumber: 2,
  }
  await expectDone(trade.sales.post('quotedetails', trade.line({ 'quoteid@odata.bind': `/quotes(${quote})`, ...component })))
  await expectDone(trade.sales.patch(`quotes(${quote})`, { statecode: 1 }))
  const order = (await MESSAGES.convert(trade.sales, quote)).body.salesorderid
  const [first, second] = (await trade.sales.get(`salesorderdetails?$filter=_salesorderid_value eq ${order}&$orderby=sequencenumber`)).body
    .value
  expect(first._parentbundleidref_value).toBeNull()
  expect([second._parentbundleidref_value, second.parentbundleid]).toEqual([first.salesorderdetailid, first.salesorderdetailid])
})

test('who may not read a document makes none of it, and a seller ends own quotes only', async (t) => {
  const trade = await startTrade(t)
  const unit = await trade.sales.create('businessunits', {
    name: 'North',
    'parentbusinessunitid@odata.bind': `/businessunits(${await trade.sales.idOf('businessunits', '_parentbusinessunitid_value eq null')})`,
  })
  const stranger = trade.sales.as(await trade.sales.user({ roles: ['Salesperson'], unit: unit.businessunitid }))
  const colleague = trade.sales.as(await trade.sales.user({ roles: ['Salesperson'] }))
  const won = await documentAfter(trade, 'quotes', WAYS.quotes.won)
  const active = await documentAfter(trade, 'quotes', WAYS.quotes.active)
  const opportunity = await trade.document('opportunities')
  const denied = '403 0x80040220'
  expect(refusalOf(await MESSAGES.convert(stranger, won))).toBe(denied)
  expect(refusalOf(await MESSAGES.revise(stranger, active))).toBe(denied)
  expect(refusalOf(await stranger.post('GenerateQuoteFromOpportunity', { OpportunityId: opportunity, ColumnSet: ALL_COLUMNS }))).toBe(
    denied,
  )
  expect((await MESSAGES.convert(colleague, won)).status).toBe(200)
  expect(refusalOf(await MESSAGES.win(colleague, active))).toBe(denied)
  expect((await trade.read(`quotes(${active})`, 'statecode')).statecode).toBe(1)
})
