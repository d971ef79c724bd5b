import { AppError } from '@p2c/base'
import { expect, test } from 'vitest'
import { type EngineSystem, startEngineSystem, untilEnd } from '../engine-system.case.ts'
import { accounts, anAccount } from '../memory-system.case.ts'
import type { HostProcess } from './engine-contract.ts'

/** Processes of one host, of which only those listed live. */
const hostProcess = (pid: number, living: readonly number[]): HostProcess => ({
  identity: { host: 'test-host', pid, startedAt: `start-${pid}` },
  isAlive: (other) => living.includes(other.pid),
})

type Stage = 'before the upsert' | 'after the upsert, before the commit' | 'after the commit, reading on'

/** Lets the second page of an execution hang at a stage, as a worker does whose process was stopped there. */
function hangAt(system: EngineSystem, stage: Stage) {
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  let calls = 0
  const hang = async (): Promise<void> => {
    if (++calls !== 2) return
    reached.resolve()
    await released.promise
  }
  if (stage === 'before the upsert') system.supplyChain.hooks.beforeUpsert = hang
  else if (stage === 'after the upsert, before the commit') system.supplyChain.hooks.afterUpsert = hang
  else system.sales.hooks.beforePage = hang
  return { reached: reached.promise, release: released.resolve }
}

const linkCount = async (system: EngineSystem): Promise<number> =>
  Number((await system.database.query<{ count: string }>('select count(*) from record_link')).rows[0]?.count)

test.each<Stage>([
  'before the upsert',
  'after the upsert, before the commit',
  'after the commit, reading on',
])('R19 a worker that is lost %s is taken over at the next start, cannot commit any more, and the end is the same', async (stage) => {
  const scope = { onTestFinished: (callback: () => Promise<void>) => ends.push(callback) }
  const ends: (() => Promise<void>)[] = []
  const system = await startEngineSystem(scope, { process: hostProcess(1, []), workers: 1 })
  try {
    system.sales.put('accounts', [...accounts(34), anAccount(35, { address1_country: 'Atlantis' })])
    const hung = hangAt(system, stage)
    const { id } = await system.engine.startExecution('accounts')
    await hung.reached
    const started = performance.now()
    const successor = await system.openEngine({ process: hostProcess(2, [2]) })
    const execution = await untilEnd(successor, id)
    // At once, not when the heartbeat of at least ten seconds runs out; a busy machine has room to be slow.
    expect(performance.now() - started).toBeLessThan(8_000)
    expect(execution).toMatchObject({ status: 'warning', tasks: [{ counters: { read: 35, failed: 1 } }] })
    const { inserted = 0, updated = 0 } = execution.tasks[0]?.counters ?? {}
    expect(inserted + updated).toBe(34)
    // The lost worker wakes up: what it did since must not count.
    hung.release()
    await system.engine.stop()
    expect(await successor.findExecution(id)).toEqual(execution)
    expect(system.supplyChain.rows('CustomersV2').size).toBe(34)
    expect(await linkCount(system)).toBe(34)
    expect(await successor.listRecordErrors()).toMatchObject([{ attempts: 1 }])
    const again = await untilEnd(successor, (await successor.startExecution('accounts', { allData: true })).id)
    expect(again.tasks[0]?.counters).toMatchObject({ read: 35, unchanged: 34, failed: 1, inserted: 0, updated: 0 })
  } finally {
    for (const end of ends.reverse()) await end()
  }
})

test('steps of a process that lives are left to it', async (t) => {
  const system = await startEngineSystem(t, { process: hostProcess(1, [1]), workers: 1 })
  system.sales.put('accounts', accounts(25))
  const hung = hangAt(system, 'before the upsert')
  const { id } = await system.engine.startExecution('accounts')
  await hung.reached
  const second = await system.openEngine({ process: hostProcess(2, [1, 2]) })
  hung.release()
  expect(await untilEnd(second, id)).toMatchObject({ status: 'completed', tasks: [{ counters: { read: 25, inserted: 25 } }] })
})

test.for([
  [1, 20],
  [3, 35],
])('an engine that stops finishes the pages under way (lanes: %i), and another one goes on behind them', async ([
  lanes = 1,
  most = 20,
], t) => {
  const system = await startEngineSystem(t, { workers: 1, lanes })
  system.sales.put('accounts', accounts(35))
  const hung = hangAt(system, 'after the upsert, before the commit')
  const { id } = await system.engine.startExecution('accounts')
  await hung.reached
  const stopped = system.engine.stop()
  hung.release()
  await stopped
  // How many pages had begun beside the one that hung is chance; none begins behind the stop.
  expect(system.supplyChain.calls.written).toBeGreaterThanOrEqual(20)
  expect(system.supplyChain.calls.written).toBeLessThanOrEqual(most)
  const other = await system.openEngine()
  expect(await untilEnd(other, id)).toMatchObject({ status: 'completed', tasks: [{ counters: { read: 35, inserted: 35, updated: 0 } }] })
})

test('a stop while a call waits for its repetition leaves the step to the next engine', async (t) => {
  const system = await startEngineSystem(t, { workers: 1, retry: { firstDelayMs: 60_000, longestDelayMs: 60_000 } })
  system.sales.put('accounts', accounts(5))
  const refused = Promise.withResolvers<void>()
  system.sales.hooks.beforePage = async () => {
    delete system.sales.hooks.beforePage
    refused.resolve()
    throw new AppError({ category: 'connectivity', code: 'connection-unreachable', message: 'gone', retryable: true })
  }
  const { id } = await system.engine.startExecution('accounts')
  await refused.promise
  await system.engine.stop()
  const other = await system.openEngine()
  expect(await untilEnd(other, id)).toMatchObject({ status: 'completed', tasks: [{ counters: { read: 5, inserted: 5 } }] })
})

test('an execution that lost all its steps goes on where it stands', async (t) => {
  const system = await startEngineSystem(t, { workers: 0 })
  system.sales.put('accounts', accounts(15))
  const { id } = await system.engine.startExecution('accounts')
  await system.database.query(`delete from pgboss.job where name = 'execution-step'`)
  const other = await system.openEngine({ workers: 1 })
  expect(await untilEnd(other, id)).toMatchObject({ status: 'completed', tasks: [{ counters: { read: 15, inserted: 15 } }] })
})
