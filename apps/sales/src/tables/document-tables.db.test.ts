import { createManualClock, createTokenIssuer, openScratchDatabase, randomIds, silentLogger } from '@p2c/base'
import { type ColumnDefinition, createTablePlatform, type TableDefinition } from '@p2c/dataverse'
import { readCsdl } from '@p2c/odata'
import { expect, test } from 'vitest'
import { type Json, refusalOf, type SalesUnderTest, startSales } from '../sales-app.fixture.ts'
import { BASE_CURRENCY } from '../seed/currencies.ts'
import { salesTables } from './sales-tables.ts'

/** Set, table, key and type code. Source: Sales 0.2, wire specification 1. */
const SERVED = [
  ['leads', 'lead', 'leadid', 4],
  ['opportunities', 'opportunity', 'opportunityid', 3],
  ['opportunityproducts', 'opportunityproduct', 'opportunityproductid', 1083],
  ['opportunitycloses', 'opportunityclose', 'activityid', 4208],
  ['quotecloses', 'quoteclose', 'activityid', 4211],
  ['ordercloses', 'orderclose', 'activityid', 4209],
  ['productassociations', 'productassociation', 'productassociationid', 1025],
  ['discounttypes', 'discounttype', 'discounttypeid', 1080],
  ['discounts', 'discount', 'discountid', 1013],
  ['quotes', 'quote', 'quoteid', 1084],
  ['quotedetails', 'quotedetail', 'quotedetailid', 1085],
  ['salesorders', 'salesorder', 'salesorderid', 1088],
  ['salesorderdetails', 'salesorderdetail', 'salesorderdetailid', 1089],
  ['invoices', 'invoice', 'invoiceid', 1090],
  ['invoicedetails', 'invoicedetail', 'invoicedetailid', 1091],
  ['campaigns', 'campaign', 'campaignid', 4400],
  ['lists', 'list', 'listid', 4300],
  ['listmembers', 'listmember', 'listmemberid', 4301],
  ['campaignresponses', 'campaignresponse', 'activityid', 4401],
  ['competitors', 'competitor', 'competitorid', 123],
  ['tasks', 'task', 'activityid', 4212],
  ['activitypointers', 'activitypointer', 'activityid', 4200],
] as const

test('the service document, the metadata and the table definitions list every table of the flow', async (t) => {
  const sales = await startSales(t)
  const sets = (await sales.get('/api/data/v9.2')).body.value.map((set: Json) => set.name)
  expect(sets).toEqual(expect.arrayContaining(SERVED.map(([set]) => set)))
  const definitions = await sales.get(
    'EntityDefinitions?$select=LogicalName,EntitySetName,PrimaryIdAttribute,ObjectTypeCode,ChangeTrackingEnabled',
  )
  for (const [EntitySetName, LogicalName, PrimaryIdAttribute, ObjectTypeCode] of SERVED) {
    expect(definitions.body.value).toContainEqual(
      expect.objectContaining({ EntitySetName, LogicalName, PrimaryIdAttribute, ObjectTypeCode, ChangeTrackingEnabled: true }),
    )
  }
  const [schema] = readCsdl((await sales.get('$metadata')).text).schemas
  const partners = (name: string) =>
    Object.fromEntries(
      (schema?.entityTypes?.find((type) => type.name === name)?.navigationProperties ?? []).map((one) => [one.name, one.partner]),
    )
  expect(partners('quotedetail')).toMatchObject({ quoteid: 'quote_details' })
  expect(partners('salesorderdetail')).toMatchObject({ salesorderid: 'order_details', quotedetailid: 'quotedetail_salesorderdetail' })
  expect(partners('invoice')).toMatchObject({ salesorderid: 'order_invoices', customerid_account: 'invoice_customer_accounts' })
  expect(partners('task')).toMatchObject({
    regardingobjectid_account_task: 'Account_Tasks',
    regardingobjectid_contact_task: 'Contact_Tasks',
    regardingobjectid_salesorder_task: 'SalesOrder_Tasks',
  })
})

/** The tables of the first installations, with only the columns that led somewhere then. */
function firstTables(): readonly TableDefinition[] {
  const first = ['account', 'contact', 'product', 'uomschedule', 'uom', 'pricelevel', 'productpricelevel', 'territory']
  const later = (column: ColumnDefinition) =>
    column.type === 'lookup' && column.targets.some((target) => ['lead', 'discounttype'].includes(target.table))
  return salesTables({ uniqueAccountNumber: true })
    .filter((table) => [...first, 'msdynce_p2cautonumber', 'systemuser', 'businessunit'].includes(table.logicalName))
    .map((table) => ({ ...table, columns: table.columns.filter((column) => !later(column)) }))
}

test('an older database grows the new tables and columns and keeps its rows', async (t) => {
  const database = await openScratchDatabase(t)
  const clock = createManualClock('2025-02-11T09:30:00Z')
  const platform = await createTablePlatform({
    tables: firstTables(),
    plugins: [],
    database,
    clock,
    ids: randomIds,
    log: silentLogger,
    identity: createTokenIssuer({ issuer: 'http://sales.test', key: Buffer.alloc(32, 7), clock, clients: [] }),
    seedIdentity: {
      organizationName: 'Old',
      baseCurrency: BASE_CURRENCY,
      administrator: { name: 'System Administrator' },
      applicationUsers: [],
    },
  })
  await platform.service((service) => service.create('account', [{ name: 'Kept', accountnumber: 'OLD-1' }]))
  await platform.app.close()

  const sales = await startSales(t, {}, database)
  const accounts = await sales.get('accounts?$select=name,_originatingleadid_value')
  expect(accounts.body.value).toMatchObject([{ name: 'Kept', _originatingleadid_value: null }])
  const lead = await sales.create('leads', { subject: 'New' })
  const patched = await sales.patch(`accounts(${accounts.body.value[0].accountid})`, {
    'originatingleadid@odata.bind': `/leads(${lead.leadid})`,
  })
  expect(patched.status).toBe(204)
  expect(
    (await sales.get(`leads(${lead.leadid})?$expand=account_originating_lead($select=name)`)).body.account_originating_lead,
  ).toMatchObject([{ name: 'Kept' }])
})

test('each number and revision of a quote exists once; orders of two companies may share a number', async (t) => {
  const sales = await startSales(t)
  const header = await headerOf(sales)
  await sales.create('quotes', { ...header, quotenumber: 'QUO-1' })
  expect((await sales.post('quotes', { ...header, quotenumber: 'quo-1' })).status).toBe(412)
  await sales.create('salesorders', { ...header, ordernumber: 'ORD-1' })
  await sales.create('salesorders', { ...header, ordernumber: 'ORD-1' })
})

test('a customer, a price list and a unit in use cannot be deleted; lines and tasks go with what they belong to', async (t) => {
  const sales = await startSales(t)
  const { account, ...header } = await documentParts(sales)
  const quote = await sales.create('quotes', {
    ...header,
    quotenumber: 'QUO-1',
    quote_details: [{ isproductoverridden: true, productdescription: 'Hull survey', quantity: 1, priceperunit: 10 }],
  })
  await sales.create('tasks', { subject: 'Call', 'regardingobjectid_quote_task@odata.bind': `/quotes(${quote.quoteid})` })
  const [line] = (await sales.get('quotedetails?$select=quotestatecode,_ownerid_value')).body.value
  expect(line).toMatchObject({ quotestatecode: 0, _ownerid_value: quote._ownerid_value })
  expect(refusalOf(await sales.remove(`accounts(${account})`))).toBe('405 0x80040227')
  expect(refusalOf(await sales.remove(header['pricelevelid@odata.bind'].slice(1)))).toBe('405 0x80040227')
  expect((await sales.remove(`quotes(${quote.quoteid})`)).status).toBe(204)
  expect((await sales.get('quotedetails')).body.value).toEqual([])
  expect((await sales.get('tasks')).body.value).toEqual([])
  expect((await sales.remove(`accounts(${account})`)).status).toBe(204)
})

/** What the head of a document needs. */
async function documentParts(sales: SalesUnderTest) {
  const account = await sales.create('accounts', { name: 'Halvorsen Marine Supply' })
  const currency = await sales.idOf('transactioncurrencies', `isocurrencycode eq '${BASE_CURRENCY.code}'`)
  const list = await sales.create('pricelevels', {
    name: 'Documents',
    'transactioncurrencyid@odata.bind': `/transactioncurrencies(${currency})`,
  })
  return {
    account: account.accountid as string,
    name: 'Deck winch refit',
    'customerid_account@odata.bind': `/accounts(${account.accountid})`,
    'pricelevelid@odata.bind': `/pricelevels(${list.pricelevelid})`,
    'transactioncurrencyid@odata.bind': `/transactioncurrencies(${currency})`,
  }
}

async function headerOf(sales: SalesUnderTest): Promise<Json> {
  const { account: _account, ...header } = await documentParts(sales)
  return header
}
