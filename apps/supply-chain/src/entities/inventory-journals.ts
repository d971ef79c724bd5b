import {
  choice,
  date,
  dateTime,
  type Entity,
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
import { productDimensions } from './product-dimensions.ts'

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
  ...productDimensions(),
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

/** Header and lines of one kind of journal. `kind` is as in `InventoryCountingJournalHeader`; `own` are the fields of its lines. */
function journalEntities(kind: 'Counting' | 'Adjustment' | 'Receipt', ...own: readonly EntityProperty[]): Entity[] {
  const [header, line] = [`Inventory${kind}JournalHeader`, `Inventory${kind}JournalLine`]
  const view = `${kind.toLowerCase()}_journal`
  const label = `Inventory ${kind.toLowerCase()} journal`
  const byNumber = ['JournalNumber', 'JournalNumber'] as const
  return [
    entity({
      name: header,
      collection: `${header}s`,
      aotName: `Invent${header}Entity`,
      label: `${label} headers`,
      category: 'Transaction',
      storage: JOURNAL_STORAGE,
      readsFrom: `${view}_view`,
      properties: JOURNAL_HEADER,
      navigation: [toMany(`${line}s`, line, byNumber)],
    }),
    entity({
      name: line,
      collection: `${line}s`,
      aotName: `Invent${line}Entity`,
      label: `${label} lines`,
      category: 'Transaction',
      storage: LINE_STORAGE,
      readsFrom: `${view}_line_view`,
      properties: journalLine(...own),
      navigation: [toOne(header, header, byNumber)],
    }),
  ]
}

/** Journals that bring goods in and out: headers before lines. One pair of tables has all three kinds. */
export const INVENTORY_JOURNAL_ENTITIES = [
  // What is there; posting books the difference to what the application holds.
  ...journalEntities('Counting', real('CountedQuantity', { label: 'Counted' })),
  // A quantity in or out, posted at once.
  ...journalEntities('Adjustment', real('InventoryQuantity', { label: 'Quantity' })),
  // Ordered for a date, then registered, received and purchased by command.
  ...journalEntities(
    'Receipt',
    real('InventoryQuantity', { label: 'Quantity' }),
    date('ExpectedReceiptDate', { label: 'Expected receipt date' }),
    choice('ReceiptStatus', 'StatusReceipt', READ_ONLY),
  ),
]
