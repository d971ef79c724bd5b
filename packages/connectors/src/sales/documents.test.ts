import type { TestScope } from '@p2c/base'
import type { DestinationRow } from '@p2c/engine'
import { expect, test } from 'vitest'
import { startStubService } from '../stub-service.ts'
import { createSalesConnector } from './sales-connector.ts'
import { type SalesFixture, startSalesFixture } from './sales-fixture.ts'

const organisation = { businessUnit: 'Contoso', legalEntity: 'USMF' }
const signal = new AbortController().signal

async function start(scope: TestScope, environmentType: 'CRM' | 'CDS' = 'CRM') {
  const stub = await startStubService(scope)
  const sales = startSalesFixture(stub)
  const connector = createSalesConnector({ ...stub.settings, environmentType })
  scope.onTestFinished(() => connector.close())
  return { stub, sales, connector }
}

function addUnit(sales: SalesFixture): string {
  const unit = sales.insert('businessunits', { name: 'CONTOSO' })
  sales.insert('teams', { isdefault: false, _businessunitid_value: unit })
  return sales.insert('teams', { isdefault: true, _businessunitid_value: unit })
}

const row = (key: string, values: DestinationRow['values']): DestinationRow => ({ key, known: false, values })

const ORDERS = { entity: 'salesorders', keyFields: ['ordernumber'], organisation }

test('integrator 3.1 a new row belongs to the default team of the business unit; a change leaves the owner alone', async (t) => {
  const { stub, sales, connector } = await start(t)
  const team = addUnit(sales)
  const rows = [row('SO-1', { ordernumber: 'SO-1', name: 'One' }), row('SO-2', { ordernumber: 'SO-2', name: 'Two' })]
  expect((await connector.upsert({ ...ORDERS, rows }, signal)).map(({ outcome }) => outcome)).toEqual(['inserted', 'inserted'])
  const stored = [...(sales.tables.salesorders?.rows.entries() ?? [])]
  expect(stored.map(([, order]) => order._ownerid_value)).toEqual([team, team])
  for (const [, order] of stored) order._ownerid_value = 'somebody'
  await connector.upsert({ ...ORDERS, rows: [row('SO-1', { ordernumber: 'SO-1', name: 'Renamed' })] }, signal)
  expect([...(sales.tables.salesorders?.rows.values() ?? [])].map((order) => order._ownerid_value)).toEqual(['somebody', 'somebody'])
  await connector.upsert({ ...ORDERS, rows: [row('SO-3', { ordernumber: 'SO-3', name: 'Three' })] }, signal)
  expect(stub.requests.filter(({ url }) => /businessunits|\/teams/.test(url))).toHaveLength(2)
})

test('a unit that Sales does not have, or that has no default team, is told by its name; the hub has none', async (t) => {
  const { sales, connector } = await start(t)
  const rows = [row('SO-1', { ordernumber: 'SO-1', name: 'One' })]
  sales.insert('businessunits', { name: 'Fabrikam' })
  await expect(connector.upsert({ ...ORDERS, rows }, signal)).rejects.toMatchObject({
    code: 'business-unit-unknown',
    details: { businessUnit: 'Contoso', names: ['Fabrikam'] },
  })
  sales.insert('businessunits', { name: 'Contoso' })
  await expect(connector.upsert({ ...ORDERS, rows }, signal)).rejects.toMatchObject({ code: 'owner-team-missing' })
  const hub = await start(t, 'CDS')
  expect(hub.connector).toMatchObject({ name: 'common-data-service', environmentType: 'CDS' })
  expect(await hub.connector.upsert({ ...ORDERS, rows }, signal)).toMatchObject([{ outcome: 'inserted' }])
})

test.for([
  ['one is active', [2, 3, 1], 2],
  ['one is a draft', [3, 0], 1],
  ['it is the only one', [2], 0],
] as const)('templates 2.1 of the revisions with one number a lookup means the one under way: %s', async ([_name, states, expected], t) => {
  const { sales, connector } = await start(t)
  addUnit(sales)
  const ids = states.map((statecode) => sales.insert('quotes', { quotenumber: 'Q-1', statecode }))
  const rows = [row('SO-1', { ordernumber: 'SO-1', 'quoteid.quotenumber': 'q-1' })]
  expect(await connector.upsert({ ...ORDERS, rows }, signal)).toMatchObject([{ outcome: 'inserted' }])
  expect([...(sales.tables.salesorders?.rows.values() ?? [])][0]?._quoteid_value).toBe(ids[expected])
})

test('templates 2.1 where no revision is under way, or several are, the lookup is ambiguous; a quote itself is found by the same rule', async (t) => {
  const { sales, connector } = await start(t)
  addUnit(sales)
  for (const statecode of [2, 3]) sales.insert('quotes', { quotenumber: 'Q-CLOSED', statecode })
  for (const statecode of [0, 1]) sales.insert('quotes', { quotenumber: 'Q-TWICE', statecode })
  const rows = ['Q-CLOSED', 'Q-TWICE'].map((number, index) =>
    row(`SO-${index}`, { ordernumber: `SO-${index}`, 'quoteid.quotenumber': number }),
  )
  const ambiguous = { outcome: 'failed', failure: { code: 'lookup-ambiguous' } }
  expect(await connector.upsert({ ...ORDERS, rows }, signal)).toMatchObject([ambiguous, ambiguous])
  const closed = sales.insert('quotes', { quotenumber: 'Q-1', statecode: 3 })
  const active = sales.insert('quotes', { quotenumber: 'Q-1', statecode: 1 })
  const quotes = { entity: 'quotes', keyFields: ['quotenumber'], organisation }
  const write = [row('Q-1', { quotenumber: 'Q-1', statecode: '0' })]
  expect(await connector.upsert({ ...quotes, rows: write }, signal)).toMatchObject([{ outcome: 'updated' }])
  expect([closed, active].map((id) => sales.tables.quotes?.rows.get(id)?.statecode)).toEqual([3, 0])
})

test('a line whose document is not there waits for it by the name of a header, whatever its key is', async (t) => {
  const { sales, connector } = await start(t)
  sales.insert('invoices', { invoicenumber: 'INV-1' })
  const lines = { entity: 'invoicedetails', keyFields: ['msdynce_invoicenumber', 'sequencenumber'], organisation }
  const line = (number: string, sequencenumber: string) =>
    row(`${number}|${sequencenumber}`, { msdynce_invoicenumber: number, sequencenumber, 'invoiceid.invoicenumber': number })
  expect(await connector.upsert({ ...lines, rows: [line('INV-1', '1'), line('INV-2', '1')] }, signal)).toMatchObject([
    { outcome: 'inserted' },
    { outcome: 'failed', failure: { category: 'reference', code: 'header-missing', details: { table: 'invoices', value: 'INV-2' } } },
  ])
  expect(await connector.upsert({ ...lines, rows: [line('INV-1', '1')] }, signal)).toMatchObject([{ outcome: 'unchanged' }])
})

test('what the hub says of a missing reference names entity, field and value, so that the row can wait', async (t) => {
  const { sales, connector } = await start(t, 'CDS')
  const value = "ACC-'1': organisation"
  sales.refuse = () => ({
    status: 404,
    code: '0x80040217',
    message: `salesorder cannot refer to Account by account_accountid = '${value}': organisation 'ORG001' has no such row. Bring that row first, or correct the value.`,
  })
  const hub = { entity: 'SalesOrder', keyFields: ['SalesOrderId'], organisation }
  const rows = [row('SO-1', { SalesOrderId: 'SO-1', Account_AccountId: value })]
  expect(await connector.upsert({ ...hub, rows }, signal)).toMatchObject([
    {
      outcome: 'failed',
      failure: {
        category: 'reference',
        code: 'reference-not-found',
        details: { entity: 'Account', field: 'account_accountid' },
      },
    },
  ])
})

test('templates 2.5 no. 3 a line that the hub refuses for want of its document misses its header', async (t) => {
  const { sales, connector } = await start(t, 'CDS')
  sales.refuse = () => ({
    status: 404,
    code: '0x80040217',
    message:
      "salesorderline cannot refer to SalesOrder by salesorder_salesorderid = 'SO-1': organisation 'ORG001' has no such row. Bring that row first.",
  })
  const hub = { entity: 'SalesOrder', keyFields: ['SalesOrderId'], organisation }
  const rows = [row('SO-1', { SalesOrderId: 'SO-1' })]
  expect(await connector.upsert({ ...hub, rows }, signal)).toMatchObject([
    { outcome: 'failed', failure: { category: 'reference', code: 'header-missing', details: { entity: 'SalesOrder', value: 'SO-1' } } },
  ])
})

test('the lines of some headers are asked for by what they carry of them, in one request', async (t) => {
  const { stub, sales, connector } = await start(t)
  for (const [number, sequencenumber] of [
    ['INV-1', 1],
    ['INV-1', 2],
    ['INV-2', 1],
    ['INV-3', 1],
  ] as const)
    sales.insert('invoicedetails', { msdynce_invoicenumber: number, sequencenumber })
  const request = {
    entity: 'invoicedetails',
    keyFields: ['msdynce_invoicenumber', 'sequencenumber'],
    fields: [],
    organisation,
    pageSize: 100,
    readId: 'r',
  }
  const rows = await connector.readByFields(
    request,
    { fields: ['msdynce_invoicenumber'], tuples: [['INV-1'], ['INV-3'], ['INV-9']] },
    signal,
  )
  expect(rows.map(({ key }) => key).sort()).toEqual(['INV-1|1', 'INV-1|2', 'INV-3|1'])
  expect(stub.requests.filter(({ url }) => url.includes('invoicedetails?'))).toHaveLength(1)
})
