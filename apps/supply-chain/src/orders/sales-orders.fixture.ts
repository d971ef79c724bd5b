import { openScratchDatabase, type TestScope } from '@p2c/base'
import { updateTotals } from '../calculation/update-totals.ts'
import type { FieldValues } from '../domain/field-value.ts'
import { WRITE_EFFECTS } from '../effects.ts'
import { findEntityByName, tableByRelation } from '../entities/catalogue.ts'
import { createImportRows } from '../packages/import-rows.ts'
import type { ImportOutcome } from '../packages/package-model.ts'
import { updateRows } from '../store/rows.ts'
import {
  type Answer,
  type AppOptions,
  aCustomer,
  D,
  filledDatabase,
  type Json,
  startTestApp,
  type TestApp,
} from '../supply-chain-app.fixture.ts'
import { lockOrders, orderKeyText } from './lock-order.ts'
import { type RefreshOptions, refreshOrders } from './refresh-orders.ts'

/** The application with what sales orders need: two customers mastered in Sales, an item in stock units, a variant master, an item in boxes. */
export interface OrderApp extends TestApp {
  /** Creates a row; fails the test where it is refused. */
  add(collection: string, row: Json): Promise<Json>
  /** Creates an order of customer C-1 through the CDS entity. */
  addOrder(number: string, values?: Json): Promise<Json>
  /** Adds a line of DW-40 to an order. */
  addLine(order: string, values?: Json): Promise<Json>
  order(number: string, collection?: string): Promise<Json>
  /** What a posting leaves on every line of an order, as postings store it. */
  postDocument(number: string, line: FieldValues, options?: RefreshOptions): Promise<void>
  /** Calculates the totals of every order. */
  runTotals(): Promise<void>
  /** Upserts rows of an entity as a package import does. */
  importRows(entityName: string, rows: readonly FieldValues[]): Promise<readonly ImportOutcome[]>
  lines(number: string): Promise<Json[]>
}

export const CDS_HEADERS = `${D}/CDSSalesOrderHeaders`
export const CDS_LINES = `${D}/CDSSalesOrderLines`
export const LINES = `${D}/SalesOrderLines`
export const headerAddress = (number: string, collection = 'CDSSalesOrderHeaders'): string =>
  `${D}/${collection}(dataAreaId='usmf',SalesOrderNumber='${number}')`
export const lineAddress = (order: string, sequence: number): string =>
  `${CDS_LINES}(dataAreaId='usmf',SalesOrderNumber='${order}',LineCreationSequenceNumber=${sequence})`

const release = (ItemNumber: string, values: Json = {}): Json => ({
  dataAreaId: 'usmf',
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
  SalesPrice: 100,
  SalesSalesTaxItemGroupCode: 'ALL',
  ...values,
})

const customer = (CustomerAccount: string, values: Json = {}): Json =>
  aCustomer({
    dataAreaId: 'usmf',
    CustomerAccount,
    OrganizationName: `Customer ${CustomerAccount}`,
    SalesCurrencyCode: 'USD',
    LanguageId: 'en-us',
    SiteId: '1',
    WarehouseId: '13',
    IsExternallyMaintained: 'Yes',
    ...values,
  })

const MASTER_DATA: readonly (readonly [collection: string, row: Json])[] = [
  [
    'CustomersV3',
    customer('C-1', {
      PaymentTerms: 'Net30',
      DeliveryMode: '10',
      AddressStreet: 'Dock 1',
      AddressCity: 'Bergen',
      AddressCountryRegionId: 'NOR',
    }),
  ],
  ['CustomersV3', customer('C-2', { IsExternallyMaintained: 'No', SalesCurrencyCode: 'EUR', PaymentTerms: 'Net10', AddressCity: 'Oslo' })],
  ['ReleasedProductCreationsV2', release('DW-40')],
  ['ReleasedProductCreationsV2', release('BX-1', { SalesUnitSymbol: 'box', ProductName: 'Boxed' })],
  [
    'ReleasedProductCreationsV2',
    release('TS-1', { ProductSubType: 'ProductMaster', ProductDimensionGroupName: 'SizeCol', ProductName: 'Shirt' }),
  ],
  [
    'ReleasedProductVariantsV2',
    { dataAreaId: 'usmf', ItemNumber: 'TS-1', ProductSizeId: 'M', ProductColorId: 'Red', ProductVariantNumber: 'TS-1-M-RED' },
  ],
]

const addRow = async (app: TestApp, collection: string, row: Json): Promise<Json> => {
  const reply: Answer = await app.post(`${D}/${collection}`, row)
  if (reply.status !== 201) throw new Error(`${collection} ${reply.status}: ${reply.text}`)
  return reply.json
}

async function addMasterData(app: TestApp): Promise<void> {
  for (const [collection, row] of MASTER_DATA) await addRow(app, collection, row)
}

const WITH_MASTER_DATA = filledDatabase('supplychainorders', addMasterData)

export async function startOrders(scope: TestScope, options: AppOptions = {}): Promise<OrderApp> {
  const database = options.database ?? (await openScratchDatabase(scope, { prepared: WITH_MASTER_DATA }))
  const app = await startTestApp(scope, { ...options, database })
  if (options.database !== undefined) await addMasterData(app)
  const add = (collection: string, row: Json): Promise<Json> => addRow(app, collection, row)
  return {
    ...app,
    add,
    addOrder: (SalesOrderNumber, values = {}) =>
      add('CDSSalesOrderHeaders', { dataAreaId: 'usmf', SalesOrderNumber, OrderingCustomerAccountNumber: 'C-1', ...values }),
    addLine: (SalesOrderNumber, values = {}) =>
      add('CDSSalesOrderLines', {
        dataAreaId: 'usmf',
        SalesOrderNumber,
        ProductNumber: 'DW-40',
        OrderedSalesQuantity: 10,
        SalesPrice: 25.5,
        ...values,
      }),
    postDocument: (salesOrderNumber, line, options) =>
      app.database.transaction(async (sql) => {
        const key = { dataAreaId: 'usmf', salesOrderNumber }
        const order = (await lockOrders(sql, [key])).get(orderKeyText(key))
        if (order === undefined) throw new Error(`no order ${salesOrderNumber}`)
        const updates = order.lines.map((stored) => ({ stored, after: { ...stored.values, ...line } }))
        await updateRows(sql, tableByRelation('sales_order_line'), updates)
        await refreshOrders(sql, [key], options)
      }),
    runTotals: () =>
      app.database.transaction(async (sql) => {
        const { rows: orders } = await sql.query<{ number: string }>('select sales_order_number as number from sales_order')
        await updateTotals(sql, { kind: 'order', keys: orders.map(({ number }) => ({ dataAreaId: 'usmf', number })), now: app.clock.now() })
      }),
    importRows: (entityName, rows) => {
      const entity = findEntityByName(entityName)
      if (entity === undefined) throw new Error(`no entity ${entityName}`)
      const write = createImportRows({ database: app.database, clock: app.clock, effects: WRITE_EFFECTS })
      return write(
        entity,
        'usmf',
        rows.map((values) => ({ values })),
      )
    },
    order: async (number, collection) => (await app.get(headerAddress(number, collection))).json,
    lines: async (number) =>
      (await app.get(`${CDS_LINES}?$filter=SalesOrderNumber eq '${number}'&$orderby=LineCreationSequenceNumber`)).json.value,
  }
}
