import type { View } from './view.ts'

/** The name of the customer beside each payment; a customer that is renamed changes its lines. */
const PAYMENT_LINE_VIEW = `
  select t.rec_id, t.rec_version, greatest(t.change_xid, c.change_xid) as change_xid, t.created_at, greatest(t.modified_at, c.modified_at) as modified_at,
    t.data_area_id, t.journal_batch_number, t.line_number, t.company, t.account_type, t.account_display_value,
    coalesce(nullif(c.organization_name, ''), trim(c.person_first_name || ' ' || c.person_last_name), '') as customer_name, t.transaction_date, t.credit_amount, t.debit_amount, t.currency_code, t.exchange_rate,
    t.offset_account_type, t.offset_account_display_value, t.payment_method_name, t.payment_reference, t.payment_id, t.marked_invoice,
    t.marked_invoice_company, t.settle_voucher, t.posting_profile, t.is_prepayment, t.transaction_text, t.voucher
  from customer_payment_journal_line t
  left join customer c on lower(c.data_area_id) = lower(t.data_area_id) and lower(c.customer_account) = lower(t.account_display_value)`

/** Open parts with what identifies their transaction. */
const OPEN_TRANSACTION_VIEW = `
  select o.rec_id, o.rec_version, o.change_xid, o.created_at, o.modified_at, t.data_area_id, t.sys_rec_id, t.account_num, t.invoice, t.currency_code,
    o.due_date, o.amount_cur, o.possible_cash_disc
  from cust_trans t
  join cust_trans_open o on o.ref_rec_id = t.sys_rec_id and lower(o.data_area_id) = lower(t.data_area_id)`

/** Sums of what is open; the newest of the open parts stands for the row. */
const BALANCE_VIEW = `
  select min(o.rec_id) as rec_id, max(o.rec_version) as rec_version, max(o.change_xid) as change_xid, min(o.created_at) as created_at,
    max(o.modified_at) as modified_at, t.data_area_id, t.account_num, t.currency_code, sum(o.amount_cur) as amount_cur, sum(o.amount_mst) as amount_mst
  from cust_trans t
  join cust_trans_open o on o.ref_rec_id = t.sys_rec_id and lower(o.data_area_id) = lower(t.data_area_id)
  group by t.data_area_id, t.account_num, t.currency_code`

/** Views of customer accounts. */
export const RECEIVABLES_VIEWS: readonly View[] = [
  { name: 'open_customer_transaction', sql: OPEN_TRANSACTION_VIEW },
  { name: 'cust_balance', sql: BALANCE_VIEW },
  { name: 'customer_payment_journal_line_view', sql: PAYMENT_LINE_VIEW },
]
