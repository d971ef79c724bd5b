import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Database, databaseUrl, openDatabase, silentLogger, startEmbeddedPostgres, waitForDatabase } from '@p2c/base'
import { expect, type TestContext, test } from 'vitest'
import { countFromEnvironment, createChance, printedSeed, tell } from '../support/chance.ts'
import { scratchFolder } from '../support/command-line.ts'
import { startEventListener } from '../support/event-listener.ts'
import { signalOne } from '../support/processes.ts'
import { type SupplyChainProcess, startSupplyChainProcess } from '../support/supply-chain-process.ts'
import { deliveredTwice } from './posted-once.ts'
import { type RunningShift, startShift } from './supply-chain-shift.ts'

const KILLS = countFromEnvironment('P2C_CRASH_KILLS', 30)
const CLERKS = 10
/** A client waits no longer than this for the program after a kill, whatever was killed. */
const BACK_MS = 20_000
const PACKAGES = { customers: 1_500, orders: 1_100 }

/** Commits that were told survive: what fsync guards against is the end of the machine. */
const SERVER_SETTINGS = { fsync: 'off', max_connections: '100' }
/** The server starts itself again at most five times a minute. */
const SERVER_EVERY_MS = 15_000

interface OwnServer {
  readonly database: Database
  readonly connectionString: string
  killServer(): Promise<void>
  /** Ends some connections of the application, of which each is in the middle of something or idle. */
  killConnections(share: number): Promise<void>
}

async function openOwnServer(t: TestContext): Promise<OwnServer> {
  const dataDir = join(await scratchFolder(t), 'server')
  const server = await startEmbeddedPostgres({ dataDir, log: silentLogger, settings: SERVER_SETTINGS })
  t.onTestFinished(() => server.stop())
  const connectionString = databaseUrl(server.serverUrl, 'postgres')
  const database = openDatabase({ connectionString, maxConnections: 2, log: silentLogger })
  t.onTestFinished(() => database.close())
  return {
    database,
    connectionString,
    async killServer() {
      const pid = Number((await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8')).split('\n', 1)[0])
      signalOne(pid, 'SIGKILL')
      await waitForDatabase({ connectionString })
    },
    async killConnections(share) {
      await database.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name like 'p2c-supply-chain%' and random() < $1`,
        [share],
      )
    },
  }
}

const VICTIMS = ['process', 'process', 'connections', 'all connections', 'server'] as const

/** Kills one thing and waits until the program answers again. */
async function strike(victim: (typeof VICTIMS)[number], server: OwnServer, program: SupplyChainProcess): Promise<void> {
  if (victim === 'process') await program.kill().then(() => program.start())
  else if (victim === 'server') await server.killServer()
  else await server.killConnections(victim === 'connections' ? 0.4 : 1)
}

/** From `since` to the next answer of a command. */
async function untilNextPosting({ shift, failed }: RunningShift, since: number): Promise<number> {
  const before = shift.accepted.length
  while (shift.accepted.length === before) {
    if (performance.now() - since > BACK_MS) throw new Error(`no command was accepted within ${BACK_MS} ms`)
    await Promise.race([delay(10), failed])
  }
  return performance.now() - since
}

test(`${KILLS} times kill -9 of Supply Chain, of its connections and of its database while ${CLERKS} clerks post: nothing lost, nothing twice`, async (t) => {
  const seed = printedSeed('kills while clerks post')
  const chance = createChance(seed)
  const server = await openOwnServer(t)
  const program = await startSupplyChainProcess(t, server.connectionString)
  const listener = await startEventListener(t)
  const work = await startShift({ processes: [program], database: server.database, listener, seed, clerks: CLERKS, packages: PACKAGES })
  let serverKilledAt = -SERVER_EVERY_MS
  for (let kill = 1; kill <= KILLS; kill += 1) {
    await Promise.race([delay(200 + chance.below(2_500)), work.failed])
    const wanted = chance.pick(VICTIMS)
    const victim = wanted === 'server' && performance.now() - serverKilledAt < SERVER_EVERY_MS ? 'process' : wanted
    if (victim === 'server') serverKilledAt = performance.now()
    const at = performance.now()
    await strike(victim, server, program)
    const backMs = await untilNextPosting(work, at)
    expect(await work.problems(), `after kill ${kill}, of ${victim}`).toEqual([])
    const { accepted, paid } = work.shift
    tell(
      `${kill} ${victim}: the next posting after ${Math.round(backMs)} ms; ${accepted.length} accepted, ${paid} paid, ${work.imports.length} packages`,
    )
  }
  expect(await work.finish()).toEqual([])
  const { orders, paid, replays, refusals } = work.shift
  tell(`${orders} orders, ${paid} paid, ${replays} repeated, ${work.imports.length} packages, refused ${JSON.stringify([...refusals])}`)
  tell(`${listener.received.length} events, of which ${deliveredTwice(listener.received).length} came more than once`)
  expect(paid, 'orders went all the way').toBeGreaterThan(KILLS)
})
