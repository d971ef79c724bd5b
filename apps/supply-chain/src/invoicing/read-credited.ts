import { decimal, type SqlRunner } from '@p2c/base'
import type { FieldValues } from '../domain/field-value.ts'
import type { CreditedBefore } from '../domain/invoicing/credit-line.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { findRows } from '../store/rows.ts'

/** A posted invoice with its lines, as the journal has them. */
export interface JournalInvoice {
  readonly header: FieldValues
  readonly lines: readonly FieldValues[]
}

/**
 * The posted invoice of a number; undefined where there is none. It never changes, so it is not locked. Invoice numbers are unique within a
 * company as long as their sequences are.
 */
export async function findInvoice(sql: SqlRunner, dataAreaId: string, invoiceNumber: string): Promise<JournalInvoice | undefined> {
  const common = { fields: ['dataAreaId', 'InvoiceNumber'], keys: [[dataAreaId, invoiceNumber]] }
  const [header] = await findRows(sql, { ...common, table: tableByRelation('sales_invoice') })
  if (header === undefined) return undefined
  const lines = await findRows(sql, { ...common, table: tableByRelation('sales_invoice_line'), isMany: true })
  const own = lines.filter(({ values }) => values.LedgerVoucher === header.values.LedgerVoucher)
  return { header: header.values, lines: own.map(({ values }) => values) }
}

interface CreditedRow {
  readonly lot: string
  readonly quantity: string
  readonly charges: string
  readonly remainder: string
}

/**
 * What credit notes give back of the lines of an invoice, posted or not, by lot in lower case: their order lines, and posted lines whose order
 * line was removed after its invoice. A cancelled quantity gives nothing back. Source: Supply Chain specification, 6.4.
 */
export async function readCredited(
  sql: SqlRunner,
  dataAreaId: string,
  invoiceNumber: string,
): Promise<ReadonlyMap<string, CreditedBefore>> {
  const { rows } = await sql.query<CreditedRow>(
    `select c.lot, (-sum(c.quantity))::text as quantity, (-sum(c.charges))::text as charges, (-sum(c.remainder))::text as remainder from (
       select lower(l.credited_lot_id) as lot, l.ordered_sales_quantity - l.canceled_quantity as quantity, l.fixed_price_charges as charges,
         l.discount_remainder as remainder
       from sales_order_line l
       where lower(l.data_area_id) = lower($1) and l.credited_invoice_number <> ''
         and lower(l.credited_invoice_number) = lower($2)
       union all
       select lower(p.credited_lot_id), p.invoiced_quantity, p.fixed_price_charges, p.discount_remainder
       from sales_invoice_line p
       where lower(p.data_area_id) = lower($1) and p.credited_invoice_number <> ''
         and lower(p.credited_invoice_number) = lower($2)
         and not exists (select 1 from sales_order_line l
           where lower(l.data_area_id) = lower(p.data_area_id) and lower(l.inventory_lot_id) = lower(p.inventory_lot_id))) c
     group by 1`,
    [dataAreaId, invoiceNumber],
  )
  return new Map(
    rows.map((row) => [
      row.lot,
      { quantity: decimal(row.quantity), salesCharges: decimal(row.charges), discountRemainder: decimal(row.remainder) },
    ]),
  )
}
