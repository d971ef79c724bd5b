import type { Execution } from '@p2c/engine'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { TWO_HOP_CONNECTION_SET } from '../../apps/server/src/setup/two-hop-set-up.ts'
import { fileScope } from '../support/command-line.ts'
import { changedFields, snapshotOf } from './kit/document-snapshot.ts'
import { countersOf } from './kit/integrator.ts'
import { type ProspectToCash, startProspectToCash } from './kit/prospect-to-cash.ts'
import { ofCompany, PROCESSING } from './kit/seller.ts'
import { quoted, type Row, type Wire } from './kit/wire.ts'

/** The older generation through the hub, and the way to the direct one: one installation, and its days in their order. */
let p2c: ProspectToCash
let hub: Wire
/** Rows that later sentences go on with. */
let account: Row
let order: Row
let quote: Row

const scope = fileScope(afterAll)

// Milliseconds: a round of all projects, on a machine that has more to do.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

beforeAll(async () => {
  p2c = await startProspectToCash(scope, { withHub: true })
  hub = p2c.hub ?? expect.unreachable('the installation has no hub')
  // What the older quotes template demands (templates specification, 8.6).
  await discountsPer('unit')
})

/** Setting *Discount calculation method* of Sales. */
async function discountsPer(method: 'line' | 'unit'): Promise<void> {
  const { wire } = p2c.sales
  const { organizationid } = await wire.row('organizations', 'name ne null')
  await wire.send('PATCH', `/organizations(${organizationid})`, { discountcalculationmethod: method === 'unit' ? 1 : 0 })
}

/** Every two-hop project in its waves; each must have got through. */
const runTwoHop = async (options: { readonly allData?: boolean } = {}): Promise<readonly Execution[]> =>
  completed(await p2c.runAll(options, TWO_HOP_CONNECTION_SET))

/** Some projects one after the other, named without what they all end with; each must have got through. */
async function runOf(...names: readonly string[]): Promise<readonly Execution[]> {
  const executions: Execution[] = []
  for (const name of names) executions.push(await p2c.run(`${name}-two-hop`))
  return completed(executions)
}

async function completed(executions: readonly Execution[]): Promise<readonly Execution[]> {
  const left = [...(await p2c.errors()), ...(await p2c.waiting())]
  expect(left.map(({ projectName, sourceKey, message }) => [projectName, sourceKey, message])).toEqual([])
  expect(executions.filter(({ status }) => status !== 'completed')).toEqual([])
  return executions
}

const inHub = (entity: string, field: string, value: string): Promise<Row> => hub.row(entity, `${field} eq ${quoted(value)}`)
const NOTHING_WRITTEN = { inserted: 0, updated: 0, failed: 0, waiting: 0 }

const SHIP_TO = { shipto_line1: 'Kaigaten 2', shipto_line2: 'Hall B', shipto_city: 'Tromsø', shipto_country: 'Norway' }

test('H1 to H4 bring accounts, contacts and products through the hub, letter for letter', async () => {
  const { seller, clerk, sales } = p2c
  account = await seller.account({
    name: 'Halvorsen Båtutstyr «ÆØÅ» 漢字',
    address1_line1: 'Strandgaten 14',
    address1_city: 'Bergen',
    address1_country: 'Norway',
    address1_county: 'Vestland fylke',
    telephone1: '+47 55 00 00 00',
  })
  const plain = await seller.account({ name: 'Plain' })
  const person = await seller.contact({ firstname: 'Łukasz', lastname: 'Żółć', ...ofCompany(account), department: 'Innkjøp' })
  await clerk.product('DW-40', { ProductName: 'Dekkvinsj «Ærlig»', SalesPrice: 50 })
  await clerk.product('DW-41', { SalesPrice: 20 })
  await clerk.stock({ 'DW-40': 1_000, 'DW-41': 1_000 })
  await runOf('products', 'accounts', 'contacts')

  expect(await inHub('Account', 'accountid', account.accountnumber)).toMatchObject({
    organization_organizationid: 'ORG001',
    organizationname: 'Halvorsen Båtutstyr «ÆØÅ» 漢字',
    partytype: 'Organization',
    mailingpostaladdress_country: 'Norway',
  })
  expect(await clerk.rows('Customers', `CustomerAccount eq ${quoted(account.accountnumber)}`)).toMatchObject([
    {
      Name: 'Halvorsen Båtutstyr «ÆØÅ» 漢字',
      AddressCountryRegionId: 'NOR',
      IsExternallyMaintained: 'Yes',
      CustomerGroupId: '10',
      SiteId: '1',
    },
  ])
  expect(await clerk.rows('CustomersV2', `CustomerAccount eq ${quoted(plain.accountnumber)}`)).toMatchObject([
    { AddressCountryRegionISOCode: 'US', DeliveryAddressCountryRegionISOCode: '' },
  ])
  expect(await clerk.rows('CDSContactPersons', `ContactPersonPartyNumber eq ${quoted(person.msdynce_contactnumber)}`)).toMatchObject([
    { FirstName: 'Łukasz', LastName: 'Żółć', AssociatedPartyNumber: account.accountnumber, IsContactPersonExternallyMaintained: 'Yes' },
  ])
  expect(await inHub('Product', 'productid', 'DW-40')).toMatchObject({ name: 'Dekkvinsj «Ærlig»', defaultsellingquantity_uom: 'Each' })
  expect(await sales.product('DW-40')).toMatchObject({ name: 'Dekkvinsj «Ærlig»', price: 50, msdynce_ismaintainedexternally: true })
})

test('H3, H5 and H8 bring a contact who buys, a quote and orders through the hub', async () => {
  const { seller, clerk, sales } = p2c
  const buyer = await seller.contact({ firstname: 'Þóra', lastname: 'Jónsdóttir' })
  quote = await seller.quote({
    customer: account,
    lines: [{ product: 'DW-40', quantity: 3, discount: 10 }],
    values: { name: 'Ombygging av dekk', ...SHIP_TO },
  })
  await seller.activateQuote(quote)
  order = await seller.order({
    customer: account,
    lines: [
      { product: 'DW-40', quantity: 3 },
      { product: 'DW-41', quantity: 2, values: { description: 'Rød' } },
    ],
    values: { name: 'Ordre på vinsj', ...SHIP_TO },
  })
  await seller.activateOrder(order)
  const own = await seller.order({ customer: buyer, lines: [{ product: 'DW-41', quantity: 1 }] })
  await seller.activateOrder(own)
  await runTwoHop()

  expect(await clerk.rows('CustomersV2', `CustomerAccount eq ${quoted(buyer.msdynce_contactnumber)}`)).toMatchObject([
    { PartyType: 'Person', PersonFirstName: 'Þóra', PersonLastName: 'Jónsdóttir' },
  ])
  expect(await clerk.rows('SalesQuotationHeaders', `SalesQuotationNumber eq ${quoted(quote.quotenumber)}`)).toMatchObject([
    {
      SalesQuotationName: 'Ombygging av dekk',
      RequestingCustomerAccountNumber: account.accountnumber,
      DeliveryAddressStreetNumber: 'Kaigaten 2',
      DeliveryAddressStreet: 'Hall B',
      DeliveryAddressCity: 'Tromsø',
      DeliveryAddressCountryRegionISOCode: 'NO',
      RequestedShippingDate: '2020-01-01T12:00:00Z',
    },
  ])
  // What Sales sent does not come back to it before Supply Chain has done something with it.
  expect(await sales.order(order.ordernumber)).toMatchObject({
    msdynce_processingstatus: PROCESSING.active,
    msdynce_ismaintainedexternally: false,
    shipto_line1: 'Kaigaten 2',
  })
  // The discount of one unit, as Sales has it with its method Per unit: 3 × (50 − 10).
  expect(await clerk.rows('CDSSalesQuotationLines', `SalesQuotationNumber eq ${quoted(quote.quotenumber)}`)).toMatchObject([
    { ProductName: 'Dekkvinsj «Ærlig»', LineDiscountAmount: 10, LineAmount: 120 },
  ])
  expect(await inHub('SalesOrder', 'salesorderid', order.ordernumber)).toMatchObject({
    status: 'Active',
    account_accountid: account.accountnumber,
  })
  const lines = await clerk.rows('CDSSalesOrderLines', `SalesOrderNumber eq ${quoted(order.ordernumber)}`)
  expect(lines).toMatchObject([
    { ProductNumber: 'DW-40', OrderedSalesQuantity: 3, SalesPrice: 50, ShippingWarehouseId: '13' },
    { ProductNumber: 'DW-41', OrderedSalesQuantity: 2, LineDescription: 'Rød' },
  ])
  expect(await clerk.rows('SalesOrderHeadersV2', `SalesOrderNumber eq ${quoted(own.ordernumber)}`)).toMatchObject([
    { OrderingCustomerAccountNumber: buyer.msdynce_contactnumber, DeliveryAddressCountryRegionISOCode: 'US' },
  ])
})

test('H6 brings the status of an order of Sales and an order of Supply Chain, and nothing of either goes back the way it came', async () => {
  const { clerk, sales } = p2c
  await clerk.order({
    number: 'SO-Å1',
    customer: account.accountnumber,
    lines: [{ ProductNumber: 'DW-40', OrderedSalesQuantity: 2, SalesPrice: 50 }],
    values: { SalesOrderName: 'Bestilt på telefon' },
  })
  await clerk.confirm('SO-Å1')
  await clerk.confirm(order.ordernumber)
  await clerk.calculateTotals()
  const before = await snapshotOf(p2c)
  const sent = await runOf('orders-to-supply-chain', 'quotes')
  await runOf('orders-to-sales')
  const echoed = await runOf('orders-to-supply-chain')
  expect(await sales.order(order.ordernumber)).toMatchObject({
    msdynce_processingstatus: PROCESSING.confirmed,
    msdynce_ismaintainedexternally: true,
    totalamount: 190,
  })
  expect(await sales.order('SO-Å1')).toMatchObject({
    name: 'Bestilt på telefon',
    msdynce_processingstatus: PROCESSING.confirmed,
    totalamount: 100,
    statecode: 0,
  })
  expect(await sales.orderLines('SO-Å1')).toMatchObject([{ quantity: 2, priceperunit: 50, msdynce_ismaintainedexternally: true }])
  const after = await snapshotOf(p2c)
  expect(Object.keys(changedFields(before, after)).sort()).toEqual(['salesorderdetails', 'salesorders'])
  expect(countersOf(...sent, ...echoed)).toMatchObject(NOTHING_WRITTEN)
})

test('H7 brings the invoice of a delivered order, and H6 that it is invoiced', async () => {
  const { clerk, sales } = p2c
  await clerk.pick(order.ordernumber)
  await clerk.pack(order.ordernumber)
  const { invoiceNumber } = await clerk.invoice(order.ordernumber)
  await clerk.calculateTotals()
  await runOf('orders-to-sales', 'invoices')
  expect(await sales.order(order.ordernumber)).toMatchObject({ msdynce_processingstatus: PROCESSING.invoiced, statecode: 0 })
  expect(await inHub('SalesOrder', 'salesorderid', order.ordernumber)).toMatchObject({ status: 'Invoice' })
  const invoice = await sales.invoice(invoiceNumber)
  expect(invoice).toMatchObject({ totalamount: 190, statuscode: 4, billto_country: 'NO' })
  expect(invoice._ownerid_value).toBe((await sales.order(order.ordernumber))._ownerid_value)
  expect(await sales.invoiceLines(invoiceNumber)).toMatchObject([
    { quantity: 3, priceperunit: 50 },
    { quantity: 2, priceperunit: 20 },
  ])
})

test('A12 of the older generation: a second round writes nothing, nor does one with all data', async () => {
  expect(countersOf(...(await runTwoHop()))).toMatchObject(NOTHING_WRITTEN)
  const all = countersOf(...(await runTwoHop({ allData: true })))
  expect(all).toMatchObject(NOTHING_WRITTEN)
  expect(all.unchanged).toBeGreaterThan(30)
  // Accounts of the hub that are persons are not sent by the template of organisations, which gives a site.
  expect(await p2c.clerk.rows('CustomersV2', "PartyType eq 'Person'")).toMatchObject([{ PersonLastName: 'Jónsdóttir', SiteId: '' }])
  expect(await p2c.errors()).toEqual([])
})

/** The counters of one leg of a task. */
const legOf = (execution: Execution, task: number, leg: '001' | '002') =>
  execution.tasks.filter((each) => each.leg === leg)[task]?.counters ?? expect.unreachable(`${execution.projectName} has no leg ${leg}`)

test('a row that the first leg refuses stays before the hub, one that the second refuses stays in it, and the others arrive', async () => {
  const { clerk, sales, engine, run } = p2c
  await clerk.wire.send('POST', '/data/UnitsOfMeasure', { UnitSymbol: 'drum' })
  const inDrums = { InventoryUnitSymbol: 'drum', SalesUnitSymbol: 'drum', PurchaseUnitSymbol: 'drum', BOMUnitSymbol: 'drum' }
  await clerk.product('OLJE-1', { ProductName: 'Olje på fat', ...inDrums })
  await clerk.product('DW-42')
  const isThere = async (): Promise<readonly [inHub: number, inSales: number]> => [
    (await hub.rows('Product', "productid eq 'OLJE-1'")).length,
    (await sales.wire.rows('products', "productnumber eq 'OLJE-1'")).length,
  ]
  const completeMap = async (unit: string) => {
    const project = (await engine.findProject('products-two-hop')) ?? expect.unreachable('no project')
    const [task] = project.entityMappingTasks
    const [first, second] = task?.legs ?? []
    const fieldMappings = first?.fieldMappings.map((mapping) =>
      mapping.destinationField === 'DefaultSellingQuantity_UOM'
        ? { ...mapping, valueTransforms: [{ transformType: 'ValueMap', valueMap: { ea: 'Each', drum: unit } }] }
        : mapping,
    )
    await engine.saveProject({ ...project, entityMappingTasks: [{ ...task, legs: [{ ...first, fieldMappings }, second] }] })
  }
  // A unit that the map of the template does not have.
  const unmapped = await run('products-two-hop')
  expect(unmapped).toMatchObject({ status: 'warning' })
  expect([legOf(unmapped, 0, '001'), legOf(unmapped, 0, '002')]).toMatchObject([
    { inserted: 1, failed: 1 },
    { inserted: 1, failed: 0 },
  ])
  expect(await p2c.errors()).toMatchObject([{ leg: '001', code: 'value-not-mapped', sourceKey: 'OLJE-1' }])
  expect(await isThere()).toEqual([0, 0])
  // A unit that the closed list of the hub does not have.
  await completeMap('Drum')
  await run('products-two-hop')
  expect(await p2c.errors()).toMatchObject([{ leg: '001', sourceKey: 'OLJE-1', message: expect.stringContaining('Drum') }])
  expect(await isThere()).toEqual([0, 0])
  // A unit of the list that Sales does not have.
  await completeMap('Keg')
  const halfway = await run('products-two-hop')
  expect([legOf(halfway, 0, '001').failed, legOf(halfway, 0, '002').failed]).toEqual([0, 1])
  expect(await p2c.errors()).toMatchObject([{ leg: '002', code: 'lookup-not-found', message: expect.stringContaining('Keg') }])
  expect(await isThere()).toEqual([1, 0])
  // Once Sales has it, the next execution brings what was refused, without a change at the source.
  const { uomid, _uomscheduleid_value: schedule } = await sales.wire.row('uoms', "name eq 'Each'")
  await sales.wire.send('POST', '/uoms', {
    name: 'Keg',
    quantity: 1,
    'uomscheduleid@odata.bind': `/uomschedules(${schedule})`,
    'baseuom@odata.bind': `/uoms(${uomid})`,
  })
  expect(await run('products-two-hop')).toMatchObject({ status: 'completed' })
  expect(await isThere()).toEqual([1, 1])
  expect(await sales.product('OLJE-1')).toMatchObject({ name: 'Olje på fat', defaultuomid: { name: 'Keg' } })
  expect(await p2c.errors()).toEqual([])
})

test('an order before its customer waits at the hub, its lines wait for it, and all of it arrives once the customer has', async () => {
  const { seller, clerk, run } = p2c
  const late = await seller.account({ name: 'Østfold Sjøservice' })
  const early = await seller.order({
    customer: late,
    lines: [
      { product: 'DW-40', quantity: 1 },
      { product: 'DW-41', quantity: 4 },
    ],
  })
  await seller.activateOrder(early)
  await run('orders-to-supply-chain-two-hop')
  expect(await p2c.errors()).toEqual([])
  const waiting = (await p2c.waiting()).map(({ taskName, leg, code }) => `${taskName} ${leg} ${code}`)
  expect(waiting.sort()).toEqual(['OrderHeader 001 lookup-not-found', 'OrderLine 001 header-missing', 'OrderLine 001 header-missing'])
  expect(await hub.rows('SalesOrder', `salesorderid eq ${quoted(early.ordernumber)}`)).toEqual([])
  // The customer sets everything off that waited for it.
  await run('accounts-two-hop')
  expect(await p2c.waiting()).toEqual([])
  expect(await p2c.errors()).toEqual([])
  expect(await clerk.rows('CDSSalesOrderLines', `SalesOrderNumber eq ${quoted(early.ordernumber)}`)).toMatchObject([
    { ProductNumber: 'DW-40', OrderedSalesQuantity: 1 },
    { ProductNumber: 'DW-41', OrderedSalesQuantity: 4 },
  ])
  expect(countersOf(...(await runOf('orders-to-supply-chain', 'accounts')))).toMatchObject(NOTHING_WRITTEN)
})

test('an order that Sales cancels before Supply Chain has confirmed it is cancelled at the hub and goes no further', async () => {
  const { seller, clerk, sales } = p2c
  const given = await seller.order({ customer: account, lines: [{ product: 'DW-40', quantity: 1 }] })
  await seller.activateOrder(given)
  await runOf('orders-to-supply-chain')
  const OrderClose = {
    '@odata.type': 'Microsoft.Dynamics.CRM.orderclose',
    subject: 'Angret',
    'salesorderid@odata.bind': `/salesorders(${given.salesorderid})`,
  }
  await sales.wire.send('POST', '/CancelSalesOrder', { OrderClose, Status: 4 })
  const before = await snapshotOf(p2c)
  await runOf('orders-to-supply-chain', 'orders-to-sales')
  expect(await inHub('SalesOrder', 'salesorderid', given.ordernumber)).toMatchObject({ status: 'Cancelled' })
  expect(changedFields(before, await snapshotOf(p2c))).toEqual({})
  expect(await sales.order(given.ordernumber)).toMatchObject({ statecode: 2, msdynce_ismaintainedexternally: false })
  expect(await clerk.rows('CDSSalesOrderHeaders', `SalesOrderNumber eq ${quoted(given.ordernumber)}`)).toHaveLength(1)
})
