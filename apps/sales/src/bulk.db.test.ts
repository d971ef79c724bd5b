import { expect, test } from 'vitest'
import { type Answer, type Json, startSales } from './sales-app.fixture.ts'

const ROWS = 1000

/** Times are printed, not asserted tightly: the machine of a test is busy. */
async function timed(what: string, work: () => Promise<Answer>): Promise<Answer> {
  const start = performance.now()
  const answer = await work()
  const ms = performance.now() - start
  console.info(`${what}: ${ROWS} rows in ${Math.round(ms)} ms, ${Math.round((ROWS / ms) * 1000)} rows/s`)
  expect(ms).toBeLessThan(20_000)
  return answer
}

const rowsOf = (type: string, row: (at: number) => Json): readonly Json[] =>
  Array.from({ length: ROWS }, (_, at) => ({ '@odata.type': `Microsoft.Dynamics.CRM.${type}`, ...row(at) }))

test('DV-093 a thousand accounts and contacts in one call each', async (t) => {
  const sales = await startSales(t)
  const address = { address1_line1: 'Strandgate 12', address1_city: 'Tromsø', address1_postalcode: '9008', address1_country: 'NO' }
  const accounts = rowsOf('account', (at) => ({
    name: `Fjordhandel ${at} Ø`,
    creditlimit: at,
    emailaddress1: `a${at}@example.com`,
    ...address,
  }))
  const created = await timed('CreateMultiple accounts', () => sales.bulk('accounts', 'CreateMultiple', accounts))
  expect(created.body.Ids).toHaveLength(ROWS)
  const found = await sales.database.query<{ n: string; last: string }>(
    'select count(distinct accountnumber) as n, max(accountnumber) as last from account',
  )
  expect(found.rows[0]).toMatchObject({ n: String(ROWS), last: expect.stringMatching(/^ACC-01999-/) })

  const people = rowsOf('contact', (at) => ({
    firstname: 'Bjørn',
    lastname: `Ås ${at}`,
    'parentcustomerid_account@odata.bind': `accounts(${created.body.Ids[at]})`,
  }))
  await timed('CreateMultiple contacts', () => sales.bulk('contacts', 'CreateMultiple', people))
  const flags = await sales.database.query<{ n: string }>(
    "select count(*) as n from contact where msdynce_iscompanyanaccount and fullname like 'Bjørn Ås %'",
  )
  expect(flags.rows[0]?.n).toBe(String(ROWS))

  const upserts = rowsOf('account', (at) => ({ '@odata.id': `accounts(accountnumber='UPS-${at}')`, name: `Upsert ${at}` }))
  expect((await timed('UpsertMultiple accounts, new', () => sales.bulk('accounts', 'UpsertMultiple', upserts))).status).toBe(204)
  expect((await timed('UpsertMultiple accounts, known', () => sales.bulk('accounts', 'UpsertMultiple', upserts))).status).toBe(204)
  const count = await sales.database.query<{ n: string }>("select count(*) as n from account where accountnumber like 'UPS-%'")
  expect(count.rows[0]?.n).toBe(String(ROWS))
})

test('DV-093 S4 a thousand imported products get their price list items in one call', async (t) => {
  const sales = await startSales(t)
  const binds = {
    'transactioncurrencyid@odata.bind': `/transactioncurrencies(${await sales.idOf('transactioncurrencies', "isocurrencycode eq 'USD'")})`,
    'defaultuomscheduleid@odata.bind': `/uomschedules(${await sales.idOf('uomschedules', "name eq 'Default Unit'")})`,
    'defaultuomid@odata.bind': `/uoms(${await sales.idOf('uoms', "name eq 'Each'")})`,
  }
  const row = (at: number, price: number): Json => ({
    name: `Produkt ${at} å`,
    productnumber: `P-${at}`,
    price,
    msdynce_ismaintainedexternally: true,
    quantitydecimal: 0,
    ...binds,
  })
  const created = await timed('CreateMultiple products', () =>
    sales.bulk(
      'products',
      'CreateMultiple',
      rowsOf('product', (at) => row(at, at)),
    ),
  )
  expect(created.status).toBe(200)
  const ids = created.body.Ids
  const again = rowsOf('product', (at) => ({ productid: ids[at], ...row(at, at) }))
  expect((await timed('UpdateMultiple products, same', () => sales.bulk('products', 'UpdateMultiple', again))).status).toBe(204)
  const dearer = rowsOf('product', (at) => ({ productid: ids[at], ...row(at, at + 1) }))
  expect((await timed('UpsertMultiple products, new prices', () => sales.bulk('products', 'UpsertMultiple', dearer))).status).toBe(204)
  const items = await sales.database.query<{ n: string; total: string }>(
    'select count(*) as n, sum(amount) as total from productpricelevel',
  )
  expect(items.rows[0]).toMatchObject({ n: String(ROWS), total: String((ROWS * (ROWS + 1)) / 2) })
})
