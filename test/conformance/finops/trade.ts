import type { OutsideClient } from '../../support/outside-client.ts'
import { create, done, type Json } from './calls.ts'

/** The company of the user that clients are mapped to, and another one that it may see. */
export const HOME = 'usmf'
export const ABROAD = 'demf'

/**
 * Rows that operations read, and never write: customers of two companies, an item with stock, an order. What an operation writes it makes
 * itself.
 */
export interface Trade {
  /** Address of the application; `/data`, `/metadata` and `/api` are below it. */
  readonly url: string
  readonly credentials: { readonly clientId: string; readonly clientSecret: string }
  /** Names of the rows of this run begin with it. */
  readonly run: string
  /**
   * Accounts in HOME: `Alpha Marine <run>` (credit limit 1000.25, on hold for all, terms Net30), `Beta Marine` (limit 500), `Gamma Yards`
   * (no terms), `O'Delta & Sons/50%`; all in group 10.
   */
  readonly accounts: readonly [alpha: string, beta: string, gamma: string, delta: string]
  /** `Alpha Marine <run> Abroad` in ABROAD, with the account of Alpha. */
  readonly abroad: string
  /** A stocked item with 100000 pieces in warehouse 13, sold at 20.00, and a service. */
  readonly item: string
  readonly service: string
  /** An order of Beta with two lines (3 and 5 pieces at 20.00), which nobody posts. */
  readonly order: string
  readonly lots: readonly [string, string]
  /** A key or name that nobody has used before, 14 characters at most. */
  fresh(prefix: string): string
  /** Values of a customer in HOME with a fresh account. */
  customer(more?: Json): Json
  /** Values of an order of Beta in HOME. */
  header(more?: Json): Json
  /** Values of a line of the item. */
  line(order: string, quantity: number, more?: Json): Json
}

type Place = Pick<Trade, 'url' | 'credentials'>

/** Makes the rows in a running Supply Chain; each run has names of its own. */
export async function openTrade(fo: OutsideClient, place: Place): Promise<Trade> {
  const run = Date.now().toString(36).slice(-5)
  let used = 0
  const fresh = (prefix: string): string => {
    used += 1
    return `${prefix}-${run}${used}`
  }
  const customer = (more: Json = {}): Json => ({
    dataAreaId: HOME,
    CustomerAccount: fresh('C'),
    OrganizationName: `Customer ${run}`,
    PartyType: 'Organization',
    CustomerGroupId: '10',
    SalesCurrencyCode: 'USD',
    SiteId: '1',
    WarehouseId: '13',
    ...more,
  })
  const customers = await makeCustomers(fo, { run, customer })
  const products = await makeProducts(fo, { url: place.url, fresh })
  const header = (more: Json = {}): Json => ({
    dataAreaId: HOME,
    OrderingCustomerAccountNumber: customers.accounts[1],
    InvoiceCustomerAccountNumber: customers.accounts[1],
    ...more,
  })
  const line = (SalesOrderNumber: string, quantity: number, more: Json = {}): Json => ({
    dataAreaId: HOME,
    SalesOrderNumber,
    ItemNumber: products.item,
    OrderedSalesQuantity: quantity,
    ...more,
  })
  const order = (await create(fo, 'SalesOrderHeadersV2', header({ SalesOrderName: `Alpha order ${run}` }))).SalesOrderNumber
  const lot = async (quantity: number): Promise<string> => (await create(fo, 'SalesOrderLines', line(order, quantity))).InventoryLotId
  return { ...place, ...customers, ...products, run, fresh, customer, header, line, order, lots: [await lot(3), await lot(5)] }
}

type Maker = Pick<Trade, 'run' | 'customer'>

async function makeCustomers(fo: OutsideClient, { run, customer }: Maker): Promise<Pick<Trade, 'accounts' | 'abroad'>> {
  const account = async (name: string, more: Json): Promise<string> =>
    (await create(fo, 'CustomersV3', customer({ OrganizationName: `${name} ${run}`, ...more }))).CustomerAccount
  const alpha = await account('Alpha Marine', { CreditLimit: 1000.25, OnHoldStatus: 'All', PaymentTerms: 'Net30' })
  const beta = await account('Beta Marine', { CreditLimit: 500, PaymentTerms: 'Net30' })
  const gamma = await account('Gamma Yards', {})
  const delta = await account('Delta', { CustomerAccount: `O'D & S/5% ${run}`, PaymentTerms: 'Net30' })
  const abroad = await account('Alpha Marine Abroad', {
    dataAreaId: ABROAD,
    CustomerAccount: alpha,
    SalesCurrencyCode: 'EUR',
    SiteId: '',
    WarehouseId: '',
  })
  return { accounts: [alpha, beta, gamma, delta], abroad }
}

async function makeProducts(fo: OutsideClient, { url, fresh }: Pick<Trade, 'url' | 'fresh'>): Promise<Pick<Trade, 'item' | 'service'>> {
  const item = await makeProduct(fo, fresh('W'), {})
  const service = await makeProduct(fo, fresh('S'), { ProductType: 'Service' })
  const { JournalNumber } = await create(fo, 'InventoryAdjustmentJournalHeaders', { dataAreaId: HOME })
  await create(fo, 'InventoryAdjustmentJournalLines', {
    dataAreaId: HOME,
    JournalNumber,
    ItemNumber: item,
    InventorySiteId: '1',
    InventoryWarehouseId: '13',
    InventoryQuantity: 100_000,
    CostPrice: 2,
  })
  await done(fo, url, 'post-inventory-journal', { dataAreaId: HOME, journalNumber: JournalNumber })
  return { item, service }
}

/** A released product of HOME, sold at 20.00. */
export async function makeProduct(fo: OutsideClient, ItemNumber: string, more: Json): Promise<string> {
  await create(fo, 'ReleasedProductCreationsV2', {
    dataAreaId: HOME,
    ItemNumber,
    ProductNumber: ItemNumber,
    ProductName: `Product ${ItemNumber}`,
    ProductType: 'Item',
    ProductSubType: 'Product',
    ItemModelGroupId: 'FIFO',
    ProductGroupId: 'Goods',
    StorageDimensionGroupName: 'SiteWH',
    TrackingDimensionGroupName: 'None',
    InventoryUnitSymbol: 'ea',
    SalesPrice: 20,
    ...more,
  })
  return ItemNumber
}
