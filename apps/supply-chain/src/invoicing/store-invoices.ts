import { formatDecimal, type SqlRunner } from '@p2c/base'
import { saveInvoicedCharges } from '../calculation/total-rows.ts'
import { taxRows } from '../calculation/update-totals.ts'
import type { FieldValues } from '../domain/field-value.ts'
import { deliverNowAfter } from '../domain/fulfilment/delivery-quantity.ts'
import { creditRemainder } from '../domain/invoicing/credit-line.ts'
import { allocateToSlips } from '../domain/invoicing/slip-allocation.ts'
import type { CalculationCharge } from '../domain/pricing/calculation-document.ts'
import { insertPosted, updateLines, withLineValues } from '../orders/open-orders.ts'
import type { ChosenLine } from './choose-lines.ts'
import type { CalculatedOrder, LineCost, NumberedInvoice } from './invoice-draft.ts'
import { headerRow, type InvoiceLine, invoiceLines } from './invoice-rows.ts'

/** Stores journal rows, lines, charges and tax of the invoices: four statements, whatever their number. */
export async function storeInvoices(
  sql: SqlRunner,
  invoices: readonly NumberedInvoice[],
  costs: ReadonlyMap<string, LineCost>,
): Promise<void> {
  const headerIds = await insertPosted(
    sql,
    'sales_invoice',
    invoices.map((invoice) => headerRow(invoice, costs)),
  )
  const lines = invoices.map((invoice) => invoiceLines(invoice, costs))
  const lineIds = await insertPosted(
    sql,
    'sales_invoice_line',
    lines.flat().map(({ row }) => row),
  )
  const ids = new Map(lines.flat().map((line, index) => [line, lineIds[index] ?? '']))
  const stored = invoices.map((invoice, index) => ({
    invoice,
    headerId: headerIds[index] ?? '',
    lineIds: new Map((lines[index] ?? []).map((line: InvoiceLine) => [line.chosen.row.recId, ids.get(line) ?? ''])),
  }))
  await insertPosted(sql, 'document_charge', stored.flatMap(chargeRows))
  await insertPosted(sql, 'tax_transaction', stored.flatMap(invoiceTaxRows))
}

interface StoredInvoice {
  readonly invoice: NumberedInvoice
  readonly headerId: string
  /** Record ids of the invoice lines by that of their order line. */
  readonly lineIds: ReadonlyMap<string, string>
}

interface PlacedCharge {
  readonly charge: CalculationCharge
  readonly order: CalculatedOrder
  readonly parentTable: 'sales_invoice' | 'sales_invoice_line'
  readonly parentId: string
}

/** Charges count within their parent: the orders of a summary invoice share its header. */
function chargeRows(stored: StoredInvoice): FieldValues[] {
  const placed = stored.invoice.orders.flatMap((order) => order.document.charges.map((charge) => placeOf(charge, order, stored)))
  const byParent = Map.groupBy(placed, ({ parentTable, parentId }) => `${parentTable} ${parentId}`)
  return [...byParent.values()].flatMap((charges) => charges.map((each, index) => chargeRow(stored.invoice, each, index + 1)))
}

const placeOf = (charge: CalculationCharge, order: CalculatedOrder, { headerId, lineIds }: StoredInvoice): PlacedCharge =>
  charge.lineRecId === ''
    ? { charge, order, parentTable: 'sales_invoice', parentId: headerId }
    : { charge, order, parentTable: 'sales_invoice_line', parentId: lineIds.get(charge.lineRecId) ?? '' }

function chargeRow(invoice: NumberedInvoice, { charge, order, parentTable, parentId }: PlacedCharge, number: number): FieldValues {
  const figures = order.figures.charges.find(({ recId }) => recId === charge.recId)
  return {
    dataAreaId: invoice.dataAreaId,
    ParentTable: parentTable,
    ParentRecId: parentId,
    ChargeLineNumber: String(number),
    ChargeCode: charge.chargeCode,
    ChargeCategory: charge.category,
    ChargeValue: formatDecimal(charge.value),
    CurrencyCode: invoice.currencyCode,
    SalesTaxGroupCode: charge.taxGroup,
    SalesTaxItemGroupCode: charge.taxItemGroup,
    IsKept: charge.isKept ? 'Yes' : 'No',
    CalculatedAmount: formatDecimal(charge.value),
    TaxAmount: figures === undefined ? '0' : formatDecimal(figures.taxAmount),
  }
}

/** Tax by line, charge and code, counted through the orders of the invoice. Source: Supply Chain specification, 2.17. */
const invoiceTaxRows = ({ invoice, headerId, lineIds }: StoredInvoice): FieldValues[] =>
  invoice.orders
    .flatMap(({ document, figures }) => {
      const taxes = figures.taxes.map((tax) => ({ ...tax, lineRecId: lineIds.get(tax.lineRecId) ?? '' }))
      return taxRows('sales_invoice', { document: { ...document, recId: headerId }, totals: { ...figures, taxes } })
    })
    .map((row, index) => ({ ...row, TransactionNumber: String(index + 1) }))

/** What happens to quantities of lines that are invoiced in part. */
export interface ProgressOptions {
  /** The quantity rule was the quantity to deliver now: it is used up. */
  readonly takesDeliverNow: boolean
  /** Whether what is left of a partly credited line stays on the order. */
  readonly keepsCreditRemainder: boolean
}

/**
 * Tells the orders what was invoiced: quantities and document status of the lines, quantities of the packing slip lines, amounts of the charges.
 * The caller brings the orders up to date with `refreshOrders` afterwards.
 */
export async function storeProgress(sql: SqlRunner, invoices: readonly NumberedInvoice[], options: ProgressOptions): Promise<void> {
  const orders = invoices.flatMap((invoice) => invoice.orders)
  const chosen = orders.flatMap(({ order }) => order.chosen)
  await updateLines(
    sql,
    chosen.map((each) => withLineValues(each, progressOf(each, options))),
  )
  await updateSlipLines(sql, chosen)
  await saveInvoicedCharges(
    sql,
    orders.flatMap(({ charges }) => charges),
  )
}

/** Delivered quantities are stored by the physical update; columns that are not named here stay as it left them. */
function progressOf({ line, quantity, toDeliver }: ChosenLine, { takesDeliverNow, keepsCreditRemainder }: ProgressOptions): FieldValues {
  const rest = keepsCreditRemainder ? undefined : creditRemainder(line, toDeliver)
  return {
    InvoicedQuantity: formatDecimal(line.invoiced.plus(quantity)),
    DocumentStatus: 'Invoice',
    SalesDeliverNow: formatDecimal(deliverNowAfter(line, takesDeliverNow ? quantity : toDeliver)),
    ...(rest !== undefined && { CanceledQuantity: formatDecimal(line.canceled.plus(rest)) }),
  }
}

async function updateSlipLines(sql: SqlRunner, chosen: readonly ChosenLine[]): Promise<void> {
  const changed = new Map(chosen.flatMap(({ slipLines, quantity }) => [...allocateToSlips(slipLines, quantity)]))
  if (changed.size === 0) return
  await sql.query(
    `update packing_slip_line t set invoiced_quantity = r.quantity, rec_version = 1 + t.rec_version % 2147483646,
       change_xid = pg_current_xact_id(), modified_at = now()
     from unnest($1::bigint[], $2::numeric[]) as r(rec_id, quantity) where t.rec_id = r.rec_id`,
    [[...changed.keys()], [...changed.values()].map(formatDecimal)],
  )
}
