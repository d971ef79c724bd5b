import { expect, test } from 'vitest'
import { startOrders } from './orders/sales-orders.fixture.ts'
import { supplyChainSettings } from './settings.ts'
import { D, startTestApp, type TestApp } from './supply-chain-app.fixture.ts'

const told = async (app: TestApp, action: string): Promise<unknown> =>
  (await app.post(`${D}/DataManagementEntities/Microsoft.Dynamics.DataEntities.${action}`, {})).json.value

test('Supply Chain started as July 2017 tells its versions and hotfixes', async (t) => {
  const app = await startTestApp(t, { settings: { release: 'july-2017', hotfixes: ['KB4045570'] } })
  expect(await told(app, 'GetApplicationVersion')).toBe('7.2.11792.56024')
  expect(await told(app, 'GetApplicationBuildVersion')).toBe('7.2.11792.56024')
  expect(await told(app, 'GetPlatformBuildVersion')).toBe('7.0.4565.16212')
  expect(await told(app, 'GetInstalledHotfixes')).toBe('KB4045570')
})

test('a database that is started as 1611 has lines without numbers and no distinct products until the one-time job ran, once', async (t) => {
  const orders = await startOrders(t)
  await orders.addOrder('SO-1')
  await orders.addLine('SO-1', { LineCreationSequenceNumber: 4 })
  const lineNumbers = async () =>
    (
      await orders.database.query<{ n: number }>('select line_creation_sequence_number as n from sales_order_line order by line_number')
    ).rows.map(({ n }) => n)
  const distinct = async () => (await orders.database.query('select from distinct_product')).rows.length
  const before = await distinct()
  expect(before).toBeGreaterThan(0)
  const app = await startTestApp(t, { settings: { release: '1611' }, database: orders.database })
  expect([await lineNumbers(), await distinct()]).toEqual([[0], 0])
  const jobs = await app.get(`${D}/BatchJobs?$filter=JobClass eq 'PopulateDistinctProductTable'&$select=Status`)
  expect(jobs.json.value).toEqual([expect.objectContaining({ Status: 'Hold' })])
  await app.post(`${D}/BatchJobs/Microsoft.Dynamics.DataEntities.SalesPopulateProspectToCash`, {})
  expect([await lineNumbers(), await distinct()]).toEqual([[1], before])
  // The next start finds what the job has done.
  await startTestApp(t, { settings: { release: '1611' }, database: orders.database })
  expect([await lineNumbers(), await distinct()]).toEqual([[1], before])
})

test.each([
  [{ P2C_SUPPLY_CHAIN_RELEASE: '1610' }, 'P2C_SUPPLY_CHAIN_RELEASE', 'Invalid option'],
  [
    { P2C_SUPPLY_CHAIN_RELEASE: '1611', P2C_SUPPLY_CHAIN_HOTFIXES: 'KB4051266, KB1' },
    'P2C_SUPPLY_CHAIN_HOTFIXES',
    'KB1 is no hotfix of release 1611, which has KB4051266, KB4037542, KB4033093',
  ],
  [{ P2C_SUPPLY_CHAIN_HOTFIXES: 'KB4045570' }, 'P2C_SUPPLY_CHAIN_HOTFIXES', 'KB4045570 is no hotfix of release current, which has none'],
  [{ P2C_SUPPLY_CHAIN_PLATFORM_VERSION: 'update 12' }, 'P2C_SUPPLY_CHAIN_PLATFORM_VERSION', 'must be two to four whole numbers'],
])('the environment %j is refused', (environment, variable, message) => {
  expect(supplyChainSettings.safeParse(environment).error?.issues[0]).toMatchObject({
    path: [variable],
    message: expect.stringContaining(message),
  })
})

test('hotfixes are a list with commas, in any case', () => {
  const environment = { P2C_SUPPLY_CHAIN_RELEASE: 'july-2017', P2C_SUPPLY_CHAIN_HOTFIXES: ' kb4036461,,KB4036524 ' }
  expect(supplyChainSettings.parse(environment).supplyChain).toMatchObject({ release: 'july-2017', hotfixes: ['KB4036461', 'KB4036524'] })
})
