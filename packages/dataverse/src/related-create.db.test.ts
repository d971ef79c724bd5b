import { expect, test } from 'vitest'
import { guid, startPlatform } from './platform.case.ts'

const ROOT = 'https://halvorsen.crm4.dynamics.com/api/data/v9.2/'
const CONTACTS = 'contact_customer_accounts'

test('DV-031 DV-032 a row created through a collection belongs to the row of the path, whatever its body binds', async (t) => {
  const { send } = await startPlatform(t)
  const body = { contactid: guid('b1'), lastname: 'Moen', 'parentcustomerid_account@odata.bind': '/accounts({G:10})' }
  const made = await send('POST', `accounts({G:01})/${CONTACTS}`, { body })
  expect([made.status, made.text, made.headers['odata-entityid']]).toEqual([204, '', `${ROOT}contacts(${guid('b1')})`])
  expect((await send('GET', 'contacts({G:b1})?$select=_parentcustomerid_value')).json._parentcustomerid_value).toBe(guid('01'))
  const shown = await send('POST', `accounts({G:10})/${CONTACTS}?$select=fullname&$expand=parentcustomerid_account($select=name)`, {
    body: { firstname: 'Kari', lastname: 'Moen' },
    headers: { prefer: 'return=representation' },
  })
  expect(shown.status).toBe(201)
  expect(shown.json).toMatchObject({ fullname: 'Kari Moen', parentcustomerid_account: { accountid: guid('10') } })
})

test('DV-057 through a many-to-many collection the new row is paired', async (t) => {
  const { send } = await startPlatform(t)
  const body = { roleid: guid('b2'), name: 'Dockhand', 'businessunitid@odata.bind': '/businessunits({G:0d})' }
  expect((await send('POST', 'systemusers({G:0c})/systemuserroles_association', { body })).status).toBe(204)
  const held = await send('GET', 'systemusers({G:0c})/systemuserroles_association?$select=name&$filter=roleid eq {G:b2}')
  expect(held.json.value).toMatchObject([{ name: 'Dockhand' }])
})

test('DV-109 what cannot be created through a collection is refused, and nothing is written', async (t) => {
  const { send } = await startPlatform(t)
  const body = { contactid: guid('b3'), lastname: 'Nobody' }
  const status = async (path: string, sent: object = body) => (await send('POST', path, { body: sent })).status
  expect(await status(`accounts({G:ff})/${CONTACTS}`)).toBe(404)
  expect(await status(`accounts({G:01})/${CONTACTS}`, { ...body, nmae: 'x' })).toBe(400)
  expect(await status('accounts({G:01})/primarycontactid')).toBe(405)
  expect(await status(`accounts({G:01})/${CONTACTS}/$count`)).toBe(405)
  expect(await status(`accounts({G:01})/${CONTACTS}({G:02})`)).toBe(405)
  expect((await send('PATCH', `accounts({G:01})/${CONTACTS}`, { body })).status).toBe(405)
  expect((await send('GET', 'contacts({G:b3})')).status).toBe(404)
})
