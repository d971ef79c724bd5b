import assert from 'node:assert/strict'
import type { OutsideClient } from '../../../support/outside-client.ts'
import { create, expectStatus, get, type Json, NS, patch, post, read, refused, remove, rows } from '../calls.ts'
import type { Market } from '../market.ts'
import { area, differs, notOffered, works } from '../operation.ts'

const columns = (...Columns: readonly string[]): Json => ({ AllColumns: false, Columns })
const close = (kind: 'quote' | 'salesorder' | 'opportunity', id: string, set: string): Json => ({
  subject: 'Done',
  [`${kind}id@odata.bind`]: `/${set}(${id})`,
})
const stateOf = async (dv: OutsideClient, path: string): Promise<readonly [number, number]> => {
  const row = await read(dv, `${path}?$select=statecode,statuscode`)
  return [row.statecode, row.statuscode]
}

const aQuote = (dv: OutsideClient, market: Market, more: Json = {}): Promise<string> =>
  create(dv, 'quotes', market.document({ quote_details: [market.line(4)], ...more }))
const activate = (dv: OutsideClient, id: string) => expectStatus(204, patch(dv, `quotes(${id})`, { statecode: 1, statuscode: 2 }))
async function activeQuote(dv: OutsideClient, market: Market): Promise<string> {
  const id = await aQuote(dv, market)
  await activate(dv, id)
  return id
}
const anOrder = (dv: OutsideClient, market: Market): Promise<string> =>
  create(dv, 'salesorders', market.document({ order_details: [market.line(4)] }))
const anOpportunity = (dv: OutsideClient, market: Market): Promise<string> =>
  create(dv, 'opportunities', market.document({ product_opportunities: [market.line(2)] }))
const aLead = (dv: OutsideClient, market: Market): Promise<string> =>
  create(dv, 'leads', {
    subject: market.fresh('Need'),
    firstname: 'Per',
    lastname: market.fresh('Vik'),
    companyname: market.fresh('Vik Rederi'),
  })

export const SALES = area('Sales actions', [
  works(
    { name: 'a lead becomes account, contact and opportunity', request: 'POST leads({id})/…QualifyLead', points: 'DV-106 DV-097' },
    async (dv, market) => {
      const lead = await aLead(dv, market)
      const reply = await expectStatus(
        200,
        post(dv, `leads(${lead})/${NS}.QualifyLead`, { CreateAccount: true, CreateContact: true, CreateOpportunity: true, Status: 3 }),
      )
      assert.deepEqual(
        reply.json.value.map((row: Json) => row['@odata.type']),
        [`#${NS}.account`, `#${NS}.contact`, `#${NS}.opportunity`],
      )
      assert.deepEqual(await stateOf(dv, `leads(${lead})`), [1, 3])
    },
  ),
  works({ name: 'a lead that goes to nobody', request: 'PATCH leads({id}) { statecode: 2 }', points: 'DV-102' }, async (dv, market) => {
    const lead = await aLead(dv, market)
    await expectStatus(204, patch(dv, `leads(${lead})`, { statecode: 2, statuscode: 7 }))
    assert.deepEqual(await stateOf(dv, `leads(${lead})`), [2, 7])
  }),
  works({ name: 'an opportunity is won', request: 'POST WinOpportunity', points: 'DV-107 DV-100' }, async (dv, market) => {
    const id = await anOpportunity(dv, market)
    await expectStatus(
      204,
      post(dv, 'WinOpportunity', { OpportunityClose: { ...close('opportunity', id, 'opportunities'), actualrevenue: 100 }, Status: 3 }),
    )
    assert.deepEqual(await stateOf(dv, `opportunities(${id})`), [1, 3])
    assert.equal((await rows(dv, `opportunitycloses?$select=subject&$filter=_opportunityid_value eq ${id}`)).length, 1)
  }),
  works({ name: 'an opportunity is lost', request: 'POST LoseOpportunity', points: 'DV-107' }, async (dv, market) => {
    const id = await anOpportunity(dv, market)
    await expectStatus(204, post(dv, 'LoseOpportunity', { OpportunityClose: close('opportunity', id, 'opportunities'), Status: 5 }))
    assert.deepEqual(await stateOf(dv, `opportunities(${id})`), [2, 5])
  }),
  ...(['Quote', 'SalesOrder', 'Invoice'] as const).map((name) => {
    const table = name.toLowerCase()
    return works(
      { name: `an opportunity becomes a ${table}`, request: `POST Generate${name}FromOpportunity`, points: 'DV-100' },
      async (dv, market) => {
        const id = await anOpportunity(dv, market)
        const reply = await expectStatus(200, post(dv, `Generate${name}FromOpportunity`, { OpportunityId: id, ColumnSet: columns('name') }))
        assert.equal((await read(dv, `${table}s(${reply.json[`${table}id`]})?$select=_opportunityid_value,totalamount`)).totalamount, 40)
      },
    )
  }),
  works(
    {
      name: 'products of an opportunity come into a quote',
      request: 'POST quotes({id})/…GetQuoteProductsFromOpportunity',
      points: 'DV-100',
    },
    async (dv, market) => {
      const quote = await create(dv, 'quotes', market.document())
      const Opportunity = { '@odata.type': `${NS}.opportunity`, opportunityid: await anOpportunity(dv, market) }
      await expectStatus(204, post(dv, `quotes(${quote})/${NS}.GetQuoteProductsFromOpportunity`, { Opportunity }))
      assert.equal((await rows(dv, `quotes(${quote})/quote_details?$select=quantity`))[0]?.quantity, 2)
    },
  ),
  works({ name: 'a quote is won', request: 'POST WinQuote', points: 'DV-100 DV-103' }, async (dv, market) => {
    const id = await activeQuote(dv, market)
    await expectStatus(204, post(dv, 'WinQuote', { QuoteClose: close('quote', id, 'quotes'), Status: 4 }))
    assert.deepEqual(await stateOf(dv, `quotes(${id})`), [2, 4])
    assert.equal((await rows(dv, `quotecloses?$select=subject&$filter=_quoteid_value eq ${id}`)).length, 1)
    assert.equal((await patch(dv, `quotes(${id})`, { name: 'x' })).status, 400)
  }),
  works({ name: 'a draft cannot be won', request: 'POST WinQuote', points: 'DV-103' }, async (dv, market) => {
    const id = await aQuote(dv, market)
    assert.equal((await post(dv, 'WinQuote', { QuoteClose: close('quote', id, 'quotes'), Status: 4 })).status, 400)
    assert.equal((await post(dv, 'ConvertQuoteToSalesOrder', { QuoteId: id, ColumnSet: columns('name') })).status, 400)
    assert.deepEqual(await stateOf(dv, `quotes(${id})`), [0, 1])
  }),
  works({ name: 'a quote is closed', request: 'POST CloseQuote', points: 'DV-100' }, async (dv, market) => {
    const id = await activeQuote(dv, market)
    await expectStatus(204, post(dv, 'CloseQuote', { QuoteClose: close('quote', id, 'quotes'), Status: 5 }))
    assert.deepEqual(await stateOf(dv, `quotes(${id})`), [3, 5])
  }),
  works({ name: 'a closed quote is revised', request: 'POST ReviseQuote', points: 'DV-105' }, async (dv, market) => {
    const id = await activeQuote(dv, market)
    await expectStatus(204, post(dv, 'CloseQuote', { QuoteClose: close('quote', id, 'quotes'), Status: 5 }))
    const reply = await expectStatus(
      200,
      post(dv, 'ReviseQuote', { QuoteId: id, ColumnSet: columns('quotenumber', 'revisionnumber', 'statecode') }),
    )
    const before = await read(dv, `quotes(${id})?$select=quotenumber`)
    assert.deepEqual([reply.json.quotenumber, reply.json.revisionnumber, reply.json.statecode], [before.quotenumber, 1, 0])
    assert.equal((await rows(dv, `quotes(${reply.json.quoteid})/quote_details?$select=quantity`)).length, 1)
    assert.equal((await post(dv, 'ReviseQuote', { QuoteId: reply.json.quoteid, ColumnSet: columns('name') })).status, 400)
  }),
  differs(
    {
      name: 'an active quote is revised',
      request: 'POST ReviseQuote',
      points: 'DV-105',
      difference: 'an Active quote is first closed as Revised, as the command of the application does; a setting turns that off',
    },
    async (dv, market) => {
      const id = await activeQuote(dv, market)
      await expectStatus(200, post(dv, 'ReviseQuote', { QuoteId: id, ColumnSet: columns('name') }))
      assert.deepEqual(await stateOf(dv, `quotes(${id})`), [3, 7])
    },
  ),
  works({ name: 'a quote becomes an order', request: 'POST ConvertQuoteToSalesOrder', points: 'DV-104 DV-100' }, async (dv, market) => {
    const opportunity = await anOpportunity(dv, market)
    const id = await aQuote(dv, market, { 'opportunityid@odata.bind': `/opportunities(${opportunity})`, billto_city: 'Oslo' })
    await activate(dv, id)
    const reply = await expectStatus(200, post(dv, 'ConvertQuoteToSalesOrder', { QuoteId: id, ColumnSet: columns('ordernumber') }))
    assert.match(reply.json.ordernumber, /^ORD-\d{5}-[A-Z0-9]{6}$/)
    const order = await read(
      dv,
      `salesorders(${reply.json.salesorderid})?$select=_quoteid_value,_opportunityid_value,_customerid_value,_pricelevelid_value,billto_city,totalamount&$expand=order_details($select=quantity)`,
    )
    assert.deepEqual(
      [
        order._quoteid_value,
        order._opportunityid_value,
        order._customerid_value,
        order._pricelevelid_value,
        order.billto_city,
        order.totalamount,
        order.order_details.length,
      ],
      [id, opportunity, market.accounts[0], market.priceListId, 'Oslo', 80, 1],
    )
    assert.deepEqual(await stateOf(dv, `quotes(${id})`), [2, 4])
  }),
  works({ name: 'an order is fulfilled', request: 'POST salesorders/…FulfillSalesOrder', points: 'DV-098' }, async (dv, market) => {
    for (const path of [`salesorders/${NS}.FulfillSalesOrder`, 'FulfillSalesOrder']) {
      const id = await anOrder(dv, market)
      await expectStatus(204, post(dv, path, { OrderClose: close('salesorder', id, 'salesorders'), Status: 100001 }))
      assert.deepEqual(await stateOf(dv, `salesorders(${id})`), [3, 100001])
    }
  }),
  works({ name: 'an order is cancelled', request: 'POST CancelSalesOrder', points: 'DV-101' }, async (dv, market) => {
    const id = await anOrder(dv, market)
    const OrderClose = close('salesorder', id, 'salesorders')
    assert.equal((await post(dv, 'CancelSalesOrder', { OrderClose, Status: 4 })).status, 400, 'the close activity needs its type')
    await expectStatus(204, post(dv, 'CancelSalesOrder', { OrderClose: { '@odata.type': `#${NS}.orderclose`, ...OrderClose }, Status: -1 }))
    assert.deepEqual(await stateOf(dv, `salesorders(${id})`), [2, 4])
  }),
  differs(
    {
      name: 'an order becomes an invoice',
      request: 'POST ConvertSalesOrderToInvoice',
      points: 'DV-100',
      difference: 'the order becomes Invoiced; the documentation does not say so, and a setting turns it off',
    },
    async (dv, market) => {
      const id = await anOrder(dv, market)
      const reply = await expectStatus(
        200,
        post(dv, 'ConvertSalesOrderToInvoice', { SalesOrderId: id, ColumnSet: columns('invoicenumber') }),
      )
      assert.equal((await read(dv, `invoices(${reply.json.invoiceid})?$select=_salesorderid_value,totalamount`)).totalamount, 80)
      assert.equal((await stateOf(dv, `salesorders(${id})`))[0], 4)
    },
  ),
  works(
    { name: 'prices of an order are locked and unlocked', request: 'POST salesorders({id})/…LockSalesOrderPricing', points: 'DV-099' },
    async (dv, market) => {
      const id = await anOrder(dv, market)
      const locked = async (): Promise<boolean> => (await read(dv, `salesorders(${id})?$select=ispricelocked`)).ispricelocked
      await expectStatus(204, post(dv, `salesorders(${id})/${NS}.LockSalesOrderPricing`, {}))
      assert.equal(await locked(), true)
      await expectStatus(204, post(dv, 'UnlockSalesOrderPricing', { SalesOrderId: id }))
      assert.equal(await locked(), false)
      await expectStatus(204, post(dv, 'LockSalesOrderPricing', { SalesOrderId: id }))
      assert.equal(await locked(), true)
    },
  ),
  works(
    { name: 'prices of an invoice are locked and unlocked', request: 'POST LockInvoicePricing', points: 'DV-099' },
    async (dv, market) => {
      const id = await create(dv, 'invoices', market.document({ invoice_details: [market.line(1)] }))
      await expectStatus(204, post(dv, 'LockInvoicePricing', { InvoiceId: id }))
      assert.equal((await read(dv, `invoices(${id})?$select=ispricelocked`)).ispricelocked, true)
      await expectStatus(204, post(dv, 'UnlockInvoicePricing', { InvoiceId: id }))
    },
  ),
  works({ name: 'totals are computed anew', request: 'POST CalculatePrice', points: 'DV-108' }, async (dv, market) => {
    const id = await aQuote(dv, market)
    const Target = { '@odata.type': `${NS}.quote`, quoteid: id }
    await expectStatus(204, post(dv, 'CalculatePrice', { Target }))
    assert.equal((await read(dv, `quotes(${id})?$select=totalamount`)).totalamount, 80)
  }),
  works(
    { name: 'totals follow lines, discounts, tax and freight', request: 'PATCH quotes({id})', points: 'DV-108' },
    async (dv, market) => {
      const id = await aQuote(dv, market)
      const [line] = await rows(dv, `quotes(${id})/quote_details?$select=quantity`)
      await expectStatus(204, patch(dv, `quotedetails(${line?.quotedetailid})`, { quantity: 5, manualdiscountamount: 10, tax: 9 }))
      await expectStatus(204, patch(dv, `quotes(${id})`, { discountamount: 4, freightamount: 3 }))
      const quote = await read(dv, `quotes(${id})?$select=totallineitemamount,totaltax,totalamountlessfreight,totalamount`)
      assert.deepEqual([quote.totallineitemamount, quote.totaltax, quote.totalamountlessfreight, quote.totalamount], [90, 9, 86, 98])
    },
  ),
  works({ name: 'a wrong parameter', request: 'POST WinQuote', points: 'DV-101 DV-097' }, async (dv, market) => {
    for (const body of [{}, { QuoteClose: 5, Status: 4 }, { QuoteClose: {}, Status: 'x' }, { Nothing: 1 }])
      assert.equal((await post(dv, 'WinQuote', body)).status, 400, JSON.stringify(body))
    assert.equal((await post(dv, `leads(${market.accounts[0]})/QualifyLead`, {})).status, 400)
  }),
  works({ name: 'a document that is not there', request: 'POST ReviseQuote', points: '' }, async (dv) => {
    await refused(
      '404 0x80040217',
      post(dv, 'ReviseQuote', { QuoteId: '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ff', ColumnSet: columns('name') }),
    )
  }),
  works({ name: 'a product is published and revised', request: 'PATCH products({id}) { statecode }', points: '' }, async (dv, market) => {
    const values = {
      'defaultuomscheduleid@odata.bind': `/uomschedules(${market.unitGroupId})`,
      'defaultuomid@odata.bind': `/uoms(${market.unitId})`,
    }
    const id = await create(dv, 'products', { name: market.fresh('Pump'), productnumber: market.fresh('P'), ...values })
    assert.equal((await stateOf(dv, `products(${id})`))[0], 2)
    await expectStatus(204, post(dv, `products(${id})/${NS}.PublishProductHierarchy`, {}))
    assert.equal((await stateOf(dv, `products(${id})`))[0], 0)
    await expectStatus(204, patch(dv, `products(${id})`, { statecode: 1 }))
  }),
  works({ name: 'members of a marketing list', request: 'POST AddListMembersList', points: '' }, async (dv, market) => {
    const id = await create(dv, 'lists', { listname: market.fresh('List'), createdfromcode: 1, type: false })
    const List = { '@odata.type': `${NS}.list`, listid: id }
    const Members = [{ '@odata.type': `${NS}.account`, accountid: market.accounts[0] }]
    await expectStatus(204, post(dv, 'AddListMembersList', { List, Members }))
    assert.equal((await rows(dv, `listmembers?$select=listmemberid&$filter=_listid_value eq ${id}`)).length, 1)
  }),
  works({ name: 'decimals of a quantity', request: 'GET GetQuantityDecimal(…)', points: 'DV-128' }, async (dv, market) => {
    const target = encodeURIComponent(`{'@odata.id':'products(${market.productId})'}`)
    const reply = await get(dv, `GetQuantityDecimal(Target=@t,ProductId=${market.productId},UoMId=${market.unitId})?@t=${target}`)
    assert.ok(reply.status === 200 && Number.isInteger(reply.json.Quantity), reply.text)
  }),
  notOffered({ name: 'goals are rolled up', request: 'POST Recalculate', status: 404, code: '0x80060888' }, (dv) =>
    post(dv, 'Recalculate', { Target: {} }),
  ),
])

export const STATES = area('States', [
  works({ name: 'default reasons of a state', request: 'PATCH accounts({id}) { statecode: 1 }', points: 'DV-102' }, async (dv, market) => {
    const id = await create(dv, 'accounts', { name: market.fresh('Asleep') })
    await expectStatus(204, patch(dv, `accounts(${id})`, { statecode: 1 }))
    assert.deepEqual(await stateOf(dv, `accounts(${id})`), [1, 2])
  }),
  works({ name: 'a reason of another state', request: 'PATCH accounts({id}) { statuscode: 2 }', points: 'DV-102' }, async (dv, market) => {
    const id = await create(dv, 'accounts', { name: market.fresh('Awake') })
    await refused(
      '400 0x80048408',
      patch(dv, `accounts(${id})`, { statecode: 0, statuscode: 2 }),
      /^2 is not a valid status code for state code AccountState\.Active on account with Id /,
    )
  }),
  works(
    { name: 'a quote is activated', request: 'PATCH quotes({id}) { statecode: 1, statuscode: 2 }', points: 'DV-102' },
    async (dv, market) => {
      assert.deepEqual(await stateOf(dv, `quotes(${await activeQuote(dv, market)})`), [1, 2])
    },
  ),
  works(
    { name: 'a state that only an action reaches', request: 'PATCH quotes({id}) { statecode: 2 }', points: 'DV-102' },
    async (dv, market) => {
      const id = await activeQuote(dv, market)
      assert.equal((await patch(dv, `quotes(${id})`, { statecode: 2, statuscode: 4 })).status, 400)
      const opportunity = await anOpportunity(dv, market)
      assert.equal((await patch(dv, `opportunities(${opportunity})`, { statecode: 1, statuscode: 3 })).status, 400)
    },
  ),
  works(
    { name: 'a document outside its editable state', request: 'PATCH quotes({id}), PATCH quotedetails({id})', points: 'DV-139' },
    async (dv, market) => {
      const id = await activeQuote(dv, market)
      const [line] = await rows(dv, `quotes(${id})/quote_details?$select=quantity`)
      await refused('400 0x8004022e', patch(dv, `quotes(${id})`, { name: 'x' }))
      await refused('400 0x8004022e', patch(dv, `quotedetails(${line?.quotedetailid})`, { quantity: 9 }))
      await refused('400 0x8004022e', post(dv, 'quotedetails', market.line(1, { 'quoteid@odata.bind': `/quotes(${id})` })))
      assert.equal((await rows(dv, `quotes(${id})/quote_details?$select=quantity`))[0]?.quantity, 4)
    },
  ),
  works(
    { name: 'a line of such a document is not deleted', request: 'DELETE quotedetails({id})', points: 'DV-139' },
    async (dv, market) => {
      const id = await activeQuote(dv, market)
      const [line] = await rows(dv, `quotes(${id})/quote_details?$select=quantity`)
      const reply = await remove(dv, `quotedetails(${line?.quotedetailid})`)
      assert.equal(reply.status, 400, reply.text)
    },
  ),
  works({ name: 'an order is submitted', request: 'PATCH salesorders({id}) { statecode: 1 }', points: 'DV-102' }, async (dv, market) => {
    const id = await anOrder(dv, market)
    await expectStatus(204, patch(dv, `salesorders(${id})`, { statecode: 1 }))
    assert.deepEqual(await stateOf(dv, `salesorders(${id})`), [1, 3])
  }),
  works({ name: 'an invoice is paid', request: 'PATCH invoices({id}) { statecode: 2 }', points: 'DV-102' }, async (dv, market) => {
    const id = await create(dv, 'invoices', market.document({ invoice_details: [market.line(1)] }))
    await expectStatus(204, patch(dv, `invoices(${id})`, { statecode: 2, statuscode: 100001 }))
    assert.deepEqual(await stateOf(dv, `invoices(${id})`), [2, 100001])
  }),
])
