import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileScope, type HubUnderTest, type Json, refusalOf, startHub } from '../hub-app.fixture.ts'

const ORG = { organization_organizationid: 'ORG001' }
const scope = fileScope(afterAll)
let hub: HubUnderTest

beforeAll(async () => {
  hub = await startHub(scope)
  await hub.create('Organization', { organizationid: 'NO-02', name: 'Nordkai Verft ÅS' })
  await hub.create('Account', { ...ORG, accountid: 'ACC-01000-BVRCPS', organizationname: 'Halvorsen' })
  await hub.create('Account', {
    organization_organizationid: 'NO-02',
    accountid: 'ACC-01000-BVRCPS',
    organizationname: 'Another Halvorsen',
  })
  await hub.create('Product', { ...ORG, productid: 'P-Ø1', name: 'Hull, 12 m' })
  await hub.create('Product', { ...ORG, productid: 'P-2', name: 'Rudder' })
  await hub.create('SalesOrder', { ...ORG, salesorderid: 'SO-1' })
})

let numbers = 0
const nextNumber = (): string => {
  numbers += 1
  return `N-${numbers}`
}

const anOrder = (more: Json = {}): Json => ({ ...ORG, salesorderid: nextNumber(), ...more })

const aLine = (more: Json = {}): Json => {
  numbers += 1
  return { salesorder_organization_organizationid: 'ORG001', salesorder_salesorderid: 'SO-1', sequence: numbers, ...more }
}

test('a reference is found by value inside the organisation, without case and outer blanks, and takes the spelling of the other row', async () => {
  const order = await hub.create('SalesOrder', anOrder({ organization_organizationid: 'org001', account_accountid: ' acc-01000-bvrcps ' }))
  expect(order).toMatchObject({
    organization_organizationid: 'ORG001',
    account_accountid: 'ACC-01000-BVRCPS',
    account_organization_organizationid: 'ORG001',
    invoiceaccount_accountid: null,
    invoiceaccount_organization_organizationid: 'ORG001',
  })
  const expanded = await hub.get(
    `SalesOrder(${order.cds_salesorderid})?$expand=account($select=organizationname),organization($select=name)`,
  )
  expect(expanded.body).toMatchObject({ account: { organizationname: 'Halvorsen' }, organization: { name: 'Prospect to Cash' } })
  const abroad = await hub.create('SalesOrder', anOrder({ organization_organizationid: 'NO-02', account_accountid: 'ACC-01000-BVRCPS' }))
  const other = await hub.get(`SalesOrder(${abroad.cds_salesorderid})?$expand=account($select=organizationname)`)
  expect(other.body.account.organizationname).toBe('Another Halvorsen')
})

const MISSING: readonly (readonly [string, string, () => Json, readonly string[]])[] = [
  [
    'an account',
    'SalesOrder',
    () => anOrder({ account_accountid: 'ACC-9' }),
    ['salesorder', 'Account', 'account_accountid', "'ACC-9'", "'ORG001'"],
  ],
  ['a product', 'SalesOrderLine', () => aLine({ product_productid: 'P-9' }), ['salesorderline', 'Product', 'product_productid', "'P-9'"]],
  [
    'a product of another organisation',
    'SalesOrderLine',
    () => aLine({ salesorder_organization_organizationid: 'NO-02', salesorder_salesorderid: 'SO-1' }),
    ['salesorder_salesorderid', "'SO-1'", "'NO-02'"],
  ],
  [
    'a document',
    'SalesOrderLine',
    () => aLine({ salesorder_salesorderid: 'SO-9' }),
    ['salesorderline', 'SalesOrder', 'salesorder_salesorderid', "'SO-9'"],
  ],
  ['an order of an invoice', 'SalesInvoice', () => ({ ...ORG, salesinvoiceid: nextNumber(), salesorder_salesorderid: 'SO-9' }), ["'SO-9'"]],
  [
    'an account of a contact',
    'Contact',
    () => ({ ...ORG, contactid: nextNumber(), primaryaccount_accountid: 'ACC-9' }),
    ['contact', 'primaryaccount_accountid'],
  ],
  [
    'an organisation',
    'Product',
    () => ({ organization_organizationid: 'DE-03', productid: nextNumber() }),
    ['product', 'Organization', 'organization_organizationid', "'DE-03'"],
  ],
]

test.each(MISSING)('%s that is missing is refused, and named', async (_what, set, row, names) => {
  const answer = await hub.post(set, row())
  expect(refusalOf(answer)).toBe('404 0x80040217')
  // The integrator reads the entity, the column and the value out of this text.
  expect(answer.body.error.message).toMatch(/^\w+ cannot refer to \w+ by \w+ = '[^']+': (organisation '[^']+' has|there is) no such row\. /)
  for (const name of names) expect(answer.body.error.message).toContain(name)
})

test('a row that mixes organisations is refused with another code: waiting would not help', async () => {
  const mixed = await hub.post(
    'SalesOrder',
    anOrder({ account_accountid: 'ACC-01000-BVRCPS', account_organization_organizationid: 'NO-02' }),
  )
  expect(refusalOf(mixed)).toBe('400 0x80040203')
  expect(mixed.body.error.message).toMatch(/account_organization_organizationid = 'NO-02' but organization_organizationid = 'ORG001'/)
  const blank = await hub.post('SalesOrder', anOrder({ invoiceaccount_organization_organizationid: 'NO-02' }))
  expect(refusalOf(blank)).toBe('400 0x80040203')
})

test('a row without an organisation lacks its key; a quotation line takes that of its quotation', async () => {
  expect(refusalOf(await hub.post('Account', { accountid: nextNumber() }))).toBe('400 0x80040200')
  expect(refusalOf(await hub.post('Account', { organization_organizationid: '  ', accountid: nextNumber() }))).toBe('400 0x80040200')
  const quotationid = nextNumber()
  await hub.create('Quotation', { ...ORG, quotationid })
  const line = await hub.create('QuotationLine', {
    quotation_organization_organizationid: 'ORG001',
    quotation_quotationid: quotationid,
    sequence: 1,
  })
  expect(line).toMatchObject({ organization_organizationid: 'ORG001', product_organization_organizationid: 'ORG001' })
  const other = await hub.create('QuotationLine', { ...ORG, quotation_quotationid: quotationid, sequence: 2 })
  expect(other.quotation_organization_organizationid).toBe('ORG001')
})

test('a line takes the name of its product, keeps one of its own, and takes the new one when the product changes', async () => {
  const line = await hub.create('SalesOrderLine', aLine({ product_productid: 'p-ø1' }))
  expect(line).toMatchObject({ product_productid: 'P-Ø1', productname: 'Hull, 12 m' })
  const own = await hub.create('SalesOrderLine', aLine({ product_productid: 'P-2', productname: 'Rudder, left' }))
  expect(own.productname).toBe('Rudder, left')
  const path = `SalesOrderLine(${line.cds_salesorderlineid})`
  await hub.patch(path, { quantity: 2 })
  await hub.patch(path, { product_productid: 'P-2' })
  expect((await hub.get(path)).body).toMatchObject({ product_productid: 'P-2', productname: 'Rudder', quantity: 2 })
  const ownPath = `SalesOrderLine(${own.cds_salesorderlineid})`
  await hub.patch(ownPath, { product_productid: 'P-2', quantity: 1 })
  expect((await hub.get(ownPath)).body.productname).toBe('Rudder, left')
})

test('an update settles what it changes: another customer, none, and one that is missing', async () => {
  const order = await hub.create('SalesOrder', anOrder())
  const path = `SalesOrder(${order.cds_salesorderid})`
  await hub.patch(path, { account_accountid: 'acc-01000-bvrcps', name: 'Spring' })
  expect((await hub.get(path)).body).toMatchObject({ account_accountid: 'ACC-01000-BVRCPS', _account_value: expect.any(String) })
  const refused = await hub.patch(path, { account_accountid: 'ACC-9', name: 'Summer' })
  expect(refusalOf(refused)).toBe('404 0x80040217')
  expect((await hub.get(path)).body.name).toBe('Spring')
  await hub.patch(path, { account_accountid: null })
  expect((await hub.get(path)).body).toMatchObject({ account_accountid: null, _account_value: null, name: 'Spring' })
  await hub.patch(path, { account_accountid: '   ' })
  expect((await hub.get(path)).body.account_accountid).toBeNull()
})

test('clients cannot write the lookup that the hub keeps', async () => {
  const order = await hub.create('SalesOrder', anOrder())
  const account = (await hub.get("Account?$filter=accountid eq 'ACC-01000-BVRCPS' and organization_organizationid eq 'ORG001'")).body
    .value[0]
  await hub.patch(`SalesOrder(${order.cds_salesorderid})`, { 'account@odata.bind': `/Account(${account.cds_accountid})` })
  expect((await hub.get(`SalesOrder(${order.cds_salesorderid})`)).body).toMatchObject({ _account_value: null, account_accountid: null })
})

test('members of closed lists get the published spelling; others are refused with what is expected', async () => {
  const order = await hub.create('SalesOrder', anOrder({ status: 'packing slip', totalamount: 10, totalamount_currencycode: 'eur' }))
  expect(order).toMatchObject({ status: 'PackingSlip', totalamount_currencycode: 'EUR' })
  const line = await hub.create('SalesOrderLine', aLine({ quantity: 1.5, quantity_uom: 'KILOGRAM' }))
  expect(line).toMatchObject({ quantity_uom: 'Kilogram', quantity: 1.5 })
  const refused = await hub.post('SalesOrderLine', aLine({ quantity_uom: 'Primary Unit' }))
  expect(refusalOf(refused)).toBe('400 0x8004431a')
  expect(refused.body.error.message).toMatch(
    /'Primary Unit' is no value of 'quantity_uom' on salesorderline: expected one of .*Each.*UnitOfMeasure/,
  )
  const path = `SalesOrder(${order.cds_salesorderid})`
  expect(refusalOf(await hub.patch(path, { status: 'Draft' }))).toBe('400 0x8004431a')
  await hub.patch(path, { status: ' SHIPPED' })
  expect((await hub.get(path)).body.status).toBe('Shipped')
  await hub.patch(path, { status: ' ' })
  expect((await hub.get(path)).body.status).toBeNull()
})

test('numbers pass as they are: ten decimals, no rounding to a currency', async () => {
  const line = await hub.create('SalesOrderLine', aLine({ unitprice: 0.1234567891, discountamount: 3.33, quantity: -8 }))
  expect(line).toMatchObject({ unitprice: 0.1234567891, discountamount: 3.33, quantity: -8 })
})

test('who is referred to stays: product, account, document and organisation cannot be deleted', async () => {
  const parent = await hub.create('SalesOrder', anOrder({ account_accountid: 'ACC-01000-BVRCPS' }))
  const line = await hub.create('SalesOrderLine', aLine({ salesorder_salesorderid: parent.salesorderid, product_productid: 'P-2' }))
  for (const path of [
    "Product(organization_organizationid='ORG001',productid='P-2')",
    "Account(organization_organizationid='ORG001',accountid='ACC-01000-BVRCPS')",
    `SalesOrder(${parent.cds_salesorderid})`,
    "Organization(organizationid='ORG001')",
  ]) {
    expect([path, refusalOf(await hub.remove(path))]).toEqual([path, '405 0x80040227'])
  }
  expect((await hub.remove(`SalesOrderLine(${line.cds_salesorderlineid})`)).status).toBe(204)
  expect((await hub.remove(`SalesOrder(${parent.cds_salesorderid})`)).status).toBe(204)
})

test('who is referred to keeps its key; an unreferred row may change it, to one that is free', async () => {
  const [first, second] = [
    await hub.create('Product', { ...ORG, productid: nextNumber() }),
    await hub.create('Product', { ...ORG, productid: nextNumber() }),
  ]
  const path = `Product(${first.cds_productid})`
  const renamed = nextNumber()
  expect((await hub.patch(path, { productid: renamed })).status).toBe(204)
  expect((await hub.get(path)).body.productid).toBe(renamed)
  expect(refusalOf(await hub.patch(path, { productid: second.productid.toLowerCase() }))).toBe('412 0x80060892')
  await hub.create('SalesOrderLine', aLine({ product_productid: renamed }))
  const refused = await hub.patch(path, { productid: nextNumber() })
  expect(refusalOf(refused)).toBe('405 0x80040227')
  expect(refused.body.error.message).toContain(renamed)
  expect((await hub.patch(path, { productid: renamed, name: 'Same key' })).status).toBe(204)
  const [organization] = (await hub.get("Organization?$filter=organizationid eq 'ORG001'")).body.value
  expect(refusalOf(await hub.patch(`Organization(${organization.cds_organizationid})`, { organizationid: 'ORG002' }))).toBe(
    '405 0x80040227',
  )
})

test('a key with outer blanks stays as it came, and is found by exactly that', async () => {
  const path = "Account(organization_organizationid='ORG001',accountid='ODD ')"
  await hub.patch(path, { organizationname: 'Odd' })
  await hub.patch(path, { organizationname: 'Odder' })
  await hub.create('Account', { ...ORG, accountid: 'odd', organizationname: 'Even' })
  const order = await hub.create('SalesOrder', anOrder({ account_accountid: 'odd ', invoiceaccount_accountid: ' ODD' }))
  expect(order).toMatchObject({ account_accountid: 'ODD ', invoiceaccount_accountid: 'odd' })
  const expanded = await hub.get(
    `SalesOrder(${order.cds_salesorderid})?$expand=account($select=organizationname),invoiceaccount($select=organizationname)`,
  )
  expect(expanded.body).toMatchObject({ account: { organizationname: 'Odder' }, invoiceaccount: { organizationname: 'Even' } })
  expect(refusalOf(await hub.post('Account', { ...ORG, accountid: '   ' }))).toBe('400 0x80040200')
})

test('two rows of one organisation cannot have one number, in whatever case; two organisations can', async () => {
  const answer = await hub.post('Account', { ...ORG, accountid: 'acc-01000-BVRCPS' })
  expect(refusalOf(answer)).toBe('412 0x80060892')
  expect(answer.body.error.message).toMatch(/Organization_OrganizationId, AccountId/)
})
