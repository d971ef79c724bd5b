import type { OutsideClient } from '../../support/outside-client.ts'
import { create, expectStatus, NS, post, rows } from './calls.ts'

/**
 * Rows that operations read and link to, and never write: a customer with contacts, a product with a price, a user with few rights. What an
 * operation writes it makes itself.
 */
export interface Market {
  /** Address of the application without the service root; sign-in is below it. */
  readonly url: string
  readonly credentials: { readonly clientId: string; readonly clientSecret: string }
  readonly whoAmI: { readonly UserId: string; readonly BusinessUnitId: string; readonly OrganizationId: string }
  /** Names of the four query accounts begin with this. */
  readonly prefix: string
  /**
   * `<prefix> Alpha` (10 employees, Oslo, revenue 1000.50, on credit hold, two contacts), `Beta` (20, Bergen), `Gamma 100%` (30, no city),
   * `O'Delta` (10, Oslo), ids in this order.
   */
  readonly accounts: readonly [alpha: string, beta: string, gamma: string, delta: string]
  /** Ada Lind, primary contact of Alpha, and Bo Moen; both of company Alpha. */
  readonly contacts: readonly [ada: string, bo: string]
  readonly productId: string
  readonly unitId: string
  readonly unitGroupId: string
  readonly priceListId: string
  readonly currencyId: string
  /** May read accounts, and nothing else. */
  readonly clerkId: string
  /** A text that nobody has used before. */
  fresh(prefix: string): string
  /** Header of a document of Alpha on the price list. */
  document(more?: Readonly<Record<string, unknown>>): Record<string, unknown>
  /** A line of the product, 20.00 each. */
  line(quantity: number, more?: Readonly<Record<string, unknown>>): Record<string, unknown>
}

type MarketPlace = Pick<Market, 'url' | 'credentials'>

/** Makes the market in a running Sales; each run has names of its own. */
export async function openMarket(dv: OutsideClient, place: MarketPlace): Promise<Market> {
  const run = Date.now().toString(36)
  let used = 0
  const fresh = (prefix: string): string => {
    used += 1
    return `${prefix} ${run}${used}`
  }
  const whoAmI = (await expectStatus(200, dv.call('GET', '/WhoAmI'))).json
  const prefix = `Conform ${run}`
  const customers = await makeCustomers(dv, prefix)
  const catalogue = await makeCatalogue(dv, run)
  const clerkId = await makeClerk(dv, run, whoAmI.BusinessUnitId)
  return {
    ...place,
    ...customers,
    ...catalogue,
    whoAmI,
    prefix,
    clerkId,
    fresh,
    document: (more = {}) => ({
      name: fresh('Document'),
      'customerid_account@odata.bind': `/accounts(${customers.accounts[0]})`,
      'pricelevelid@odata.bind': `/pricelevels(${catalogue.priceListId})`,
      ...more,
    }),
    line: (quantity, more = {}) => ({
      'productid@odata.bind': `/products(${catalogue.productId})`,
      'uomid@odata.bind': `/uoms(${catalogue.unitId})`,
      quantity,
      ...more,
    }),
  }
}

async function makeCustomers(dv: OutsideClient, prefix: string): Promise<Pick<Market, 'accounts' | 'contacts'>> {
  const account = (name: string, values: object): Promise<string> => create(dv, 'accounts', { name: `${prefix} ${name}`, ...values })
  const alpha = await account('Alpha', {
    numberofemployees: 10,
    address1_city: 'Oslo',
    revenue: 1000.5,
    creditonhold: true,
    industrycode: 7,
  })
  const beta = await account('Beta', { numberofemployees: 20, address1_city: 'Bergen' })
  const gamma = await account('Gamma 100%', { numberofemployees: 30 })
  const delta = await account("O'Delta", { numberofemployees: 10, address1_city: 'Oslo' })
  const contact = (firstname: string, lastname: string): Promise<string> =>
    create(dv, 'contacts', { firstname, lastname, birthdate: '1990-05-17', 'parentcustomerid_account@odata.bind': `/accounts(${alpha})` })
  const ada = await contact('Ada', 'Lind')
  const bo = await contact('Bo', 'Moen')
  await expectStatus(204, dv.call('PATCH', `/accounts(${alpha})`, { body: { 'primarycontactid@odata.bind': `/contacts(${ada})` } }))
  return { accounts: [alpha, beta, gamma, delta], contacts: [ada, bo] }
}

type Catalogue = Pick<Market, 'productId' | 'unitId' | 'unitGroupId' | 'priceListId' | 'currencyId'>

async function makeCatalogue(dv: OutsideClient, run: string): Promise<Catalogue> {
  const idOf = async (set: string, filter: string, key: string): Promise<string> =>
    String((await rows(dv, `${set}?$select=${key}&$filter=${encodeURIComponent(filter)}&$top=1`))[0]?.[key])
  const unitId = await idOf('uoms', "name eq 'Each'", 'uomid')
  const unitGroupId = await idOf('uomschedules', "name eq 'Default Unit'", 'uomscheduleid')
  const currencyId = await idOf('transactioncurrencies', "isocurrencycode eq 'USD'", 'transactioncurrencyid')
  const priceListId = await idOf('pricelevels', "name eq 'CRM Service USA (sample)'", 'pricelevelid')
  const productId = await create(dv, 'products', {
    name: `Winch ${run}`,
    productnumber: `W-${run}`,
    'defaultuomscheduleid@odata.bind': `/uomschedules(${unitGroupId})`,
    'defaultuomid@odata.bind': `/uoms(${unitId})`,
  })
  await create(dv, 'productpricelevels', {
    'pricelevelid@odata.bind': `/pricelevels(${priceListId})`,
    'productid@odata.bind': `/products(${productId})`,
    'uomid@odata.bind': `/uoms(${unitId})`,
    amount: 20,
  })
  await expectStatus(204, dv.call('PATCH', `/products(${productId})`, { body: { statecode: 0 } }))
  return { productId, unitId, unitGroupId, priceListId, currencyId }
}

async function makeClerk(dv: OutsideClient, run: string, unit: string): Promise<string> {
  const bind = { 'businessunitid@odata.bind': `/businessunits(${unit})` }
  const role = await create(dv, 'roles', { name: `Clerk ${run}`, ...bind })
  const [privilege] = await rows(dv, "privileges?$select=name&$filter=name eq 'prvReadAccount'")
  const Privileges = [{ PrivilegeId: privilege?.privilegeid, Depth: 'Global' }]
  await expectStatus(204, post(dv, `roles(${role})/${NS}.AddPrivilegesRole`, { Privileges }))
  const user = await create(dv, 'systemusers', { domainname: `clerk-${run}@example.com`, firstname: 'A', lastname: 'Clerk', ...bind })
  await expectStatus(204, post(dv, `systemusers(${user})/systemuserroles_association/$ref`, { '@odata.id': `${dv.root}/roles(${role})` }))
  return user
}
