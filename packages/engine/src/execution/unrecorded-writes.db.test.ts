import { AppError } from '@p2c/base'
import { expect, test } from 'vitest'
import { PROJECT, startEngineSystem, untilEnd } from '../engine-system.case.ts'
import { accounts, anAccount } from '../memory-system.case.ts'

test('a row that was written and not recorded, and has its former content back at the source, is written back', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', accounts(3))
  await system.run()
  system.sales.put('accounts', [anAccount(2, { name: 'changed' })])
  system.supplyChain.hooks.afterUpsert = async () => {
    throw new AppError({ category: 'connectivity', code: 'connection-unreachable', message: 'the answer was lost, for good' })
  }
  expect(await system.run()).toMatchObject({ status: 'error' })
  delete system.supplyChain.hooks.afterUpsert
  system.sales.put('accounts', [anAccount(2)])
  expect(await system.run()).toMatchObject({ status: 'completed', tasks: [{ counters: { read: 1, updated: 1 } }] })
  expect(system.supplyChain.rows('CustomersV2').get('ACC-000002')).toMatchObject({ OrganizationName: 'Account 2' })
  expect(await system.run({ allData: true })).toMatchObject({ tasks: [{ counters: { read: 3, unchanged: 3 } }] })
})

test('an execution waits for the pages of every one before it, also behind one that was cancelled before it began', async (t) => {
  const system = await startEngineSystem(t, { workers: 1 })
  const second = await system.openEngine({ workers: 1 })
  system.sales.put('accounts', accounts(5))
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  system.supplyChain.hooks.beforeUpsert = async () => {
    delete system.supplyChain.hooks.beforeUpsert
    reached.resolve()
    await released.promise
  }
  const first = await second.startExecution('accounts')
  await reached.promise
  await second.cancelExecution(first.id)
  // Cancelled while its first step is in the queue still: it waits for nobody any more.
  const { id } = await second.startExecution('accounts')
  await second.cancelExecution(id)
  await untilGone(system, id)
  system.sales.put('accounts', [anAccount(1, { name: 'newer' })])
  const last = await second.startExecution('accounts')
  await untilStatus(second, last.id, 'validating')
  released.resolve()
  expect(await untilEnd(second, last.id)).toMatchObject({ status: 'completed' })
  expect(system.supplyChain.rows('CustomersV2').get('ACC-000001')).toMatchObject({ OrganizationName: 'newer' })
})

async function untilStatus(engine: Awaited<ReturnType<typeof startEngineSystem>>['engine'], id: string, status: string): Promise<void> {
  for await (const execution of engine.subscribe(id)) if (execution.status === status) return
}

/** Until no step of the execution is left. */
async function untilGone({ database }: Awaited<ReturnType<typeof startEngineSystem>>, id: string): Promise<void> {
  for (;;) {
    const { rowCount } = await database.query(
      `select 1 from pgboss.job where name = 'execution-step' and state < 'completed' and data->>'executionId' = $1`,
      [id],
    )
    if (rowCount === 0) return
  }
}

test('of two rows with one destination key the later one of the source stays, also where the earlier one had to be tried twice', async (t) => {
  const system = await startEngineSystem(t)
  const [task] = PROJECT.entityMappingTasks
  const [leg] = task?.legs ?? []
  const mappings = (leg?.fieldMappings ?? []).filter((mapping) => mapping.destinationField !== 'AddressCountryRegionISOCode')
  await system.engine.saveProject({
    ...PROJECT,
    entityMappingTasks: [
      {
        ...task,
        legs: [{ ...leg, fieldMappings: [...mappings, { sourceField: 'address1_country', destinationField: 'InvoiceAccount' }] }],
      },
    ],
  })
  system.supplyChain.refuse = ({ InvoiceAccount: wanted }) =>
    typeof wanted !== 'string' || system.supplyChain.rows('CustomersV2').has(wanted)
      ? undefined
      : {
          category: 'reference',
          code: 'lookup-not-found',
          message: 'missing',
          details: { field: 'InvoiceAccount', table: 'Customers', value: wanted },
        }
  // `A` sorts before `a` at the source, and both are one customer.
  system.sales.put('accounts', [
    { ...anAccount(1, { address1_country: 'B' }), accountnumber: 'A', name: 'earlier' },
    { ...anAccount(2, { address1_country: null }), accountnumber: 'B' },
    { ...anAccount(3, { address1_country: null }), accountnumber: 'A ', name: 'later' },
  ])
  const order: unknown[] = []
  system.supplyChain.onWrite = (_entity, values) => {
    if (String(values.CustomerAccount).trim() === 'A') order.push(values.OrganizationName)
  }
  await system.run()
  expect(order.at(-1)).toBe('later')
})
