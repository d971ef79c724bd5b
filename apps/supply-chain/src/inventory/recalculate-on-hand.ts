import type { SqlRunner } from '@p2c/base'
import type { FieldValues } from '../domain/field-value.ts'
import { dimensionsOf } from '../domain/inventory/dimensions.ts'
import type { SumColumn } from '../domain/inventory/on-hand.ts'
import { placeOf } from '../domain/inventory/stock-state.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { SUM_COLUMNS } from '../entities/inventory.ts'
import { initialValues } from '../store/decide-write.ts'
import { insertRows } from '../store/rows.ts'
import { tableProperty } from '../store/table-columns.ts'

const SUMS = tableByRelation('inventory_sum')
const DIMENSIONS = tableByRelation('inventory_dimension')

const inStatus = (status: string, side: 'issue' | 'receipt'): string =>
  `coalesce(sum(abs(t.qty)) filter (where t.status_${side} = '${status}'), 0)`

const POSTED = "t.status_issue = 'Sold' or t.status_receipt = 'Purchased'"
const PHYSICAL = "t.status_issue = 'Deducted' or t.status_receipt = 'Received'"

/** Each column of the sums from the transactions. Source: Supply Chain specification, 4.1. */
const FORMULAS: Record<SumColumn, string> = {
  PostedQty: `coalesce(sum(t.qty) filter (where ${POSTED}), 0)`,
  PostedValue: `coalesce(sum(t.cost_amount_posted + t.cost_amount_adjustment) filter (where ${POSTED}), 0)`,
  PhysicalValue: `coalesce(sum(t.cost_amount_physical) filter (where ${PHYSICAL}), 0)`,
  Received: inStatus('Received', 'receipt'),
  Deducted: inStatus('Deducted', 'issue'),
  Registered: inStatus('Registered', 'receipt'),
  Picked: inStatus('Picked', 'issue'),
  ReservPhysical: inStatus('ReservPhysical', 'issue'),
  ReservOrdered: inStatus('ReservOrdered', 'issue'),
  OnOrder: inStatus('OnOrder', 'issue'),
  Ordered: inStatus('Ordered', 'receipt'),
  Arrived: inStatus('Arrived', 'receipt'),
}

const columns = SUM_COLUMNS.map((name) => ({ column: tableProperty(SUMS, name).column, formula: FORMULAS[name] }))

/** The sums as the transactions say, by item and dimensions. */
const TRUTH = `
  select lower(t.item_number) as item, lower(t.invent_dim_id) as dim, min(t.item_number) as item_number, min(t.invent_dim_id) as invent_dim_id,
    ${columns.map(({ column, formula }) => `${formula} as ${column}`).join(', ')}
  from inventory_transaction t where lower(t.data_area_id) = lower($1) and ($2 = '' or lower(t.item_number) = lower($2)) group by 1, 2`

const OWN_ROWS = `lower(s.data_area_id) = lower($1) and ($2 = '' or lower(s.item_number) = lower($2))`

/** A company, or one item of it. */
export interface RecalculateRequest {
  readonly dataAreaId: string
  /** Only this item; default: all of them. */
  readonly itemNumber?: string | undefined
}

/**
 * Rebuilds the sums of stock from its transactions; gives how many rows were wrong. Postings wait meanwhile: the row that each of them locks first
 * is locked, in the order in which they do it. Source: Supply Chain specification, 7.
 */
export async function recalculateOnHand(sql: SqlRunner, { dataAreaId, itemNumber = '' }: RecalculateRequest): Promise<number> {
  const parameters = [dataAreaId, itemNumber]
  await sql.query(
    `select 1 from inventory_sum s where ${OWN_ROWS} and s.invent_dim_id = s.anchor_dim_id
     order by lower(s.item_number) collate "C", lower(s.invent_dim_id) collate "C" for update`,
    parameters,
  )
  const differs = columns.map(({ column }) => `s.${column} <> coalesce(x.${column}, 0)`).join(' or ')
  const corrected = await sql.query(
    `with truth as (${TRUTH})
     update inventory_sum u set ${columns.map(({ column }) => `${column} = coalesce(x.${column}, 0)`).join(', ')},
       rec_version = 1 + (u.rec_version + floor(random() * 2000000000)::bigint) % 2147483646, change_xid = pg_current_xact_id(), modified_at = now()
     from inventory_sum s left join truth x on x.item = lower(s.item_number) and x.dim = lower(s.invent_dim_id)
     where u.rec_id = s.rec_id and ${OWN_ROWS} and (${differs}) returning 1`,
    parameters,
  )
  const added = await insertMissing(sql, parameters)
  return corrected.rows.length + added
}

type Raw = Readonly<Record<string, string>>

/** Rows that transactions need and nobody made. */
async function insertMissing(sql: SqlRunner, parameters: readonly string[]): Promise<number> {
  const dimensions = [...DIMENSIONS.properties.values()].filter(({ name }) => name !== 'dataAreaId' && name !== 'inventDimId')
  const { rows } = await sql.query<Raw>(
    `select x.item_number, x.invent_dim_id, ${dimensions.map(({ column }) => `d.${column}`).join(', ')},
       ${columns.map(({ column }) => `trim_scale(x.${column})::text as ${column}`).join(', ')}
     from (${TRUTH}) x
     join inventory_dimension d on lower(d.data_area_id) = lower($1) and lower(d.invent_dim_id) = x.dim
     where not exists (select 1 from inventory_sum s where lower(s.data_area_id) = lower($1) and lower(s.item_number) = x.item
       and lower(s.invent_dim_id) = x.dim)`,
    [...parameters],
  )
  const [dataAreaId = ''] = parameters
  await insertRows(
    sql,
    SUMS,
    rows.map((row) => missingRow(dataAreaId, row, Object.fromEntries(dimensions.map(({ name, column }) => [name, row[column] ?? ''])))),
  )
  return rows.length
}

function missingRow(dataAreaId: string, row: Raw, dimensions: FieldValues): FieldValues {
  const place = placeOf(row.item_number ?? '', dimensionsOf(dimensions))
  return {
    ...initialValues(SUMS),
    dataAreaId,
    ItemNumber: place.itemNumber,
    inventDimId: row.invent_dim_id ?? '',
    AnchorDimId: place.anchorDimId,
    ...dimensions,
    ...Object.fromEntries(SUM_COLUMNS.map((name) => [name, row[tableProperty(SUMS, name).column] ?? '0'])),
  }
}
