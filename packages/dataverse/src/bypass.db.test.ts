import { expect, test } from 'vitest'
import { guid, startPlatform, type TestPlatform } from './platform.case.ts'
import { createRow, registerStep, startReceiver } from './webhook-receiver.fixture.ts'

const ACCOUNT = `accounts(${guid('01')})`
const LOGIC = 'mscrm.bypassbusinesslogicexecution'
const STEPS = 'mscrm.bypassbusinesslogicexecutionstepids'
const PLUGINS = 'mscrm.bypasscustompluginexecution'
const CALLBACKS = 'mscrm.suppresscallbackregistrationexpanderjob'

type Headers = Readonly<Record<string, string>>

/** A user who may write accounts, and nothing more. */
async function aClerk(sales: TestPlatform): Promise<string> {
  const unit = `/businessunits(${guid('0d')})`
  const role = await createRow(sales, 'roles', { name: 'Clerk', 'businessunitid@odata.bind': unit })
  const names = ['prvReadAccount', 'prvWriteAccount'].map((name) => `name eq '${name}'`).join(' or ')
  const privileges = (await sales.send('GET', `privileges?$filter=${names}`)).json.value
  const body = { Privileges: privileges.map((row: { privilegeid: string }) => ({ PrivilegeId: row.privilegeid, Depth: 'Global' })) }
  expect((await sales.send('POST', `roles(${role})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, { body })).status).toBe(204)
  const user = await createRow(sales, 'systemusers', {
    domainname: 'clerk',
    firstname: 'A',
    lastname: 'Clerk',
    'businessunitid@odata.bind': unit,
  })
  const link = { '@odata.id': `https://halvorsen.crm4.dynamics.com/api/data/v9.2/roles(${role})` }
  expect((await sales.send('POST', `systemusers(${user})/systemuserroles_association/$ref`, { body: link })).status).toBe(204)
  return user
}

test('DV-125 bypass headers skip the steps that they name, and rules of the application never', async (t) => {
  const receiver = await startReceiver(t)
  const ruled: string[] = []
  const sales = await startPlatform(t, {
    plugins: [
      {
        name: 'a rule of the application',
        table: 'account',
        message: 'update',
        stage: 'pre-operation',
        run: async (events) => {
          for (const { target } of events) ruled.push(String(target.name))
        },
      },
    ],
  })
  const sync = (await registerStep(sales, receiver.url, { step: { mode: 0 } })).step
  const waiting = (await registerStep(sales, receiver.url)).step
  let written = 0
  let expected = 0
  const ran = async (headers: Headers, steps: readonly string[]): Promise<void> => {
    written += 1
    const before = receiver.received.length
    expect((await sales.send('PATCH', ACCOUNT, { body: { name: `N${written}` }, headers })).status).toBe(204)
    expected += steps.length
    await receiver.wait(expected)
    expect(receiver.received.slice(before).map(({ json }) => json.OwningExtension.Id)).toEqual(steps)
  }
  await ran({}, [sync, waiting])
  await ran({ [LOGIC]: 'CustomSync' }, [waiting])
  await ran({ [LOGIC]: 'CustomAsync' }, [sync])
  await ran({ [LOGIC]: 'CustomSync,CustomAsync' }, [])
  await ran({ [STEPS]: sync }, [waiting])
  await ran({ [STEPS]: `${sync.toUpperCase()}, ${waiting}` }, [])
  await ran({ [PLUGINS]: 'true' }, [waiting])
  await ran({ [PLUGINS]: 'false', [CALLBACKS]: 'true' }, [sync, waiting])
  expect(ruled).toHaveLength(written)
})

test('DV-125 without the privilege a bypass header is refused by 403 and nothing is written, in a batch part by part', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t)
  const mscrmcallerid = await aClerk(sales)
  await registerStep(sales, receiver.url, { step: { mode: 0 } })
  const patch = (name: string, headers: Headers) => sales.send('PATCH', ACCOUNT, { body: { name }, headers: { mscrmcallerid, ...headers } })
  const asked: readonly Headers[] = [
    { [LOGIC]: 'CustomSync' },
    { [LOGIC]: 'CustomAsync' },
    { [STEPS]: guid('ff') },
    { [PLUGINS]: 'true' },
    { [CALLBACKS]: 'TRUE' },
  ]
  for (const headers of asked) {
    const refused = await patch('Refused', headers)
    expect([headers, refused.status, refused.json.error.code]).toEqual([headers, 403, '0x80040220'])
  }
  const part = (id: number, header: string): string =>
    [
      '--batch_1',
      'Content-Type: application/http',
      'Content-Transfer-Encoding: binary',
      '',
      `PATCH /api/data/v9.2/accounts(${guid(id === 1 ? '01' : '10')}) HTTP/1.1`,
      'Content-Type: application/json',
      ...(header === '' ? [] : [header]),
      '',
      `{"name":"Part ${id}"}`,
    ].join('\r\n')
  const batch = await sales.platform.app.inject({
    method: 'POST',
    url: '/api/data/v9.2/$batch',
    headers: {
      authorization: `Bearer ${sales.token}`,
      'content-type': 'multipart/mixed; boundary=batch_1',
      prefer: 'odata.continue-on-error',
      mscrmcallerid,
    },
    payload: `${part(1, 'MSCRM.BypassCustomPluginExecution: true')}\r\n${part(2, '')}\r\n--batch_1--\r\n`,
  })
  expect([...batch.payload.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1])).toEqual(['403', '204'])
  expect((await sales.send('GET', `${ACCOUNT}?$select=name`)).json.name).toBe('Halvorsen Marine Supply')
  expect(receiver.received).toHaveLength(1)
  expect((await patch('Allowed', { [PLUGINS]: 'false' })).status).toBe(204)
  expect((await sales.send('GET', ACCOUNT, { headers: { mscrmcallerid, [PLUGINS]: 'true' } })).status).toBe(200)
})

test('a bypass header of unknown words is refused by 400', async (t) => {
  const sales = await startPlatform(t)
  for (const headers of [{ [LOGIC]: 'Everything' }, { [STEPS]: 'not-an-id' }]) {
    expect((await sales.send('PATCH', ACCOUNT, { body: { name: 'X' }, headers })).status).toBe(400)
  }
})
