import { expect, test } from 'vitest'
import { guid, startPlatform, type TestPlatform } from './platform.case.ts'

const TYPE = { '@odata.type': 'Microsoft.Dynamics.CRM.account' }
const bulk = (send: TestPlatform['send'], action: string, targets: readonly unknown[]) =>
  send('POST', `accounts/Microsoft.Dynamics.CRM.${action}`, { body: { Targets: targets } })

test('DV-094 bulk actions are all or nothing, and each target names its type', async (t) => {
  const { send } = await startPlatform(t)
  const failed = await bulk(send, 'CreateMultiple', [
    { ...TYPE, name: 'Good' },
    { ...TYPE, name: 'Bad', accountnumber: 'HMS-1001' },
  ])
  expect([failed.status, failed.json.error.code]).toEqual([412, '0x80060892'])
  const untyped = await bulk(send, 'CreateMultiple', [{ name: 'No type' }])
  expect([untyped.status, untyped.json.error.code]).toEqual([400, '0x80048d19'])
  expect((await send('GET', 'accounts/$count')).text).toBe('\uFEFF2')
  for (const body of [{}, { Targets: [] }, { Targets: 'x' }, { Targets: [null] }]) {
    expect((await send('POST', 'accounts/Microsoft.Dynamics.CRM.CreateMultiple', { body })).status).toBe(400)
  }
})

test('DV-132 DV-144 the same record twice, and a missing one', async (t) => {
  const { send } = await startPlatform(t)
  expect(
    (
      await bulk(send, 'UpdateMultiple', [
        { ...TYPE, accountid: guid('01'), name: 'First' },
        { ...TYPE, accountid: guid('01'), name: 'Second' },
      ])
    ).status,
  ).toBe(204)
  expect((await send('GET', 'accounts({G:01})?$select=name')).json.name).toBe('First')
  const missing = await bulk(send, 'UpdateMultiple', [
    { ...TYPE, accountid: guid('01'), name: 'Third' },
    { ...TYPE, accountid: guid('ff'), name: 'X' },
  ])
  expect([missing.status, missing.json.error.code]).toEqual([404, '0x80040217'])
  const twice = await bulk(
    send,
    'UpsertMultiple',
    ['hms-9', 'HMS-9'].map((number) => ({ ...TYPE, '@odata.id': `accounts(accountnumber='${number}')`, name: 'X' })),
  )
  expect(twice.status).toBe(400)
  expect(twice.json.error.message).toMatch(/^Duplicate Ids are not allowed in the Target list of an UpsertMultipleRequest: /)
  const byTwoNames = await bulk(send, 'UpsertMultiple', [
    { ...TYPE, accountid: guid('01'), name: 'X' },
    { ...TYPE, '@odata.id': "accounts(accountnumber='HMS-1001')", name: 'Y' },
  ])
  expect(byTwoNames.status).toBe(400)
  expect((await send('GET', 'accounts({G:01})?$select=name')).json.name).toBe('First')
})

test('a target must not repeat the columns of its key', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await bulk(send, 'UpsertMultiple', [
    { ...TYPE, '@odata.id': "accounts(accountnumber='HMS-7')", accountnumber: 'HMS-7', name: 'X' },
  ])
  expect([answer.status, answer.json.error.code]).toEqual([400, '0x80040216'])
})

test('DV-095 DeleteMultiple is not there on standard tables', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await bulk(send, 'DeleteMultiple', [{ ...TYPE, accountid: guid('01') }])
  expect([answer.status, answer.json.error.message]).toEqual([501, 'DeleteMultiple has not yet been implemented.'])
})

test('upserts of mixed shapes and many rows, again and again', async (t) => {
  const { send } = await startPlatform(t, { empty: true })
  const targets = (round: number) =>
    Array.from({ length: 300 }, (_, n) => ({
      ...TYPE,
      '@odata.id': `accounts(accountnumber='N-${n}')`,
      name: `Name ${n}/${round}`,
      ...(n % 2 === 0 && { creditlimit: n }),
      ...(n % 3 === 0 && { address1_city: 'O\'Hare "x" \\ {,}' }),
    }))
  for (const round of [1, 2]) expect((await bulk(send, 'UpsertMultiple', targets(round))).status).toBe(204)
  expect((await send('GET', 'accounts/$count')).text).toBe('\uFEFF300')
  expect((await send('GET', "accounts(accountnumber='n-6')?$select=name,creditlimit,creditlimit_base,address1_city")).json).toMatchObject({
    name: 'Name 6/2',
    creditlimit: 6,
    creditlimit_base: 6,
    address1_city: 'O\'Hare "x" \\ {,}',
  })
})

test('overlapping bulk upserts in opposite order both succeed', async (t) => {
  const { send } = await startPlatform(t, { empty: true })
  const targets = Array.from({ length: 100 }, (_, n) => ({ ...TYPE, '@odata.id': `accounts(accountnumber='P-${n}')`, name: `Name ${n}` }))
  for (let round = 0; round < 3; round += 1) {
    const answers = await Promise.all([
      bulk(send, 'UpsertMultiple', targets),
      bulk(send, 'UpsertMultiple', [...targets].reverse()),
      bulk(send, 'UpsertMultiple', targets.slice(50)),
    ])
    expect(answers.map((answer) => answer.status)).toEqual([204, 204, 204])
  }
  expect((await send('GET', 'accounts/$count')).text).toBe('\uFEFF100')
})

test('sdkmessagefilters tells which tables have bulk messages', async (t) => {
  const { send } = await startPlatform(t, { empty: true })
  const query = (message: string) =>
    send(
      'GET',
      `sdkmessagefilters?$select=primaryobjecttypecode&$filter=sdkmessageid/name eq @m and primaryobjecttypecode eq @t&@m='${message}'&@t='account'`,
    )
  expect((await query('CreateMultiple')).json.value).toHaveLength(1)
  expect((await query('UpsertMultiple')).json.value).toHaveLength(0)
})
