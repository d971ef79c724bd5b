import { decimal } from '@p2c/base'
import type { Plugin, PluginContext, TableEvent } from '@p2c/dataverse'
import {
  BASE_CURRENCY_CHANGED,
  BASE_CURRENCY_DEACTIVATED,
  BASE_CURRENCY_DELETED,
  BASE_CURRENCY_RATE,
  CURRENCY_CODE_TAKEN,
} from '../../domain/catalogue/currency-rules.ts'
import { changes, enforce, idOf, textOf } from '../row-values.ts'
import { enforceUnique, type UniqueText } from '../unique-values.ts'

const UNIQUE_CODE: UniqueText = {
  table: 'transactioncurrency',
  column: 'isocurrencycode',
  key: 'transactioncurrencyid',
  taken: CURRENCY_CODE_TAKEN,
}

async function checkCodes(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const coded = events.filter((event) => changes(event, 'isocurrencycode') && textOf(event.target.isocurrencycode) !== null)
  await enforceUnique(
    context.sql,
    UNIQUE_CODE,
    coded.map((event) => ({ id: event.id, text: String(event.target.isocurrencycode) })),
  )
}

async function baseCurrencyId(context: PluginContext): Promise<string | null> {
  const [organization] = await context.service.find({ table: 'organization', columns: ['basecurrencyid'], limit: 1 })
  return idOf(organization?.basecurrencyid)
}

async function checkBase(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const baseId = await baseCurrencyId(context)
  const base = events.find((event) => event.id === baseId)
  if (base === undefined) return
  if (context.message === 'delete') enforce(BASE_CURRENCY_DELETED)
  if (base.target.statecode === 1) enforce(BASE_CURRENCY_DEACTIVATED)
  const rate = textOf(base.target.exchangerate)
  if (rate !== null && !decimal(rate).equals(1)) enforce(BASE_CURRENCY_RATE)
}

async function checkOrganizations(events: readonly TableEvent[]): Promise<void> {
  for (const event of events) {
    if (idOf(event.before?.basecurrencyid) !== null && changes(event, 'basecurrencyid')) enforce(BASE_CURRENCY_CHANGED)
  }
}

const before = { table: 'transactioncurrency', stage: 'pre-operation' } as const

/** Currencies and the base currency. Source: Sales 1.12 and 1.14. */
export const currencyPlugins: readonly Plugin[] = [
  { ...before, name: 'currency code', message: 'create', run: checkCodes },
  { ...before, name: 'currency code', message: 'update', columns: ['isocurrencycode'], run: checkCodes },
  { ...before, name: 'base currency', message: 'update', columns: ['exchangerate', 'statecode'], run: checkBase },
  { ...before, name: 'base currency', message: 'delete', run: checkBase },
  {
    name: 'organization base currency',
    table: 'organization',
    message: 'update',
    stage: 'pre-operation',
    columns: ['basecurrencyid'],
    run: checkOrganizations,
  },
]
