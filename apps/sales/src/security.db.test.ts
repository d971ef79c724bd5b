import { expect, test } from 'vitest'
import { refusalOf, type SalesUnderTest, startSales } from './sales-app.fixture.ts'

const bind = (name: string, set: string, id: string) => ({ [`${name}@odata.bind`]: `/${set}(${id})` })

async function teamWith(sales: SalesUnderTest, roles: readonly string[]): Promise<string> {
  const team = await sales.create('teams', { name: 'Order desk' }, 'teamid')
  for (const role of roles) {
    const id = await sales.idOf('roles', `name eq '${role}'`)
    await sales.post(`teams(${team.teamid})/teamroles_association/$ref`, { '@odata.id': `roles(${id})` })
  }
  return team.teamid
}

test('T11 a team without roles cannot own an order, on create or by assignment', async (t) => {
  const sales = await startSales(t)
  const team = await teamWith(sales, [])
  const account = await sales.create('accounts', { name: 'Nordkai Yards' }, 'accountid')
  const pricelevelid = await sales.idOf('pricelevels', "name eq 'CRM Service USA (sample)'")
  const order = {
    name: 'Order',
    ...bind('customerid_account', 'accounts', account.accountid),
    ...bind('pricelevelid', 'pricelevels', pricelevelid),
  }
  const refused = await sales.post('salesorders', { ...order, ...bind('ownerid', 'teams', team) })
  expect(refusalOf(refused)).toBe('403 0x80040220')
  expect(refused.body.error.message).toMatch(
    new RegExp(`^Principal team \\(Id=${team}, type=9\\) is missing prvReadSalesOrder privilege \\(Id=[0-9a-f-]{36}\\)$`),
  )
  expect((await sales.get('salesorders/$count')).text).toBe('\uFEFF0')
  const { salesorderid } = await sales.create('salesorders', order, 'salesorderid')
  expect(refusalOf(await sales.patch(`salesorders(${salesorderid})`, bind('ownerid', 'teams', team)))).toBe('403 0x80040220')
  const role = await sales.idOf('roles', "name eq 'Integration Team'")
  await sales.post(`teams(${team})/teamroles_association/$ref`, { '@odata.id': `roles(${role})` })
  expect((await sales.patch(`salesorders(${salesorderid})`, bind('ownerid', 'teams', team))).status).toBe(204)
})

test('a new installation has the four roles, and a default team that may own rows', async (t) => {
  const sales = await startSales(t)
  const roles = (await sales.get('roles?$select=name&$orderby=name')).body.value.map((role: { name: string }) => role.name)
  expect(roles).toEqual(['Integration', 'Integration Team', 'Sales Manager', 'Salesperson', 'System Administrator'])
  const team = await sales.idOf('teams', 'isdefault eq true')
  expect((await sales.post('accounts', { name: 'x', ...bind('ownerid', 'teams', team) })).status).toBe(204)
  const user = (await sales.get('WhoAmI')).body.UserId
  const mine = (await sales.get(`systemusers(${user})/systemuserroles_association?$select=name&$orderby=name`)).body.value
  expect(mine.map((role: { name: string }) => role.name)).toEqual(['Integration', 'System Administrator'])
})

test('what an administrator took from a role or a team stays away after a restart', async (t) => {
  const sales = await startSales(t)
  const team = await sales.idOf('teams', 'isdefault eq true')
  const role = await sales.idOf('roles', "name eq 'Integration Team'")
  expect((await sales.remove(`teams(${team})/teamroles_association(${role})/$ref`)).status).toBe(204)
  const seller = await sales.idOf('roles', "name eq 'Salesperson'")
  const [read] = (await sales.get("privileges?$select=name&$filter=name eq 'prvReadLead'")).body.value
  const removed = await sales.post(`roles(${seller})/Microsoft.Dynamics.CRM.RemovePrivilegeRole`, { PrivilegeId: read.privilegeid })
  expect(removed.status).toBe(204)
  const next = await sales.restart()
  expect(refusalOf(await next.post('accounts', { name: 'x', ...bind('ownerid', 'teams', team) }))).toBe('403 0x80040220')
  const held = (await next.get(`RetrieveRolePrivilegesRole(RoleId=${seller})`)).body.RolePrivileges
  expect(held.some((one: { PrivilegeName: string }) => one.PrivilegeName === 'prvReadLead')).toBe(false)
})

test('a seller works on own rows, sees those of the unit, and a manager works on both', async (t) => {
  const sales = await startSales(t)
  const { businessunitid: unit } = await sales.create(
    'businessunits',
    { name: 'North', ...bind('parentbusinessunitid', 'businessunits', (await sales.get('WhoAmI')).body.BusinessUnitId) },
    'businessunitid',
  )
  const [ada, bo, chief] = [
    await sales.user({ roles: ['Salesperson'], unit }),
    await sales.user({ roles: ['Salesperson'], unit }),
    await sales.user({ roles: ['Sales Manager'], unit }),
  ]
  const { accountid } = await sales.as(ada).create('accounts', { name: 'of Ada' }, 'accountid')
  expect((await sales.as(bo).get(`accounts(${accountid})?$select=name`)).status).toBe(200)
  expect(refusalOf(await sales.as(bo).patch(`accounts(${accountid})`, { name: 'of Bo' }))).toBe('403 0x80040220')
  expect((await sales.as(chief).patch(`accounts(${accountid})`, bind('ownerid', 'systemusers', bo))).status).toBe(204)
  expect((await sales.as(bo).patch(`accounts(${accountid})`, { name: 'of Bo' })).status).toBe(204)
  const outside = await sales.create('accounts', { name: 'elsewhere' }, 'accountid')
  expect(refusalOf(await sales.as(chief).get(`accounts(${outside.accountid})`))).toBe('403 0x80040220')
  const nobody = await sales.user({ roles: [] })
  expect(refusalOf(await sales.as(nobody).get('accounts'))).toBe('403 0x80042f09')
})

test('price lists and discount lists are read and written with the privileges of products', async (t) => {
  const sales = await startSales(t)
  const names = (await sales.get("privileges?$select=name&$filter=contains(name,'Price') or contains(name,'Discount')")).body.value
  expect(names).toEqual([])
  const role = await sales.create('roles', { name: 'Prices' }, 'roleid')
  const user = await sales.user({ roles: ['Prices'] })
  const grant = async (wanted: readonly string[]) => {
    const all = (await sales.get('privileges?$select=name')).body.value as { readonly name: string; readonly privilegeid: string }[]
    const given = all.filter((one) => wanted.includes(one.name)).map((one) => ({ PrivilegeId: one.privilegeid, Depth: 'Global' }))
    await sales.post(`roles(${role.roleid})/Microsoft.Dynamics.CRM.ReplacePrivilegesRole`, { Privileges: given })
  }
  const as = sales.as(user)
  const sets = ['pricelevels', 'productpricelevels', 'discounttypes', 'discounts', 'products']
  await grant(['prvReadAccount'])
  for (const set of sets) {
    const answer = await as.get(set)
    expect([set, refusalOf(answer)]).toEqual([set, '403 0x80040220'])
    expect(answer.body.error.message).toContain('prvReadProduct')
  }
  await grant(['prvReadProduct'])
  for (const set of sets) expect([set, (await as.get(set)).status]).toEqual([set, 200])
  const [first] = (await as.get('pricelevels?$select=name&$top=1')).body.value
  expect(refusalOf(await as.patch(`pricelevels(${first.pricelevelid})`, { name: 'x' }))).toBe('403 0x80040220')
  await grant(['prvReadProduct', 'prvWriteProduct'])
  expect((await as.patch(`pricelevels(${first.pricelevelid})`, { name: 'x' })).status).toBe(204)
})

test('members of a marketing list are read by whoever may read the list', async (t) => {
  const sales = await startSales(t)
  const seller = await sales.user({ roles: ['Salesperson'] })
  const { businessunitid: unit } = await sales.create(
    'businessunits',
    { name: 'North', ...bind('parentbusinessunitid', 'businessunits', (await sales.get('WhoAmI')).body.BusinessUnitId) },
    'businessunitid',
  )
  const outsider = await sales.user({ roles: ['Salesperson'], unit })
  const { accountid } = await sales.create('accounts', { name: 'Nordkai' }, 'accountid')
  const { listid } = await sales.create('lists', { listname: 'Yards', type: false, createdfromcode: 1 }, 'listid')
  const member = await sales.post('listmembers', { ...bind('listid', 'lists', listid), ...bind('entityid_account', 'accounts', accountid) })
  expect(member.status).toBe(204)
  expect((await sales.as(seller).get('listmembers')).body.value).toHaveLength(1)
  expect((await sales.as(outsider).get('listmembers')).body.value).toEqual([])
  expect((await sales.as(outsider).get('listmembers/$count')).text).toBe('\uFEFF0')
})

test('assigning an account hands its contacts on', async (t) => {
  const sales = await startSales(t)
  const owner = await sales.user({ roles: ['Salesperson'] })
  const { accountid } = await sales.create('accounts', { name: 'Nordkai' }, 'accountid')
  const contact = await sales.create(
    'contacts',
    { lastname: 'Lind', ...bind('parentcustomerid_account', 'accounts', accountid) },
    'contactid',
  )
  await sales.patch(`accounts(${accountid})`, bind('ownerid', 'systemusers', owner))
  expect((await sales.get(`contacts(${contact.contactid})?$select=_ownerid_value`)).body._ownerid_value).toBe(owner)
})
