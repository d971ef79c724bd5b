import type { SqlRunner } from '@p2c/base'
import { expect, test } from 'vitest'
import { expectDone } from '../plugins/documents/documents.fixture.ts'
import { activateOrder, FLAG, type P2cUnderTest, startP2c, writeIn } from '../plugins/p2c/p2c.fixture.ts'
import { installedVersion } from '../plugins/p2c/p2c-installed.ts'
import { type Answer, type Json, refusalOf, type SalesUnderTest, startSales } from '../sales-app.fixture.ts'

const NAME = 'msdynce_ProspectToCashIntegration'
const ROW = `solutions?$filter=uniquename eq '${NAME}'&$select=version,ismanaged,installedon,friendlyname`

const install = (sales: SalesUnderTest, version?: string): Promise<Answer> =>
  sales.post('/local/solution', version === undefined ? {} : { version })
const uninstall = async (sales: SalesUnderTest) => expectDone(sales.remove('/local/solution'))
const versionsOf = async (sales: SalesUnderTest) => (await sales.get(ROW)).body.value.map((row: { version: string }) => row.version)

test('a new installation has the solution, and clients find its version as everywhere', async (t) => {
  const sales = await startSales(t)
  expect((await sales.get(ROW)).body.value).toMatchObject([
    { version: '1.15.0.0', ismanaged: true, installedon: '2025-02-11T09:30:00Z', friendlyname: 'Prospect to Cash Integration' },
  ])
  const publisher = await sales.get(`solutions?$filter=uniquename eq '${NAME}'&$expand=publisherid($select=uniquename,customizationprefix)`)
  expect(publisher.body.value[0].publisherid).toMatchObject({ uniquename: 'msdynce', customizationprefix: 'msdynce' })
  expect((await sales.get('/local/solution')).body).toMatchObject({ installed: true, version: '1.15.0.0', pendingScripts: [], uses: [] })
})

test('the first start leaves it out where the setting says so, and a restart installs nothing', async (t) => {
  const sales = await startSales(t, { installSolution: false })
  expect(await versionsOf(sales)).toEqual([])
  expect((await sales.create('accounts', { name: 'Nordlys' })).accountnumber).toBeNull()
  expect(await versionsOf(await sales.restart())).toEqual([])
})

test('what was uninstalled does not come back by a restart', async (t) => {
  const sales = await startSales(t)
  await uninstall(sales)
  const again = await sales.restart()
  expect(await versionsOf(again)).toEqual([])
  expect((await again.get('/local/solution')).body).toMatchObject({ installed: false, version: null })
})

test('without a token there is no way in', async (t) => {
  const sales = await startSales(t)
  expect((await sales.anonymous('/local/solution')).status).toBe(401)
})

async function documentsWithoutSolution(p2c: P2cUnderTest) {
  const contact = await p2c.contact('Moe', { 'parentcustomerid_account@odata.bind': `/accounts(${p2c.accountId})` })
  const customer = { 'customerid_account@odata.bind': undefined, 'customerid_contact@odata.bind': `/contacts(${contact})` }
  const quote = await p2c.document('quotes', customer)
  await p2c.addLine('quotedetails', quote, writeIn())
  const order = await p2c.document('salesorders', { msdynce_misctax: 6 })
  return { contact, quote, order }
}

test('while it is not installed none of its rules runs, and installing it makes up for that', async (t) => {
  const p2c = await startP2c(t)
  const { sales } = p2c
  await sales.create('accounts', { name: 'Given', accountnumber: 'OLD-1' })
  await uninstall(sales)
  sales.clock.advance(1000)
  for (const name of ['First', 'Second']) {
    await sales.create('accounts', { name })
    sales.clock.advance(1000)
  }
  const { contact, quote, order } = await documentsWithoutSolution(p2c)
  const contactColumns = 'msdynce_contactnumber,msdynce_isactivecustomer,msdynce_iscompanyanaccount'
  expect(await p2c.read(`contacts(${contact})`, contactColumns)).toMatchObject({
    msdynce_contactnumber: null,
    msdynce_isactivecustomer: false,
    msdynce_iscompanyanaccount: false,
  })
  expect(await p2c.read(`quotes(${quote})`, FLAG)).toMatchObject({ [FLAG]: true })
  expect(await p2c.lines('salesorderdetails', order)).toEqual([])
  await expectDone(activateOrder(p2c.seller, order))
  await expectDone(p2c.seller.patch(`salesorders(${order})`, { name: 'Open to all', freightamount: 3 }))

  expect((await expectDone(install(sales))).body).toMatchObject({ outcome: 'installed', installed: true, pendingScripts: [] })
  const accounts = (
    await sales.get("accounts?$select=name,accountnumber&$orderby=createdon,name&$filter=name ne 'Halvorsen Marine Supply'")
  ).body
  expect(accounts.value).toMatchObject([
    { name: 'Given', accountnumber: 'OLD-1' },
    { name: 'First', accountnumber: expect.stringMatching(/^ACC-01001-/) },
    { name: 'Second', accountnumber: expect.stringMatching(/^ACC-01002-/) },
  ])
  expect(await p2c.read(`contacts(${contact})`, contactColumns)).toMatchObject({
    msdynce_contactnumber: expect.stringMatching(/^CON-01000-/),
    msdynce_isactivecustomer: true,
    msdynce_iscompanyanaccount: true,
  })
  expect(await p2c.read(`quotes(${quote})`, FLAG)).toMatchObject({ [FLAG]: false })
  expect(refusalOf(await p2c.seller.patch(`salesorders(${order})`, { name: 'Closed' }))).toBe('400 0x80040265')
})

test('data stays when it is uninstalled', async (t) => {
  const p2c = await startP2c(t)
  const quote = await p2c.ordered('quotes')
  await p2c.addLine('quotedetails', quote, writeIn())
  const before = (await p2c.sales.get(`quotes(${quote})?$expand=quote_details`)).body
  expect((await uninstall(p2c.sales)).body).toMatchObject({ outcome: 'uninstalled', installed: false })
  expect((await p2c.sales.get(`quotes(${quote})?$expand=quote_details`)).body).toEqual(before)
  expect((await uninstall(p2c.sales)).body).toMatchObject({ outcome: 'unchanged' })
})

test('an upgrade runs the scripts between, keeps the day of installation, and an older version is refused', async (t) => {
  const p2c = await startP2c(t, { installSolution: false })
  const { sales } = p2c
  const invoice = await p2c.document('invoices')
  await p2c.addLine('invoicedetails', invoice, writeIn())
  const contact = await p2c.contact('Moe', { 'parentcustomerid_account@odata.bind': `/accounts(${p2c.accountId})` })
  expect((await expectDone(install(sales, '1.5.0.0'))).body).toMatchObject({ outcome: 'installed', version: '1.5.0.0' })
  const state = async () => ({
    ...(await p2c.read(`invoices(${invoice})`, FLAG)),
    ...(await p2c.read(`contacts(${contact})`, 'msdynce_iscompanyanaccount,msdynce_contactnumber')),
  })
  expect(await state()).toMatchObject({
    [FLAG]: true,
    msdynce_iscompanyanaccount: false,
    msdynce_contactnumber: expect.stringMatching(/^CON-/),
  })
  sales.clock.advance(86_400_000)
  expect((await expectDone(install(sales))).body).toMatchObject({
    outcome: 'upgraded',
    version: '1.15.0.0',
    installedOn: '2025-02-11T09:30:00Z',
    updatedOn: '2025-02-12T09:30:00Z',
  })
  expect(await state()).toMatchObject({ [FLAG]: false, msdynce_iscompanyanaccount: true })
  expect((await expectDone(install(sales))).body).toMatchObject({ outcome: 'unchanged' })
  const older = await install(sales, '1.14.0.0')
  expect([older.status, older.body.error.code]).toEqual([409, 'solution-newer'])
  expect(await versionsOf(sales)).toEqual(['1.15.0.0'])
})

const UNUSABLE = [{ version: '1.15' }, { version: '' }, { version: 15 }, { version: '1.15.0.0\0' }, { versions: '1.15.0.0' }, [], 'x']

test.for(
  UNUSABLE.map((body) => ({ body, text: JSON.stringify(body) })),
)('a body that cannot be used is refused and changes nothing: $text', async ({ body }, t) => {
  const sales = await startSales(t, { installSolution: false })
  const answer = await sales.post('/local/solution', body as Json)
  expect(answer.status).toBe(400)
  expect(['request-invalid', 'solution-version-invalid']).toContain(answer.body.error.code)
  expect(await versionsOf(sales)).toEqual([])
})

test('it is not uninstalled while projects use it, by whatever way, and the refusal names them', async (t) => {
  const sales = await startSales(t)
  const use = (key: string, name: string) => sales.put(`/local/solution/uses/${key}`, { name })
  await expectDone(use('a1', 'accounts'))
  await expectDone(use('a2', 'sales orders'))
  await expectDone(use('a2', 'orders'))
  const refused = await sales.remove('/local/solution')
  expect([refused.status, refused.body.error.code]).toEqual([409, 'solution-in-use'])
  expect(refused.body.error).toMatchObject({ details: { projects: ['accounts', 'orders'] } })
  expect(refused.body.error.message).toContain("'accounts', 'orders'")
  const id = await sales.idOf('solutions', `uniquename eq '${NAME}'`)
  const byRow = await sales.remove(`solutions(${id})`)
  expect([refusalOf(byRow), byRow.body.error.message]).toEqual(['400 0x80040265', expect.stringContaining("'accounts', 'orders'")])
  expect(await versionsOf(sales)).toEqual(['1.15.0.0'])
  await expectDone(sales.remove('/local/solution/uses/a1'))
  await expectDone(sales.remove('/local/solution/uses/a2'))
  await expectDone(sales.remove('/local/solution/uses/a2'))
  await expectDone(sales.remove(`solutions(${id})`))
  expect((await sales.get('/local/solution')).body).toMatchObject({ installed: false, uses: [] })
})

const UNUSABLE_USES = [{}, { name: '' }, { name: 7 }, { name: 'x', more: 1 }, { name: 'a\0b' }]

test.for(UNUSABLE_USES.map((body) => ({ body, text: JSON.stringify(body) })))('a use that cannot be read is refused: $text', async ({
  body,
}, t) => {
  const sales = await startSales(t)
  const answer = await sales.put('/local/solution/uses/a1', body)
  expect([answer.status, answer.body.error.code]).toEqual([400, 'request-invalid'])
  expect((await sales.get('/local/solution')).body.uses).toEqual([])
})

test('installations at the same time end as one', async (t) => {
  const sales = await startSales(t, { installSolution: false })
  for (const at of [1, 2, 3]) await sales.create('accounts', { name: `Account ${at}` })
  const answers = await Promise.all([1, 2, 3, 4].map(() => install(sales)))
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200])
  expect(answers.map((answer) => answer.body.outcome).sort()).toEqual(['installed', 'unchanged', 'unchanged', 'unchanged'])
  expect(await versionsOf(sales)).toEqual(['1.15.0.0'])
  expect((await sales.get('msdynce_p2cautonumbers')).body.value).toHaveLength(2)
  const numbers = (await sales.get('accounts?$select=accountnumber')).body.value.map((row: { accountnumber: string }) =>
    row.accountnumber.slice(0, 9),
  )
  expect(numbers.sort()).toEqual(['ACC-01000', 'ACC-01001', 'ACC-01002'])
})

test('accounts created while it is installed all have a number in the end', async (t) => {
  const sales = await startSales(t, { installSolution: false })
  const creates = Array.from({ length: 24 }, (_, at) => sales.create('accounts', { name: `Account ${at}` }))
  await Promise.all([...creates, expectDone(install(sales))])
  const rows = (await sales.get('accounts?$select=accountnumber')).body.value
  const numbers = new Set(rows.map((row: { accountnumber: string | null }) => row.accountnumber))
  expect([rows.length, numbers.size, numbers.has(null)]).toEqual([24, 24, false])
})

test('a script that was broken off is taken up by the next start', async (t) => {
  const sales = await startSales(t)
  await sales.database.query("update account set accountnumber = null; insert into solution_script values ('numbers', now())")
  await sales.create('accounts', { name: 'Later' })
  await sales.database.query('update account set accountnumber = null')
  const again = await sales.restart()
  expect((await again.get('accounts?$select=accountnumber')).body.value).toMatchObject([
    { accountnumber: expect.stringMatching(/^ACC-01001-/) },
  ])
  expect((await again.get('/local/solution')).body.pendingScripts).toEqual([])
})

test('a script that a rule refuses keeps Sales from nothing: the status names it, an installation says why and then does it', async (t) => {
  const sales = await startSales(t)
  await sales.create('accounts', { name: 'Old' })
  const id = (await sales.get("msdynce_p2cautonumbers?$filter=msdynce_entityname eq 'account'")).body.value[0].msdynce_p2cautonumberid
  await expectDone(sales.patch(`msdynce_p2cautonumbers(${id})`, { statecode: 1 }))
  await sales.database.query("update account set accountnumber = null; insert into solution_script values ('numbers', now())")
  const again = await sales.restart()
  expect((await again.get('/local/solution')).body.pendingScripts).toEqual(['numbers'])
  const refused = await install(again)
  expect([refusalOf(refused), refused.body.error.message]).toEqual(['400 0x80040265', expect.stringContaining('no active number sequence')])
  await expectDone(again.patch(`msdynce_p2cautonumbers(${id})`, { statecode: 0 }))
  expect((await expectDone(install(again))).body).toMatchObject({ outcome: 'unchanged', pendingScripts: [] })
  expect((await again.get('accounts?$select=accountnumber')).body.value).toMatchObject([
    { accountnumber: expect.stringMatching(/^ACC-01001-/) },
  ])
})

test('installing sets what the flow needs of the organisation, and the status tells where it was changed', async (t) => {
  const sales = await startSales(t)
  await uninstall(sales)
  const id = (await sales.get('organizations')).body.value[0].organizationid
  const change = { discountcalculationmethod: 1, oobpricecalculationenabled: false }
  await expectDone(sales.patch(`organizations(${id})`, change))
  await expectDone(install(sales))
  const settings = async () => (await sales.get('/local/solution')).body.settings
  expect(await settings()).toMatchObject([
    { name: 'oobpricecalculationenabled', actual: true, fulfilled: true },
    { name: 'discountcalculationmethod', actual: 0, fulfilled: true },
  ])
  await expectDone(sales.patch(`organizations(${id})`, { discountcalculationmethod: 1 }))
  expect(await settings()).toMatchObject([
    { fulfilled: true },
    { name: 'discountcalculationmethod', actual: 1, required: 0, fulfilled: false },
  ])
})

test('clients neither write rows of solutions nor make them', async (t) => {
  const sales = await startSales(t)
  const id = await sales.idOf('solutions', `uniquename eq '${NAME}'`)
  expect(refusalOf(await sales.patch(`solutions(${id})`, { version: '9.0.0.0' }))).toBe('400 0x80040265')
  const publisher = (await sales.get('publishers')).body.value[0].publisherid
  const copy = { uniquename: NAME, friendlyname: 'x', version: '1.0.0.0', 'publisherid@odata.bind': `/publishers(${publisher})` }
  expect(refusalOf(await sales.post('solutions', copy))).toBe('400 0x80040265')
  expect(await versionsOf(sales)).toEqual(['1.15.0.0'])
})

test('its views come and go with it', async (t) => {
  const p2c = await startP2c(t)
  const { sales } = p2c
  const views = async () =>
    (
      await sales.get(
        "savedqueries?$filter=contains(name,'Externally Maintained') or contains(name,'Active Customers')&$select=name,savedqueryid&$orderby=name",
      )
    ).body.value
  const found = await views()
  expect(found.map((view: { name: string }) => view.name)).toEqual([
    'Contacts That Are Active Customers',
    'Externally Maintained Products',
    'Quotes With Only Externally Maintained Products',
  ])
  const products = await expectDone(sales.get(`products?savedQuery=${found[1].savedqueryid}`))
  expect(products.body.value.map((row: { productid: string }) => row.productid)).toEqual([p2c.externalId])
  await uninstall(sales)
  expect(await views()).toEqual([])
})

test('a transaction asks once whether it is installed, and the next one asks anew', async (t) => {
  const sales = await startSales(t)
  const look = (times: number) =>
    sales.database.transaction(async (sql) => {
      let statements = 0
      const counted: SqlRunner = {
        query: (text, values) => {
          statements += 1
          return sql.query(text, values)
        },
      }
      const versions = new Set<string | undefined>()
      for (let at = 0; at < times; at += 1) versions.add(await installedVersion(counted))
      return { statements, versions: [...versions] }
    })
  expect(await look(200)).toEqual({ statements: 1, versions: ['1.15.0.0'] })
  await uninstall(sales)
  expect(await look(2)).toEqual({ statements: 1, versions: [undefined] })
})
