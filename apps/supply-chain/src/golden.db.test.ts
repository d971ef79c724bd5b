import { expect, test } from 'vitest'
import { aCustomer, CLIENT, D, F, startGolden } from './supply-chain-app.fixture.ts'

const N = 'Microsoft.Dynamics.DataEntities'
const ETAG = expect.stringMatching(/^W\/"[A-Za-z0-9+/=]+"$/)
const ANY = expect.any(String)

const notFoundForUpdate = {
  error: {
    code: '',
    message: 'An error has occurred.',
    innererror: { message: 'No resources were found when selecting for update.', type: ANY, stacktrace: ANY },
  },
}

test('G-FO-01 G-FO-02 FO-001 FO-004 FO-005 FO-065 a token is issued and the version action answers it', async (t) => {
  const golden = await startGolden(t)
  const form = `client_id=${CLIENT.clientId}&client_secret=s3cret%7Evalue&scope=${encodeURIComponent(`${F}/.default`)}&grant_type=client_credentials`
  const reply = await golden.app.inject({
    method: 'POST',
    url: '/6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0a0/oauth2/v2.0/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: form,
  })
  expect(reply.statusCode).toBe(200)
  expect(reply.json()).toMatchObject({ token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: ANY })
  for (const name of ['GetApplicationVersion', 'GetApplicationBuildVersion', 'GetPlatformBuildVersion']) {
    const version = await golden.post(`${D}/DataManagementEntities/${N}.${name}`, {})
    expect(version).toMatchObject({ status: 200, json: { '@odata.context': `${D}/$metadata#Edm.String`, value: ANY } })
  }
})

test('G-FO-03 FO-014 FO-026 FO-028 FO-033 FO-034 FO-036 FO-037 a create gives the whole row with defaults and empty values', async (t) => {
  const golden = await startGolden(t)
  const reply = await golden.post(`${D}/CustomersV3?cross-company=true`, {
    dataAreaId: 'hms1',
    CustomerAccount: 'C-0003',
    OrganizationName: 'Fjordline Charter',
    PartyType: 'Organization',
    CustomerGroupId: '10',
    SalesCurrencyCode: 'NOK',
  })
  expect(reply.status).toBe(201)
  expect(reply.headers.location).toBe(`${D}/CustomersV3(dataAreaId='hms1',CustomerAccount='C-0003')`)
  expect(reply.json).toMatchObject({
    '@odata.context': `${D}/$metadata#CustomersV3/$entity`,
    '@odata.etag': ETAG,
    dataAreaId: 'hms1',
    CustomerAccount: 'C-0003',
    OrganizationName: 'Fjordline Charter',
    PartyType: 'Organization',
    CustomerGroupId: '10',
    SalesCurrencyCode: 'NOK',
    PaymentTerms: '',
    CreditLimit: 0,
    CreditLimitIsMandatory: 'No',
    OnHoldStatus: 'No',
  })
  const decoded = Buffer.from(String(reply.json['@odata.etag']).slice(3, -1), 'base64').toString()
  expect(decoded).toMatch(/^'1,\d{10,}'$/)
  expect(Object.values(reply.json)).not.toContain(null)
})

test('G-FO-04 FO-021 a keyed read with $select', async (t) => {
  const golden = await startGolden(t)
  const expected = {
    '@odata.context': `${D}/$metadata#CustomersV3(CustomerAccount,OrganizationName)/$entity`,
    '@odata.etag': ETAG,
    CustomerAccount: 'C-0001',
    OrganizationName: 'Halvorsen Marine Supply',
  }
  for (const key of ["dataAreaId='hms1',CustomerAccount='C-0001'", "CustomerAccount='c-0001',dataAreaId='HMS1'"]) {
    const reply = await golden.get(`${D}/CustomersV3(${key})?$select=CustomerAccount,OrganizationName`)
    expect(reply).toMatchObject({ status: 200 })
    expect(reply.json).toEqual(expected)
  }
})

test('G-FO-05 G-FO-06 FO-011 FO-012 FO-013 FO-020 FO-122 a read is of the default company unless cross-company is asked', async (t) => {
  const golden = await startGolden(t)
  const own = await golden.get(`${D}/CustomersV3?$select=dataAreaId,CustomerAccount&$orderby=dataAreaId,CustomerAccount`)
  expect(own.json).toEqual({
    '@odata.context': `${D}/$metadata#CustomersV3(dataAreaId,CustomerAccount)`,
    value: [
      { '@odata.etag': ETAG, dataAreaId: 'hms1', CustomerAccount: 'C-0001' },
      { '@odata.etag': ETAG, dataAreaId: 'hms1', CustomerAccount: 'C-0002' },
    ],
  })
  const other = await golden.get(`${D}/CustomersV3?cross-company=true&$filter=dataAreaId eq 'hms2'&$select=dataAreaId,CustomerAccount`)
  expect(other.json).toEqual({
    '@odata.context': `${D}/$metadata#CustomersV3(dataAreaId,CustomerAccount)`,
    value: [{ '@odata.etag': ETAG, dataAreaId: 'hms2', CustomerAccount: 'C-0001' }],
  })
  expect((await golden.get(`${D}/CustomersV3?$filter=dataAreaId eq 'hms2'`)).json.value).toEqual([])
  expect((await golden.get(`${D}/CustomersV3/$count`)).text).toBe('2')
  for (const option of ['cross-company=true', 'cross-company=TRUE', 'cross-company=true&cross-company=true'])
    expect((await golden.get(`${D}/CustomersV3/$count?${option}`)).text).toBe('3')
  expect((await golden.get(`${D}/CustomersV3?$top=9&cross-company=True&$select=CustomerAccount`)).json.value).toHaveLength(3)
  expect((await golden.get(`${D}/CustomersV3(dataAreaId='hms2',CustomerAccount='C-0001')`)).status).toBe(404)
  expect((await golden.get(`${D}/CustomersV3(dataAreaId='hms2',CustomerAccount='C-0001')?cross-company=true`)).status).toBe(200)
})

test('G-FO-07 G-FO-08 G-FO-09 G-FO-17 G-FO-34 FO-015 FO-038 FO-039 updates and deletes answer 204, missing rows 400', async (t) => {
  const golden = await startGolden(t)
  const one = `${D}/CustomersV3(dataAreaId='hms1',CustomerAccount='C-0001')?cross-company=true`
  expect(await golden.patch(one, { OrganizationName: 'Halvorsen Marine Supply AS' })).toMatchObject({ status: 204, text: '' })
  expect((await golden.get(one)).json.OrganizationName).toBe('Halvorsen Marine Supply AS')
  expect(await golden.call('PUT', one, { OrganizationName: 'Halvorsen' })).toMatchObject({ status: 204, text: '' })
  const missing = `${D}/CustomersV3(dataAreaId='hms1',CustomerAccount='C-9999')?cross-company=true`
  const reply = await golden.patch(missing, { OrganizationName: 'Nobody' })
  expect(reply.status).toBe(400)
  expect(reply.json).toEqual(notFoundForUpdate)
  expect((await golden.get(missing)).status).toBe(404)
  const foreign = await golden.patch(`${D}/CustomersV3(dataAreaId='hms2',CustomerAccount='C-0001')`, { OrganizationName: 'X' })
  expect(foreign).toMatchObject({ status: 400, json: notFoundForUpdate })
  const second = `${D}/CustomersV3(dataAreaId='hms1',CustomerAccount='C-0002')?cross-company=true`
  expect(await golden.delete(second)).toMatchObject({ status: 204, text: '' })
  expect((await golden.get(second)).status).toBe(404)
  expect(await golden.delete(missing)).toMatchObject({ status: 400, json: notFoundForUpdate })
})

test('G-FO-10 FO-041 a duplicate key is refused and the row stays', async (t) => {
  const golden = await startGolden(t)
  const reply = await golden.post(
    `${D}/CustomersV3?cross-company=true`,
    aCustomer({ CustomerAccount: 'C-0002', OrganizationName: 'Nordkai Yards' }),
  )
  expect(reply.status).toBe(400)
  expect(reply.json).toEqual({
    error: {
      code: '',
      message: 'An error has occurred.',
      innererror: {
        message:
          "Write failed for table row of type 'CustCustomerV3Entity'. Infolog: Error: Cannot create a record in Customers (CustTable). Customer account: C-0002. The record already exists.",
        type: 'Microsoft.Dynamics.Platform.Integration.Services.OData.AxODataWriteException',
        stacktrace: '',
      },
    },
  })
})

test('G-FO-12 FO-059 a reply holds a page and the link to the next one, which is followed verbatim', async (t) => {
  const golden = await startGolden(t, { settings: { pageSize: 2 } })
  const first = await golden.get(`${D}/CustomersV3?cross-company=true&$select=CustomerAccount`)
  expect(first.json).toEqual({
    '@odata.context': `${D}/$metadata#CustomersV3(CustomerAccount)`,
    value: [
      { '@odata.etag': ANY, CustomerAccount: 'C-0001' },
      { '@odata.etag': ANY, CustomerAccount: 'C-0002' },
    ],
    '@odata.nextLink': expect.stringMatching(
      /^https:.*\/data\/CustomersV3\?cross-company=true&\$select=CustomerAccount&\$skiptoken=[A-Za-z0-9_-]+$/,
    ),
  })
  const second = await golden.get(decodeURI(first.json['@odata.nextLink']))
  expect(second.json.value).toEqual([{ '@odata.etag': ANY, CustomerAccount: 'C-0001' }])
  expect(second.json['@odata.nextLink']).toBeUndefined()
})

test('G-FO-14 FO-057 an unknown field names property and type', async (t) => {
  const golden = await startGolden(t)
  const reply = await golden.get(`${D}/CustomersV3?$filter=Nmae eq 'x'`)
  expect(reply).toMatchObject({
    status: 400,
    json: {
      error: {
        code: '',
        innererror: { message: `Could not find a property named 'Nmae' on type '${N}.CustomerV3'.`, type: ANY, stacktrace: ANY },
      },
    },
  })
})

test('G-FO-27 FO-111 a throttled client is told when to come again', async (t) => {
  const golden = await startGolden(t)
  const rule = { kind: 'throttle', rate: 1, retryAfterSeconds: 12 }
  expect((await golden.call('PUT', `${F}/local/faults`, { seed: 1, rules: [rule] })).status).toBe(200)
  const reply = await golden.get(`${D}/CustomersV3?$top=1`)
  expect(reply).toMatchObject({ status: 429, headers: { 'retry-after': '12' } })
  expect(reply.json).toEqual({
    error: {
      code: '',
      message:
        'This request could not be processed at this time due to system experiencing high resource utilization. Please retry the request after 12 seconds',
    },
  })
})

test('G-FO-28 G-FO-29 G-FO-35 FO-078 FO-081 metadata of an entity, an enumeration and a label', async (t) => {
  const golden = await startGolden(t)
  expect((await golden.get(`${F}/metadata/DataEntities('CustCustomerV3Entity')`)).json).toMatchObject({
    '@odata.context': `${F}/metadata/$metadata#DataEntities/$entity`,
    Name: 'CustCustomerV3Entity',
    PublicEntityName: 'CustomerV3',
    PublicCollectionName: 'CustomersV3',
    LabelId: ANY,
    DataServiceEnabled: true,
    DataManagementEnabled: true,
    EntityCategory: 'Master',
    IsReadOnly: false,
  })
  expect((await golden.get(`${F}/metadata/PublicEnumerations('NoYes')`)).json).toMatchObject({
    '@odata.context': `${F}/metadata/$metadata#PublicEnumerations/$entity`,
    Name: 'NoYes',
    LabelId: ANY,
    ConfigurationEnabled: true,
    Members: [
      { Name: 'No', Value: 0, LabelId: ANY, ConfigurationEnabled: true },
      { Name: 'Yes', Value: 1, LabelId: ANY, ConfigurationEnabled: true },
    ],
  })
  expect((await golden.get(`${F}/metadata/Labels(Id='@SYS1',Language='en-us')`)).json).toEqual({
    '@odata.context': `${F}/metadata/$metadata#Labels/$entity`,
    Id: '@SYS1',
    Language: 'en-us',
    Value: ANY,
  })
})

test('G-FO-30 FO-115 a batch job is put back in the queue', async (t) => {
  const golden = await startGolden(t)
  const reply = await golden.post(`${D}/BatchJobs/${N}.SetBatchJobToWaiting`, { batchJobId: 5637201101 })
  expect(reply).toMatchObject({ status: 200, json: { '@odata.context': `${D}/$metadata#Edm.String`, value: ANY } })
})

test('G-FO-33 FO-022 FO-118 an incomplete key and an unknown set lead nowhere', async (t) => {
  const golden = await startGolden(t)
  for (const path of [
    "CustomersV3('C-0001')",
    "CustomersV3(CustomerAccount='C-0001')",
    'Customerz',
    "CustomersV3(dataAreaId='hms1',Nope='1')",
    'CustomersV3/Nope',
  ]) {
    const reply = await golden.get(`${D}/${path}`)
    expect([path, reply.status]).toEqual([path, 404])
    expect(reply.json).toEqual({
      Message: expect.stringMatching(
        /^No HTTP resource was found that matches the request URI '.*'\. No route data was found for this request\.$/,
      ),
    })
  }
})
