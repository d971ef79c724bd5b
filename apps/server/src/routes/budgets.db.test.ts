import { createTokenIssuer, openScratchDatabase, randomIds, silentLogger, systemClock } from '@p2c/base'
import { createEngine, type RequestBudget } from '@p2c/engine'
import { expect, test } from 'vitest'
import { createServer } from '../app.ts'
import { createCompareDeps, createExplainDeps } from '../compare-deps.ts'

const ORGANISATION = { businessUnit: 'Contoso', legalEntity: 'USMF' }

test('GET /api/budgets shows the pause that a worker was told of, to those who are signed in', async (t) => {
  const database = await openScratchDatabase(t)
  let budget: RequestBudget | undefined
  const engine = createEngine({
    database,
    connectorFor: (environment, { budgetOf }) => {
      budget = budgetOf(`${environment.baseUrl}|client-1`)
      throw new Error('no connector is needed')
    },
    clock: systemClock,
    ids: randomIds,
    log: silentLogger,
    workers: 0,
    retry: { attempts: 1 },
  })
  await engine.open()
  t.onTestFinished(() => engine.stop())
  await engine.saveConnectionSet({
    name: 'set',
    connections: [
      { name: 'Sales', environmentType: 'CRM', baseUrl: 'http://sales.example' },
      { name: 'Supply Chain', environmentType: 'AX', baseUrl: 'http://sales.example' },
    ],
    organisations: [ORGANISATION],
  })
  const leg = {
    id: '1',
    sourceEnvironmentType: 'CRM',
    sourceSchema: 'accounts',
    destinationEnvironmentType: 'AX',
    destinationSchema: 'CustomersV2',
  }
  const mapping = { syncDirection: 1, sourceField: 'accountnumber', destinationField: 'CustomerAccount' }
  const entityMappingTasks = [{ name: 'Accounts', order: 1, legs: [{ ...leg, fieldMappings: [mapping] }] }]
  await engine.saveProject({ name: 'p', version: '1.0.0', connectionSetName: 'set', organisations: [ORGANISATION], entityMappingTasks })
  await engine.validateProject('p').catch(() => undefined) // makes the connectors
  await budget?.report({ status: 429, latencyMs: 5, retryAfterMs: 60_000, remainingRequests: 0 })

  const clients = [{ clientId: 'c', clientSecret: 's' }]
  const issuer = createTokenIssuer({
    issuer: 'p2c-server',
    key: Buffer.alloc(32, 7),
    clock: systemClock,
    clients,
    resources: () => ['http://server.example'],
  })
  const app = createServer({
    engine,
    issuer,
    compare: createCompareDeps({ engine, clock: systemClock }),
    explain: createExplainDeps(engine),
    log: silentLogger,
    version: '1',
  })
  t.onTestFinished(() => app.close())
  expect((await app.inject({ url: '/api/budgets' })).statusCode).toBe(401)
  const form = 'grant_type=client_credentials&client_id=c&client_secret=s&scope=http%3A%2F%2Fserver.example%2F.default'
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const token = (await app.inject({ method: 'POST', url: '/local/oauth2/v2.0/token', headers, payload: form })).json().access_token
  const reply = await app.inject({ url: '/api/budgets', headers: { authorization: `Bearer ${token}` } })
  expect(reply.statusCode).toBe(200)
  const [shown] = reply.json().items
  expect(shown).toMatchObject({ identity: 'http://sales.example|client-1', remainingRequests: 0 })
  expect(shown.requestsPerSecond).toBeGreaterThan(0)
  expect(Date.parse(shown.pausedUntil) - Date.parse(shown.lastThrottledAt)).toBe(60_000)
})
