import { expect, test } from 'vitest'
import { type Json, refusalOf, type SalesUnderTest, startSales } from './sales-app.fixture.ts'

const record = (table: string, id: string, more: Json = {}): Json => ({
  '@odata.type': `Microsoft.Dynamics.CRM.${table}`,
  [`${table}id`]: id,
  ...more,
})

const merge = (sales: SalesUnderTest, table: string, ids: { target: string; subordinate: string }, more: Json = {}) =>
  sales.post('Merge', {
    Target: record(table, ids.target),
    Subordinate: record(table, ids.subordinate),
    PerformParentingChecks: false,
    ...more,
  })

async function twoAccounts(sales: SalesUnderTest) {
  const target = (await sales.create('accounts', { name: 'Kept', telephone1: '1' }, 'accountid')).accountid
  const subordinate = (await sales.create('accounts', { name: 'Merged', telephone1: '2' }, 'accountid')).accountid
  return { target, subordinate }
}

test('Merge moves what points to the subordinate, writes the content and closes it', async (t) => {
  const sales = await startSales(t)
  const ids = await twoAccounts(sales)
  const bind = `/accounts(${ids.subordinate})`
  const contact = await sales.create('contacts', { lastname: 'Berg', 'parentcustomerid_account@odata.bind': bind }, 'contactid')
  const branch = await sales.create('accounts', { name: 'Branch', 'parentaccountid@odata.bind': bind }, 'accountid')
  const task = await sales.create('tasks', { subject: 'Call', 'regardingobjectid_account_task@odata.bind': bind }, 'activityid')
  const note = await sales.create('annotations', { subject: 'N', 'objectid_account@odata.bind': bind }, 'annotationid')
  const list = await sales.create('pricelevels', { name: 'Retail' }, 'pricelevelid')
  const invoice = await sales.create(
    'invoices',
    { name: 'I', 'customerid_account@odata.bind': bind, 'pricelevelid@odata.bind': `/pricelevels(${list.pricelevelid})` },
    'invoiceid',
  )
  expect((await sales.patch(`invoices(${invoice.invoiceid})`, { statecode: 2 })).status).toBe(204)
  await sales.patch(`accounts(${ids.target})`, { 'parentaccountid@odata.bind': bind })
  const content = { '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid: '00000000-0000-0000-0000-000000000000', telephone1: '2' }
  const answer = await merge(sales, 'account', ids, { UpdateContent: content })
  expect(answer.status, answer.text).toBe(204)
  const of = async (path: string, column: string) => (await sales.get(`${path}?$select=${column}`)).body[column]
  expect(await of(`contacts(${contact.contactid})`, '_parentcustomerid_value')).toBe(ids.target)
  expect(await of(`accounts(${branch.accountid})`, '_parentaccountid_value')).toBe(ids.target)
  expect(await of(`tasks(${task.activityid})`, '_regardingobjectid_value')).toBe(ids.target)
  expect(await of(`activitypointers(${task.activityid})`, '_regardingobjectid_value')).toBe(ids.target)
  expect(await of(`annotations(${note.annotationid})`, '_objectid_value')).toBe(ids.target)
  expect(await of(`invoices(${invoice.invoiceid})`, '_customerid_value')).toBe(ids.target)
  expect(await of(`invoices(${invoice.invoiceid})`, '_accountid_value')).toBe(ids.target)
  expect((await sales.get(`accounts(${ids.target})?$select=name,telephone1,statecode,_parentaccountid_value`)).body).toMatchObject({
    name: 'Kept',
    telephone1: '2',
    statecode: 0,
    _parentaccountid_value: null,
  })
  expect((await sales.get(`accounts(${ids.subordinate})?$select=statecode,statuscode,merged,_masterid_value`)).body).toMatchObject({
    statecode: 1,
    statuscode: 2,
    merged: true,
    _masterid_value: ids.target,
  })
  // Once merged it is no longer active.
  expect(refusalOf(await merge(sales, 'account', ids))).toBe('400 0x80040203')
})

test.for([
  ['contact', 'contacts', { lastname: 'x' }, { statecode: 1, statuscode: 2 }],
  ['lead', 'leads', { subject: 'x', lastname: 'x' }, { statecode: 2, statuscode: 7 }],
] as const)('Merge closes a merged %s', async ([table, set, body, state], t) => {
  const sales = await startSales(t)
  const [target, subordinate] = [await sales.create(set, body), await sales.create(set, body)].map((row) => String(row[`${table}id`]))
  const answer = await merge(sales, table, { target: target ?? '', subordinate: subordinate ?? '' })
  expect(answer.status, answer.text).toBe(204)
  const merged = await sales.get(`${set}(${subordinate})?$select=statecode,statuscode,merged,_masterid_value`)
  expect(merged.body).toMatchObject({ ...state, merged: true, _masterid_value: target })
})

test('a list that both rows are on keeps one of them', async (t) => {
  const sales = await startSales(t)
  const ids = await twoAccounts(sales)
  const list = await sales.create('lists', { listname: 'L', createdfromcode: 1, type: false }, 'listid')
  for (const id of Object.values(ids)) {
    expect((await sales.post(`lists(${list.listid})/Microsoft.Dynamics.CRM.AddMemberList`, { EntityId: id })).status).toBe(200)
  }
  expect((await merge(sales, 'account', ids)).status).toBe(204)
  const members = await sales.get(`listmembers?$select=_entityid_value&$filter=_listid_value eq ${list.listid}`)
  expect(members.body.value.map((member: Json) => member._entityid_value)).toEqual([ids.target])
})

test('Merge refuses what cannot be merged and changes nothing', async (t) => {
  const sales = await startSales(t)
  const ids = await twoAccounts(sales)
  const contact = await sales.create('contacts', { lastname: 'Berg' }, 'contactid')
  const missing = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ff'
  const below = await sales.create('accounts', { name: 'Below', 'parentaccountid@odata.bind': `/accounts(${ids.target})` }, 'accountid')
  const refused = async (more: Json) => refusalOf(await merge(sales, 'account', ids, more))
  expect(await refused({ Subordinate: record('account', ids.target) })).toBe('400 0x80040203')
  expect(await refused({ Subordinate: record('account', missing) })).toBe('404 0x80040217')
  expect(await refused({ Target: record('account', missing) })).toBe('404 0x80040217')
  expect(await refused({ Subordinate: record('contact', contact.contactid) })).toBe('400 0x80048d19')
  expect(await refused({ Subordinate: { accountid: ids.subordinate } })).toBe('400 0x80048d19')
  expect(await refused({ Subordinate: null })).toBe('400 0x80048d19')
  expect(await refused({ Target: { '@odata.id': 'pricelevels(6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ff)' } })).toBe('400 0x80048d19')
  expect(await refused({ PerformParentingChecks: 'yes' })).toBe('400 0x80048d19')
  expect(await refused({ Subordinate: record('account', below.accountid), PerformParentingChecks: true })).toBe('400 0x80040203')
  expect(await refused({ UpdateContent: { '@odata.type': 'Microsoft.Dynamics.CRM.account', wings: 2 } })).toBe('400 0x80048d19')
  expect(await refused({ UpdateContent: { '@odata.type': 'Microsoft.Dynamics.CRM.contact', lastname: 'x' } })).toBe('400 0x80048d19')
  const after = await sales.get(`accounts?$select=name,merged,statecode&$filter=merged eq true or statecode eq 1`)
  expect(after.body.value).toEqual([])
})

test('Merge asks for the right to write both rows', async (t) => {
  const sales = await startSales(t)
  const ids = await twoAccounts(sales)
  const seller = sales.as(await sales.user({ roles: ['Salesperson'] }))
  expect((await merge(seller, 'account', ids)).status).toBe(403)
  const own = await seller.create('accounts', { name: 'Own' }, 'accountid')
  expect((await merge(seller, 'account', { target: own.accountid, subordinate: ids.subordinate })).status).toBe(403)
  const other = await seller.create('accounts', { name: 'Own too' }, 'accountid')
  expect((await merge(seller, 'account', { target: own.accountid, subordinate: other.accountid })).status).toBe(204)
})

test('of two merges at once, each into the other, one is done', async (t) => {
  const sales = await startSales(t)
  for (let round = 0; round < 5; round += 1) {
    const { target, subordinate } = await twoAccounts(sales)
    const answers = await Promise.all([
      merge(sales, 'account', { target, subordinate }),
      merge(sales, 'account', { target: subordinate, subordinate: target }),
    ])
    expect(answers.map((answer) => refusalOf(answer)).sort()).toEqual(['204', '400 0x80040203'])
  }
})

test('what a client may not write by an update it may not write by a merge', async (t) => {
  const sales = await startSales(t)
  const ids = await twoAccounts(sales)
  const third = await sales.create('accounts', { name: 'Third', 'parentaccountid@odata.bind': `/accounts(${ids.target})` }, 'accountid')
  const content = {
    '@odata.type': 'Microsoft.Dynamics.CRM.account',
    merged: true,
    'parentaccountid@odata.bind': `/accounts(${third.accountid})`,
  }
  expect(refusalOf(await merge(sales, 'account', ids, { UpdateContent: content }))).toBe('400 0x80040507')
  const kept = await sales.get(`accounts(${ids.subordinate})?$select=statecode,merged`)
  expect(kept.body).toMatchObject({ statecode: 0, merged: false })
  expect((await merge(sales, 'account', ids, { UpdateContent: { ...content, 'parentaccountid@odata.bind': null } })).status).toBe(204)
  expect((await sales.get(`accounts(${ids.target})?$select=merged`)).body.merged).toBe(false)
})

test('many rows of the subordinate move in one call', async (t) => {
  const sales = await startSales(t)
  const ids = await twoAccounts(sales)
  const people = Array.from({ length: 300 }, (_, at) => ({
    '@odata.type': 'Microsoft.Dynamics.CRM.contact',
    lastname: `Person ${at}`,
    'parentcustomerid_account@odata.bind': `/accounts(${ids.subordinate})`,
  }))
  expect((await sales.bulk('contacts', 'CreateMultiple', people)).status).toBe(200)
  expect((await merge(sales, 'account', ids)).status).toBe(204)
  const moved = await sales.get(
    `contacts?$filter=_parentcustomerid_value eq ${ids.target} and _accountid_value eq ${ids.target}&$count=true&$top=1`,
  )
  expect(moved.body['@odata.count']).toBe(300)
})
