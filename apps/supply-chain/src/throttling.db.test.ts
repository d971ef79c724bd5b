import { expect, test } from 'vitest'
import { CLIENT, D, F, startGolden } from './supply-chain-app.fixture.ts'

test('FO-113 the throttling priority mapping of an application or its user decides who is throttled; whoever is not listed is low', async (t) => {
  const app = await startGolden(t, {
    findUser: (clientId) => ({ userId: 'clerk', defaultCompany: clientId === CLIENT.clientId ? 'hms1' : '' }),
  })
  const map = (MappingType: string, MappedId: string, Priority: string) =>
    app.post(`${D}/ThrottlingPriorityMappings`, { MappingType, MappedId, Priority })
  /** Whether a call goes through while clients of this priority and lower ones are throttled. */
  const status = async (priority: string) => {
    const rule = { kind: 'throttle', rate: 1, retryAfterSeconds: 0, match: { priority } }
    await app.call('PUT', `${F}/local/faults`, { rules: [rule] })
    const reply = await app.get(`${D}/Currencies?$top=1`)
    await app.call('DELETE', `${F}/local/faults`)
    return reply.status
  }
  expect(await status('low')).toBe(429)
  expect((await map('User', 'CLERK', 'Medium')).status).toBe(201)
  expect([await status('low'), await status('medium')]).toEqual([200, 429])
  expect((await map('Application', CLIENT.clientId, 'High')).status).toBe(201)
  expect([await status('medium'), await status('high')]).toEqual([200, 429])
  expect((await map('User', 'x', 'Highest')).status).toBe(400)
})

test('FO-111 FO-114 user-based limits are off until they are put, and files of recurring integrations are exempt', async (t) => {
  const app = await startGolden(t)
  expect((await app.get(`${F}/local/limits`)).json.limits).toBeNull()
  await app.call('PUT', `${F}/local/limits`, { requests: 1 })
  const activity = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0e2'
  for (let n = 0; n < 3; n += 1) expect((await app.get(`${F}/api/connector/dequeue/${activity}`)).status).toBe(404)
  expect((await app.get(`${D}/Currencies?$top=1`)).status).toBe(200)
  const refused = await app.get(`${D}/Currencies?$top=1`)
  expect([refused.status, Number(refused.headers['retry-after'])]).toEqual([429, expect.any(Number)])
})
