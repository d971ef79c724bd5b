import { expect, test } from 'vitest'
import { guid, startPlatform, TEST_TABLES } from './platform.case.ts'
import { createRow, jobWith, registerStep, startReceiver, until } from './webhook-receiver.fixture.ts'

const CONTRACTS = 'http://schemas.microsoft.com/xrm/2011/Contracts'
const ANY_GUID = expect.stringMatching(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/)

/** The attributes of a Target by their names. */
const attributesOf = (target: { readonly Attributes: readonly { readonly key: string; readonly value: unknown }[] }) =>
  Object.fromEntries(target.Attributes.map(({ key, value }) => [key, value]))

test('DV-119 DV-120 G-DV-30 an update reaches its webhook as the execution context of the golden exchange', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t)
  const { step } = await registerStep(sales, receiver.url)
  const changed = await sales.send('PATCH', `accounts(${guid('01')})`, {
    body: {
      name: 'Halvorsen Marine Supply AS',
      creditlimit: 60000,
      industrycode: 7,
      'primarycontactid@odata.bind': `/contacts(${guid('02')})`,
    },
  })
  expect(changed.status).toBe(204)
  const [delivery] = await receiver.wait(1)
  expect(delivery?.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'x-ms-dynamics-organization': 'halvorsen.crm4.dynamics.com',
    'x-ms-dynamics-entity-name': 'account',
    'x-ms-dynamics-request-name': 'Update',
    'x-ms-correlation-request-id': delivery?.json.CorrelationId,
    'x-secret': 's3cret',
  })
  expect(delivery?.headers).not.toHaveProperty('x-ms-dynamics-msg-size-exceeded')
  expect(delivery?.json).toEqual({
    BusinessUnitId: guid('0d'),
    CorrelationId: ANY_GUID,
    Depth: 1,
    InitiatingUserAzureActiveDirectoryObjectId: '00000000-0000-0000-0000-000000000000',
    InitiatingUserId: guid('0c'),
    InputParameters: [
      {
        key: 'Target',
        value: {
          __type: `Entity:${CONTRACTS}`,
          Attributes: expect.any(Array),
          EntityState: null,
          FormattedValues: [],
          Id: guid('01'),
          KeyAttributes: [],
          LogicalName: 'account',
          RelatedEntities: [],
          RowVersion: null,
        },
      },
    ],
    IsExecutingOffline: false,
    IsInTransaction: false,
    IsOfflinePlayback: false,
    IsolationMode: 1,
    MessageName: 'Update',
    Mode: 1,
    OperationCreatedOn: '/Date(1739266200000+0000)/',
    OperationId: ANY_GUID,
    OrganizationId: guid('0e'),
    OrganizationName: 'halvorsen',
    OutputParameters: [],
    OwningExtension: { Id: step, KeyAttributes: [], LogicalName: 'sdkmessageprocessingstep', Name: null, RowVersion: null },
    ParentContext: null,
    PostEntityImages: [],
    PreEntityImages: [],
    PrimaryEntityId: guid('01'),
    PrimaryEntityName: 'account',
    RequestId: ANY_GUID,
    SecondaryEntityName: 'none',
    SharedVariables: [],
    Stage: 40,
    UserId: guid('0c'),
  })
  expect(attributesOf(delivery?.json.InputParameters[0].value)).toEqual({
    name: 'Halvorsen Marine Supply AS',
    creditlimit: { __type: `Money:${CONTRACTS}`, Value: 60000 },
    industrycode: { __type: `OptionSetValue:${CONTRACTS}`, Value: 7 },
    primarycontactid: {
      __type: `EntityReference:${CONTRACTS}`,
      Id: guid('02'),
      KeyAttributes: [],
      LogicalName: 'contact',
      Name: null,
      RowVersion: null,
    },
    modifiedon: '/Date(1739266200000)/',
    accountid: guid('01'),
  })
})

test('a delivery is a system job: succeeded with its times, or gone where the step says so', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t)
  await registerStep(sales, receiver.url)
  await sales.send('PATCH', `accounts(${guid('01')})`, { body: { address1_city: 'Bergen' } })
  expect(await jobWith(sales, 30)).toMatchObject({
    name: 'Update step',
    operationtype: 1,
    statecode: 3,
    messagename: 'Update',
    primaryentitytype: 'account',
    regardingobjectid: guid('01'),
    startedon: '2025-02-11T09:30:00Z',
    completedon: '2025-02-11T09:30:00Z',
    message: null,
    _ownerid_value: guid('0c'),
  })
  expect((await receiver.wait(1))[0]?.json.PostEntityImages).toEqual([
    { key: 'AsynchronousStepPrimaryName', value: expect.objectContaining({ LogicalName: 'account', Id: guid('01') }) },
  ])
  const waiting = await sales.database.query('select 1 from platform_webhook_outbox')
  expect(waiting.rows).toEqual([])
  const { asyncoperationid } = await jobWith(sales, 30)
  await registerStep(sales, receiver.url, { message: 'Delete', step: { asyncautodelete: true } })
  await sales.send('DELETE', `accounts(${guid('10')})`)
  const { json } = (await receiver.wait(2))[1] ?? {}
  await until(async () => ((await sales.send('GET', `asyncoperations(${json.OperationId})`)).status === 404 ? true : undefined))
  expect((await sales.send('GET', `asyncoperations(${asyncoperationid})`)).status).toBe(200)
})

test('a create and a delete carry a record and a reference; a create tells its id', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t)
  await registerStep(sales, receiver.url, { message: 'Create', step: { mode: 0 } })
  await registerStep(sales, receiver.url, { message: 'Delete', step: { mode: 0 } })
  const id = await createRow(sales, 'accounts', { name: 'New', creditlimit: 12.5, creditonhold: true, numberofemployees: 7 })
  expect((await sales.send('DELETE', `accounts(${id})`)).status).toBe(204)
  const [created, deleted] = receiver.received
  expect(created?.json).toMatchObject({
    MessageName: 'Create',
    Mode: 0,
    IsInTransaction: true,
    OutputParameters: [{ key: 'id', value: id }],
  })
  expect(attributesOf(created?.json.InputParameters[0].value)).toMatchObject({
    name: 'New',
    creditlimit: { Value: 12.5 },
    creditonhold: true,
    numberofemployees: 7,
    statecode: { __type: `OptionSetValue:${CONTRACTS}`, Value: 0 },
    createdon: '/Date(1739266200000)/',
    ownerid: { LogicalName: 'systemuser', Id: guid('0c') },
    accountid: id,
  })
  expect(deleted?.json).toMatchObject({
    MessageName: 'Delete',
    InputParameters: [{ key: 'Target', value: { __type: `EntityReference:${CONTRACTS}`, Id: id, LogicalName: 'account' } }],
    PrimaryEntityId: id,
  })
})

/** The tables of the tests, where an account may hold a long description. */
const ROOMY = TEST_TABLES.map((table) =>
  table.logicalName === 'account'
    ? { ...table, columns: table.columns.map((column) => (column.type === 'memo' ? { ...column, maxLength: 1_000_000 } : column)) }
    : table,
)

test('DV-121 a body above 256 KB goes without its large members and says so; its key is still there', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await (await startPlatform(t)).restart({ tables: ROOMY })
  await registerStep(sales, receiver.url, { step: { mode: 0 } })
  for (const length of [130_000, 131_072]) {
    const description = 'é'.repeat(length)
    expect((await sales.send('PATCH', `accounts(${guid('01')})`, { body: { description } })).status).toBe(204)
  }
  const [whole, trimmed] = receiver.received
  expect(whole?.bytes).toBeLessThanOrEqual(256 * 1024)
  expect(whole?.headers).not.toHaveProperty('x-ms-dynamics-msg-size-exceeded')
  expect(whole?.json.InputParameters).toHaveLength(1)
  expect(trimmed?.headers).toMatchObject({ 'x-ms-dynamics-msg-size-exceeded': 'true' })
  for (const member of ['ParentContext', 'InputParameters', 'PreEntityImages', 'PostEntityImages'])
    expect(trimmed?.json).not.toHaveProperty(member)
  expect(trimmed?.json).toMatchObject({ PrimaryEntityId: guid('01'), MessageName: 'Update' })
})

test('every operation of a batch and every target of a bulk action is an event of its own, with one correlation id a request', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t)
  await registerStep(sales, receiver.url, { message: 'Create' })
  const targets = ['A', 'B', 'C'].map((name) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.account', name }))
  const bulk = await sales.send('POST', 'accounts/Microsoft.Dynamics.CRM.CreateMultiple', { body: { Targets: targets } })
  expect(bulk.status).toBe(200)
  const first = await receiver.wait(3)
  expect(first.map((item) => item.json.PrimaryEntityId).sort()).toEqual([...bulk.json.Ids].sort())
  const part = (name: string, id: number): string =>
    [
      '--batch_1',
      'Content-Type: multipart/mixed; boundary=set_1',
      '',
      ...[id, id + 1].flatMap((content) => [
        '--set_1',
        'Content-Type: application/http',
        'Content-Transfer-Encoding: binary',
        `Content-ID: ${content}`,
        '',
        'POST /api/data/v9.2/accounts HTTP/1.1',
        'Content-Type: application/json',
        '',
        JSON.stringify({ name: `${name}${content}` }),
      ]),
      '--set_1--',
      '--batch_1--',
      '',
    ].join('\r\n')
  const batch = await sales.platform.app.inject({
    method: 'POST',
    url: '/api/data/v9.2/$batch?tag=from-the-batch',
    headers: { authorization: `Bearer ${sales.token}`, 'content-type': 'multipart/mixed; boundary=batch_1' },
    payload: part('D', 1),
  })
  expect(batch.statusCode).toBe(200)
  const all = await receiver.wait(5)
  const ids = all.map((item) => item.json.CorrelationId)
  expect(new Set(ids.slice(0, 3)).size).toBe(1)
  expect(new Set(ids.slice(3)).size).toBe(1)
  expect(new Set(ids).size).toBe(2)
  expect(new Set(all.map((item) => item.json.OperationId)).size).toBe(5)
  expect(all[3]?.json.SharedVariables).toEqual([{ key: 'tag', value: 'from-the-batch' }])
})

test('DV-126 a tag and the users who act are in the context', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t)
  await registerStep(sales, receiver.url, { step: { mode: 0 } })
  const administrator = (await sales.send('GET', "systemusers?$filter=fullname eq 'System Administrator'")).json.value[0].systemuserid
  await sales.send('PATCH', `accounts(${guid('01')})?tag=p2c`, { body: { name: 'X' }, headers: { mscrmcallerid: administrator } })
  expect(receiver.received[0]?.json).toMatchObject({
    UserId: administrator,
    InitiatingUserId: guid('0c'),
    SharedVariables: [{ key: 'tag', value: 'p2c' }],
  })
})
