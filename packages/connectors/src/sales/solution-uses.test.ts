import { expect, test } from 'vitest'
import { startStubService } from '../stub-service.ts'
import { registerSolutionUses } from './solution-uses.ts'

const signal = new AbortController().signal
const PATH = /^\/local\/solution\/uses\/[0-9a-f]{32}$/

test('each project is told under a key of its own, the same each time', async (t) => {
  const stub = await startStubService(t)
  stub.on(({ method }) => (method === 'PUT' ? { status: 200, body: {} } : undefined))
  expect(await registerSolutionUses(stub.settings, ['accounts', 'Verträge / Nord'], signal)).toBe(2)
  expect(await registerSolutionUses(stub.settings, ['ACCOUNTS'], signal)).toBe(1)
  expect(stub.requests.map(({ body }) => JSON.parse(body))).toEqual([
    { name: 'accounts' },
    { name: 'Verträge / Nord' },
    { name: 'ACCOUNTS' },
  ])
  const urls = stub.requests.map(({ url }) => url)
  for (const url of urls) expect(url).toMatch(PATH)
  expect(urls[0]).toBe(urls[2])
  expect(urls[0]).not.toBe(urls[1])
})

test('a cloud environment has no such place: it is asked once and no project fails', async (t) => {
  const stub = await startStubService(t)
  stub.on(({ method }) => (method === 'PUT' ? { status: 404, raw: 'not here' } : undefined))
  expect(await registerSolutionUses(stub.settings, ['accounts', 'contacts'], signal)).toBe(0)
  expect(stub.requests).toHaveLength(1)
})

test('a refusal is thrown as the failure it is', async (t) => {
  const stub = await startStubService(t)
  stub.on(({ method }) => (method === 'PUT' ? { status: 400, body: { error: { code: 'request-invalid', message: 'no' } } } : undefined))
  await expect(registerSolutionUses(stub.settings, ['accounts'], signal)).rejects.toMatchObject({ name: 'AppError' })
  expect(stub.requests).toHaveLength(1)
})
