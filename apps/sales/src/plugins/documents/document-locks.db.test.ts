import { expect, test } from 'vitest'
import { type Json, refusalOf } from '../../sales-app.fixture.ts'
import { documentAfter, MESSAGES, startTrade, type Trade, WAYS } from './documents.fixture.ts'

const READ_ONLY = '400 0x8004022e'
const NOT_DELETABLE = '400 0x80040228'

/** Headers and lines of the three documents, as requests name them. */
const DOCUMENTS = [
  { set: 'quotes', lines: 'quote_details', lineSet: 'quotedetails', lineId: 'quotedetailid', parent: 'quoteid' },
  { set: 'salesorders', lines: 'order_details', lineSet: 'salesorderdetails', lineId: 'salesorderdetailid', parent: 'salesorderid' },
  { set: 'invoices', lines: 'invoice_details', lineSet: 'invoicedetails', lineId: 'invoicedetailid', parent: 'invoiceid' },
] as const

type Document = (typeof DOCUMENTS)[number]

/** Everything that a document and its lines hold: a refused write must leave all of it. */
async function wholeOf(trade: Trade, document: Document, id: string): Promise<Json> {
  const header = (await trade.sales.get(`${document.set}(${id})`)).body
  const lines = (await trade.sales.get(`${document.lineSet}?$filter=_${document.parent}_value eq ${id}&$orderby=${document.lineId}`)).body
    .value
  return { header, lines }
}

test('DV-139 T4 outside its editable state neither a document nor its lines can be written, and nothing changes', async (t) => {
  const trade = await startTrade(t)
  for (const document of DOCUMENTS) {
    const ways = Object.entries(WAYS[document.set]).filter(([, steps]) => steps.length > 0)
    for (const [state, steps] of ways) {
      const id = await documentAfter(trade, document.set, steps, { [document.lines]: [trade.line()] })
      const path = `${document.set}(${id})`
      const before = await wholeOf(trade, document, id)
      const line = `${document.lineSet}(${before.lines[0][document.lineId]})`
      const { seller } = trade
      const added = trade.line({ [`${document.parent}@odata.bind`]: `/${path}` })
      const answers = {
        header: refusalOf(await seller.patch(path, { name: 'Other' })),
        headerWithSameValue: refusalOf(await seller.patch(path, { name: 'Deck winch refit' })),
        nothing: refusalOf(await seller.patch(path, {})),
        ignoredOnly: refusalOf(await seller.patch(path, { accountid: null })),
        addLine: refusalOf(await seller.post(document.lineSet, added)),
        changeLine: refusalOf(await seller.patch(line, { quantity: 2 })),
        deleteLine: refusalOf(await seller.remove(line)),
        deleteHeader: refusalOf(await seller.remove(path)),
      }
      expect([document.set, state, answers]).toEqual([
        document.set,
        state,
        {
          header: READ_ONLY,
          headerWithSameValue: READ_ONLY,
          nothing: READ_ONLY,
          ignoredOnly: READ_ONLY,
          addLine: READ_ONLY,
          changeLine: READ_ONLY,
          deleteLine: NOT_DELETABLE,
          deleteHeader: NOT_DELETABLE,
        },
      ])
      expect(await wholeOf(trade, document, id)).toEqual(before)
    }
  }
})

test('DV-139 a bulk write and a change set with one closed document among others leave nothing', async (t) => {
  const trade = await startTrade(t)
  const open = await trade.document('quotes')
  const closed = await documentAfter(trade, 'quotes', WAYS.quotes.won)
  const target = (quoteid: string): Json => ({ '@odata.type': 'Microsoft.Dynamics.CRM.quote', quoteid, name: 'Bulk' })
  expect(refusalOf(await trade.sales.bulk('quotes', 'UpdateMultiple', [target(open), target(closed)]))).toBe(READ_ONLY)
  const lines = [open, closed].map((id) => ({
    '@odata.type': 'Microsoft.Dynamics.CRM.quotedetail',
    ...trade.line({ 'quoteid@odata.bind': `/quotes(${id})` }),
  }))
  expect(refusalOf(await trade.sales.bulk('quotedetails', 'CreateMultiple', lines))).toBe(READ_ONLY)
  expect((await trade.read(`quotes(${open})`, 'name')).name).toBe('Deck winch refit')
  expect((await trade.sales.get('quotedetails/$count')).text).toMatch(/0$/)
})

test('a line is not moved out of or into a closed document', async (t) => {
  const trade = await startTrade(t)
  const open = await trade.document('quotes', { quote_details: [trade.line()] })
  const active = await documentAfter(trade, 'quotes', WAYS.quotes.active, { quote_details: [trade.line()] })
  const lineOf = async (id: string): Promise<string> => trade.sales.idOf('quotedetails', `_quoteid_value eq ${id}`)
  expect(refusalOf(await trade.sales.patch(`quotedetails(${await lineOf(open)})`, { 'quoteid@odata.bind': `/quotes(${active})` }))).toBe(
    READ_ONLY,
  )
  expect(refusalOf(await trade.sales.patch(`quotedetails(${await lineOf(active)})`, { 'quoteid@odata.bind': `/quotes(${open})` }))).toBe(
    READ_ONLY,
  )
})

test('the integration writes submitted orders and their lines, others do not; nobody deletes them', async (t) => {
  const trade = await startTrade(t)
  const id = await documentAfter(trade, 'salesorders', WAYS.salesorders.submitted, { order_details: [trade.line()] })
  const line = `salesorderdetails(${await trade.sales.idOf('salesorderdetails', `_salesorderid_value eq ${id}`)})`
  expect(refusalOf(await trade.seller.patch(`salesorders(${id})`, { description: 'x' }))).toBe(READ_ONLY)
  expect((await trade.sales.patch(`salesorders(${id})`, { description: 'x' })).status).toBe(204)
  expect((await trade.sales.patch(line, { description: 'x' })).status).toBe(204)
  expect((await trade.sales.remove(line)).status).toBe(204)
  expect(refusalOf(await trade.sales.remove(`salesorders(${id})`))).toBe(NOT_DELETABLE)
})

test('a write that opens or closes a document may bring other columns', async (t) => {
  const trade = await startTrade(t)
  const quote = await trade.document('quotes')
  expect((await trade.sales.patch(`quotes(${quote})`, { statecode: 1, name: 'Final offer' })).status).toBe(204)
  expect((await trade.sales.patch(`quotes(${quote})`, { statecode: 0, name: 'Once more' })).status).toBe(204)
  expect(await trade.read(`quotes(${quote})`, 'name,statecode')).toMatchObject({ name: 'Once more', statecode: 0 })
  const order = await documentAfter(trade, 'salesorders', WAYS.salesorders.canceled)
  expect((await trade.sales.patch(`salesorders(${order})`, { statecode: 0, name: 'Alive again' })).status).toBe(204)
  expect(await trade.read(`salesorders(${order})`, 'name,statecode')).toMatchObject({ name: 'Alive again', statecode: 0 })
  const invoice = await trade.document('invoices')
  expect((await trade.sales.patch(`invoices(${invoice})`, { statecode: 2, statuscode: 100002, name: 'Paid in part' })).status).toBe(204)
  expect(await trade.read(`invoices(${invoice})`, 'name,statuscode')).toMatchObject({ name: 'Paid in part', statuscode: 100002 })
})

test('the reason of an open document changes by itself, that of a closed one does not', async (t) => {
  const trade = await startTrade(t)
  const quote = await documentAfter(trade, 'quotes', WAYS.quotes.active)
  expect((await trade.sales.patch(`quotes(${quote})`, { statuscode: 3 })).status).toBe(204)
  expect(await trade.read(`quotes(${quote})`, 'statecode,statuscode')).toMatchObject({ statecode: 1, statuscode: 3 })
  const order = await documentAfter(trade, 'salesorders', WAYS.salesorders.fulfilled)
  for (const statuscode of [100001, 100002, -1, null]) {
    expect(refusalOf(await trade.sales.patch(`salesorders(${order})`, { statuscode }))).toBe(READ_ONLY)
  }
})

test('an order that an invoice closed is taken back by the integration only', async (t) => {
  const trade = await startTrade(t)
  const order = await documentAfter(trade, 'salesorders', WAYS.salesorders.invoiced)
  expect(refusalOf(await trade.seller.patch(`salesorders(${order})`, { statecode: 0 }))).toBe('400 0x80048408')
  expect((await trade.sales.patch(`salesorders(${order})`, { statecode: 0, description: 'corrected' })).status).toBe(204)
  expect(await trade.read(`salesorders(${order})`, 'statecode,statuscode')).toMatchObject({ statecode: 0, statuscode: 1 })
})

test('a closed document can be assigned, and its lines follow', async (t) => {
  const trade = await startTrade(t)
  const id = await documentAfter(trade, 'quotes', WAYS.quotes.won, { quote_details: [trade.line()] })
  const owner = await trade.sales.idOf('systemusers', "fullname eq 'System Administrator'")
  expect((await trade.sales.patch(`quotes(${id})`, { 'ownerid@odata.bind': `/systemusers(${owner})` })).status).toBe(204)
  const lines = await trade.sales.get(`quotedetails?$filter=_quoteid_value eq ${id}&$select=_ownerid_value`)
  expect(lines.body.value[0]._ownerid_value).toBe(owner)
})

test('deleting a draft takes its lines along, and a customer with documents stays', async (t) => {
  const trade = await startTrade(t)
  const id = await trade.document('quotes', { quote_details: [trade.line(), trade.line()] })
  expect(refusalOf(await trade.sales.remove(`accounts(${trade.accountId})`))).toBe('405 0x80040227')
  expect(refusalOf(await trade.sales.remove(`products(${trade.productId})`))).toBe('405 0x80040227')
  expect(refusalOf(await trade.sales.remove(`pricelevels(${trade.listId})`))).toBe('405 0x80040227')
  expect((await trade.sales.remove(`quotes(${id})`)).status).toBe(204)
  expect((await trade.sales.get('quotedetails/$count')).text).toMatch(/0$/)
})

test('deleting a quote that was taken back to draft leaves the closed order that came from it without the link', async (t) => {
  const trade = await startTrade(t)
  const quote = await documentAfter(trade, 'quotes', WAYS.quotes.active, { quote_details: [trade.line()] })
  const order = (await MESSAGES.convert(trade.sales, quote)).body.salesorderid
  expect((await MESSAGES.fulfil(trade.sales, order)).status).toBe(204)
  expect((await trade.sales.patch(`quotes(${quote})`, { statecode: 0 })).status).toBe(204)
  expect((await trade.sales.remove(`quotes(${quote})`)).status).toBe(204)
  expect(await trade.read(`salesorders(${order})`, 'statecode,_quoteid_value')).toMatchObject({ statecode: 3, _quoteid_value: null })
})

test('two sellers who edit one quote: exactly one wins, the other gets 412', async (t) => {
  const trade = await startTrade(t)
  const path = `quotes(${await trade.document('quotes')})`
  for (let round = 0; round < 10; round += 1) {
    const version = (await trade.sales.get(`${path}?$select=name`)).body['@odata.etag']
    const answers = await Promise.all(
      [trade.seller, trade.sales].map((seller, at) => seller.patch(path, { name: `Round ${round} of ${at}` }, { 'if-match': version })),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 412])
    const winner = answers.findIndex((answer) => answer.status === 204)
    expect((await trade.read(path, 'name')).name).toBe(`Round ${round} of ${winner}`)
  }
})

test('activating a quote while others write its lines: no line is written after the activation, and nobody waits in a circle', async (t) => {
  const trade = await startTrade(t)
  const id = await trade.document('quotes', { quote_details: Array.from({ length: 5 }, () => trade.line()) })
  const lines = (await trade.sales.get(`quotedetails?$filter=_quoteid_value eq ${id}&$select=quotedetailid`)).body.value
  const answers = await Promise.all([
    ...lines.map((line: Json) => trade.sales.patch(`quotedetails(${line.quotedetailid})`, { description: 'changed' })),
    trade.sales.patch(`quotes(${id})`, { statecode: 1 }),
    ...lines.map(() => trade.sales.post('quotedetails', trade.line({ 'quoteid@odata.bind': `/quotes(${id})` }))),
  ])
  for (const answer of answers) expect(['204', READ_ONLY]).toContain(refusalOf(answer))
  const copies = (await trade.sales.get(`quotedetails?$filter=_quoteid_value eq ${id}&$select=quotestatecode,sequencenumber`)).body.value
  expect(copies.map((line: Json) => line.quotestatecode)).toEqual(copies.map(() => 1))
  expect(copies.map((line: Json) => line.sequencenumber).sort((a: number, b: number) => a - b)).toEqual(
    copies.map((_: Json, at: number) => at + 1),
  )
})

test('a closed order is reopened by an administrator or the integration, not by a seller who owns it', async (t) => {
  const trade = await startTrade(t)
  const sellerId = await trade.sales.user({ roles: ['Salesperson'] })
  const owner = { 'ownerid@odata.bind': `/systemusers(${sellerId})` }
  for (const state of ['canceled', 'fulfilled'] as const) {
    const path = `salesorders(${await documentAfter(trade, 'salesorders', WAYS.salesorders[state], owner)})`
    expect(refusalOf(await trade.sales.as(sellerId).patch(path, { statecode: 0 }))).toBe('403 0x80040220')
    expect((await trade.seller.patch(path, { statecode: 0 })).status).toBe(204)
  }
})

test('references are not set or cleared on a closed document either', async (t) => {
  const trade = await startTrade(t)
  const id = await documentAfter(trade, 'quotes', WAYS.quotes.active, { quote_details: [trade.line()] })
  const campaign = await trade.sales.create('campaigns', { name: 'Spring' }, 'campaignid')
  const before = await trade.sales.get(`quotes(${id})`)
  expect(refusalOf(await trade.sales.patch(`quotes(${id})`, { 'campaignid@odata.bind': `/campaigns(${campaign.campaignid})` }))).toBe(
    READ_ONLY,
  )
  expect(refusalOf(await trade.sales.remove(`quotes(${id})/customerid_account/$ref`))).toBe(READ_ONLY)
  expect(refusalOf(await trade.sales.remove(`quotes(${id})/name`))).toBe(READ_ONLY)
  expect((await trade.sales.get(`quotes(${id})`)).text).toBe(before.text)
})
