import { expect, test } from 'vitest'
import { type Json, refusalOf } from '../../sales-app.fixture.ts'
import { ALL_COLUMNS, columns, documentAfter, expectDone, MESSAGES, startTrade, type Trade, WAYS } from './documents.fixture.ts'

const TODAY = '2025-02-11'

const quoteCloseOf = async (trade: Trade, id: string): Promise<readonly Json[]> =>
  (await trade.sales.get(`quotecloses?$filter=_quoteid_value eq ${id}&$orderby=createdon`)).body.value

test('G-DV-11 a quote with a polymorphic customer and lines is made in one call', async (t) => {
  const trade = await startTrade(t)
  const opportunity = await trade.document('opportunities')
  const quoteid = '00000000-0000-4000-8000-000000000004'
  const answer = await trade.sales.post('quotes', {
    quoteid,
    name: 'Deck winch refit',
    'customerid_account@odata.bind': `/accounts(${trade.accountId})`,
    'pricelevelid@odata.bind': `/pricelevels(${trade.listId})`,
    'opportunityid@odata.bind': `/opportunities(${opportunity})`,
    quote_details: [trade.line({ quantity: 4, ispriceoverridden: true, priceperunit: 3120 })],
  })
  expect([answer.status, answer.text]).toEqual([204, ''])
  expect(answer.headers['odata-entityid']).toMatch(new RegExp(`/quotes\\(${quoteid}\\)$`))
  expect(await trade.read(`quotes(${quoteid})`, 'statecode,statuscode,revisionnumber,_accountid_value,_opportunityid_value')).toMatchObject(
    {
      statecode: 0,
      statuscode: 1,
      revisionnumber: 0,
      _accountid_value: trade.accountId,
      _opportunityid_value: opportunity,
    },
  )
})

test('G-DV-23 winning a quote answers 204, keeps a completed close activity and the day', async (t) => {
  const trade = await startTrade(t)
  const id = await documentAfter(trade, 'quotes', WAYS.quotes.active)
  const answer = await trade.sales.post('WinQuote', {
    QuoteClose: { subject: 'Accepted by customer', 'quoteid@odata.bind': `/quotes(${id})` },
    Status: 4,
  })
  expect([answer.status, answer.text]).toEqual([204, ''])
  const quote = await trade.read(`quotes(${id})`, 'statecode,statuscode,closedon,quotenumber')
  expect(quote).toMatchObject({ statecode: 2, statuscode: 4, closedon: TODAY })
  expect(await quoteCloseOf(trade, id)).toMatchObject([
    {
      subject: 'Accepted by customer',
      statecode: 1,
      statuscode: 2,
      quotenumber: quote.quotenumber,
      revision: 0,
      actualend: '2025-02-11T09:30:00Z',
    },
  ])
})

test('a close activity says when and why; its reference comes in every form; taken back to draft the day is forgotten', async (t) => {
  const trade = await startTrade(t)
  const forms: readonly ((id: string) => Json)[] = [
    (id) => ({ 'quoteid@odata.bind': `quotes(${id})` }),
    (id) => ({ quoteid: { '@odata.type': 'Microsoft.Dynamics.CRM.quote', quoteid: id } }),
    (id) => ({ '@odata.type': '#Microsoft.Dynamics.CRM.quoteclose', quoteid: { quoteid: id } }),
  ]
  for (const form of forms) {
    const id = await documentAfter(trade, 'quotes', WAYS.quotes.active)
    const QuoteClose = { ...form(id), description: 'Too dear', actualend: '2025-01-31T23:30:00Z' }
    await expectDone(trade.sales.post('CloseQuote', { QuoteClose, Status: 5 }))
    expect(await trade.read(`quotes(${id})`, 'statecode,statuscode,closedon')).toMatchObject({
      statecode: 3,
      statuscode: 5,
      closedon: '2025-01-31',
    })
    expect(await quoteCloseOf(trade, id)).toMatchObject([{ description: 'Too dear', actualend: '2025-01-31T23:30:00Z' }])
    await expectDone(trade.sales.patch(`quotes(${id})`, { statecode: 0 }))
    expect((await trade.read(`quotes(${id})`, 'closedon')).closedon).toBeNull()
  }
})

test('a refused close leaves no activity behind', async (t) => {
  const trade = await startTrade(t)
  const id = await documentAfter(trade, 'quotes', WAYS.quotes.active)
  const QuoteClose = { subject: 'x', 'quoteid@odata.bind': `/quotes(${id})` }
  const missing = '11111111-1111-4111-8111-111111111111'
  const refusals = {
    foreignReason: refusalOf(await trade.sales.post('WinQuote', { QuoteClose, Status: 5 })),
    unknownReason: refusalOf(await trade.sales.post('CloseQuote', { QuoteClose, Status: 99 })),
    noStatus: refusalOf(await trade.sales.post('CloseQuote', { QuoteClose })),
    textStatus: refusalOf(await trade.sales.post('CloseQuote', { QuoteClose, Status: 'Lost' })),
    noQuote: refusalOf(await trade.sales.post('WinQuote', { QuoteClose: { subject: 'x' }, Status: 4 })),
    noObject: refusalOf(await trade.sales.post('WinQuote', { QuoteClose: 'x', Status: 4 })),
    otherTable: refusalOf(
      await trade.sales.post('WinQuote', { QuoteClose: { '@odata.type': 'Microsoft.Dynamics.CRM.orderclose' }, Status: 4 }),
    ),
    unknownMember: refusalOf(await trade.sales.post('WinQuote', { QuoteClose: { ...QuoteClose, nonsense: 1 }, Status: 4 })),
    missing: refusalOf(await trade.sales.post('WinQuote', { QuoteClose: { 'quoteid@odata.bind': `/quotes(${missing})` }, Status: 4 })),
    unknownParameter: refusalOf(await trade.sales.post('WinQuote', { QuoteClose, Status: 4, Extra: true })),
  }
  expect(refusals).toEqual({
    foreignReason: '400 0x80048408',
    unknownReason: '400 0x8004431a',
    noStatus: '400 0x80048d19',
    textStatus: '400 0x80048d19',
    noQuote: '400 0x80040203',
    noObject: '400 0x80048d19',
    otherTable: '400 0x80048d19',
    unknownMember: '400 0x80048d19',
    missing: '404 0x80040217',
    unknownParameter: '400 0x80048d19',
  })
  expect((await trade.read(`quotes(${id})`, 'statecode')).statecode).toBe(1)
  expect(await quoteCloseOf(trade, id)).toEqual([])
})

test('T4 DV-105 revising an active quote closes it as Revised and gives the next draft with its lines', async (t) => {
  const trade = await startTrade(t)
  const id = await trade.document('quotes', {
    description: 'Two winches',
    expireson: '2025-03-31',
    paymenttermscode: 3,
    shipto_line1: 'Kaia 4',
    discountpercentage: 5,
    quote_details: [trade.line({ lineitemnumber: 1, quantity: 2, manualdiscountamount: 3 }), trade.line({ lineitemnumber: 2 })],
  })
  await expectDone(trade.sales.patch(`quotes(${id})`, { statecode: 1, statuscode: 2 }))
  expect(refusalOf(await trade.sales.patch(`quotes(${id})`, { description: 'x' }))).toBe('400 0x8004022e')
  const answer = await MESSAGES.revise(trade.sales, id)
  expect(answer.status).toBe(200)
  const source = await trade.read(`quotes(${id})`, 'statecode,statuscode,quotenumber,closedon')
  expect(source).toMatchObject({ statecode: 3, statuscode: 7, closedon: TODAY })
  expect(answer.body).toMatchObject({
    statecode: 0,
    statuscode: 1,
    revisionnumber: 1,
    quotenumber: source.quotenumber,
    closedon: null,
    description: 'Two winches',
    expireson: '2025-03-31',
    paymenttermscode: 3,
    shipto_composite: 'Kaia 4',
    discountpercentage: 5,
    _accountid_value: trade.accountId,
    _pricelevelid_value: trade.listId,
  })
  const lines = await trade.sales.get(
    `quotedetails?$filter=_quoteid_value eq ${answer.body.quoteid}&$select=quantity,manualdiscountamount,quotestatecode,sequencenumber&$orderby=sequencenumber`,
  )
  expect(lines.body.value).toMatchObject([
    { quantity: 2, manualdiscountamount: 3, quotestatecode: 0, sequencenumber: 1 },
    { quantity: 1, quotestatecode: 0, sequencenumber: 2 },
  ])
})

test('T5 DV-105 while a revision is draft or active no other is made; draft and won quotes are not revised', async (t) => {
  const trade = await startTrade(t)
  const id = await documentAfter(trade, 'quotes', WAYS.quotes.active)
  const revision = (await MESSAGES.revise(trade.sales, id)).body.quoteid
  expect(refusalOf(await MESSAGES.revise(trade.sales, id))).toBe('400 0x80048d00')
  expect(refusalOf(await MESSAGES.revise(trade.sales, revision))).toBe('400 0x80048408')
  await expectDone(trade.sales.patch(`quotes(${revision})`, { statecode: 1 }))
  expect(refusalOf(await MESSAGES.revise(trade.sales, id))).toBe('400 0x80048d00')
  await expectDone(MESSAGES.close(trade.sales, revision, 5))
  const third = await MESSAGES.revise(trade.sales, id)
  expect(third.body).toMatchObject({ revisionnumber: 2, statecode: 0 })
  expect(refusalOf(await trade.sales.patch(`quotes(${revision})`, { statecode: 0 }))).toBe('400 0x80048d00')
  expect((await trade.sales.remove(`quotes(${third.body.quoteid})`)).status).toBe(204)
  expect((await trade.sales.patch(`quotes(${revision})`, { statecode: 0 })).status).toBe(204)
})

test('two revisions of one number at once: one is made, the other is refused', async (t) => {
  const trade = await startTrade(t)
  const first = await documentAfter(trade, 'quotes', WAYS.quotes.active)
  const second = (await MESSAGES.revise(trade.sales, first)).body.quoteid
  await expectDone(trade.sales.patch(`quotes(${second})`, { statecode: 1 }))
  await expectDone(MESSAGES.close(trade.sales, second, 6))
  const answers = await Promise.all([first, second, first, second].map((id) => MESSAGES.revise(trade.sales, id)))
  expect(answers.map(refusalOf).sort()).toEqual(['200', '400 0x80048d00', '400 0x80048d00', '400 0x80048d00'])
})

test('with the switch off an active quote is closed first, then revised', async (t) => {
  const trade = await startTrade(t, { reviseClosesActiveQuote: false })
  const id = await documentAfter(trade, 'quotes', WAYS.quotes.active)
  expect(refusalOf(await MESSAGES.revise(trade.sales, id))).toBe('400 0x80048d00')
  expect((await trade.read(`quotes(${id})`, 'statecode')).statecode).toBe(1)
  await expectDone(MESSAGES.close(trade.sales, id, 7))
  expect((await MESSAGES.revise(trade.sales, id)).body).toMatchObject({ revisionnumber: 1, statecode: 0 })
})

test('G-DV-23b T6 DV-104 a won quote becomes an order limited to the columns asked for, as often as it is converted', async (t) => {
  const trade = await startTrade(t)
  const opportunity = await trade.document('opportunities')
  const terms = {
    paymenttermscode: 2,
    freighttermscode: 1,
    shippingmethodcode: 3,
    willcall: true,
    description: 'As agreed',
    freightamount: 12.5,
  }
  const address = {
    billto_line1: 'Kaia 4',
    billto_city: 'Bergen',
    billto_contactname: 'Lind',
    shipto_line1: 'Dock 7',
    shipto_freighttermscode: 1,
  }
  const quote = await trade.document('quotes', {
    'opportunityid@odata.bind': `/opportunities(${opportunity})`,
    ...terms,
    ...address,
    quote_details: [trade.line({ quantity: 10, tax: 4, shipto_city: 'Oslo' })],
  })
  await expectDone(trade.sales.patch(`quotes(${quote})`, { statecode: 1 }))
  await expectDone(MESSAGES.win(trade.sales, quote))
  const answer = await trade.sales.post('ConvertQuoteToSalesOrder', { QuoteId: quote, ColumnSet: columns('salesorderid', 'ordernumber') })
  expect(answer.status).toBe(200)
  expect(Object.keys(answer.body).sort()).toEqual(['@odata.context', '@odata.etag', 'ordernumber', 'salesorderid'])
  expect(answer.body['@odata.context']).toMatch(/\$metadata#salesorders\/\$entity$/)
  expect(answer.body.ordernumber).toMatch(/^ORD-01000-[A-Z0-9]{6}$/)
  const order = (await trade.sales.get(`salesorders(${answer.body.salesorderid})`)).body
  expect(order).toMatchObject({
    ...terms,
    ...address,
    statecode: 0,
    statuscode: 1,
    ispricelocked: true,
    msdynce_processingstatus: 647390011,
    _quoteid_value: quote,
    _opportunityid_value: opportunity,
    _accountid_value: trade.accountId,
    _pricelevelid_value: trade.listId,
    billto_composite: 'Kaia 4\nBergen',
  })
  const [line] = (await trade.sales.get(`salesorderdetails?$filter=_salesorderid_value eq ${order.salesorderid}`)).body.value
  const quoteLine = await trade.sales.idOf('quotedetails', `_quoteid_value eq ${quote}`)
  expect(line).toMatchObject({
    quantity: 10,
    tax: 4,
    shipto_city: 'Oslo',
    iscopied: true,
    salesorderispricelocked: true,
    salesorderstatecode: 0,
    _quotedetailid_value: quoteLine,
    _productid_value: trade.productId,
  })
  const again = await MESSAGES.convert(trade.sales, quote)
  expect(again.body.ordernumber).toMatch(/^ORD-01001-/)
  expect(await quoteCloseOf(trade, quote)).toHaveLength(1)
})

test('converting an active quote wins it first, with what the call says of the close', async (t) => {
  const trade = await startTrade(t)
  const quote = await documentAfter(trade, 'quotes', WAYS.quotes.active)
  const answer = await trade.sales.post('ConvertQuoteToSalesOrder', {
    QuoteId: quote,
    ColumnSet: ALL_COLUMNS,
    QuoteCloseDate: '2025-02-01T00:30:00+01:00',
    QuoteCloseStatus: 4,
    QuoteCloseSubject: 'Order by telephone',
    QuoteCloseDescription: 'Lind called',
  })
  expect(answer.status).toBe(200)
  expect(await trade.read(`quotes(${quote})`, 'statecode,statuscode,closedon')).toMatchObject({
    statecode: 2,
    statuscode: 4,
    closedon: '2025-01-31',
  })
  expect(await quoteCloseOf(trade, quote)).toMatchObject([
    { subject: 'Order by telephone', description: 'Lind called', actualend: '2025-01-31T23:30:00Z' },
  ])
})

test('a conversion that cannot be answered or described is refused and makes nothing', async (t) => {
  const trade = await startTrade(t)
  const quote = await documentAfter(trade, 'quotes', WAYS.quotes.active)
  const call = async (body: Json): Promise<string> =>
    refusalOf(await trade.sales.post('ConvertQuoteToSalesOrder', { QuoteId: quote, ColumnSet: ALL_COLUMNS, ...body }))
  expect({
    unknownColumn: await call({ ColumnSet: columns('nonsense') }),
    columnsNoList: await call({ ColumnSet: { AllColumns: false, Columns: 'name' } }),
    numberAsColumn: await call({ ColumnSet: { AllColumns: false, Columns: [1] } }),
    emptySet: await call({ ColumnSet: {} }),
    noSet: await call({ ColumnSet: null }),
    unknownMember: await call({ ColumnSet: { AllColumns: true, All: 1 } }),
    badDate: await call({ QuoteCloseDate: 'tomorrow' }),
    impossibleDate: await call({ QuoteCloseDate: '2025-13-01T00:00:00Z' }),
    foreignReason: await call({ QuoteCloseStatus: 5 }),
    noDay: await call({ QuoteCloseDate: '2025-02-30T00:00:00Z' }),
    noDate: await call({ QuoteCloseDate: 20250211 }),
    noText: await call({ QuoteCloseSubject: 'a\u0000b' }),
    longSubject: await call({ QuoteCloseSubject: 'x'.repeat(201) }),
    noGuid: await call({ QuoteId: 'Q-1' }),
    missing: await call({ QuoteId: '11111111-1111-4111-8111-111111111111' }),
  }).toEqual({
    unknownColumn: '400 0x80041103',
    columnsNoList: '400 0x80048d19',
    numberAsColumn: '400 0x80048d19',
    emptySet: '400 0x80048d19',
    noSet: '400 0x80048d19',
    unknownMember: '400 0x80048d19',
    badDate: '400 0x80048d19',
    impossibleDate: '400 0x80048d19',
    foreignReason: '400 0x80048408',
    noDay: '400 0x80048d19',
    noDate: '400 0x80048d19',
    noText: '400 0x80048d19',
    longSubject: '400 0x80044331',
    noGuid: '400 0x80048d19',
    missing: '404 0x80040217',
  })
  expect((await trade.read(`quotes(${quote})`, 'statecode')).statecode).toBe(1)
  expect((await trade.sales.get('salesorders/$count')).text).toMatch(/0$/)
})

test('a column set names lookups by column or by property and may be empty', async (t) => {
  const trade = await startTrade(t)
  const quote = await documentAfter(trade, 'quotes', WAYS.quotes.won)
  const names = async (...asked: readonly string[]): Promise<readonly string[]> => {
    const { body } = await trade.sales.post('ConvertQuoteToSalesOrder', { QuoteId: quote, ColumnSet: columns(...asked) })
    return Object.keys(body)
      .filter((name) => !name.startsWith('@'))
      .sort()
  }
  expect(await names('quoteid')).toEqual(['_quoteid_value', 'salesorderid'])
  expect(await names('_customerid_value')).toEqual(['_customerid_value', 'salesorderid'])
  expect(await names()).toEqual(['salesorderid'])
})

test('two conversions of one active quote at once both make an order and win it once', async (t) => {
  const trade = await startTrade(t)
  const quote = await documentAfter(trade, 'quotes', WAYS.quotes.active)
  const answers = await Promise.all([0, 1, 2].map(() => MESSAGES.convert(trade.sales, quote)))
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200])
  expect(new Set(answers.map((answer) => answer.body.ordernumber)).size).toBe(3)
  expect(await quoteCloseOf(trade, quote)).toHaveLength(1)
})
