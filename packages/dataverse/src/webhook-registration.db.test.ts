import { expect, test } from 'vitest'
import { guid, startPlatform, type TestPlatform } from './platform.case.ts'
import { createRow, filterId, messageId, registerStep, startReceiver } from './webhook-receiver.fixture.ts'

const ACCOUNT = `accounts(${guid('01')})`
const ENDPOINT = { name: 'Receiver', contract: 8, url: 'http://127.0.0.1:9/hook', authtype: 4, authvalue: 'k' }
const settings = (...pairs: readonly string[]): string => `<settings>${pairs.join('')}</settings>`
const setting = (name: string, value: string): string => `<setting name="${name}" value="${value}"/>`

const BAD_ENDPOINTS: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
  ['no name', { name: null }, "'name'"],
  ['another contract', { contract: 2 }, 'contract must be 8'],
  ['no address', { url: null }, 'http:// or https://'],
  ['a relative address', { url: '/hook' }, 'http:// or https://'],
  ['an address of a file', { url: 'file:///etc/passwd' }, 'http:// or https://'],
  ['a password in its address', { url: 'https://user:password@example.com/' }, 'must not hold'],
  ['no authentication', { authtype: null }, "'authtype'"],
  ['an unknown authentication', { authtype: 9 }, 'authtype'],
  ['no key', { authvalue: null }, 'needs its key'],
  ['headers that are no XML', { authtype: 5, authvalue: 'x-key: secret-text' }, '<settings>'],
  ['headers that are not closed', { authtype: 5, authvalue: '<settings><setting name="a" value="secret-text">' }, '<settings>'],
  ['headers of another shape', { authtype: 5, authvalue: '<headers><header name="a" value="secret-text"/></headers>' }, '<settings>'],
  ['headers without a name', { authtype: 5, authvalue: settings(setting('', 'secret-text')) }, '<settings>'],
  ['headers twice', { authtype: 5, authvalue: settings(setting('a', '1'), setting('A', 'secret-text')) }, '<settings>'],
  [
    'headers with a document type',
    { authtype: 5, authvalue: `<!DOCTYPE a [<!ENTITY b "c">]>${settings(setting('a', '&b;'))}` },
    '<settings>',
  ],
  ['a header that HTTP cannot carry', { authtype: 5, authvalue: settings(setting('a b', 'secret-text')) }, 'cannot carry'],
  ['a header of the body', { authtype: 5, authvalue: settings(setting('Content-Length', '5')) }, 'set by the platform'],
  ['a header of the platform', { authtype: 5, authvalue: settings(setting('x-ms-dynamics-organization', 'x')) }, 'set by the platform'],
]

test('a service endpoint that cannot work is refused and says why, without the secret', async (t) => {
  const sales = await startPlatform(t, { empty: true })
  for (const [name, changes, text] of BAD_ENDPOINTS) {
    const answer = await sales.send('POST', 'serviceendpoints', { body: { ...ENDPOINT, ...changes } })
    expect([name, answer.status, answer.text]).toEqual([name, 400, expect.stringContaining(text)])
    expect(answer.text).not.toContain('secret-text')
  }
  expect((await sales.send('GET', 'serviceendpoints')).json.value).toEqual([])
})

test('an authentication value is read by nobody, and stays when the rest of its end point changes', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t)
  const { endpoint } = await registerStep(sales, receiver.url, { endpoint: { authtype: 4, authvalue: 'top-secret' }, step: { mode: 0 } })
  const key = `serviceendpoints(${endpoint})`
  const answers = await Promise.all([
    sales.send('GET', key),
    sales.send('GET', `${key}?$select=authvalue`),
    sales.send('GET', `${key}/authvalue`),
    sales.send('GET', "serviceendpoints?$filter=authvalue ne null or startswith(authvalue,'top')"),
    sales.send('GET', 'serviceendpoints?$apply=groupby((authvalue))'),
    sales.send('PATCH', key, { body: { name: 'Other', authvalue: 'top-secret-2' }, prefer: 'return=representation' }),
    sales.send('POST', 'serviceendpoints', { body: { ...ENDPOINT, authvalue: 'top-secret-3' }, prefer: 'return=representation' }),
  ])
  for (const answer of answers) expect(answer.text).not.toContain('top-secret')
  expect(answers[3]?.json.value).toEqual([])
  expect((await sales.send('PATCH', key, { body: { url: `${receiver.url}?x=1` } })).status).toBe(204)
  await sales.send('PATCH', ACCOUNT, { body: { name: 'X' } })
  expect(receiver.received[0]?.url).toBe('/hook?x=1&code=top-secret-2')
  expect((await sales.send('PATCH', key, { body: { authtype: 5 } })).status).toBe(400)
})

test('a query authenticates too, and a header may hold what XML must escape', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t)
  const query = settings(setting('a', '1 &amp; 2'), setting('b', '&lt;x&gt;'))
  await registerStep(sales, receiver.url, { endpoint: { authtype: 6, authvalue: query }, step: { mode: 0 } })
  await registerStep(sales, receiver.url, { endpoint: { authtype: 5, authvalue: query }, step: { mode: 0, rank: 2 } })
  await sales.send('PATCH', ACCOUNT, { body: { name: 'X' } })
  const [first, second] = receiver.received
  expect(new URL(first?.url ?? '', 'http://x').searchParams).toEqual(
    new URLSearchParams([
      ['a', '1 & 2'],
      ['b', '<x>'],
    ]),
  )
  expect(second?.headers).toMatchObject({ a: '1 & 2', b: '<x>' })
})

async function aStep(sales: TestPlatform): Promise<Record<string, unknown>> {
  const endpoint = await createRow(sales, 'serviceendpoints', ENDPOINT)
  return {
    'sdkmessageid@odata.bind': `/sdkmessages(${await messageId(sales, 'Update')})`,
    'sdkmessagefilterid@odata.bind': `/sdkmessagefilters(${await filterId(sales, 'Update', 'account')})`,
    'eventhandler_serviceendpoint@odata.bind': `/serviceendpoints(${endpoint})`,
    stage: 40,
    mode: 0,
  }
}

test('a step that cannot work is refused and says why', async (t) => {
  const sales = await startPlatform(t, { empty: true })
  const good = await aStep(sales)
  const bind = async (message: string, table?: string) => ({
    'sdkmessageid@odata.bind': `/sdkmessages(${await messageId(sales, message)})`,
    ...(table !== undefined && { 'sdkmessagefilterid@odata.bind': `/sdkmessagefilters(${await filterId(sales, message, table)})` }),
  })
  const bad: readonly (readonly [Readonly<Record<string, unknown>>, number, string])[] = [
    [{ 'sdkmessageid@odata.bind': undefined }, 400, 'sdkmessageid@odata.bind'],
    [{ 'sdkmessageid@odata.bind': `/sdkmessages(${guid('ff')})` }, 404, 'sdkmessage'],
    [{ 'eventhandler_serviceendpoint@odata.bind': undefined }, 400, 'eventhandler_serviceendpoint@odata.bind'],
    [{ 'eventhandler_serviceendpoint@odata.bind': `/serviceendpoints(${guid('ff')})` }, 404, 'serviceendpoint'],
    [await bind('RetrieveMultiple', 'account'), 400, "'RetrieveMultiple' is not one of them"],
    [await bind('CreateMultiple', 'account'), 400, "'CreateMultiple' is not one of them"],
    [await bind('Create'), 400, 'another message'],
    [await bind('Update', 'serviceendpoint'), 400, 'has no events'],
    [{ mode: 1, stage: 20 }, 400, 'stage 40'],
    [{ stage: 30 }, 400, 'stage'],
    [{ stage: null }, 400, 'stage'],
    [{ mode: null }, 400, 'mode'],
    [{ filteringattributes: 'name,colour' }, 400, "'colour'"],
    [{ filteringattributes: 'name', 'sdkmessagefilterid@odata.bind': undefined }, 400, 'one table'],
  ]
  for (const [changes, status, text] of bad) {
    const body = Object.fromEntries(Object.entries({ ...good, ...changes }).filter(([, value]) => value !== undefined))
    const answer = await sales.send('POST', 'sdkmessageprocessingsteps', { body })
    expect([changes, answer.status, answer.text]).toEqual([changes, status, expect.stringContaining(text)])
  }
  expect((await sales.send('GET', 'sdkmessageprocessingsteps')).json.value).toEqual([])
  const step = await createRow(sales, 'sdkmessageprocessingsteps', good)
  expect((await sales.send('GET', `sdkmessageprocessingsteps(${step})`)).json).toMatchObject({
    name: 'Receiver: Update of account',
    rank: 1,
    statecode: 0,
  })
  const image = { 'sdkmessageprocessingstepid@odata.bind': `/sdkmessageprocessingsteps(${step})`, entityalias: 'Before', imagetype: 0 }
  for (const changes of [{ entityalias: null }, { attributes: 'colour' }, { imagetype: 7 }, { imagetype: null }]) {
    expect((await sales.send('POST', 'sdkmessageprocessingstepimages', { body: { ...image, ...changes } })).status).toBe(400)
  }
})

test('steps run for the columns they ask for, in the order of their ranks', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t)
  const ranked = async (rank: number, filteringattributes: string | null) =>
    (await registerStep(sales, receiver.url, { step: { mode: 0, rank, filteringattributes } })).step
  const third = await ranked(3, 'name, primarycontactid')
  const first = await ranked(1, 'creditlimit')
  const second = await ranked(2, null)
  const ran = async (body: object): Promise<readonly string[]> => {
    const before = receiver.received.length
    expect((await sales.send('PATCH', ACCOUNT, { body })).status).toBe(204)
    return receiver.received.slice(before).map((item) => item.json.OwningExtension.Id)
  }
  expect(await ran({ name: 'X', creditlimit: 5 })).toEqual([first, second, third])
  expect(await ran({ 'primarycontactid@odata.bind': null })).toEqual([second, third])
  expect(await ran({ address1_city: 'Oslo' })).toEqual([second])
  expect(await ran({})).toEqual([second])
})

test('images hold the row before and after, or the columns that are asked for', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t)
  const { step } = await registerStep(sales, receiver.url, { step: { mode: 0 } })
  for (const [entityalias, imagetype, attributes] of [
    ['before', 0, 'name,creditlimit'],
    ['after', 1, 'name,creditlimit'],
    ['all', 2, null],
  ] as const) {
    await createRow(sales, 'sdkmessageprocessingstepimages', {
      'sdkmessageprocessingstepid@odata.bind': `/sdkmessageprocessingsteps(${step})`,
      name: entityalias,
      entityalias,
      imagetype,
      attributes,
    })
  }
  await sales.send('PATCH', ACCOUNT, { body: { name: 'New' } })
  const body = receiver.received[0]?.json
  const images = (list: readonly { key: string; value: { Attributes: readonly { key: string; value: unknown }[] } }[]) =>
    Object.fromEntries(list.map(({ key, value }) => [key, Object.fromEntries(value.Attributes.map((item) => [item.key, item.value]))]))
  const credit = expect.objectContaining({ Value: 50000 })
  expect(images(body.PreEntityImages)).toEqual({
    before: { name: 'Halvorsen Marine Supply', creditlimit: credit, accountid: guid('01') },
    all: expect.objectContaining({
      name: 'Halvorsen Marine Supply',
      accountnumber: 'HMS-1001',
      statecode: expect.objectContaining({ Value: 0 }),
    }),
  })
  expect(images(body.PostEntityImages)).toEqual({
    after: { name: 'New', creditlimit: credit, accountid: guid('01') },
    all: expect.objectContaining({ name: 'New', accountnumber: 'HMS-1001' }),
  })
})

test('writes that rules make raise events of their own, deeper than the one that caused them', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t, {
    plugins: [
      {
        name: 'rename the contact',
        table: 'account',
        message: 'update',
        stage: 'post-operation',
        columns: ['name'],
        run: async (_events, { service }) => service.update('contact', [{ id: guid('02'), values: { lastname: 'Of a rule' } }]),
      },
    ],
  })
  await registerStep(sales, receiver.url, { table: null, step: { mode: 0 } })
  await sales.send('PATCH', ACCOUNT, { body: { name: 'X' } })
  expect(receiver.received.map(({ json }) => [json.PrimaryEntityName, json.Depth])).toEqual([
    ['contact', 2],
    ['account', 1],
  ])
  expect(new Set(receiver.received.map(({ json }) => json.CorrelationId)).size).toBe(1)
  expect(new Set(receiver.received.map(({ json }) => json.RequestId)).size).toBe(2)
})

test('an assignment and a change of state reach the steps on these messages', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t)
  await registerStep(sales, receiver.url, { message: 'Assign', step: { mode: 0 } })
  await registerStep(sales, receiver.url, { message: 'SetState', step: { mode: 0 } })
  await sales.send('PATCH', ACCOUNT, { body: { name: 'X' } })
  await sales.send('PATCH', ACCOUNT, { body: { statecode: 1 } })
  await sales.send('PATCH', ACCOUNT, { body: { 'ownerid@odata.bind': `/systemusers(${guid('0c')})` } })
  expect(receiver.received.map(({ json }) => json.MessageName)).toEqual(['SetState', 'Assign'])
})

test('a step registered in a change set runs for what follows in it', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t)
  const message = await messageId(sales, 'Update')
  const part = (id: number, line: string, body: object): readonly string[] => [
    '--set_1',
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    `Content-ID: ${id}`,
    '',
    `${line} HTTP/1.1`,
    'Content-Type: application/json',
    '',
    JSON.stringify(body),
  ]
  const step = { 'sdkmessageid@odata.bind': `/sdkmessages(${message})`, 'eventhandler_serviceendpoint@odata.bind': '$1', mode: 0 }
  const payload = [
    '--batch_1',
    'Content-Type: multipart/mixed; boundary=set_1',
    '',
    ...part(1, 'POST /api/data/v9.2/serviceendpoints', { ...ENDPOINT, url: receiver.url }),
    ...part(2, 'POST /api/data/v9.2/sdkmessageprocessingsteps', step),
    ...part(3, `PATCH /api/data/v9.2/${ACCOUNT}`, { name: 'X' }),
    '--set_1--',
    '--batch_1--',
    '',
  ].join('\r\n')
  const headers = { authorization: `Bearer ${sales.token}`, 'content-type': 'multipart/mixed; boundary=batch_1' }
  const answer = await sales.platform.app.inject({ method: 'POST', url: '/api/data/v9.2/$batch', headers, payload })
  expect(answer.payload.match(/HTTP\/1\.1 204/g)).toHaveLength(3)
  expect(receiver.received).toHaveLength(1)
})
