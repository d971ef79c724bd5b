import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { aCustomer, D, startGolden } from './supply-chain-app.fixture.ts'

const row = (account: string) => `${D}/CustomersV3(dataAreaId='hms1',CustomerAccount='${account}')?cross-company=true`

test('FO-050 FO-074 every refusal has the error body; a missing row is 404', async (t) => {
  const golden = await startGolden(t)
  const missing = await golden.get(row('C-9999'))
  expect([missing.status, missing.json]).toEqual([404, { error: { code: '', message: 'No resource was found for the given key.' } }])
  const replies = [
    await golden.get(`${D}/CustomersV3?$filter=Nope eq 1`),
    await golden.post(`${D}/CustomersV3`, aCustomer({ CustomerAccount: 'C-9', CustomerGroupId: '99' })),
    await golden.post(`${D}/CustomersV3`, '{'),
    await golden.patch(row('C-9999'), { OrganizationName: 'X' }),
    await golden.delete(row('C-9999')),
  ]
  for (const reply of replies) {
    expect(reply.status).toBe(400)
    expect(reply.json).toEqual({
      error: {
        code: '',
        message: expect.any(String),
        innererror: { message: expect.any(String), type: expect.any(String), stacktrace: '' },
      },
    })
  }
})

test('G-FO-11 FO-043 FO-120 on customers: the value, its field and the field of the entity are named', async (t) => {
  const golden = await startGolden(t)
  const reply = await golden.post(`${D}/CustomersV3?cross-company=true`, aCustomer({ CustomerAccount: 'C-9', CustomerGroupId: '99' }))
  expect([reply.status, reply.json]).toEqual([
    400,
    {
      error: {
        code: '',
        message: 'An error has occurred.',
        innererror: {
          message:
            "Write failed for table row of type 'CustCustomerV3Entity'. Infolog: Warning: The value '99' in field 'Customer group' is not found in the related table 'Customer groups'.; Warning: validateField failed on field 'CustCustomerV3Entity.CustomerGroupId'.",
          type: 'Microsoft.Dynamics.Platform.Integration.Services.OData.AxODataWriteException',
          stacktrace: '',
        },
      },
    },
  ])
  expect((await golden.get(row('C-9'))).status).toBe(404)
})

test('G-FO-13 FO-053 FO-054 FO-062 on customers: enumeration, wildcard and total', async (t) => {
  const golden = await startGolden(t)
  const hold = "OnHoldStatus eq Microsoft.Dynamics.DataEntities.CustVendorBlocked'No'"
  const reply = await golden.get(
    `${D}/CustomersV3?cross-company=true&$filter=dataAreaId eq 'hms1' and ${hold} and OrganizationName eq '*Marine*'&$select=CustomerAccount,OnHoldStatus&$count=true&$top=1`,
  )
  expect(reply.json).toEqual({
    '@odata.context': `${D}/$metadata#CustomersV3(CustomerAccount,OnHoldStatus)`,
    '@odata.count': 1,
    value: [{ '@odata.etag': expect.any(String), CustomerAccount: 'C-0001', OnHoldStatus: 'No' }],
  })
})

test('a long list of keys finds the same rows as one comparison each: any case, trailing blanks, wildcards', async (t) => {
  const golden = await startGolden(t)
  for (const account of ['İzmir', 'ΟΔΟΣ', "O'Neil"]) {
    const reply = await golden.post(`${D}/CustomersV3`, aCustomer({ CustomerAccount: account }))
    expect(reply.status).toBe(201)
  }
  const found = async (values: readonly string[]) => {
    const filter = values.map((value) => `CustomerAccount eq '${value.replaceAll("'", "''")}'`).join(' or ')
    const { json } = await golden.get(
      `${D}/CustomersV3?cross-company=true&$select=CustomerAccount&$filter=dataAreaId eq 'hms1' and (${filter})`,
    )
    return json.value.map((each: { CustomerAccount: string }) => each.CustomerAccount).sort()
  }
  const others = ['x1', 'x2', 'x3', 'x4', 'x5']
  const cases = [['c-0001'], ['C-0002  '], ['İzmir'], ['ΟΔΟΣ', 'οδοσ'], ["o'neil"], ['C-*'], ['']]
  for (const values of cases) expect([values, await found([...values, ...others])]).toEqual([values, await found(values)])
  expect(await found(['c-0001', 'ΟΔΟΣ', 'İzmir', ...others])).toEqual(['C-0001', 'İzmir', 'ΟΔΟΣ'])
})

test('a key of letters that change length with their case is found again: read, changed, refused as a duplicate', async (t) => {
  const golden = await startGolden(t)
  for (const account of ['İzmir', 'ΟΔΟΣ', 'STRAẞE']) {
    expect((await golden.post(`${D}/CustomersV3`, aCustomer({ CustomerAccount: account }))).status).toBe(201)
    expect((await golden.get(row(account))).json.CustomerAccount).toBe(account)
    expect((await golden.patch(row(account), { OrganizationName: 'Changed' })).status).toBe(204)
    expect((await golden.post(`${D}/CustomersV3`, aCustomer({ CustomerAccount: account }))).text).toContain('The record already exists.')
  }
})

test('return=minimal leaves the row out of the reply to a create', async (t) => {
  const golden = await startGolden(t)
  const reply = await golden.call('POST', `${D}/CustomersV3`, aCustomer({ CustomerAccount: 'C-9' }), { prefer: 'return=minimal' })
  expect([reply.status, reply.text, reply.headers['preference-applied']]).toEqual([204, '', 'return=minimal'])
  expect(reply.headers.location).toBe(`${D}/CustomersV3(dataAreaId='hms1',CustomerAccount='C-9')`)
  expect((await golden.get(row('C-9'))).status).toBe(200)
})

test('numbers that sequences give stay without gaps and repeats when change sets run side by side and some fail', async (t) => {
  const golden = await startGolden(t)
  const create = (account: string, group = '10') =>
    golden.post(`${D}/CustomersV3`, aCustomer({ CustomerAccount: account, CustomerGroupId: group }))
  const replies = await Promise.all(Array.from({ length: 12 }, (_, index) => create(`N-${index}`, index % 3 === 0 ? '99' : '10')))
  const parties = replies
    .filter((reply) => reply.status === 201)
    .map((reply) => Number(reply.json.PartyNumber))
    .sort((a, b) => a - b)
  expect(parties).toHaveLength(8)
  expect(parties.map((party) => party - (parties[0] ?? 0))).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

test('a stop does not wait for a client that never finishes its request', async (t) => {
  const golden = await startGolden(t)
  const address = new URL(await golden.app.listen({ host: '127.0.0.1', port: 0 }))
  const client = connect(Number(address.port), address.hostname)
  t.onTestFinished(() => void client.destroy())
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
  client.on('error', () => undefined) // the reset that the stop causes
  client.write(`POST /data/CustomersV3 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${golden.token}\r\nContent-Length: 100\r\n\r\n{`)
  await new Promise<void>((resolve) => golden.app.server.once('request', () => resolve()))
  await golden.app.close()
  await closed
})
