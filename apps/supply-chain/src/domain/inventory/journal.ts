import { decimal } from '@p2c/base'
import { PRODUCT_DIMENSION_FIELDS } from '../../entities/product-dimensions.ts'
import { accept, type Decision, type Facts, refuse, type TableRules, type WriteCandidate } from '../decision.ts'
import { at, EMPTY_DATE, type FieldValues } from '../field-value.ts'
import { type InfologEntry, refuseField, refuseRow } from '../messages.ts'
import { alignSite, type PlaceFields, warehouseQuestions } from '../site-and-warehouse.ts'

/** Kinds of inventory journals. */
export type JournalType = 'Adjustment' | 'Counting' | 'Receipt'

/** Three pairs of entities show one pair of tables; each makes journals of its own type. */
const TYPES: Readonly<Record<string, JournalType>> = {
  InventoryAdjustmentJournalHeader: 'Adjustment',
  InventoryAdjustmentJournalLine: 'Adjustment',
  InventoryCountingJournalHeader: 'Counting',
  InventoryCountingJournalLine: 'Counting',
  InventoryReceiptJournalHeader: 'Receipt',
  InventoryReceiptJournalLine: 'Receipt',
}

/** All three headers are one table: facts are asked for under this name. */
const HEADER = 'InventoryCountingJournalHeader'
const PRODUCT = 'DocumentProduct'
const PLACE: PlaceFields = { site: 'InventorySiteId', warehouse: 'InventoryWarehouseId' }

const isSame = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase()

const posted = (row: FieldValues): InfologEntry => refuseRow('E26', at(row, 'JournalNumber'))

/** Saying again what is stored is no change. */
const isChanged = ({ before, row }: WriteCandidate): boolean =>
  before === undefined || Object.keys(row).some((name) => row[name] !== before[name])

function decideJournal(candidate: WriteCandidate): Decision {
  const { before, row, entityName } = candidate
  const type = TYPES[entityName] ?? 'Adjustment'
  if (before !== undefined && at(before, 'JournalType') !== type) return refuse(refuseRow('L36', at(row, 'JournalNumber')))
  if (at(before, 'IsPosted') === 'Yes' && isChanged(candidate)) return refuse(posted(row))
  return accept(before === undefined ? { ...row, JournalType: type } : row)
}

/** Inventory journals: numbered, of the type of the entity that made them, and final once they are posted. */
export const INVENTORY_JOURNAL_RULES: TableRules = {
  decide: decideJournal,
  refuseDelete: (row) => (at(row, 'IsPosted') === 'Yes' ? [posted(row)] : []),
  numbered: { JournalNumber: 'InventJournalId' },
  cascade: [{ relation: 'inventory_journal_line', by: [['JournalNumber', 'JournalNumber']] }],
}

/** The product of a line; undefined where no product of the item has its dimensions. */
const productOf = (row: FieldValues, facts: Facts): FieldValues | undefined =>
  facts
    .findAll(PRODUCT, 'ItemNumber', at(row, 'ItemNumber'))
    .find((product) => PRODUCT_DIMENSION_FIELDS.every((name) => isSame(at(product, name), at(row, name))))

function unknownProduct(row: FieldValues, facts: Facts): InfologEntry {
  const inactive = PRODUCT_DIMENSION_FIELDS.find(
    (name) => at(row, name) !== '' && facts.findAll(PRODUCT, 'ItemNumber', at(row, 'ItemNumber')).every((each) => at(each, name) === ''),
  )
  return inactive === undefined ? refuseField('ItemNumber', 'E18', at(row, 'ItemNumber')) : refuseField(inactive, 'E06', inactive)
}

/** Dimensions that a line may name only where the groups of the item make them active. Source: Supply Chain specification, 4.2 and E06. */
const TRACKED = [
  { field: 'InventoryWarehouseId', isActive: 'IsWarehouseActive', label: 'Warehouse' },
  { field: 'ItemBatchNumber', isActive: 'IsBatchNumberActive', label: 'Batch number' },
  { field: 'ItemSerialNumber', isActive: 'IsSerialNumberActive', label: 'Serial number' },
]

const isNegative = (row: FieldValues, field: string): boolean => decimal(at(row, field) || '0').lessThan(0)
const isZero = (row: FieldValues, field: string): boolean => decimal(at(row, field) || '0').isZero()

function quantityProblems(row: FieldValues, type: JournalType): InfologEntry[] {
  if (type === 'Counting') return isNegative(row, 'CountedQuantity') ? [refuseField('CountedQuantity', 'L04', 'Counted')] : []
  if (type === 'Receipt' && (isNegative(row, 'InventoryQuantity') || isZero(row, 'InventoryQuantity')))
    return [refuseField('InventoryQuantity', 'L14', 'Quantity')]
  return isZero(row, 'InventoryQuantity') ? [refuseField('InventoryQuantity', 'L29', 'Quantity')] : []
}

function lineProblems(row: FieldValues, product: FieldValues, type: JournalType): InfologEntry[] {
  return [
    ...(at(product, 'IsStockedProduct') === 'Yes' ? [] : [refuseField('ItemNumber', 'L38', at(row, 'ItemNumber'))]),
    ...(at(row, 'InventorySiteId') === '' ? [refuseRow('E04')] : []),
    ...TRACKED.filter(({ field, isActive }) => at(row, field) !== '' && at(product, isActive) !== 'Yes').map(({ field, label }) =>
      refuseField(field, 'E06', label),
    ),
    ...quantityProblems(row, type),
    ...(isNegative(row, 'CostPrice') ? [refuseField('CostPrice', 'L04', 'Cost price')] : []),
    ...(isNegative(row, 'CostPriceQuantity') ? [refuseField('CostPriceQuantity', 'L14', 'Price unit')] : []),
  ]
}

/** Goods of a receipt that have come in, if only in part, belong to what was ordered. */
const isReceivedInPart = (line: FieldValues | undefined): boolean =>
  at(line, 'JournalType') === 'Receipt' && !['Ordered', 'None', ''].includes(at(line, 'ReceiptStatus'))

const movedLine = (line: FieldValues): InfologEntry => refuseRow('L37', at(line, 'LineNumber'), at(line, 'JournalNumber'))

function withDefaults({ row, before, today }: WriteCandidate, type: JournalType): FieldValues {
  const day = (name: string): string => (at(row, name) === EMPTY_DATE ? today : at(row, name))
  return {
    ...row,
    JournalType: type,
    TransactionDate: day('TransactionDate'),
    CostPriceQuantity: isZero(row, 'CostPriceQuantity') ? '1' : at(row, 'CostPriceQuantity'),
    ...(type === 'Receipt' && {
      ExpectedReceiptDate: day('ExpectedReceiptDate'),
      ReceiptStatus: before === undefined ? 'Ordered' : at(before, 'ReceiptStatus'),
    }),
  }
}

function decideLine(candidate: WriteCandidate): Decision {
  const { before, given, facts, entityName } = candidate
  const type = TYPES[entityName] ?? 'Adjustment'
  const row = withDefaults(candidate, type)
  const header = facts.find(HEADER, 'JournalNumber', at(row, 'JournalNumber'))
  if (header === undefined) return refuse(refuseField('JournalNumber', 'E01', at(row, 'JournalNumber'), 'Journal', 'Inventory journals'))
  if (at(header, 'JournalType') !== type) return refuse(refuseRow('L36', at(row, 'JournalNumber')))
  const isOther = isChanged({ ...candidate, row })
  if (at(header, 'IsPosted') === 'Yes' && isOther) return refuse(posted(row))
  if (isReceivedInPart(before) && isOther) return refuse(movedLine(row))
  const product = productOf(row, facts)
  if (product === undefined) return refuse(unknownProduct(row, facts))
  const place = alignSite({ row, given: new Set([...given].filter((name) => at(row, name) !== '')), fields: PLACE, facts })
  if ('entry' in place) return refuse(place.entry)
  const spelled = Object.fromEntries(PRODUCT_DIMENSION_FIELDS.map((name) => [name, at(product, name)]))
  const decided = { ...row, ...spelled, ...place.values }
  const problems = lineProblems(decided, product, type)
  return problems.length > 0 ? refuse(...problems) : accept(decided)
}

/**
 * Lines of inventory journals: a stocked product with its dimensions, a place, a quantity that fits the type. What was posted stays as it
 * is. Each line has a lot. Source: Supply Chain specification, 4.1 and 4.2.
 */
export const INVENTORY_JOURNAL_LINE_RULES: TableRules = {
  questions: (row) => [
    { entityName: HEADER, field: 'JournalNumber', value: at(row, 'JournalNumber') },
    { entityName: PRODUCT, field: 'ItemNumber', value: at(row, 'ItemNumber'), isMany: true },
    ...warehouseQuestions(row, PLACE),
  ],
  decide: decideLine,
  refuseDelete: (row) => {
    if (at(row, 'IsPosted') === 'Yes') return [posted(row)]
    return isReceivedInPart(row) ? [movedLine(row)] : []
  },
  parent: { entityName: HEADER, by: [['JournalNumber', 'JournalNumber']] },
  numberedWithin: [{ field: 'LineNumber', within: ['JournalNumber'] }],
  numbered: { InventoryLotId: 'InventTransId' },
}
