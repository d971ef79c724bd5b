import type { Plugin, PluginContext, Row, RowReference, TableEvent } from '@p2c/dataverse'
import {
  DISCOUNT_CURRENCY_FIXED,
  DISCOUNT_KIND_FIXED,
  DISCOUNT_OVERLAP,
  type DiscountList,
  findOverlap,
  type QuantityRange,
  refuseDiscount,
  refuseDiscountList,
  refuseItemDiscount,
} from '../../domain/catalogue/discount-list.ts'
import { byId, changes, enforce, idOf, nextIds, nextValue, referenceOf, textOf } from '../row-values.ts'

const LIST_COLUMNS = ['name', 'isamounttype', 'transactioncurrencyid'] as const

const toList = (read: (column: string) => Row[string]): DiscountList => ({
  name: String(read('name') ?? ''),
  isAmountType: read('isamounttype') === true,
  currencyId: idOf(read('transactioncurrencyid')),
})

const listOf = (row: Row): DiscountList => toList((column) => row[column] ?? null)

/** Kind and currency of a list agree, and the kind stays as it was created. Source: Sales 1.7. */
async function checkLists(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  for (const event of events) {
    const list = toList((column) => nextValue(event, column))
    const kindChanges = event.before !== undefined && (event.target.isamounttype === true) !== (event.before.isamounttype === true)
    if (event.target.isamounttype !== undefined && kindChanges) enforce(DISCOUNT_KIND_FIXED(list.name))
    enforce(refuseDiscountList(list))
  }
  await checkCurrencies(events, context)
}

/** Amounts of a filled list are in its currency, and so are the price list items that use it. */
async function checkCurrencies(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const changed = events.filter((event) => event.before !== undefined && changes(event, 'transactioncurrencyid'))
  if (changed.length === 0) return
  const found = await context.sql.query<{ id: string }>(
    `select discounttypeid as id from discount where discounttypeid = any($1::uuid[])
     union select discounttypeid from productpricelevel where discounttypeid = any($1::uuid[])`,
    [changed.map((event) => event.id)],
  )
  const used = new Set(found.rows.map((row) => row.id))
  for (const event of changed) if (used.has(event.id)) enforce(DISCOUNT_CURRENCY_FIXED(String(nextValue(event, 'name') ?? event.id)))
}

/** Fits discounts to their lists: kind, currency, range. The lists are locked first: of two overlapping writers one sees the other. */
async function checkDiscounts(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const ids = nextIds(events, 'discounttypeid')
  if (ids.length === 0) return // The platform refuses a discount without list.
  const rows = await context.service.find({ table: 'discounttype', columns: LIST_COLUMNS, where: { discounttypeid: ids }, forUpdate: true })
  const lists = byId(rows, 'discounttypeid')
  for (const event of events) {
    const row = lists.get(idOf(nextValue(event, 'discounttypeid')) ?? '')
    if (row === undefined) continue
    const list = listOf(row)
    event.target.isamounttype = list.isAmountType
    if (list.isAmountType) event.target.transactioncurrencyid = row.transactioncurrencyid ?? null
    enforce(
      refuseDiscount(
        {
          lowQuantity: textOf(nextValue(event, 'lowquantity')),
          highQuantity: textOf(nextValue(event, 'highquantity')),
          amount: textOf(nextValue(event, 'amount')),
          percentage: textOf(nextValue(event, 'percentage')),
        },
        list,
      ),
    )
  }
  await checkOverlaps(events, context, lists)
}

async function checkOverlaps(events: readonly TableEvent[], context: PluginContext, lists: ReadonlyMap<string, Row>): Promise<void> {
  const columns = ['discounttypeid', 'lowquantity', 'highquantity']
  const stored = await context.service.find({ table: 'discount', columns, where: { discounttypeid: [...lists.keys()] } })
  const written = new Set(events.map((event) => event.id))
  const ranges = new Map<string, QuantityRange[]>([...lists.keys()].map((id) => [id, []]))
  const add = (id: string, read: (column: string) => Row[string]): void => {
    const low = textOf(read('lowquantity'))
    const high = textOf(read('highquantity'))
    if (low !== null && high !== null) ranges.get(idOf(read('discounttypeid')) ?? '')?.push({ id, low, high })
  }
  for (const row of stored) if (!written.has(String(row.discountid))) add(String(row.discountid), (column) => row[column] ?? null)
  for (const event of events) add(event.id, (column) => nextValue(event, column))
  for (const [id, of] of ranges) {
    const overlap = findOverlap(of)
    if (overlap !== undefined) enforce(DISCOUNT_OVERLAP(String(lists.get(id)?.name ?? id), overlap))
  }
}

/** An item uses a list of amounts in its own currency only. Source: Sales 1.7. */
async function checkItems(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const ids = nextIds(events, 'discounttypeid')
  if (ids.length === 0) return
  const rows = await context.service.find({ table: 'discounttype', columns: LIST_COLUMNS, where: { discounttypeid: ids } })
  const lists = byId(rows, 'discounttypeid')
  const where = { pricelevelid: nextIds(events, 'pricelevelid') }
  const priceLists = byId(await context.service.find({ table: 'pricelevel', columns: ['transactioncurrencyid'], where }), 'pricelevelid')
  for (const event of events) {
    const list = lists.get(idOf(nextValue(event, 'discounttypeid')) ?? '')
    const currency: RowReference | null = referenceOf(priceLists.get(idOf(nextValue(event, 'pricelevelid')) ?? '')?.transactioncurrencyid)
    if (list !== undefined) enforce(refuseItemDiscount(listOf(list), currency?.id ?? null))
  }
}

const DISCOUNT_COLUMNS = ['discounttypeid', 'lowquantity', 'highquantity', 'amount', 'percentage'] as const

/** Discount lists, their discounts, and the price list items that use them. Source: Sales 1.7. */
export const discountPlugins: readonly Plugin[] = [
  { table: 'discounttype', name: 'discount list', message: 'create', stage: 'pre-operation', run: checkLists },
  {
    table: 'discounttype',
    name: 'discount list',
    message: 'update',
    stage: 'pre-operation',
    columns: ['isamounttype', 'transactioncurrencyid'],
    reads: LIST_COLUMNS,
    run: checkLists,
  },
  { table: 'discount', name: 'discount', message: 'create', stage: 'pre-operation', run: checkDiscounts },
  {
    table: 'discount',
    name: 'discount',
    message: 'update',
    stage: 'pre-operation',
    columns: DISCOUNT_COLUMNS,
    reads: DISCOUNT_COLUMNS,
    run: checkDiscounts,
  },
  { table: 'productpricelevel', name: 'price list item discount', message: 'create', stage: 'pre-operation', run: checkItems },
  {
    table: 'productpricelevel',
    name: 'price list item discount',
    message: 'update',
    stage: 'pre-operation',
    columns: ['discounttypeid', 'pricelevelid'],
    reads: ['discounttypeid', 'pricelevelid'],
    run: checkItems,
  },
]
