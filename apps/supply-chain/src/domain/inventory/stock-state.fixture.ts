import { decimal } from '@p2c/base'
import { DEFAULT_ROUNDING } from '../pricing/rounding.ts'
import { type Dimensions, dimensionsOf } from './dimensions.ts'
import type { ItemFacts } from './item-facts.ts'
import { applyLine, type LotLine } from './lot-lines.ts'
import { createStockBook, type StockBook } from './stock-book.ts'
import { placeOf, type StockState } from './stock-state.ts'

/** Stock of item `A` in memory: no transactions, default cost 2.00. */
export function aState(
  facts: Partial<ItemFacts> = {},
  options: Partial<Pick<StockState, 'mayReserveOrdered' | 'returnedIssues'>> = {},
): StockState {
  const item: ItemFacts = {
    itemNumber: 'A',
    isStocked: true,
    isNegativePhysicalAllowed: false,
    isNegativeFinancialAllowed: true,
    isPickingRequired: false,
    isDeductionRequired: false,
    isRegistrationRequired: false,
    isReceivingRequired: false,
    isPhysicalValueIncluded: true,
    costingMethod: 'FIFO',
    isWarehouseActive: true,
    isBatchActive: false,
    isSerialActive: false,
    isBlankBatchIssueAllowed: false,
    unitCost: decimal('2'),
    costRounding: DEFAULT_ROUNDING,
    ...facts,
  }
  return {
    items: new Map([['a', item]]),
    places: { blockingStatuses: new Set(['blocked']), defaultStatuses: new Map() },
    mayReserveOrdered: false,
    lots: new Map(),
    rows: new Map(),
    sharedRows: new Map(),
    returnedIssues: new Map(),
    ...options,
  }
}

export const at13: Dimensions = dimensionsOf({ InventorySiteId: '1', InventoryWarehouseId: '13' })

/** A line of a document: `quantity` leaves, a negative one comes in. */
export const aLine = (lotId: string, quantity: string, dimensions: Dimensions = at13): LotLine => ({
  lotId,
  referenceCategory: quantity.startsWith('-') ? 'Purch' : 'Sales',
  referenceId: 'SO-1',
  place: placeOf('A', dimensions),
  quantity: decimal(quantity),
  dateExpected: '2025-02-20',
  returnLotId: '',
})

export const DATE = '2025-02-11'

/** Brings goods in, received and invoiced, at a cost of one unit. */
export function bringIn(
  state: StockState,
  lotId: string,
  quantity: string,
  { unitCost, dimensions = at13 }: { unitCost?: string; dimensions?: Dimensions } = {},
): StockBook {
  applyLine(state, aLine(lotId, `-${quantity}`, dimensions))
  const book = createStockBook(state)
  const result = book.purchase(lotId, decimal(quantity), {
    voucher: 'V',
    date: DATE,
    ...(unitCost !== undefined && { unitCost: decimal(unitCost) }),
  })
  if (!result.ok) throw new Error(result.infolog.text)
  return book
}
