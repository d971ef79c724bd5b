import { ERROR_CATEGORIES, isAppError } from '@p2c/base'
import { expect, test } from 'vitest'
import { createApiClient } from './client.ts'
import { contract } from './contract.ts'
import { statusOf } from './error.ts'
import { totalCounters } from './execution.ts'
import { openApiDocument } from './openapi.ts'

const answering = (status: number, body: unknown, seen: Request[] = []) =>
  createApiClient({
    baseUrl: 'http://integrator.example',
    token: async () => 'T',
    fetch: async (url, init) => {
      seen.push(new Request(url as string, init))
      return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })
    },
  })

test('a call puts parameters into path and query and carries the token', async () => {
  const seen: Request[] = []
  const client = answering(200, { items: [] }, seen)
  await client.call(contract.listExecutions, { query: { project: 'a b', limit: 5 } })
  await answering(404, {}, seen)
    .call(contract.getProject, { params: { name: 'x/y' } })
    .catch(() => undefined)
  expect(seen.map((request) => request.url)).toEqual([
    'http://integrator.example/api/executions?project=a+b&limit=5',
    'http://integrator.example/api/projects/x%2Fy',
  ])
  expect(seen[0]?.headers.get('authorization')).toBe('Bearer T')
})

test("a refusal is thrown with the server's own code", async () => {
  const refused = answering(404, { error: { category: 'schema', code: 'project-unknown', message: 'There is no project "x".' } })
  await expect(refused.call(contract.getProject, { params: { name: 'x' } })).rejects.toMatchObject({
    code: 'project-unknown',
    message: 'There is no project "x".',
  })
})

test.each([
  ['an answer that is not the contract', 200, { rows: [] }],
  ['an answer that is not JSON', 200, '<html>'],
  ['an error page of a proxy', 502, '<html>'],
])('%s is reply-invalid', async (_title, status, body) => {
  const failure = await answering(status, body)
    .call(contract.listProjects)
    .catch((error: unknown) => error)
  expect(isAppError(failure) && failure.code).toBe('reply-invalid')
})

test('no answer at all is server-unreachable, and may be tried again', async () => {
  const client = createApiClient({
    baseUrl: 'http://integrator.example',
    token: async () => 'T',
    fetch: () => Promise.reject(new TypeError('refused')),
  })
  await expect(client.call(contract.listProjects)).rejects.toMatchObject({ code: 'server-unreachable', retryable: true })
})

test('every category of error has a status, and known codes have their own', () => {
  for (const category of ERROR_CATEGORIES) expect(statusOf('some-code', category), category).toBeGreaterThanOrEqual(400)
  expect(statusOf('execution-running', 'conflict')).toBe(409)
  expect(statusOf('project-unknown', 'schema')).toBe(404)
})

test('the OpenAPI document has every operation of the contract, with its parameters', () => {
  const document = openApiDocument('1.2.3') as {
    paths: Record<string, Record<string, { operationId: string; parameters: { name: string }[] }>>
  }
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path).map((operation) => operation.operationId))
  expect(operations.sort()).toEqual(Object.keys(contract).sort())
  expect(document.paths['/api/projects/{name}/executions']?.post?.parameters.map((parameter) => parameter.name)).toEqual(['name'])
})

test('every reference of the OpenAPI document leads to a schema of it', () => {
  const document = openApiDocument('1.2.3') as { components: { schemas: Record<string, unknown> } }
  const text = JSON.stringify(document)
  const references = [...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, reference = '']) => reference)
  expect(references).toContain('#/components/schemas/Execution')
  for (const reference of references) {
    const name = /^#\/components\/schemas\/(\w+)$/.exec(reference)?.[1] ?? reference
    expect(document.components.schemas[name], reference).toMatchObject({ type: 'object' })
  }
  expect(text).not.toContain('$defs')
})

test('counters of tasks are added', () => {
  const counters = { read: 2, filtered: 0, skipped: 0, unchanged: 0, inserted: 1, updated: 0, failed: 1, waiting: 0, deleted: 0 }
  expect(totalCounters([{ counters }, { counters }])).toMatchObject({ read: 4, inserted: 2, failed: 2 })
})
