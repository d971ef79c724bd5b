import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Comparison, type Execution, totalCounters } from '@p2c/api'
import { type Database, databaseUrl, openDatabase } from '@p2c/base'
import { expect, type TestContext, test } from 'vitest'
import { type Host, startHosts } from '../support/hosts.ts'
import { P2C_MAIN as P2C, type StartedProgram, whenReady } from '../support/start-program.ts'

const DATABASE = fileURLToPath(new URL('../support/host-database.fixture.ts', import.meta.url))

const ACCOUNTS = 40_000
/** Defaults of the engine. */
const PAGE_ROWS = 5_000
const LANES = 3
/** Design, section 6: another worker takes over. */
const LONGEST_TAKEOVER_MS = 20_000

/** Starts a program on a host that says in one line of JSON when it is ready. */
const startOn = <Ready>(
  t: TestContext,
  host: Host,
  program: { readonly args: readonly string[]; readonly env?: Readonly<Record<string, string | undefined>> },
): Promise<StartedProgram<Ready>> => whenReady(t, host.spawn(process.execPath, program.args, { ...process.env, ...program.env }))

/** Runs a command to its end on a host and gives its JSON. */
async function commandOn<Result>(host: Host, args: readonly string[]): Promise<Result> {
  const child = host.spawn(process.execPath, [P2C, ...args, '--json'])
  const ended = once(child, 'exit')
  const [out, problems] = await Promise.all([child.stdout, child.stderr].map((stream) => (stream === null ? '' : text(stream))))
  const [code] = await ended
  if (code !== 0) throw new Error(`p2c ${args.join(' ')} ended with ${code}: ${out} ${problems}`)
  return JSON.parse(out ?? '')
}

async function aFolder(t: TestContext, name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `p2c-${name}-`))
  t.onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

interface Worker {
  readonly host: Host
  readonly folder: string
  readonly process: ChildProcess
  /** Of the program that takes steps. */
  readonly pid: number
  readonly health: string
}

/** What the health end point of a worker says, asked on its own host: it listens nowhere else. */
async function healthOf(host: Host, url: string): Promise<{ readonly status: string; readonly pid: number }> {
  const child = host.spawn(process.execPath, ['-e', `fetch('${url}').then((reply) => reply.text()).then(console.log)`])
  return JSON.parse(child.stdout === null ? '' : await text(child.stdout))
}

/** Asks until `find` gives something; what is waited for happens on the other hosts. */
async function until<Found>(what: string, find: () => Promise<Found | undefined>, longestMs: number): Promise<Found> {
  const end = performance.now() + longestMs
  for (;;) {
    const found = await find()
    if (found !== undefined) return found
    if (performance.now() > end) throw new Error(`${what}: not within ${longestMs / 1000} s`)
    await delay(20)
  }
}

/** Everything that an execution leaves, with the transaction that wrote each row: any later write shows. */
async function traceOf(database: Database): Promise<unknown> {
  const { rows } = await database.query(
    `select (select md5(string_agg(p.xmin::text || p::text, ',' order by p.id)) from partition p) as partitions,
            (select md5(string_agg(t.xmin::text || t::text, ',' order by t.id)) from task_execution t) as tasks,
            (select count(*) || ' ' || max(l.xmin::text::bigint) from record_link l) as links`,
  )
  return rows[0]
}

const readRows = async (database: Database): Promise<number> =>
  Number((await database.query<{ rows: string }>('select coalesce(sum(read_count), 0) as rows from partition')).rows[0]?.rows)

/** The process that works on a partition, once a page of it is saved. */
async function holderOf(database: Database): Promise<number | undefined> {
  const { rows } = await database.query<{ pid: number }>(
    `select h.pid from held_step h join pgboss.job j on j.id = h.job_id
     where j.data->>'kind' = 'partition' and (select sum(page_number) from partition) between 1 and 4`,
  )
  return rows[0]?.pid
}

test('three hosts: the worker that has the work is cut from the network; the other one ends it, the first commits nothing when it is back and then works again', {
  timeout: 400_000,
}, async (t) => {
  const [hostA, hostB, hostC] = await startHosts(t, ['A', 'B', 'C'])
  if (hostA === undefined || hostB === undefined || hostC === undefined) throw new TypeError('three hosts were started')
  const dataA = await aFolder(t, 'host-a')
  const server = await startOn<{ network: string; socket: string }>(t, hostA, {
    args: [DATABASE, await aFolder(t, 'database'), hostA.address],
  })
  const env = { P2C_DATABASE_URL: server.ready.network, P2C_DATABASE_PREFIX: 'hosts' }
  // The integrator leaves all steps to the workers.
  await startOn(t, hostA, {
    args: [P2C, 'start', '--data', dataA, '--host', hostA.address, '--port-base', '0', '--workers', '0', '--json'],
    env,
  })
  await commandOn(hostA, ['load', 'sample', '--accounts', String(ACCOUNTS), '--seed', '11', '--data', dataA])
  const startWorker = async (host: Host): Promise<Worker> => {
    const folder = await aFolder(t, `host-${host.name.toLowerCase()}`)
    const args = [P2C, 'start', '--role', 'worker', '--data', folder, '--key-file', join(dataA, 'secrets.json'), '--json']
    const { process, ready } = await startOn<{ health: string }>(t, host, { args, env })
    return { host, folder, process, health: ready.health, pid: (await healthOf(host, ready.health)).pid }
  }
  const workers = [await startWorker(hostB), await startWorker(hostC)]
  const database = openDatabase({ connectionString: databaseUrl(server.ready.socket, 'hosts_integrator'), maxConnections: 2 })
  t.onTestFinished(() => database.close())

  const running = commandOn<Execution>(hostA, ['run', 'accounts', '--data', dataA])
  running.catch(() => undefined)
  const tooEarly = running.then((execution) => {
    throw new Error(`the execution ended before a worker could be cut off: ${JSON.stringify(execution)}`)
  })
  tooEarly.catch(() => undefined) // once it is cut off, the end is what is hoped for
  const pid = await Promise.race([until('a worker has saved a page', () => holderOf(database), 60_000), tooEarly])
  const cut = workers.find((worker) => worker.pid === pid)
  const other = workers.find((worker) => worker.pid !== pid)
  if (cut === undefined || other === undefined) throw new Error(`process ${pid} is none of the workers`)
  await cut.host.cut()
  const cutAt = performance.now()
  // What was on its way when the cable was pulled may still land; then nothing moves until the other one takes over.
  const held = await readRows(database)
  expect(held).toBeLessThan(ACCOUNTS)
  const holds = async (worker: Worker) =>
    (await database.query('select 1 from held_step where pid = $1', [worker.pid])).rows.length > 0 ? performance.now() : undefined
  const takenOverMs = (await until('the other worker takes the step over', () => holds(other), 60_000)) - cutAt
  process.stdout.write(`cut at ${held} of ${ACCOUNTS} rows; taken over after ${Math.round(takenOverMs)} ms\n`)
  expect(takenOverMs).toBeLessThan(LONGEST_TAKEOVER_MS)

  const ended = await running
  expect(ended.status).toBe('completed')
  const total = totalCounters(ended.tasks)
  expect(total).toMatchObject({ read: ACCOUNTS, failed: 0, waiting: 0 })
  // Pages that were written and not recorded when the cable was pulled are met again, by their keys: one of each lane at most.
  expect(total.inserted + total.updated + total.unchanged).toBe(ACCOUNTS)
  expect(total.updated + total.unchanged).toBeLessThanOrEqual(LANES * PAGE_ROWS)
  expect((await healthOf(cut.host, cut.health)).status).toBe('database-away')

  const trace = await traceOf(database)
  await cut.host.join()
  await until(
    'the worker that was cut reaches the database',
    async () => {
      const { status } = await healthOf(cut.host, cut.health)
      return status === 'ok' ? status : undefined
    },
    120_000,
  )
  const log = join(cut.folder, 'worker', 'logs', 'worker.log')
  await until(
    'the worker that was cut finds that its step is gone',
    async () => {
      const lines = await readFile(log, 'utf8')
      return lines.includes('taken over by another worker') ? lines : undefined
    },
    120_000,
  )
  expect(await traceOf(database)).toEqual(trace)
  expect((await healthOf(cut.host, cut.health)).pid).toBe(cut.pid)

  // Alone from here on, so that what is done is done by the one that was cut.
  const gone = once(other.process, 'exit')
  other.process.kill('SIGTERM')
  expect((await gone)[0]).toBe(0)
  const second = await commandOn<Execution>(hostA, ['run', 'accounts', '--all-data', '--data', dataA])
  expect(totalCounters(second.tasks)).toMatchObject({ read: ACCOUNTS, unchanged: ACCOUNTS, inserted: 0, updated: 0, failed: 0 })
  const comparison = await commandOn<Comparison>(hostA, ['compare', 'accounts', '--data', dataA])
  expect(comparison).toMatchObject({
    clean: true,
    tasks: [{ comparedRows: ACCOUNTS, equalRows: ACCOUNTS, missingRows: 0, differentRows: 0 }],
  })
})
