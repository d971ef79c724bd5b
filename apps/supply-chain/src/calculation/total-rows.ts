import { formatDecimal, type SqlRunner } from '@p2c/base'
import type { FieldValues } from '../domain/field-value.ts'
import type { ChargeTotals } from '../domain/pricing/document-totals.ts'
import type { ChargeProgress } from '../domain/pricing/partial-invoice.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { insertRows } from '../store/rows.ts'
import { columnType, comparedColumn, comparedValue, tableProperty } from '../store/table-columns.ts'

interface Replacement {
  readonly fields: readonly string[]
  /** One array of values per parent whose rows are replaced. */
  readonly keys: readonly (readonly string[])[]
  readonly rows: readonly FieldValues[]
}

/** Deletes the rows of the keys and inserts others in their place: two statements. New rows count as changed. */
export async function replaceRows(sql: SqlRunner, relation: string, { fields, keys, rows }: Replacement): Promise<void> {
  await deleteByKeys(sql, relation, { fields, keys })
  await insertRows(sql, tableByRelation(relation), rows)
}

/** Deletes every row whose `fields` equal one of the keys, in any case. */
export async function deleteByKeys(sql: SqlRunner, relation: string, { fields, keys }: Omit<Replacement, 'rows'>): Promise<void> {
  if (keys.length === 0) return
  const properties = fields.map((name) => tableProperty(tableByRelation(relation), name))
  const arrays = properties.map((property, index) => `$${index + 1}::${columnType(property)}[]`)
  const names = properties.map((_, index) => `k${index}`)
  const matches = properties.map((property, index) => `${comparedColumn(property, 't')} = ${comparedValue(property, `k.k${index}`)}`)
  // Key by key, as rows are found, then by record id: a table that was filled a moment ago has no statistics, and a join would read all of it.
  await sql.query(
    `delete from ${relation} d where d.rec_id = any(array(
       select r.rec_id from unnest(${arrays.join(', ')}) as k(${names.join(', ')})
       cross join lateral (select t.rec_id from ${relation} t where ${matches.join(' and ')} offset 0) r))`,
    properties.map((_, index) => keys.map((key) => key[index] ?? '')),
  )
}

/** Notes that totals were made anew and came to the same: nobody who reads changes hears of it. One statement per table. */
export async function stampTotals(
  sql: SqlRunner,
  tables: { readonly total: string; readonly lineTotal: string; readonly number: string },
  { keys, made }: { readonly keys: readonly (readonly string[])[]; readonly made: string },
): Promise<void> {
  if (keys.length === 0) return
  for (const relation of [tables.total, tables.lineTotal]) {
    const { column } = tableProperty(tableByRelation(relation), tables.number)
    await sql.query(
      `update ${relation} d set last_updated_date_time = $3 where d.rec_id = any(array(
         select r.rec_id from unnest($1::text[], $2::text[]) as k(company, number)
         cross join lateral (select t.rec_id from ${relation} t
           where lower(t.data_area_id) = lower(k.company) and lower(t.${column}) = lower(k.number) offset 0) r))`,
      [keys.map(([company]) => company), keys.map(([, number]) => number), made],
    )
  }
}

/**
 * Stores what charges came to. Their documents are locked; the rows themselves do not count as content of the document: no effect runs.
 * Rows that hold the same figures already are not written.
 */
export async function updateChargeAmounts(sql: SqlRunner, relation: string, charges: readonly ChargeTotals[]): Promise<void> {
  if (charges.length === 0) return
  await sql.query(
    `update ${relation} t set calculated_amount = r.amount, tax_amount = r.tax, ${VERSION}
     from unnest($1::bigint[], $2::numeric[], $3::numeric[]) as r(rec_id, amount, tax)
     where t.rec_id = r.rec_id and (t.calculated_amount <> r.amount or t.tax_amount <> r.tax)`,
    [
      charges.map(({ recId }) => recId),
      charges.map(({ amount }) => formatDecimal(amount)),
      charges.map(({ taxAmount }) => formatDecimal(taxAmount)),
    ],
  )
}

/**
 * Stores on the charges of orders what an invoice has taken of them. Call it with the order locked; totals of the order stay as they are, since
 * they count the whole charge. Two statements. Source: Supply Chain specification, 5.6.
 */
export async function saveInvoicedCharges(sql: SqlRunner, progress: readonly ChargeProgress[]): Promise<void> {
  for (const [relation, own] of [
    ['sales_order_charge', progress.filter(({ lineRecId }) => lineRecId === '')],
    ['sales_order_line_charge', progress.filter(({ lineRecId }) => lineRecId !== '')],
  ] as const) {
    if (own.length === 0) continue
    await sql.query(
      `update ${relation} t set invoiced_amount = r.amount, is_closed = r.closed, ${VERSION}
       from unnest($1::bigint[], $2::numeric[], $3::text[]) as r(rec_id, amount, closed) where t.rec_id = r.rec_id`,
      [
        own.map(({ recId }) => recId),
        own.map(({ invoicedAmount }) => formatDecimal(invoicedAmount)),
        own.map(({ isClosed }) => (isClosed ? 'Yes' : 'No')),
      ],
    )
  }
}

/** A changed row: another version, this transaction, this time. */
const VERSION = 'rec_version = 1 + t.rec_version % 2147483646, change_xid = pg_current_xact_id(), modified_at = now()'
