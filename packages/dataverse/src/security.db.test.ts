import { expect, test } from 'vitest'
import { guid } from './platform.case.ts'
import { callsOf, OWNERS, type Owner, ROLE, type SecuritySystem, startSecurity, USERS } from './security.case.ts'

const DEPTHS = ['Basic', 'Local', 'Deep', 'Global'] as const
/** Whose rows each depth reaches, for a user of the middle unit. */
const REACHED: Readonly<Record<(typeof DEPTHS)[number], readonly Owner[]>> = {
  Basic: ['self'],
  Local: ['self', 'peer'],
  Deep: ['self', 'peer', 'below'],
  Global: ['self', 'peer', 'below', 'beside'],
}

type Rows = Readonly<Record<Owner, string>>

async function accountsOf(parts: SecuritySystem): Promise<Rows> {
  const made: Partial<Record<Owner, string>> = {}
  for (const owner of OWNERS) made[owner] = await parts.account(owner)
  return made as Rows
}

const ACTIONS = {
  Read: { needs: {}, call: (parts, id) => parts.as('GET', `accounts(${id})?$select=name`), done: 200 },
  Write: { needs: {}, call: (parts, id) => parts.as('PATCH', `accounts(${id})`, { body: { name: 'x' } }), done: 204 },
  Delete: { needs: {}, call: (parts, id) => parts.as('DELETE', `accounts(${id})`), done: 204 },
  Assign: {
    needs: {},
    call: (parts, id) => parts.as('PATCH', `accounts(${id})`, { body: { 'ownerid@odata.bind': `/systemusers(${guid('0c')})` } }),
    done: 204,
  },
  Append: {
    needs: { prvWriteAccount: 'Global', prvAppendToContact: 'Global' },
    call: (parts, id) => parts.as('PATCH', `accounts(${id})`, { body: { 'primarycontactid@odata.bind': '/contacts({G:02})' } }),
    done: 204,
  },
} as const satisfies Record<
  string,
  {
    readonly needs: Readonly<Record<string, string>>
    readonly call: (parts: SecuritySystem, id: string) => ReturnType<SecuritySystem['as']>
    readonly done: number
  }
>

test.for(
  Object.keys(ACTIONS) as (keyof typeof ACTIONS)[],
)('a %s privilege reaches the rows of its depth and no others', async (right, t) => {
  const parts = await startSecurity({ onTestFinished: t.onTestFinished })
  const action = ACTIONS[right]
  for (const depth of DEPTHS) {
    const rows = await accountsOf(parts)
    await parts.grant({ ...action.needs, [`prv${right}Account`]: depth })
    for (const owner of OWNERS) {
      const answer = await action.call(parts, rows[owner])
      const expected = REACHED[depth].includes(owner) ? action.done : 403
      expect([depth, owner, answer.status, answer.json?.error?.code]).toEqual([
        depth,
        owner,
        expected,
        expected === 403 ? '0x80040220' : undefined,
      ])
    }
  }
  await parts.grant({ prvReadContact: 'Global', ...action.needs })
  const refused = await action.call(parts, (await accountsOf(parts)).self)
  expect(refused.status).toBe(403)
  expect(refused.json.error.message).toMatch(
    new RegExp(
      `^Principal user \\(Id=${USERS.self}, type=8, .*\\) is missing prv${right}Account privilege \\(Id=[0-9a-f-]{36}\\) on OTC=1 for entity 'account'`,
    ),
  )
})

test('creating needs the privilege for the owner that the row gets, and Assign to give it away', async (t) => {
  const parts = await startSecurity(t)
  const create = async (owner: Owner) =>
    (await parts.as('POST', 'accounts', { body: { name: 'x', 'ownerid@odata.bind': `/systemusers(${USERS[owner]})` } })).status
  await parts.grant({ prvReadAccount: 'Basic' })
  expect(await create('self')).toBe(403)
  await parts.grant({ prvReadAccount: 'Basic', prvCreateAccount: 'Basic', prvAssignAccount: 'Basic' })
  expect([await create('self'), await create('peer')]).toEqual([204, 403])
  await parts.grant({ prvReadAccount: 'Basic', prvCreateAccount: 'Local', prvAssignAccount: 'Basic' })
  expect([await create('self'), await create('peer'), await create('below')]).toEqual([204, 204, 403])
  await parts.grant({ prvReadAccount: 'Basic', prvCreateAccount: 'Global' })
  expect([await create('self'), await create('peer')]).toEqual([204, 403])
})

const NAMED_THEIRS = "parentcustomerid_account/name eq 'vestland'"

test('lists, counts, groups, children, expands, filters over lookups and changes show only what may be read', async (t) => {
  const parts = await startSecurity(t)
  const { as, admin, account, grant } = parts
  const [mine, theirs] = [
    await account('self', { creditlimit: '10' }),
    await account('beside', { name: 'Vestland', creditlimit: '20', numberofemployees: 7 }),
  ]
  await grant({ prvReadAccount: 'Basic', prvReadContact: 'Basic' })
  const contact = (name: string, company: string, owner: Owner) =>
    admin('POST', 'contacts', {
      firstname: name,
      'parentcustomerid_account@odata.bind': `/accounts(${company})`,
      'ownerid@odata.bind': `/systemusers(${USERS[owner]})`,
    })
  await contact('mine', mine, 'self')
  await contact('theirs', mine, 'beside')
  await contact('of theirs', theirs, 'self')
  const values = async (url: string, prefer?: string) => (await as('GET', url, { ...(prefer !== undefined && { prefer }) })).json.value
  expect((await values('accounts?$select=accountid')).map((row: { accountid: string }) => row.accountid)).toEqual([mine])
  expect((await as('GET', 'accounts?$select=name&$count=true&$top=1')).json['@odata.count']).toBe(1)
  expect((await as('GET', 'accounts/$count')).text).toBe('\uFEFF1')
  expect(await values('accounts?$apply=aggregate(creditlimit with sum as total)')).toEqual([{ total: 10 }])
  expect(await values(`accounts(${mine})/contact_customer_accounts?$select=firstname`)).toMatchObject([{ firstname: 'mine' }])
  expect((await as('GET', `accounts(${theirs})/contact_customer_accounts`)).status).toBe(403)
  expect((await as('GET', `accounts(${theirs})/name`)).status).toBe(403)
  const expanded = await values('accounts?$select=name&$expand=contact_customer_accounts($select=firstname)')
  expect(expanded[0].contact_customer_accounts).toMatchObject([{ firstname: 'mine' }])
  const companies = await values('contacts?$select=firstname&$expand=parentcustomerid_account($select=name)&$orderby=firstname')
  expect(companies.map((row: Record<string, unknown>) => row.parentcustomerid_account === null)).toEqual([false, true])
  expect(await values('contacts?$select=firstname&$filter=parentcustomerid_account/numberofemployees eq 7')).toEqual([])
  // Texts are looked up first, the rows that point to what was found behind them.
  expect(await values(`contacts?$select=firstname&$filter=${NAMED_THEIRS}`)).toEqual([])
  expect((await admin('GET', `contacts?$select=firstname&$filter=${NAMED_THEIRS}`)).json.value).toMatchObject([{ firstname: 'of theirs' }])
  const unseen = await values(`contacts?$select=firstname&$filter=not (${NAMED_THEIRS})&$orderby=firstname`)
  expect(unseen.map((row: { firstname: string }) => row.firstname)).toEqual(['mine', 'of theirs'])
  expect(await values("accounts?$select=name&$filter=contact_customer_accounts/any(c:c/firstname eq 'theirs')")).toEqual([])
  const baseline = await as('GET', 'accounts?$select=name', { prefer: 'odata.track-changes' })
  expect(baseline.json.value).toHaveLength(1)
  await admin('PATCH', `accounts(${mine})`, { name: 'changed' })
  await admin('PATCH', `accounts(${theirs})`, { name: 'changed too' })
  const link = decodeURIComponent(baseline.json['@odata.deltaLink'].split('/v9.2/')[1])
  expect((await values(link)).map((row: { accountid: string }) => row.accountid)).toEqual([mine])
  const query = (fetch: string) => values(`accounts?fetchXml=${fetch}`)
  expect(await query('<fetch><entity name="account"><attribute name="accountid"/></entity></fetch>')).toHaveLength(1)
  const total = '<fetch aggregate="true"><entity name="account"><attribute name="accountid" alias="n" aggregate="count"/></entity></fetch>'
  expect(await query(total)).toMatchObject([{ n: 1 }])
  const joined =
    '<fetch><entity name="account"><attribute name="name"/><link-entity name="contact" from="parentcustomerid" to="accountid" alias="c"><attribute name="firstname"/></link-entity></entity></fetch>'
  expect(await query(joined)).toMatchObject([{ 'c.firstname': 'mine' }])
  await grant({ prvReadAccount: 'Basic' })
  for (const url of [
    'contacts',
    `accounts(${mine})/contact_customer_accounts`,
    'accounts?$expand=contact_customer_accounts',
    'contacts/$count',
  ])
    expect([url, (await as('GET', url)).status]).toEqual([url, 403])
})

test('bulk actions, batches, upserts, $ref and deep inserts ask for the same rights, and a refusal changes nothing', async (t) => {
  const parts = await startSecurity(t)
  const { as, account, grant, system } = parts
  const [mine, theirs] = [await account('self'), await account('beside')]
  await grant({
    prvReadAccount: 'Global',
    prvWriteAccount: 'Basic',
    prvCreateAccount: 'Basic',
    prvReadContact: 'Global',
    prvWriteContact: 'Global',
  })
  const target = (id: string) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid: id, name: 'bulk' })
  const bulk = (action: string, ids: readonly string[]) =>
    as('POST', `accounts/Microsoft.Dynamics.CRM.${action}`, { body: { Targets: ids.map(target) } })
  for (const action of ['UpdateMultiple', 'UpsertMultiple'])
    expect([action, (await bulk(action, [mine, theirs])).status]).toEqual([action, 403])
  expect((await system.send('GET', "accounts?$filter=name eq 'bulk'")).json.value).toEqual([])
  expect((await bulk('UpdateMultiple', [mine])).status).toBe(204)
  expect((await as('PATCH', `accounts(${theirs})`, { body: { name: 'x' } })).status).toBe(403)
  expect((await as('PATCH', 'accounts({G:e1})', { body: { name: 'new' } })).status).toBe(204)
  expect((await as('PUT', `accounts(${theirs})/name`, { body: { value: 'x' } })).status).toBe(403)
  const link = { '@odata.id': 'https://halvorsen.crm4.dynamics.com/api/data/v9.2/contacts({G:02})' }
  expect((await as('PUT', `accounts(${mine})/primarycontactid/$ref`, { body: link })).status).toBe(403)
  expect((await as('POST', 'accounts', { body: { name: 'deep', primarycontactid: { lastname: 'new' } } })).status).toBe(403)
  expect((await system.send('GET', "contacts?$filter=lastname eq 'new'")).json.value).toEqual([])
  const batch = await as('POST', '$batch', {
    headers: { 'content-type': 'multipart/mixed; boundary=b' },
    body: ['--b', 'Content-Type: application/http', '', `DELETE accounts(${mine}) HTTP/1.1`, '', '', '--b--', ''].join('\r\n'),
  })
  expect(batch.text).toContain('prvDeleteAccount')
})

test('lines are read and written with the privileges of their document', async (t) => {
  const { as, grant } = await startSecurity(t)
  await grant({ prvReadSalesorder: 'Global' })
  expect((await as('GET', 'salesorderdetails({G:07})?$select=quantity')).status).toBe(200)
  const line = { quantity: 1, 'salesorderid@odata.bind': '/salesorders({G:05})' }
  expect((await as('POST', 'salesorderdetails', { body: line })).status).toBe(403)
  await grant({ prvReadSalesorder: 'Global', prvWriteSalesorder: 'Global', prvAppendToSalesorder: 'Global' })
  expect((await as('POST', 'salesorderdetails', { body: line })).status).toBe(204)
  expect((await as('DELETE', 'salesorderdetails({G:07})')).status).toBe(204)
  expect((await as('DELETE', 'salesorders({G:05})')).status).toBe(403)
})

test('DV-124 impersonation needs its privilege, and what is done is what both users may', async (t) => {
  const parts = await startSecurity(t)
  const { system, admin, as, account, grant } = parts
  const theirs = await account('beside')
  await grant({ prvReadAccount: 'Global' })
  expect((await as('GET', `accounts(${theirs})`)).status).toBe(200)
  // The signed-in user may from now on read its own rows alone, and act for others.
  const limited = guid('b3')
  await admin('POST', 'roles', { roleid: limited, name: 'Limited' })
  await parts.grant({ prvActOnBehalfOfAnotherUser: 'Global', prvReadAccount: 'Basic', prvWriteAccount: 'Global' }, limited)
  await system.database.query('update systemuserroles set roleid = $1 where systemuserid = $2', [limited, guid('0c')])
  const refused = await as('GET', `accounts(${theirs})`)
  expect([refused.status, refused.json.error.code]).toEqual([403, '0x80040220'])
  expect((await as('GET', 'accounts')).json.value).toEqual([])
  // It may write, the other may not.
  expect((await as('PATCH', `accounts(${theirs})`, { body: { name: 'x' } })).json.error.message).toContain(`Id=${USERS.self}`)
  await system.database.query(
    'delete from roleprivileges rp using privilege p where p.privilegeid = rp.privilegeid and p.name = $1 and rp.roleid = $2',
    ['prvActOnBehalfOfAnotherUser', limited],
  )
  const alone = await as('GET', 'WhoAmI')
  expect([alone.status, alone.json.error.code]).toEqual([403, '0x8004a110'])
})

test('two programs on one database see a change of roles at the next request', async (t) => {
  const parts = await startSecurity(t)
  const other = callsOf(await parts.system.beside())
  const id = await parts.account('beside')
  const seen = async () => [(await parts.as('GET', `accounts(${id})`)).status, (await other.as('GET', `accounts(${id})`)).status]
  await parts.grant({ prvReadAccount: 'Global' })
  expect(await seen()).toEqual([200, 200])
  await other.grant({ prvReadAccount: 'Basic' })
  expect(await seen()).toEqual([403, 403])
  // By a team, and by moving to the unit of the row.
  await other.admin('POST', 'teams', { teamid: guid('91'), name: 'Helpers' })
  await other.admin('POST', 'roles', { roleid: guid('b4'), name: 'Reads all' })
  await other.grant({ prvReadAccount: 'Global' }, guid('b4'))
  await other.associate(`teams(${guid('91')})/teamroles_association`, `roles(${guid('b4')})`)
  expect(await seen()).toEqual([403, 403])
  await other.associate(`teams(${guid('91')})/teammembership_association`, `systemusers(${USERS.self})`)
  expect(await seen()).toEqual([200, 200])
  await parts.admin('DELETE', `teams(${guid('91')})/teammembership_association(${USERS.self})/$ref`)
  expect(await seen()).toEqual([403, 403])
  await parts.grant({ prvReadAccount: 'Local' })
  await other.admin('PATCH', `systemusers(${USERS.self})`, { 'businessunitid@odata.bind': `/businessunits(${guid('d3')})` })
  expect(await seen()).toEqual([200, 200])
})

test('role functions and actions show and change what a role may do', async (t) => {
  const { admin, as, grant, account, system } = await startSecurity(t)
  const namespace = 'Microsoft.Dynamics.CRM.'
  const held = async (url: string) =>
    (await admin('GET', url)).json.RolePrivileges.map(
      (one: { PrivilegeName: string; Depth: string }) => `${one.PrivilegeName} ${one.Depth}`,
    )
  const role = `RetrieveRolePrivilegesRole(RoleId=${ROLE})`
  await grant({ prvReadAccount: 'Local', prvWriteAccount: 'Basic' })
  expect(await held(role)).toEqual(['prvReadAccount Local', 'prvWriteAccount Basic'])
  const [read] = (await admin('GET', `privileges?$select=name&$filter=name eq 'prvReadAccount'`)).json.value
  const add = (depth: unknown) => ({ Privileges: [{ PrivilegeId: read.privilegeid, Depth: depth, BusinessUnitId: guid('0d') }] })
  await admin('POST', `roles(${ROLE})/${namespace}AddPrivilegesRole`, add('Deep'))
  expect(await held(`systemusers(${USERS.self})/${namespace}RetrieveUserPrivileges()`)).toEqual([
    'prvReadAccount Deep',
    'prvWriteAccount Basic',
  ])
  const mine = await account('self')
  const access = `systemusers(${USERS.self})/${namespace}RetrievePrincipalAccess(Target=@t)?@t={'@odata.id':'accounts(${mine})'}`
  expect((await admin('GET', access)).json.AccessRights).toBe('ReadAccess, WriteAccess')
  await admin('POST', `roles(${ROLE})/${namespace}RemovePrivilegeRole`, { PrivilegeId: read.privilegeid })
  expect(await held(role)).toEqual(['prvWriteAccount Basic'])
  for (const body of [{ Privileges: [{ PrivilegeId: guid('ee'), Depth: 'Deep' }] }, add('Everything'), {}, { Privileges: 'all' }]) {
    const status = (await system.send('POST', `roles(${ROLE})/${namespace}AddPrivilegesRole`, { body })).status
    expect([JSON.stringify(body), status >= 400 && status < 500]).toEqual([JSON.stringify(body), true])
  }
  // Whoever may change roles gives no more than it has.
  await grant({ prvWriteRole: 'Global', prvReadRole: 'Global', prvReadAccount: 'Local' })
  const given = async (depth: string) => (await as('POST', `roles(${ROLE})/${namespace}AddPrivilegesRole`, { body: add(depth) })).status
  expect([await given('Global'), await given('Local')]).toEqual([403, 204])
})
