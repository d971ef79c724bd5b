import type { Row, TableService } from '@p2c/dataverse'
import { PRICE_LISTS, UNIT_GROUP, UNITS } from './catalogue.ts'
import { type CurrencySeed, OTHER_CURRENCIES } from './currencies.ts'

const toRow = (currency: CurrencySeed): Row => ({
  isocurrencycode: currency.code,
  currencyname: currency.name,
  currencysymbol: currency.symbol,
  currencyprecision: currency.precision,
  exchangerate: currency.exchangeRate,
})

/**
 * Currencies, units and price lists of a new organisation, whose base currency exists already. An organisation with a unit group
 * is not new: what somebody deleted or renamed stays as it is.
 */
export async function seedCatalogue(service: TableService): Promise<void> {
  const groups = await service.find({ table: 'uomschedule', columns: [], limit: 1 })
  if (groups.length > 0) return
  await createCurrencies(service)
  await createUnits(service)
  await createPriceLists(service)
}

async function createCurrencies(service: TableService): Promise<void> {
  const known = await service.find({ table: 'transactioncurrency', columns: ['isocurrencycode'] })
  const codes = new Set(known.map((row) => row.isocurrencycode))
  await service.create('transactioncurrency', OTHER_CURRENCIES.filter((currency) => !codes.has(currency.code)).map(toRow))
}

async function createUnits(service: TableService): Promise<void> {
  const [group = ''] = await service.create('uomschedule', [{ name: UNIT_GROUP.name, baseuomname: UNIT_GROUP.baseUnit }])
  const uomscheduleid = { table: 'uomschedule', id: group }
  await service.create(
    'uom',
    UNITS.map((name) => ({ name, uomscheduleid, quantity: '1' })),
  )
}

async function createPriceLists(service: TableService): Promise<void> {
  const known = await service.find({ table: 'pricelevel', columns: ['name'] })
  const names = new Set(known.map((row) => row.name))
  const currencies = await service.find({ table: 'transactioncurrency', columns: ['isocurrencycode'] })
  await service.create(
    'pricelevel',
    currencies.flatMap((currency) => {
      const name = PRICE_LISTS[String(currency.isocurrencycode)]
      const transactioncurrencyid = { table: 'transactioncurrency', id: String(currency.transactioncurrencyid) }
      return name === undefined || names.has(name) ? [] : [{ name, transactioncurrencyid }]
    }),
  )
}
