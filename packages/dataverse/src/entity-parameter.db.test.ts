import { expect, test } from 'vitest'
import type { AppAction } from './actions/app-action.ts'
import { readEntityParameter, readReferenceParameter, readReferencesParameter } from './actions/entity-parameter.ts'
import { guid, ROOT, startPlatform } from './platform.case.ts'

/** Stores the person of a parameter with a company, and names the rows of the others. */
const TAKE_PERSON: AppAction = {
  name: 'TakePerson',
  binding: 'unbound',
  parameters: [
    { name: 'Person', type: 'mscrm.contact' },
    { name: 'Customer', type: 'mscrm.crmbaseentity', optional: true },
    { name: 'Others', type: 'Collection(mscrm.crmbaseentity)', optional: true },
    { name: 'Count', type: 'Edm.Int32', optional: true },
  ],
  returns: 'mscrm.contact',
  run: async (context, parameters) => {
    const person = await readEntityParameter(context, { name: 'Person', value: parameters.Person, tables: ['contact'] })
    const customer = await readReferenceParameter(context, { name: 'Customer', value: parameters.Customer, tables: ['account', 'contact'] })
    const others =
      parameters.Others === undefined
        ? []
        : await readReferencesParameter(context, { name: 'Others', value: parameters.Others, tables: ['account', 'contact'] })
    const [id = ''] = await context.service.create('contact', [
      { ...person, ...(customer !== undefined && { parentcustomerid: customer }) },
    ])
    return {
      kind: 'value',
      type: 'TakePersonResponse',
      value: { id, others: others.map((row) => `${row.table} ${row.id}`), count: parameters.Count ?? null },
    }
  },
}

const ACCOUNT = guid('01')

test('DV-101 a record parameter holds values and references in every form of a reference', async (t) => {
  const { send } = await startPlatform(t, { actions: [TAKE_PERSON] })
  const forms = [
    { 'parentcustomerid_account@odata.bind': `/accounts(${ACCOUNT})` },
    { 'parentcustomerid_account@odata.bind': `accounts(${ACCOUNT})` },
    { 'parentcustomerid_account@odata.bind': `${ROOT}/accounts(${ACCOUNT})` },
    { parentcustomerid_account: { accountid: ACCOUNT } },
    { parentcustomerid_account: { '@odata.type': '#Microsoft.Dynamics.CRM.account', accountid: ACCOUNT.toUpperCase() } },
    { parentcustomerid_account: { '@odata.id': `/accounts(${ACCOUNT})` } },
    { parentcustomerid_account: ACCOUNT },
  ]
  for (const form of forms) {
    for (const type of [{}, { '@odata.type': 'Microsoft.Dynamics.CRM.contact' }, { '@odata.type': '#mscrm.contact' }]) {
      const answer = await send('POST', 'TakePerson', { body: { Person: { ...type, lastname: 'Taken', ...form } } })
      expect([form, answer.status]).toEqual([form, 200])
      const stored = await send('GET', `contacts(${answer.json.id})?$select=lastname,_parentcustomerid_value`)
      expect([form, stored.json.lastname, stored.json._parentcustomerid_value]).toEqual([form, 'Taken', ACCOUNT])
    }
  }
})

test('a record parameter names its owner, and nobody writes what the platform keeps', async (t) => {
  const { send } = await startPlatform(t, { actions: [TAKE_PERSON] })
  const users = await send('GET', 'systemusers?$select=systemuserid')
  const ids: readonly string[] = users.json.value.map((user: { systemuserid: string }) => user.systemuserid)
  expect(ids.length).toBeGreaterThan(1)
  for (const systemuserid of ids) {
    const person = { lastname: 'Owned', ownerid: { systemuserid }, createdby: { systemuserid } }
    const answer = await send('POST', 'TakePerson', { body: { Person: person } })
    const stored = await send('GET', `contacts(${answer.json.id})?$select=_ownerid_value,_createdby_value`)
    expect([answer.status, stored.json._ownerid_value]).toEqual([200, systemuserid])
    expect(stored.json._createdby_value).toBe((await send('GET', 'WhoAmI')).json.UserId)
  }
  const bare = await send('POST', 'TakePerson', { body: { Person: { lastname: 'Owned', ownerid: ids[0] } } })
  expect([bare.status, bare.json.error.code]).toEqual([400, '0x80048d19'])
})

test('a reference parameter names its row by key and type, by address or by bind', async (t) => {
  const { send } = await startPlatform(t, { actions: [TAKE_PERSON] })
  const Person = { lastname: 'Taken' }
  const references = [
    { Customer: { '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid: ACCOUNT } },
    { Customer: { '@odata.id': `accounts(${ACCOUNT})` } },
    { 'Customer@odata.bind': `/accounts(${ACCOUNT})` },
  ]
  for (const named of references) {
    const answer = await send('POST', 'TakePerson', { body: { Person, ...named, Count: 7 } })
    expect([named, answer.status, answer.json.count]).toEqual([named, 200, 7])
    const stored = await send('GET', `contacts(${answer.json.id})?$select=_parentcustomerid_value`)
    expect(stored.json._parentcustomerid_value).toBe(ACCOUNT)
  }
  const Others = [{ '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid: ACCOUNT }, { '@odata.id': `/accounts(${ACCOUNT})` }]
  expect((await send('POST', 'TakePerson', { body: { Person, Others } })).json.others).toEqual([`account ${ACCOUNT}`, `account ${ACCOUNT}`])
  expect((await send('POST', 'TakePerson', { body: { Person, Others: [] } })).json.others).toEqual([])
})

test('record parameters of the wrong shape, table or content are 400, missing rows 404, and nothing is stored', async (t) => {
  const { send } = await startPlatform(t, { actions: [TAKE_PERSON] })
  const before = await send('GET', 'contacts/$count')
  const Person = { lastname: 'Refused' }
  const bodies: readonly (readonly [unknown, number])[] = [
    [{}, 400],
    [{ Person: null }, 400],
    [{ Person: [] }, 400],
    [{ Person: 5 }, 400],
    [{ Person: 1e300 }, 400],
    [{ Person: { ...Person, '@odata.type': 'Microsoft.Dynamics.CRM.account' } }, 400],
    [{ Person: { ...Person, '@odata.type': 5 } }, 400],
    [{ Person: { ...Person, nosuchcolumn: 1 } }, 400],
    [{ Person: { ...Person, statecode: 'open' } }, 400],
    [{ Person: { ...Person, parentcustomerid_account: { name: 'new inside' } } }, 400],
    [{ Person: { ...Person, parentcustomerid_account: { accountid: ACCOUNT, nosuchcolumn: 1 } } }, 400],
    [{ Person: { ...Person, parentcustomerid_account: 'not a guid' } }, 400],
    [{ Person: { ...Person, parentcustomerid_account: [] } }, 400],
    [{ Person: { ...Person, 'parentcustomerid_account@odata.bind': `/accounts(${guid('ff')})` } }, 404],
    [{ Person: { ...Person, parentcustomerid_account: { accountid: guid('ff') } } }, 404],
    [{ Person, Customer: {} }, 400],
    [{ Person, Customer: 'x' }, 400],
    [{ Person, Customer: { '@odata.type': 'Microsoft.Dynamics.CRM.territory', territoryid: guid('01') } }, 400],
    [{ Person, Customer: { '@odata.id': `/territories(${guid('01')})` } }, 400],
    [{ Person, Customer: { '@odata.id': `/accounts(${ACCOUNT})`, '@odata.type': 'Microsoft.Dynamics.CRM.contact' } }, 400],
    [{ Person, Customer: { '@odata.id': 7 } }, 400],
    [{ Person, 'Customer@odata.bind': `/accounts(${guid('ff')})` }, 404],
    [{ Person, 'Count@odata.bind': '/accounts(1)' }, 400],
    [{ Person, Others: { '@odata.id': `/accounts(${ACCOUNT})` } }, 400],
    [{ Person, Others: [null] }, 400],
    [{ Person, Count: 1e10 }, 400],
    [{ Person, Count: 1.5 }, 400],
    [{ Person, Count: '1' }, 400],
  ]
  for (const [body, status] of bodies) {
    const answer = await send('POST', 'TakePerson', { body: body as Record<string, unknown> })
    expect([body, answer.status, answer.json.error.code]).toEqual([body, status, status === 404 ? '0x80040217' : '0x80048d19'])
  }
  expect((await send('GET', 'contacts/$count')).text).toBe(before.text)
})
