import type { SqlRunner } from '@p2c/base'
import type { RowChange } from '../store/write-effects.ts'

/** A payment says that it settles selected transactions while it is marked for any; its journal is locked by whoever wrote the marks. One statement. */
export async function showMarks(sql: SqlRunner, changes: readonly RowChange[]): Promise<void> {
  const marks = changes.map(({ before, after }) => after ?? before ?? {})
  await sql.query(
    `update customer_payment_journal_line t set settle_voucher = w.settle_voucher, change_xid = pg_current_xact_id(), modified_at = now(),
       rec_version = 1 + (t.rec_version + floor(random() * 2000000000)::bigint) % 2147483646
     from (select l.rec_id, case when l.marked_invoice <> '' or exists (select 1 from payment_journal_mark m
         where lower(m.data_area_id) = lower(l.data_area_id) and lower(m.journal_batch_number) = lower(l.journal_batch_number)
           and m.journal_line_number = l.line_number) then 'SelectedTransact' else 'None' end as settle_voucher
       from customer_payment_journal_line l
       join (select distinct lower(c) as company, lower(j) as journal, n as line from unnest($1::text[], $2::text[], $3::numeric[]) as k(c, j, n)) k
         on lower(l.data_area_id) = k.company and lower(l.journal_batch_number) = k.journal and l.line_number = k.line) w
     where t.rec_id = w.rec_id and t.settle_voucher <> w.settle_voucher`,
    ['dataAreaId', 'JournalBatchNumber', 'JournalLineNumber'].map((name) => marks.map((mark) => mark[name] ?? '')),
  )
}
