import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Database, openDatabase, silentLogger, startEmbeddedPostgres, type TestScope, waitForDatabase } from '@p2c/base'
import { expect, test } from 'vitest'
import { startSales } from './sales-app.fixture.ts'

interface OwnServer {
  readonly database: Database
  /** Kills the server; resolves when no idle connection is left. */
  kill(): Promise<void>
  /** Resolves once it is back: it comes back by itself, as it does under `p2c start`. */
  back(): Promise<void>
}

/** A database on a server of its own. */
async function startOwnServer(scope: TestScope): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'p2c-restart-'))
  scope.onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const server = await startEmbeddedPostgres({ dataDir: folder, log: silentLogger })
  scope.onTestFinished(() => server.stop())
  const database = openDatabase({ connectionString: server.serverUrl, maxConnections: 4, log: silentLogger })
  scope.onTestFinished(() => database.close())
  const pidFile = (await readdir(folder, { recursive: true })).find((name) => basename(name) === 'postmaster.pid') ?? ''
  return {
    database,
    kill: async () => {
      process.kill(Number((await readFile(join(folder, pidFile), 'utf8')).split('\n')[0]), 'SIGKILL')
      // Its processes end a moment later, each by itself: until then they would answer.
      while (database.pool.idleCount > 0) await delay(5)
    },
    back: () => waitForDatabase({ connectionString: server.serverUrl }),
  }
}

const BATCH = [
  ...['A-5', 'A-6'].flatMap((accountnumber) => [
    '--batch_1',
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    '',
    'POST /api/data/v9.2/accounts HTTP/1.1',
    'Content-Type: application/json',
    '',
    JSON.stringify({ accountnumber, name: accountnumber }),
  ]),
  '--batch_1--',
]

test('R19 while the database is away every request is answered 503 in the shape of the API, and afterwards everything works again', async (t) => {
  const server = await startOwnServer(t)
  const sales = await startSales(t, {}, server.database)
  await sales.create('accounts', { accountnumber: 'A-1', name: 'One' })
  await server.kill()
  const answers = [
    await sales.get('accounts?$top=1'),
    await sales.post('accounts', { accountnumber: 'A-2', name: 'Two' }),
    await sales.bulk('accounts', 'CreateMultiple', [
      { '@odata.type': 'Microsoft.Dynamics.CRM.account', accountnumber: 'A-3', name: 'Three' },
      { '@odata.type': 'Microsoft.Dynamics.CRM.account', accountnumber: 'A-4', name: 'Four' },
    ]),
    await sales.batch(BATCH),
  ]
  for (const { status, body, headers } of answers) {
    expect({ status, code: body.error?.code, retryAfter: headers['retry-after'] }).toEqual({
      status: 503,
      code: '0x80044150',
      retryAfter: undefined,
    })
  }
  await server.back()
  expect((await sales.get('accounts?$select=accountnumber')).body.value.map((row: { accountnumber: string }) => row.accountnumber)).toEqual(
    ['A-1'],
  )
  expect((await sales.batch(BATCH)).status).toBe(200)
  expect((await sales.get('accounts?$select=accountnumber&$count=true')).body['@odata.count']).toBe(3)
}, 60_000)

test('R19 a bulk action under which the database is killed is answered 503 and leaves nothing half written', async (t) => {
  const server = await startOwnServer(t)
  const sales = await startSales(t, {}, server.database)
  const targets = Array.from({ length: 1000 }, (_, n) => ({
    '@odata.type': 'Microsoft.Dynamics.CRM.account',
    accountnumber: `B-${n}`,
    name: `Bulk ${n}`,
  }))
  // A lock keeps the write from its end until the server is killed.
  const holder = openDatabase({ connectionString: server.database.connectionString, log: silentLogger })
  t.onTestFinished(() => holder.close())
  const held = Promise.withResolvers<void>()
  const holding = holder.transaction(async (sql) => {
    await sql.query('lock table account in exclusive mode')
    held.resolve()
    await sql.query('select pg_sleep(60)')
  })
  holding.catch(() => undefined) // it ends with the server
  await held.promise
  const written = sales.bulk('accounts', 'CreateMultiple', targets)
  for (;;) {
    const { rows } = await holder.query("select 1 from pg_stat_activity where wait_event_type = 'Lock'")
    if (rows.length > 0) break
  }
  await server.kill()
  expect(await written).toMatchObject({ status: 503, body: { error: { code: '0x80044150' } } })
  await server.back()
  expect((await sales.get('accounts?$select=accountnumber&$count=true')).body['@odata.count']).toBe(0)
  expect((await sales.bulk('accounts', 'CreateMultiple', targets)).status).toBe(200)
  expect((await sales.get('accounts?$select=accountnumber&$count=true')).body['@odata.count']).toBe(1000)
}, 60_000)
