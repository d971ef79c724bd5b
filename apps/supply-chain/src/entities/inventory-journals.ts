import {
  choice,
  date,
  dateTime,
  type EntityProperty,
  entity,
  int,
  key,
  READ_ONLY,
  real,
  refersTo,
  text,
  toMany,
  toOne,
  yesNo,
} from './entity.ts'

const PRODUCT_DIMENSIONS = ['ProductConfigurationId', 'ProductColorId', 'ProductSizeId', 'ProductStyleId', 'ProductVersionId'] as const

const JOURNAL_HEADER: readonly EntityProperty[] = [
  key('JournalNumber', 20, { label: 'Journal', isMandatory: false }),
  text('JournalNameId', 10, { label: 'Name' }),
  text('Description', 60),
  choice('JournalType', 'InventJournalType', READ_ONLY),
  yesNo('IsPosted', READ_ONLY),
  dateTime('PostedDateTime', READ_ONLY),
]

const JOURNAL_STORAGE = ['inventory_journal', 'InventJournalTable', 'Inventory journals'] as const
const LINE_STORAGE = ['inventory_journal_line', 'InventJournalTrans', 'Inventory journal lines'] as const

const journalLine = (...own: readonly EntityProperty[]): readonly EntityProperty[] => [
  // Lines go with their journal: the rules of the line look for it, not a reference, which would keep the journal.
  key('JournalNumber', 20, { label: 'Journal' }),
  int('LineNumber', { isKey: true, isMandatory: false }),
  text('ItemNumber', 20, { label: 'Item number', isMandatory: true, ...refersTo('ReleasedProductV2', 'ItemNumber') }),
  ...PRODUCT_DIMENSIONS.map((name) => text(name, 10)),
  text('InventorySiteId', 10, { label: 'Site', ...refersTo('OperationalSiteV2', 'SiteId') }),
  text('InventoryWarehouseId', 10, { label: 'Warehouse', ...refersTo('Warehouse', 'WarehouseId') }),
  text('ItemBatchNumber', 20, { label: 'Batch number' }),
  text('ItemSerialNumber', 20, { label: 'Serial number' }),
  text('InventoryStatusId', 10, { label: 'Inventory status', ...refersTo('InventoryStatus', 'InventoryStatusId') }),
  date('TransactionDate', { label: 'Date' }),
  ...own,
  real('CostPrice'),
  real('CostPriceQuantity', { label: 'Price unit', defaultValue: '1' }),
  choice('JournalType', 'InventJournalType', READ_ONLY),
  yesNo('IsPosted', READ_ONLY),
  text('InventoryLotId', 20, { label: 'Lot ID', ...READ_ONLY }),
]

/** Counting: what is there; posting books the difference to what the application holds. */
export const COUNTING_JOURNALS = entity({
  name: 'InventoryCountingJournalHeader',
  collection: 'InventoryCountingJournalHeaders',
  aotName: 'InventInventoryCountingJournalHeaderEntity',
  label: 'Inventory counting journal headers',
  category: 'Transaction',
  storage: JOURNAL_STORAGE,
  readsFrom: 'counting_journal_view',
  properties: JOURNAL_HEADER,
  navigation: [toMany('InventoryCountingJournalLines', 'InventoryCountingJournalLine', ['JournalNumber', 'JournalNumber'])],
})

export const COUNTING_JOURNAL_LINES = entity({
  name: 'InventoryCountingJournalLine',
  collection: 'InventoryCountingJournalLines',
  aotName: 'InventInventoryCountingJournalLineEntity',
  label: 'Inventory counting journal lines',
  category: 'Transaction',
  storage: LINE_STORAGE,
  readsFrom: 'counting_journal_line_view',
  properties: journalLine(real('CountedQuantity', { label: 'Counted' })),
  navigation: [toOne('InventoryCountingJournalHeader', 'InventoryCountingJournalHeader', ['JournalNumber', 'JournalNumber'])],
})

/** Adjustment: a quantity in or out, posted at once. */
export const ADJUSTMENT_JOURNALS = entity({
  name: 'InventoryAdjustmentJournalHeader',
  collection: 'InventoryAdjustmentJournalHeaders',
  aotName: 'InventInventoryAdjustmentJournalHeaderEntity',
  label: 'Inventory adjustment journal headers',
  category: 'Transaction',
  storage: JOURNAL_STORAGE,
  readsFrom: 'adjustment_journal_view',
  properties: JOURNAL_HEADER,
  navigation: [toMany('InventoryAdjustmentJournalLines', 'InventoryAdjustmentJournalLine', ['JournalNumber', 'JournalNumber'])],
})

export const ADJUSTMENT_JOURNAL_LINES = entity({
  name: 'InventoryAdjustmentJournalLine',
  collection: 'InventoryAdjustmentJournalLines',
  aotName: 'InventInventoryAdjustmentJournalLineEntity',
  label: 'Inventory adjustment journal lines',
  category: 'Transaction',
  storage: LINE_STORAGE,
  readsFrom: 'adjustment_journal_line_view',
  properties: journalLine(real('InventoryQuantity', { label: 'Quantity' })),
  navigation: [toOne('InventoryAdjustmentJournalHeader', 'InventoryAdjustmentJournalHeader', ['JournalNumber', 'JournalNumber'])],
})

/** Expected receipts: ordered for a date, then registered, received and purchased by command. */
export const RECEIPT_JOURNALS = entity({
  name: 'InventoryReceiptJournalHeader',
  collection: 'InventoryReceiptJournalHeaders',
  aotName: 'InventInventoryReceiptJournalHeaderEntity',
  label: 'Inventory receipt journal headers',
  category: 'Transaction',
  storage: JOURNAL_STORAGE,
  readsFrom: 'receipt_journal_view',
  properties: JOURNAL_HEADER,
  navigation: [toMany('InventoryReceiptJournalLines', 'InventoryReceiptJournalLine', ['JournalNumber', 'JournalNumber'])],
})

export const RECEIPT_JOURNAL_LINES = entity({
  name: 'InventoryReceiptJournalLine',
  collection: 'InventoryReceiptJournalLines',
  aotName: 'InventInventoryReceiptJournalLineEntity',
  label: 'Inventory receipt journal lines',
  category: 'Transaction',
  storage: LINE_STORAGE,
  readsFrom: 'receipt_journal_line_view',
  properties: journalLine(
    real('InventoryQuantity', { label: 'Quantity' }),
    date('ExpectedReceiptDate', { label: 'Expected receipt date' }),
    choice('ReceiptStatus', 'StatusReceipt', READ_ONLY),
  ),
  navigation: [toOne('InventoryReceiptJournalHeader', 'InventoryReceiptJournalHeader', ['JournalNumber', 'JournalNumber'])],
})

/** Journals that bring goods in and out: headers before lines. One pair of tables has all three kinds. */
export const INVENTORY_JOURNAL_ENTITIES = [
  COUNTING_JOURNALS,
  COUNTING_JOURNAL_LINES,
  ADJUSTMENT_JOURNALS,
  ADJUSTMENT_JOURNAL_LINES,
  RECEIPT_JOURNALS,
  RECEIPT_JOURNAL_LINES,
]
