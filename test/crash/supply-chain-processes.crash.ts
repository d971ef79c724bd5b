import { setTimeout as delay } from 'node:timers/promises'
import { type Database, databaseUrl, openDatabase, silentLogger, startEmbeddedPostgres } from '@p2c/base'
import { expect, type TestContext, test } from 'vitest'
import { createStopwatch, toTable } from '../load/figures.ts'
import { countFromEnvironment, createChance, printedSeed, tell } from '../support/chance.ts'
import { scratchFolder } from '../support/command-line.ts'
import { startEventListener } from '../support/event-listener.ts'
import { startSupplyChainProcess } from '../support/supply-chain-process.ts'
import { deliveredTwice } from './posted-once.ts'
import { startShift } from './supply-chain-shift.ts'

const SECONDS = countFromEnvironment('P2C_CRASH_SECONDS', 40)
const KILLS = countFromEnvironment('P2C_CRASH_KILLS', 10)
const CLERKS = 12
const LONGEST_MS = 20_000
const PACKAGES = { customers: 1_500, orders: 1_100 }

async function openOwnDatabase(t: TestContext): Promise<{ readonly database: Database; readonly connectionString: string }> {
  const server = await startEmbeddedPostgres({
    dataDir: await scratchFolder(t),
    log: silentLogger,
    settings: { fsync: 'off', max_connections: '100' },
  })
  t.onTestFinished(() => server.stop())
  const connectionString = databaseUrl(server.serverUrl, 'postgres')
  const database = openDatabase({ connectionString, maxConnections: 2, log: silentLogger })
  t.onTestFinished(() => database.close())
  return { database, connectionString }
}

/** Runs of each job by its history; a job that ran once has one row. */
async function ranOften(database: Database): Promise<string[]> {
  const { rows } = await database.query<{ job_description: string; runs: string }>(
    `select job_description, count(*) as runs from batch_job_history where job_description like 'Crash %' group by 1 having count(*) > 1`,
  )
  return rows.map(({ job_description, runs }) => `${job_description}: ${runs} runs`)
}

test(`two processes over one database, started at once on an empty one, ${CLERKS} clerks on both for ${SECONDS} s: the books agree, jobs and events come once`, async (t) => {
  const seed = printedSeed('two processes')
  const { database, connectionString } = await openOwnDatabase(t)
  const processes = await Promise.all([startSupplyChainProcess(t, connectionString), startSupplyChainProcess(t, connectionString)])
  const listener = await startEventListener(t)
  const stopwatch = createStopwatch()
  const work = await startShift({ processes, database, listener, seed, clerks: CLERKS, packages: PACKAGES, onAnswer: stopwatch.note })
  const startedAt = performance.now()
  while (performance.now() - startedAt < SECONDS * 1000) {
    await Promise.race([delay(2_000), work.failed])
    expect(await work.problems()).toEqual([])
  }
  expect(await work.finish()).toEqual([])
  const figures = stopwatch.figures()
  tell(`\n${toTable(figures, (performance.now() - startedAt) / 1000)}\n`)
  tell(`${work.shift.paid} paid, ${work.imports.length} packages, refused ${JSON.stringify([...work.shift.refusals])}`)
  expect(deliveredTwice(listener.received)).toEqual([])
  expect(await ranOften(database)).toEqual([])
  expect(work.shift.paid).toBeGreaterThan(SECONDS)
  expect(figures.at(-1)?.longest).toBeLessThan(LONGEST_MS)
})

test(`${KILLS} times kill -9 of either of two processes: the other one goes on with jobs, events and packages`, async (t) => {
  const seed = printedSeed('two processes, one of them killed')
  const chance = createChance(seed)
  const { database, connectionString } = await openOwnDatabase(t)
  const one = await startSupplyChainProcess(t, connectionString)
  const processes = [one, await startSupplyChainProcess(t, connectionString)]
  const listener = await startEventListener(t)
  const work = await startShift({ processes, database, listener, seed, clerks: CLERKS, packages: PACKAGES })
  for (let kill = 1; kill <= KILLS; kill += 1) {
    await Promise.race([delay(500 + chance.below(2_000)), work.failed])
    const victim = chance.pick(processes)
    await victim.kill()
    await victim.start()
    expect(await work.problems(), `after kill ${kill}`).toEqual([])
    tell(`${kill}: ${work.shift.accepted.length} accepted, ${work.imports.length} packages`)
  }
  await work.endWork()
  const [gone, ...alive] = chance.shuffled(processes)
  // It stays away: packages, jobs and events that it was at are finished by the other one.
  await gone?.kill()
  expect(await work.finish(alive)).toEqual([])
  tell(`${work.shift.paid} paid; ${deliveredTwice(listener.received).length} of ${listener.received.length} events came more than once`)
})
