import { fork } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, type TestContext, test } from 'vitest'
import { type ConnectionLimits, WORKER_LIMITS } from './connection-settings.ts'
import { type Database, openDatabase } from './database.ts'
import { openScratchDatabase } from './scratch-database.ts'

const FIXTURE = fileURLToPath(new URL('./silent-client.fixture.ts', import.meta.url))

async function aDatabaseWithItem(t: TestContext): Promise<Database> {
  const database = await openScratchDatabase(t)
  await database.query('create table item (id int primary key, n int not null); insert into item values (1, 0)')
  return database
}

const numberOf = async (database: Database): Promise<unknown> =>
  (await database.query<{ n: number }>('select n from item where id = 1')).rows[0]?.n

test('a client that is frozen in the middle of a transaction keeps its lock no longer than allowed, and commits nothing when it wakes', async (t) => {
  const database = await aDatabaseWithItem(t)
  const idleMs = 400
  const child = fork(FIXTURE, [database.connectionString, String(idleMs)], { execArgv: [] })
  t.onTestFinished(() => void child.kill('SIGKILL'))
  expect((await once(child, 'message'))[0]).toBe('locked')
  const frozenAt = performance.now()
  child.kill('SIGSTOP')

  // Waits for the lock of the frozen client: it ends only when the server takes it away.
  await database.query('update item set n = n + 1 where id = 1')
  expect(performance.now() - frozenAt).toBeLessThan(idleMs + 3_000)
  expect(await numberOf(database)).toBe(1)

  const report = once(child, 'message')
  child.send('go on')
  child.kill('SIGCONT')
  const [{ outcome, seen }] = await report
  expect(outcome).toMatch(/^25P03 |Client has encountered a connection error|Connection terminated/)
  expect(seen).toBe(1)
  expect(await numberOf(database)).toBe(1)
})

interface Network {
  /** The address of the database behind it. */
  readonly connectionString: string
  /** From here on nothing passes on the connections there are; none is closed, as when a cable is pulled. New ones pass. */
  cut(): void
}

/** A real TCP connection between client and server that can go silent. */
async function aNetwork(t: TestContext, database: Database): Promise<Network> {
  const target = new URL(database.connectionString)
  const sockets: Socket[] = []
  const server = createServer((near) => {
    const far = connect(Number(target.port || 5432), target.hostname)
    for (const socket of [near, far]) socket.on('error', () => undefined)
    near.pipe(far).pipe(near)
    sockets.push(near, far)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const url = new URL(target)
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    connectionString: url.toString(),
    cut: () => {
      for (const socket of sockets) socket.unpipe().pause()
    },
  }
}

const LIMITS: ConnectionLimits = { transactionIdleMs: 400, statementMs: 700, connectMs: 5_000 }

function open(t: TestContext, connectionString: string): Database {
  const database = openDatabase({ connectionString, limits: LIMITS, maxConnections: 1 })
  t.onTestFinished(() => database.close())
  return database
}

test('a client that is cut from the database in a transaction notices, its lock is freed, nothing of it is stored, and it goes on over a new connection', async (t) => {
  const database = await aDatabaseWithItem(t)
  const network = await aNetwork(t, database)
  const cutOff = open(t, network.connectionString)
  const lost = cutOff.transaction(async (sql) => {
    await sql.query('update item set n = n + 100 where id = 1')
    network.cut()
    await sql.query('update item set n = n + 100 where id = 1')
  })
  lost.catch(() => undefined)
  await database.query('update item set n = n + 1 where id = 1') // waits until the server frees the row
  await expect(lost).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  expect(await numberOf(database)).toBe(1)
  expect(await numberOf(cutOff)).toBe(1)
})

test('a single statement that gets no answer fails with the code of a broken network, and its connection is not used again', async (t) => {
  const database = await aDatabaseWithItem(t)
  const network = await aNetwork(t, database)
  const cutOff = open(t, network.connectionString)
  expect(await numberOf(cutOff)).toBe(0)
  network.cut()
  await expect(cutOff.query('select 1')).rejects.toMatchObject({ code: 'ETIMEDOUT', cause: expect.any(Error) })
  expect(await numberOf(cutOff)).toBe(0)
})

test('a patient transaction may have statements that take longer than the limit of its connection', async (t) => {
  const database = await openScratchDatabase(t)
  const short = open(t, database.connectionString)
  const statement = `select pg_sleep(${(LIMITS.statementMs + 400) / 1000})`
  await expect(short.transaction((sql) => sql.query(statement))).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  await expect(short.transaction((sql) => sql.query(statement), { patient: true })).resolves.toMatchObject({ rowCount: 1 })
})

test('the server keeps the limits of a connection: who is silent is asked after 5 s and given up within the 20 s of a takeover', async (t) => {
  const database = await openScratchDatabase(t)
  const limited = openDatabase({ connectionString: database.connectionString, limits: WORKER_LIMITS, maxConnections: 1 })
  t.onTestFinished(() => limited.close())
  const { rows } = await limited.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings where name like 'tcp_%' or name = 'idle_in_transaction_session_timeout' order by name`,
  )
  expect(Object.fromEntries(rows.map((row) => [row.name, Number(row.setting)]))).toEqual({
    idle_in_transaction_session_timeout: 6_000,
    tcp_keepalives_count: 3,
    tcp_keepalives_idle: 5,
    tcp_keepalives_interval: 2,
    tcp_user_timeout: 10_000,
  })
})
