import { expect, test } from 'vitest'
import { guid } from './platform.case.ts'
import { ROOT_UNIT, startSecurity, UNITS, USERS } from './security.case.ts'

const code = (answer: { readonly status: number; readonly json: { readonly error?: { readonly code: string } } }) => [
  answer.status,
  answer.json?.error?.code,
]

test('business units are one tree', async (t) => {
  const { system } = await startSecurity(t)
  const { send } = system
  const under = (parent: string) => ({ 'parentbusinessunitid@odata.bind': `/businessunits(${parent})` })
  expect(code(await send('POST', 'businessunits', { body: { name: 'second root' } }))).toEqual([400, '0x8004a10c'])
  for (const parent of [UNITS.middle, UNITS.below])
    expect(code(await send('PATCH', `businessunits(${UNITS.middle})`, { body: under(parent) }))).toEqual([400, '0x80041d21'])
  expect(code(await send('PATCH', `businessunits(${ROOT_UNIT})`, { body: under(UNITS.middle) }))).toEqual([400, '0x80041d21'])
  expect(code(await send('PATCH', `businessunits(${UNITS.middle})`, { body: { parentbusinessunitid: null } }))).toEqual([400, '0x8004a10c'])
  expect((await send('PATCH', `businessunits(${UNITS.below})`, { body: under(UNITS.beside) })).status).toBe(204)
})

test('the root stays enabled, and so does the unit of the last administrator', async (t) => {
  const { system, admin } = await startSecurity(t)
  const disable = async (id: string) => code(await system.send('PATCH', `businessunits(${id})`, { body: { isdisabled: true } }))
  expect(await disable(ROOT_UNIT)).toEqual([400, '0x80041d63'])
  const toBelow = { 'businessunitid@odata.bind': `/businessunits(${UNITS.below})` }
  for (const row of (
    await admin('GET', `systemusers?$select=systemuserid&$filter=systemuserroles_association/any(r:r/name eq 'System Administrator')`)
  ).json.value)
    await admin('PATCH', `systemusers(${row.systemuserid})`, toBelow)
  expect(await disable(UNITS.middle)).toEqual([400, '0x80041d59'])
  expect(await disable(UNITS.beside)).toEqual([204, undefined])
})

test('a unit is deleted when it is disabled and empty, its default team with it', async (t) => {
  const { system, admin } = await startSecurity(t)
  const remove = async (id: string) => code(await system.send('DELETE', `businessunits(${id})`))
  expect(await remove(UNITS.middle)).toEqual([400, '0x80041d61'])
  expect(await remove(UNITS.beside)).toEqual([400, '0x80041d60'])
  await admin('PATCH', `businessunits(${UNITS.beside})`, { isdisabled: true })
  expect(await remove(UNITS.beside)).toEqual([405, '0x80040227'])
  await admin('PATCH', `systemusers(${USERS.beside})`, { 'businessunitid@odata.bind': `/businessunits(${ROOT_UNIT})` })
  expect(await remove(UNITS.beside)).toEqual([204, undefined])
  expect((await admin('GET', `teams?$filter=_businessunitid_value eq ${UNITS.beside}`)).json.value).toEqual([])
})

test('each unit has a default team with its name and its users, kept by the platform', async (t) => {
  const { system, admin, associate } = await startSecurity(t)
  const { send } = system
  const teamOf = async (unit: string) =>
    (await admin('GET', `teams?$select=name,isdefault&$filter=isdefault eq true and _businessunitid_value eq ${unit}`)).json.value[0]
  const membersOf = async (team: string) =>
    (await admin('GET', `teams(${team})/teammembership_association?$select=domainname&$orderby=domainname`)).json.value.map(
      (row: { domainname: string }) => row.domainname,
    )
  const team = await teamOf(UNITS.middle)
  expect(team).toMatchObject({ name: 'middle', isdefault: true })
  expect(await membersOf(team.teamid)).toEqual(['peer', 'self'])
  await admin('PATCH', `systemusers(${USERS.self})`, { 'businessunitid@odata.bind': `/businessunits(${UNITS.below})` })
  expect(await membersOf(team.teamid)).toEqual(['peer'])
  expect(await membersOf((await teamOf(UNITS.below)).teamid)).toEqual(['below', 'self'])
  await admin('PATCH', `businessunits(${UNITS.middle})`, { name: 'centre' })
  expect((await teamOf(UNITS.middle)).name).toBe('centre')
  const path = `teams(${team.teamid})`
  expect(code(await send('PATCH', path, { body: { name: 'mine' } }))).toEqual([400, '0x8004830a'])
  expect(code(await send('PATCH', path, { body: { 'businessunitid@odata.bind': `/businessunits(${ROOT_UNIT})` } }))).toEqual([
    400,
    '0x80048308',
  ])
  expect((await send('PATCH', path, { body: { name: 'centre', emailaddress: 'a@b' } })).status).toBe(204)
  expect(code(await send('DELETE', path))).toEqual([400, '0x80048307'])
  expect(code(await associate(`${path}/teammembership_association`, `systemusers(${USERS.below})`))).toEqual([400, '0x8004830b'])
  expect(code(await send('DELETE', `${path}/teammembership_association(${USERS.peer})/$ref`))).toEqual([400, '0x8004830c'])
  expect((await send('PATCH', path, { body: { isdefault: false } })).status).toBe(204)
  expect((await teamOf(UNITS.middle)).teamid).toBe(team.teamid)
})

test('an access team holds no role and owns nothing', async (t) => {
  const { system, admin, associate } = await startSecurity(t)
  await admin('POST', 'teams', { teamid: guid('91'), name: 'Access', teamtype: 1 })
  expect(code(await associate(`teams(${guid('91')})/teamroles_association`, `roles(${guid('b1')})`))).toEqual([400, '0x80048331'])
  const own = { body: { 'ownerid@odata.bind': `/teams(${guid('91')})` } }
  expect(code(await system.send('PATCH', 'accounts({G:01})', own))).toEqual([400, '0x80048340'])
})

test('who gives roles needs the privilege to assign them, and those that the role has', async (t) => {
  const { as, grant } = await startSecurity(t)
  const rights = { prvReadUser: 'Global', prvReadRole: 'Global', prvAppendUser: 'Global', prvAppendToRole: 'Global' }
  const body = { '@odata.id': `https://halvorsen.crm4.dynamics.com/api/data/v9.2/roles(${guid('b2')})` }
  const give = () => as('POST', `systemusers(${USERS.self})/systemuserroles_association/$ref`, { body })
  await grant(rights)
  expect(code(await give())).toEqual([403, '0x80040220'])
  await grant({ ...rights, prvAssignRole: 'Global' })
  expect(code(await give())).toEqual([403, '0x80040220'])
  await grant({ ...rights, prvAssignRole: 'Global', prvReadAccount: 'Basic', prvReadContact: 'Basic', prvReadSalesorder: 'Basic' })
  expect((await give()).status).toBe(204)
})
