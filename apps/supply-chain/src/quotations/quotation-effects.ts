import type { SqlRunner } from '@p2c/base'
import { at } from '../domain/field-value.ts'
import { EDITABLE_STATUSES, refuseTransition } from '../domain/quotations/quotation-status.ts'
import type { RowChange, WriteEffect } from '../store/write-effects.ts'

/** The quotation that a line belongs or belonged to; lines never change theirs. */
const quotationOf = ({ before, after }: RowChange) => {
  const row = after ?? before
  return { dataAreaId: at(row, 'dataAreaId'), number: at(row, 'SalesQuotationNumber') }
}

const keyOf = ({ dataAreaId, number }: { readonly dataAreaId: string; readonly number: string }): string =>
  `${dataAreaId}\u0001${number}`.toLowerCase()

/**
 * Lines that came, changed or went: the quotation is edited, so a sent one returns to Created, and its totals are out of date. A line cannot go
 * from a quotation that is closed (E25); new and changed lines were refused there already. One statement. The headers are locked: writers of a
 * line lock its quotation first.
 */
export const editQuotationsOfLines: WriteEffect = async (sql: SqlRunner, changes, { refuseAll }) => {
  const quotations = [...new Map(changes.map(quotationOf).map((each) => [keyOf(each), each])).values()]
  const { rows } = await sql.query<{ data_area_id: string; number: string; status: string; is_editable: boolean }>(
    `with wanted as (select * from unnest($1::text[], $2::text[]) as w(data_area_id, number)),
     stored as (
       select q.rec_id, q.data_area_id, q.sales_quotation_number as number, q.sales_quotation_status as status from sales_quotation q
       join wanted w on lower(q.data_area_id) = lower(w.data_area_id) and lower(q.sales_quotation_number) = lower(w.number)),
     edited as (
       update sales_quotation q set sales_quotation_status = 'Created', content_version = q.content_version + 1,
         rec_version = 1 + (q.rec_version + floor(random() * 2000000000)::bigint) % 2147483646, change_xid = pg_current_xact_id(), modified_at = now()
       from stored s where q.rec_id = s.rec_id and s.status = any($3::text[]) returning q.rec_id)
     select data_area_id, number, status, status = any($3::text[]) as is_editable from stored`,
    [quotations.map(({ dataAreaId }) => dataAreaId), quotations.map(({ number }) => number), EDITABLE_STATUSES],
  )
  const closed = new Map(
    rows.filter((row) => !row.is_editable).map((row) => [keyOf({ dataAreaId: row.data_area_id, number: row.number }), row]),
  )
  const refusals = changes.flatMap((change) => {
    const quotation = closed.get(keyOf(quotationOf(change)))
    return quotation === undefined ? [] : [[change, [refuseTransition(quotation.number, quotation.status, 'edit')]] as const]
  })
  if (refusals.length > 0) refuseAll(new Map(refusals))
}
