import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileScope } from '../support/command-line.ts'
import type { Clerk } from './kit/clerk.ts'
import { countersOf } from './kit/integrator.ts'
import { type ProspectToCash, startProspectToCash } from './kit/prospect-to-cash.ts'
import type { Row } from './kit/wire.ts'

/** Two companies of Supply Chain, each with a business unit of Sales: projects with two organisation rows (integration specification, 4.1). */
let p2c: ProspectToCash
let companies: readonly Clerk[]

const scope = fileScope(afterAll)

const ORGANISATIONS = [
  { businessUnit: 'Prospect to Cash', legalEntity: 'usmf' },
  { businessUnit: 'Germany', legalEntity: 'demf' },
]

/** The projects of this file by those that they are like. */
const BOTH = {
  products: 'products of both',
  accounts: 'accounts of both',
  'orders-to-sales': 'orders of both',
  invoices: 'invoices of both',
} as const

beforeAll(async () => {
  p2c = await startProspectToCash(scope)
  companies = [p2c.clerk, p2c.clerk.in('demf')]
  await p2c.sellerOf('Germany')
  for (const [like, name] of Object.entries(BOTH)) await p2c.addProject(name, like, ORGANISATIONS)
}, 120_000)

const run = async (project: keyof typeof BOTH) => p2c.run(BOTH[project])
const customersOf = ({ accountnumber }: Row): Promise<readonly (readonly Row[])[]> =>
  Promise.all(companies.map((clerk) => clerk.rows('CustomersV2', `CustomerAccount eq '${accountnumber}'`)))

test('an account that one company refuses is a customer of the other; the error names the company, and closes when it is mended there', async () => {
  const [, demf] = companies
  const warehouse = { WarehouseId: '13', WarehouseName: 'Warehouse 13', OperationalSiteId: '1' }
  await demf?.wire.send('DELETE', "/data/Warehouses(dataAreaId='demf',WarehouseId='13')?cross-company=true")
  const account = await p2c.seller.account({ name: 'Nordkai Yards' })
  const execution = await run('accounts')
  expect(execution.status).toBe('warning')
  expect(countersOf(execution)).toMatchObject({ inserted: 1, failed: 1 })
  expect(await customersOf(account)).toMatchObject([[{ OrganizationName: 'Nordkai Yards' }], []])
  expect(await p2c.errors()).toMatchObject([
    { sourceKey: account.accountnumber, organisation: ORGANISATIONS[1], code: 'reference-not-found' },
  ])
  await demf?.add('Warehouses', warehouse)
  expect(countersOf(await run('accounts'))).toMatchObject({ inserted: 1, failed: 0 })
  expect(await customersOf(account)).toMatchObject([[{ dataAreaId: 'usmf' }], [{ dataAreaId: 'demf' }]])
  expect(await p2c.errors()).toEqual([])
})

test('an account is a customer of the same number in both companies, and a change of it reaches both', async () => {
  const account = await p2c.seller.account({ name: 'Halvorsen Marine Supply' })
  expect(countersOf(await run('accounts'))).toMatchObject({ read: 2, inserted: 2, failed: 0 })
  const customer = { CustomerAccount: account.accountnumber, OrganizationName: 'Halvorsen Marine Supply' }
  expect(await customersOf(account)).toMatchObject([[{ ...customer, dataAreaId: 'usmf' }], [{ ...customer, dataAreaId: 'demf' }]])
  await p2c.seller.change('accounts', account, { name: 'Halvorsen Marine AS' })
  expect(countersOf(await run('accounts'))).toMatchObject({ inserted: 0, updated: 2, failed: 0 })
  expect(await customersOf(account)).toMatchObject([
    [{ OrganizationName: 'Halvorsen Marine AS' }],
    [{ OrganizationName: 'Halvorsen Marine AS' }],
  ])
  expect(countersOf(await run('accounts'))).toMatchObject({ read: 0 })
})

/** An order with one line in each company, confirmed, shipped and invoiced; the invoices. */
async function sellInBoth(number: (company: string) => string, customer: Row): Promise<readonly string[]> {
  const invoices: string[] = []
  for (const clerk of companies) {
    const item = `ITEM-${clerk.company}`
    await clerk.order({
      number: number(clerk.company),
      customer: customer.accountnumber,
      lines: [{ ProductNumber: item, OrderedSalesQuantity: 3 }],
    })
    await clerk.confirm(number(clerk.company))
    await clerk.pack(number(clerk.company))
    invoices.push((await clerk.invoice(number(clerk.company))).invoiceNumber)
    await clerk.calculateTotals()
  }
  return invoices
}

test('orders and invoices of both companies come to Sales, each in its currency, on its price list, to the cent', async () => {
  const { sales } = p2c
  const [usmf, demf] = companies
  await usmf?.product('ITEM-usmf', { SalesPrice: 12.34 })
  await demf?.product('ITEM-demf', { SalesPrice: 43.21 })
  await usmf?.stock({ 'ITEM-usmf': 100 })
  await demf?.stock({ 'ITEM-demf': 100 })
  // Invoices of both companies have one number range each: they must not overlap (templates specification, 2.5 no. 8).
  await demf?.wire.send('PATCH', "/data/NumberSequencesV2(ScopeValue='demf',NumberSequenceCode='CustInv')", {
    Format: 'DE-INV-######',
  })
  expect(countersOf(await run('products'))).toMatchObject({ inserted: 2, failed: 0 })
  expect(await sales.prices('ITEM-usmf')).toEqual({ 'CRM Service USA (sample)': 12.34 })
  expect(await sales.prices('ITEM-demf')).toEqual({ 'CRM Service Europe (sample)': 43.21 })
  const dollars = await p2c.seller.account()
  await run('accounts')
  await demf?.change('CustomersV3', { CustomerAccount: dollars.accountnumber }, { SalesCurrencyCode: 'EUR' })
  const [inDollars = '', inEuro = ''] = await sellInBoth((company) => `ORDER-${company}`, dollars)
  expect(countersOf(await run('orders-to-sales'))).toMatchObject({ inserted: 4, failed: 0, waiting: 0 })
  expect(countersOf(await run('invoices'))).toMatchObject({ inserted: 4, failed: 0, waiting: 0 })
  const currencies = await sales.wire.rows(
    'transactioncurrencies',
    "isocurrencycode eq 'USD' or isocurrencycode eq 'EUR'",
    '$orderby=isocurrencycode desc',
  )
  const [usd, eur] = currencies.map(({ transactioncurrencyid }) => transactioncurrencyid)
  expect(await sales.order('ORDER-usmf')).toMatchObject({ _transactioncurrencyid_value: usd, totalamount: 37.02 })
  expect(await sales.order('ORDER-demf')).toMatchObject({ _transactioncurrencyid_value: eur, totalamount: 129.63 })
  expect(await sales.invoice(inDollars)).toMatchObject({ _transactioncurrencyid_value: usd, totalamount: 37.02 })
  expect(await sales.invoice(inEuro)).toMatchObject({ _transactioncurrencyid_value: eur, totalamount: 129.63 })
  // Whoever sells in a unit works with the orders of its company: they belong to its default team.
  for (const [index, { businessUnit }] of ORGANISATIONS.entries()) {
    const { teamid } = await sales.wire.row('teams', `businessunitid/name eq '${businessUnit}' and isdefault eq true`)
    expect(await sales.order(`ORDER-${companies[index]?.company}`)).toMatchObject({ _ownerid_value: teamid })
  }
  expect(await p2c.errors()).toEqual([])
})
