import { AppError } from '@p2c/base'
import { expect, test } from 'vitest'
import { PROJECT, SET, startEngineSystem, untilEnd } from './engine-system.case.ts'
import type { Engine } from './execution/engine-contract.ts'
import { accounts, anAccount, CONTACTS_TASK, type MemorySystem } from './memory-system.case.ts'
import type { Counters, Execution } from './model/execution.ts'

const counters = (changes: Partial<Counters>): Counters => ({
  read: 0,
  filtered: 0,
  skipped: 0,
  unchanged: 0,
  inserted: 0,
  updated: 0,
  failed: 0,
  waiting: 0,
  deleted: 0,
  ...changes,
})

test('a first execution writes every row, page by page, and completes', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', accounts(35))
  const execution = await system.run()
  expect(execution).toMatchObject({ status: 'completed', projectName: 'accounts', trigger: 'manual', allData: false })
  expect(execution.tasks).toMatchObject([
    { name: 'Accounts - Customers', order: 1, status: 'completed', counters: counters({ read: 35, inserted: 35 }) },
  ])
  expect(system.supplyChain.rows('CustomersV2').size).toBe(35)
  expect(system.supplyChain.rows('CustomersV2').get('ACC-000003')).toEqual({
    CustomerAccount: 'ACC-000003',
    OrganizationName: 'Account 3',
    PartyType: 'Organization',
    CreditLimit: '1000.5',
    AddressCountryRegionISOCode: 'DE',
  })
})

test('a second execution without a change reads nothing and writes nothing', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', accounts(25))
  await system.run()
  const before = { ...system.sales.calls }
  const second = await system.run()
  expect(second).toMatchObject({ status: 'completed', tasks: [{ counters: counters({}) }] })
  expect(system.supplyChain.calls.written).toBe(25)
  expect(system.sales.calls.read - before.read).toBe(1)
})

test('only changed rows are read, and of these only changed content is written', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', accounts(25))
  await system.run()
  system.sales.put('accounts', [anAccount(1, { name: 'Renamed' }), anAccount(2), anAccount(26)])
  const execution = await system.run()
  expect(execution.tasks[0]?.counters).toEqual(counters({ read: 3, updated: 1, unchanged: 1, inserted: 1 }))
  expect(system.supplyChain.rows('CustomersV2').get('ACC-000001')?.OrganizationName).toBe('Renamed')
})

test('all data reads every row and still writes nothing; rewrite writes every row', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', accounts(25))
  await system.run()
  const allData = await system.run({ allData: true })
  expect(allData.tasks[0]?.counters).toEqual(counters({ read: 25, unchanged: 25 }))
  const rewrite = await system.run({ rewrite: true })
  expect(rewrite.tasks[0]?.counters).toEqual(counters({ read: 25, updated: 25 }))
})

test('an expired source position is followed by a full read', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', accounts(25))
  await system.run()
  system.sales.expireBefore = 1_000
  system.sales.put('accounts', [anAccount(7, { name: 'Changed' })])
  const execution = await system.run()
  expect(execution).toMatchObject({ status: 'completed', tasks: [{ counters: counters({ read: 25, unchanged: 24, updated: 1 }) }] })
})

test('a row that was tried again before the source position turned out to be expired is counted once', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', [...accounts(15), anAccount(16, { address1_country: 'Atlantis' })])
  await system.run()
  system.sales.expireBefore = 1_000
  expect(await system.run()).toMatchObject({ status: 'warning', tasks: [{ counters: counters({ read: 16, unchanged: 15, failed: 1 }) }] })
})

test('rows outside the filter and rows without a key are counted apart', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', [anAccount(1), anAccount(2, { name: 'filtered' }), anAccount(3, { accountnumber: null })])
  const execution = await system.run()
  expect(execution).toMatchObject({
    status: 'completed',
    tasks: [{ counters: counters({ read: 3, filtered: 1, skipped: 1, inserted: 1 }) }],
  })
})

test('a bad row becomes a record error that names it, the others are written, and a correction closes it', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', [...accounts(20), anAccount(21, { address1_country: 'Atlantis' }), anAccount(22, { name: 'x'.repeat(61) })])
  const first = await system.run()
  expect(first).toMatchObject({
    status: 'warning',
    tasks: [{ status: 'warning', counters: counters({ read: 22, inserted: 20, failed: 2 }) }],
  })
  const errors = await system.engine.listRecordErrors({ executionId: first.id })
  expect(errors).toMatchObject([
    {
      sourceKey: 'ACC-000021',
      code: 'value-not-mapped',
      category: 'mapping',
      attempts: 1,
      state: 'open',
      details: { field: 'AddressCountryRegionISOCode' },
    },
    { sourceKey: 'ACC-000022', code: 'value-too-long', category: 'data', attempts: 1 },
  ])
  expect(errors[1]?.message).toContain("'OrganizationName' takes 60 characters, the value has 61")

  const second = await system.run()
  expect(second.tasks[0]?.counters).toEqual(counters({ read: 2, failed: 2 }))
  expect(second.status).toBe('error')
  expect(await system.engine.listRecordErrors()).toMatchObject([{ attempts: 2 }, { attempts: 2 }])

  system.sales.put('accounts', [anAccount(21), anAccount(22, { name: 'filtered' })])
  const third = await system.run()
  expect(third.status).toBe('completed')
  expect(third.tasks[0]?.counters).toMatchObject({ failed: 0, inserted: 1 })
  expect(await system.engine.listRecordErrors()).toEqual([])
  expect(await system.engine.listRecordErrors({ states: ['resolved', 'obsolete'] })).toMatchObject([
    { sourceKey: 'ACC-000021', state: 'resolved' },
    { sourceKey: 'ACC-000022', state: 'obsolete' },
  ])
})

test('a row refused by the destination is tried again, and a row that vanished closes its error', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', accounts(12))
  system.supplyChain.refuse = (values) =>
    values.CustomerAccount === 'ACC-000003' || values.CustomerAccount === 'ACC-000004'
      ? { category: 'business-rule', code: 'customer-group-unknown', message: 'no such group' }
      : undefined
  expect((await system.run()).tasks[0]?.counters).toEqual(counters({ read: 12, inserted: 10, failed: 2 }))
  system.supplyChain.refuse = () => undefined
  system.sales.remove('accounts', 'ACC-000004')
  expect((await system.run()).tasks[0]?.counters).toEqual(counters({ read: 1, inserted: 1, deleted: 1 }))
  expect(await system.engine.listRecordErrors({ states: ['open', 'resolved', 'obsolete'] })).toMatchObject([
    { state: 'resolved' },
    { state: 'obsolete' },
  ])
})

test('a child waits for its parent while some task loads it, and lands when the parent has', async (t) => {
  const system = await startEngineSystem(t)
  await system.engine.saveProject({ ...PROJECT, name: 'contacts', entityMappingTasks: [CONTACTS_TASK] })
  system.sales.put('contacts', [
    { contactnumber: 'CON-1', fullname: 'Ann', 'parentcustomerid.Account(accountnumber)': 'ACC-000001' },
    { contactnumber: 'CON-2', fullname: 'Bob', 'parentcustomerid.Account(accountnumber)': 'ACC-000002' },
  ])
  system.supplyChain.refuse = (values) =>
    values.AssociatedPartyNumber === 'ACC-000001'
      ? { category: 'reference', code: 'lookup-not-found', message: 'no customer ACC-000001', details: { field: 'AssociatedPartyNumber' } }
      : undefined
  const run = async () => untilEnd(system.engine, (await system.engine.startExecution('contacts')).id)
  const first = await run()
  expect(first).toMatchObject({ status: 'warning', tasks: [{ counters: counters({ read: 2, inserted: 1, waiting: 1 }) }] })
  expect(await system.engine.listWaitingRecords({ executionId: first.id })).toMatchObject([
    { sourceKey: 'CON-1', code: 'lookup-not-found', attempts: 1 },
  ])
  expect(await system.engine.listRecordErrors()).toEqual([])
  system.supplyChain.refuse = () => undefined
  expect(await run()).toMatchObject({ status: 'completed', tasks: [{ counters: counters({ read: 1, inserted: 1 }) }] })
  expect(await system.engine.listWaitingRecords()).toEqual([])
})

test('a missing reference that no task loads is a record error', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', accounts(2))
  system.supplyChain.refuse = (values) =>
    values.CustomerAccount === 'ACC-000001'
      ? { category: 'reference', code: 'lookup-not-found', message: 'no currency', details: { entity: 'Currencies' } }
      : undefined
  expect((await system.run()).tasks[0]?.counters).toEqual(counters({ read: 2, inserted: 1, failed: 1 }))
})

test('rows of one key on one page are written in order, one after the other', async (t) => {
  const system = await startEngineSystem(t)
  // Two source rows, one destination row: the keys differ in case only.
  system.sales.put('accounts', [
    anAccount(1, { accountnumber: 'A-1', name: 'first' }),
    anAccount(1, { accountnumber: 'a-1', name: 'second' }),
  ])
  const execution = await system.run()
  expect(execution.tasks[0]?.counters.read).toBe(2)
  expect(system.supplyChain.calls.upsert).toBe(2)
})

test('DV-084 a position moves only behind rows that are settled: an increment that was cut off is read again', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', accounts(25))
  await system.run()
  system.sales.put('accounts', [...accounts(25).map((row) => ({ ...row, name: `${row.name} AS` }))])
  system.supplyChain.hooks.beforeUpsert = async () => {
    if (system.supplyChain.calls.upsert < 5) return
    throw new AppError({ category: 'auth', code: 'sign-in-refused', message: 'refused' })
  }
  expect(await system.run()).toMatchObject({ status: 'error', tasks: [{ counters: { read: 10, updated: 10 } }] })
  delete system.supplyChain.hooks.beforeUpsert
  expect(await system.run()).toMatchObject({ status: 'completed', tasks: [{ counters: { read: 25, unchanged: 10, updated: 15 } }] })
  expect(await system.run()).toMatchObject({ tasks: [{ counters: counters({}) }] })
})

test('only one execution of a project lives at a time', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', accounts(5))
  const held = holdAt(system.supplyChain.hooks, 'beforeUpsert')
  const first = await system.engine.startExecution('accounts')
  await held.reached
  await expect(system.engine.startExecution('accounts')).rejects.toMatchObject({ code: 'execution-running', category: 'conflict' })
  held.release()
  expect(await untilEnd(system.engine, first.id)).toMatchObject({ status: 'completed' })
  expect(await system.run()).toMatchObject({ status: 'completed' })
})

test.for([
  1, 3,
])('a cancelled execution records the pages under way (lanes: %i), and one that is started at once begins behind them', async (lanes, t) => {
  const system = await startEngineSystem(t, { lanes })
  system.sales.put('accounts', accounts(55))
  const held = holdAt(system.supplyChain.hooks, 'afterUpsert')
  const { id } = await system.engine.startExecution('accounts')
  await held.reached
  expect(await system.engine.cancelExecution(id)).toMatchObject({ status: 'cancelled', tasks: [{ status: 'cancelled' }] })
  await expect(system.engine.cancelExecution(id)).rejects.toMatchObject({ code: 'execution-finished' })
  const next = await system.engine.startExecution('accounts')
  held.release()
  const ended = await untilEnd(system.engine, next.id)
  // What was under way was recorded, so it is not written twice, and every row is there.
  const recorded = (await system.engine.findExecution(id))?.tasks[0]?.counters ?? counters({})
  expect(recorded).toMatchObject({ read: recorded.inserted })
  expect(recorded.inserted).toBeGreaterThanOrEqual(10)
  expect(recorded.inserted).toBeLessThanOrEqual(10 * lanes)
  expect(ended).toMatchObject({ status: 'completed', tasks: [{ counters: { read: 55, unchanged: recorded.inserted } }] })
  expect(system.supplyChain.calls.written).toBe(55)
})

test('a project that does not pass validation ends in error before anything is read', async (t) => {
  const system = await startEngineSystem(t)
  const [task] = PROJECT.entityMappingTasks
  const wrong = { ...task, legs: [{ ...task?.legs[0], fieldMappings: [{ sourceField: 'nickname', destinationField: 'CustomerAccount' }] }] }
  await system.engine.saveProject({ ...PROJECT, entityMappingTasks: [wrong] })
  expect((await system.engine.validateProject('accounts')).map((issue) => issue.code)).toEqual(['DIPV1022', 'DIPV1031', 'DIPV1010'])
  const execution = await system.run()
  expect(execution).toMatchObject({
    status: 'error',
    error: { code: 'validation-failed', category: 'mapping' },
    tasks: [{ status: 'skipped' }],
  })
  expect(system.sales.calls.read).toBe(0)
})

test('a failure that a repeat may cure is repeated; one that it may not ends the execution with its own code', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', accounts(15))
  let failures = 3
  system.sales.hooks.beforePage = async () => {
    if (failures-- > 0)
      throw new AppError({ category: 'throttling', code: 'too-many-requests', message: 'slow down', retryable: true, retryAfterMs: 2 })
  }
  expect(await system.run()).toMatchObject({ status: 'completed', tasks: [{ counters: { read: 15, inserted: 15 } }] })
  system.sales.hooks.beforePage = async () => {
    throw new AppError({ category: 'auth', code: 'sign-in-refused', message: 'Connection Sales was refused (401).' })
  }
  expect(await system.run()).toMatchObject({
    status: 'error',
    error: { category: 'auth', code: 'sign-in-refused', message: 'Connection Sales was refused (401).' },
    tasks: [{ status: 'error' }],
  })
})

test('tasks run in order, and every organisation row is a partition with its own links', async (t) => {
  const system = await startEngineSystem(t)
  const organisations = [SET.organisations[0], { businessUnit: 'Contoso', legalEntity: 'DEMF' }].flatMap((row) =>
    row === undefined ? [] : [row],
  )
  await system.engine.saveConnectionSet({ ...SET, organisations })
  await system.engine.saveProject({ ...PROJECT, organisations, entityMappingTasks: [...PROJECT.entityMappingTasks, CONTACTS_TASK] })
  system.sales.put('accounts', accounts(12))
  system.sales.put('contacts', [{ contactnumber: 'CON-1', fullname: 'Ann' }])
  const execution = await system.run()
  expect(execution.tasks).toMatchObject([
    { name: 'Accounts - Customers', status: 'completed', counters: { read: 24 } },
    { name: 'Contacts', status: 'completed', counters: { read: 2 } },
  ])
  const [first, second] = execution.tasks
  expect(Date.parse(second?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(first?.finishedAt ?? ''))
})

test('two engines on one database share the steps of an execution', async (t) => {
  const system = await startEngineSystem(t, { pagesPerStep: 1, pageSize: 5 })
  await system.openEngine()
  system.sales.put('accounts', accounts(60))
  expect(await system.run()).toMatchObject({ status: 'completed', tasks: [{ counters: { read: 60, inserted: 60 } }] })
})

test('a changed mapping reads everything again and writes what differs', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', accounts(12))
  await system.run()
  const [task] = PROJECT.entityMappingTasks
  const [leg] = task?.legs ?? []
  const fieldMappings = leg?.fieldMappings.filter((mapping) => mapping.destinationField !== 'CreditLimit')
  await system.engine.saveProject({ ...PROJECT, entityMappingTasks: [{ ...task, legs: [{ ...leg, fieldMappings }] }] })
  expect(await system.run()).toMatchObject({ tasks: [{ counters: { read: 12, updated: 12 } }] })
})

test('a mapping that changes during an execution is read from the start by the next one; another connection set must wait', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', [...accounts(5), anAccount(6, { name: 'filtered' })])
  const held = holdAt(system.supplyChain.hooks, 'beforeUpsert')
  const { id } = await system.engine.startExecution('accounts')
  await held.reached
  const [task] = PROJECT.entityMappingTasks
  const wider = { ...task, legs: [{ ...task?.legs[0], sourceFilter: 'name ne null' }] }
  await system.engine.saveProject({ ...PROJECT, entityMappingTasks: [wider] })
  const moved = system.engine.saveProject({ ...PROJECT, connectionSetName: 'other', entityMappingTasks: [wider] })
  await expect(moved).rejects.toMatchObject({ code: 'execution-running' })
  held.release()
  expect(await untilEnd(system.engine, id)).toMatchObject({ tasks: [{ counters: { inserted: 5, filtered: 1 } }] })
  expect(await system.run()).toMatchObject({ tasks: [{ counters: { read: 6, unchanged: 5, inserted: 1 } }] })
})

test('history, projects and templates can be listed; unknown names and ids are told', async (t) => {
  const system = await startEngineSystem(t)
  await system.run()
  await system.run()
  expect(await system.engine.listExecutions({ projectName: 'ACCOUNTS', limit: 1 })).toHaveLength(1)
  expect(await system.engine.listExecutions({ status: ['completed'] })).toHaveLength(2)
  expect(await system.engine.findExecution('not-a-guid')).toBeUndefined()
  expect(await system.engine.listRecordErrors({ executionId: 'not-a-guid' })).toEqual([])
  await expect(system.engine.startExecution('nothing')).rejects.toMatchObject({ code: 'project-unknown' })
  await system.engine.saveTemplate({ name: 'T', version: '2.0.0', aliases: ['old T'], entityMappingTasks: [] })
  await system.engine.saveTemplate({ name: 'T', version: '10.0.0.1', entityMappingTasks: [] })
  expect(await system.engine.listTemplates()).toMatchObject([{ version: '10.0.0.1' }])
})

test('the rows to expect are shown once the source has told, and what was read in the end; a small read asks nothing', async (t) => {
  const system = await startEngineSystem(t, { pagesPerStep: 1 })
  system.sales.put('accounts', accounts(35))
  const held = holdAt(system.sales.hooks, 'beforePage', 3)
  const { id, tasks } = await system.engine.startExecution('accounts')
  expect(tasks[0]?.expectedRows).toBeUndefined()
  await held.reached
  const during = await untilHolds(system.engine, id, (execution) => execution.tasks[0]?.expectedRows !== undefined)
  expect(during).toMatchObject({ status: 'running', tasks: [{ expectedRows: 35 }] })
  held.release()
  expect(await untilEnd(system.engine, id)).toMatchObject({ tasks: [{ expectedRows: 35, counters: { read: 35 } }] })
  expect(system.sales.calls.count).toBe(1)
  system.sales.put('accounts', [anAccount(7, { name: 'Renamed' })])
  expect(await system.run()).toMatchObject({ tasks: [{ expectedRows: 1, counters: { read: 1 } }] })
  expect(system.sales.calls.count).toBe(1)
})

test('a source that cannot tell how many rows there are, or fails to, stops nothing', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', accounts(35))
  system.sales.hooks.beforeCount = () => Promise.reject(new Error('no count today'))
  expect(await system.run()).toMatchObject({ status: 'completed', tasks: [{ expectedRows: 35, counters: { inserted: 35 } }] })
})

test('20,000 rows go through in bounded time', async (t) => {
  const system = await startEngineSystem(t, { pageSize: 5_000 })
  system.sales.put('accounts', accounts(20_000))
  const started = performance.now()
  const first = await system.run()
  const firstMs = performance.now() - started
  const again = performance.now()
  const second = await system.run({ allData: true })
  const secondMs = performance.now() - again
  expect(first.tasks[0]?.counters).toEqual(counters({ read: 20_000, inserted: 20_000 }))
  expect(second.tasks[0]?.counters).toEqual(counters({ read: 20_000, unchanged: 20_000 }))
  console.info(`first execution ${Math.round(20_000_000 / firstMs)} rows/s, unchanged ${Math.round(20_000_000 / secondMs)} rows/s`)
})

/** Stops the n-th call at a hook, the first by default, until it is released. */
function holdAt<Name extends keyof MemorySystem['hooks']>(hooks: MemorySystem['hooks'], name: Name, call = 1) {
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  let calls = 0
  hooks[name] = async () => {
    if (++calls < call) return
    delete hooks[name]
    reached.resolve()
    await released.promise
  }
  return { reached: reached.promise, release: released.resolve }
}

async function untilHolds(engine: Engine, id: string, holds: (execution: Execution) => boolean): Promise<Execution> {
  for await (const execution of engine.subscribe(id)) if (holds(execution)) return execution
  throw new Error(`execution ${id} ended before`)
}
