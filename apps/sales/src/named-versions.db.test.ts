import { expect, test } from 'vitest'
import { type SalesUnderTest, startSales } from './sales-app.fixture.ts'
import { salesSettings } from './settings.ts'

const VERSION = '8.2.1.207'

test('Sales started as 8.2.1.207 with solution 1.14.1.0 tells both, and header tax begins with 1.15.0.0', async (t) => {
  const sales = await startSales(t, { version: VERSION, solutionVersion: '1.14.1.0' })
  expect((await sales.get('RetrieveVersion()')).body.Version).toBe(VERSION)
  expect(await solutionVersion(sales)).toBe('1.14.1.0')
  expect(await taxLines(sales)).toEqual([])
  expect((await sales.post('/local/solution', {})).body.version).toBe('1.15.0.0')
  expect(await taxLines(sales)).toEqual(['Freight Tax'])
  // The version of the first start is not brought back by a later one.
  expect(await solutionVersion(await sales.restart())).toBe('1.15.0.0')
})

const solutionVersion = async (sales: SalesUnderTest): Promise<unknown> =>
  (await sales.get(`solutions?$filter=uniquename eq 'msdynce_ProspectToCashIntegration'&$select=version`)).body.value[0].version

/** Lines of a new order with header tax. */
async function taxLines(sales: SalesUnderTest): Promise<readonly unknown[]> {
  const account = await sales.create('accounts', { name: 'Fabrikam' }, 'accountid')
  const list = await sales.idOf('pricelevels', `name eq 'CRM Service USA (sample)'`)
  const order = await sales.create(
    'salesorders',
    {
      name: 'Taxed',
      'customerid_account@odata.bind': `/accounts(${account.accountid})`,
      'pricelevelid@odata.bind': `/pricelevels(${list})`,
      msdynce_misctax: 1.6,
    },
    'salesorderid',
  )
  const lines = await sales.get(`salesorderdetails?$filter=_salesorderid_value eq ${order.salesorderid}&$select=productdescription`)
  return lines.body.value.map((line: { productdescription: unknown }) => line.productdescription)
}

test.each([
  ['P2C_SALES_VERSION', '8.2'],
  ['P2C_SALES_SOLUTION_VERSION', 'latest'],
])('%s %j is refused', (name, value) => {
  expect(salesSettings.safeParse({ [name]: value }).error?.issues[0]).toMatchObject({
    path: [name],
    message: 'must be four whole numbers with points between, as in 1.15.0.0',
  })
})
