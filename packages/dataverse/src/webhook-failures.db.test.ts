import { expect, test } from 'vitest'
import { guid, startPlatform, TEST_TABLES, type TestPlatform } from './platform.case.ts'
import { createRow, jobWith, registerStep, startReceiver } from './webhook-receiver.fixture.ts'

const ACCOUNT = `accounts(${guid('01')})`
const nameOf = async (sales: TestPlatform): Promise<string> => (await sales.send('GET', `${ACCOUNT}?$select=name`)).json.name
const patchName = (sales: TestPlatform, name: string, headers: Readonly<Record<string, string>> = {}) =>
  sales.send('PATCH', ACCOUNT, { body: { name }, headers })

for (const stage of [10, 20, 40]) {
  test(`DV-122 a synchronous step of stage ${stage} that fails refuses the write and nothing is stored, a bulk action as a whole`, async (t) => {
    const receiver = await startReceiver(t)
    const sales = await startPlatform(t)
    await registerStep(sales, receiver.url, { step: { mode: 0, stage, name: 'Credit check' } })
    receiver.answer(200, 403)
    expect((await patchName(sales, 'Allowed')).status).toBe(204)
    const refused = await patchName(sales, 'Refused')
    expect(refused.status).toBe(400)
    expect(refused.json.error).toEqual({
      code: '0x80040265',
      message: "The webhook of step 'Credit check' failed, so the operation was cancelled: The receiver answered with HTTP status 403.",
    })
    receiver.answer(200, 500)
    const targets = ['01', '10'].map((id) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid: guid(id), name: 'Bulk' }))
    const bulk = await sales.send('POST', 'accounts/Microsoft.Dynamics.CRM.UpdateMultiple', { body: { Targets: targets } })
    expect(bulk.status).toBe(400)
    expect(await nameOf(sales)).toBe('Allowed')
    expect(receiver.received).toHaveLength(4)
  })
}

test('DV-122 only 502, 503 and 504 are tried again, and once', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t, { webhooks: { retryPauseMs: 1 } })
  await registerStep(sales, receiver.url, { step: { mode: 0 } })
  const outcomes: Record<string, number> = {}
  for (const answers of [[502, 200], [503, 200], [504, 204], [503, 503], [500], [429], [404], [302], [300]] as const) {
    const before = receiver.received.length
    receiver.answer(...answers)
    const answer = await patchName(sales, answers.join(' '))
    outcomes[answers.join(' ')] = answer.status * 10 + (receiver.received.length - before)
  }
  expect(outcomes).toEqual({
    '502 200': 2042,
    '503 200': 2042,
    '504 204': 2042,
    '503 503': 4002,
    '500': 4001,
    '429': 4001,
    '404': 4001,
    '302': 4001,
    '300': 4001,
  })
})

test('DV-122 a receiver that does not answer in time, or is not there, fails the step', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t, { webhooks: { timeoutMs: 200 } })
  await registerStep(sales, receiver.url, { step: { mode: 0 } })
  receiver.answer('silent')
  expect((await patchName(sales, 'X')).json.error.message).toContain('did not answer within 0.2 s')
  await sales.send('DELETE', `serviceendpoints(${(await sales.send('GET', 'serviceendpoints')).json.value[0].serviceendpointid})`)
  expect((await patchName(sales, 'No step left')).status).toBe(204)
  await registerStep(sales, 'http://127.0.0.1:1/', { step: { mode: 0 } })
  expect((await patchName(sales, 'Y')).json.error.message).toContain('could not be reached')
  expect(await nameOf(sales)).toBe('No step left')
})

test('DV-122 an asynchronous delivery that fails leaves the write as it is and a failed system job that says why', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t, { webhooks: { retryPauseMs: 1 } })
  await registerStep(sales, receiver.url, { step: { asyncautodelete: true } })
  receiver.answer(503, 410)
  expect((await patchName(sales, 'Kept')).status).toBe(204)
  expect(await jobWith(sales, 31)).toMatchObject({
    statecode: 3,
    message: 'The receiver answered with HTTP status 410.',
    errorcode: -2147220891,
  })
  expect(receiver.received).toHaveLength(2)
  expect(await nameOf(sales)).toBe('Kept')
})

test('nothing is sent for a write that is rolled back', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t)
  await registerStep(sales, receiver.url, { message: 'Create' })
  const targets = [{ name: 'A' }, { accountid: guid('01'), name: 'taken' }].map((row) => ({
    '@odata.type': 'Microsoft.Dynamics.CRM.account',
    ...row,
  }))
  expect((await sales.send('POST', 'accounts/Microsoft.Dynamics.CRM.CreateMultiple', { body: { Targets: targets } })).status).toBe(412)
  await createRow(sales, 'accounts', { name: 'B' })
  const [first] = await receiver.wait(1)
  await jobWith(sales, 30)
  expect(receiver.received).toHaveLength(1)
  expect(first?.json.InputParameters[0].value.Attributes).toContainEqual({ key: 'name', value: 'B' })
})

test('what was committed and not yet sent is sent by the next program on the database, and what was under way again', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t)
  await registerStep(sales, receiver.url)
  receiver.answer('silent')
  await patchName(sales, 'Under way')
  await receiver.wait(1)
  receiver.answer(200)
  const next = await sales.restart()
  await next.send('GET', 'WhoAmI')
  const [, again] = await receiver.wait(2)
  expect(again?.json.OperationId).toBe(receiver.received[0]?.json.OperationId)
  expect(await jobWith(next, 30)).toMatchObject({ asyncoperationid: again?.json.OperationId })
})

test('the claims of a program that was killed are free at once', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t)
  await registerStep(sales, receiver.url)
  receiver.answer('silent')
  await patchName(sales, 'Claimed')
  await receiver.wait(1)
  // A kill leaves the claim as it is and ends the connection whose lock stands for it.
  await sales.platform.app.close()
  await sales.database.query('update platform_webhook_outbox set claimed_by = 4711')
  await sales.database.query('update asyncoperation set statecode = 2, statuscode = 20')
  receiver.answer(200)
  const next = await sales.restart({ tables: TEST_TABLES })
  await next.send('GET', 'WhoAmI')
  await receiver.wait(2)
  expect(await jobWith(next, 30)).toMatchObject({ statecode: 3 })
})

test('two programs on one database send each delivery once', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t)
  const other = await sales.beside()
  await registerStep(sales, receiver.url, { message: 'Create' })
  const targets = Array.from({ length: 40 }, (_, index) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.account', name: `A${index}` }))
  const writes = [sales, other, sales, other].map((program) =>
    program.send('POST', 'accounts/Microsoft.Dynamics.CRM.CreateMultiple', { body: { Targets: targets } }),
  )
  expect((await Promise.all(writes)).map((answer) => answer.status)).toEqual([200, 200, 200, 200])
  const all = await receiver.wait(160)
  expect(new Set(all.map((item) => item.json.OperationId)).size).toBe(160)
  await settled(sales)
  expect(receiver.received).toHaveLength(160)
})

/** Waits until no delivery waits any more. */
async function settled({ database }: TestPlatform): Promise<void> {
  for (;;) {
    const waiting = await database.query('select 1 from platform_webhook_outbox limit 1')
    if (waiting.rows.length === 0) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

test('a step that another program registers is known to all of them', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t)
  const other = await sales.beside()
  // Both have looked and found nothing.
  await patchName(other, 'before')
  await patchName(sales, 'before')
  const { step } = await registerStep(sales, receiver.url, { step: { mode: 0 } })
  while (receiver.received.length === 0) expect((await patchName(other, 'after')).status).toBe(204)
  await sales.send('PATCH', `sdkmessageprocessingsteps(${step})`, { body: { statecode: 1 } })
  const before = receiver.received.length
  await patchName(sales, 'disabled')
  expect(receiver.received).toHaveLength(before)
})

test('a webhook that waits may be cancelled, and goes with its end point', async (t) => {
  const receiver = await startReceiver(t)
  const sales = await startPlatform(t, { webhooks: { perEndpoint: 1 } })
  const { endpoint } = await registerStep(sales, receiver.url)
  receiver.answer('silent')
  for (const name of ['A', 'B', 'C']) await patchName(sales, name)
  await receiver.wait(1)
  const waiting = await sales.send('GET', 'asyncoperations?$filter=statuscode eq 0&$select=asyncoperationid')
  expect(waiting.json.value).toHaveLength(2)
  const job = `asyncoperations(${waiting.json.value[0].asyncoperationid})`
  expect((await sales.send('PATCH', job, { body: { statecode: 3, statuscode: 30 } })).status).toBe(400)
  expect((await sales.send('PATCH', job, { body: { statecode: 3, statuscode: 32 } })).status).toBe(204)
  expect((await sales.send('DELETE', `serviceendpoints(${endpoint})`)).status).toBe(204)
  const after = await sales.send('GET', 'asyncoperations?$filter=statuscode eq 32&$select=asyncoperationid')
  expect(after.json.value).toHaveLength(3)
  expect((await sales.send('GET', 'sdkmessageprocessingsteps')).json.value).toEqual([])
  expect((await sales.database.query('select 1 from platform_endpoint_secret')).rows).toEqual([])
  expect((await sales.send('POST', 'asyncoperations', { body: {} })).status).toBe(400)
})
