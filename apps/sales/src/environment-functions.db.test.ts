import { expect, test } from 'vitest'
import { refusalOf, startSales } from './sales-app.fixture.ts'

const CRM = 'Microsoft.Dynamics.CRM'

test('FormatAddress writes an address as its country does, by literals and by aliases', async (t) => {
  const sales = await startSales(t)
  const names = 'Line1=@p1,City=@p2,StateOrProvince=@p3,PostalCode=@p4,Country=@p5'
  const japan = await sales.get(`FormatAddress(${names})?@p1='1-2-3 Sakura'&@p2='Nagoya'&@p3='Aichi'&@p4='455-2345'&@p5='JAPAN'`)
  expect(japan.body).toEqual({
    '@odata.context': expect.stringContaining(`$metadata#${CRM}.FormatAddressResponse`),
    Address: '455-2345\nAichi\nNagoya\n1-2-3 Sakura\nJAPAN',
  })
  const usa = await sales.get("FormatAddress(Line1='123 O''Hare St.',City='Seattle',StateOrProvince='WA',PostalCode='98007',Country='USA')")
  expect(usa.body.Address).toBe("123 O'Hare St.\nSeattle, WA 98007\nUSA")
  const empty = await sales.get("FormatAddress(Line1='',City='',StateOrProvince='',PostalCode='',Country='')")
  expect(empty.body.Address).toBe('')
})

test.for([
  ["FormatAddress(Line1='a',City='b')", 400],
  ["FormatAddress(Line1=1,City='b',StateOrProvince='c',PostalCode='d',Country='e')", 400],
  ["FormatAddress(Line1='a',City='b',StateOrProvince='c',PostalCode='d',Country='e',Planet='f')", 400],
  ['RetrieveCurrentOrganization()', 400],
  [`RetrieveCurrentOrganization(AccessType=${CRM}.EndpointAccessType'Nowhere')`, 400],
  ['RetrieveVersion(More=1)', 400],
] as const)('a call with wrong parameters is refused: %s', async ([path, status], t) => {
  const sales = await startSales(t)
  expect((await sales.get(path)).status).toBe(status)
})

test('the organisation, its version, languages and time stamp are answered', async (t) => {
  const sales = await startSales(t)
  const who = await sales.get('WhoAmI')
  const organization = await sales.get(`organizations(${who.body.OrganizationId})?$select=name`)
  const { Detail } = (await sales.get(`RetrieveCurrentOrganization(AccessType=@p1)?@p1=${CRM}.EndpointAccessType'Default'`)).body
  expect(Detail).toMatchObject({
    OrganizationId: who.body.OrganizationId,
    EnvironmentId: who.body.OrganizationId,
    FriendlyName: organization.body.name,
    UniqueName: expect.stringMatching(/^[a-z0-9]+$/),
    UrlName: expect.stringMatching(/./),
    State: 'Enabled',
    Endpoints: { Count: 1, IsReadOnly: false, Keys: ['WebApplication'], Values: [expect.stringMatching(/^https?:\/\/[^/]+\/$/)] },
  })
  expect((await sales.get('RetrieveVersion()')).body.Version).toBe(Detail.OrganizationVersion)
  expect(Detail.OrganizationVersion).toMatch(/^9\.2\.\d+\.\d+$/)
  expect((await sales.get('RetrieveProvisionedLanguages()')).body.RetrieveProvisionedLanguages).toEqual([1033])
  expect((await sales.get('RetrieveAvailableLanguages()')).body.LocaleIds).toEqual([1033])
  const before = BigInt((await sales.get('RetrieveTimestamp()')).body.Timestamp)
  const account = await sales.create('accounts', { name: 'Later' }, 'versionnumber')
  expect(BigInt(account.versionnumber)).toBeGreaterThan(before)
  expect(BigInt((await sales.get('RetrieveTimestamp()')).body.Timestamp)).toBeGreaterThanOrEqual(BigInt(account.versionnumber))
})

test('$metadata describes the functions with their complex types and enumerations', async (t) => {
  const sales = await startSales(t)
  const { text } = await sales.get('$metadata')
  for (const name of ['FormatAddress', 'InitializeFrom', 'RetrieveCurrentOrganization', 'RetrieveVersion', 'RetrieveTimestamp'])
    expect(text).toContain(`<FunctionImport Name="${name}"`)
  expect(text).toContain('<ActionImport Name="Merge"')
  for (const name of ['EndpointAccessType', 'EndpointType', 'OrganizationState', 'TargetFieldType'])
    expect(text).toContain(`<EnumType Name="${name}"`)
  for (const name of ['FormatAddressResponse', 'RetrieveCurrentOrganizationResponse', 'OrganizationDetail', 'EndpointCollection'])
    expect(text).toContain(`<ComplexType Name="${name}"`)
})

test('InitializeFrom answers a new account that may be sent as it is, under its parent', async (t) => {
  const sales = await startSales(t)
  const contoso = await sales.create(
    'accounts',
    { name: 'Contoso', accountnumber: 'C-1', address1_city: 'Redmond', revenue: 1234.5, numberofemployees: 150, industrycode: 7 },
    'accountid,_transactioncurrencyid_value',
  )
  const call = (extra = '') =>
    sales.get(
      `InitializeFrom(EntityMoniker=@p1,TargetEntityName=@p2,TargetFieldType=@p3${extra})?@p1={'@odata.id':'accounts(${contoso.accountid})'}&@p2='account'&@p3=${CRM}.TargetFieldType'ValidForCreate'`,
    )
  const { body, status } = await call()
  expect(status).toBe(200)
  expect(body).toMatchObject({
    '@odata.context': expect.stringContaining('$metadata#accounts/$entity'),
    '@odata.type': `#${CRM}.account`,
    name: 'Contoso',
    address1_city: 'Redmond',
    revenue: 1234.5,
    industrycode: 7,
    'parentaccountid@odata.bind': `accounts(${contoso.accountid})`,
  })
  expect(body).not.toHaveProperty('accountnumber')
  expect(body).not.toHaveProperty('accountid')
  const branch = await sales.create('accounts', { ...body, name: 'Contoso Chicago', address1_city: 'Chicago' })
  expect(branch).toMatchObject({ name: 'Contoso Chicago', revenue: 1234.5, _parentaccountid_value: contoso.accountid })
  expect((await call(',SkipParentalRelationshipMapping=true')).body).not.toHaveProperty('parentaccountid@odata.bind')
})

test('InitializeFrom starts contacts, opportunities and documents', async (t) => {
  const sales = await startSales(t)
  const account = await sales.create('accounts', { name: 'Fabrikam', address1_city: 'Oslo', telephone1: '22' }, 'accountid')
  const lead = await sales.create('leads', { subject: 'Big sale', lastname: 'Berg', companyname: 'Berg AS', budgetamount: 10 }, 'leadid')
  const from = async (set: string, id: string, target: string) => {
    const type = `TargetFieldType=${CRM}.TargetFieldType'ValidForCreate'`
    const answer = await sales.get(`InitializeFrom(EntityMoniker=@p,TargetEntityName='${target}',${type})?@p={'@odata.id':'${set}(${id})'}`)
    expect(answer.status, answer.text).toBe(200)
    return answer.body
  }
  const contact = await sales.create('contacts', { ...(await from('accounts', account.accountid, 'contact')), lastname: 'New' })
  expect(contact).toMatchObject({ _parentcustomerid_value: account.accountid, address1_city: 'Oslo', telephone1: '22' })
  const assistant = await sales.create('contacts', { ...(await from('contacts', contact.contactid, 'contact')), lastname: 'Assistant' })
  expect(assistant).toMatchObject({ _parentcustomerid_value: contact.contactid, address1_city: 'Oslo', lastname: 'Assistant' })
  const opportunity = await sales.create('opportunities', await from('leads', lead.leadid, 'opportunity'))
  expect(opportunity).toMatchObject({ name: 'Big sale', budgetamount: 10, _originatingleadid_value: lead.leadid })
  const company = await sales.create('accounts', await from('leads', lead.leadid, 'account'))
  expect(company).toMatchObject({ name: 'Berg AS', _originatingleadid_value: lead.leadid })
  const list = await sales.create('pricelevels', { name: 'Retail' }, 'pricelevelid')
  const quote = await sales.create('quotes', {
    ...(await from('accounts', account.accountid, 'quote')),
    name: 'Offer',
    'pricelevelid@odata.bind': `/pricelevels(${list.pricelevelid})`,
  })
  expect(quote).toMatchObject({ _customerid_value: account.accountid, billto_city: 'Oslo', shipto_city: 'Oslo' })
  const order = await sales.create('salesorders', await from('quotes', quote.quoteid, 'salesorder'))
  expect(order).toMatchObject({ name: 'Offer', _quoteid_value: quote.quoteid, billto_city: 'Oslo' })
  const invoice = await sales.create('invoices', await from('salesorders', order.salesorderid, 'invoice'))
  expect(invoice).toMatchObject({ name: 'Offer', _salesorderid_value: order.salesorderid, shipto_city: 'Oslo' })
})

test('InitializeFrom refuses unknown rows, tables and pairs, and rows that the caller may not read', async (t) => {
  const sales = await startSales(t)
  const account = await sales.create('accounts', { name: 'Hidden' }, 'accountid')
  const call = (moniker: string, target: string, type = `${CRM}.TargetFieldType'All'`, as = sales) =>
    as.get(`InitializeFrom(EntityMoniker=@p,TargetEntityName='${target}',TargetFieldType=${type})?@p=${moniker}`)
  const moniker = `{'@odata.id':'accounts(${account.accountid})'}`
  const missing = "{'@odata.id':'accounts(6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ff)'}"
  expect(refusalOf(await call(moniker, 'spaceship'))).toBe('404 0x80040217')
  expect(refusalOf(await call(missing, 'account'))).toBe('404 0x80040217')
  expect(refusalOf(await call(moniker, 'pricelevel'))).toBe('400 0x80040203')
  expect((await call(moniker, 'account', `${CRM}.TargetFieldType'Sometimes'`)).status).toBe(400)
  expect((await call("{'name':'x'}", 'account')).status).toBe(400)
  expect((await call("'text'", 'account')).status).toBe(400)
  const root = (await sales.get('WhoAmI')).body.BusinessUnitId
  const parent = { 'parentbusinessunitid@odata.bind': `/businessunits(${root})` }
  const unit = await sales.create('businessunits', { name: 'Elsewhere', ...parent }, 'businessunitid')
  const stranger = await sales.user({ roles: ['Salesperson'], unit: unit.businessunitid })
  expect((await call(moniker, 'account', undefined, sales.as(stranger))).status).toBe(403)
})
