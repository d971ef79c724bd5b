import { decimal, type SqlRunner } from '@p2c/base'
import type { FieldValues } from '../domain/field-value.ts'
import type { SlipLine } from '../domain/invoicing/slip-allocation.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { type OpenOrder, openOrders } from '../orders/open-orders.ts'
import { findRows } from '../store/rows.ts'

/** A packing slip line with its slip. */
export interface PostedSlipLine extends SlipLine {
  readonly packingSlipNumber: string
}

/** The locked orders of a request, in the order in which it names them, with what their invoices depend on. */
export interface InvoiceFacts {
  readonly orders: readonly OpenOrder[]
  /** Rows of customers by account in lower case. */
  readonly customers: ReadonlyMap<string, FieldValues>
  /** Posted slip lines by lot, oldest first; cancelled slips are left out. */
  readonly slipLines: ReadonlyMap<string, readonly PostedSlipLine[]>
  /** Lots in lower case whose item must be delivered by a packing slip before it is invoiced. */
  readonly deductedFirst: ReadonlySet<string>
}

/**
 * Locks the orders and reads what their invoices depend on: a fixed number of statements, whatever the number of orders and lines. Throws a
 * refusal with E01 where an order does not exist.
 */
export async function loadInvoiceFacts(sql: SqlRunner, dataAreaId: string, salesOrderNumbers: readonly string[]): Promise<InvoiceFacts> {
  const orders = await openOrders(sql, dataAreaId, salesOrderNumbers)
  const lots = orders.flatMap(({ lines }) => lines.map(({ line }) => line.lotId))
  const accounts = orders.flatMap(({ header: { values } }) => [values.OrderingCustomerAccountNumber, values.InvoiceCustomerAccountNumber])
  const customers = await findRows(sql, {
    table: tableByRelation('customer'),
    fields: ['dataAreaId', 'CustomerAccount'],
    keys: [...new Set(accounts.map((account) => (account ?? '').toLowerCase()))].map((account) => [dataAreaId, account]),
  })
  return {
    orders,
    customers: new Map(customers.map(({ values }) => [(values.CustomerAccount ?? '').toLowerCase(), values])),
    slipLines: await readSlipLines(sql, dataAreaId, lots),
    deductedFirst: await readDeductedFirst(sql, dataAreaId, lots),
  }
}

interface SlipRow {
  readonly rec_id: string
  readonly lot: string
  readonly slip: string
  readonly delivered: string
  readonly invoiced: string
}

async function readSlipLines(sql: SqlRunner, dataAreaId: string, lots: readonly string[]) {
  const { rows } = await sql.query<SlipRow>(
    `select l.rec_id::text, lower(l.inventory_lot_id) as lot, l.packing_slip_number as slip, l.delivered_quantity::text as delivered,
       l.invoiced_quantity::text as invoiced
     from packing_slip_line l
     where lower(l.data_area_id) = lower($1) and lower(l.inventory_lot_id) in (select lower(k) from unnest($2::text[]) k)
       and l.is_canceled <> 'Yes'
     order by l.rec_id for update`,
    [dataAreaId, lots],
  )
  const lines = rows.map((row) => ({
    lot: row.lot,
    line: { recId: row.rec_id, packingSlipNumber: row.slip, delivered: decimal(row.delivered), invoiced: decimal(row.invoiced) },
  }))
  return byLot(lines)
}

function byLot(lines: readonly { readonly lot: string; readonly line: PostedSlipLine }[]): ReadonlyMap<string, readonly PostedSlipLine[]> {
  return new Map([...Map.groupBy(lines, ({ lot }) => lot)].map(([lot, ofLot]) => [lot, ofLot.map(({ line }) => line)]))
}

async function readDeductedFirst(sql: SqlRunner, dataAreaId: string, lots: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ lot: string }>(
    `select lower(l.inventory_lot_id) as lot
     from sales_order_line l
     join released_product r on lower(r.data_area_id) = lower(l.data_area_id) and lower(r.item_number) = lower(l.item_number)
     join inventory_policy m on lower(m.data_area_id) = lower(r.data_area_id) and lower(m.policy_id) = lower(r.item_model_group_id)
     where lower(l.data_area_id) = lower($1) and lower(l.inventory_lot_id) in (select lower(k) from unnest($2::text[]) k)
       and m.is_deduction_required = 'Yes'`,
    [dataAreaId, lots],
  )
  return new Set(rows.map((row) => row.lot))
}
