import { type Decimal, ZERO } from '@p2c/base'
import { SUM_COLUMNS } from '../../entities/inventory.ts'
import type { StockTransaction } from './stock-transaction.ts'

/** One of the sums of stock. */
export type SumColumn = (typeof SUM_COLUMNS)[number]
/** A quantity or value for each sum. */
export type StockSums = Readonly<Record<SumColumn, Decimal>>

/** Sums of a place that never had anything. */
export const NO_STOCK: StockSums = {
  PostedQty: ZERO,
  PostedValue: ZERO,
  PhysicalValue: ZERO,
  Received: ZERO,
  Deducted: ZERO,
  Registered: ZERO,
  Picked: ZERO,
  ReservPhysical: ZERO,
  ReservOrdered: ZERO,
  OnOrder: ZERO,
  Ordered: ZERO,
  Arrived: ZERO,
}

/** What one transaction adds to the sums of its dimensions. Quotations have no influence. */
export function contribution(transaction: StockTransaction): Partial<StockSums> {
  const { status, quantity } = transaction
  switch (status) {
    case 'Purchased':
      return { PostedQty: quantity, PostedValue: transaction.costPosted.plus(transaction.costAdjustment) }
    case 'Sold':
      return { PostedQty: quantity.negated(), PostedValue: transaction.costPosted.plus(transaction.costAdjustment) }
    case 'Received':
    case 'Deducted':
      return { [status]: quantity, PhysicalValue: transaction.costPhysical }
    case 'QuotationIssue':
    case 'QuotationReceipt':
      return {}
    default:
      return { [status]: quantity }
  }
}

/** `sums` with `factor` (1 or -1) times what the transaction adds. */
export function withTransaction(sums: StockSums, transaction: StockTransaction, factor: 1 | -1): StockSums {
  const added = contribution(transaction)
  const changed: Record<SumColumn, Decimal> = { ...sums }
  for (const column of SUM_COLUMNS) {
    const value = added[column]
    if (value !== undefined) changed[column] = factor === 1 ? changed[column].plus(value) : changed[column].minus(value)
  }
  return changed
}

/** Both together. */
export function addSums(left: StockSums, right: StockSums): StockSums {
  const added: Record<SumColumn, Decimal> = { ...left }
  for (const column of SUM_COLUMNS) added[column] = left[column].plus(right[column])
  return added
}

/** All columns of on-hand, with those that follow from the sums. */
export interface OnHand extends StockSums {
  readonly PhysicalInvent: Decimal
  readonly AvailPhysical: Decimal
  readonly AvailOrdered: Decimal
  readonly TotalAvailable: Decimal
}

/** Goods that are there: a picked quantity has left. */
export const physicalInvent = (sums: StockSums): Decimal =>
  sums.PostedQty.plus(sums.Received).minus(sums.Deducted).plus(sums.Registered).minus(sums.Picked)

/** Goods that are there and not reserved. */
export const availPhysical = (sums: StockSums): Decimal => physicalInvent(sums).minus(sums.ReservPhysical)

/** Expected goods that are not reserved. */
export const availOrdered = (sums: StockSums): Decimal => sums.Ordered.plus(sums.Arrived).minus(sums.ReservOrdered)

/** What the sums say of availability. Source: Supply Chain specification, 4.1. */
export const onHandOf = (sums: StockSums): OnHand => ({
  ...sums,
  PhysicalInvent: physicalInvent(sums),
  AvailPhysical: availPhysical(sums),
  AvailOrdered: availOrdered(sums),
  TotalAvailable: availPhysical(sums).plus(sums.Ordered).minus(sums.OnOrder),
})
