import { D, F, type Json, type TestApp } from '../supply-chain-app.fixture.ts'

/** Company of the tests of stock: seeded, USD, site 1 with warehouses 11 to 13, site 2 with 21. */
export const COMPANY = 'usmf'

const DATA = { dataAreaId: COMPANY }

async function create(app: TestApp, collection: string, row: Json): Promise<Json> {
  const reply = await app.post(`${D}/${collection}`, { ...DATA, ...row })
  if (reply.status !== 201) throw new Error(`${collection}: ${reply.status} ${reply.text}`)
  return reply.json
}

/** A row of an entity in the company of the tests; throws where it is refused. */
export const add = create

/** A released, stocked, sellable product; `values` over those of the released product. */
export async function addItem(app: TestApp, itemNumber: string, values: Json = {}): Promise<void> {
  await create(app, 'ReleasedProductCreationsV2', {
    ItemNumber: itemNumber,
    ProductNumber: itemNumber,
    ProductName: `Product ${itemNumber}`,
    ProductType: 'Item',
    ProductSubType: 'Product',
    ItemModelGroupId: 'FIFO',
    ProductGroupId: 'Goods',
    StorageDimensionGroupName: 'SiteWH',
    TrackingDimensionGroupName: 'None',
    InventoryUnitSymbol: 'ea',
    SalesPrice: 12,
    UnitCost: 2,
    ...values,
  })
}

/** Runs a command; the answer as it came. */
export const run = (app: TestApp, name: string, parameters: Json) => app.post(`${F}/api/commands/${name}`, { ...DATA, ...parameters })

/** Runs a command that must succeed; gives its result. */
export async function done(app: TestApp, name: string, parameters: Json): Promise<Json> {
  const reply = await run(app, name, parameters)
  if (reply.status !== 200) throw new Error(`${name}: ${reply.status} ${reply.text}`)
  return reply.json.result
}

/** Brings stock in or out with an adjustment journal. */
export async function adjust(app: TestApp, itemNumber: string, quantity: number, values: Json = {}): Promise<Json> {
  const { JournalNumber } = await create(app, 'InventoryAdjustmentJournalHeaders', {})
  await create(app, 'InventoryAdjustmentJournalLines', {
    JournalNumber,
    ItemNumber: itemNumber,
    InventorySiteId: '1',
    InventoryWarehouseId: '13',
    InventoryQuantity: quantity,
    ...values,
  })
  return done(app, 'post-inventory-journal', { journalNumber: JournalNumber })
}

/** A customer with an order of one line; gives the line with its lot. */
export async function addOrder(app: TestApp, line: Json, header: Json = {}): Promise<Json> {
  const { SalesOrderNumber } = await create(app, 'SalesOrderHeadersV2', {
    OrderingCustomerAccountNumber: 'C-1',
    InvoiceCustomerAccountNumber: 'C-1',
    RequestedShippingDate: '2025-02-20T12:00:00Z',
    ...header,
  })
  return create(app, 'SalesOrderLines', { SalesOrderNumber, ShippingSiteId: '1', ShippingWarehouseId: '13', ...line })
}

export const addCustomer = (app: TestApp): Promise<Json> =>
  create(app, 'CustomersV3', {
    CustomerAccount: 'C-1',
    OrganizationName: 'Halvorsen Marine Supply',
    PartyType: 'Organization',
    CustomerGroupId: '10',
    SalesCurrencyCode: 'USD',
  })

/** The on-hand row of an item in warehouse 13. */
export async function onHand(app: TestApp, itemNumber: string, warehouse = '13'): Promise<Json> {
  const reply = await app.get(
    `${D}/WarehousesOnHandV2?$filter=dataAreaId eq '${COMPANY}' and ItemNumber eq '${itemNumber}' and InventoryWarehouseId eq '${warehouse}'`,
  )
  return reply.json.value[0]
}
