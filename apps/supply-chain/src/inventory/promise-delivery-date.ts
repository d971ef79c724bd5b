import { type Decimal, decimal, type SqlRunner } from '@p2c/base'
import { CommandRefusal } from '../commands/command.ts'
import { at, dayOf, EMPTY_DATE } from '../domain/field-value.ts'
import { type Dimensions, dimensionsOf } from '../domain/inventory/dimensions.ts'
import { lineDimensions } from '../domain/inventory/lot-lines.ts'
import { type PromiseMethod, promiseShipment, type ShipmentPromise, shipDateFrom } from '../domain/inventory/promise.ts'
import { refuseCommand } from '../domain/messages.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { findRows } from '../store/rows.ts'
import { joinWarehouses, readPromiseSettings, readWarehouseStock } from './read-movements.ts'

/** What is to be shipped: a line of an order, or a product that nobody has ordered yet. */
export type PromiseRequest = { readonly dataAreaId: string; readonly method?: PromiseMethod | undefined } & (
  | { readonly inventoryLotId: string }
  | {
      readonly productNumber: string
      readonly quantity: Decimal
      readonly siteId?: string | undefined
      readonly warehouseId?: string | undefined
      readonly requestedShipDate?: string | undefined
    }
)

/** The days that can be promised. */
export interface DeliveryPromise extends ShipmentPromise {
  readonly method: PromiseMethod
  /** The day that was asked for; one in the past is today. */
  readonly requestedShipDate: string
  /** Whether the goods can ship on that day. */
  readonly isRequestedDatePossible: boolean
}

interface Wanted {
  readonly itemNumber: string
  readonly dimensions: Dimensions
  readonly quantity: Decimal
  readonly requestedShipDate: string
  readonly method: string
  readonly lot: string
}

/**
 * The earliest day on which goods can ship, with what can be promised day by day. The method is the given one, else that of the line, else
 * that of the item. Nothing is changed. Refuses an unknown line or product (E01). Source: Supply Chain specification, 4.7.
 */
export async function promiseDeliveryDate(sql: SqlRunner, request: PromiseRequest, now: Date): Promise<DeliveryPromise> {
  const wanted = 'inventoryLotId' in request ? await readLine(sql, request) : await readProduct(sql, request)
  const today = dayOf(now)
  const [settings] = await readPromiseSettings(sql, request.dataAreaId, [wanted.itemNumber])
  const [warehouses] = await readWarehouseStock(sql, request.dataAreaId, [
    { itemNumber: wanted.itemNumber, dimensions: wanted.dimensions, withoutLot: wanted.lot },
  ])
  if (settings === undefined || warehouses === undefined) throw new TypeError('an item without an answer')
  const stock = joinWarehouses(warehouses)
  const method = (request.method ?? (wanted.method === 'None' ? settings.method : wanted.method)) as PromiseMethod
  const input = { today, onHand: stock.onHand.minus(stock.unavailable), movements: stock.movements, settings }
  const promise = promiseShipment(input, { method, quantity: wanted.quantity })
  const requestedShipDate = wanted.requestedShipDate === EMPTY_DATE ? today : shipDateFrom(wanted.requestedShipDate, today)
  return {
    ...promise,
    method,
    requestedShipDate,
    isRequestedDatePossible: promise.isAvailable && promise.earliestShipDate <= requestedShipDate,
  }
}

async function readLine(
  sql: SqlRunner,
  { dataAreaId, inventoryLotId }: { readonly dataAreaId: string; readonly inventoryLotId: string },
): Promise<Wanted> {
  const [line] = await findRows(sql, {
    table: tableByRelation('sales_order_line'),
    fields: ['dataAreaId', 'InventoryLotId'],
    keys: [[dataAreaId, inventoryLotId]],
  })
  if (line === undefined) throw new CommandRefusal(refuseCommand('E01', inventoryLotId, 'Lot ID', 'Order lines'))
  const row = line.values
  return {
    itemNumber: at(row, 'ItemNumber'),
    dimensions: lineDimensions(row, {
      site: 'ShippingSiteId',
      warehouse: 'ShippingWarehouseId',
      status: 'OrderedInventoryStatusId',
      dates: [],
    }),
    quantity: decimal(at(row, 'RemainInventPhysical') || '0'),
    requestedShipDate: at(row, 'RequestedShippingDate'),
    method: at(row, 'SalesOrderPromisingMethod'),
    lot: at(row, 'InventoryLotId'),
  }
}

async function readProduct(sql: SqlRunner, request: Extract<PromiseRequest, { readonly productNumber: string }>): Promise<Wanted> {
  const [product] = await findRows(sql, {
    table: tableByRelation('distinct_product'),
    fields: ['dataAreaId', 'ProductNumber'],
    keys: [[request.dataAreaId, request.productNumber]],
  })
  if (product === undefined) throw new CommandRefusal(refuseCommand('E17', request.productNumber, request.dataAreaId))
  const place = { InventorySiteId: request.siteId ?? '', InventoryWarehouseId: request.warehouseId ?? '' }
  return {
    itemNumber: at(product.values, 'ItemNumber'),
    dimensions: { ...dimensionsOf(product.values), ...place },
    quantity: request.quantity,
    requestedShipDate: request.requestedShipDate ?? EMPTY_DATE,
    method: 'None',
    lot: '',
  }
}
