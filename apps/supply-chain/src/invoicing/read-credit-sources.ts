import { decimal, type SqlRunner, sum } from '@p2c/base'
import type { CreditedTax, CreditSource } from '../domain/invoicing/credited-figures.ts'
import { joinKey } from '../store/tracked-row.ts'

/** Names one line of a posted invoice: by the number of the invoice and the lot of the order line. */
export interface InvoiceLineKey {
  readonly invoiceNumber: string
  readonly lotId: string
}

/** The text under which `readCreditSources` keeps a line. */
export const invoiceLineText = ({ invoiceNumber, lotId }: InvoiceLineKey): string => joinKey([invoiceNumber, lotId])

/**
 * The invoice lines that are given back, with their total discount and tax and what posted credit notes took of both; two statements, each of
 * which goes by the few invoices, not by their many lines. A line whose company keeps no tax per line has no tax here.
 */
export async function readCreditSources(
  sql: SqlRunner,
  dataAreaId: string,
  keys: readonly InvoiceLineKey[],
): Promise<Map<string, CreditSource>> {
  if (keys.length === 0) return new Map()
  const wanted = new Set(keys.map(invoiceLineText))
  const invoices = [...new Set(keys.map(({ invoiceNumber }) => invoiceNumber.toLowerCase()))]
  const lines = (await readLines(sql, dataAreaId, invoices)).filter((line) => wanted.has(textOf(line)))
  const taxes = await readTaxes(sql, dataAreaId, lines)
  return new Map(
    [...Map.groupBy(lines, textOf)].flatMap(([text, ofLine]) => {
      const source = toSource(ofLine, taxes)
      return source === undefined ? [] : [[text, source] as const]
    }),
  )
}

/** A posted line: the invoice line itself, or one of a credit note that gives it back. */
interface LineRow {
  readonly rec_id: string
  readonly invoice_rec_id: string
  readonly is_credit: boolean
  /** The line that it is or gives back. */
  readonly invoice: string
  readonly lot: string
  readonly quantity: string
  readonly discount: string
}

async function readLines(sql: SqlRunner, dataAreaId: string, invoices: readonly string[]): Promise<LineRow[]> {
  const { rows } = await sql.query<LineRow>(
    `select l.rec_id::text, i.rec_id::text as invoice_rec_id, l.is_credit, l.source_invoice as invoice, l.source_lot as lot,
       l.invoiced_quantity::text as quantity, l.total_discount_share::text as discount
     from (
       select l.*, false as is_credit, l.invoice_number as source_invoice, l.inventory_lot_id as source_lot from sales_invoice_line l
       where lower(l.data_area_id) = lower($1) and lower(l.invoice_number) = any(select lower(n) from unnest($2::text[]) n)
       union all
       select l.*, true, l.credited_invoice_number, l.credited_lot_id from sales_invoice_line l
       where lower(l.data_area_id) = lower($1) and l.credited_invoice_number <> ''
         and lower(l.credited_invoice_number) = any(select lower(n) from unnest($2::text[]) n)) l
     join sales_invoice i on lower(i.data_area_id) = lower(l.data_area_id) and lower(i.invoice_number) = lower(l.invoice_number)
       and i.invoice_date = l.invoice_date and lower(i.ledger_voucher) = lower(l.ledger_voucher)`,
    [dataAreaId, invoices],
  )
  return rows
}

interface TaxRow {
  readonly line_rec_id: string
  readonly code: string
  readonly tax_group: string
  readonly item_group: string
  readonly is_exempt: boolean
  readonly day: string
  readonly base: string
  readonly amount: string
}

/** Tax on the lines themselves, not on their charges, by the record id of the line. */
async function readTaxes(sql: SqlRunner, dataAreaId: string, lines: readonly LineRow[]): Promise<ReadonlyMap<string, TaxRow[]>> {
  const { rows } = await sql.query<TaxRow>(
    `select t.line_rec_id::text, t.sales_tax_code as code, t.sales_tax_group_code as tax_group, t.sales_tax_item_group_code as item_group,
       t.is_exempt = 'Yes' as is_exempt, t.transaction_date::text as day, t.tax_base_amount::text as base, t.tax_amount::text as amount
     from tax_transaction t
     where lower(t.data_area_id) = lower($1) and lower(t.document_table) = 'sales_invoice' and t.document_rec_id = any($2::bigint[])
       and t.line_rec_id <> 0 and t.charge_rec_id = 0
     order by t.document_rec_id, t.transaction_number`,
    [dataAreaId, [...new Set(lines.map(({ invoice_rec_id }) => invoice_rec_id))]],
  )
  return Map.groupBy(rows, ({ line_rec_id }) => line_rec_id)
}

const textOf = ({ invoice, lot }: LineRow): string => invoiceLineText({ invoiceNumber: invoice, lotId: lot })

/** Undefined where the invoice line itself is not there. */
function toSource(lines: readonly LineRow[], taxes: ReadonlyMap<string, TaxRow[]>): CreditSource | undefined {
  const source = lines.find((line) => !line.is_credit)
  if (source === undefined) return undefined
  const credits = lines.filter((line) => line.is_credit)
  const taken = credits.flatMap(({ rec_id }) => taxes.get(rec_id) ?? [])
  return {
    quantity: decimal(source.quantity),
    takenQuantity: sum(credits.map(({ quantity }) => decimal(quantity))).negated(),
    totalDiscount: decimal(source.discount),
    takenDiscount: sum(credits.map(({ discount }) => decimal(discount))).negated(),
    taxes: (taxes.get(source.rec_id) ?? []).map((row) =>
      toTax(
        row,
        taken.filter(({ code }) => code === row.code),
      ),
    ),
  }
}

const toTax = (row: TaxRow, taken: readonly TaxRow[]): CreditedTax => ({
  taxCode: row.code,
  taxGroup: row.tax_group,
  taxItemGroup: row.item_group,
  isExempt: row.is_exempt,
  base: decimal(row.base),
  amount: decimal(row.amount),
  date: row.day,
  takenBase: sum(taken.map(({ base }) => decimal(base))).negated(),
  taken: sum(taken.map(({ amount }) => decimal(amount))).negated(),
})
