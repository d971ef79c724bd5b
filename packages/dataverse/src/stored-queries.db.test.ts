import { expect, test } from 'vitest'
import { accountsWhere, startFetch } from './fetch.case.ts'
import { BASE, guid } from './platform.case.ts'

const names = (json: { value: readonly { name: string }[] }): string[] => json.value.map((row) => row.name)

test('DV-136 every table has its view, and ?savedQuery= runs it', async (t) => {
  const { send } = await startFetch(t)
  await send('PATCH', 'accounts({G:44})', { body: { statecode: 1 } })
  const sets = (await send('GET', 'EntityDefinitions?$select=LogicalName,EntitySetName')).json.value as {
    LogicalName: string
    EntitySetName: string
  }[]
  const views = (await send('GET', 'savedqueries?$select=name,returnedtypecode,fetchxml,querytype')).json.value as {
    savedqueryid: string
    returnedtypecode: string
    name: string
  }[]
  for (const { LogicalName, EntitySetName } of sets) {
    const own = views.filter((view) => view.returnedtypecode === LogicalName)
    expect([LogicalName, own.some((view) => view.name.startsWith('Active '))]).toEqual([LogicalName, true])
    for (const { savedqueryid, name } of own) {
      expect([name, (await send('GET', `${EntitySetName}?savedQuery=${savedqueryid}`)).status]).toEqual([name, 200])
    }
  }
  const active = views.find((view) => view.name === 'Active Accounts')
  expect(names((await send('GET', `accounts?savedQuery=${active?.savedqueryid}`)).json)).toEqual(['Alpha', "beta's", 'Gamma 100%'])
  const upper = `accounts?SavedQuery={${active?.savedqueryid.toUpperCase()}}`
  expect((await send('GET', upper)).json.value).toHaveLength(3)
  expect((await send('GET', `contacts?savedQuery=${active?.savedqueryid}`)).json.error.code).toBe('0x80041128')
  expect((await send('GET', 'accounts?savedQuery={G:fe}')).status).toBe(404)
  expect((await send('GET', `accounts?userQuery=${active?.savedqueryid}`)).status).toBe(404)
  expect((await send('GET', 'accounts?savedQuery=nonsense')).status).toBe(400)
})

test('DV-136 a stored query comes in pages by links, which keep its place', async (t) => {
  const { send, platform, token } = await startFetch(t)
  const [view] = (await send('GET', "savedqueries?$select=name&$filter=name eq 'Active Accounts'")).json.value
  const headers = { authorization: `Bearer ${token}`, prefer: 'odata.maxpagesize=1' }
  const seen: string[] = []
  let url: string | undefined = `/api/data/v9.2/accounts?savedQuery=${view.savedqueryid}`
  while (url !== undefined) {
    const answer = await platform.app.inject({ method: 'GET', url, headers })
    expect([url, answer.statusCode, answer.headers['preference-applied']]).toEqual([url, 200, 'odata.maxpagesize=1'])
    const page: Record<string, string> & { value: readonly { name: string }[] } = answer.json()
    seen.push(...names(page))
    url = page['@odata.nextLink']?.slice(BASE.length)
  }
  expect(seen).toEqual(['Alpha', "beta's", 'delta', 'Gamma 100%'])
  for (const option of ['$skiptoken=nonsense', '$top=1', "$filter=name eq 'x'"]) {
    expect([option, (await send('GET', `accounts?savedQuery=${view.savedqueryid}&${option}`)).status]).toEqual([option, 400])
  }
})

test('DV-136 stored queries are checked when they are written, and run on their table and its child collections', async (t) => {
  const { send } = await startFetch(t)
  const fetchxml = accountsWhere('<condition attribute="creditlimit" operator="not-null"/>')
  for (const [set, option, id] of [
    ['savedqueries', 'savedQuery', '61'],
    ['userqueries', 'userQuery', '62'],
  ] as const) {
    const key = `${set === 'savedqueries' ? 'saved' : 'user'}queryid`
    const created = await send('POST', set, { body: { [key]: guid(id), name: 'With limit', querytype: 0, fetchxml } })
    expect([set, created.status, created.text]).toEqual([set, 204, ''])
    expect((await send('GET', `${set}({G:${id}})?$select=returnedtypecode`)).json.returnedtypecode).toBe('account')
    expect(names((await send('GET', `accounts?${option}={G:${id}}`)).json)).toEqual(['Alpha', "beta's", 'Gamma 100%'])
    expect((await send('GET', `contacts?${option}={G:${id}}`)).status).toBe(400)
    const refused: readonly (readonly [body: object, code: string])[] = [
      [{ fetchxml: 'no xml' }, '0x80040203'],
      [{ fetchxml: fetchxml.replace('creditlimit', 'nmae') }, '0x80041103'],
      [{ fetchxml: fetchxml.replace('"account"', '"nothing"') }, '0x80041102'],
      [{ returnedtypecode: 'contact' }, '0x80040203'],
    ]
    for (const [body, code] of refused) {
      const patched = await send('PATCH', `${set}({G:${id}})`, { body })
      expect([set, body, patched.status, patched.json.error.code]).toEqual([set, body, 400, code])
      const posted = await send('POST', set, { body: { name: 'Refused', fetchxml, ...body } })
      expect([set, body, posted.status, posted.json.error.code]).toEqual([set, body, 400, code])
    }
    expect((await send('POST', set, { body: { name: 'No query' } })).json.error.code).toBe('0x80040200')
    const contacts = '<fetch><entity name="contact"><attribute name="lastname"/></entity></fetch>'
    expect((await send('PATCH', `${set}({G:${id}})`, { body: { fetchxml: contacts } })).status).toBe(204)
    expect((await send('GET', `${set}({G:${id}})?$select=returnedtypecode`)).json.returnedtypecode).toBe('contact')
    expect((await send('GET', `accounts({G:41})/contact_customer_accounts?${option}={G:${id}}`)).json.value).toHaveLength(2)
    expect((await send('GET', `${set}?$filter=name eq 'Refused'`)).json.value).toEqual([])
  }
})
