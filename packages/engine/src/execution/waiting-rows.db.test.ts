import { expect, test } from 'vitest'
import { PROJECT, startEngineSystem, untilEnd } from '../engine-system.case.ts'
import { accounts, anAccount, CONTACTS_TASK, type MemorySystem } from '../memory-system.case.ts'
import type { FieldValues } from '../model/field-value.ts'

/** Refuses rows whose field names a customer that is not there yet, also one of the same call. */
function refuseMissing(system: MemorySystem, field: string): void {
  system.refuse = (values) => {
    const wanted = values[field]
    if (typeof wanted !== 'string' || system.rows('CustomersV2').has(wanted)) return undefined
    return { category: 'reference', code: 'reference-not-found', message: 'missing', details: { field, table: 'Customers', value: wanted } }
  }
}

const [accountsTask] = PROJECT.entityMappingTasks
const [accountsLeg] = accountsTask?.legs ?? []
const invoiceField = { sourceField: 'address1_country', destinationField: 'InvoiceAccount' }

/** Accounts whose country field holds the account that is invoiced for them. */
const SELF_TASK = {
  ...accountsTask,
  legs: [
    {
      ...accountsLeg,
      fieldMappings: [
        ...(accountsLeg?.fieldMappings ?? []).filter((mapping) => mapping.destinationField !== 'AddressCountryRegionISOCode'),
        invoiceField,
      ],
    },
  ],
}

async function startSelfSystem(t: Parameters<typeof startEngineSystem>[0], options: Parameters<typeof startEngineSystem>[1] = {}) {
  const system = await startEngineSystem(t, options)
  await system.engine.saveProject({ ...PROJECT, entityMappingTasks: [SELF_TASK] })
  refuseMissing(system.supplyChain, 'InvoiceAccount')
  return system
}

const key = (number: number): string => `ACC-${String(number).padStart(6, '0')}`

const links = (system: MemorySystem) =>
  new Map([...system.rows('CustomersV2')].map(([customer, values]) => [customer, values.InvoiceAccount ?? null]))

test('R21 rows that name each other in a cycle, themselves, or a later page land in one execution, counted as what their first write was', async (t) => {
  const system = await startSelfSystem(t, { pageSize: 3 })
  const targets = [2, 1, 3, 12, 6, 7, 8, 9, 10, 11, 12, 5]
  system.sales.put(
    'accounts',
    targets.map((target, index) => anAccount(index + 1, { address1_country: key(target) })),
  )
  const execution = await system.run()
  expect(execution).toMatchObject({ status: 'completed', tasks: [{ counters: { read: 12, inserted: 12, waiting: 0, failed: 0 } }] })
  expect(links(system.supplyChain)).toEqual(new Map(targets.map((target, index) => [key(index + 1), key(target)])))
  expect(await system.engine.listWaitingRecords()).toEqual([])
  expect(await system.run({ allData: true })).toMatchObject({ tasks: [{ counters: { read: 12, unchanged: 12 } }] })
})

test('R21 a reference to a row that never comes stays waiting, and the row itself is there', async (t) => {
  const system = await startSelfSystem(t)
  system.sales.put('accounts', [anAccount(1, { address1_country: 'ACC-999999' }), anAccount(2, { address1_country: key(1) })])
  expect(await system.run()).toMatchObject({ status: 'warning', tasks: [{ counters: { read: 2, inserted: 1, waiting: 1 } }] })
  expect(links(system.supplyChain)).toEqual(
    new Map([
      [key(1), null],
      [key(2), key(1)],
    ]),
  )
  expect(await system.engine.listWaitingRecords()).toMatchObject([
    {
      sourceKey: key(1),
      state: 'waiting',
      deferredFields: ['InvoiceAccount'],
      parents: [{ entity: 'customers', key: 'acc-999999', field: 'InvoiceAccount' }],
      attempts: 1,
    },
  ])
  system.sales.put('accounts', [anAccount(999999, { address1_country: null })])
  expect(await system.run({ trigger: 'schedule' })).toMatchObject({ status: 'completed' })
  expect(links(system.supplyChain).get(key(1))).toBe('ACC-999999')
})

test('R21 2,000 rows that name each other at random end as if each came behind what it names', { timeout: 120_000 }, async (t) => {
  const seed = Date.now() % 1_000_000
  console.info(`seed ${seed}`)
  let state = seed
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
  const system = await startSelfSystem(t, { pageSize: 150 })
  await system.openEngine()
  const rows: FieldValues[] = Array.from({ length: 2_000 }, (_, index) =>
    anAccount(index + 1, { address1_country: random(10) === 0 ? null : key(1 + random(2_000)) }),
  )
  system.sales.put('accounts', rows)
  expect(await system.run()).toMatchObject({ status: 'completed', tasks: [{ counters: { read: 2_000, inserted: 2_000, waiting: 0 } }] })
  expect(links(system.supplyChain)).toEqual(new Map(rows.map((row) => [row.accountnumber, row.address1_country])))
})

test('R20 a child of another project is released by its parent and loaded by an execution that reads nothing else', async (t) => {
  const system = await startEngineSystem(t)
  await system.engine.saveProject({ ...PROJECT, name: 'contacts', entityMappingTasks: [CONTACTS_TASK] })
  system.sales.put('contacts', [
    { contactnumber: 'CON-1', fullname: 'Ann', 'parentcustomerid.Account(accountnumber)': key(1) },
    { contactnumber: 'CON-2', fullname: 'Bob', 'parentcustomerid.Account(accountnumber)': key(7) },
  ])
  refuseMissing(system.supplyChain, 'AssociatedPartyNumber')
  const early = await untilEnd(system.engine, (await system.engine.startExecution('contacts')).id)
  expect(early).toMatchObject({ status: 'warning', tasks: [{ counters: { read: 2, waiting: 2 } }] })
  const reads = system.sales.calls.read
  system.sales.put('accounts', accounts(5))
  expect(await system.run()).toMatchObject({ status: 'completed', tasks: [{ counters: { inserted: 5 } }] })
  expect(system.sales.calls.read).toBe(reads + 1)
  const [released] = await system.engine.listExecutions({ projectName: 'contacts', limit: 1 })
  expect(released).toMatchObject({ trigger: 'event' })
  expect(await untilEnd(system.engine, released?.id ?? '')).toMatchObject({
    status: 'completed',
    tasks: [{ counters: { read: 1, inserted: 1 } }],
  })
  expect(system.sales.calls.read).toBe(reads + 1)
  expect(await system.engine.listWaitingRecords()).toMatchObject([{ sourceKey: 'CON-2', parents: [{ key: 'acc-000007' }] }])
})

test('14.1 an open error is tried by the next execution, then by every second, fourth, …; at once when a person asks or its row changes', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', [anAccount(1), anAccount(2, { address1_country: 'Atlantis' })])
  const attempts = async () => (await system.engine.listRecordErrors()).map((error) => error.attempts)
  await system.run({ trigger: 'schedule' })
  const seen: number[][] = []
  for (let index = 0; index < 8; index++) {
    await system.run({ trigger: 'schedule' })
    seen.push([...(await attempts())])
  }
  // Tried by executions 2, 4 and 8 of the nine.
  expect(seen.flat()).toEqual([2, 2, 3, 3, 3, 3, 4, 4])
  await system.run()
  expect(await attempts()).toEqual([5])
  await system.run({ trigger: 'rerun' })
  expect(await attempts()).toEqual([6])
  system.sales.put('accounts', [anAccount(2, { address1_country: 'Lemuria' })])
  await system.run({ trigger: 'schedule' })
  expect(await attempts()).toEqual([7])
  expect(await system.engine.listRecordErrors()).toMatchObject([{ nextAttempt: { executions: 1 } }])
  system.sales.put('accounts', [anAccount(2)])
  expect(await system.run({ trigger: 'schedule' })).toMatchObject({ status: 'completed' })
  expect(await attempts()).toEqual([])
})

test('14.1 with retryOpenErrors manual only a person, or a change of the row, has an error tried', async (t) => {
  const system = await startEngineSystem(t)
  await system.engine.saveProject({ ...PROJECT, entityMappingTasks: [{ ...accountsTask, retryOpenErrors: 'manual' }] })
  system.sales.put('accounts', [anAccount(1), anAccount(2, { address1_country: 'Atlantis' })])
  await system.run({ trigger: 'schedule' })
  await system.run({ trigger: 'schedule' })
  const [error] = await system.engine.listRecordErrors()
  expect(error).toMatchObject({ attempts: 1 })
  expect(error?.nextAttempt).toBeUndefined()
  await system.run()
  expect(await system.engine.listRecordErrors()).toMatchObject([{ attempts: 2 }])
})

test.for([
  2, 3, 4, 5,
])('R19 an engine that is lost in call %i to the destination, between rows made known and pages saved, leaves nothing behind', async (call, t) => {
  const system = await startSelfSystem(t, { pageSize: 3, lanes: 1 })
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  system.supplyChain.hooks.afterUpsert = async () => {
    if (system.supplyChain.calls.upsert !== call) return
    reached.resolve()
    await released.promise
  }
  const targets = [9, 8, 7, 6, 5, 4, 3, 2, 1]
  system.sales.put(
    'accounts',
    targets.map((target, index) => anAccount(index + 1, { address1_country: key(target) })),
  )
  const { id } = await system.engine.startExecution('accounts')
  await reached.promise
  // What a kill does to a step: the queue gives it to the next worker, and the former attempt may commit nothing more.
  await system.database.query(
    `update pgboss.job set state = 'retry', retry_count = retry_count + 1, start_after = now() where name = 'execution-step' and state = 'active'`,
  )
  const other = await system.openEngine()
  const ended = await untilEnd(other, id)
  released.resolve()
  expect(ended).toMatchObject({ status: 'completed', tasks: [{ counters: { read: 9, waiting: 0, failed: 0 } }] })
  expect(links(system.supplyChain)).toEqual(new Map(targets.map((target, index) => [key(index + 1), key(target)])))
  expect(await other.listWaitingRecords()).toEqual([])
})

test('R21 two entities that name each other across tasks load in one execution: the first is patched when the second has landed', async (t) => {
  const system = await startEngineSystem(t)
  await system.engine.saveProject({
    ...PROJECT,
    entityMappingTasks: [
      { ...CONTACTS_TASK, order: 1 },
      { ...SELF_TASK, order: 2 },
    ],
  })
  system.supplyChain.refuse = (values) => {
    const [entity, field] = 'ContactPersonId' in values ? ['CustomersV2', 'AssociatedPartyNumber'] : ['CDSContactPersons', 'InvoiceAccount']
    const wanted = values[field ?? '']
    if (typeof wanted !== 'string' || system.supplyChain.rows(entity ?? '').has(wanted)) return undefined
    return { category: 'reference', code: 'lookup-not-found', message: 'missing', details: { lookup: field, entity, value: wanted } }
  }
  system.sales.put('contacts', [{ contactnumber: 'CON-1', fullname: 'Ann', 'parentcustomerid.Account(accountnumber)': key(1) }])
  system.sales.put('accounts', [anAccount(1, { address1_country: 'CON-1' })])
  expect(await system.run()).toMatchObject({
    status: 'completed',
    tasks: [
      { name: 'Contacts', status: 'completed', counters: { read: 1, inserted: 1, waiting: 0 } },
      { name: 'Accounts - Customers', status: 'completed', counters: { read: 1, inserted: 1 } },
    ],
  })
  expect(system.supplyChain.rows('CDSContactPersons').get('CON-1')).toMatchObject({ AssociatedPartyNumber: key(1), Name: 'Ann' })
  expect(links(system.supplyChain)).toEqual(new Map([[key(1), 'CON-1']]))
})

test('9.1 a row that has waited for waitingDays is a record error', async (t) => {
  const system = await startEngineSystem(t)
  refuseMissing(system.supplyChain, 'InvoiceAccount')
  await system.engine.saveProject({ ...PROJECT, entityMappingTasks: [{ ...SELF_TASK, waitingDays: 2 }] })
  system.sales.put('accounts', [anAccount(1), anAccount(2, { address1_country: 'ACC-999999' })])
  system.sales.put('accounts', [anAccount(1, { address1_country: null })])
  await system.run()
  await system.database.query(`update waiting_record set first_seen_at = first_seen_at - interval '47 hours'`)
  expect(await system.run()).toMatchObject({ tasks: [{ counters: { waiting: 1, failed: 0 } }] })
  await system.database.query(`update waiting_record set first_seen_at = first_seen_at - interval '2 hours'`)
  expect(await system.run()).toMatchObject({ tasks: [{ counters: { waiting: 0, failed: 1 } }] })
  expect(await system.engine.listWaitingRecords()).toEqual([])
  expect(await system.engine.listRecordErrors()).toMatchObject([{ sourceKey: key(2), category: 'reference' }])
})
