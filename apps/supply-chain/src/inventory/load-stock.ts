import { decimal, type SqlRunner } from '@p2c/base'
import { readSalesParameters } from '../calculation/read-parameters.ts'
import type { FieldValues } from '../domain/field-value.ts'
import { anchorOf, type Dimensions, dimensionsOf } from '../domain/inventory/dimensions.ts'
import { keptDimensions } from '../domain/inventory/item-facts.ts'
import { NO_STOCK } from '../domain/inventory/on-hand.ts'
import {
  addRow,
  type IssuedCost,
  itemOf,
  type Lot,
  placeOf,
  rowKey,
  rowOf,
  type StockPlace,
  type StockState,
} from '../domain/inventory/stock-state.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { initialValues } from '../store/decide-write.ts'
import { findRows, insertRows } from '../store/rows.ts'
import { joinKey, type StoredRow } from '../store/tracked-row.ts'
import { insertDimensions } from './dimension-rows.ts'
import { readItemFacts, readPlaceFacts } from './read-item-facts.ts'
import { originOf, partOf, sumRowOf, sumValues } from './stock-rows.ts'

/** An item at a place that is opened beside those of the lots: a new lot needs one. Dimensions that the item does not track are ignored. */
export interface WantedPlace {
  readonly itemNumber: string
  readonly dimensions: Dimensions
}

/** Which stock is opened. */
export interface LoadStockOptions {
  readonly dataAreaId: string
  readonly lots: readonly string[]
  readonly places: readonly WantedPlace[]
}

/** Stock with the rows that it was made of: what is saved is the difference. */
export interface LoadedStock {
  readonly state: StockState
  /** By lot id in lower case. */
  readonly origins: Map<string, StoredRow>
  /** By lot id in lower case, then by split number. */
  readonly transactions: Map<string, Map<number, StoredRow>>
  /** By `rowKey`. */
  readonly sums: Map<string, StoredRow>
}

/** Locks the places of the lots in key order, then loads lots and sums: a fixed number of statements. */
export async function loadStock(sql: SqlRunner, { dataAreaId, lots, places }: LoadStockOptions): Promise<LoadedStock> {
  const lotIds = [...new Map(lots.filter((lot) => lot !== '').map((lot) => [lot.toLowerCase(), lot])).values()]
  const known = await readLotPlaces(sql, dataAreaId, lotIds)
  const items = await readItemFacts(
    sql,
    dataAreaId,
    [...known, ...places].map(({ itemNumber }) => itemNumber),
  )
  const placeFacts = await readPlaceFacts(sql, dataAreaId)
  const { reserveOrdered: mayReserveOrdered } = await readSalesParameters(sql, dataAreaId)
  const state: StockState = {
    items,
    places: placeFacts,
    mayReserveOrdered,
    lots: new Map(),
    rows: new Map(),
    sharedRows: new Map(),
    returnedIssues: new Map(),
  }
  const wanted = places.flatMap(({ itemNumber, dimensions }) => {
    const item = items.get(itemNumber.toLowerCase())
    return item?.isStocked === true ? [placeOf(item.itemNumber, keptDimensions(dimensions, item, placeFacts))] : []
  })
  const all = [...known.map((place) => placeOf(place.itemNumber, place.dimensions)), ...wanted]
  const sums = await lockPlaces(sql, dataAreaId, all)
  for (const { values } of sums.values()) addRow(state, sumRowOf(values))
  for (const place of all) rowOf(state, place)
  const loaded = { state, sums, ...(await loadLots(sql, { dataAreaId, lotIds, state })) }
  return { ...loaded, state: { ...state, returnedIssues: await readReturnedIssues(sql, dataAreaId, state.lots) } }
}

type Raw = Readonly<Record<string, string>>

/**
 * The places of lots: of the lot as it is now, and of parts that were posted before it moved. Each lot is one descent of the index: a table
 * that was filled a moment ago has no statistics, and a plain join would read all of it.
 */
async function readLotPlaces(sql: SqlRunner, dataAreaId: string, lotIds: readonly string[]): Promise<WantedPlace[]> {
  if (lotIds.length === 0) return []
  const { rows } = await sql.query<{ item_number: string; dimensions: Raw }>(
    `select p.item_number, row_to_json(d) as dimensions
     from (
       select distinct place.* from unnest($2::text[]) as wanted(lot)
       cross join lateral (
         (select o.item_number, o.invent_dim_id from inventory_transaction_origin o
          where lower(o.data_area_id) = lower($1) and lower(o.invent_trans_id) = lower(wanted.lot) limit 1)
         union all
         (select t.item_number, t.invent_dim_id from inventory_transaction t
          where lower(t.data_area_id) = lower($1) and lower(t.invent_trans_id) = lower(wanted.lot) order by t.rec_id)
       ) place
     ) p
     cross join lateral (select * from inventory_dimension d
       where lower(d.data_area_id) = lower($1) and lower(d.invent_dim_id) = lower(p.invent_dim_id) limit 1) d`,
    [dataAreaId, lotIds],
    { isPrepared: true },
  )
  return rows.map((row) => ({ itemNumber: row.item_number, dimensions: dimensionsOf(fieldsOf(row.dimensions)) }))
}

const DIMENSION_TABLE = tableByRelation('inventory_dimension')

/** A row of `inventory_dimension` by property name. */
const fieldsOf = (raw: Raw): FieldValues =>
  Object.fromEntries([...DIMENSION_TABLE.properties.values()].map(({ name, column }) => [name, raw[column] ?? '']))

const SUM_TABLE = tableByRelation('inventory_sum')

/**
 * Locks the anchor row of each place, and gives all rows that share it, by `rowKey`. An anchor that is missing is made first, so that two
 * transactions that are the first ones at a place meet in it.
 */
async function lockPlaces(sql: SqlRunner, dataAreaId: string, places: readonly StockPlace[]): Promise<Map<string, StoredRow>> {
  const anchors = new Map(places.map((place) => [rowKey(place.itemNumber, place.anchorDimId), place]))
  const keys = [...anchors.values()].map((place) => [dataAreaId, place.itemNumber, place.anchorDimId])
  const lock = () => findRows(sql, { table: SUM_TABLE, fields: SUM_KEY, keys, isForUpdate: true, only: SUM_KEY })
  const locked = await lock()
  if (locked.length < keys.length) {
    const present = new Set(locked.map(({ values }) => rowKey(values.ItemNumber ?? '', values.inventDimId ?? '')))
    const missing = [...anchors].flatMap(([key, place]) => (present.has(key) ? [] : [anchorRow(dataAreaId, place)]))
    missing.sort((a, b) => (sumKey(a) < sumKey(b) ? -1 : 1))
    await insertRows(sql, SUM_TABLE, missing)
    await insertDimensions(
      sql,
      dataAreaId,
      missing.map((row) => ({ inventDimId: row.inventDimId ?? '', dimensions: dimensionsOf(row) })),
    )
    await lock()
  }
  const shared = await findRows(sql, { table: SUM_TABLE, fields: ['dataAreaId', 'ItemNumber', 'AnchorDimId'], keys, isMany: true })
  return new Map(shared.map((row) => [rowKey(row.values.ItemNumber ?? '', row.values.inventDimId ?? ''), row]))
}

const SUM_KEY = ['dataAreaId', 'ItemNumber', 'inventDimId']

const sumKey = (values: FieldValues): string => joinKey(SUM_KEY.map((name) => values[name] ?? ''))

function anchorRow(dataAreaId: string, place: StockPlace): FieldValues {
  const anchor = placeOf(place.itemNumber, anchorOf(place.dimensions))
  return { ...initialValues(SUM_TABLE), ...sumValues(dataAreaId, { ...anchor, sums: NO_STOCK }) }
}

interface LotInput {
  readonly dataAreaId: string
  readonly lotIds: readonly string[]
  readonly state: StockState
}

async function loadLots(sql: SqlRunner, { dataAreaId, lotIds, state }: LotInput): Promise<Pick<LoadedStock, 'origins' | 'transactions'>> {
  const keys = lotIds.map((lot) => [dataAreaId, lot])
  const fields = ['dataAreaId', 'InventTransId']
  const origins = await findRows(sql, { table: tableByRelation('inventory_transaction_origin'), fields, keys })
  const stored = await findRows(sql, { table: tableByRelation('inventory_transaction'), fields, keys, isMany: true })
  const byLot = Map.groupBy(stored, ({ values }) => (values.InventTransId ?? '').toLowerCase())
  for (const { values } of origins) {
    const lotId = (values.InventTransId ?? '').toLowerCase()
    const row = state.rows.get(rowKey(values.ItemNumber ?? '', values.inventDimId ?? ''))
    if (row === undefined) throw new TypeError(`lot ${lotId} was moved while it was opened: lock its document first`)
    itemOf(state, row.itemNumber)
    const parts = (byLot.get(lotId) ?? []).map((each) => partOf(each.values)).sort((a, b) => a.splitNumber - b.splitNumber)
    const lot: Lot = { origin: originOf(values, row.dimensions, row.anchorDimId), parts }
    state.lots.set(lotId, lot)
  }
  return {
    origins: new Map(origins.map((row) => [(row.values.InventTransId ?? '').toLowerCase(), row])),
    transactions: new Map([...byLot].map(([lotId, rows]) => [lotId, new Map(rows.map((row) => [Number(row.values.SplitNumber), row]))])),
  }
}

/** What the lots that are given back were issued at, financially where they are invoiced. */
async function readReturnedIssues(
  sql: SqlRunner,
  dataAreaId: string,
  lots: ReadonlyMap<string, Lot>,
): Promise<ReadonlyMap<string, IssuedCost>> {
  const returned = [...new Set([...lots.values()].map(({ origin }) => origin.returnLotId).filter((lot) => lot !== ''))]
  if (returned.length === 0) return new Map()
  const { rows } = await sql.query<{ lot: string; quantity: string; cost: string }>(
    `select lower(t.invent_trans_id) as lot, (-sum(t.qty))::text as quantity,
       (-sum(case t.status_issue when 'Sold' then t.cost_amount_posted + t.cost_amount_adjustment else t.cost_amount_physical end))::text as cost
     from inventory_transaction t
     where lower(t.data_area_id) = lower($1) and lower(t.invent_trans_id) in (select lower(l) from unnest($2::text[]) l)
       and t.status_issue in ('Sold', 'Deducted') group by lower(t.invent_trans_id)`,
    [dataAreaId, returned],
  )
  return new Map(rows.map((row) => [row.lot, { quantity: decimal(row.quantity), cost: decimal(row.cost) }]))
}
