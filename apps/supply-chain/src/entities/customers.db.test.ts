import { expect, test } from 'vitest'
import { createSupplyChainApp } from '../app.ts'
import { aCustomer, D, type Json, startGolden, startTestApp, type TestApp } from '../supply-chain-app.fixture.ts'

const usCustomer = (values: Json = {}): Json => aCustomer({ dataAreaId: 'usmf', SalesCurrencyCode: 'USD', ...values })
const create = (app: TestApp, values: Json = {}) => app.post(`${D}/CustomersV2`, usCustomer(values))
const person = (values: Json = {}): Json => ({
  dataAreaId: 'usmf',
  ContactPersonPartyNumber: 'CON-1',
  AssociatedPartyNumber: 'C-0001',
  FirstName: 'Åse',
  LastName: 'Øvrebø',
  ...values,
})

test('the rows of the accounts template are accepted with the seeded defaults, in both customer entities', async (t) => {
  const app = await startTestApp(t)
  const reply = await create(app, {
    PartyNumber: 'C-0001',
    IsExternallyMaintained: 'Yes',
    SiteId: '1',
    WarehouseId: '13',
    LanguageId: 'en-us',
    AddressStreet: 'Storgata 1',
    AddressCity: 'Bergen',
    AddressZipCode: '5003',
    AddressCountryRegionISOCode: 'NO',
    AddressLocationRoles: 'Business',
    DeliveryAddressCountryRegionISOCode: 'us',
    OrganizationNumberOfEmployees: 12,
    SalesMemo: 'x',
  })
  expect(reply.status).toBe(201)
  expect(reply.json).toMatchObject({
    AddressCountryRegionId: 'NOR',
    DeliveryAddressCountryRegionId: 'USA',
    DeliveryAddressCountryRegionISOCode: 'US',
    NameAlias: 'Halvorsen Marine Sup',
    FullPrimaryAddress: 'Storgata 1\n5003 Bergen\nNOR',
    OrganizationNumberOfEmployees: 12,
  })
  expect(reply.json).not.toHaveProperty('AddressStreetNumber')
  const v3 = await app.get(`${D}/CustomersV3(dataAreaId='usmf',CustomerAccount='C-0001')`)
  expect(v3.json).toMatchObject({ AddressStreetNumber: '', IsExternallyMaintained: 'Yes' })
  expect(v3.json.CustTableRecId).toBeGreaterThan(5_637_144_576)
})

test('templates 8.1 the first customer entity has one name, which is that of the company in the later ones', async (t) => {
  const app = await startTestApp(t)
  const { OrganizationName: _, ...values } = usCustomer()
  const made = await app.post(`${D}/Customers`, { ...values, Name: 'Łódzkie Zakłady Ćwierć' })
  expect(made.status).toBe(201)
  expect(made.json).toMatchObject({ Name: 'Łódzkie Zakłady Ćwierć', NameAlias: 'Łódzkie Zakłady Ćwie' })
  expect(made.json).not.toHaveProperty('OrganizationName')
  const later = `${D}/CustomersV2(dataAreaId='usmf',CustomerAccount='C-0001')`
  expect((await app.get(later)).json).toMatchObject({ OrganizationName: 'Łódzkie Zakłady Ćwierć' })
  expect((await app.patch(later, { OrganizationName: 'Ørsta Båt' })).status).toBe(204)
  const first = `${D}/Customers(dataAreaId='usmf',CustomerAccount='C-0001')`
  expect((await app.get(first)).json).toMatchObject({ Name: 'Ørsta Båt' })
  expect((await app.patch(first, { CreditLimit: 5 })).status).toBe(204)
  expect((await app.get(later)).json).toMatchObject({ OrganizationName: 'Ørsta Båt', CreditLimit: 5 })
  const nameless = await app.post(`${D}/Customers`, { ...values, CustomerAccount: 'C-0002' })
  expect(nameless.text).toContain("Field 'Name' must be filled in.")
})

test('numbers come from the sequences of the company when they are blank', async (t) => {
  const app = await startTestApp(t)
  const { CustomerAccount: _, ...values } = usCustomer()
  const accounts = []
  for (let index = 0; index < 2; index++) accounts.push((await app.post(`${D}/CustomersV3`, values)).json)
  expect(accounts).toMatchObject([
    { CustomerAccount: 'US-000001', PartyNumber: '000000001' },
    { CustomerAccount: 'US-000002', PartyNumber: '000000002' },
  ])
  const golden = await startGolden(t)
  const { CustomerAccount: __, ...other } = aCustomer()
  const refused = await golden.post(`${D}/CustomersV3`, other)
  expect(refused.status).toBe(400)
  expect(refused.text).toContain("Field 'Customer account' must be filled in.")
})

/** One change of a valid customer per row, with the message that refuses it; `undefined`: accepted. */
const RULES: readonly (readonly [values: Json, message: string | undefined])[] = [
  [{ SiteId: '9' }, "The value '9' in field 'Site' is not found in the related table 'Sites'."],
  [{ WarehouseId: '99' }, "The value '99' in field 'Warehouse' is not found in the related table 'Warehouses'."],
  [{ SiteId: '2', WarehouseId: '13' }, 'Warehouse 13 belongs to site 1 and cannot be used with site 2.'],
  [{ LanguageId: 'xx' }, "The value 'xx' in field 'Language' is not found in the related table 'Languages'."],
  [{ SalesCurrencyCode: 'XXX' }, "The value 'XXX' in field 'Currency' is not found in the related table 'Currencies'."],
  [{ PaymentTerms: 'Never' }, "The value 'Never' in field 'Terms of payment' is not found in the related table 'Terms of payment'."],
  [{ InvoiceAccount: 'C-0404' }, "The value 'C-0404' in field 'Invoice account' is not found in the related table 'Customers'."],
  [{ InvoiceAccount: 'C-0001' }, undefined],
  [{ AddressCountryRegionISOCode: 'QQ' }, "The value 'QQ' in field 'ISO country/region'"],
  [{ AddressCountryRegionId: 'NOR', AddressCountryRegionISOCode: 'SE' }, "Country/region 'NOR' has the ISO code NO, not SE."],
  [{ CreditLimit: -1 }, "Field 'Credit limit' must not be negative."],
  [{ CreditLimit: 99_999_999.123456 }, undefined],
  [{ PartyType: 'Robot' }, "Party type 'Robot' is not supported"],
  [{ OrganizationName: '' }, "Field 'Name' must be filled in."],
  [{ PartyType: 'person', OrganizationName: '' }, "Field 'Last name' must be filled in."],
  [{ PartyType: 'Person', OrganizationName: '', PersonLastName: 'Øvrebø' }, undefined],
  [{ CustomerGroupId: '' }, "Field 'Customer group' must be filled in."],
]

test('customer rules refuse with their texts and accept the rest', async (t) => {
  const app = await startTestApp(t)
  for (const [values, message] of RULES) {
    const reply = await create(app, values)
    expect([values, reply.status], reply.text).toEqual([values, message === undefined ? 201 : 400])
    if (message !== undefined) expect(reply.json.error.innererror.message).toContain(message)
    else expect((await app.delete(`${D}/CustomersV2(dataAreaId='usmf',CustomerAccount='C-0001')`)).status).toBe(204)
  }
})

test('a warehouse sets the site, a person is named by parts, decimals keep all their digits', async (t) => {
  const app = await startTestApp(t)
  await create(app, {
    PartyType: 'Person',
    OrganizationName: '',
    PersonFirstName: 'Åse',
    PersonLastName: 'Øvrebø',
    WarehouseId: '21',
    CreditLimit: 0,
  })
  const row = `${D}/CustomersV2(dataAreaId='usmf',CustomerAccount='C-0001')`
  expect((await app.get(row)).json).toMatchObject({ OrganizationName: 'Åse Øvrebø', SiteId: '2' })
  expect((await app.call('PATCH', row, '{"CreditLimit":12345678901234567890.123456}')).status).toBe(204)
  expect((await app.get(row)).text).toContain('"CreditLimit":12345678901234567890.123456')
})

test('contact persons belong to an existing customer, in both versions of the entity', async (t) => {
  const app = await startTestApp(t)
  const orphan = await app.post(`${D}/CDSContactPersons`, person())
  expect(orphan.status).toBe(400)
  expect(orphan.json.error.innererror.message).toContain(
    "The value 'C-0001' in field 'Associated party number' is not found in the related table 'Customers'.; Warning: validateField failed on field 'smmContactPersonCDSEntity.AssociatedPartyNumber'.",
  )
  await create(app, { PartyNumber: 'C-0001' })
  const created = await app.post(
    `${D}/CDSContactPersons`,
    person({
      IsContactPersonExternallyMaintained: 'Yes',
      DecisionMakingRoleCode: 'decision maker',
      BirthMonth: 'February',
      BirthDay: 28,
      PrimaryAddressCountryRegionISOCode: 'NO',
    }),
  )
  expect(created.json).toMatchObject({
    ContactPersonPartyType: 'Person',
    DecisionMakingRoleCode: 'Decision Maker',
    PrimaryAddressCountryRegionId: 'NOR',
    BirthYear: 0,
  })
  const v2 = await app.get(
    `${D}/CDSContactPersonsV2(dataAreaId='usmf',ContactPersonPartyNumber='CON-1',AssociatedContactType='Customer',AssociatedContactNumber='C-0001')`,
  )
  expect(v2.json).toMatchObject({ LastName: 'Øvrebø', ContactPersonId: 'CP-000001' })
  const key = `${D}/CDSContactPersons(dataAreaId='usmf',ContactPersonPartyNumber='CON-1',AssociatedPartyNumber='C-0001')`
  expect((await app.patch(key, { BirthDay: 31 })).text).toContain('does not exist in month February')
  expect((await app.patch(key, { DecisionMakingRoleCode: 'Boss' })).status).toBe(400)
  expect((await app.patch(key, { IsInactive: 'Yes' })).status).toBe(204)
  expect((await app.delete(`${D}/CustomersV2(dataAreaId='usmf',CustomerAccount='C-0001')`)).status).toBe(400)
})

test('a second start keeps what users changed, and health needs no token', async (t) => {
  const app = await startTestApp(t)
  await app.patch(`${D}/CustomerGroups(dataAreaId='usmf',CustomerGroupId='80')`, { Description: 'Changed' })
  await app.delete(`${D}/CustomerGroups(dataAreaId='usmf',CustomerGroupId='30')`)
  const again = await createSupplyChainApp({ ...(await depsOf(app)), signingKey: 'test' })
  await again.close()
  const groups = await app.get(`${D}/CustomerGroups?$select=CustomerGroupId,Description&$orderby=CustomerGroupId desc`)
  expect(groups.json.value).toMatchObject([
    { CustomerGroupId: '80', Description: 'Changed' },
    { CustomerGroupId: '20' },
    { CustomerGroupId: '10' },
  ])
  const health = await app.app.inject({ method: 'GET', url: '/health' })
  expect(health.json()).toEqual({
    status: 'ok',
    program: 'supply-chain',
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    peakMemoryBytes: expect.any(Number),
  })
})

async function depsOf(app: TestApp) {
  const { createTokenIssuer, randomIds, silentLogger } = await import('@p2c/base')
  const tokens = createTokenIssuer({ issuer: 'x', key: Buffer.alloc(32, 1), clock: app.clock, clients: [] })
  return { database: app.database, clock: app.clock, ids: randomIds, log: silentLogger, tokens }
}
