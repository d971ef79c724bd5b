import { readCsdl } from '@p2c/odata'
import { expect, test } from 'vitest'
import { aCustomer, D, F, startGolden } from './supply-chain-app.fixture.ts'

const N = 'Microsoft.Dynamics.DataEntities'
const inner = (json: { error: { innererror: { message: string } } }): string => json.error.innererror.message
const row = (account: string, company = 'hms1') =>
  `${D}/CustomersV3(dataAreaId='${company}',CustomerAccount='${account}')?cross-company=true`

test('FO-003 FO-004 FO-010 a call without a good token, or of a client without a user, is refused', async (t) => {
  const golden = await startGolden(t)
  for (const path of ['/data', '/data/CustomersV3', '/metadata/DataEntities', '/api/services', '/Data/CustomersV3']) {
    for (const headers of [{}, { authorization: 'Bearer x.y.z' }, { authorization: 'Basic abc' }]) {
      const reply = await golden.app.inject({ method: 'GET', url: path, headers })
      expect([path, reply.statusCode, reply.headers['www-authenticate']]).toEqual([path, 401, 'Bearer'])
    }
    expect((await golden.get(`${F}${path}`)).status).toBe(200)
  }
  const unmapped = await startGolden(t, { findUser: () => ({ userId: 'integration', defaultCompany: 'hms1' }) })
  expect((await unmapped.get(`${D}/CustomersV3`)).status).toBe(200)
})

test('FO-003 a client that is not mapped to a user is refused', async (t) => {
  const mapped = { isMapped: true }
  const golden = await startGolden(t, { findUser: () => (mapped.isMapped ? { userId: 'integration', defaultCompany: 'hms1' } : undefined) })
  mapped.isMapped = false
  expect((await golden.get(`${D}/CustomersV3`)).status).toBe(401)
})

test('FO-006 FO-007 service document and $metadata describe every set', async (t) => {
  const golden = await startGolden(t)
  const document = await golden.get(D)
  expect(document.json['@odata.context']).toBe(`${D}/$metadata`)
  expect(document.json.value).toContainEqual({ name: 'CustomersV3', kind: 'EntitySet', url: 'CustomersV3' })
  expect(document.json.value.map((each: { name: string }) => each.name)).not.toContain('InventDistinctProducts')
  const metadata = await golden.get(`${D}/$metadata`)
  expect(metadata.headers['content-type']).toMatch(/^application\/xml/)
  const [schema] = readCsdl(metadata.text).schemas
  expect(schema?.namespace).toBe(N)
  const customer = schema?.entityTypes?.find((type) => type.name === 'CustomerV3')
  expect(customer?.key).toEqual(['dataAreaId', 'CustomerAccount'])
  expect(customer?.properties.find((property) => property.name === 'OnHoldStatus')?.type).toBe(`${N}.CustVendorBlocked`)
  expect(schema?.container?.name).toBe('Resources')
  expect(schema?.container?.entitySets.map((set) => set.name).sort()).toEqual(
    document.json.value.map((each: { name: string }) => each.name).sort(),
  )
  expect(schema?.actions?.map((action) => action.name)).toContain('GetApplicationVersion')
  expect(schema?.enumTypes?.find((type) => type.name === 'EcoResProductType')?.members).toMatchObject([
    { name: 'Item', value: '1' },
    { name: 'Service', value: '2' },
  ])
})

test('FO-014 FO-018 a row without company goes to the default company, which no update can change', async (t) => {
  const golden = await startGolden(t)
  const { dataAreaId: _, ...customer } = aCustomer({ CustomerAccount: 'C-0100' })
  expect((await golden.post(`${D}/CustomersV3`, customer)).json.dataAreaId).toBe('hms1')
  expect((await golden.post(`${D}/CustomersV3`, aCustomer({ CustomerAccount: 'C-0101', dataAreaId: 'HMS2' }))).json.dataAreaId).toBe('hms2')
  expect((await golden.patch(row('C-0100'), { dataAreaId: 'hms2' })).status).toBe(400)
  expect((await golden.patch(row('C-0100'), { dataAreaId: 'HMS1', CustomerAccount: 'c-0100', KnownAs: 'x' })).status).toBe(204)
  expect((await golden.get(row('c-0100', 'HMS1'))).json).toMatchObject({ CustomerAccount: 'C-0100', KnownAs: 'x' })
})

test('FO-017 shared entities have no company and ignore the option', async (t) => {
  const golden = await startGolden(t)
  const currency = await golden.get(`${D}/Currencies('nok')`)
  expect(currency.json).toMatchObject({ CurrencyCode: 'NOK', GeneralRoundingRule: 0.01 })
  expect(currency.json).not.toHaveProperty('dataAreaId')
  expect((await golden.get(`${D}/Currencies/$count?cross-company=true`)).text).toBe((await golden.get(`${D}/Currencies/$count`)).text)
  expect(
    (await golden.get(`${D}/LegalEntities?$select=LegalEntityId`)).json.value.map((each: { LegalEntityId: string }) => each.LegalEntityId),
  ).toEqual(['demf', 'hms1', 'hms2', 'usmf'])
  expect((await golden.get(`${D}/Companies('hms1')`)).json).toMatchObject({ DataArea: 'hms1', Name: 'Company hms1' })
})

test('FO-019 a company outside the rights of the user gives no rows and refuses writes', async (t) => {
  const rights = { companies: undefined as readonly string[] | undefined }
  const golden = await startGolden(t, {
    findUser: () => ({ userId: 'u', defaultCompany: 'hms1', ...(rights.companies && { companies: rights.companies }) }),
  })
  rights.companies = ['hms1']
  expect((await golden.get(`${D}/CustomersV3/$count?cross-company=true`)).text).toBe('2')
  expect((await golden.get(row('C-0001', 'hms2'))).status).toBe(404)
  expect((await golden.patch(row('C-0001', 'hms2'), { KnownAs: 'x' })).status).toBe(400)
  const created = await golden.post(`${D}/CustomersV3?cross-company=true`, aCustomer({ CustomerAccount: 'C-0200', dataAreaId: 'hms2' }))
  expect(created.status).toBe(400)
  expect(inner(created.json as never)).toContain('The company hms2 does not exist or is not accessible.')
  rights.companies = undefined
  const unknown = await golden.post(`${D}/PaymentTerms`, { dataAreaId: 'zz', Name: 'Net1' })
  expect(unknown.status).toBe(400)
  expect(inner(unknown.json as never)).toContain('The company zz does not exist or is not accessible.')
})

test('FO-021 FO-023 FO-024 FO-119 key values: any order, quotes doubled, encoded slashes, enumerations plain and qualified', async (t) => {
  const golden = await startGolden(t)
  const odd = "O'Hara & Sons/50%"
  expect((await golden.post(`${D}/CustomersV3`, aCustomer({ CustomerAccount: odd }))).status).toBe(201)
  const encoded = encodeURIComponent(odd.replaceAll("'", "''"))
  const reply = await golden.app.inject({
    method: 'GET',
    url: `/data/CustomersV3(CustomerAccount='${encoded}',dataAreaId='hms1')?$select=CustomerAccount`,
    headers: { authorization: `Bearer ${golden.token}` },
  })
  expect([reply.statusCode, reply.json().CustomerAccount]).toEqual([200, odd])
  for (const scope of [`${N}.NumberSequenceType'DataArea'`, "'DataArea'"]) {
    const reference = await golden.get(`${D}/NumberSequencesV2References(ScopeType=${scope},ScopeValue='usmf',DataTypeName='CustAccount')`)
    expect([scope, reference.status]).toEqual([scope, 200])
  }
  const rate = await golden.get(
    `${D}/ExchangeRates(RateTypeName='Default',FromCurrency='EUR',ToCurrency='USD',StartDate=2020-01-01T12:00:00Z)`,
  )
  expect(rate.json).toMatchObject({
    StartDate: '2020-01-01T12:00:00Z',
    EndDate: '1900-01-01T12:00:00Z',
    Rate: 110,
    ConversionFactor: 'Hundred',
  })
})

test('FO-027 FO-035 FO-043 FO-044 FO-046 FO-047 bodies that are refused leave nothing behind', async (t) => {
  const golden = await startGolden(t)
  const base = aCustomer({ CustomerAccount: 'C-0300' })
  const cases: readonly (readonly [change: Readonly<Record<string, unknown>>, text: string])[] = [
    [{ OnHoldStatus: 'Maybe' }, 'OnHoldStatus'],
    [{ CreditLimit: 'much' }, 'CreditLimit'],
    [{ CreditLimit: true }, 'CreditLimit'],
    [{ OrganizationNumberOfEmployees: 1.5 }, 'OrganizationNumberOfEmployees'],
    [{ OrganizationNumberOfEmployees: 3_000_000_000 }, 'OrganizationNumberOfEmployees'],
    [{ Nmae: 'x' }, "'Nmae' does not exist"],
    [{ __proto__x: 'x' }, '__proto__x'],
    [{ OrganizationName: ['x'] }, 'OrganizationName'],
    [{ CustomerGroup: { CustomerGroupId: '10' } }, 'CustomerGroup'],
    [{ ContactPersons: [] }, 'ContactPersons'],
    [{ OrganizationName: 5 }, 'OrganizationName'],
    [{ CustomerAccount: 'C'.repeat(21) }, 'exceeds the maximum length 20'],
    [{ OrganizationName: 'a\u0000b' }, 'character that cannot be stored'],
    [
      { CustomerGroupId: '99' },
      "The value '99' in field 'Customer group' is not found in the related table 'Customer groups'.; Warning: validateField failed on field 'CustCustomerV3Entity.CustomerGroupId'.",
    ],
    [
      { SalesCurrencyCode: '' },
      "Field 'Currency' must be filled in.; Warning: validateWrite failed on data source 'CustTable (CustTable)'.",
    ],
    [{ FullPrimaryAddress: 'x' }, 'cannot be changed'],
    [{ CustTableRecId: 5 }, 'cannot be changed'],
  ]
  for (const [change, text] of cases) {
    const reply = await golden.post(`${D}/CustomersV3`, { ...base, ...change })
    expect([text, reply.status]).toEqual([text, 400])
    expect(inner(reply.json as never)).toContain(text)
    expect(reply.text).not.toMatch(/\bat .*\.ts|node_modules/)
  }
  expect((await golden.get(row('C-0300'))).status).toBe(404)
  expect((await golden.patch(row('C-0001'), { FullPrimaryAddress: 'x' })).status).toBe(400)
  expect((await golden.patch(row('C-0001'), { PartyNumber: 'other' })).status).toBe(400)
  for (const body of ['{', '[]', '"x"', 'null', '{"a":1}}', '{"OrganizationName":"a"'.padEnd(40, ' ')]) {
    const reply = await golden.call('POST', `${D}/CustomersV3`, body)
    expect([body, reply.status, reply.json.error.message]).toEqual([body, 400, 'The request is invalid.'])
  }
})

test('FO-045 read-only sets refuse writes', async (t) => {
  const golden = await startGolden(t)
  const key = `${D}/SellableReleasedProducts(dataAreaId='hms1',ProductNumber='x')`
  for (const reply of [await golden.post(`${D}/SellableReleasedProducts`, {}), await golden.patch(key, {}), await golden.delete(key)])
    expect(reply.status).toBe(405)
})

test('FO-034 FO-048 the ETag changes with each real change, guards updates, and stays when nothing changes', async (t) => {
  const golden = await startGolden(t)
  const first = (await golden.get(row('C-0001'))).json['@odata.etag']
  expect(
    (await golden.patch(row('C-0001'), { OrganizationName: 'Halvorsen Marine Supply', SalesCurrencyCode: 'nok', CreditLimit: 0.0 })).status,
  ).toBe(204)
  expect((await golden.get(row('C-0001'))).json['@odata.etag']).toBe(first)
  expect((await golden.patch(row('C-0001'), { KnownAs: 'one' }, { 'if-match': first })).status).toBe(204)
  const second = (await golden.get(row('C-0001'))).json['@odata.etag']
  expect(second).not.toBe(first)
  expect((await golden.patch(row('C-0001'), { KnownAs: 'two' }, { 'if-match': first })).status).toBe(412)
  expect((await golden.patch(row('C-0001'), { KnownAs: 'two' }, { 'if-match': '*' })).status).toBe(204)
  expect((await golden.call('DELETE', row('C-0001'), undefined, { 'if-match': second })).status).toBe(412)
})

test('FO-051 FO-052 FO-053 FO-054 FO-056 FO-062 FO-063 FO-064 query options', async (t) => {
  const golden = await startGolden(t)
  await golden.patch(row('C-0002'), { OnHoldStatus: 'All', CreditLimit: 1500.25, PaymentTerms: 'Net30' })
  const found = async (query: string) => {
    const reply = await golden.get(`${D}/CustomersV3?cross-company=true&$select=dataAreaId,CustomerAccount&${query}`)
    expect([query, reply.status]).toEqual([query, 200])
    return reply.json.value
      .map((each: { dataAreaId: string; CustomerAccount: string }) => `${each.dataAreaId}/${each.CustomerAccount}`)
      .join(' ')
  }
  const filters: readonly (readonly [filter: string, rows: string])[] = [
    ["CustomerAccount eq 'c-0001'", 'hms1/C-0001 hms2/C-0001'],
    ["OrganizationName eq '*marine*'", 'hms1/C-0001 hms2/C-0001'],
    ["OrganizationName eq 'nord*'", 'hms1/C-0002'],
    ["OrganizationName eq '*Sverige' or CreditLimit gt 1000", 'hms1/C-0002 hms2/C-0001'],
    [`OnHoldStatus eq ${N}.CustVendorBlocked'All'`, 'hms1/C-0002'],
    [`OnHoldStatus ne ${N}.CustVendorBlocked'All' and dataAreaId eq 'HMS1'`, 'hms1/C-0001'],
    ['CreditLimit mul 2 ge 3000.5', 'hms1/C-0002'],
    ['(CreditLimit add 1) div 2 gt 100', 'hms1/C-0002'],
    ["PaymentTerms eq ''", 'hms1/C-0001 hms2/C-0001'],
    ['PaymentTerms eq null', 'hms1/C-0001 hms2/C-0001'],
    ["not (PaymentTerms eq '')", 'hms1/C-0002'],
    ["OrganizationName eq 'O''Hara'", ''],
  ]
  for (const [filter, rows] of filters) expect([filter, await found(`$filter=${filter}`)]).toEqual([filter, rows])
  expect(await found('$orderby=OrganizationName desc')).toBe('hms1/C-0002 hms1/C-0001 hms2/C-0001'.split(' ').sort(byName).join(' '))
  expect(await found('$top=1&$skip=1')).toBe('hms1/C-0002')
  expect(await found('$top=0')).toBe('')
  const counted = await golden.get(`${D}/CustomersV3?cross-company=true&$count=true&$top=1&$select=CustomerAccount`)
  expect(counted.json).toMatchObject({ '@odata.count': 3, value: [{ CustomerAccount: 'C-0001' }] })
  expect((await golden.get(`${D}/CustomersV3/$count?$filter=CreditLimit gt 0`)).text).toBe('1')
  const plus = await golden.app.inject({
    method: 'GET',
    url: "/data/CustomersV3?$filter=OrganizationName+eq+'Nordkai+Yards'&$select=CustomerAccount",
    headers: { authorization: `Bearer ${golden.token}` },
  })
  expect(plus.json().value).toHaveLength(1)

  const refused = [
    "$filter=contains(OrganizationName,'x')",
    "$filter=startswith(OrganizationName,'x')",
    "$filter=CustomerAccount in ('a','b')",
    "$filter=OnHoldStatus eq 'All'",
    '$filter=OnHoldStatus eq 2',
    `$filter=OnHoldStatus gt ${N}.CustVendorBlocked'All'`,
    `$filter=OnHoldStatus eq ${N}.CustVendorBlocked'Nope'`,
    "$filter=OnHoldStatus has 'All'",
    '$apply=groupby((CustomerGroupId))',
    '$search=x',
    '$compute=1 as x',
    '$filter=',
    '$filter=CustomerAccount eq',
    '$top=-1',
    '$top=x',
    '$select=Nope',
    '$orderby=Nope',
    '$expand=Nope',
    '$expand=CustomerGroup($expand=PaymentTerm)',
    '$skiptoken=nonsense',
    '$format=xml',
  ]
  for (const query of refused) {
    const reply = await golden.get(`${D}/CustomersV3?${query}`)
    expect([query, reply.status, typeof reply.json.error?.message]).toEqual([query, 400, 'string'])
  }
})

const NAMES: Readonly<Record<string, string>> = {
  'hms1/C-0001': 'Halvorsen Marine Supply',
  'hms1/C-0002': 'Nordkai Yards',
  'hms2/C-0001': 'Halvorsen Marine Sverige',
}
const byName = (a: string, b: string): number => (NAMES[b] ?? '').localeCompare(NAMES[a] ?? '')

test('FO-056 the permissive switch answers text functions', async (t) => {
  const golden = await startGolden(t, { settings: { isPermissive: true } })
  expect((await golden.get(`${D}/CustomersV3/$count?$filter=contains(OrganizationName,'MARINE')`)).text).toBe('1')
})

test('FO-058 $expand follows the first level with a nested $select', async (t) => {
  const golden = await startGolden(t)
  const reply = await golden.get(
    `${D}/CustomersV3?$select=CustomerAccount&$expand=CustomerGroup($select=Description),ContactPersons&$orderby=CustomerAccount&$top=1`,
  )
  expect(reply.json['@odata.context']).toBe(`${D}/$metadata#CustomersV3(CustomerAccount,CustomerGroup(Description),ContactPersons())`)
  expect(reply.json.value).toMatchObject([{ CustomerAccount: 'C-0001', CustomerGroup: { Description: 'Customers' }, ContactPersons: [] }])
  expect(reply.json.value[0]).not.toHaveProperty('CustomerGroupId')
  const site = await golden.get(`${D}/OperationalSitesV2(dataAreaId='hms1',SiteId='1')?$expand=Warehouses($select=WarehouseId)`)
  expect(site.json.Warehouses).toMatchObject([{ WarehouseId: '13' }])
})

test('FO-059 FO-061 pages with an own order, a top beyond the page and a smaller page by preference cover every row once', async (t) => {
  const golden = await startGolden(t, { settings: { pageSize: 4 } })
  const operations = Array.from({ length: 23 }, (_, index) =>
    aCustomer({ CustomerAccount: `P-${String(index).padStart(3, '0')}`, OrganizationName: `Name ${index % 3}`, CreditLimit: index % 5 }),
  )
  for (const customer of operations) expect((await golden.post(`${D}/CustomersV3`, customer)).status).toBe(201)
  for (const query of [
    '$orderby=CreditLimit desc,OrganizationName',
    '$orderby=OrganizationName desc',
    '$orderby=AddressCity',
    '$top=17',
    '$skip=3',
  ]) {
    const seen: string[] = []
    let url: string | undefined = `${D}/CustomersV3?$select=CustomerAccount&$filter=CustomerAccount eq 'P*'&${query}`
    while (url !== undefined) {
      const page: Awaited<ReturnType<typeof golden.get>> = await golden.get(url, { prefer: 'odata.maxpagesize=3' })
      expect(page.json.value.length).toBeLessThanOrEqual(3)
      seen.push(...page.json.value.map((each: { CustomerAccount: string }) => each.CustomerAccount))
      url = page.json['@odata.nextLink'] === undefined ? undefined : decodeURIComponent(page.json['@odata.nextLink'])
    }
    const expected = query === '$top=17' ? 17 : query === '$skip=3' ? 20 : 23
    expect([query, seen.length, new Set(seen).size]).toEqual([query, expected, expected])
  }
})

test('property reads and metadata levels', async (t) => {
  const golden = await startGolden(t)
  const address = "CustomersV3(dataAreaId='hms1',CustomerAccount='C-0001')"
  expect((await golden.get(`${D}/${address}/OrganizationName`)).json).toEqual({
    '@odata.context': `${D}/$metadata#${address}/OrganizationName`,
    value: 'Halvorsen Marine Supply',
  })
  expect((await golden.get(`${D}/${address}/OrganizationName/$value`)).text).toBe('Halvorsen Marine Supply')
  const none = await golden.get(`${D}/${address}?$select=CustomerAccount`, { accept: 'application/json;odata.metadata=none' })
  expect(none.json).toEqual({ CustomerAccount: 'C-0001' })
  const full = await golden.get(`${D}/${address}`, { accept: 'application/json;odata.metadata=full' })
  expect(full.json).toMatchObject({
    '@odata.type': `#${N}.CustomerV3`,
    '@odata.id': `${D}/${address}`,
    'CustomerGroup@odata.navigationLink': `${D}/${address}/CustomerGroup`,
  })
  expect(full.headers).toMatchObject({
    'content-type': 'application/json; odata.metadata=full',
    'odata-version': '4.0',
    'ms-dyn-aid': expect.stringMatching(/^[0-9a-f-]{36}$/),
    'server-timing': expect.stringMatching(/^dur=\d+$/),
  })
})

test('FO-065 FO-066 FO-067 FO-121 actions', async (t) => {
  const golden = await startGolden(t)
  const missing = await golden.post(`${D}/BatchJobs/${N}.SetBatchJobToWaiting`, { batchjobid: 1 })
  expect(missing.status).toBe(400)
  expect(inner(missing.json as never)).toBe("Parameter 'batchJobId' is not found within the request content body.")
  expect((await golden.post(`${D}/BatchJobs/${N}.Nope`, {})).status).toBe(404)
  expect((await golden.post(`${D}/Nope`, {})).status).toBe(404)
  expect((await golden.get(`${D}/BatchJobs/${N}.SetBatchJobToWaiting`)).status).toBe(405)
  const failed = await golden.post(`${D}/DataManagementDefinitionGroups/${N}.GetExecutionSummaryStatus`, { executionId: 'none' })
  expect(failed.status).toBe(400)
  expect(inner(failed.json as never)).toMatch(/^Exception occurred while executing action GetExecutionSummaryStatus on Entity /)
})

test('FO-020 an action on a row of another company needs the option, as a read of the row does', async (t) => {
  const golden = await startGolden(t)
  const validate = (company: string, option = '') =>
    golden.post(`${D}/ReleasedProductsV2(dataAreaId='${company}',ItemNumber='X')/${N}.ValidateReleasedProduct${option}`, {})
  expect((await validate('hms1')).status).toBe(200)
  expect((await validate('hms2')).status).toBe(404)
  expect((await validate('HMS2', '?cross-company=true')).status).toBe(200)
})

test('FO-078 FO-079 FO-080 FO-117 /metadata queries', async (t) => {
  const golden = await startGolden(t)
  const names = async (query: string) =>
    (await golden.get(`${F}/Metadata/DataEntities?${query}`)).json.value.map((each: { Name: string }) => each.Name)
  expect(await names("$filter=contains(tolower(Name), 'custcustomer') and DataServiceEnabled eq true&$select=Name&$orderby=Name")).toEqual([
    'CustCustomerEntity',
    'CustCustomerGroupEntity',
    'CustCustomerV2Entity',
    'CustCustomerV3Entity',
  ])
  const configuration = "$filter=EntityCategory eq Microsoft.Dynamics.Metadata.EntityCategory'Configuration'"
  expect(await names(`${configuration} and contains(tolower(Name), 'dmfd')`)).toEqual(['DMFDefinitionGroupEntity'])
  expect(await names(configuration)).not.toContain('CustCustomerV3Entity')
  expect(await names('$filter=IsReadOnly eq true&$top=1&$skip=1')).toHaveLength(1)
  expect((await golden.get(`${F}/metadata/DataEntities?$count=true&$top=0`)).json['@odata.count']).toBeGreaterThan(30)
  const customer = (await golden.get(`${F}/metadata/PublicEntities('CustomerV3')`)).json
  expect(customer).toMatchObject({ Name: 'CustomerV3', EntitySetName: 'CustomersV3' })
  expect(customer.Properties.find((each: { Name: string }) => each.Name === 'dataAreaId')).toMatchObject({
    IsKey: true,
    DataType: 'String',
    TypeName: 'Edm.String',
  })
  expect(customer.Properties.find((each: { Name: string }) => each.Name === 'CustomerGroupId')).toMatchObject({
    IsMandatory: true,
    AllowEdit: true,
  })
  expect(
    (await golden.get(`${F}/metadata/PublicEntities`)).json.value.every((each: { Properties: unknown[] }) => each.Properties.length > 0),
  ).toBe(true)
  const label = (await golden.get(`${F}/metadata/Labels(Id='${customer.LabelId}',Language='en-us')`)).json
  expect(label.Value).toBe('Customers V3')
  for (const path of ["DataEntities('Nope')", "PublicEntities('Nope')", "Labels(Id='@Nope',Language='en-us')"])
    expect((await golden.get(`${F}/metadata/${path}`)).status).toBe(404)
  expect((await golden.post(`${F}/metadata/DataEntities`, {})).status).toBe(405)
  expect((await golden.get(`${F}/metadata/DataEntities?$filter=Nope eq 1`)).status).toBe(400)
})

test('FO-082 custom services are discovered level by level and called', async (t) => {
  const golden = await startGolden(t)
  expect((await golden.get(`${F}/api/services`)).json.ServiceGroups).toContainEqual({ Name: 'UserSessionService' })
  expect((await golden.get(`${F}/api/services/UserSessionService`)).json).toEqual({ Services: [{ Name: 'AifUserSessionService' }] })
  expect((await golden.get(`${F}/api/services/UserSessionService/AifUserSessionService`)).json).toEqual({
    Operations: [{ Name: 'GetUserSessionInfo' }],
  })
  const operation = `${F}/api/services/UserSessionService/AifUserSessionService/GetUserSessionInfo`
  expect((await golden.get(operation)).json).toMatchObject({ Parameters: [], Return: { Type: 'AifUserSessionInfo' } })
  expect((await golden.post(operation, {})).json).toMatchObject({ Company: 'hms1', AOSLocaleName: 'en-US' })
  expect((await golden.get(`${F}/api/services/Nope`)).status).toBe(404)
})

test('hostile addresses and bodies are refused without a crash', async (t) => {
  const golden = await startGolden(t)
  const headers = { authorization: `Bearer ${golden.token}` }
  const cases: readonly (readonly [url: string, statuses: readonly number[]])[] = [
    ['/data/CustomersV3(%', [400, 404]],
    ['/data/%00', [400, 404]],
    [`/data/CustomersV3?$filter=${'('.repeat(5_000)}`, [400]],
    [`/data/CustomersV3?$filter=CustomerAccount eq '${'x'.repeat(40_000)}'`.replaceAll(' ', '%20'), [400, 414]],
    ["/data/CustomersV3(dataAreaId='hms1',CustomerAccount='%00')", [400, 404]],
    ["/data/CustomersV3?$filter=CustomerAccount%20eq%20'%00'", [200, 400]],
    ['/data/constructor', [404]],
    ['/data/__proto__', [404]],
    ['/metadata/constructor', [404]],
    ['/data/CustomersV3?$skiptoken=W1siXHUwMDAwIiwiYSJdLG51bGxd', [400]],
    ['/data//CustomersV3', [200, 400, 404]],
    ['/nowhere', [404]],
  ]
  for (const [url, statuses] of cases) {
    const reply = await golden.app.inject({ method: 'GET', url, headers })
    expect(statuses, `${url.slice(0, 80)} -> ${reply.statusCode} ${reply.payload.slice(0, 200)}`).toContain(reply.statusCode)
    expect(reply.payload).not.toMatch(/\bat .*\.ts|node_modules/)
  }
})
