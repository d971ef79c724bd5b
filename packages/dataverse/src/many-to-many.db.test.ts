import { expect, test } from 'vitest'
import { guid, startPlatform, type TestPlatform } from './platform.case.ts'

const ROLES = 'systemuserroles_association'
const root = 'https://halvorsen.crm4.dynamics.com/api/data/v9.2/'

async function newRole(system: TestPlatform, digits: string): Promise<string> {
  const unit = '/businessunits({G:0d})'
  const made = await system.send('POST', 'roles', {
    body: { roleid: guid(digits), name: `role ${digits}`, 'businessunitid@odata.bind': unit },
  })
  expect(made.status).toBe(204)
  return guid(digits)
}

async function newUser(system: TestPlatform, digits: string, more: Record<string, unknown> = {}): Promise<string> {
  const made = await system.send('POST', 'systemusers', { body: { systemuserid: guid(digits), domainname: digits, ...more } })
  expect([made.status, made.text]).toEqual([204, ''])
  return guid(digits)
}

const names = (answer: { readonly json: { readonly value: readonly { readonly name: string }[] } }): readonly string[] =>
  answer.json.value.map((row) => row.name)

test('DV-057 rows are paired and parted by $ref from both sides, with a key and with $id', async (t) => {
  const system = await startPlatform(t)
  const { send } = system
  const role = await newRole(system, 'b1')
  const user = await newUser(system, 'a5')
  const pair = (path: string, id: string) => send('POST', `${path}/$ref`, { body: { '@odata.id': `${root}${id}` } })
  const rolesOf = async () => names(await send('GET', `systemusers(${user})/${ROLES}?$select=name&$orderby=name`))
  expect((await pair(`systemusers(${user})/${ROLES}`, `roles(${role})`)).status).toBe(204)
  expect(await rolesOf()).toEqual(['role b1'])
  const again = await pair(`systemusers(${user})/${ROLES}`, `roles(${role})`)
  expect([again.status, again.json.error.code]).toEqual([412, '0x80040237'])
  expect((await send('DELETE', `systemusers(${user})/${ROLES}(${role})/$ref`)).status).toBe(204)
  expect((await send('DELETE', `systemusers(${user})/${ROLES}(${role})/$ref`)).status).toBe(404)
  expect(await rolesOf()).toEqual([])
  expect((await pair(`roles(${role})/${ROLES}`, `systemusers(${user})`)).status).toBe(204)
  expect(await rolesOf()).toEqual(['role b1'])
  expect((await send('DELETE', `roles(${role})/${ROLES}/$ref?$id=${root}systemusers(${user})`)).status).toBe(204)
  expect(await rolesOf()).toEqual([])
  for (const [id, status] of [
    ['roles({G:ee})', 404],
    ['accounts({G:01})', 400],
  ] as const)
    expect([id, (await pair(`systemusers(${user})/${ROLES}`, id)).status]).toEqual([id, status])
  expect((await pair(`systemusers({G:ee})/${ROLES}`, `roles(${role})`)).status).toBe(404)
})

test('pairs are read by path, $expand, any and all, $count, $ref and as rows of their own', async (t) => {
  const system = await startPlatform(t)
  const { send } = system
  const [first, second] = [await newRole(system, 'b1'), await newRole(system, 'b2')]
  const user = await newUser(system, 'a5', { [`${ROLES}@odata.bind`]: [`/roles(${first})`, `roles(${second})`] })
  const other = await newUser(system, 'a6', { [ROLES]: [{ name: 'made with its user' }] })
  const usersWhere = async (filter: string) =>
    (await send('GET', `systemusers?$select=systemuserid&$filter=${filter}`)).json.value.map(
      (row: { systemuserid: string }) => row.systemuserid,
    )
  expect(await usersWhere(`${ROLES}/any(r:r/name eq 'role b2')`)).toEqual([user])
  expect(await usersWhere(`${ROLES}/any(r:startswith(r/name,'made'))`)).toEqual([other])
  expect(await usersWhere(`${ROLES}/all(r:startswith(r/name,'role')) and ${ROLES}/any()`)).toEqual([user])
  const expanded = await send('GET', `systemusers(${user})?$select=domainname&$expand=${ROLES}($select=name;$orderby=name desc;$top=1)`)
  expect(expanded.json[ROLES]).toMatchObject([{ name: 'role b2' }])
  expect((await send('GET', `roles(${first})/${ROLES}/$count`)).text).toBe('\uFEFF1')
  expect((await send('GET', `systemusers(${user})/${ROLES}/$ref`)).json.value).toHaveLength(2)
  const filter = `systemuserid eq ${user} and roleid eq ${first}`
  expect((await send('GET', `systemuserrolescollection?$filter=${filter}`)).json.value).toMatchObject([
    { systemuserid: user, roleid: first },
  ])
  expect((await send('POST', 'systemuserrolescollection', { body: {} })).json.error.code).toBe('0x80040800')
  await send('DELETE', `roles(${first})`)
  expect(names(await send('GET', `systemusers(${user})/${ROLES}?$select=name`))).toEqual(['role b2'])
})

test('DV-116 metadata shows both sides of a relationship and its intersect table', async (t) => {
  const { send } = await startPlatform(t)
  const document = (await send('GET', '$metadata')).text
  expect(document).toContain(`<NavigationProperty Name="${ROLES}" Type="Collection(mscrm.role)" Partner="${ROLES}"`)
  expect(document).toContain(`<NavigationProperty Name="${ROLES}" Type="Collection(mscrm.systemuser)" Partner="${ROLES}"`)
  const one = await send('GET', `RelationshipDefinitions(SchemaName='${ROLES}')`)
  expect(one.json).toMatchObject({
    RelationshipType: 'ManyToManyRelationship',
    IntersectEntityName: 'systemuserroles',
    Entity1LogicalName: 'systemuser',
    Entity2IntersectAttribute: 'roleid',
  })
  const cast = await send('GET', 'RelationshipDefinitions/Microsoft.Dynamics.CRM.ManyToManyRelationshipMetadata?$select=SchemaName')
  expect(cast.json.value).toHaveLength(4)
  const ofTeam = await send('GET', "EntityDefinitions(LogicalName='team')/ManyToManyRelationships?$select=SchemaName")
  expect(ofTeam.json.value.map((row: { SchemaName: string }) => row.SchemaName)).toEqual([
    'teamroles_association',
    'teammembership_association',
  ])
  const intersect = await send('GET', "EntityDefinitions(LogicalName='systemuserroles')?$select=IsIntersect,EntitySetName")
  expect(intersect.json).toMatchObject({ IsIntersect: true, EntitySetName: 'systemuserrolescollection' })
})

test('an installation from before keeps the roles of its users', async (t) => {
  const system = await startPlatform(t)
  const user = await newUser(system, 'a5')
  const role = await newRole(system, 'b1')
  await system.database.query(
    'create table platform_user_role (systemuserid uuid not null, roleid uuid not null, primary key (systemuserid, roleid))',
  )
  await system.database.query('insert into platform_user_role values ($1, $2)', [user, role])
  await system.database.query('delete from systemuserroles where systemuserid = $1', [guid('0c')])
  await system.database.query('insert into platform_user_role select $1, roleid from role where name = $2', [
    guid('0c'),
    'System Administrator',
  ])
  const next = await system.restart()
  expect(names(await next.send('GET', `systemusers(${user})/${ROLES}?$select=name`))).toEqual(['role b1'])
  expect(names(await next.send('GET', `systemusers({G:0c})/${ROLES}?$select=name`))).toEqual(['System Administrator'])
  expect((await next.database.query("select to_regclass('platform_user_role') as old")).rows).toEqual([{ old: null }])
})

test('of eight that pair the same rows at once exactly one does, and no pair outlives its role', async (t) => {
  const system = await startPlatform(t)
  const role = await newRole(system, 'b1')
  const user = await newUser(system, 'a5')
  const pair = () => system.send('POST', `systemusers(${user})/${ROLES}/$ref`, { body: { '@odata.id': `${root}roles(${role})` } })
  const answers = await Promise.all(Array.from({ length: 8 }, pair))
  expect(answers.map((answer) => answer.status).sort()).toEqual([204, ...Array.from({ length: 7 }, () => 412)])
  await system.send('DELETE', `systemusers(${user})/${ROLES}(${role})/$ref`)
  const [deleted, paired] = await Promise.all([system.send('DELETE', `roles(${role})`), pair()])
  expect([deleted.status, [204, 404].includes(paired.status)]).toEqual([204, true])
  const left = await system.database.query('select 1 from systemuserroles where roleid = $1', [role])
  expect(left.rowCount).toBe(0)
})
