import type { ColumnValue, Plugin, PluginContext, TableEvent } from '@p2c/dataverse'
import {
  PRICE_LIST_CURRENCY_FIXED,
  PRICE_LIST_IN_USE,
  PRICE_LIST_NAME_MISSING,
  PRICE_LIST_NAME_TAKEN,
} from '../../domain/catalogue/price-list.ts'
import { changes, enforce, nextValue, textOf } from '../row-values.ts'
import { enforceUnique, type UniqueText } from '../unique-values.ts'

const UNIQUE_NAME: UniqueText = { table: 'pricelevel', column: 'name', key: 'pricelevelid', taken: PRICE_LIST_NAME_TAKEN }

async function checkNames(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  for (const event of events) if (textOf(nextValue(event, 'name')) === null) enforce(PRICE_LIST_NAME_MISSING)
  const named = events.filter((event) => changes(event, 'name'))
  await enforceUnique(
    context.sql,
    UNIQUE_NAME,
    named.map((event) => ({ id: event.id, text: textOf(event.target.name) ?? '' })),
  )
}

/** A list without currency is in the base currency. */
async function setCurrencies(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const without = events.filter((event) => (event.target.transactioncurrencyid ?? null) === null)
  if (without.length === 0) return
  const [organization] = await context.service.find({ table: 'organization', columns: ['basecurrencyid'], limit: 1 })
  const currency: ColumnValue = organization?.basecurrencyid ?? null
  for (const event of without) event.target.transactioncurrencyid = currency
}

async function checkCurrencies(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const changed = events.filter((event) => changes(event, 'transactioncurrencyid'))
  if (changed.length === 0) return
  const found = await context.sql.query<{ id: string }>(
    'select distinct pricelevelid as id from productpricelevel where pricelevelid = any($1::uuid[])',
    [changed.map((event) => event.id)],
  )
  const filled = new Set(found.rows.map((row) => row.id))
  for (const event of changed) if (filled.has(event.id)) enforce(PRICE_LIST_CURRENCY_FIXED(nameOf(event)))
}

const nameOf = (event: TableEvent): string => textOf(nextValue(event, 'name')) ?? event.id

/** Tables with a default price list, and what people call their rows. */
const DEFAULTS = [
  { table: 'account', column: 'defaultpricelevelid', label: 'accounts' },
  { table: 'contact', column: 'defaultpricelevelid', label: 'contacts' },
  { table: 'product', column: 'pricelevelid', label: 'products' },
] as const

async function checkDeactivation(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const closed = events.filter((event) => event.target.statecode === 1 && event.before?.statecode === 0)
  if (closed.length === 0) return
  const ids = closed.map((event) => event.id)
  for (const { table, column, label } of DEFAULTS) {
    const found = await context.sql.query<{ id: string }>(
      `select "${column}" as id from "${table}" where "${column}" = any($1::uuid[]) limit 1`,
      [ids],
    )
    const used = closed.find((event) => event.id === found.rows[0]?.id)
    if (used !== undefined) enforce(PRICE_LIST_IN_USE(nameOf(used), label))
  }
}

const before = { table: 'pricelevel', stage: 'pre-operation' } as const

/** Name, currency and state of price lists. Source: Sales 1.7. */
export const priceListPlugins: readonly Plugin[] = [
  { ...before, name: 'price list name', message: 'create', run: checkNames },
  { ...before, name: 'price list name', message: 'update', columns: ['name'], run: checkNames },
  { ...before, name: 'price list currency', message: 'create', run: setCurrencies },
  { ...before, name: 'price list currency', message: 'update', columns: ['transactioncurrencyid'], run: checkCurrencies },
  { ...before, name: 'price list state', message: 'update', columns: ['statecode'], run: checkDeactivation },
]
