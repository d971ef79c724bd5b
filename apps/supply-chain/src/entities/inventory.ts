import {
  choice,
  date,
  dateTime,
  type EntityProperty,
  entity,
  int,
  key,
  long,
  READ_ONLY,
  real,
  refersTo,
  text,
  toMany,
  toOne,
  yesNo,
} from './entity.ts'
import { PRODUCT_DIMENSION_FIELDS, productDimensions } from './product-dimensions.ts'

const item = () => text('ItemNumber', 20, { label: 'Item number' })

/** The dimensions of a stock row, as `InventDim` has them; blank where one is not used. Source: Supply Chain specification, 4.2. */
const DIMENSIONS: readonly EntityProperty[] = [
  ...productDimensions(),
  // A place where stock ever was is not deleted.
  text('InventorySiteId', 10, { label: 'Site', ...refersTo('OperationalSiteV2', 'SiteId') }),
  text('InventoryWarehouseId', 10, { label: 'Warehouse', ...refersTo('Warehouse', 'WarehouseId') }),
  text('ItemBatchNumber', 20, { label: 'Batch number' }),
  text('ItemSerialNumber', 20, { label: 'Serial number' }),
  text('InventoryStatusId', 10, { label: 'Inventory status', ...refersTo('InventoryStatus', 'InventoryStatusId') }),
]

/** Status, quantity, days, documents and cost of a transaction. */
const movement = (): EntityProperty[] => [
  choice('StatusIssue', 'StatusIssue', { label: 'Issue' }),
  choice('StatusReceipt', 'StatusReceipt', { label: 'Receipt' }),
  real('Qty', { label: 'Quantity' }),
  date('DateExpected'),
  date('DatePhysical'),
  date('DateFinancial'),
  text('VoucherPhysical', 20),
  text('Voucher', 20),
  text('PackingSlipId', 20),
  text('InvoiceId', 20),
  real('CostAmountPhysical'),
  real('CostAmountPosted'),
  real('CostAmountAdjustment'),
]

/** `InventDim`: one id per set of dimensions; the id follows from their values. */
export const INVENT_DIM = entity({
  name: 'InventDim',
  collection: 'InventDims',
  aotName: 'InventDim',
  label: 'Inventory dimensions',
  category: 'Transaction',
  storage: ['inventory_dimension', 'InventDim', 'Inventory dimensions'],
  isInternal: true,
  properties: [key('inventDimId', 20, { label: 'Dimension No.' }), ...DIMENSIONS],
})

/** `InventTransOrigin`: one row per lot, what its transactions belong to and the dimensions it has now. */
export const INVENT_TRANS_ORIGIN = entity({
  name: 'InventTransOrigin',
  collection: 'InventTransOrigins',
  aotName: 'InventTransOrigin',
  label: 'Inventory transactions originator',
  category: 'Transaction',
  storage: ['inventory_transaction_origin', 'InventTransOrigin', 'Inventory transactions originator'],
  isInternal: true,
  properties: [
    key('InventTransId', 20, { label: 'Lot ID' }),
    choice('ReferenceCategory', 'InventTransType', { label: 'Reference' }),
    text('ReferenceId', 20, { label: 'Number' }),
    item(),
    text('inventDimId', 20, { label: 'Dimension No.' }),
    // The lot whose issue a return gives back: its cost comes from there.
    text('ReturnInventTransId', 20, { label: 'Return lot ID' }),
    date('DateExpected'),
  ],
})

/** `InventTrans`: a part of a lot in one status. Issues have a negative quantity. `SplitNumber` counts within the lot. */
export const INVENT_TRANS = entity({
  name: 'InventTrans',
  collection: 'InventTranses',
  aotName: 'InventTrans',
  label: 'Inventory transactions (table)',
  category: 'Transaction',
  storage: ['inventory_transaction', 'InventTrans', 'Inventory transactions'],
  isInternal: true,
  properties: [
    key('InventTransId', 20, { label: 'Lot ID' }),
    int('SplitNumber', { isKey: true }),
    item(),
    text('inventDimId', 20, { label: 'Dimension No.' }),
    ...movement(),
    yesNo('ValueOpen', { defaultValue: 'Yes' }),
    date('DateClosed'),
    // Quantity and cost that inventory close has settled, signs as in Qty.
    real('QtySettled'),
    real('CostAmountSettled'),
    // Where a deducted part came from, so that a cancelled packing slip gives it back there.
    choice('StatusBefore', 'StatusIssue'),
  ],
})

/** The columns of `InventSum`; all of them are sums over transactions. Source: Supply Chain specification, 4.1. */
export const SUM_COLUMNS = [
  'PostedQty',
  'PostedValue',
  'PhysicalValue',
  'Received',
  'Deducted',
  'Registered',
  'Picked',
  'ReservPhysical',
  'ReservOrdered',
  'OnOrder',
  'Ordered',
  'Arrived',
] as const

/** `InventSum`: per item and dimensions the sums of the transactions; always equal to them. */
export const INVENT_SUM = entity({
  name: 'InventSum',
  collection: 'InventSums',
  aotName: 'InventSum',
  label: 'On-hand inventory (table)',
  category: 'Transaction',
  storage: ['inventory_sum', 'InventSum', 'On-hand inventory'],
  isInternal: true,
  properties: [
    { ...item(), isKey: true, isMandatory: true, allowEdit: false },
    key('inventDimId', 20, { label: 'Dimension No.' }),
    // The same dimensions without batch, serial number and status: rows that share it are locked and checked together.
    text('AnchorDimId', 20),
    ...DIMENSIONS,
    ...SUM_COLUMNS.map((name) => real(name)),
  ],
})

/** Inventory transactions as clients read them. */
export const INVENT_TRANS_CDS = entity({
  name: 'InventTransCDSEntity',
  collection: 'InventTransCDSEntities',
  aotName: 'InventTransCDSEntity',
  label: 'Inventory transactions',
  category: 'Transaction',
  storage: ['inventory_transaction_view', 'InventTrans', 'Inventory transactions'],
  isView: true,
  properties: [
    long('InventTransOrigin', { isKey: true }),
    key('inventDimId', 20, { label: 'Dimension No.' }),
    long('RecordId', { isKey: true }),
    item(),
    text('InventTransId', 20, { label: 'Lot ID' }),
    choice('ReferenceCategory', 'InventTransType', { label: 'Reference' }),
    text('ReferenceId', 20, { label: 'Number' }),
    ...DIMENSIONS,
    ...movement(),
    yesNo('ValueOpen'),
  ],
})

const ON_HAND_QUANTITIES = [
  'OnHandQuantity',
  'ReservedOnHandQuantity',
  'AvailableOnHandQuantity',
  'OrderedQuantity',
  'ReservedOrderedQuantity',
  'AvailableOrderedQuantity',
  'OnOrderQuantity',
  'TotalAvailableQuantity',
] as const

const onHandKey = (...names: readonly string[]): EntityProperty[] => [
  { ...item(), isKey: true, isMandatory: true },
  ...[...PRODUCT_DIMENSION_FIELDS, ...names].map((name) => ({ ...key(name, 10), isMandatory: false })),
]

export const WAREHOUSES_ON_HAND = entity({
  name: 'WarehouseOnHandV2',
  collection: 'WarehousesOnHandV2',
  aotName: 'InventWarehouseOnHandV2Entity',
  label: 'Inventory on-hand by warehouse V2',
  category: 'Transaction',
  storage: ['warehouse_on_hand_view', 'InventSum', 'On-hand inventory'],
  isView: true,
  properties: [
    ...onHandKey('InventorySiteId', 'InventoryWarehouseId'),
    text('ProductName', 100),
    ...ON_HAND_QUANTITIES.map((name) => real(name)),
    yesNo('AreWarehouseManagementProcessesUsed'),
  ],
})

export const SITES_ON_HAND = entity({
  name: 'InventorySiteOnHandV2',
  collection: 'InventorySitesOnHandV2',
  aotName: 'InventorySiteOnHandV2Entity',
  label: 'Inventory on-hand by site V2',
  category: 'Transaction',
  storage: ['site_on_hand_view', 'InventSum', 'On-hand inventory'],
  isView: true,
  properties: [
    ...onHandKey('InventorySiteId'),
    text('ProductName', 100),
    ...ON_HAND_QUANTITIES.map((name) => real(name)),
    yesNo('AreWarehouseManagementProcessesUsed'),
  ],
})

const site = (name: string, options = {}) => text(name, 10, { label: 'Site', ...refersTo('OperationalSiteV2', 'SiteId'), ...options })
const warehouse = (name: string, options = {}) =>
  text(name, 10, { label: 'Warehouse', ...refersTo('Warehouse', 'WarehouseId'), ...options })
const requestId = () => key('RequestId', 40, { label: 'Request' })

/** A question for the stock of a product; its entries are the answer as of the moment when it was asked. */
export const ON_HAND_REQUESTS = entity({
  name: 'CDSInventoryOnHandRequest',
  collection: 'CDSInventoryOnHandRequests',
  aotName: 'InventWarehouseOnHandCDSEntity',
  label: 'CDS inventory on-hand by warehouse',
  category: 'Transaction',
  storage: ['on_hand_request', 'InventOnHandRequestCDS', 'Inventory on-hand requests'],
  properties: [
    requestId(),
    text('ProductNumber', 70, { isMandatory: true, allowEdit: false }),
    site('InventorySiteId', { allowEdit: false }),
    warehouse('InventoryWarehouseId', { allowEdit: false }),
    real('OrderQuantity', { allowEdit: false }),
    yesNo('IsATPCalculation', { allowEdit: false }),
    text('ReferenceNumber', 20, { allowEdit: false }),
    int('LineCreationSequenceNumber', { allowEdit: false }),
    dateTime('CalculatedDateTime', READ_ONLY),
  ],
  navigation: [toMany('CDSInventoryOnHandEntries', 'CDSInventoryOnHandEntry', ['RequestId', 'RequestId'])],
})

export const ON_HAND_ENTRIES = entity({
  name: 'CDSInventoryOnHandEntry',
  collection: 'CDSInventoryOnHandEntries',
  aotName: 'InventWarehouseOnHandEntryCDSEntity',
  label: 'CDS inventory on-hand entries',
  category: 'Transaction',
  storage: ['on_hand_entry', 'InventOnHandEntryCDS', 'Inventory on-hand entries'],
  isPosted: true,
  properties: [
    requestId(),
    { ...key('InventorySiteId', 10, { label: 'Site' }), isMandatory: false },
    { ...key('InventoryWarehouseId', 10, { label: 'Warehouse' }), isMandatory: false },
    date('ATPDate', { isKey: true, isMandatory: false }),
    text('ProductNumber', 70),
    ...ON_HAND_QUANTITIES.map((name) => real(name)),
    real('UnavailableOnHandQuantity'),
    real('ATPQuantity'),
    real('ProjectedOnHandQuantity'),
    real('ProjectedIssueQuantity'),
    real('ProjectedReceiptQuantity'),
  ],
  navigation: [toOne('CDSInventoryOnHandRequest', 'CDSInventoryOnHandRequest', ['RequestId', 'RequestId'])],
})

/** Stock: dimensions, lots, transactions and their sums; what clients read of them. */
export const INVENTORY_ENTITIES = [
  INVENT_DIM,
  INVENT_TRANS_ORIGIN,
  INVENT_TRANS,
  INVENT_SUM,
  INVENT_TRANS_CDS,
  WAREHOUSES_ON_HAND,
  SITES_ON_HAND,
  ON_HAND_REQUESTS,
  ON_HAND_ENTRIES,
]
