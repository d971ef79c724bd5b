import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileScope } from '../support/command-line.ts'
import { countersOf } from './kit/integrator.ts'
import { type ProspectToCash, startProspectToCash } from './kit/prospect-to-cash.ts'
import { inCurrency, ofCompany } from './kit/seller.ts'

/** Acceptance checks A1 to A4 of the templates specification, section 12; one installation, and the scenarios in their order. */
let p2c: ProspectToCash

const scope = fileScope(afterAll)

beforeAll(async () => {
  p2c = await startProspectToCash(scope)
}, 120_000)

test('A1 an account without a number gets one, and D1 makes it a customer with the defaults of the template', async () => {
  const { seller, clerk, run } = p2c
  const { accountnumber } = await seller.account({ name: 'Halvorsen Marine Supply', accountnumber: null })
  expect(accountnumber).toMatch(/^ACC-01000-[A-Z0-9]{6}$/)
  expect(await run('accounts')).toMatchObject({ status: 'completed' })
  expect(await clerk.rows('CustomersV2', `CustomerAccount eq '${accountnumber}'`)).toMatchObject([
    {
      PartyNumber: accountnumber,
      PartyType: 'Organization',
      OrganizationName: 'Halvorsen Marine Supply',
      CustomerGroupId: '10',
      SiteId: '1',
      WarehouseId: '13',
      LanguageId: 'en-us',
      SalesCurrencyCode: 'USD',
      IsExternallyMaintained: 'Yes',
    },
  ])
})

test('A2 a contact of an account goes with D2 until a quote makes it a customer, from when on D3 sends it and D2 does not', async () => {
  const { seller, clerk, sales, run } = p2c
  const account = await seller.account()
  const contact = await seller.contact(ofCompany(account))
  const { msdynce_contactnumber: number } = contact
  const persons = () => clerk.rows('CDSContactPersons', `ContactPersonPartyNumber eq '${number}'`)
  const customers = () => clerk.rows('CustomersV2', `CustomerAccount eq '${number}'`)
  expect(number).toMatch(/^CON-\d{5}-[A-Z0-9]{6}$/)
  await run('accounts')
  await run('contacts')
  await run('contacts-to-customer')
  expect(await persons()).toMatchObject([
    { LastName: 'Lind', AssociatedPartyNumber: account.accountnumber, IsContactPersonExternallyMaintained: 'Yes' },
  ])
  expect(await customers()).toEqual([])

  await seller.quote({ customer: contact })
  expect(await sales.contact(number)).toMatchObject({ msdynce_isactivecustomer: true, msdynce_iscompanyanaccount: true })
  await seller.change('contacts', contact, { lastname: 'Lind-Berg' })
  expect(countersOf(await run('contacts'))).toMatchObject({ inserted: 0, updated: 0, failed: 0, waiting: 0 })
  expect(countersOf(await run('contacts-to-customer'))).toMatchObject({ inserted: 1, failed: 0, waiting: 0 })
  expect(await persons()).toMatchObject([{ LastName: 'Lind' }])
  expect(await customers()).toMatchObject([
    { PersonLastName: 'Lind-Berg', PartyType: 'Person', PartyNumber: number, IsExternallyMaintained: 'Yes' },
  ])
})

test('A3 a product in euro without a euro price list is a row error; once there are lists A and B its price is on A', async () => {
  const { sales, clerk, run, errors, addProject } = p2c
  const administration = sales.wire
  await addProject('products of demf', 'products', [{ businessUnit: 'Prospect to Cash', legalEntity: 'demf' }])
  for (const { pricelevelid } of await administration.rows('pricelevels', "transactioncurrencyid/isocurrencycode eq 'EUR'"))
    await administration.send('PATCH', `/pricelevels(${pricelevelid})`, { statecode: 1 })
  await clerk.in('demf').product('A3-EURO', { SalesPrice: 12.5 })
  expect(await run('products of demf')).toMatchObject({ status: 'error', tasks: [{ counters: { read: 1, failed: 1 } }] })
  expect(await errors('products of demf')).toMatchObject([{ sourceKey: 'A3-EURO', code: 'price-list-missing', category: 'business-rule' }])
  const euro = await inCurrency(p2c.seller, 'EUR')
  for (const name of ['B', 'A']) await administration.send('POST', '/pricelevels', { name, ...euro })
  expect(await run('products of demf')).toMatchObject({ status: 'completed', tasks: [{ counters: { inserted: 1 } }] })
  expect(await errors()).toEqual([])
  expect(await sales.prices('A3-EURO')).toEqual({ A: 12.5 })
})

test('A4 three variants of one master become three products', async () => {
  const { sales, clerk, run } = p2c
  await clerk.product('A4-SHIRT', { ProductSubType: 'ProductMaster', ProductDimensionGroupName: 'SizeCol', ProductName: 'Deck shirt' })
  for (const ProductSizeId of ['S', 'M', 'L'])
    await clerk.add('ReleasedProductVariantsV2', {
      ItemNumber: 'A4-SHIRT',
      ProductSizeId,
      ProductColorId: 'Red',
      ProductVariantNumber: `A4-SHIRT-${ProductSizeId}`,
    })
  expect(await run('products')).toMatchObject({ status: 'completed' })
  const products = await sales.wire.rows('products', "startswith(productnumber,'A4-')", '$orderby=productnumber')
  expect(products.map(({ productnumber }) => productnumber)).toEqual(['A4-SHIRT-L', 'A4-SHIRT-M', 'A4-SHIRT-S'])
  for (const product of products)
    expect(product).toMatchObject({ name: 'Deck shirt', msdynce_ismaintainedexternally: true, producttypecode: 1, price: 20 })
})
