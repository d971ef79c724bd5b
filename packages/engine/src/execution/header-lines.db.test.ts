import { AppError } from '@p2c/base'
import { expect, test } from 'vitest'
import { type EngineSystem, PROJECT, startEngineSystem, untilEnd } from '../engine-system.case.ts'
import { holdAtCall } from '../memory-system.case.ts'
import type { Execution } from '../model/execution.ts'
import { aLine, anOrder, ORDER_TASKS } from '../orders.case.ts'

const ORDERS_PROJECT = { ...PROJECT, name: 'orders', entityMappingTasks: ORDER_TASKS }

async function startOrders(scope: Parameters<typeof startEngineSystem>[0], options: Parameters<typeof startEngineSystem>[1] = {}) {
  const system = await startEngineSystem(scope, options)
  await system.engine.saveProject(ORDERS_PROJECT)
  return { ...system, runOrders: async () => untilEnd(system.engine, (await system.engine.startExecution('orders')).id) }
}

const lineKeys = (system: EngineSystem): readonly string[] => [...system.supplyChain.rows('CDSSalesOrderLines').keys()].sort()

const countersOf = (execution: Execution, task: string) => execution.tasks.find(({ name }) => name === task)?.counters

/** Lines that the destination takes only where their header is there, as the applications do. */
const refuseOrphans = (system: EngineSystem): void => {
  system.supplyChain.refuse = (values) => {
    const number = values.SalesOrderNumber
    if (values.LineCreationSequenceNumber === undefined || system.supplyChain.rows('CDSSalesOrderHeaders').has(String(number)))
      return undefined
    return {
      category: 'reference',
      code: 'header-missing',
      message: 'no header',
      details: { entity: 'CDSSalesOrderHeaders', value: number },
    }
  }
}

test('a header that enters the filter brings the lines along that did not change themselves (I 7 no. 6, T 2.5 no. 9)', async (t) => {
  const system = await startOrders(t)
  system.sales.put('salesorders', [anOrder(1, { status: 'draft' }), anOrder(2)])
  system.sales.put('salesorderdetails', [aLine(1, 1), aLine(1, 2), aLine(2, 1)])
  const known = (values: Record<string, unknown>) => values.SalesOrderNumber === 'SO-1' && values.LineCreationSequenceNumber !== undefined
  // Lines of the draft are not written with the first execution: their header task refused nothing, they are simply not there yet.
  system.supplyChain.refuse = (values) => (known(values) ? { category: 'data', code: 'not-yet', message: 'header is a draft' } : undefined)
  await system.runOrders()
  await system.database.query(`update record_error set state = 'dismissed'`)
  system.supplyChain.refuse = () => undefined
  expect(lineKeys(system)).toEqual(['SO-2|1'])
  system.sales.put('salesorders', [anOrder(1)])
  const execution = await system.runOrders()
  expect(lineKeys(system)).toEqual(['SO-1|1', 'SO-1|2', 'SO-2|1'])
  expect(countersOf(execution, 'OrderLine')).toMatchObject({ read: 2, inserted: 2, unchanged: 0 })
  expect(system.sales.calls.readByFields).toBe(1)
})

test('where nothing changed, or no header did, nothing is asked by header', async (t) => {
  const system = await startOrders(t)
  system.sales.put('salesorders', [anOrder(1)])
  system.sales.put('salesorderdetails', [aLine(1, 1), aLine(1, 2)])
  await system.runOrders()
  expect(countersOf(await system.runOrders(), 'OrderLine')).toMatchObject({ read: 0 })
  system.sales.put('salesorderdetails', [aLine(1, 2, { quantity: '7' })])
  expect(countersOf(await system.runOrders(), 'OrderLine')).toMatchObject({ read: 1, updated: 1 })
  expect(system.sales.calls.readByFields).toBe(0)
})

test('a line that changed together with its header is handled and counted once', async (t) => {
  const system = await startOrders(t)
  refuseOrphans(system)
  system.sales.put('salesorders', [anOrder(1)])
  system.sales.put('salesorderdetails', [aLine(1, 1), aLine(1, 2), aLine(1, 3)])
  await system.runOrders()
  const before = system.supplyChain.calls.written
  system.sales.put('salesorders', [anOrder(1, { name: 'Renamed' })])
  system.sales.put('salesorderdetails', [aLine(1, 2, { quantity: '5' }), aLine(9, 1)])
  const execution = await system.runOrders()
  expect(countersOf(execution, 'OrderLine')).toMatchObject({ read: 2, updated: 1, waiting: 1, unchanged: 0, filtered: 0 })
  expect(system.supplyChain.calls.written - before).toBe(2)
})

test('many headers are asked for in chunks, each line once', async (t) => {
  const system = await startOrders(t)
  const orders = Array.from({ length: 130 }, (_, index) => index + 1)
  system.sales.put(
    'salesorders',
    orders.map((number) => anOrder(number)),
  )
  await system.runOrders()
  system.sales.put(
    'salesorderdetails',
    orders.map((number) => aLine(number, 1)),
  )
  await system.runOrders()
  system.sales.put(
    'salesorders',
    orders.map((number) => anOrder(number, { name: 'Renamed' })),
  )
  expect(countersOf(await system.runOrders(), 'OrderLine')).toMatchObject({ read: 0 })
  expect(system.sales.calls.readByFields).toBe(4)
})

test('an execution that fails between header and lines leaves the lines to the next one', async (t) => {
  const system = await startOrders(t)
  system.sales.put('salesorders', [anOrder(1, { status: 'draft' })])
  await system.runOrders()
  system.sales.put('salesorderdetails', [aLine(1, 1)])
  await system.runOrders()
  // Lines that were forgotten at the destination, so that only reading them by their header can bring them back.
  system.supplyChain.remove('CDSSalesOrderLines', 'SO-1|1')
  await system.database.query('delete from record_link')
  system.sales.put('salesorders', [anOrder(1)])
  system.sales.hooks.beforeReadByFields = () =>
    Promise.reject(new AppError({ category: 'auth', code: 'connection-refused', message: 'gone' }))
  expect(await system.runOrders()).toMatchObject({ status: 'error', tasks: [{ status: 'completed' }, { status: 'error' }] })
  delete system.sales.hooks.beforeReadByFields
  expect(lineKeys(system)).toEqual([])
  expect(countersOf(await system.runOrders(), 'OrderLine')).toMatchObject({ read: 1, inserted: 1 })
  expect(lineKeys(system)).toEqual(['SO-1|1'])
  const { rows } = await system.database.query('select * from changed_header')
  expect(rows).toEqual([])
})

test('where headers are read as a whole, so are their lines, and nothing stays noted', async (t) => {
  const system = await startOrders(t)
  system.sales.put('salesorders', [anOrder(1), anOrder(2, { status: 'draft' })])
  system.sales.put('salesorderdetails', [aLine(1, 1), aLine(2, 1)])
  await system.runOrders()
  const [header, line] = ORDER_TASKS
  const wider = { ...header, legs: header?.legs.map((leg) => ({ ...leg, sourceFilter: 'status ne "closed"' })) }
  await system.engine.saveProject({ ...ORDERS_PROJECT, entityMappingTasks: [wider, line] })
  const execution = await system.runOrders()
  expect(countersOf(execution, 'OrderHeader')).toMatchObject({ read: 2, inserted: 1, unchanged: 1 })
  expect(countersOf(execution, 'OrderLine')).toMatchObject({ read: 2, unchanged: 2 })
  expect((await system.database.query('select * from changed_header')).rows).toEqual([])
  expect(system.sales.calls.readByFields).toBe(0)
})

test('a worker that dies while it reads lines by their header is replaced, and each line is written once', async (t) => {
  const system = await startOrders(t)
  const orders = Array.from({ length: 100 }, (_, index) => index + 1)
  system.sales.put(
    'salesorders',
    orders.map((number) => anOrder(number, { status: 'draft' })),
  )
  await system.runOrders()
  const written: string[] = []
  system.sales.put(
    'salesorderdetails',
    orders.map((number) => aLine(number, 1)),
  )
  system.supplyChain.refuse = (values) =>
    values.LineCreationSequenceNumber === undefined ? undefined : { category: 'data', code: 'not-yet', message: 'draft' }
  await system.runOrders()
  await system.database.query(`update record_error set state = 'dismissed'`)
  system.supplyChain.refuse = () => undefined
  system.supplyChain.onWrite = (entity, values) => {
    if (entity === 'CDSSalesOrderLines') written.push(String(values.SalesOrderNumber))
  }
  system.sales.put(
    'salesorders',
    orders.map((number) => anOrder(number)),
  )
  const held = holdAtCall(system.sales, 'beforeReadByFields', 2)
  const { id } = await system.engine.startExecution('orders')
  await held.reached
  const stopped = system.engine.stop()
  held.release()
  await stopped
  const other = await system.openEngine()
  expect(await untilEnd(other, id)).toMatchObject({ status: 'completed', tasks: [{}, { counters: { read: 100, inserted: 100 } }] })
  expect(new Set(written).size).toBe(100)
  expect(lineKeys(system)).toHaveLength(100)
})

test('a header task that is not there, or that the lines know nothing of, is told before anything runs', async (t) => {
  const system = await startEngineSystem(t)
  const [header, line] = ORDER_TASKS
  const issuesOf = async (tasks: readonly object[]) => {
    await system.engine.saveProject({ ...ORDERS_PROJECT, entityMappingTasks: tasks })
    return (await system.engine.validateProject('orders')).filter(({ severity }) => severity === 'error')
  }
  expect(await issuesOf([header ?? {}, { ...line, headerTask: 'OrderHeaders' }])).toMatchObject([
    { code: 'header-task-unknown', pointer: '/entityMappingTasks/1/headerTask' },
  ])
  expect(await issuesOf([{ ...header, order: 3 }, line ?? {}])).toMatchObject([{ code: 'header-task-unknown' }])
  expect(await issuesOf([PROJECT.entityMappingTasks[0] ?? {}, { ...line, headerTask: 'Accounts - Customers' }])).toMatchObject([
    { code: 'header-task-unrelated', pointer: '/entityMappingTasks/1/headerTask' },
  ])
  expect(await issuesOf([header ?? {}, { ...line, headerTask: 'orderheader' }])).toEqual([])
})
