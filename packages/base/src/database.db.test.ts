import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { expect, onTestFinished, type TestContext, test } from 'vitest'
import { type Migration, migrate, openDatabase } from './database.ts'
import { databaseUrl, dropDatabase, ensureDatabase } from './database-server.ts'
import { openScratchDatabase } from './scratch-database.ts'
import { waitForDatabase } from './wait-for-database.ts'

const serverUrl = process.env.P2C_TEST_SERVER ?? ''

function aName(t: TestContext): string {
  const name = `test_${randomBytes(8).toString('hex')}`
  t.onTestFinished(() => dropDatabase(serverUrl, name))
  return name
}

test('many programs may create one database at once', async (t) => {
  const name = aName(t)
  const urls = await Promise.all(Array.from({ length: 8 }, () => ensureDatabase(serverUrl, name)))
  expect(new Set(urls)).toEqual(new Set([databaseUrl(serverUrl, name)]))
  expect(await ensureDatabase(serverUrl, name)).toBe(urls[0])
})

test('text is lowered for all letters and sorts by code point', async (t) => {
  const database = await openScratchDatabase(t)
  const lowered = await database.query("select lower('ÅÆØ ÉÑ ΩΣ ДЖ Ā') as text")
  expect(lowered.rows).toEqual([{ text: 'åæø éñ ωσ дж ā' }])
  const sorted = await database.query<{ name: string }>(
    "select name from unnest(array['b', 'a', 'Z', '_', 'å', 'É', '-', 'z', '中', '1', 'aa']) name order by name",
  )
  expect(sorted.rows.map((row) => row.name)).toEqual(['-', '1', 'Z', '_', 'a', 'aa', 'b', 'z', 'É', 'å', '中'])
})

test('what JavaScript would distort arrives as text: big and exact numbers, dates, times, single and in lists', async (t) => {
  const database = await openScratchDatabase(t)
  const { rows } = await database.query(`select 9007199254740993::bigint as big, 0.10::numeric as exact, date '2024-03-01' as day,
    timestamptz '2024-03-01 09:00:00.123456+01' as moment, time '08:30' as hour, 7 as number,
    array[9007199254740993::bigint, null] as bigs, array[0.10::numeric] as exacts, array[date '2024-03-01'] as days,
    array[timestamptz '2024-03-01 09:00:00.123456+01'] as moments, array['a,"b', null] as texts`)
  expect(rows).toEqual([
    {
      big: '9007199254740993',
      exact: '0.10',
      day: '2024-03-01',
      moment: '2024-03-01 08:00:00.123456+00',
      hour: '08:30:00',
      number: 7,
      bigs: ['9007199254740993', null],
      exacts: ['0.10'],
      days: ['2024-03-01'],
      moments: ['2024-03-01 08:00:00.123456+00'],
      texts: ['a,"b', null],
    },
  ])
})

test('a transaction is stored whole or not at all, and its connection serves on', async (t) => {
  const database = await openScratchDatabase(t)
  await database.query('create table item (n int primary key)')
  await database.transaction((sql) => sql.query('insert into item values (1)'))
  const failing = database.transaction(async (sql) => {
    await sql.query('insert into item values (2)')
    throw new Error('stop here')
  })
  await expect(failing).rejects.toThrow('stop here')
  await expect(database.transaction((sql) => sql.query('insert into item values (3), (1)'))).rejects.toMatchObject({ code: '23505' })
  expect((await database.query('select n from item')).rows).toEqual([{ n: 1 }])
  expect(database.pool.idleCount).toBe(database.pool.totalCount)
})

test('a transaction whose connection breaks fails, and the next one gets a new connection', async (t) => {
  const database = await openScratchDatabase(t)
  const broken = database.transaction((sql) => sql.query('select pg_terminate_backend(pg_backend_pid())'))
  await expect(broken).rejects.toThrow()
  expect(await database.transaction(async (sql) => (await sql.query('select 1 as n')).rows)).toEqual([{ n: 1 }])
})

const FIRST: Migration = { name: '0001-create-item', sql: 'create table item (n int); insert into item values (1)' }
const SECOND: Migration = { name: '0002-double-item', sql: 'update item set n = n * 2' }
const BROKEN: Migration = { name: '0003-broken', sql: 'insert into item values (9); select nonsense' }

test('migrations run once each, in the order of their names', async (t) => {
  const database = await openScratchDatabase(t)
  expect(await migrate(database, [SECOND, FIRST])).toEqual([FIRST.name, SECOND.name])
  expect(await migrate(database, [FIRST, SECOND])).toEqual([])
  expect((await database.query('select n from item')).rows).toEqual([{ n: 2 }])
})

test('programs that migrate at once run each migration once', async (t) => {
  const database = await openScratchDatabase(t)
  const ran = await Promise.all([1, 2, 3].map(() => migrate(database, [FIRST, SECOND])))
  expect(ran.flat().sort()).toEqual([FIRST.name, SECOND.name])
  expect((await database.query('select n from item')).rows).toEqual([{ n: 2 }])
})

test('a migration that fails is named and leaves nothing, those before it stay', async (t) => {
  const database = await openScratchDatabase(t)
  await expect(migrate(database, [FIRST, BROKEN])).rejects.toMatchObject({
    code: 'migration-failed',
    message: expect.stringContaining(BROKEN.name),
  })
  expect((await database.query('select n from item')).rows).toEqual([{ n: 1 }])
})

test('waiting ends at once when the server takes connections, and with what the server says when it never will', async () => {
  await waitForDatabase({ connectionString: serverUrl })
  await expect(waitForDatabase({ connectionString: databaseUrl(serverUrl, 'no_such_database') })).rejects.toMatchObject({ code: '3D000' })
})

/** A server that answers each connection in the way given, the last one for ever. */
async function aServer(...answers: readonly ((socket: Socket) => void)[]): Promise<{ url: string; calls: () => number }> {
  let calls = 0
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    const answer = answers[Math.min(calls, answers.length - 1)]
    calls += 1
    socket.once('data', () => answer?.(socket))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  return { url: `postgres://u@127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/x`, calls: () => calls }
}

/** An error message of the wire protocol: `E`, its length, fields, a zero. */
function refuse(code: string): (socket: Socket) => void {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0Mnot now\0\0`)
  const length = Buffer.alloc(4)
  length.writeInt32BE(fields.length + 4)
  return (socket) => socket.end(Buffer.concat([Buffer.from('E'), length, fields]))
}

const hangUp = (socket: Socket): void => void socket.end()

test('waiting goes on while a server starts or recovers (57P03), hangs up, or is full, and stops at any other answer', async () => {
  const server = await aServer(refuse('57P03'), hangUp, refuse('53300'), refuse('57P03'), refuse('28P01'))
  await expect(waitForDatabase({ connectionString: server.url })).rejects.toMatchObject({ code: '28P01' })
  expect(server.calls()).toBe(5)
})

test('waiting ends when its time is up, or when it is told to, with a clear error', async () => {
  const silent = await aServer(hangUp)
  const late = waitForDatabase({ connectionString: silent.url, timeoutMs: 1 })
  await expect(late).rejects.toMatchObject({
    code: 'database-unreachable',
    retryable: true,
    message: expect.stringMatching(/127\.0\.0\.1:\d+.*P2C_DATABASE_URL/),
  })
  const stop = new AbortController()
  const waiting = waitForDatabase({ connectionString: silent.url, signal: stop.signal })
  stop.abort(new Error('not any more'))
  await expect(waiting).rejects.toThrow('not any more')
})

test('an idle connection that breaks does not end the program', async (t) => {
  const database = await openScratchDatabase(t)
  const other = openDatabase({ connectionString: database.connectionString, maxConnections: 1 })
  t.onTestFinished(() => other.close())
  const pid = (await other.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid
  const removed = new Promise((done) => other.pool.once('remove', done))
  await database.query('select pg_terminate_backend($1)', [pid])
  await removed
  expect((await other.query('select 1 as n')).rows).toEqual([{ n: 1 }])
})

test('a transaction that passes over a failed statement is not taken for stored', async (t) => {
  const database = await openScratchDatabase(t)
  await database.query('create table item (n integer)')
  const careless = database.transaction(async (sql) => {
    await sql.query('insert into item values (1)')
    await sql.query('select 1 / 0').catch(() => undefined)
  })
  await expect(careless).rejects.toMatchObject({ code: 'transaction-rolled-back' })
  expect((await database.query('select n from item')).rows).toEqual([])
})
