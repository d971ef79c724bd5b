import { expect, test } from 'vitest'
import { HUB_SET, PROJECT, startEngineSystem, untilEnd } from '../engine-system.case.ts'
import { accounts, holdAtCall } from '../memory-system.case.ts'
import type { Execution } from '../model/execution.ts'
import { aLine, anOrder, HUB_ORDER_TASKS, ORDER_TASKS } from '../orders.case.ts'
import type { HostProcess } from './engine-contract.ts'

const HUB_PROJECT = { ...PROJECT, name: 'orders', connectionSetName: 'hub', entityMappingTasks: HUB_ORDER_TASKS }

async function startHub(scope: Parameters<typeof startEngineSystem>[0], options: Parameters<typeof startEngineSystem>[1] = {}) {
  const system = await startEngineSystem(scope, options)
  await system.engine.saveConnectionSet(HUB_SET)
  await system.engine.saveProject(HUB_PROJECT)
  const runOrders = async (start?: Parameters<typeof system.engine.startExecution>[1]) =>
    untilEnd(system.engine, (await system.engine.startExecution('orders', start)).id)
  return { ...system, runOrders }
}

type HubSystem = Awaited<ReturnType<typeof startHub>>

const legsOf = (execution: Execution) => execution.tasks.map(({ name, leg, status, counters }) => [`${name} ${leg}`, status, counters.read])

const refuseOrphans = ({ hub, supplyChain }: HubSystem): void => {
  hub.refuse = (values) => {
    const parent = values.salesorder_salesorderid
    if (parent === undefined || hub.rows('SalesOrder').has(String(parent))) return undefined
    return {
      category: 'reference',
      code: 'reference-not-found',
      message: 'no order in the hub',
      details: { entity: 'SalesOrder', value: parent },
    }
  }
  supplyChain.refuse = (values) => {
    const number = values.SalesOrderNumber
    if (values.LineCreationSequenceNumber === undefined || supplyChain.rows('CDSSalesOrderHeaders').has(String(number))) return undefined
    return {
      category: 'reference',
      code: 'header-missing',
      message: 'no header',
      details: { entity: 'CDSSalesOrderHeaders', value: number },
    }
  }
}

test('a task with two legs runs leg after leg, each with its own counters; nothing is read again when nothing changed', async (t) => {
  const system = await startHub(t)
  system.sales.put('salesorders', [anOrder(1), anOrder(2), anOrder(3, { status: 'draft' })])
  system.sales.put('salesorderdetails', [aLine(1, 1), aLine(2, 1), aLine(2, 2)])
  const order: string[] = []
  system.hub.onWrite = (entity) => order.push(entity)
  system.supplyChain.onWrite = (entity) => order.push(entity)
  const first = await system.runOrders()
  expect(first.status).toBe('completed')
  expect(legsOf(first)).toEqual([
    ['OrderHeader 001', 'completed', 3],
    ['OrderHeader 002', 'completed', 2],
    ['OrderLine 001', 'completed', 3],
    ['OrderLine 002', 'completed', 3],
  ])
  expect(first.tasks.map(({ order: at }) => at)).toEqual([1, 2, 3, 4])
  expect([...new Set(order)]).toEqual(['SalesOrder', 'CDSSalesOrderHeaders', 'SalesOrderLine', 'CDSSalesOrderLines'])
  expect([...system.supplyChain.rows('CDSSalesOrderLines').keys()]).toEqual(['SO-1|1', 'SO-2|1', 'SO-2|2'])
  expect(legsOf(await system.runOrders()).map(([, , read]) => read)).toEqual([0, 0, 0, 0])
  system.sales.put('salesorderdetails', [aLine(2, 2, { quantity: '9' })])
  expect(legsOf(await system.runOrders()).map(([, , read]) => read)).toEqual([0, 0, 1, 1])
  expect(system.supplyChain.rows('CDSSalesOrderLines').get('SO-2|2')).toMatchObject({ OrderedSalesQuantity: '9' })
})

test('errors and waiting rows tell their leg; the filter by task finds those of both', async (t) => {
  const system = await startHub(t)
  system.hub.refuse = (values) => (values.salesorderid === 'SO-1' ? { category: 'data', code: 'bad', message: 'bad' } : undefined)
  system.supplyChain.refuse = (values) =>
    values.SalesOrderNumber === 'SO-2' ? { category: 'data', code: 'worse', message: 'worse' } : undefined
  system.sales.put('salesorders', [anOrder(1), anOrder(2)])
  expect(await system.runOrders()).toMatchObject({ status: 'warning', tasks: [{ status: 'warning' }, { status: 'error' }, {}, {}] })
  expect(await system.engine.listRecordErrors({ projectName: 'orders', taskName: 'orderheader' })).toMatchObject([
    { sourceKey: 'SO-1', leg: '001', taskName: 'OrderHeader', code: 'bad' },
    { sourceKey: 'SO-2', leg: '002', taskName: 'OrderHeader', code: 'worse' },
  ])
  system.hub.refuse = () => undefined
  system.supplyChain.refuse = () => undefined
  const mended = await system.runOrders()
  expect(mended.status).toBe('completed')
  expect([...system.supplyChain.rows('CDSSalesOrderHeaders').keys()].sort()).toEqual(['SO-1', 'SO-2'])
  expect(await system.engine.listRecordErrors({ projectName: 'orders' })).toEqual([])
})

test('a row waits in its own leg: for rows of the hub in leg 1, for rows of the destination in leg 2', async (t) => {
  const system = await startHub(t)
  refuseOrphans(system)
  system.sales.put('salesorderdetails', [aLine(1, 1)])
  expect(await system.runOrders()).toMatchObject({ status: 'warning' })
  expect(await system.engine.listWaitingRecords({ projectName: 'orders' })).toMatchObject([
    { leg: '001', taskName: 'OrderLine', sourceKey: 'SO-1|1', parents: [{ entity: 'salesorder', key: 'so-1' }] },
  ])
  system.sales.put('salesorders', [anOrder(1)])
  expect(await system.runOrders()).toMatchObject({ status: 'completed' })
  expect([...system.supplyChain.rows('CDSSalesOrderLines').keys()]).toEqual(['SO-1|1'])
  expect(await system.engine.listWaitingRecords({ projectName: 'orders' })).toEqual([])
})

test('what a parent of another project releases in leg 1 goes on through leg 2 in the same execution', async (t) => {
  const system = await startHub(t)
  refuseOrphans(system)
  const [header, line] = HUB_ORDER_TASKS
  const { headerTask: _header, ...lines } = line ?? { headerTask: '' }
  await system.engine.saveProject({ ...HUB_PROJECT, entityMappingTasks: [lines] })
  await system.engine.saveProject({ ...HUB_PROJECT, name: 'headers', entityMappingTasks: [header] })
  system.sales.put('salesorderdetails', [aLine(1, 1)])
  await system.runOrders()
  system.sales.put('salesorders', [anOrder(1)])
  await untilEnd(system.engine, (await system.engine.startExecution('headers')).id)
  const [released] = await system.engine.listExecutions({ projectName: 'orders', limit: 1 })
  expect(await untilEnd(system.engine, released?.id ?? '')).toMatchObject({ trigger: 'event', status: 'completed' })
  expect([...system.hub.rows('SalesOrderLine').keys()]).toEqual(['SO-1|1'])
  expect([...system.supplyChain.rows('CDSSalesOrderLines').keys()]).toEqual(['SO-1|1'])
})

test('what is released in leg 1 behind the end of leg 2 is read by leg 2 again', async (t) => {
  const system = await startHub(t)
  // A first line that names an order which only the second task of this project brings.
  const [header, line] = HUB_ORDER_TASKS
  const { headerTask: _header, ...lines } = line ?? { headerTask: '' }
  await system.engine.saveProject({
    ...HUB_PROJECT,
    entityMappingTasks: [
      { ...lines, order: 1 },
      { ...header, order: 2 },
    ],
  })
  refuseOrphans(system)
  system.sales.put('salesorders', [anOrder(1)])
  system.sales.put('salesorderdetails', [aLine(1, 1), aLine(1, 2)])
  const execution = await system.runOrders()
  expect(execution.status).toBe('completed')
  expect([...system.supplyChain.rows('CDSSalesOrderLines').keys()].sort()).toEqual(['SO-1|1', 'SO-1|2'])
  expect(execution.tasks).toMatchObject([
    { name: 'OrderLine', leg: '001', counters: { read: 2, inserted: 2, waiting: 0 } },
    { name: 'OrderLine', leg: '002', counters: { read: 2, inserted: 2, waiting: 0 } },
    { name: 'OrderHeader', leg: '001' },
    { name: 'OrderHeader', leg: '002' },
  ])
})

test('an edit of one leg makes that leg read everything; another entity makes it forget what it wrote', async (t) => {
  const system = await startHub(t)
  system.sales.put('salesorders', [anOrder(1), anOrder(2)])
  await system.runOrders()
  const [header, line] = HUB_ORDER_TASKS
  const [first, second] = header?.legs ?? []
  const cut = { ...second, fieldMappings: second?.fieldMappings.map((mapping) => ({ ...mapping, isSystemGenerated: true })) }
  await system.engine.saveProject({ ...HUB_PROJECT, entityMappingTasks: [{ ...header, legs: [first, cut] }, line] })
  const edited = await system.runOrders()
  expect(edited.tasks).toMatchObject([{ counters: { read: 0 } }, { counters: { read: 2, unchanged: 2 } }, {}, {}])
  const direct = ORDER_TASKS[0]
  await system.engine.saveProject({ ...HUB_PROJECT, entityMappingTasks: [direct] })
  const straight = await system.runOrders()
  // The same keys, but other rows: nothing that was written to the hub counts as written here.
  expect(straight.tasks).toMatchObject([{ leg: '001', counters: { read: 2, unchanged: 0, updated: 2 } }])
})

test('a leg that is taken out and put back begins anew, and what moves is refused while it is executed', async (t) => {
  const system = await startHub(t)
  system.supplyChain.refuse = (values) =>
    values.SalesOrderNumber === 'SO-2' ? { category: 'data', code: 'bad', message: 'bad' } : undefined
  system.sales.put('salesorders', [anOrder(1), anOrder(2)])
  await system.runOrders()
  const [header, line] = HUB_ORDER_TASKS
  const cut = { ...HUB_PROJECT, entityMappingTasks: [{ ...header, legs: header?.legs.slice(0, 1) }, line] }
  await system.engine.saveProject(cut)
  expect(await system.engine.listRecordErrors({ projectName: 'orders' })).toEqual([])
  expect((await system.runOrders()).tasks.map(({ name, leg }) => `${name} ${leg}`)).toEqual([
    'OrderHeader 001',
    'OrderLine 001',
    'OrderLine 002',
  ])
  system.supplyChain.refuse = () => undefined
  await system.engine.saveProject(HUB_PROJECT)
  expect((await system.runOrders()).tasks).toMatchObject([
    { counters: { read: 0 } },
    { leg: '002', counters: { read: 2, unchanged: 0, inserted: 1, updated: 1 } },
    {},
    {},
  ])
  const held = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  system.sales.hooks.beforePage = async () => {
    reached.resolve()
    await held.promise
  }
  const { id } = await system.engine.startExecution('orders')
  await reached.promise
  await expect(system.engine.saveProject({ ...HUB_PROJECT, entityMappingTasks: [ORDER_TASKS[0]] })).rejects.toMatchObject({
    code: 'execution-running',
    message: expect.stringContaining('other entities'),
  })
  held.resolve()
  await untilEnd(system.engine, id)
})

test('an engine that stops in the middle of a leg is replaced, and the next leg has every row', async (t) => {
  const system = await startHub(t, { pagesPerStep: 2 })
  system.sales.put(
    'salesorders',
    Array.from({ length: 95 }, (_, index) => anOrder(index + 1)),
  )
  const held = holdAtCall(system.supplyChain, 'beforeUpsert', 3)
  const { id } = await system.engine.startExecution('orders')
  await held.reached
  const stopped = system.engine.stop()
  held.release()
  await stopped
  const other = await system.openEngine()
  expect(await untilEnd(other, id)).toMatchObject({
    status: 'completed',
    tasks: [{ counters: { read: 95, inserted: 95 } }, { counters: { read: 95, inserted: 95 } }, {}, {}],
  })
  expect(system.supplyChain.rows('CDSSalesOrderHeaders').size).toBe(95)
})

/** Processes of one host, of which only those listed live. */
const hostProcess = (pid: number, living: readonly number[]): HostProcess => ({
  identity: { host: 'test-host', pid, startedAt: `start-${pid}` },
  isAlive: (other) => living.includes(other.pid),
})

type Stage = 'leg 1 of the headers' | 'leg 2 of the headers' | 'leg 2 of the lines' | 'lines by their header'

/** The hook at which a worker hangs, and the call: pages have ten rows, headers of forty lines are asked for at once. */
const STAGES: Readonly<Record<Stage, readonly ['sales' | 'hub' | 'supplyChain', 'afterUpsert' | 'beforeReadByFields', number]>> = {
  'leg 1 of the headers': ['hub', 'afterUpsert', 3],
  'leg 2 of the headers': ['supplyChain', 'afterUpsert', 4],
  'leg 2 of the lines': ['supplyChain', 'afterUpsert', 8],
  'lines by their header': ['sales', 'beforeReadByFields', 2],
}

test.for(Object.keys(STAGES) as Stage[])('R19 a worker that dies in %s is taken over, and every row arrives once', async (stage, t) => {
  const system = await startHub(t, { process: hostProcess(1, []), workers: 1, lanes: 1 })
  const orders = Array.from({ length: 60 }, (_, index) => index + 1)
  const put = (changes: Parameters<typeof anOrder>[1]) =>
    system.sales.put(
      'salesorders',
      orders.map((number) => anOrder(number, changes)),
    )
  // The lines were read while their headers were drafts and refused by the hub, and left there by a person: only their headers bring them back.
  put({ status: 'draft' })
  await system.runOrders()
  system.hub.refuse = (values) =>
    values.salesorder_salesorderid === undefined ? undefined : { category: 'data', code: 'not-yet', message: 'the header is a draft' }
  system.sales.put(
    'salesorderdetails',
    orders.map((number) => aLine(number, 1)),
  )
  await system.runOrders()
  await system.database.query(`update record_error set state = 'dismissed'`)
  system.hub.refuse = () => undefined
  put({})
  const [place, hook, call] = STAGES[stage]
  const held = holdAtCall(system[place], hook, call)
  const { id } = await system.engine.startExecution('orders')
  await held.reached
  const successor = await system.openEngine({ process: hostProcess(2, [2]) })
  const execution = await untilEnd(successor, id)
  held.release()
  await system.engine.stop()
  expect(execution).toMatchObject({
    status: 'completed',
    tasks: [1, 2, 3, 4].map(() => ({ status: 'completed', counters: { read: 60, failed: 0, waiting: 0 } })),
  })
  expect(system.supplyChain.rows('CDSSalesOrderHeaders').size).toBe(60)
  expect(system.supplyChain.rows('CDSSalesOrderLines').size).toBe(60)
  expect((await system.database.query('select * from changed_header')).rows).toEqual([])
  expect(legsOf(await untilEnd(successor, (await successor.startExecution('orders')).id)).map(([, , read]) => read)).toEqual([0, 0, 0, 0])
})

test('every leg is validated at its own place; legs that do not meet are told', async (t) => {
  const system = await startHub(t)
  const [header] = HUB_ORDER_TASKS
  const [first, second] = header?.legs ?? []
  const broken = {
    ...second,
    sourceSchema: 'SalesOrderLine',
    fieldMappings: [{ sourceField: 'nothing', destinationField: 'SalesOrderNumber' }],
  }
  await system.engine.saveProject({ ...HUB_PROJECT, entityMappingTasks: [{ ...header, legs: [first, broken] }] })
  expect(await system.engine.validateProject('orders')).toMatchObject([
    { code: 'legs-apart', severity: 'warning', pointer: '/entityMappingTasks/0/legs/1/sourceSchema' },
    { code: 'DIPV1031', pointer: '/entityMappingTasks/0/legs/0/fieldMappings/0' },
    { code: 'DIPV1022', pointer: '/entityMappingTasks/0/legs/1/fieldMappings/0/sourceField' },
    { code: 'DIPV1031', pointer: '/entityMappingTasks/0/legs/1/fieldMappings/0' },
  ])
  await system.engine.saveProject({ ...HUB_PROJECT, connectionSetName: 'local' })
  const missing = (await system.engine.validateProject('orders')).filter(({ code }) => code === 'DIPV1007')
  expect(missing.map(({ pointer }) => pointer)).toContain('/entityMappingTasks/0/legs/1/sourceEnvironmentType')
})

test('positions and links of a database from before legs hold for first legs', async (t) => {
  const system = await startEngineSystem(t)
  system.sales.put('accounts', accounts(12))
  await system.run()
  // As the schema was: one task row for a task, without a leg.
  await system.database.query(
    'alter table task drop constraint task_leg, drop column leg, add constraint task_project_id_name_key unique (project_id, name)',
  )
  await system.database.query('alter table task_execution drop column leg')
  await system.database.query('alter table partition drop column read_again')
  await system.database.query('drop table changed_header')
  await system.database.query('alter table record_link drop column is_owner')
  await system.database.query(`delete from schema_migration where name = '0007-add-legs'`)
  await system.engine.stop()
  const upgraded = await system.openEngine()
  const runAgain = async (allData: boolean) => untilEnd(upgraded, (await upgraded.startExecution('accounts', { allData })).id)
  expect(await runAgain(false)).toMatchObject({ tasks: [{ leg: '001', counters: { read: 0 } }] })
  expect(await runAgain(true)).toMatchObject({ tasks: [{ leg: '001', counters: { read: 12, unchanged: 12 } }] })
})

test('of two source rows with one destination key the second is refused, whatever page it is on (T 7.8)', async (t) => {
  const system = await startEngineSystem(t)
  const task = {
    name: 'Customers by country',
    order: 1,
    legs: [
      {
        id: '001',
        sourceEnvironmentType: 'CRM',
        sourceSchema: 'accounts',
        destinationEnvironmentType: 'AX',
        destinationSchema: 'CustomersV2',
        fieldMappings: [
          { sourceField: 'name', destinationField: 'CustomerAccount' },
          { sourceField: 'name', destinationField: 'OrganizationName' },
        ],
      },
    ],
  }
  await system.engine.saveProject({ ...PROJECT, entityMappingTasks: [task] })
  const row = (number: number, name: string) => ({ accountnumber: `ACC-${String(number).padStart(3, '0')}`, name })
  system.sales.put('accounts', [
    row(1, 'one'),
    row(2, 'One '),
    ...Array.from({ length: 20 }, (_, index) => row(index + 10, `other ${index}`)),
    row(99, 'one'),
  ])
  const execution = await system.run()
  expect(execution).toMatchObject({ status: 'warning', tasks: [{ counters: { read: 23, inserted: 21, failed: 2 } }] })
  expect(await system.engine.listRecordErrors({ projectName: 'accounts' })).toMatchObject([
    { sourceKey: 'ACC-002', code: 'key-not-unique', category: 'conflict', details: { owner: 'ACC-001' } },
    { sourceKey: 'ACC-099', code: 'key-not-unique' },
  ])
  system.sales.put('accounts', [row(99, 'ninety-nine')])
  expect(await system.run()).toMatchObject({ tasks: [{ counters: { inserted: 1, failed: 1 } }] })
  expect(await system.engine.listRecordErrors({ projectName: 'accounts' })).toMatchObject([{ sourceKey: 'ACC-002' }])
})
