import { formatDecimal, type SqlRunner } from '@p2c/base'
import { at, dayOf, EMPTY_DATE, type FieldValues } from '../domain/field-value.ts'
import { type Dimensions, dimensionsOf } from '../domain/inventory/dimensions.ts'
import { type AtpDay, availableToPromise, lastFenceDay } from '../domain/inventory/promise.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { initialValues } from '../store/decide-write.ts'
import { insertRows } from '../store/rows.ts'
import type { WriteEffect } from '../store/write-effects.ts'
import { type ItemPromiseSettings, joinWarehouses, readPromiseSettings, readWarehouseStock, type WarehouseStock } from './read-movements.ts'

const ENTRIES = tableByRelation('on_hand_entry')

/**
 * Answers new questions for stock: one entry per warehouse, with `IsATPCalculation` one for today and for each later day within the time
 * fence on which something is expected. The demand of the order line that the question names does not count. Source: 2.13 and 4.7.
 */
export const answerOnHandRequests: WriteEffect = async (sql, changes, { now }) => {
  const asked = changes.flatMap(({ before, after }) => (before === undefined && after !== undefined ? [after] : []))
  const byCompany = Map.groupBy(asked, (row) => at(row, 'dataAreaId'))
  for (const [dataAreaId, requests] of byCompany) {
    const entries = await answerCompany(sql, { dataAreaId, requests, now })
    await insertRows(
      sql,
      ENTRIES,
      entries.map((entry) => ({ ...initialValues(ENTRIES), ...entry })),
    )
    await sql.query(
      `update on_hand_request set calculated_date_time = $3, change_xid = pg_current_xact_id()
       where lower(data_area_id) = lower($1) and lower(request_id) in (select lower(r) from unnest($2::text[]) r)`,
      [dataAreaId, requests.map((row) => at(row, 'RequestId')), now.toISOString()],
    )
  }
}

interface CompanyRequests {
  readonly dataAreaId: string
  readonly requests: readonly FieldValues[]
  readonly now: Date
}

async function answerCompany(sql: SqlRunner, { dataAreaId, requests, now }: CompanyRequests): Promise<FieldValues[]> {
  const products = await readProducts(sql, dataAreaId, requests)
  const questions = requests.map((row, index) => ({
    itemNumber: products[index]?.itemNumber ?? '',
    dimensions: { ...(products[index]?.dimensions ?? dimensionsOf({})), ...placeOf(row) },
    withoutLot: products[index]?.lot ?? '',
  }))
  const settings = await readPromiseSettings(
    sql,
    dataAreaId,
    questions.map(({ itemNumber }) => itemNumber),
  )
  const stock = await readWarehouseStock(sql, dataAreaId, questions)
  const today = dayOf(now)
  return requests.flatMap((request, index) => {
    const item = settings[index]
    if (item === undefined) throw new TypeError('a product without settings')
    const warehouses = stock[index] ?? []
    // A place that never had any of it has nought.
    const nowhere = { ...joinWarehouses([]), siteId: at(request, 'InventorySiteId'), warehouseId: at(request, 'InventoryWarehouseId') }
    return (warehouses.length === 0 ? [nowhere] : warehouses).flatMap((warehouse) =>
      entriesOf({ request, warehouse, settings: item, today }),
    )
  })
}

const placeOf = (row: FieldValues): Pick<Dimensions, 'InventorySiteId' | 'InventoryWarehouseId'> => ({
  InventorySiteId: at(row, 'InventorySiteId'),
  InventoryWarehouseId: at(row, 'InventoryWarehouseId'),
})

interface AskedProduct {
  readonly itemNumber: string
  readonly dimensions: Dimensions
  /** Of the order line that the request names; blank: none. */
  readonly lot: string
}

/** Item and dimensions of each product, with the lot of the line that the request names. One statement. */
async function readProducts(
  sql: SqlRunner,
  dataAreaId: string,
  requests: readonly FieldValues[],
): Promise<readonly (AskedProduct | undefined)[]> {
  const { rows } = await sql.query<Readonly<Record<string, string>>>(
    `select r.place::int - 1 as place, d.item_number, d.product_configuration_id, d.product_color_id, d.product_size_id, d.product_style_id,
       d.product_version_id, coalesce(l.inventory_lot_id, '') as lot
     from unnest($2::text[], $3::text[], $4::int[]) with ordinality as r(product, document, line, place)
     join distinct_product d on lower(d.data_area_id) = lower($1) and lower(d.product_number) = lower(r.product)
     left join sales_order_line l on lower(l.data_area_id) = lower($1) and r.document <> '' and lower(l.sales_order_number) = lower(r.document)
       and l.line_creation_sequence_number = r.line`,
    [
      dataAreaId,
      requests.map((row) => at(row, 'ProductNumber')),
      requests.map((row) => at(row, 'ReferenceNumber')),
      requests.map((row) => Number(at(row, 'LineCreationSequenceNumber') || '0')),
    ],
  )
  const byPlace = new Map(rows.map((row) => [Number(row.place), row]))
  return requests.map((_, index) => {
    const row = byPlace.get(index)
    if (row === undefined) return undefined
    const dimensions = dimensionsOf({
      ProductConfigurationId: row.product_configuration_id ?? '',
      ProductColorId: row.product_color_id ?? '',
      ProductSizeId: row.product_size_id ?? '',
      ProductStyleId: row.product_style_id ?? '',
      ProductVersionId: row.product_version_id ?? '',
    })
    return { itemNumber: row.item_number ?? '', dimensions, lot: row.lot ?? '' }
  })
}

interface EntryInput {
  readonly request: FieldValues
  readonly warehouse: WarehouseStock
  readonly settings: ItemPromiseSettings
  readonly today: string
}

function entriesOf({ request, warehouse, settings, today }: EntryInput): FieldValues[] {
  const usable = warehouse.onHand.minus(warehouse.unavailable)
  const values = {
    dataAreaId: at(request, 'dataAreaId'),
    RequestId: at(request, 'RequestId'),
    ProductNumber: at(request, 'ProductNumber'),
    InventorySiteId: warehouse.siteId,
    InventoryWarehouseId: warehouse.warehouseId,
    OnHandQuantity: formatDecimal(warehouse.onHand),
    ReservedOnHandQuantity: formatDecimal(warehouse.reserved),
    AvailableOnHandQuantity: formatDecimal(usable.minus(warehouse.reserved)),
    UnavailableOnHandQuantity: formatDecimal(warehouse.unavailable),
    OrderedQuantity: formatDecimal(warehouse.ordered),
    ReservedOrderedQuantity: formatDecimal(warehouse.reservedOrdered),
    AvailableOrderedQuantity: formatDecimal(warehouse.ordered.minus(warehouse.reservedOrdered)),
    OnOrderQuantity: formatDecimal(warehouse.onOrder),
    TotalAvailableQuantity: formatDecimal(usable.minus(warehouse.reserved).plus(warehouse.ordered).minus(warehouse.onOrder)),
  }
  if (at(request, 'IsATPCalculation') !== 'Yes') return [{ ...values, ATPDate: EMPTY_DATE }]
  const input = { today, onHand: usable, movements: warehouse.movements, settings }
  const fence = lastFenceDay(input)
  return availableToPromise(input)
    .filter(({ date }) => date <= fence)
    .map((day) => ({ ...values, ...atpValues(day) }))
}

const atpValues = (day: AtpDay): FieldValues => ({
  ATPDate: day.date,
  ATPQuantity: formatDecimal(day.atp),
  ProjectedOnHandQuantity: formatDecimal(day.projectedOnHand),
  ProjectedIssueQuantity: formatDecimal(day.issues),
  ProjectedReceiptQuantity: formatDecimal(day.receipts),
})
