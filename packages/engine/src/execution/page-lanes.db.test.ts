import { setImmediate } from 'node:timers/promises'
import { AppError, openDatabase, openScratchDatabase } from '@p2c/base'
import { expect, test } from 'vitest'
import { startEngineSystem, untilEnd } from '../engine-system.case.ts'
import { accounts, anAccount } from '../memory-system.case.ts'
import type { HostProcess } from './engine-contract.ts'

const hostProcess = (pid: number): HostProcess => ({
  identity: { host: `host-${pid}`, pid, startedAt: `start-${pid}` },
  isAlive: () => true,
})

test('pages are written side by side in as many lanes as allowed, and saved in order', async (t) => {
  const system = await startEngineSystem(t, { lanes: 3, workers: 1 })
  system.sales.put('accounts', accounts(95))
  let together = 0
  let most = 0
  const full = Promise.withResolvers<void>()
  system.supplyChain.hooks.beforeUpsert = async () => {
    most = Math.max(most, ++together)
    if (together === 3) full.resolve()
    await full.promise
    await setImmediate()
    together--
  }
  expect(await system.run()).toMatchObject({ status: 'completed', tasks: [{ counters: { read: 95, inserted: 95 } }] })
  expect(most).toBe(3)
  expect(await system.run({ allData: true })).toMatchObject({ tasks: [{ counters: { read: 95, unchanged: 95 } }] })
})

test('rows of one destination key on different pages are written in the order of the source', async (t) => {
  const system = await startEngineSystem(t, { lanes: 3, workers: 1 })
  const last = anAccount(1, { accountnumber: 'acc-000001', name: 'the last one' })
  system.sales.put('accounts', [...accounts(25), last])
  const written: (string | undefined)[] = []
  const { upsert } = system.supplyChain.connector
  let first = true
  Object.assign(system.supplyChain.connector, {
    upsert: async (...call: Parameters<typeof upsert>) => {
      const hit = call[0].rows.find((row) => row.key.toLowerCase() === 'acc-000001')
      // The page with the first of them is slow: the one with the last must wait for it all the same.
      if (first) {
        first = false
        for (let turn = 0; turn < 200; turn++) await setImmediate()
      }
      const outcomes = await upsert(...call)
      if (hit !== undefined) written.push(String(hit.values.OrganizationName))
      return outcomes
    },
  })
  expect(await system.run()).toMatchObject({ status: 'completed', tasks: [{ counters: { read: 26 } }] })
  expect(written).toEqual(['Account 1', 'the last one'])
})

test('a page that fails stops the pages behind it from being saved, and what they wrote is found again', async (t) => {
  const system = await startEngineSystem(t, { lanes: 3, workers: 1 })
  system.sales.put('accounts', accounts(45))
  system.supplyChain.refuse = (values) => {
    if (values.CustomerAccount === 'ACC-000012') throw new AppError({ category: 'auth', code: 'connection-refused', message: 'no' })
    return undefined
  }
  const failed = await system.run()
  expect(failed).toMatchObject({
    status: 'error',
    error: { code: 'connection-refused' },
    tasks: [{ counters: { read: 10, inserted: 10 } }],
  })
  system.supplyChain.refuse = () => undefined
  const again = await system.run()
  expect(again).toMatchObject({ status: 'completed', tasks: [{ counters: { read: 45, unchanged: 10 } }] })
  expect(system.supplyChain.rows('CustomersV2').size).toBe(45)
})

test('a large read is cut into ranges that two workers load side by side, and ends as one read does', async (t) => {
  const options = { workers: 1, splitRows: 50, pagesPerRange: 2, lanes: 2 }
  const system = await startEngineSystem(t, { ...options, process: hostProcess(1) })
  const second = await system.openEngine({ process: hostProcess(2) })
  system.sales.put('accounts', [...accounts(205), anAccount(206, { address1_country: 'Atlantis' })])
  const { id } = await system.engine.startExecution('accounts')
  expect(await untilEnd(second, id)).toMatchObject({
    status: 'warning',
    tasks: [{ expectedRows: 206, counters: { read: 206, inserted: 205, failed: 1 } }],
  })
  const ranges = await system.database.query('select read_count from partition where range_number > 0 order by range_number')
  expect(ranges.rows.map((row) => Number(row.read_count))).toEqual([...Array.from({ length: 10 }, () => 20), 6])
  system.sales.put('accounts', [anAccount(7, { name: 'changed' })])
  // The position counts: the next execution reads the change and the row that failed, nothing else.
  expect(await system.run()).toMatchObject({ tasks: [{ counters: { read: 2, updated: 1, failed: 1 } }] })
})

test('a range ends where the next one begins even when rows have come and gone between the walk and the load', async (t) => {
  const options = { workers: 1, splitRows: 50, pagesPerRange: 2, lanes: 1 }
  const system = await startEngineSystem(t, { ...options, process: hostProcess(1) })
  const second = await system.openEngine({ process: hostProcess(2), workers: 1 })
  system.sales.put('accounts', accounts(120))
  let moved = false
  system.supplyChain.hooks.beforeUpsert = async () => {
    if (moved) return
    // Once the walk is over: the rows at which ranges begin are gone or have moved, and there is one more at the front of each.
    while ((await system.database.query(`select 1 from partition where range_number = 0 and phase = 'done'`)).rowCount === 0)
      await setImmediate()
    if (moved) return
    moved = true
    for (const number of [21, 61, 81]) system.sales.remove('accounts', `ACC-${String(number).padStart(6, '0')}`)
    system.sales.put('accounts', [anAccount(41, { name: 'changed' })])
    for (const number of [5, 25, 45])
      system.sales.put('accounts', [{ ...anAccount(number), accountnumber: `ACC-${String(number).padStart(6, '0')}x` }])
  }
  const { id } = await system.engine.startExecution('accounts')
  expect(await untilEnd(second, id)).toMatchObject({ status: 'completed' })
  await system.run()
  const expected = [...system.sales.rows('accounts').keys()].sort()
  const keys = [...system.supplyChain.rows('CustomersV2').keys()].filter((key) => !/0000(21|61|81)$/.test(key)).sort()
  expect(keys).toEqual(expected)
  expect(system.supplyChain.rows('CustomersV2').get('ACC-000041')).toMatchObject({ OrganizationName: 'changed' })
})

test('a worker that is alone does not cut a read', async (t) => {
  const system = await startEngineSystem(t, { workers: 1, splitRows: 50, pagesPerRange: 2 })
  system.sales.put('accounts', accounts(105))
  expect(await system.run()).toMatchObject({ status: 'completed', tasks: [{ counters: { read: 105 } }] })
  expect((await system.database.query('select 1 from partition where range_number > 0')).rowCount).toBe(0)
})

test('lanes and ranges get by with one connection to the database: no work under way holds one while it asks for another', async (t) => {
  const { connectionString } = await openScratchDatabase(t)
  const database = openDatabase({ connectionString, maxConnections: 1 })
  t.onTestFinished(() => database.close())
  const options = { database, workers: 2, lanes: 4, splitRows: 50, pagesPerRange: 2 }
  const system = await startEngineSystem(t, { ...options, process: hostProcess(1) })
  await system.openEngine({ process: hostProcess(2) })
  system.sales.put('accounts', [...accounts(205), anAccount(206, { address1_country: 'Atlantis' })])
  expect(await system.run()).toMatchObject({ status: 'warning', tasks: [{ counters: { read: 206, inserted: 205, failed: 1 } }] })
  expect((await database.query('select 1 from partition where range_number > 0')).rowCount).toBeGreaterThan(1)
})
