import { type Decimal, decimal, roundTo, ZERO } from '@p2c/base'
import type { FieldValues } from '../field-value.ts'
import { lineQuantities } from '../orders/order-status.ts'

/** An order line as fulfilment looks at it. Quantities are in the sales unit and negative on a line that gives goods back. */
export interface OrderLine {
  readonly lotId: string
  readonly lineNumber: string
  readonly lineSequence: string
  readonly itemNumber: string
  readonly siteId: string
  readonly warehouseId: string
  readonly ordered: Decimal
  readonly delivered: Decimal
  readonly invoiced: Decimal
  readonly canceled: Decimal
  /** Picked, not delivered yet. */
  readonly picked: Decimal
  /** On active picking lists, not registered yet. */
  readonly listed: Decimal
  readonly released: Decimal
  readonly deliverNow: Decimal
  /** The ordered quantity in the inventory unit. */
  readonly orderedInventory: Decimal
  readonly overdeliveryPercent: Decimal
  readonly underdeliveryPercent: Decimal
  readonly documentStatus: string
  readonly isStopped: boolean
}

/** A stored order line, read. */
export function orderLine(values: FieldValues): OrderLine {
  const quantity = (name: string): Decimal => decimal(values[name] || '0')
  return {
    lotId: values.InventoryLotId ?? '',
    lineNumber: values.LineNumber ?? '',
    lineSequence: values.LineCreationSequenceNumber ?? '',
    itemNumber: values.ItemNumber ?? '',
    siteId: values.ShippingSiteId ?? '',
    warehouseId: values.ShippingWarehouseId ?? '',
    ordered: quantity('OrderedSalesQuantity'),
    delivered: quantity('DeliveredQuantity'),
    invoiced: quantity('InvoicedQuantity'),
    canceled: quantity('CanceledQuantity'),
    picked: quantity('PickedQuantity'),
    listed: quantity('PickingListQuantity'),
    released: quantity('ReleasedQuantity'),
    deliverNow: quantity('SalesDeliverNow'),
    orderedInventory: quantity('QtyOrdered'),
    overdeliveryPercent: quantity('AllowedOverdeliveryPercentage'),
    underdeliveryPercent: quantity('AllowedUnderdeliveryPercentage'),
    documentStatus: values.DocumentStatus || 'None',
    isStopped: values.IsLineStopped === 'Yes',
  }
}

/** `RemainSalesPhysical`. */
export const toDeliver = (line: OrderLine): Decimal => lineQuantities(line).toDeliver

/** A line that gives goods back: its goods are received, not picked. */
export const isReturn = (line: OrderLine): boolean => line.ordered.isNegative()

/** Quantities are stored with six decimals. Source: Supply Chain specification, 0.3. */
const QUANTITY_DECIMALS = 6

/** A quantity of the line in the inventory unit, by the ratio that the line was entered with. */
export const toInventoryUnit = (line: OrderLine, quantity: Decimal): Decimal =>
  line.ordered.isZero() ? ZERO : roundTo(quantity.times(line.orderedInventory).dividedBy(line.ordered), QUANTITY_DECIMALS)

/** A quantity of the inventory unit in the sales unit of the line. */
export const toSalesUnit = (line: OrderLine, quantity: Decimal): Decimal =>
  line.orderedInventory.isZero() ? ZERO : roundTo(quantity.times(line.ordered).dividedBy(line.orderedInventory), QUANTITY_DECIMALS)

/** Decimals that the units of a line allow. */
export interface UnitDecimals {
  readonly sales: number
  readonly inventory: number
}

/**
 * True where a part of the line can be counted in both of its units: not half a piece, and not the seventh of a box that no pieces add up to.
 * Source: Supply Chain specification, 0.3 and EX-13.
 */
export function isCountable(line: OrderLine, quantity: Decimal, decimals: UnitDecimals): boolean {
  const inventory = toInventoryUnit(line, quantity)
  return (
    quantity.decimalPlaces() <= decimals.sales &&
    inventory.decimalPlaces() <= decimals.inventory &&
    toSalesUnit(line, inventory).equals(quantity)
  )
}

/** Towards nought, in the words of the decimal library. */
const ROUND_DOWN = 1

/** The largest part of what is there that both units of the line can count. `available` is in the inventory unit, the result in the sales unit. */
export function countableBelow(line: OrderLine, available: Decimal, decimals: UnitDecimals): Decimal {
  const whole = available.toDecimalPlaces(decimals.inventory, ROUND_DOWN)
  const most = toSalesUnit(line, whole).toDecimalPlaces(decimals.sales, ROUND_DOWN)
  return most.greaterThan(ZERO) && isCountable(line, most, decimals) ? most : ZERO
}
