import type { Connector } from '@p2c/engine'
import { expect, test } from 'vitest'
import { describeConnector } from '../../packages/connectors/src/connector.case.ts'
import { startSales } from '../support/connected-applications.ts'

const organisation = { businessUnit: 'Prospect to Cash', legalEntity: 'USMF' }
const signal = new AbortController().signal

describeConnector('the Sales connector against the local application', async (scope) => ({
  connector: await startSales(scope),
  organisation,
  entity: 'accounts',
  keyFields: ['accountnumber'],
  textField: 'name',
  decimalField: 'creditlimit',
  row: (accountnumber, more) => ({ accountnumber, name: `Name of ${accountnumber}`, creditlimit: '10.5', ...more }),
  badRow: (accountnumber) => ({ accountnumber, name: 'Too much', creditlimit: '-1' }),
  isIncremental: true,
}))

const product = (productnumber: string, more: Record<string, string | null> = {}) => ({
  productnumber,
  name: 'Deck winch DW-40',
  price: '3120.5',
  producttypecode: '1',
  isstockitem: 'true',
  quantitydecimal: '0',
  msdynce_ismaintainedexternally: 'true',
  'defaultuomid.name': 'Each',
  'defaultuomscheduleid.name': 'Default unit',
  'transactioncurrencyid.isocurrencycode': 'NOK',
  ...more,
})

const upsertProducts = (connector: Connector, rows: readonly ReturnType<typeof product>[]) =>
  connector.upsert(
    {
      entity: 'products',
      keyFields: ['productnumber'],
      organisation,
      rows: rows.map((values) => ({ key: values.productnumber, values, known: false })),
    },
    signal,
  )

test('A3 a product whose currency has no price list fails with price-list-missing; once there is one, it is written', async (t) => {
  const connector = await startSales(t)
  const currency = {
    isocurrencycode: 'NOK',
    currencyname: 'Norwegian Krone',
    currencysymbol: 'kr',
    currencyprecision: 2,
    exchangerate: '10.5',
  }
  const currencies = {
    entity: 'transactioncurrencies',
    keyFields: ['isocurrencycode'],
    organisation,
    rows: [{ key: 'NOK', values: currency, known: false }],
  }
  expect(await connector.upsert(currencies, signal)).toEqual([{ outcome: 'inserted', key: 'NOK' }])
  const failed = { outcome: 'failed', failure: { category: 'business-rule', code: 'price-list-missing' } }
  expect(await upsertProducts(connector, [product('P-1')])).toMatchObject([failed])
  const list = { name: 'Norway', 'transactioncurrencyid.isocurrencycode': 'nok' }
  const lists = await connector.upsert(
    { entity: 'pricelevels', keyFields: ['name'], organisation, rows: [{ key: 'Norway', values: list, known: false }] },
    signal,
  )
  expect(lists).toEqual([{ outcome: 'inserted', key: 'Norway' }])
  expect(await upsertProducts(connector, [product('P-1'), product('P-2', { 'defaultuomid.name': 'Furlong' })])).toMatchObject([
    { outcome: 'inserted', key: 'P-1' },
    { outcome: 'failed', key: 'P-2', failure: { category: 'reference', code: 'lookup-not-found', details: { value: 'Furlong' } } },
  ])
  expect(await upsertProducts(connector, [product('P-1')])).toEqual([{ outcome: 'unchanged', key: 'P-1' }])
  expect(await upsertProducts(connector, [product('P-1', { price: '99.95' })])).toEqual([{ outcome: 'updated', key: 'P-1' }])
})

test('contacts are read with the number of their account', async (t) => {
  const connector = await startSales(t)
  const account = { key: 'ACC-1', known: false, values: { accountnumber: 'ACC-1', name: 'Halvorsen' } }
  await connector.upsert({ entity: 'accounts', keyFields: ['accountnumber'], organisation, rows: [account] }, signal)
  const contact = (number: string, parent: string | null) => ({
    key: number,
    known: false,
    values: { msdynce_contactnumber: number, lastname: 'Lind', birthdate: '1980-02-29', 'parentcustomerid.Account(accountnumber)': parent },
  })
  const keyFields = ['msdynce_contactnumber']
  const outcomes = await connector.upsert(
    { entity: 'contacts', keyFields, organisation, rows: [contact('CON-1', 'acc-1'), contact('CON-2', null), contact('CON-3', 'ACC-9')] },
    signal,
  )
  expect(outcomes.map((outcome) => outcome.outcome)).toEqual(['inserted', 'inserted', 'failed'])
  const parent = 'parentcustomerid.Account(accountnumber)'
  const fields = ['birthdate', 'msdynce_iscompanyanaccount', parent]
  const pages = []
  for await (const page of connector.read({ entity: 'contacts', keyFields, fields, organisation, pageSize: 100, readId: 'r' }, signal))
    pages.push(page)
  expect(
    pages
      .flatMap((page) => page.rows.map((row) => [row.key, row.values.birthdate, row.values.msdynce_iscompanyanaccount, row.values[parent]]))
      .sort(),
  ).toEqual([
    ['CON-1', '1980-02-29', true, 'ACC-1'],
    ['CON-2', '1980-02-29', false, null],
  ])
})
