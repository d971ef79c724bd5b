import { serveOrders } from '../processes/child.ts'
import { measured } from '../subjects/measured.ts'
import { PAGE_ROWS } from '../subjects/stub-client.ts'
import type { Client } from './application.ts'
import { COMPANY, readCurrencies, SALES_ROOT, SUPPLY_CHAIN_ROOT } from './load.ts'
import { type BatchWrite, openService, sendChangeSet } from './service.ts'

/*
 * The bare loop against the local applications, a process of its own: pages of 5,000 accounts, change sets of customers with 4 in flight, the
 * next page read meanwhile. It knows that the destination is empty and that no row is bad, and remembers nothing.
 */

/** As many as the connector's change sets hold. */
const CHANGE_SET_ROWS = 100
const IN_FLIGHT = 4

const FIELDS = [
  'accountnumber',
  'name',
  '_transactioncurrencyid_value',
  'address1_line1',
  'address1_city',
  'address1_stateorprovince',
].concat(
  ['address1_postalcode', 'address1_county', 'address1_country', 'address2_line1', 'address2_city', 'address2_stateorprovince'],
  ['address2_postalcode', 'address2_county', 'address2_country', 'emailaddress1', 'telephone1', 'fax', 'websiteurl', 'creditlimit'],
  ['numberofemployees', 'description'],
)

type Account = Readonly<Record<string, string | number | null>>

const COUNTRIES: Readonly<Record<string, string>> = {
  ...{ US: 'US', USA: 'US', 'United States': 'US', DE: 'DE', DEU: 'DE', Germany: 'DE', FR: 'FR', FRA: 'FR', France: 'FR' },
  ...{ GB: 'GB', GBR: 'GB', 'United Kingdom': 'GB', CA: 'CA', CAN: 'CA', Canada: 'CA', BR: 'BR', BRA: 'BR', Brazil: 'BR' },
}

/** Template D1 by hand. */
function toCustomer(account: Account, currencies: ReadonlyMap<string, string>): object {
  const text = (name: string): string => String(account[name] ?? '')
  return {
    dataAreaId: COMPANY,
    CustomerAccount: account.accountnumber,
    PartyNumber: account.accountnumber,
    OrganizationName: account.name,
    PartyType: 'Organization',
    IsExternallyMaintained: 'Yes',
    CustomerGroupId: '10',
    SiteId: '1',
    WarehouseId: '13',
    LanguageId: 'en-us',
    SalesCurrencyCode: currencies.get(text('_transactioncurrencyid_value')),
    AddressStreet: text('address1_line1'),
    AddressCity: text('address1_city'),
    AddressState: text('address1_stateorprovince'),
    AddressZipCode: text('address1_postalcode'),
    AddressCounty: text('address1_county'),
    AddressCountryRegionISOCode: COUNTRIES[text('address1_country')] ?? 'US',
    AddressLocationRoles: 'Business',
    DeliveryAddressStreet: text('address2_line1'),
    DeliveryAddressCity: text('address2_city'),
    DeliveryAddressState: text('address2_stateorprovince'),
    DeliveryAddressZipCode: text('address2_postalcode'),
    DeliveryAddressCounty: text('address2_county'),
    DeliveryAddressCountryRegionISOCode: COUNTRIES[text('address2_country')] ?? '',
    PrimaryContactEmail: text('emailaddress1'),
    PrimaryContactPhone: text('telephone1'),
    PrimaryContactFax: text('fax'),
    PrimaryContactURL: text('websiteurl'),
    CreditLimit: account.creditlimit ?? 0,
    OrganizationNumberOfEmployees: account.numberofemployees ?? 0,
    SalesMemo: text('description'),
  }
}

interface Page {
  readonly value: readonly Account[]
  readonly '@odata.nextLink'?: string
}

interface Transfer {
  readonly salesUrl: string
  readonly supplyChainUrl: string
  readonly client: Client
}

async function transfer({ salesUrl, supplyChainUrl, client }: Transfer): Promise<number> {
  const sales = await openService(salesUrl, client, 2)
  const supplyChain = await openService(supplyChainUrl, client, IN_FLIGHT)
  const currencies = new Map([...(await readCurrencies(sales))].map(([code, id]) => [id, code]))
  const read = async (path: string): Promise<Page> =>
    JSON.parse(await sales.call({ method: 'GET', path, headers: { prefer: `odata.maxpagesize=${PAGE_ROWS}` } })) as Page
  const inFlight = new Set<Promise<void>>()
  let rows = 0
  let next: Promise<Page> | undefined = read(`${SALES_ROOT}/accounts?$select=${FIELDS.join(',')}`)
  while (next !== undefined) {
    const page: Page = await next
    const link = page['@odata.nextLink']
    next = link === undefined ? undefined : read(link.slice(salesUrl.length))
    const writes = page.value.flatMap((account) => (account.accountnumber === null ? [] : [write(toCustomer(account, currencies))]))
    rows += writes.length
    for (let from = 0; from < writes.length; from += CHANGE_SET_ROWS) {
      while (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight)
      const sent: Promise<void> = sendChangeSet(supplyChain.call, SUPPLY_CHAIN_ROOT, writes.slice(from, from + CHANGE_SET_ROWS)).then(
        () => void inFlight.delete(sent),
      )
      inFlight.add(sent)
    }
  }
  await Promise.all(inFlight)
  await Promise.all([sales.close(), supplyChain.close()])
  return rows
}

const write = (body: object): BatchWrite => ({ method: 'POST', path: 'CustomersV2?cross-company=true', body })

const orders = { run: async (order: Transfer) => measured(() => transfer(order)) }
export type LocalBareLoopOrders = typeof orders

serveOrders(orders)
