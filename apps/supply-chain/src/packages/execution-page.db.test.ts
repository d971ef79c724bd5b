import { expect, test } from 'vitest'
import { D, F, startGolden } from '../supply-chain-app.fixture.ts'

const N = 'Microsoft.Dynamics.DataEntities'

test('the summary page of an execution opens in a browser by its signed address, for an hour', async (t) => {
  const app = await startGolden(t)
  await app.post(`${D}/DataManagementDefinitionGroups`, { Name: 'Out' })
  await app.post(`${D}/DataManagementDefinitionGroupDetails`, { DefinitionGroupName: 'Out', EntityName: 'Customers V3' })
  const call = async (action: string, body: object) =>
    (await app.post(`${D}/DataManagementDefinitionGroups/${N}.${action}`, body)).json.value
  const executionId = `a/b <i>& 'c'`
  await call('ExportToPackage', { definitionGroupId: 'Out', packageName: '', executionId, reExecute: false, legalEntityId: 'hms1' })
  const url: string = (await call('GetExecutionSummaryPageUrl', { executionId })).replace(F, '')
  const open = (address: string) => app.app.inject({ method: 'GET', url: address })
  const page = await open(url)
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  for (const text of ['<h1>Execution a/b &lt;i&gt;&amp; &apos;c&apos;</h1>', '<td>Customers V3</td>', '<td>hms1</td>'])
    expect(page.payload).toContain(text)
  expect(page.payload).not.toContain('<i>')
  for (const wrong of [url.replace(/sig=[^&]+/, 'sig=x'), url.replace('a%2Fb', 'other'), url.split('?')[0] ?? ''])
    expect((await open(wrong)).statusCode).toBe(403)
  await app.database.query('delete from data_execution_entity')
  await app.database.query('delete from data_execution')
  expect((await open(url)).statusCode).toBe(404)
  app.clock.advance(3_600_001)
  expect((await open(url)).statusCode).toBe(403)
})
