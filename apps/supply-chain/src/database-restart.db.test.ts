import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Database, openDatabase, silentLogger, startEmbeddedPostgres, type TestScope, waitForDatabase } from '@p2c/base'
import { expect, test } from 'vitest'
import { aCustomer, addCompany, D, startTestApp } from './supply-chain-app.fixture.ts'

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

/** Two change sets of one customer each. */
const BATCH = [
  ...['C-5', 'C-6'].flatMap((CustomerAccount, n) => [
    '--batch_hms1',
    `Content-Type: multipart/mixed; boundary=changeset_${n}`,
    '',
    `--changeset_${n}`,
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    'Content-ID: 1',
    '',
    'POST CustomersV3 HTTP/1.1',
    'Content-Type: application/json',
    '',
    JSON.stringify(aCustomer({ CustomerAccount })),
    `--changeset_${n}--`,
  ]),
  '--batch_hms1--',
]

test('R19 while the database is away every request is answered 503 in the shape of the API, and afterwards everything works again', async (t) => {
  const server = await startOwnServer(t)
  const app = await startTestApp(t, { database: server.database, settings: { defaultCompany: 'hms1' } })
  await addCompany(app, 'hms1')
  await server.kill()
  const answers = [
    await app.get(`${D}/CustomersV3?$top=1`),
    await app.post(`${D}/CustomersV3`, aCustomer({ CustomerAccount: 'C-2' })),
    await app.batch(BATCH),
    await app.post(`${D}/BatchJobs/Microsoft.Dynamics.DataEntities.PopulateDistinctProductTable`, { legalEntityId: 'hms1' }),
    await app.post(`${D}/DataManagementDefinitionGroups/Microsoft.Dynamics.DataEntities.GetExecutionSummaryStatus`, { executionId: 'x' }),
  ]
  for (const { status, json, headers } of answers) {
    expect({ status, error: json.error, retryAfter: headers['retry-after'] }).toEqual({
      status: 503,
      error: { code: '', message: 'An error has occurred.' },
      retryAfter: undefined,
    })
  }
  await server.back()
  expect((await app.get(`${D}/CustomersV3`)).json.value).toEqual([])
  const again = await app.batch(BATCH)
  expect([again.status, again.text.match(/HTTP\/1\.1 201/g)?.length]).toEqual([200, 2])
}, 60_000)

test('R19 a change set under which the database is killed is answered 503 in its part, and leaves nothing half written', async (t) => {
  const server = await startOwnServer(t)
  const app = await startTestApp(t, { database: server.database, settings: { defaultCompany: 'hms1' } })
  await addCompany(app, 'hms1')
  const holder = openDatabase({ connectionString: server.database.connectionString, log: silentLogger })
  t.onTestFinished(() => holder.close())
  const held = Promise.withResolvers<void>()
  const holding = holder.transaction(async (sql) => {
    await sql.query('lock table customer in exclusive mode')
    held.resolve()
    await sql.query('select pg_sleep(60)')
  })
  holding.catch(() => undefined) // it ends with the server
  await held.promise
  // The first part is done before the server goes: the batch as a whole has succeeded in part.
  const first = ['--batch_hms1', 'Content-Type: application/http', '', `GET ${D}/CustomerGroups?$top=1 HTTP/1.1`, '', '']
  const written = app.batch([...first, ...BATCH])
  for (;;) {
    const { rows } = await holder.query("select 1 from pg_stat_activity where wait_event_type = 'Lock'")
    if (rows.length > 0) break
  }
  await server.kill()
  const answer = await written
  expect([answer.status, answer.text.match(/HTTP\/1\.1 \d+/g)]).toEqual([200, ['HTTP/1.1 200', 'HTTP/1.1 503', 'HTTP/1.1 503']])
  await server.back()
  expect((await app.get(`${D}/CustomersV3`)).json.value).toEqual([])
}, 60_000)
