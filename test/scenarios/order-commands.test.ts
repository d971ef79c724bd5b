import { afterAll, beforeAll, expect, test } from 'vitest'
import { ORDER_ACTIONS } from '../../apps/cli/src/commands/order-actions.ts'
import { fileScope, p2c, p2cJson, type StartedInstallation } from '../support/command-line.ts'
import { type OutsideClient, outsideClients } from '../support/outside-client.ts'
import { startPreparedInstallation } from '../support/prepared-installation.ts'

const scope = fileScope(afterAll)
let installation: StartedInstallation
let supplyChain: OutsideClient

beforeAll(async () => {
  installation = await startPreparedInstallation(scope)
  ;({ supplyChain } = await outsideClients(installation))
}, 120_000)

async function create(collection: string, row: object): Promise<Record<string, string>> {
  const reply = await supplyChain.call('POST', `/${collection}`, { body: { dataAreaId: 'usmf', ...row } })
  if (reply.status !== 201) throw new Error(`${collection}: ${reply.text}`)
  return reply.json
}

/** An order of ten pieces, eight of which are there. */
async function addOrder(): Promise<string> {
  await create('CustomersV3', {
    CustomerAccount: 'H-1',
    OrganizationName: 'Halvorsen Marine Supply',
    PartyType: 'Organization',
    CustomerGroupId: '10',
    SalesCurrencyCode: 'USD',
  })
  await create('ReleasedProductCreationsV2', {
    ItemNumber: 'DW-40',
    ProductNumber: 'DW-40',
    ProductName: 'Deck winch',
    ProductType: 'Item',
    ProductSubType: 'Product',
    ItemModelGroupId: 'FIFO',
    ProductGroupId: 'Goods',
    StorageDimensionGroupName: 'SiteWH',
    TrackingDimensionGroupName: 'None',
    InventoryUnitSymbol: 'ea',
    UnitCost: 2,
  })
  const place = { ShippingSiteId: '1', ShippingWarehouseId: '13' }
  const { JournalNumber } = await create('InventoryAdjustmentJournalHeaders', {})
  await create('InventoryAdjustmentJournalLines', {
    JournalNumber,
    ItemNumber: 'DW-40',
    InventorySiteId: '1',
    InventoryWarehouseId: '13',
    InventoryQuantity: 8,
  })
  await p2cJson(['command', 'post-inventory-journal', '--set', `journalNumber=${JournalNumber}`, '--data', installation.data])
  const { SalesOrderNumber = '' } = await create('SalesOrderHeadersV2', {
    OrderingCustomerAccountNumber: 'H-1',
    InvoiceCustomerAccountNumber: 'H-1',
  })
  await create('SalesOrderLines', { SalesOrderNumber, ItemNumber: 'DW-40', OrderedSalesQuantity: 10, SalesPrice: 12, ...place })
  return SalesOrderNumber
}

test('an order goes from its confirmation to a credit note by the command line alone', async () => {
  const order = await addOrder()
  const run = (action: string, number: string, ...options: string[]) =>
    p2c(['order', action, number, ...options, '--data', installation.data])
  const confirmed = await run('confirm', order, '--company', 'usmf')
  expect(confirmed, confirmed.stderr).toMatchObject({ code: 0 })
  expect(confirmed.stdout).toContain('confirm-sales-order: done.')
  expect(confirmed.stdout).toContain(`${order}-1`)
  const refused = await run('pack', order, '--line', '1=9', '--json')
  expect(refused.code).toBe(1)
  expect(JSON.parse(refused.stdout)).toMatchObject({
    error: { code: 'application-refused', message: expect.stringContaining('9.00 cannot be picked because only 8.00 is/are available') },
  })
  const steps: readonly (readonly string[])[] = [
    ['reserve', order, '--line', '1=8'],
    ['pick-list', order, '--line', '1=5'],
    ['pick', order, '--line', '1=5'],
    ['pack', order, '--rule', 'Picked', '--date', new Date().toISOString().slice(0, 10)],
    ['invoice', order, '--rule', 'PackingSlip'],
    ['cancel-remainder', order],
  ]
  const answers = []
  for (const step of steps)
    answers.push(await p2cJson<{ result: Record<string, never[]> }>(['order', ...step, '--data', installation.data]))
  const slip = answers[3]?.result.packingSlips?.[0] as { packingSlipNumber: string; lines: { quantity: number }[] } | undefined
  expect(slip?.lines).toMatchObject([{ quantity: 5 }])
  expect((await run('cancel-pack', slip?.packingSlipNumber ?? '')).stderr).toContain('is invoiced')
  const invoice = answers[4]?.result.invoices?.[0] as { invoiceNumber: string } | undefined
  const credited = await run('credit', invoice?.invoiceNumber ?? '', '--line', '1=2', '--lang', 'fr')
  expect(credited, credited.stderr).toMatchObject({ code: 0 })
  expect(credited.stdout).toContain('create-credit-note\u00a0: terminé.')
}, 120_000)

test('commands are listed, unknown ones and wrong parameters are refused with what is wrong', async () => {
  const list = await p2cJson<{ name: string; parameters: { properties: object } }[]>(['command', '--data', installation.data])
  const parameters = new Map(list.map((each) => [each.name, Object.keys(each.parameters.properties)]))
  expect(parameters.get('settle-transactions')).toContain('marks')
  for (const [action, { command, number }] of Object.entries(ORDER_ACTIONS)) expect(parameters.get(command), action).toContain(number)
  const table = await p2c(['command', '--data', installation.data])
  expect(table.stdout).toMatch(/register-picking +\[dataAreaId\] \[pickingRouteNumber\]/)
  const unknown = await p2c(['command', 'sell-everything', '--data', installation.data])
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("There is no command 'sell-everything'") })
  const wrong = await p2c(['command', 'unpick', '--set', 'salesOrderNumber=SO-1', '--set', 'everything=yes', '--data', installation.data])
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("Parameter 'everything' is not known") })
  expect(await p2c(['order', 'sell', 'SO-1'])).toMatchObject({ code: 2 })
}, 120_000)
