import { readFileSync } from 'node:fs'
import { openScratchDatabase, randomIds, silentLogger, systemClock, type TestScope } from '@p2c/base'
import { type Connector, createEngine, type Engine, type Execution, parseTemplate } from '@p2c/engine'
import { expect, test } from 'vitest'
import { startSales, startSupplyChain } from '../support/connected-applications.ts'

const organisation = { businessUnit: 'Prospect to Cash', legalEntity: 'USMF' }
const signal = new AbortController().signal

const tasksOf = (file: string) =>
  parseTemplate(JSON.parse(readFileSync(new URL(`../../templates/${file}.json`, import.meta.url), 'utf8'))).entityMappingTasks

const run = async (engine: Engine, project: string): Promise<Execution> => end(engine, (await engine.startExecution(project)).id)

async function end(engine: Engine, id: string): Promise<Execution> {
  let last: Execution | undefined
  for await (const execution of engine.subscribe(id)) last = execution
  if (last === undefined) throw new Error(`no execution ${id}`)
  return last
}

const insert = (sales: Connector, entity: string, keyField: string, rows: readonly Record<string, string>[]) =>
  sales.upsert(
    { entity, keyFields: [keyField], organisation, rows: rows.map((values) => ({ key: values[keyField] ?? '', values, known: false })) },
    signal,
  )

const account = (accountnumber: string) => ({
  accountnumber,
  name: `Name of ${accountnumber}`,
  'transactioncurrencyid.isocurrencycode': 'USD',
})

const PROJECT = { connectionSetName: 'local', organisations: [organisation] }

/** Both applications with their connectors, and an engine with the projects `accounts` and `contacts`. */
async function startSystem(t: TestScope): Promise<{ readonly engine: Engine; readonly sales: Connector }> {
  const [sales, supplyChain] = await Promise.all([startSales(t), startSupplyChain(t)])
  const database = await openScratchDatabase(t)
  const engine = createEngine({
    database,
    // The test closes them itself.
    connectorFor: ({ environmentType }) => ({ ...(environmentType === 'CRM' ? sales : supplyChain), close: async () => undefined }),
    clock: systemClock,
    ids: randomIds,
    log: silentLogger,
  })
  t.onTestFinished(() => engine.stop())
  await engine.start()
  await engine.saveConnectionSet({
    name: 'local',
    connections: [
      { name: 'Sales', environmentType: 'CRM', baseUrl: 'http://127.0.0.1:4010' },
      { name: 'Supply Chain', environmentType: 'AX', baseUrl: 'http://127.0.0.1:4020' },
    ],
    organisations: [organisation],
    integrationKeys: [
      { environmentType: 'CRM', entity: 'accounts', fields: ['accountnumber'] },
      { environmentType: 'CRM', entity: 'contacts', fields: ['msdynce_contactnumber'] },
    ],
  })
  await engine.saveProject({ ...PROJECT, name: 'accounts', entityMappingTasks: tasksOf('accounts-sales-to-supply-chain-direct') })
  await engine.saveProject({ ...PROJECT, name: 'contacts', entityMappingTasks: tasksOf('contacts-sales-to-supply-chain-direct') })
  return { engine, sales }
}

test('integrator 9.1 contacts that come before their accounts wait, as the destination itself refuses them, and land when the accounts have', async (t) => {
  const { engine, sales } = await startSystem(t)
  await insert(sales, 'accounts', 'accountnumber', [account('ACC-1'), account('ACC-2')])
  await insert(
    sales,
    'contacts',
    'msdynce_contactnumber',
    ['ACC-1', 'ACC-2', 'ACC-2'].map((parent, index) => ({
      msdynce_contactnumber: `CON-${index + 1}`,
      lastname: 'Lind',
      'parentcustomerid.Account(accountnumber)': parent,
    })),
  )

  const early = await run(engine, 'contacts')
  expect(early).toMatchObject({ status: 'warning', tasks: [{ counters: { read: 3, waiting: 3, failed: 0 } }] })
  expect(await engine.listRecordErrors()).toEqual([])
  const waiting = [...(await engine.listWaitingRecords())].sort((a, b) => (a.sourceKey < b.sourceKey ? -1 : 1))
  expect(waiting).toMatchObject(['CON-1', 'CON-2', 'CON-3'].map((sourceKey) => ({ sourceKey, code: 'lookup-not-found', attempts: 1 })))
  expect(await run(engine, 'accounts')).toMatchObject({ status: 'completed', tasks: [{ counters: { inserted: 2 } }] })
  // The accounts have released them: an execution of their own project has begun by itself.
  const [released] = await engine.listExecutions({ projectName: 'contacts', limit: 1 })
  expect(released).toMatchObject({ trigger: 'event' })
  expect(await end(engine, released?.id ?? '')).toMatchObject({ status: 'completed', tasks: [{ counters: { read: 3, inserted: 3 } }] })
  expect(await engine.listWaitingRecords()).toEqual([])
  expect(await run(engine, 'contacts')).toMatchObject({ status: 'completed', tasks: [{ counters: { read: 0 } }] })
})

test('integrator 9.1 a value of a table that no task loads is a record error at once', async (t) => {
  const { engine, sales } = await startSystem(t)
  const [task] = tasksOf('accounts-sales-to-supply-chain-direct')
  const [leg] = task?.legs ?? []
  const fieldMappings = leg?.fieldMappings.map((mapping) =>
    mapping.destinationField === 'CustomerGroupId'
      ? { ...mapping, valueTransforms: [{ transformType: 'Default', defaultValue: '99' }] }
      : mapping,
  )
  await engine.saveProject({ ...PROJECT, name: 'accounts', entityMappingTasks: [{ ...task, legs: [{ ...leg, fieldMappings }] }] })
  await insert(sales, 'accounts', 'accountnumber', [account('ACC-1')])
  expect(await run(engine, 'accounts')).toMatchObject({ status: 'error', tasks: [{ counters: { read: 1, failed: 1, waiting: 0 } }] })
  expect(await engine.listRecordErrors()).toMatchObject([{ sourceKey: 'ACC-1', category: 'reference', code: 'reference-not-found' }])
})
