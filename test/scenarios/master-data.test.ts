import { type Comparison, type Execution, type Explanation, type RecordError, totalCounters } from '@p2c/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileScope, p2c, p2cJson, type StartedInstallation, scratchFolder, startInstallation } from '../support/command-line.ts'
import { type HttpReply, type OutsideClients, outsideClients } from '../support/outside-client.ts'

/** The system walks: one installation, one sample, and the tests in their order, as a day with it would go. */

const ACCOUNTS = 300
const CONTACTS = 375 // one for each account and one consumer for every four
const PRODUCTS = 30
/** Released before the sample, for its own sake. */
const EARLIER_PRODUCTS = 1
/** In the order in which parents precede children (templates specification, section 3). */
const PROJECTS = ['products', 'accounts', 'contacts', 'contacts-to-customer'] as const

let installation: StartedInstallation
let outside: OutsideClients
let data: string

const scope = fileScope(afterAll)

beforeAll(async () => {
  data = await scratchFolder(scope)
  installation = await startInstallation(data)
  scope.onTestFinished(async () => void (await installation.stop()))
  outside = await outsideClients(installation)
}, 120_000)

const json = <Result>(...args: readonly string[]): Promise<Result> => p2cJson<Result>([...args, '--data', data])
/** `run` ends with 1 where nothing got through, and prints its result in any case. */
async function run(...args: readonly string[]): Promise<Execution> {
  const { code, stdout } = await p2c(['run', ...args, '--data', data, '--json'])
  const execution = JSON.parse(stdout) as Execution
  expect(execution, stdout).toMatchObject({ projectName: args[0] })
  expect(code).toBe(execution.status === 'completed' || execution.status === 'warning' ? 0 : 1)
  return execution
}
const errorsOf = (...filters: readonly string[]): Promise<RecordError[]> => json<RecordError[]>('errors', ...filters)

/** `compare` ends with 1 where the sides differ, and prints its result in both cases. */
async function compare(project: string): Promise<Comparison & { readonly code: number | null }> {
  const { code, stdout } = await p2c(['compare', project, '--data', data, '--json'])
  return { ...(JSON.parse(stdout) as Comparison), code }
}

/** The counters, once it is sure that every row read is in exactly one of them (integrator specification, section 17). */
function countersOf(execution: Execution) {
  const total = totalCounters(execution.tasks)
  const { read, filtered, skipped, unchanged, inserted, updated, failed, waiting } = total
  expect(filtered + skipped + unchanged + inserted + updated + failed + waiting).toBe(read)
  return total
}

async function sales(method: string, path: string, body?: unknown): Promise<HttpReply> {
  const reply = await outside.sales.call(method, path, body === undefined ? {} : { body })
  expect(reply, `${method} ${path}: ${reply.text}`).toMatchObject({ status: expect.toSatisfy((status: number) => status < 300) })
  return reply
}

async function supplyChain(method: string, path: string, body?: unknown): Promise<HttpReply> {
  const reply = await outside.supplyChain.call(method, path, body === undefined ? {} : { body })
  expect(reply, `${method} ${path}: ${reply.text}`).toMatchObject({ status: expect.toSatisfy((status: number) => status < 300) })
  return reply
}

const customerPath = (account: string): string => `/CustomersV2(dataAreaId='usmf',CustomerAccount='${account}')?cross-company=true`
const customer = async (account: string): Promise<Record<string, unknown>> => (await supplyChain('GET', customerPath(account))).json

const isCustomer = async (account: string): Promise<boolean> =>
  (await outside.supplyChain.call('GET', customerPath(account))).status === 200

/** Contact persons whose party number is that of the contact. */
const contactPersons = async (number: string): Promise<Record<string, unknown>[]> =>
  (
    await supplyChain(
      'GET',
      `/CDSContactPersons?cross-company=true&$filter=${encodeURIComponent(`dataAreaId eq 'usmf' and ContactPersonPartyNumber eq '${number}'`)}`,
    )
  ).json.value

const newProduct = (number: string, unit: string): Record<string, unknown> => ({
  dataAreaId: 'usmf',
  ItemNumber: number,
  ProductNumber: number,
  ProductName: `Product ${number}`,
  ProductType: 'Item',
  ProductSubType: 'Product',
  ItemModelGroupId: 'FIFO',
  ProductGroupId: 'Goods',
  StorageDimensionGroupName: 'SiteWH',
  TrackingDimensionGroupName: 'None',
  InventoryUnitSymbol: unit,
  SalesUnitSymbol: unit,
  PurchaseUnitSymbol: unit,
  BOMUnitSymbol: unit,
  SalesPrice: 5,
  UnitCost: 2,
})

test('a product in a currency without a price list gets a clear error, and gets in once there is one', async () => {
  const lists = await sales('GET', "/pricelevels?$select=name&$filter=transactioncurrencyid/isocurrencycode eq 'USD' and statecode eq 0")
  const paths = (lists.json.value as { pricelevelid: string }[]).map((list) => `/pricelevels(${list.pricelevelid})`)
  expect(paths.length).toBeGreaterThan(0)
  for (const path of paths) await sales('PATCH', path, { statecode: 1 })
  await supplyChain('POST', '/ReleasedProductCreationsV2?cross-company=true', newProduct('X-EACH', 'ea'))
  // Nothing got through, so the execution as a whole is an error.
  expect(await run('products')).toMatchObject({ status: 'error', tasks: [{ counters: { read: 1, failed: 1 } }] })
  expect(await errorsOf('--project', 'products')).toMatchObject([
    { code: 'price-list-missing', category: 'business-rule', message: expect.stringMatching(/price list/i) },
  ])
  for (const path of paths) await sales('PATCH', path, { statecode: 0 })
  const execution = await run('products')
  expect(execution.status).toBe('completed')
  expect(countersOf(execution)).toMatchObject({ inserted: 1 })
  expect(await errorsOf()).toEqual([])
})

test('the sample loads into both applications without a refusal', async () => {
  const loaded = await json<{ entity: string; written: number; refused: unknown[] }[]>(
    'load',
    'sample',
    '--accounts',
    String(ACCOUNTS),
    '--seed',
    '3',
  )
  expect(loaded.map(({ entity, written, refused }) => ({ entity, written, refused: refused.length }))).toEqual([
    { entity: 'products', written: PRODUCTS, refused: 0 },
    { entity: 'accounts', written: ACCOUNTS, refused: 0 },
    { entity: 'contacts', written: CONTACTS, refused: 0 },
  ])
})

test('the first executions bring every row across, and the counters add up', async () => {
  const products = await run('products')
  expect(products).toMatchObject({ status: 'completed', projectName: 'products', trigger: 'manual', allData: false })
  expect(countersOf(products)).toMatchObject({ read: PRODUCTS, inserted: PRODUCTS })
  expect(countersOf(await run('accounts'))).toMatchObject({ read: ACCOUNTS, inserted: ACCOUNTS })
  const persons = countersOf(await run('contacts'))
  const customers = countersOf(await run('contacts-to-customer'))
  expect(persons).toMatchObject({ read: CONTACTS, failed: 0, waiting: 0 })
  // Each contact is either a person at a customer or a customer itself.
  expect(persons.inserted + customers.inserted).toBe(CONTACTS)
  expect(customers).toMatchObject({ read: CONTACTS, inserted: persons.filtered, filtered: persons.inserted })
  expect(await errorsOf()).toEqual([])
})

test('names arrive letter for letter', async () => {
  const accounts = (await sales('GET', '/accounts?$select=name,accountnumber,address1_city')).json.value as Record<string, string>[]
  const customers = (await supplyChain('GET', '/CustomersV2?$select=CustomerAccount,OrganizationName,AddressCity')).json.value as Record<
    string,
    string
  >[]
  const byAccount = new Map(customers.map((row) => [row.CustomerAccount, row]))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything beyond ASCII is meant
  expect(accounts.filter((account) => /[^\u0000-\u007F]/.test(account.name ?? '')).length).toBeGreaterThan(50)
  for (const account of accounts) {
    expect(byAccount.get(account.accountnumber)).toMatchObject({ OrganizationName: account.name, AddressCity: account.address1_city })
  }
})

test.each(PROJECTS)('%s: a second execution writes nothing', async (project) => {
  const execution = await run(project)
  expect(execution.status).toBe('completed')
  expect(countersOf(execution)).toMatchObject({ inserted: 0, updated: 0, failed: 0, waiting: 0 })
})

test.each(PROJECTS)('%s: --all-data reads everything and writes nothing', async (project) => {
  const execution = await run(project, '--all-data')
  expect(execution).toMatchObject({ status: 'completed', allData: true })
  const counters = countersOf(execution)
  expect(counters).toMatchObject({ inserted: 0, updated: 0, failed: 0, waiting: 0 })
  const all = { products: PRODUCTS + EARLIER_PRODUCTS, accounts: ACCOUNTS, contacts: CONTACTS, 'contacts-to-customer': CONTACTS }[project]
  expect(counters).toMatchObject({ read: all, unchanged: all - counters.filtered })
})

test.each(PROJECTS)('%s: the comparison is clean', async (project) => {
  const comparison = await compare(project)
  expect(comparison).toMatchObject({ code: 0, projectName: project, clean: true, differences: [] })
  for (const task of comparison.tasks) {
    expect(task.equalRows).toBe(task.comparedRows)
    expect(task.comparedRows).toBeGreaterThan(0)
    expect(task.sourceRows).toBe(task.comparedRows + task.filteredRows)
  }
})

test('an account is explained: sent when, by which execution, where it is, and its timeline', async () => {
  const [row] = (await sales('GET', '/accounts?$select=accountnumber&$filter=accountnumber ne null&$top=1')).json.value
  const explanation = await json<Explanation>('explain', 'account', row.accountnumber)
  expect(explanation.rows.find(({ project }) => project === 'accounts')).toMatchObject({
    outcome: 'sent',
    sent: { at: expect.any(String), executionId: expect.any(String) },
    destination: { entity: 'CustomersV2', key: row.accountnumber, found: true },
  })
  expect(explanation.timeline.map(({ event }) => event)).toEqual(expect.arrayContaining(['account-created', 'sent']))
  const printed = await p2c(['explain', 'account', row.accountnumber, '--data', data, '--lang', 'en'])
  expect(printed).toMatchObject({ code: 0, stdout: expect.stringMatching(/both sides agree[\s\S]*Timeline of account/) })
  const nobody = await p2c(['explain', 'account', 'NOBODY', '--data', data, '--json'])
  expect(nobody).toMatchObject({ code: 1, stdout: expect.stringContaining('record-unknown') })
})

test('a changed account travels alone', async () => {
  await sales('PATCH', "/accounts(accountnumber='SA3-000007')", { name: 'Žluťoučký kůň & syn, s.r.o.', creditlimit: 12_345.5 })
  expect(countersOf(await run('accounts'))).toMatchObject({ read: 1, updated: 1, inserted: 0 })
  expect(await customer('SA3-000007')).toMatchObject({ OrganizationName: 'Žluťoučký kůň & syn, s.r.o.', CreditLimit: 12_345.5 })
})

test('a changed price travels alone, and its price list item follows', async () => {
  await supplyChain('PATCH', "/ReleasedProductsV2(dataAreaId='usmf',ItemNumber='P3-000004')?cross-company=true", { SalesPrice: 77.25 })
  expect(countersOf(await run('products'))).toMatchObject({ updated: 1, inserted: 0, failed: 0 })
  const found = await sales('GET', "/products?$select=price&$filter=productnumber eq 'P3-000004'")
  expect(found.json.value).toMatchObject([{ price: 77.25 }])
  const items = await sales('GET', "/productpricelevels?$select=amount&$filter=productid/productnumber eq 'P3-000004'")
  expect(items.json.value.map((item: { amount: number }) => item.amount)).toEqual([77.25])
})

test('a change that no mapping carries writes nothing', async () => {
  await sales('PATCH', "/accounts(accountnumber='SA3-000008')", { tickersymbol: 'HALV' })
  const counters = countersOf(await run('accounts'))
  expect(counters).toMatchObject({ inserted: 0, updated: 0, failed: 0 })
})

test('an account in a country that nobody knows becomes one open record error; the others get in; repairing it closes the error', async () => {
  await sales('PATCH', "/accounts(accountnumber='SA3-000010')", { name: 'Sunken City Ltd', address1_country: 'Atlantis' })
  await sales('PATCH', "/accounts(accountnumber='SA3-000011')", { name: 'Dry Land Ltd' })
  const execution = await run('accounts')
  expect(execution.status).toBe('warning')
  expect(countersOf(execution)).toMatchObject({ read: 2, updated: 1, failed: 1 })
  expect(await customer('SA3-000011')).toMatchObject({ OrganizationName: 'Dry Land Ltd' })
  expect((await customer('SA3-000010')).OrganizationName).not.toBe('Sunken City Ltd')

  const [error, ...others] = await errorsOf()
  expect(others).toEqual([])
  expect(error).toMatchObject({
    projectName: 'accounts',
    taskName: 'Accounts - Customers',
    legalEntity: 'usmf',
    sourceKey: 'SA3-000010',
    state: 'open',
    category: 'mapping',
    code: 'value-not-mapped',
    attempts: 1,
    message: expect.stringContaining('Atlantis'),
  })
  // What is known to be wrong is told apart from what is lost.
  expect(await compare('accounts')).toMatchObject({ code: 0, clean: true, tasks: [{ refusedRows: 1, missingRows: 0, differentRows: 0 }] })

  // It is tried again without being changed, and stays one error.
  expect(countersOf(await run('accounts'))).toMatchObject({ failed: 1, updated: 0 })
  expect(await errorsOf()).toMatchObject([{ id: error?.id, attempts: 2 }])

  await sales('PATCH', "/accounts(accountnumber='SA3-000010')", { address1_country: 'Norway' })
  expect(await run('accounts')).toMatchObject({ status: 'completed' })
  expect(await customer('SA3-000010')).toMatchObject({ OrganizationName: 'Sunken City Ltd', AddressCountryRegionISOCode: 'NO' })
  expect(await errorsOf()).toEqual([])
  expect(await errorsOf('--state', 'resolved', '--project', 'accounts')).toMatchObject([{ id: error?.id, state: 'resolved' }])
})

test('record errors are filtered by project, task, code, key and state', async () => {
  const found = async (...filters: readonly string[]): Promise<number> => (await errorsOf('--state', 'resolved', ...filters)).length
  expect(await found('--project', 'accounts', '--task', 'Accounts - Customers', '--code', 'value-not-mapped', '--key', 'SA3-000010')).toBe(
    1,
  )
  expect(await found('--project', 'contacts')).toBe(0)
  expect(await found('--code', 'nothing')).toBe(0)
  expect(await found('--key', 'SA3-000011')).toBe(0)
  expect(await errorsOf('--state', 'waiting')).toEqual([])
})

test('executions are listed newest first, filtered by project and status, cut by a limit, and shown by id', async () => {
  const all = await json<Execution[]>('executions', '--limit', '100')
  expect(all.length).toBeGreaterThan(15)
  const times = all.map((execution) => execution.createdAt)
  expect(times).toEqual([...times].sort().reverse())
  expect(await json<Execution[]>('executions', '--limit', '2')).toEqual(all.slice(0, 2))
  const warnings = await json<Execution[]>('executions', '--project', 'accounts', '--status', 'warning')
  expect(warnings).toHaveLength(1)
  expect(warnings.every(({ projectName, status }) => projectName === 'accounts' && status === 'warning')).toBe(true)
  expect(await json<Execution>('executions', all[3]?.id ?? '')).toEqual(all[3])
})

test('a product in a unit that Sales does not know gets a clear error', async () => {
  await supplyChain('POST', '/UnitsOfMeasure', { UnitSymbol: 'drum' })
  await supplyChain('POST', '/ReleasedProductCreationsV2?cross-company=true', newProduct('X-DRUM', 'drum'))
  expect(countersOf(await run('products')).failed).toBe(1)
  expect(await errorsOf('--project', 'products')).toMatchObject([
    { sourceKey: expect.stringMatching(/^X-DRUM/), code: 'value-not-mapped', message: expect.stringContaining('drum') },
  ])
})

test('a contact who becomes an active customer moves from contact persons to customers', async () => {
  const number = 'MOVE-1'
  await sales('PATCH', `/contacts(msdynce_contactnumber='${number}')`, {
    firstname: 'Þóra',
    lastname: 'Jónsdóttir',
    'parentcustomerid_account@odata.bind': "/accounts(accountnumber='SA3-000001')",
    address1_country: 'US',
    msdynce_isactivecustomer: false,
  })
  expect(countersOf(await run('contacts'))).toMatchObject({ read: 1, inserted: 1 })
  expect(countersOf(await run('contacts-to-customer'))).toMatchObject({ inserted: 0, updated: 0 })
  expect(await contactPersons(number)).toMatchObject([{ FirstName: 'Þóra', LastName: 'Jónsdóttir', AssociatedPartyNumber: 'SA3-000001' }])
  expect(await isCustomer(number)).toBe(false)

  await sales('PATCH', `/contacts(msdynce_contactnumber='${number}')`, { msdynce_isactivecustomer: true })
  expect(countersOf(await run('contacts'))).toMatchObject({ inserted: 0, updated: 0, failed: 0 })
  expect(countersOf(await run('contacts-to-customer'))).toMatchObject({ inserted: 1, failed: 0 })
  expect(await customer(number)).toMatchObject({ PartyType: 'Person', PersonFirstName: 'Þóra', PersonLastName: 'Jónsdóttir' })
})

test('a comparison finds a field that was changed and a row that was deleted in the destination, and a rewrite repairs both', async () => {
  await sales('PATCH', "/accounts(accountnumber='ALONE-1')", { name: 'Without anybody', address1_country: 'US' })
  expect(countersOf(await run('accounts'))).toMatchObject({ inserted: 1 })
  await supplyChain('PATCH', customerPath('SA3-000020'), { OrganizationName: 'Changed by hand' })
  await supplyChain('DELETE', customerPath('ALONE-1'))

  const comparison = await compare('accounts')
  expect(comparison).toMatchObject({ code: 1, clean: false, tasks: [{ differentRows: 1, missingRows: 1, equalRows: ACCOUNTS - 1 }] })
  expect(comparison.differences).toContainEqual(expect.objectContaining({ kind: 'missing', key: 'ALONE-1' }))
  expect(comparison.differences).toContainEqual(
    expect.objectContaining({ kind: 'different', key: 'SA3-000020', field: 'OrganizationName', found: 'Changed by hand' }),
  )
  const text = await p2c(['compare', 'accounts', '--data', data], { LC_ALL: 'C' })
  expect(text.code).toBe(1)
  expect(text.stdout).toMatch(/^accounts: .*\b2\b/m)

  const counters = countersOf(await run('accounts', '--all-data', '--rewrite'))
  // What the destination holds already, as the connector finds on the way, counts as unchanged.
  expect(counters).toMatchObject({ read: ACCOUNTS + 1, inserted: 1, failed: 0, waiting: 0 })
  expect(counters.updated).toBeGreaterThanOrEqual(1)
  expect(await compare('accounts')).toMatchObject({ code: 0, clean: true })
})

test('a stopped installation goes on where it was: nothing is written again', async () => {
  expect(await installation.stop()).toBe(0)
  installation = await startInstallation(data)
  for (const project of ['accounts', 'contacts'])
    expect(countersOf(await run(project, '--all-data'))).toMatchObject({ inserted: 0, updated: 0, failed: 0 })
  expect((await json<Execution[]>('executions', '--limit', '100')).length).toBeGreaterThan(20)
}, 60_000)
