import { expect, test } from 'vitest'
import { type SalesUnderTest, startSales } from './sales-app.fixture.ts'

const SEEDED = [
  'organizations',
  'businessunits',
  'transactioncurrencies',
  'uomschedules',
  'uoms',
  'pricelevels',
  'msdynce_p2cautonumbers',
  'systemusers',
  'teams',
  'roles',
]

async function everything(sales: SalesUnderTest): Promise<Record<string, unknown>> {
  const answers = await Promise.all(SEEDED.map(async (set) => [set, (await sales.get(set)).body.value] as const))
  return Object.fromEntries(answers)
}

test('a new organisation has what the templates name', async (t) => {
  const sales = await startSales(t)
  const organizations = (
    await sales.get('organizations?$select=name,pricingdecimalprecision,discountcalculationmethod,oobpricecalculationenabled')
  ).body.value
  expect(organizations).toMatchObject([
    { name: 'Prospect to Cash', pricingdecimalprecision: 2, discountcalculationmethod: 0, oobpricecalculationenabled: true },
  ])
  expect((await sales.get('businessunits?$select=name')).body.value).toMatchObject([{ name: 'Prospect to Cash' }])
  const currencies = (
    await sales.get('transactioncurrencies?$select=isocurrencycode,exchangerate,currencysymbol,currencyprecision&$orderby=isocurrencycode')
  ).body.value
  expect(currencies).toMatchObject([
    { isocurrencycode: 'AUD', exchangerate: 1.52, currencyprecision: 2 },
    { isocurrencycode: 'CAD', exchangerate: 1.36 },
    { isocurrencycode: 'EUR', exchangerate: 0.92, currencysymbol: '€' },
    { isocurrencycode: 'GBP', exchangerate: 0.79, currencysymbol: '£' },
    { isocurrencycode: 'USD', exchangerate: 1, currencysymbol: '$' },
  ])
  const units = (await sales.get('uoms?$select=name,quantity&$expand=uomscheduleid($select=name)&$orderby=name')).body.value
  expect(units.map((unit: { name: string }) => unit.name)).toEqual(['Box', 'Each', 'Hour', 'Kilogram', 'Piece', 'Pound', 'Primary Unit'])
  expect(units).toMatchObject(units.map(() => ({ quantity: 1, uomscheduleid: { name: 'Default Unit' } })))
  const lists = (
    await sales.get('pricelevels?$select=name,statecode&$expand=transactioncurrencyid($select=isocurrencycode)&$orderby=name desc')
  ).body.value
  expect(lists).toHaveLength(5)
  expect(lists[0]).toMatchObject({ name: 'CRM Service USA (sample)', statecode: 0, transactioncurrencyid: { isocurrencycode: 'USD' } })
  const sequences = (await sales.get('msdynce_p2cautonumbers?$orderby=msdynce_prefix')).body.value
  expect(sequences).toMatchObject([
    { msdynce_entityname: 'account', msdynce_prefix: 'ACC', msdynce_numbersequence: 1000, msdynce_suffixlength: 6 },
    { msdynce_entityname: 'contact', msdynce_prefix: 'CON', msdynce_numbersequence: 1000, msdynce_suffixlength: 6 },
  ])
})

test('a restart changes nothing and brings nothing back', async (t) => {
  const sales = await startSales(t)
  await sales.remove(`uoms(${await sales.idOf('uoms', "name eq 'Pound'")})`)
  await sales.patch(`pricelevels(${await sales.idOf('pricelevels', "name eq 'CRM Service Canada (sample)'")})`, { name: 'Renamed' })
  const before = await everything(sales)
  sales.clock.advance(60_000)
  const again = await sales.restart()
  expect(await everything(again)).toEqual(before)
})

test('the organisation can have another name', async (t) => {
  const sales = await startSales(t, { organizationName: 'Nordkai Verft ÅS' })
  expect((await sales.get('organizations?$select=name')).body.value).toMatchObject([{ name: 'Nordkai Verft ÅS' }])
  expect((await sales.get('businessunits?$select=name')).body.value).toMatchObject([{ name: 'Nordkai Verft ÅS' }])
})

test('health needs no token, everything else does', async (t) => {
  const sales = await startSales(t)
  const health = await sales.anonymous('/health')
  expect(health).toMatchObject({ status: 200, body: { status: 'ok', program: 'sales', version: expect.stringMatching(/^\d+\.\d+\.\d+/) } })
  expect((await sales.anonymous('accounts')).status).toBe(401)
})

test('G-DV-02 the application user may ask who it is', async (t) => {
  const sales = await startSales(t)
  const { body } = await sales.get('WhoAmI')
  const organization = (await sales.get('organizations')).body.value[0].organizationid
  expect(body).toMatchObject({ OrganizationId: organization, UserId: expect.any(String), BusinessUnitId: expect.any(String) })
})
