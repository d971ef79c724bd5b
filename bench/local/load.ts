import { accountOf } from '../stub/account.ts'
import { inLanes, type Service, sendChangeSet } from './service.ts'

export const SALES_ROOT = '/api/data/v9.2'
export const SUPPLY_CHAIN_ROOT = '/data'
export const COMPANY = 'usmf'

const BULK_ROWS = 500
const CHANGE_SET_ROWS = 50
const LANES = 2
/** Each such account names a customer group that Supply Chain does not know, in a field that only the task of the bad rows looks at. */
export const BAD_EVERY = 1_000
export const BAD_GROUP_FIELD = 'tickersymbol'

/** Currencies of Sales by ISO code. */
export async function readCurrencies({ call }: Service): Promise<ReadonlyMap<string, string>> {
  const text = await call({ method: 'GET', path: `${SALES_ROOT}/transactioncurrencies?$select=isocurrencycode` })
  const { value } = JSON.parse(text) as {
    readonly value: readonly { readonly isocurrencycode: string; readonly transactioncurrencyid: string }[]
  }
  return new Map(value.map((row) => [row.isocurrencycode, row.transactioncurrencyid]))
}

/** Puts accounts into Sales by bulk message, from row 1. */
export async function loadAccounts(sales: Service, count: number): Promise<void> {
  const currencies = await readCurrencies(sales)
  await upsertMultiple(sales, { set: 'accounts', table: 'account', key: 'accountnumber', count }, (number) => {
    const account = accountOf(number)
    const currency = currencies.get(String(account['transactioncurrencyid.isocurrencycode'])) ?? currencies.get('USD')
    const { name, address1_line1, address1_line2, address1_city, address1_postalcode, address1_country } = account
    const { emailaddress1, telephone1, websiteurl, numberofemployees, description } = account
    return {
      keyValue: String(account.accountnumber),
      values: {
        ...{ name, address1_line1, address1_line2, address1_city, address1_postalcode, address1_country },
        ...{ emailaddress1, telephone1, websiteurl, numberofemployees, description },
        creditlimit: Number(account.creditlimit),
        ...(number % BAD_EVERY === 0 && { [BAD_GROUP_FIELD]: 'NONE' }),
        'transactioncurrencyid@odata.bind': `/transactioncurrencies(${currency})`,
      },
    }
  })
}

/** One contact for each of the first accounts. */
export const loadContacts = (sales: Service, count: number): Promise<void> =>
  upsertMultiple(sales, { set: 'contacts', table: 'contact', key: 'msdynce_contactnumber', count }, (number) => {
    const account = accountOf(number)
    return {
      keyValue: `CON-${String(number).padStart(8, '0')}`,
      values: {
        firstname: 'Alexandra',
        lastname: `Moreau-${number}`,
        emailaddress1: `person.${number}@customers.example`,
        telephone1: account.telephone1,
        jobtitle: 'Purchasing Manager',
        address1_city: account.address1_city,
        address1_country: account.address1_country,
        'parentcustomerid_account@odata.bind': `/accounts(accountnumber='${account.accountnumber}')`,
        msdynce_isactivecustomer: false,
      },
    }
  })

interface BulkTarget {
  readonly set: string
  readonly table: string
  readonly key: string
  readonly count: number
}

interface BulkRow {
  readonly keyValue: string
  readonly values: object
}

function upsertMultiple({ call }: Service, { set, table, key, count }: BulkTarget, rowOf: (number: number) => BulkRow): Promise<void> {
  return inLanes(startsOf(count, BULK_ROWS), LANES, async (from) => {
    const targets = numbersFrom(from, BULK_ROWS, count).map((number) => {
      const { keyValue, values } = rowOf(number)
      return { '@odata.type': `Microsoft.Dynamics.CRM.${table}`, '@odata.id': `${set}(${key}='${keyValue}')`, ...values }
    })
    const path = `${SALES_ROOT}/${set}/Microsoft.Dynamics.CRM.UpsertMultiple`
    await call({ method: 'POST', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ Targets: targets }) })
  })
}

/** Releases products in Supply Chain. */
export function loadProducts({ call }: Service, count: number): Promise<void> {
  return inLanes(startsOf(count, CHANGE_SET_ROWS), LANES, (from) =>
    sendChangeSet(
      call,
      SUPPLY_CHAIN_ROOT,
      numbersFrom(from, CHANGE_SET_ROWS, count).map((number) => ({
        method: 'POST',
        path: 'ReleasedProductCreationsV2?cross-company=true',
        body: productOf(number),
      })),
    ),
  )
}

/** With the set-up rows of a new company that a product needs so that it can be sold (Supply Chain specification, section 7). */
function productOf(number: number): object {
  const key = `P-${String(number).padStart(8, '0')}`
  return {
    dataAreaId: COMPANY,
    ItemNumber: key,
    ProductNumber: key,
    ProductName: `Deck winch ${number}`,
    ProductDescription: `Deck winch, model ${number}`,
    ProductType: 'Item',
    ProductSubType: 'Product',
    ItemModelGroupId: 'FIFO',
    ProductGroupId: 'Goods',
    StorageDimensionGroupName: 'SiteWH',
    TrackingDimensionGroupName: 'None',
    InventoryUnitSymbol: 'ea',
    SalesUnitSymbol: 'ea',
    PurchaseUnitSymbol: 'ea',
    BOMUnitSymbol: 'ea',
    SalesPrice: 900 + (number % 100),
    UnitCost: 500 + (number % 100),
  }
}

const startsOf = (count: number, size: number): number[] => Array.from({ length: Math.ceil(count / size) }, (_, index) => index * size + 1)
const numbersFrom = (from: number, size: number, count: number): number[] =>
  Array.from({ length: Math.min(size, count - from + 1) }, (_, index) => from + index)
