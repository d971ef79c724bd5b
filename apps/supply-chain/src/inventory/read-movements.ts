import { type Decimal, decimal, type SqlRunner, ZERO } from '@p2c/base'
import type { Dimensions } from '../domain/inventory/dimensions.ts'
import type { ExpectedMovement, PromiseSettings } from '../domain/inventory/promise.ts'
import { PRODUCT_DIMENSION_FIELDS } from '../entities/product-dimensions.ts'

/** A product whose stock is asked for, at one place or everywhere: a blank site or warehouse is not compared. */
export interface StockQuestion {
  readonly itemNumber: string
  readonly dimensions: Dimensions
  /** The lot whose own demand does not count: that of the line that is asked for. Blank: none. */
  readonly withoutLot: string
}

/** Stock of a warehouse. Goods in blocking statuses are on hand but unavailable. */
export interface WarehouseStock {
  readonly siteId: string
  readonly warehouseId: string
  readonly onHand: Decimal
  readonly reserved: Decimal
  readonly unavailable: Decimal
  readonly ordered: Decimal
  readonly reservedOrdered: Decimal
  readonly onOrder: Decimal
  readonly movements: readonly ExpectedMovement[]
}

type Raw = Readonly<Record<string, string>>

const PRODUCT_COLUMNS = ['configuration', 'color', 'size', 'style', 'version'].map((name) => `product_${name}_id`)
const QUESTION_COLUMNS = ['item_number', ...PRODUCT_COLUMNS, 'inventory_site_id', 'inventory_warehouse_id', 'lot']

/** The questions as rows of `q`, numbered from 1. */
const QUESTIONS = `unnest(${QUESTION_COLUMNS.map((_, index) => `$${index + 2}::text[]`).join(', ')}) with ordinality as q(${QUESTION_COLUMNS.join(', ')}, question)`

/** The rows of `alias` that a question means. */
const matches = (alias: string): string =>
  [
    ...PRODUCT_COLUMNS.map((column) => `lower(${alias}.${column}) = lower(q.${column})`),
    ...['inventory_site_id', 'inventory_warehouse_id'].map(
      (column) => `(q.${column} = '' or lower(${alias}.${column}) = lower(q.${column}))`,
    ),
  ].join(' and ')

const isBlocking = (alias: string): string =>
  `exists (select 1 from inventory_status b where lower(b.data_area_id) = lower($1) and b.is_blocking = 'Yes'
     and lower(b.inventory_status_id) = lower(${alias}.inventory_status_id))`

const SUMS = `
  select q.question, s.inventory_site_id as site, s.inventory_warehouse_id as warehouse, ${isBlocking('s')}::text as is_blocking,
    sum(s.posted_qty + s.received - s.deducted + s.registered - s.picked)::text as on_hand, sum(s.reserv_physical)::text as reserved,
    sum(s.ordered + s.arrived)::text as ordered, sum(s.reserv_ordered)::text as reserved_ordered, sum(s.on_order)::text as on_order
  from ${QUESTIONS}
  join inventory_sum s on lower(s.data_area_id) = lower($1) and lower(s.item_number) = lower(q.item_number) and ${matches('s')}
  group by 1, 2, 3, 4 order by 1, 2, 3`

const MOVEMENTS = `
  select q.question, d.inventory_site_id as site, d.inventory_warehouse_id as warehouse, t.date_expected::text as date,
    case when t.status_issue <> 'None' then 'issue' else 'receipt' end as side, sum(abs(t.qty))::text as quantity
  from ${QUESTIONS}
  join inventory_transaction t on lower(t.data_area_id) = lower($1) and lower(t.item_number) = lower(q.item_number)
    and (t.status_issue in ('OnOrder', 'ReservOrdered', 'ReservPhysical') or t.status_receipt in ('Ordered', 'Arrived'))
    and lower(t.invent_trans_id) <> lower(q.lot)
  join inventory_dimension d on lower(d.data_area_id) = lower(t.data_area_id) and lower(d.invent_dim_id) = lower(t.invent_dim_id)
    and ${matches('d')}
  where not ${isBlocking('d')}
  group by 1, 2, 3, 4, 5`

/** Stock and expected movements by warehouse, one list per question in their order; two statements. */
export async function readWarehouseStock(
  sql: SqlRunner,
  dataAreaId: string,
  questions: readonly StockQuestion[],
): Promise<readonly (readonly WarehouseStock[])[]> {
  const column = (read: (question: StockQuestion) => string): string[] => questions.map(read)
  const parameters = [
    dataAreaId,
    column(({ itemNumber }) => itemNumber),
    ...PRODUCT_DIMENSION_FIELDS.map((field) => column(({ dimensions }) => dimensions[field])),
    column(({ dimensions }) => dimensions.InventorySiteId),
    column(({ dimensions }) => dimensions.InventoryWarehouseId),
    column(({ withoutLot }) => withoutLot),
  ]
  const sums = await sql.query<Raw>(SUMS, parameters)
  const movements = await sql.query<Raw>(MOVEMENTS, parameters)
  const sumsOf = Map.groupBy(sums.rows, (row) => Number(row.question))
  const movementsOf = Map.groupBy(movements.rows, (row) => Number(row.question))
  return questions.map((_, index) => byWarehouse(sumsOf.get(index + 1) ?? [], movementsOf.get(index + 1) ?? []))
}

const placeKey = (row: Raw): string => `${row.site?.toLowerCase()}\u0001${row.warehouse?.toLowerCase()}`

function byWarehouse(sums: readonly Raw[], movements: readonly Raw[]): WarehouseStock[] {
  const sumsOf = Map.groupBy(sums, placeKey)
  const movementsOf = Map.groupBy(movements, placeKey)
  return [...new Set([...sumsOf.keys(), ...movementsOf.keys()])].map((place) =>
    warehouseStock(sumsOf.get(place) ?? [], movementsOf.get(place) ?? []),
  )
}

function warehouseStock(sums: readonly Raw[], movements: readonly Raw[]): WarehouseStock {
  const total = (column: string, isWanted = (_: Raw): boolean => true): Decimal =>
    sums.filter(isWanted).reduce((all, row) => all.plus(decimal(row[column] ?? '0')), ZERO)
  const [place] = [...sums, ...movements]
  return {
    siteId: place?.site ?? '',
    warehouseId: place?.warehouse ?? '',
    onHand: total('on_hand'),
    reserved: total('reserved'),
    unavailable: total('on_hand', (row) => row.is_blocking === 'true'),
    ordered: total('ordered'),
    reservedOrdered: total('reserved_ordered'),
    onOrder: total('on_order'),
    movements: movements.map((row) => ({
      date: row.date ?? '',
      side: row.side === 'issue' ? 'issue' : 'receipt',
      quantity: decimal(row.quantity ?? '0'),
    })),
  }
}

/** Stock of several warehouses as one. */
export function joinWarehouses(warehouses: readonly WarehouseStock[]): WarehouseStock {
  const total = (field: 'onHand' | 'reserved' | 'unavailable' | 'ordered' | 'reservedOrdered' | 'onOrder'): Decimal =>
    warehouses.reduce((all, each) => all.plus(each[field]), ZERO)
  return {
    siteId: '',
    warehouseId: '',
    onHand: total('onHand'),
    reserved: total('reserved'),
    unavailable: total('unavailable'),
    ordered: total('ordered'),
    reservedOrdered: total('reservedOrdered'),
    onOrder: total('onOrder'),
    movements: warehouses.flatMap((each) => each.movements),
  }
}

/** The settings of an item for order promising, with the method that it has by default. */
export interface ItemPromiseSettings extends PromiseSettings {
  readonly method: string
}

const NO_SETTINGS: ItemPromiseSettings = {
  method: 'None',
  timeFenceDays: 0,
  backwardDemandDays: 0,
  backwardSupplyDays: 0,
  delayedDemandOffsetDays: 0,
  delayedSupplyOffsetDays: 0,
  leadTimeDays: 0,
  issueMarginDays: 0,
}

/** The settings of each item, in the order of the items; one statement. */
export async function readPromiseSettings(
  sql: SqlRunner,
  dataAreaId: string,
  itemNumbers: readonly string[],
): Promise<readonly ItemPromiseSettings[]> {
  const { rows } = await sql.query<Raw>(
    `select lower(o.item_number) as item, o.sales_order_promising_method as method, o.sales_atp_time_fence_days::text as fence,
       o.sales_atp_backward_demand_time_fence_days::text as backward_demand, o.sales_atp_backward_supply_time_fence_days::text as backward_supply,
       o.sales_atp_delayed_demand_offset_days::text as demand_offset, o.sales_atp_delayed_supply_offset_days::text as supply_offset,
       o.sales_lead_time_days::text as lead_time, o.sales_issue_margin_days::text as margin
     from product_default_order_setting o
     where lower(o.data_area_id) = lower($1) and lower(o.item_number) in (select lower(i) from unnest($2::text[]) i)`,
    [dataAreaId, itemNumbers],
  )
  const byItem = new Map(rows.map((row) => [row.item ?? '', settingsOf(row)]))
  return itemNumbers.map((item) => byItem.get(item.toLowerCase()) ?? NO_SETTINGS)
}

/** A century: no calendar ends before it. */
const MOST_DAYS = 36_500

function settingsOf(row: Raw): ItemPromiseSettings {
  const days = (name: string): number => Math.min(MOST_DAYS, Math.max(0, Number(row[name] ?? '0')))
  return {
    method: row.method ?? 'None',
    timeFenceDays: days('fence'),
    backwardDemandDays: days('backward_demand'),
    backwardSupplyDays: days('backward_supply'),
    delayedDemandOffsetDays: days('demand_offset'),
    delayedSupplyOffsetDays: days('supply_offset'),
    leadTimeDays: days('lead_time'),
    issueMarginDays: days('margin'),
  }
}
