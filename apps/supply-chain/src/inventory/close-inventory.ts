import { type Decimal, decimal, formatDecimal, type SqlRunner, sum } from '@p2c/base'
import { readAccountingCurrency } from '../calculation/exchange.ts'
import { checkPeriodsOpen } from '../calculation/fiscal-period.ts'
import { assertNoProblems } from '../commands/command.ts'
import { requireNumber } from '../commands/require-numbers.ts'
import { type ClosedValue, closeValues, isClosable, type OpenValue } from '../domain/inventory/close-inventory.ts'
import type { ItemFacts } from '../domain/inventory/item-facts.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { ledgerAccount } from '../ledger/accounts.ts'
import { postVoucher } from '../ledger/post-voucher.ts'
import { findRows } from '../store/rows.ts'
import { readItemFacts } from './read-item-facts.ts'

/** A company and the last day of what is closed. */
export interface CloseRequest {
  readonly dataAreaId: string
  /** Transactions that were invoiced until this day are settled; adjustments are posted on it. */
  readonly date: string
  /** Only this item; default: all of them. */
  readonly itemNumber?: string | undefined
}

/** What the close did; without a voucher it adjusted nothing. */
export interface ClosedInventory {
  /** Blank where nothing was adjusted. */
  readonly voucher: string
  readonly settledTransactions: number
  /** Change of the value of inventory. */
  readonly adjustment: Decimal
}

/**
 * Settles issues with receipts as the inventory model of each item says, and posts the difference to what they were posted at. Repeating it
 * changes nothing. Refuses a closed period (E12). Source: Supply Chain specification, 4.6 and 7, EX-18.
 */
export async function closeInventory(sql: SqlRunner, request: CloseRequest): Promise<ClosedInventory> {
  const { dataAreaId, date } = request
  assertNoProblems(await checkPeriodsOpen(sql, { dataAreaId, dates: [date], modules: ['invent'] }))
  const expected = await closePlaces(sql, request)
  const early = isAdjusted(expected) ? await takeVoucher(sql, dataAreaId) : ''
  await lockOpenPlaces(sql, request)
  const closed = await closePlaces(sql, request)
  // Something was posted since the first look, which adjusted nothing.
  const voucher = early === '' && isAdjusted(closed) ? await takeVoucher(sql, dataAreaId) : early
  await storeClosed(sql, closed)
  await adjustSums(sql, dataAreaId, closed)
  if (voucher !== '') await postAdjustments(sql, { ...request, voucher, closed })
  return { voucher, settledTransactions: closed.length, adjustment: sum(closed.map(({ value }) => value.adjustment)) }
}

const isAdjusted = (closed: readonly ClosedRow[]): boolean => closed.some(({ value }) => !value.adjustment.isZero())

/**
 * The number of the posting. Numbers come before stock, and their sequence has no gaps: what is there is looked at once before it is locked,
 * to see whether a number is needed at all, for most closes adjust nothing.
 */
const takeVoucher = (sql: SqlRunner, dataAreaId: string): Promise<string> =>
  requireNumber(sql, { dataAreaId, dataTypeName: 'InventJournalVoucher' })

/** What close makes of every place, as it is now. */
async function closePlaces(sql: SqlRunner, request: CloseRequest): Promise<ClosedRow[]> {
  const rows = await readOpenValues(sql, request)
  const items = await readItemFacts(
    sql,
    request.dataAreaId,
    rows.map((row) => row.itemNumber),
  )
  return [...Map.groupBy(rows, costPlace).values()].flatMap((values) => closePlace(values, items))
}

/** An open value with where it stands. */
interface OpenRow extends OpenValue {
  readonly itemNumber: string
  readonly inventDimId: string
  readonly anchorDimId: string
  readonly batchNumber: string
  readonly referenceCategory: string
}

interface ClosedRow {
  readonly row: OpenRow
  readonly value: ClosedValue
}

type Raw = Readonly<Record<string, string>>

/** Financially updated transactions whose value is open, until the day of the request. */
const OPEN_VALUES = `
  from inventory_transaction t
  join inventory_sum s on lower(s.data_area_id) = lower(t.data_area_id) and lower(s.item_number) = lower(t.item_number)
    and lower(s.invent_dim_id) = lower(t.invent_dim_id)
  where lower(t.data_area_id) = lower($1) and t.value_open = 'Yes' and (t.status_issue = 'Sold' or t.status_receipt = 'Purchased')
    and t.date_financial <= $2::date and ($3 = '' or lower(t.item_number) = lower($3))`

const parametersOf = ({ dataAreaId, date, itemNumber }: CloseRequest): string[] => [dataAreaId, date, itemNumber ?? '']

/** The rows that every posting at these places locks first, in the order in which it does. */
async function lockOpenPlaces(sql: SqlRunner, request: CloseRequest): Promise<void> {
  const { rows } = await sql.query<Raw>(
    `select distinct t.item_number as item, s.anchor_dim_id as anchor ${OPEN_VALUES}`,
    parametersOf(request),
  )
  await findRows(sql, {
    table: tableByRelation('inventory_sum'),
    fields: ['dataAreaId', 'ItemNumber', 'inventDimId'],
    keys: rows.map((row) => [request.dataAreaId, row.item ?? '', row.anchor ?? '']),
    isForUpdate: true,
    only: ['inventDimId'],
  })
}

/** Oldest first. */
async function readOpenValues(sql: SqlRunner, request: CloseRequest): Promise<OpenRow[]> {
  const { rows } = await sql.query<Raw>(
    `select t.rec_id::text as id, t.item_number, t.invent_dim_id, s.anchor_dim_id, s.item_batch_number, t.status_issue, abs(t.qty)::text as quantity,
       (t.cost_amount_posted + t.cost_amount_adjustment)::text as cost, abs(t.qty_settled)::text as settled_quantity,
       t.cost_amount_settled::text as settled_cost,
       (select o.reference_category from inventory_transaction_origin o
        where lower(o.data_area_id) = lower(t.data_area_id) and lower(o.invent_trans_id) = lower(t.invent_trans_id)) as reference
     ${OPEN_VALUES} order by t.date_financial, t.rec_id`,
    parametersOf(request),
  )
  return rows.map((row) => ({
    id: row.id ?? '',
    isIssue: row.status_issue === 'Sold',
    quantity: decimal(row.quantity ?? '0'),
    cost: decimal(row.cost ?? '0'),
    settledQuantity: decimal(row.settled_quantity ?? '0'),
    settledCost: decimal(row.settled_cost ?? '0'),
    itemNumber: row.item_number ?? '',
    inventDimId: row.invent_dim_id ?? '',
    anchorDimId: row.anchor_dim_id ?? '',
    batchNumber: row.item_batch_number ?? '',
    referenceCategory: row.reference ?? '',
  }))
}

/** Cost is kept by item, place and batch. Source: 4.2. */
const costPlace = (row: OpenRow): string => [row.itemNumber, row.anchorDimId, row.batchNumber].join('\u0001').toLowerCase()

function closePlace(rows: readonly OpenRow[], items: ReadonlyMap<string, ItemFacts>): ClosedRow[] {
  const item = items.get(rows[0]?.itemNumber.toLowerCase() ?? '')
  if (item === undefined || !isClosable(item.costingMethod)) return []
  const byId = new Map(rows.map((row) => [row.id, row]))
  return closeValues(rows, { model: item.costingMethod, rounding: item.costRounding }).flatMap((value) => {
    const row = byId.get(value.id)
    return row === undefined ? [] : [{ row, value }]
  })
}

async function storeClosed(sql: SqlRunner, closed: readonly ClosedRow[]): Promise<void> {
  const column = (read: (each: ClosedRow) => string): string[] => closed.map(read)
  await sql.query(
    `update inventory_transaction t set cost_amount_adjustment = t.cost_amount_adjustment + c.adjustment,
       qty_settled = case when t.qty < 0 then -c.quantity else c.quantity end, cost_amount_settled = c.cost, value_open = c.value_open,
       date_closed = case when c.value_open = 'No' then t.date_financial else t.date_closed end,
       rec_version = 1 + (t.rec_version + floor(random() * 2000000000)::bigint) % 2147483646, change_xid = pg_current_xact_id(), modified_at = now()
     from unnest($1::bigint[], $2::numeric[], $3::numeric[], $4::numeric[], $5::text[]) as c(id, adjustment, quantity, cost, value_open)
     where t.rec_id = c.id`,
    [
      column(({ row }) => row.id),
      column(({ value }) => formatDecimal(value.adjustment)),
      column(({ value }) => formatDecimal(value.settledQuantity)),
      column(({ value }) => formatDecimal(value.settledCost)),
      column(({ value }) => (value.isClosed ? 'No' : 'Yes')),
    ],
  )
}

/** The posted value of each row of sums takes the adjustments of its transactions. */
async function adjustSums(sql: SqlRunner, dataAreaId: string, closed: readonly ClosedRow[]): Promise<void> {
  await sql.query(
    `update inventory_sum s set posted_value = s.posted_value + a.adjustment,
       rec_version = 1 + (s.rec_version + floor(random() * 2000000000)::bigint) % 2147483646, change_xid = pg_current_xact_id(), modified_at = now()
     from (select lower(item) as item, lower(dim) as dim, sum(adjustment) as adjustment
       from unnest($2::text[], $3::text[], $4::numeric[]) as c(item, dim, adjustment) group by 1, 2 having sum(adjustment) <> 0) a
     where lower(s.data_area_id) = lower($1) and lower(s.item_number) = a.item and lower(s.invent_dim_id) = a.dim`,
    [
      dataAreaId,
      closed.map(({ row }) => row.itemNumber),
      closed.map(({ row }) => row.inventDimId),
      closed.map(({ value }) => formatDecimal(value.adjustment)),
    ],
  )
}

interface AdjustmentPosting extends CloseRequest {
  readonly voucher: string
  readonly closed: readonly ClosedRow[]
}

/** What inventory gains the cost of goods sold loses; for journals it is the profit and loss of inventory. */
async function postAdjustments(sql: SqlRunner, { dataAreaId, date, voucher, closed }: AdjustmentPosting): Promise<void> {
  const { accountingCurrency: currencyCode } = await readAccountingCurrency(sql, dataAreaId)
  const of = (isSales: boolean): Decimal =>
    sum(closed.filter(({ row }) => (row.referenceCategory === 'Sales') === isSales).map(({ value }) => value.adjustment))
  const [sales, journals] = [of(true), of(false)]
  const entry = (account: 'Inventory' | 'CostOfGoodsSold' | 'InventoryProfitLoss', amount: Decimal) => ({
    account: ledgerAccount(account),
    amount,
    currencyCode,
    amountCur: amount,
  })
  await postVoucher(sql, {
    dataAreaId,
    voucher,
    date,
    text: 'Inventory close',
    entries: [
      entry('Inventory', sales.plus(journals)),
      entry('CostOfGoodsSold', sales.negated()),
      entry('InventoryProfitLoss', journals.negated()),
    ],
  })
}
