import { expect, test } from 'vitest'
import { PROJECT, startEngineSystem, untilEnd } from '../engine-system.case.ts'
import { accounts, CONTACTS_TASK } from '../memory-system.case.ts'

test.for([
  'one project',
  'two projects',
])('R19 R20 an engine that is lost between the page of the parents and the page of the rows they released loses none of them (%s)', async (kind, t) => {
  const system = await startEngineSystem(t, { workers: 1 })
  const contacts = { ...CONTACTS_TASK, order: 1 }
  const [customers] = PROJECT.entityMappingTasks
  if (kind === 'two projects') await system.engine.saveProject({ ...PROJECT, name: 'contacts', entityMappingTasks: [contacts] })
  else await system.engine.saveProject({ ...PROJECT, entityMappingTasks: [contacts, { ...customers, order: 2 }] })
  system.supplyChain.refuse = ({ AssociatedPartyNumber: wanted }) =>
    typeof wanted !== 'string' || system.supplyChain.rows('CustomersV2').has(wanted)
      ? undefined
      : {
          category: 'reference',
          code: 'lookup-not-found',
          message: 'missing',
          details: { entity: 'CustomersV2', value: wanted, field: 'AssociatedPartyNumber' },
        }
  const parents = accounts(4)
  const children = parents.map(({ accountnumber = null }, index) => ({
    contactnumber: `CON-${index}`,
    fullname: `Contact ${index}`,
    'parentcustomerid.Account(accountnumber)': accountnumber,
  }))
  system.sales.put('contacts', children)
  if (kind === 'two projects') await untilEnd(system.engine, (await system.engine.startExecution('contacts')).id)
  system.sales.put('accounts', parents)

  // The rows that were released are read by their keys: there the engine hangs, and its step goes to another one.
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const { readByKeys } = system.sales.connector
  Object.assign(system.sales.connector, {
    readByKeys: async (...call: Parameters<typeof readByKeys>) => {
      Object.assign(system.sales.connector, { readByKeys })
      reached.resolve()
      await released.promise
      return readByKeys(...call)
    },
  })
  await system.engine.startExecution('accounts')
  await reached.promise
  await system.database.query(
    `update pgboss.job set state = 'retry', retry_count = retry_count + 1, start_after = now() where name = 'execution-step' and state = 'active'`,
  )
  const other = await system.openEngine()
  const [last] = await other.listExecutions({ limit: 1 })
  expect(await untilEnd(other, last?.id ?? '')).toMatchObject({ status: 'completed' })
  released.resolve()
  const written = [...system.supplyChain.rows('CDSContactPersons').values()].map((row) => row.AssociatedPartyNumber)
  expect(written).toEqual(parents.map((row) => row.accountnumber))
  expect(await other.listWaitingRecords()).toEqual([])
  await system.engine.stop()
  expect(await other.listExecutions({ status: ['error', 'cancelled'] })).toEqual([])
})
