import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { openDatabase, silentLogger, startEmbeddedPostgres, type TestScope } from '@p2c/base'
import { expect, test } from 'vitest'
import { type EngineSystem, startEngineSystem, untilEnd } from '../engine-system.case.ts'
import { accounts, anAccount } from '../memory-system.case.ts'

/** An engine on a database server of its own, which can be killed: it comes back by itself, as it does under `p2c start`. */
async function startOnOwnServer(scope: TestScope): Promise<EngineSystem & { killServer(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'p2c-restart-'))
  scope.onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const server = await startEmbeddedPostgres({ dataDir: folder, log: silentLogger })
  scope.onTestFinished(() => server.stop())
  const database = openDatabase({ connectionString: server.serverUrl, log: silentLogger })
  scope.onTestFinished(() => database.close())
  const system = await startEngineSystem(scope, { database, workers: 2, pagesPerStep: 2 })
  const pidFile = (await readdir(folder, { recursive: true })).find((name) => basename(name) === 'postmaster.pid') ?? ''
  const killServer = async (): Promise<void> => {
    process.kill(Number((await readFile(join(folder, pidFile), 'utf8')).split('\n')[0]), 'SIGKILL')
  }
  return { ...system, killServer }
}

test('R19 a database server that is killed in the middle of an execution only makes it wait: it goes on by itself and ends the same', async (t) => {
  const system = await startOnOwnServer(t)
  system.sales.put('accounts', [...accounts(95), anAccount(96, { address1_country: 'Atlantis' })])
  let upserts = 0
  system.supplyChain.hooks.afterUpsert = async () => {
    // Once inside a step, once more while the engine has hardly come back.
    if ([3, 6].includes(++upserts)) await system.killServer()
  }
  const { id } = await system.engine.startExecution('accounts')
  const execution = await untilEnd(system.engine, id)
  expect(execution.error).toBeUndefined()
  expect(execution).toMatchObject({ status: 'warning', tasks: [{ counters: { read: 96, failed: 1 } }] })
  const { inserted = 0, updated = 0 } = execution.tasks[0]?.counters ?? {}
  expect(inserted + updated).toBe(95)
  expect(system.supplyChain.rows('CustomersV2').size).toBe(95)
  expect(await system.run({ allData: true })).toMatchObject({ tasks: [{ counters: { unchanged: 95, failed: 1 } }] })
}, 60_000)
