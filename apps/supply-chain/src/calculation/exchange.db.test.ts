import { decimal } from '@p2c/base'
import { expect, test } from 'vitest'
import { D, type Json, startTestApp, type TestApp } from '../supply-chain-app.fixture.ts'
import { loadExchange } from './exchange.ts'

async function add(app: TestApp, collection: string, row: Json): Promise<void> {
  const reply = await app.post(`${D}/${collection}`, row)
  if (reply.status !== 201) throw new Error(`${collection}: ${reply.text}`)
}

const inUsd = async (app: TestApp, currencyCode: string, amount: string, date = '2025-03-01', dataAreaId = 'usmf') => {
  const exchange = await loadExchange(app.database, { dataAreaId, currencyCodes: [currencyCode] })
  const exchanged = exchange.toAccounting(decimal(amount), currencyCode, date)
  return exchanged === undefined ? exchange.missing(currencyCode, date).text : exchanged.toFixed()
}

test('EX-12 E29 amounts in the accounting currency by the rate of the day, rounded as that currency is', async (t) => {
  const app = await startTestApp(t)
  expect(await inUsd(app, 'EUR', '507.60')).toBe('558.36')
  expect(await inUsd(app, 'usd', '10.005')).toBe('10.01')
  expect(await inUsd(app, 'PLN', '1')).toBe('No exchange rate exists between PLN and USD on 2025-03-01.')
  expect(await inUsd(app, 'EUR', '1', '2019-12-31')).toBe('No exchange rate exists between EUR and USD on 2019-12-31.')

  const rate = { FromCurrency: 'EUR', ToCurrency: 'USD', StartDate: '2025-02-01', ConversionFactor: 'One' }
  await add(app, 'ExchangeRates', { ...rate, RateTypeName: 'Default', Rate: 1.2 })
  await add(app, 'ExchangeRates', { ...rate, RateTypeName: 'Budget', Rate: 9, StartDate: '2025-02-15' })
  expect(await inUsd(app, 'EUR', '100')).toBe('120')
  expect(await inUsd(app, 'EUR', '100', '2025-01-31')).toBe('110')
  // A pair without rates of the ledger's type has those that there are, in either direction.
  await add(app, 'ExchangeRates', { ...rate, RateTypeName: 'Budget', FromCurrency: 'USD', ToCurrency: 'PLN', Rate: 4 })
  expect(await inUsd(app, 'PLN', '10')).toBe('2.5')

  await add(app, 'LegalEntities', { LegalEntityId: 'jpmf', Name: 'Japan', AccountingCurrency: 'JPY' })
  await add(app, 'ExchangeRates', { ...rate, RateTypeName: 'Default', ToCurrency: 'JPY', Rate: 161.5 })
  expect(await inUsd(app, 'EUR', '1.01', '2025-03-01', 'jpmf')).toBe('163')
  await add(app, 'LegalEntities', { LegalEntityId: 'none', Name: 'No accounting currency' })
  expect(await inUsd(app, 'EUR', '1.01', '2025-03-01', 'none')).toBe('1.01')
})
