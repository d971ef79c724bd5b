import { readFileSync } from 'node:fs'
import { systemClock } from '@p2c/base'
import type { Execution } from '@p2c/engine'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { compareProject } from '../../apps/server/src/compare/compare-project.ts'
import { createCompareDeps } from '../../apps/server/src/compare-deps.ts'
import { LOCAL_PROJECTS } from '../../apps/server/src/setup/local-set-up.ts'
import { TWO_HOP_CONNECTION_SET } from '../../apps/server/src/setup/two-hop-set-up.ts'
import { fileScope } from '../support/command-line.ts'
import { changedFields, sizesOf, snapshotOf } from './kit/document-snapshot.ts'
import { countersOf } from './kit/integrator.ts'
import { type ProspectToCash, startProspectToCash } from './kit/prospect-to-cash.ts'
import { type NewDocument, ofCompany, PROCESSING } from './kit/seller.ts'
import { quoted, type Row } from './kit/wire.ts'

/** docs/how-to/move-from-two-hop-to-direct.md, walked step by step in an installation that has lived with the older generation. */
const PAGE = readFileSync(new URL('../../docs/how-to/move-from-two-hop-to-direct.md', import.meta.url), 'utf8')

let p2c: ProspectToCash
let account: Row
let quote: Row
/** Activated and sent, not yet confirmed. */
let openOrder: Row
/** Confirmed, delivered and invoiced. */
let invoicedOrder: Row

const scope = fileScope(afterAll)

const SHIP_TO = { shipto_line1: 'Kaigaten 2', shipto_line2: 'Hall B', shipto_city: 'Tromsø', shipto_country: 'Norway' }
const NOTHING_WRITTEN = { inserted: 0, updated: 0, failed: 0, waiting: 0 }

// Milliseconds: a round of all projects, on a machine that has more to do.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

beforeAll(async () => {
  p2c = await startProspectToCash(scope, { withHub: true })
  const { seller, clerk } = p2c
  await discountsPer('unit')
  account = await seller.account({
    name: 'Halvorsen Båtutstyr «ÆØÅ» 漢字',
    address1_line1: 'Strandgaten 14',
    address1_city: 'Bergen',
    address1_country: 'Norway',
    address1_county: 'Vestland fylke',
    description: 'Dekksutstyr',
  })
  await seller.contact({ firstname: 'Łukasz', lastname: 'Żółć', ...ofCompany(account), department: 'Innkjøp' })
  await clerk.wire.send('POST', '/data/UnitsOfMeasure', { UnitSymbol: 'fat' })
  await addUnit('Keg')
  await mapUnit('products-two-hop', 'fat', 'Keg')
  await clerk.product('DW-40', { ProductName: 'Dekkvinsj «Ærlig»', SalesPrice: 50 })
  const inKegs = { InventoryUnitSymbol: 'fat', SalesUnitSymbol: 'fat', PurchaseUnitSymbol: 'fat', BOMUnitSymbol: 'fat' }
  await clerk.product('OLJE-1', { ProductName: 'Olje', SalesPrice: 20, ...inKegs })
  await clerk.stock({ 'DW-40': 1_000 })
  await runOf('products-two-hop', 'accounts-two-hop')
  await enterDocuments()
  await runSet(TWO_HOP_CONNECTION_SET)
  await fulfil()
  await runOf('orders-to-sales-two-hop', 'invoices-two-hop')
})

/** A quote, two orders of an account and one of a contact; all of them activated. */
async function enterDocuments(): Promise<void> {
  const { seller } = p2c
  const buyer = await seller.contact({ firstname: 'Þóra', lastname: 'Jónsdóttir' })
  quote = await seller.quote(aDocument({ name: 'Ombygging av dekk' }, 10))
  await seller.activateQuote(quote)
  openOrder = await seller.order(aDocument({ name: 'Åpen ordre' }, 5))
  invoicedOrder = await seller.order(aDocument({ name: 'Ordre på vinsj' }))
  const own = await seller.order({ customer: buyer, lines: [{ product: 'DW-40', quantity: 1 }] })
  for (const order of [openOrder, invoicedOrder, own]) await seller.activateOrder(order)
}

const aDocument = (values: Row, discount?: number): NewDocument => ({
  customer: account,
  lines: [{ product: 'DW-40', quantity: 3, ...(discount !== undefined && { discount }), values: { description: 'Rød' } }],
  values: { ...SHIP_TO, ...values },
})

/** One order is delivered and invoiced, and another is taken on the telephone and confirmed. */
async function fulfil(): Promise<void> {
  const { clerk } = p2c
  const lines = [{ ProductNumber: 'DW-40', OrderedSalesQuantity: 2, SalesPrice: 50 }]
  await clerk.order({ number: 'SO-Å1', customer: account.accountnumber, lines, values: { SalesOrderName: 'Bestilt på telefon' } })
  for (const order of ['SO-Å1', invoicedOrder.ordernumber]) await clerk.confirm(order)
  await clerk.pick(invoicedOrder.ordernumber)
  await clerk.pack(invoicedOrder.ordernumber)
  await clerk.invoice(invoicedOrder.ordernumber)
  await clerk.calculateTotals()
}

/** Setting *Discount calculation method* of Sales. */
async function discountsPer(method: 'line' | 'unit'): Promise<void> {
  const { wire } = p2c.sales
  const { organizationid } = await wire.row('organizations', 'name ne null')
  await wire.send('PATCH', `/organizations(${organizationid})`, { discountcalculationmethod: method === 'unit' ? 1 : 0 })
}

async function addUnit(name: string): Promise<void> {
  const { wire } = p2c.sales
  const { uomid, _uomscheduleid_value: schedule } = await wire.row('uoms', "name eq 'Each'")
  const group = { 'uomscheduleid@odata.bind': `/uomschedules(${schedule})`, 'baseuom@odata.bind': `/uoms(${uomid})` }
  await wire.send('POST', '/uoms', { name, quantity: 1, ...group })
}

/** Adds an entry to the unit map with which a project of products reads Supply Chain. */
async function mapUnit(projectName: string, symbol: string, unit: string): Promise<void> {
  const project = (await p2c.engine.findProject(projectName)) ?? expect.unreachable(`no project ${projectName}`)
  const [task] = project.entityMappingTasks
  const [first, ...others] = task?.legs ?? []
  const fieldMappings = first?.fieldMappings.map((mapping) =>
    mapping.sourceField === 'SalesUnitSymbol'
      ? { ...mapping, valueTransforms: [{ transformType: 'ValueMap', valueMap: { ea: 'Each', [symbol]: unit } }] }
      : mapping,
  )
  await p2c.engine.saveProject({ ...project, entityMappingTasks: [{ ...task, legs: [{ ...first, fieldMappings }, ...others] }] })
}

/** All projects of a connection set; each must have got through. */
async function runSet(connectionSet: string | undefined, options: RunOptions = {}): Promise<readonly Execution[]> {
  return completed(await p2c.runAll(options, connectionSet))
}

interface RunOptions {
  readonly allData?: boolean
  readonly rewrite?: boolean
}

const runDirect = (options: RunOptions = {}) => runSet(undefined, options)

/** Some projects one after the other; each must have got through. */
async function runOf(...names: readonly string[]): Promise<readonly Execution[]> {
  const executions: Execution[] = []
  for (const name of names) executions.push(await p2c.run(name))
  return completed(executions)
}

async function completed(executions: readonly Execution[]): Promise<readonly Execution[]> {
  const left = [...(await p2c.errors()), ...(await p2c.waiting())]
  expect(left.map(({ projectName, sourceKey, message }) => [projectName, sourceKey, message])).toEqual([])
  expect(executions.filter(({ status }) => status !== 'completed')).toEqual([])
  return executions
}

const headerOf = async (collection: string, key: string, number: string): Promise<Row> =>
  (await p2c.clerk.rows(collection, `${key} eq ${quoted(number)}`))[0] ?? expect.unreachable(`${collection} has no ${number}`)
const supplyOrder = (number: string): Promise<Row> => headerOf('CDSSalesOrderHeaders', 'SalesOrderNumber', number)

/** What the direct templates write otherwise than the older ones, as the page tells it; totals and texts follow from them. */
const DIFFERENCES: Readonly<Record<string, readonly string[]>> = {
  salesorders: ['msdynce_misctax'],
  salesorderdetails: ['requestdeliveryby', 'shipto_city', 'shipto_line1', 'shipto_line2'],
  invoices: ['billto_city', 'billto_line1', 'msdynce_misctax'],
  invoicedetails: ['description'],
  CustomersV3: ['AddressCounty', 'AddressLocationRoles'],
  CDSContactPersons: ['EmploymentDepartment', 'IsReceivingDirectMail'],
  CDSSalesQuotationHeaders: ['DeliveryAddressStreet', 'DeliveryAddressStreetNumber'],
  CDSSalesQuotationLines: [
    'DeliveryAddressStreet',
    'DeliveryAddressStreetNumber',
    'FixedPriceCharges',
    'LineDescription',
    'LineDiscountAmount',
    'TotalDiscountAmount',
  ],
  CDSSalesOrderHeaders: ['DeliveryAddressStreet', 'DeliveryAddressStreetNumber'],
  CDSSalesOrderLines: [
    'DeliveryAddressStreet',
    'DeliveryAddressStreetNumber',
    'FixedPriceCharges',
    'LineDiscountAmount',
    'TotalDiscountAmount',
  ],
}

/** Fields that the applications compute of others. */
const FOLLOWS =
  /^(Formatted\w+|FullPrimaryAddress|\w+_composite|\w+_base|Are\w+Updated|AreTotals\w+|LineAmount|Invoice(Address|Building)\w+)$/

test('the page names every field that the direct templates write otherwise', () => {
  for (const field of Object.values(DIFFERENCES).flat()) expect(PAGE, field).toContain(`\`${field}\``)
})

test('the way to direct: no duplicate on either side, nothing written where both generations agree', async () => {
  const { seller, clerk, sales } = p2c
  // Step 1: the older projects are through.
  expect([await p2c.errors(), await p2c.waiting()]).toEqual([[], []])
  // Step 3: maps that were completed for the older projects are completed for the direct ones.
  await mapUnit('products', 'fat', 'Keg')
  // Step 4: Sales keeps the discount of a line from now on; 3 pieces at 10.00 each are 30.00 of the line.
  await discountsPer('line')
  await seller.reopenQuote(quote)
  const [line] = await sales.wire.rows('quotedetails', `quoteid/quotenumber eq ${quoted(quote.quotenumber)}`)
  await seller.change('quotedetails', line ?? {}, { manualdiscountamount: 30 })
  await seller.activateQuote(quote)
  // Step 5.
  const before = await snapshotOf(p2c)
  await runDirect({ allData: true })
  const after = await snapshotOf(p2c)
  expect(sizesOf(after)).toEqual(sizesOf(before))
  const changed = Object.entries(changedFields(before, after)).map(([name, fields]) => [
    name,
    fields.filter((field) => !FOLLOWS.test(field)),
  ])
  for (const [name = '', fields = []] of changed as [string, string[]][])
    expect({ [name]: fields.filter((field) => !DIFFERENCES[name]?.includes(field)) }).toEqual({ [name]: [] })
  // The discount is that of the line, split so that it comes back to the cent; the address lines are the right way round.
  expect(await clerk.rows('CDSSalesQuotationLines', `SalesQuotationNumber eq ${quoted(quote.quotenumber)}`)).toMatchObject([
    { TotalDiscountAmount: 30, LineDiscountAmount: 10, LineAmount: 120 },
  ])
  for (const row of [
    await headerOf('CDSSalesQuotationHeaders', 'SalesQuotationNumber', quote.quotenumber),
    await supplyOrder(openOrder.ordernumber),
  ])
    expect(row).toMatchObject({
      DeliveryAddressStreet: 'Kaigaten 2',
      DeliveryAddressStreetNumber: 'Hall B',
      DeliveryAddressCountryRegionId: 'NOR',
    })
  // The older template sent no discount; the direct one sends what Sales has, now as that of the line.
  const lines = await clerk.rows('CDSSalesOrderLines', `SalesOrderNumber eq ${quoted(openOrder.ordernumber)}`)
  expect(lines).toMatchObject([{ TotalDiscountAmount: 5, LineAmount: 145 }])
  // An order that Supply Chain is master of keeps them as the older templates brought them.
  expect(await supplyOrder(invoicedOrder.ordernumber)).toMatchObject({
    DeliveryAddressStreet: 'Hall B',
    DeliveryAddressStreetNumber: 'Kaigaten 2',
  })
  expect(await sales.order(invoicedOrder.ordernumber)).toMatchObject({
    msdynce_processingstatus: PROCESSING.invoiced,
    msdynce_misctax: 0,
  })
})

test.each(LOCAL_PROJECTS.map(({ name }) => name))('the way to direct: step 6, the comparison of %s is clean', async (name) => {
  const project = (await p2c.engine.findProject(name)) ?? expect.unreachable(`no project ${name}`)
  const deps = createCompareDeps({ engine: p2c.engine, clock: systemClock })
  const comparison = await compareProject(project, { maxDifferences: 20, signal: new AbortController().signal }, deps)
  expect(comparison).toMatchObject({ clean: true, differences: [] })
})

test('the way to direct: a second round of the direct projects writes nothing', async () => {
  expect(countersOf(...(await runDirect()))).toMatchObject(NOTHING_WRITTEN)
  expect(countersOf(...(await runDirect({ allData: true })))).toMatchObject(NOTHING_WRITTEN)
})

test('side by side: a change of either side goes over both generations, and the end is that of the direct one, which runs behind', async () => {
  const { seller, clerk, sales } = p2c
  await seller.change('accounts', account, {
    name: 'Halvorsen Båtutstyr AS – ny',
    telephone1: '+47 55 00 00 09',
    address1_county: 'Troms',
  })
  const order = await seller.order(aDocument({ name: 'Ordre over begge' }, 5))
  await seller.activateOrder(order)
  await runOf('accounts-two-hop', 'orders-to-supply-chain-two-hop')
  expect(await supplyOrder(order.ordernumber)).toMatchObject({
    DeliveryAddressStreet: 'Hall B',
    DeliveryAddressStreetNumber: 'Kaigaten 2',
  })
  await runOf('accounts', 'orders-to-supply-chain')
  expect(await headerOf('CustomersV3', 'CustomerAccount', account.accountnumber)).toMatchObject({
    OrganizationName: 'Halvorsen Båtutstyr AS – ny',
    PrimaryContactPhone: '+47 55 00 00 09',
    AddressCounty: 'Troms',
  })
  expect(await supplyOrder(order.ordernumber)).toMatchObject({
    DeliveryAddressStreet: 'Kaigaten 2',
    DeliveryAddressStreetNumber: 'Hall B',
  })
  const lines = `SalesOrderNumber eq ${quoted(order.ordernumber)}`
  expect(await clerk.rows('CDSSalesOrderLines', lines)).toMatchObject([{ TotalDiscountAmount: 5, LineAmount: 145 }])

  await clerk.confirm(order.ordernumber)
  await clerk.calculateTotals()
  await runOf('orders-to-sales-two-hop', 'orders-to-sales')
  expect(await sales.order(order.ordernumber)).toMatchObject({
    msdynce_processingstatus: PROCESSING.confirmed,
    shipto_line1: 'Kaigaten 2',
    totalamount: 145,
    msdynce_misctax: 0,
  })
  expect(await sales.orderLines(order.ordernumber)).toMatchObject([{ manualdiscountamount: 5, extendedamount: 145 }])
  // Nothing goes round: what one generation wrote is no news for the other.
  const both = ['accounts', 'orders-to-supply-chain', 'orders-to-sales'].flatMap((name) => [`${name}-two-hop`, name])
  expect(countersOf(...(await runOf(...both)))).toMatchObject(NOTHING_WRITTEN)
  await snapshotOf(p2c)
})

test('side by side: where the older generation ran last, all data written again by the direct one makes its state the end', async () => {
  const { seller } = p2c
  const order = await seller.order(aDocument({ name: 'Siste ordre' }))
  await seller.activateOrder(order)
  await runOf('orders-to-supply-chain', 'orders-to-supply-chain-two-hop')
  expect(await supplyOrder(order.ordernumber)).toMatchObject({ DeliveryAddressStreet: 'Hall B' })
  expect(countersOf(...(await runOf('orders-to-supply-chain')))).toMatchObject(NOTHING_WRITTEN)
  await p2c.run('orders-to-supply-chain', { allData: true, rewrite: true })
  expect(await supplyOrder(order.ordernumber)).toMatchObject({
    DeliveryAddressStreet: 'Kaigaten 2',
    DeliveryAddressStreetNumber: 'Hall B',
  })
})
