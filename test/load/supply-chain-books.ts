import type { SqlRunner } from '@p2c/base'

/** One thing that must hold in the books of Supply Chain: the statement finds the rows that break it. */
interface BookRule {
  readonly holds: string
  readonly broken: string
}

const SUMS = {
  posted_qty: "sum(t.qty) filter (where t.status_issue = 'Sold' or t.status_receipt = 'Purchased')",
  received: "sum(t.qty) filter (where t.status_receipt = 'Received')",
  registered: "sum(t.qty) filter (where t.status_receipt = 'Registered')",
  arrived: "sum(t.qty) filter (where t.status_receipt = 'Arrived')",
  ordered: "sum(t.qty) filter (where t.status_receipt = 'Ordered')",
  deducted: "-sum(t.qty) filter (where t.status_issue = 'Deducted')",
  picked: "-sum(t.qty) filter (where t.status_issue = 'Picked')",
  reserv_physical: "-sum(t.qty) filter (where t.status_issue = 'ReservPhysical')",
  reserv_ordered: "-sum(t.qty) filter (where t.status_issue = 'ReservOrdered')",
  on_order: "-sum(t.qty) filter (where t.status_issue = 'OnOrder')",
}

const PHYSICAL = '(s.posted_qty + s.received - s.deducted + s.registered - s.picked)'

/** Quantity of a line that went out of stock, less what came back: in the unit of the line, which is that of the stock in these tests. */
const MOVED = `(select coalesce(-sum(t.qty) filter (where t.status_issue in ('Deducted', 'Sold') or t.status_receipt in ('Received', 'Purchased')), 0)
  from inventory_transaction t where t.data_area_id = l.data_area_id and t.invent_trans_id = l.inventory_lot_id)`

const INVOICED = `(select coalesce(sum(i.invoiced_quantity), 0) from sales_invoice_line i
  where i.data_area_id = l.data_area_id and i.inventory_lot_id = l.inventory_lot_id)`

const SLIPPED = `(select coalesce(sum(p.delivered_quantity) filter (where p.is_canceled = 'No'), 0) from packing_slip_line p
  where p.data_area_id = l.data_area_id and p.inventory_lot_id = l.inventory_lot_id)`

const ON_LINE = "from sales_order_line l where l.is_stocked = 'Yes' and"

const RULES: readonly BookRule[] = [
  {
    holds: 'on-hand is the sum of its transactions',
    broken: `
      with t as (select t.data_area_id, t.item_number, t.invent_dim_id,
          ${Object.entries(SUMS)
            .map(([column, sum]) => `coalesce(${sum}, 0) as ${column}`)
            .join(', ')}
        from inventory_transaction t group by 1, 2, 3)
      select coalesce(s.item_number, t.item_number) as item, coalesce(s.invent_dim_id, t.invent_dim_id) as dimensions
      from inventory_sum s full join t on t.data_area_id = s.data_area_id and t.item_number = s.item_number and t.invent_dim_id = s.invent_dim_id
      where ${Object.keys(SUMS)
        .map((column) => `coalesce(s.${column}, 0) <> coalesce(t.${column}, 0)`)
        .join(' or ')}`,
  },
  {
    holds: 'physical stock is never negative',
    broken: `select s.item_number, ${PHYSICAL} as physical from inventory_sum s where ${PHYSICAL} < 0`,
  },
  {
    holds: 'no more is reserved than is there',
    broken: `select s.item_number, ${PHYSICAL} as physical, s.reserv_physical from inventory_sum s where s.reserv_physical > ${PHYSICAL}`,
  },
  {
    holds: 'what a line has delivered is what left the stock',
    broken: `select l.inventory_lot_id, l.delivered_quantity, ${MOVED} as moved ${ON_LINE} l.delivered_quantity <> ${MOVED}`,
  },
  {
    holds: 'nothing ships twice',
    broken: `select l.inventory_lot_id, l.delivered_quantity, ${SLIPPED} as slips ${ON_LINE} (abs(${SLIPPED}) > abs(l.delivered_quantity) or abs(l.delivered_quantity) > abs(l.ordered_sales_quantity) * (1 + l.allowed_overdelivery_percentage / 100))`,
  },
  {
    holds: 'no more is invoiced than delivered',
    broken: `select l.inventory_lot_id, l.invoiced_quantity, l.delivered_quantity from sales_order_line l where abs(l.invoiced_quantity) > abs(l.delivered_quantity)`,
  },
  {
    holds: 'what a line has invoiced is on its invoices',
    broken: `select l.inventory_lot_id, l.invoiced_quantity, ${INVOICED} as invoices from sales_order_line l where l.invoiced_quantity <> ${INVOICED}`,
  },
  {
    holds: 'no more is credited than invoiced',
    broken: `select i.invoice_number, i.inventory_lot_id from sales_invoice_line i where i.invoiced_quantity > 0 and i.invoiced_quantity < -(
      select coalesce(sum(c.invoiced_quantity), 0) from sales_invoice_line c where c.data_area_id = i.data_area_id
        and c.credited_invoice_number = i.invoice_number and c.credited_lot_id = i.inventory_lot_id)`,
  },
  {
    holds: 'the balance of a customer is the sum of the open transactions',
    broken: `
      select t.account_num, t.rest, o.amount from (
        select data_area_id, account_num, sum(amount_mst - settle_amount_mst) as rest from cust_trans group by 1, 2) t
      full join (select data_area_id, account_num, sum(amount_mst) as amount from cust_trans_open group by 1, 2) o using (data_area_id, account_num)
      where coalesce(t.rest, 0) <> coalesce(o.amount, 0)`,
  },
  {
    holds: 'each open transaction is what is left of its transaction',
    broken: `
      select t.sys_rec_id, t.amount_cur - t.settle_amount_cur as rest, coalesce(sum(o.amount_cur), 0) as open
      from cust_trans t left join cust_trans_open o on o.data_area_id = t.data_area_id and o.ref_rec_id = t.sys_rec_id
      group by t.data_area_id, t.sys_rec_id, t.amount_cur, t.settle_amount_cur
      having t.amount_cur - t.settle_amount_cur <> coalesce(sum(o.amount_cur), 0)`,
  },
  {
    holds: 'debit is credit in every voucher',
    broken:
      'select data_area_id, voucher, sum(accounting_currency_amount) as rest from ledger_transaction group by 1, 2 having sum(accounting_currency_amount) <> 0',
  },
  {
    holds: 'the receivables of the ledger are the balances of the customers',
    broken: `
      select l.data_area_id, l.amount, c.amount as customers from (
        select data_area_id, sum(accounting_currency_amount) as amount from ledger_transaction where main_account = '130100' group by 1) l
      full join (select data_area_id, sum(amount_mst - settle_amount_mst) as amount from cust_trans group by 1) c using (data_area_id)
      where coalesce(l.amount, 0) <> coalesce(c.amount, 0)`,
  },
  {
    holds: 'every posted invoice stands with its customer and in the ledger',
    broken: `
      select i.invoice_number, i.total_invoice_amount, t.amount_cur from sales_invoice i
      left join cust_trans t on t.data_area_id = i.data_area_id and t.voucher = i.ledger_voucher and t.invoice = i.invoice_number
      where i.total_invoice_amount <> coalesce(t.amount_cur, 0)
        or (i.total_invoice_amount <> 0 and not exists (select 1 from ledger_transaction l where l.data_area_id = i.data_area_id and l.voucher = i.ledger_voucher))`,
  },
]

/** What does not hold in the books of the application over this database, with the first rows that show it; empty when all is well. */
export async function brokenRules(sql: SqlRunner): Promise<string[]> {
  const broken: string[] = []
  for (const rule of RULES) {
    const { rows } = await sql.query(`select * from (${rule.broken}) b limit 5`)
    if (rows.length > 0) broken.push(`not so: ${rule.holds}: ${JSON.stringify(rows)}`)
  }
  return broken
}
