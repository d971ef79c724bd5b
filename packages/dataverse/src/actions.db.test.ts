import { expect, test } from 'vitest'
import type { AppAction } from './actions/app-action.ts'
import { guid, ROOT, startPlatform } from './platform.case.ts'

const ACTIONS: readonly AppAction[] = [
  {
    name: 'CloseOrder',
    binding: 'unbound',
    parameters: [
      { name: 'OrderId', type: 'Edm.Guid' },
      { name: 'Close', type: 'mscrm.crmbaseentity', optional: true },
    ],
    run: async (context, parameters) => {
      await context.service.update('salesorder', [{ id: String(parameters.OrderId), values: { statecode: 1 } }])
      return undefined
    },
  },
  {
    name: 'CopyOrder',
    binding: { table: 'salesorder' },
    parameters: [],
    run: async (context) => {
      const [id = ''] = await context.service.create('salesorder', [{ name: `Copy of ${context.boundId}` }])
      return { kind: 'record', table: 'salesorder', id, columns: ['name'] }
    },
  },
  { name: 'FulfillAll', binding: { table: 'salesorder', collection: true }, parameters: [], run: async () => undefined },
]

test('DV-097 DV-100 DV-127 actions: unbound, bound to a row and to a set', async (t) => {
  const { send } = await startPlatform(t, { actions: ACTIONS })
  expect((await send('POST', 'CloseOrder', { body: { OrderId: guid('05') } })).status).toBe(204)
  expect((await send('GET', 'salesorders({G:05})?$select=statuscode')).json.statuscode).toBe(2)
  const copy = await send('POST', 'salesorders({G:11})/Microsoft.Dynamics.CRM.CopyOrder')
  expect(copy.json).toMatchObject({ '@odata.context': `${ROOT}/$metadata#salesorders/$entity`, name: `Copy of ${guid('11')}` })
  expect((await send('POST', 'salesorders/Microsoft.Dynamics.CRM.FulfillAll', { body: {} })).status).toBe(204)
  expect((await send('POST', 'salesorders({G:11})/CopyOrder', { body: {} })).status).toBe(400)
  expect((await send('POST', 'salesorders({G:ff})/Microsoft.Dynamics.CRM.CopyOrder', { body: {} })).status).toBe(404)
  expect((await send('GET', 'CloseOrder')).status).toBe(404)
  expect((await send('POST', 'accounts({G:01})/Microsoft.Dynamics.CRM.CopyOrder', { body: {} })).status).toBe(404)
})

test('DV-101 parameters: missing, unknown, wrongly typed, a base entity without its type', async (t) => {
  const { send } = await startPlatform(t, { actions: ACTIONS })
  for (const body of [{}, { OrderId: 5 }, { OrderId: guid('05'), More: 1 }, { OrderId: guid('05'), Close: { subject: 'x' } }]) {
    const answer = await send('POST', 'CloseOrder', { body })
    expect([answer.status, answer.json.error.code]).toEqual([400, '0x80048d19'])
  }
})

test('DV-075 an aggregation over more than 50,000 rows is refused', async (t) => {
  const { platform, send } = await startPlatform(t, { empty: true })
  const rows = Array.from({ length: 50_001 }, (_, n) => ({
    territoryid: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    name: 'x',
  }))
  await platform.seed([{ table: 'territory', rows }])
  const answer = await send('GET', 'territories?$apply=aggregate($count as n)')
  expect([answer.status, answer.json.error.code]).toEqual([400, '0x8004e023'])
  const counted = await send('GET', 'territories?$select=name&$top=1&$count=true', { prefer: 'odata.include-annotations="*"' })
  expect(counted.json).toMatchObject({ '@odata.count': 5000, '@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded': true })
  expect((await send('GET', 'RetrieveTotalRecordCount(EntityNames=["territory"])')).json.EntityRecordCountCollection.Values).toEqual([
    50001,
  ])
})

test('display texts of dates, numbers and answers', async (t) => {
  const { send } = await startPlatform(t)
  await send('PATCH', 'accounts({G:01})', { body: { numberofemployees: 1234567, creditonhold: true, revenue: 0.5 } })
  const { json } = await send('GET', 'accounts({G:01})?$select=createdon,numberofemployees,creditonhold,revenue,exchangerate', {
    prefer: 'odata.include-annotations="OData.Community.Display.V1.FormattedValue"',
  })
  const display = (name: string): unknown => json[`${name}@OData.Community.Display.V1.FormattedValue`]
  expect(['createdon', 'numberofemployees', 'creditonhold', 'revenue', 'exchangerate'].map(display)).toEqual([
    '2/11/2025 9:30 AM',
    '1,234,567',
    'Yes',
    '€0.50',
    '1.000000000000',
  ])
})
