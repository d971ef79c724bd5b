import { expect, test } from 'vitest'
import type { Json } from '../../sales-app.fixture.ts'
import { documentAfter, MESSAGES, startTrade, type Trade, WAYS } from './documents.fixture.ts'

const linesOf = async (trade: Trade, set: string, filter: string, select: string): Promise<readonly Json[]> =>
  (await trade.sales.get(`${set}?$filter=${filter}&$select=${select}&$orderby=createdon,lineitemnumber`)).body.value

const versionsOf = (lines: readonly Json[]): readonly string[] => lines.map((line) => line['@odata.etag'])

test('a change of state is copied to every line, whose version grows, in one new version each', async (t) => {
  const trade = await startTrade(t)
  const quote = await trade.document('quotes', { quote_details: [1, 2, 3].map((n) => trade.line({ lineitemnumber: n })) })
  const filter = `_quoteid_value eq ${quote}`
  const read = () => linesOf(trade, 'quotedetails', filter, 'quotestatecode,sequencenumber')
  const drafted = await read()
  expect(drafted.map((line) => [line.quotestatecode, line.sequencenumber])).toEqual([0, 0, 0].map((state) => [state, null]))
  await trade.sales.patch(`quotes(${quote})`, { statecode: 1 })
  const active = await read()
  expect(active.map((line) => [line.quotestatecode, line.sequencenumber])).toEqual([
    [1, 1],
    [1, 2],
    [1, 3],
  ])
  expect(versionsOf(active).some((version) => versionsOf(drafted).includes(version))).toBe(false)
  await MESSAGES.win(trade.sales, quote)
  expect((await read()).map((line) => line.quotestatecode)).toEqual([2, 2, 2])
})

test('an edit that changes no state leaves the lines alone', async (t) => {
  const trade = await startTrade(t)
  const order = await trade.document('salesorders', { order_details: [trade.line()] })
  const read = () => linesOf(trade, 'salesorderdetails', `_salesorderid_value eq ${order}`, 'description')
  const before = await read()
  await trade.sales.patch(`salesorders(${order})`, { statecode: 0, description: 'x', emailaddress: 'orders@halvorsen.example' })
  expect(versionsOf(await read())).toEqual(versionsOf(before))
})

test('lines of orders, invoices and opportunities carry the state of their header, new ones too', async (t) => {
  const trade = await startTrade(t)
  const order = await documentAfter(trade, 'salesorders', WAYS.salesorders.submitted, { order_details: [trade.line()] })
  await trade.sales.post('salesorderdetails', trade.line({ 'salesorderid@odata.bind': `/salesorders(${order})` }))
  const orderLines = await linesOf(
    trade,
    'salesorderdetails',
    `_salesorderid_value eq ${order}`,
    'salesorderstatecode,salesorderispricelocked',
  )
  expect(orderLines.map((line) => [line.salesorderstatecode, line.salesorderispricelocked])).toEqual([
    [1, false],
    [1, false],
  ])
  const invoice = await documentAfter(trade, 'invoices', WAYS.invoices.paid, { invoice_details: [trade.line()] })
  expect((await linesOf(trade, 'invoicedetails', `_invoiceid_value eq ${invoice}`, 'invoicestatecode'))[0]?.invoicestatecode).toBe(2)
})

test('activating numbers lines that have no number or one of another line, highest and on; 0 is no number', async (t) => {
  const trade = await startTrade(t)
  const quote = await trade.document('quotes')
  for (const [at, sequencenumber] of [5, null, 5, 0].entries()) {
    trade.sales.clock.advance(1_000)
    await trade.sales.post('quotedetails', trade.line({ 'quoteid@odata.bind': `/quotes(${quote})`, lineitemnumber: at, sequencenumber }))
  }
  await trade.sales.patch(`quotes(${quote})`, { statecode: 1 })
  const lines = await linesOf(trade, 'quotedetails', `_quoteid_value eq ${quote}`, 'sequencenumber,lineitemnumber')
  expect(lines.map((line) => line.sequencenumber)).toEqual([5, 6, 7, 8])
})

test('customer projections and address composites follow what is written', async (t) => {
  const trade = await startTrade(t)
  const contact = await trade.sales.create('contacts', { lastname: 'Lind' }, 'contactid')
  for (const set of ['quotes', 'salesorders', 'invoices'] as const) {
    const id = await trade.document(set, {
      billto_line1: 'Kaia 4',
      billto_city: 'Bergen',
      billto_postalcode: '5003',
      shipto_country: 'Norway',
    })
    const select = '_accountid_value,_contactid_value,billto_composite,shipto_composite'
    expect(await trade.read(`${set}(${id})`, select)).toMatchObject({
      _accountid_value: trade.accountId,
      _contactid_value: null,
      billto_composite: 'Kaia 4\nBergen, 5003',
      shipto_composite: 'Norway',
    })
    await trade.sales.patch(`${set}(${id})`, { 'customerid_contact@odata.bind': `/contacts(${contact.contactid})`, billto_line1: null })
    expect(await trade.read(`${set}(${id})`, select)).toMatchObject({
      _accountid_value: null,
      _contactid_value: contact.contactid,
      billto_composite: 'Bergen, 5003',
    })
  }
})

test('an order numbers its lines when it is handed over, and the Freight Tax line keeps 0', async (t) => {
  const trade = await startTrade(t)
  const lines = [1, 2].map((lineitemnumber) => trade.line({ lineitemnumber }))
  const order = await trade.document('salesorders', { msdynce_misctax: 6, order_details: lines })
  await trade.sales.patch(`salesorders(${order})`, { msdynce_processingstatus: 647390000 })
  const found = await linesOf(trade, 'salesorderdetails', `_salesorderid_value eq ${order}`, 'sequencenumber,msdynce_ismisctax')
  const numbers = found.map((line) => `${line.sequencenumber} ${line.msdynce_ismisctax}`)
  expect(numbers.sort()).toEqual(['0 true', '1 false', '2 false'])
})

test('lines of an opportunity carry its state', async (t) => {
  const trade = await startTrade(t)
  const opportunity = await trade.document('opportunities', { product_opportunities: [trade.line()] })
  const read = async () =>
    (await linesOf(trade, 'opportunityproducts', `_opportunityid_value eq ${opportunity}`, 'opportunitystatecode'))[0]
  expect((await read())?.opportunitystatecode).toBe(0)
  const OpportunityClose = { subject: 'Signed', 'opportunityid@odata.bind': `/opportunities(${opportunity})` }
  expect((await trade.sales.post('WinOpportunity', { OpportunityClose, Status: -1 })).status).toBe(204)
  expect((await read())?.opportunitystatecode).toBe(1)
})

test('fifty quotes activated in one bulk call number and mark all their lines', async (t) => {
  const trade = await startTrade(t)
  const target = (values: Json): Json => ({ '@odata.type': 'Microsoft.Dynamics.CRM.quote', ...values })
  const list = { 'pricelevelid@odata.bind': `/pricelevels(${trade.listId})` }
  const quotes = Array.from({ length: 50 }, (_, at) =>
    target({ name: `Quote ${at}`, ...list, quote_details: [trade.line(), trade.line()] }),
  )
  const made = await trade.sales.bulk('quotes', 'CreateMultiple', quotes)
  const ids: readonly string[] = made.body.Ids
  const answer = await trade.sales.bulk(
    'quotes',
    'UpdateMultiple',
    ids.map((quoteid) => target({ quoteid, statecode: 1 })),
  )
  expect(answer.status).toBe(204)
  const found = await trade.sales.database.query<Json>(
    'select quotestatecode as state, array_agg(sequencenumber order by sequencenumber) as numbers from quotedetail group by quoteid, 1',
  )
  expect(found.rows).toEqual(ids.map(() => ({ state: 1, numbers: [1, 2] })))
})
