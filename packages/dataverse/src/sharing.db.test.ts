import { expect, test } from 'vitest'
import { guid, type TestAnswer } from './platform.case.ts'
import { callsOf, type Owner, ROOT_UNIT, type SecuritySystem, startSecurity, USERS } from './security.case.ts'

const TEAM = guid('91')
const ALL = ['Read', 'Write', 'Delete', 'Append', 'AppendTo', 'Assign', 'Share'] as const
type Shared = (typeof ALL)[number]

const typed = (table: string, id: string) => ({ '@odata.type': `Microsoft.Dynamics.CRM.${table}`, [`${table}id`]: id })
const user = (id: string) => typed('systemuser', id)
const share = (target: object, principal: object, access: unknown) => ({
  Target: target,
  PrincipalAccess: { Principal: principal, AccessMask: access },
})
const accounts = (id: string) => typed('account', id)
const statusOf = async (answer: Promise<TestAnswer>): Promise<number> => (await answer).status

/** As the system administrator, who may share everything. */
const shareWith = (parts: SecuritySystem, id: string, access: string, principal: object = user(USERS.self)): Promise<TestAnswer> =>
  parts.admin('POST', 'GrantAccess', share(accounts(id), principal, access))

async function sharesOf(parts: SecuritySystem, id: string): Promise<readonly unknown[]> {
  const url = `RetrieveSharedPrincipalsAndAccess(Target=@t)?@t={'@odata.id':'accounts(${id})'}`
  return (await parts.admin('GET', url)).json.PrincipalAccesses
}

async function accessOf(parts: SecuritySystem, principal: string, id: string): Promise<string> {
  const url = `${principal}/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@t)?@t={'@odata.id':'accounts(${id})'}`
  return (await parts.admin('GET', url)).json.AccessRights
}

/** What each right lets the user do with a row, tried with all other rights Global. */
const TRIES: Readonly<Record<Shared, (parts: SecuritySystem, id: string) => Promise<number>>> = {
  Read: (parts, id) => statusOf(parts.as('GET', `accounts(${id})?$select=name`)),
  Write: (parts, id) => statusOf(parts.as('PATCH', `accounts(${id})`, { body: { name: 'x' } })),
  Delete: (parts, id) => statusOf(parts.as('DELETE', `accounts(${id})`)),
  Append: (parts, id) => statusOf(parts.as('PATCH', `accounts(${id})`, { body: { 'primarycontactid@odata.bind': '/contacts({G:02})' } })),
  AppendTo: (parts, id) =>
    statusOf(parts.as('PATCH', 'contacts({G:02})', { body: { 'parentcustomerid_account@odata.bind': `/accounts(${id})` } })),
  Assign: (parts, id) => statusOf(parts.as('PATCH', `accounts(${id})`, { body: { 'ownerid@odata.bind': `/systemusers(${USERS.peer})` } })),
  Share: (parts, id) => statusOf(parts.as('POST', 'GrantAccess', { body: share(accounts(id), user(USERS.below), 'ShareAccess') })),
}
const CONTACTS = { prvReadContact: 'Global', prvWriteContact: 'Global', prvAppendContact: 'Global', prvAppendToContact: 'Global' }

const depthOf = (depth: string, right: Shared): Record<string, string> => ({
  ...Object.fromEntries(ALL.map((one) => [`prv${one}Account`, 'Global'])),
  ...CONTACTS,
  [`prv${right}Account`]: depth,
})

test.for(ALL)('a share lets a user %s a row that the depth of the privilege does not reach', async (right, t) => {
  const parts = await startSecurity({ onTestFinished: t.onTestFinished })
  const others = ALL.filter((one) => one !== right).map((one) => `${one}Access`)
  const done = right === 'Read' ? 200 : 204
  for (const depth of ['Basic', 'Local', 'Deep', 'Global'] as const) {
    await parts.grant(depthOf(depth, right))
    const row = await parts.account('beside')
    await shareWith(parts, row, others.join(', '))
    const before = await TRIES[right](parts, row)
    expect([depth, before]).toEqual([depth, depth === 'Global' ? done : 403])
    const shared = await parts.account('beside')
    await shareWith(parts, shared, `${right}Access`)
    expect([depth, await TRIES[right](parts, shared)]).toEqual([depth, done])
  }
})

test.for(ALL)('a share without the privilege to %s gives nothing', async (right, t) => {
  const parts = await startSecurity({ onTestFinished: t.onTestFinished })
  const { [`prv${right}Account`]: _, ...others } = depthOf('Global', right)
  await parts.grant(others)
  const row = await parts.account('beside')
  await shareWith(parts, row, ALL.map((one) => `${one}Access`).join(','))
  expect(await TRIES[right](parts, row)).toBe(403)
  expect((await accessOf(parts, `systemusers(${USERS.self})`, row)).split(', ')).not.toContain(`${right}Access`)
})

test('lists, counts, groups, expands, FetchXML and changes show a row that is shared, and no longer when the share is revoked', async (t) => {
  const parts = await startSecurity(t)
  const { as, admin, account, grant } = parts
  await grant({ prvReadAccount: 'Basic', prvReadContact: 'Basic' })
  const mine = await account('self', { creditlimit: '10' })
  const theirs = await account('beside', { creditlimit: '20', numberofemployees: 7 })
  await admin('POST', 'contacts', {
    firstname: 'Ada',
    'parentcustomerid_account@odata.bind': `/accounts(${theirs})`,
    'ownerid@odata.bind': `/systemusers(${USERS.self})`,
  })
  const fetch = (xml: string) => as('GET', `accounts?fetchXml=${xml}`)
  const seen = async () => ({
    keyed: await statusOf(as('GET', `accounts(${theirs})?$select=name`)),
    path: await statusOf(as('GET', `accounts(${theirs})/contact_customer_accounts`)),
    list: (await as('GET', 'accounts?$select=accountid')).json.value.length,
    top: (await as('GET', 'accounts?$select=name&$count=true&$top=1')).json['@odata.count'],
    count: (await as('GET', 'accounts/$count')).text,
    sum: (await as('GET', 'accounts?$apply=aggregate(creditlimit with sum as total)')).json.value[0].total,
    expand: (await as('GET', 'contacts?$select=firstname&$expand=parentcustomerid_account($select=name)')).json.value[0]
      .parentcustomerid_account?.name,
    filter: (await as('GET', 'contacts?$select=firstname&$filter=parentcustomerid_account/numberofemployees eq 7')).json.value.length,
    fetched: (await fetch('<fetch><entity name="account"><attribute name="accountid"/></entity></fetch>')).json.value.length,
    joined: (
      await fetch(
        '<fetch><entity name="account"><attribute name="name"/><link-entity name="contact" from="parentcustomerid" to="accountid"/></entity></fetch>',
      )
    ).json.value.length,
    total: (await as('GET', 'RetrieveTotalRecordCount(EntityNames=["account"])')).json.EntityRecordCountCollection.Values,
  })
  const hidden = {
    keyed: 403,
    path: 403,
    list: 1,
    top: 1,
    count: '\uFEFF1',
    sum: 10,
    expand: undefined,
    filter: 0,
    fetched: 1,
    joined: 0,
    total: [1],
  }
  const shown = {
    keyed: 200,
    path: 200,
    list: 2,
    top: 2,
    count: '\uFEFF2',
    sum: 30,
    expand: 'of beside',
    filter: 1,
    fetched: 2,
    joined: 1,
    total: [2],
  }
  expect(await seen()).toEqual(hidden)
  await shareWith(parts, theirs, 'WriteAccess')
  expect(await seen()).toEqual(hidden)
  const start = await as('GET', 'accounts?$select=name', { prefer: 'odata.track-changes' })
  const changes = async () => {
    const link = decodeURIComponent(start.json['@odata.deltaLink'].split('/v9.2/')[1])
    return (await as('GET', link)).json.value.map((row: { accountid: string }) => row.accountid)
  }
  await admin('PATCH', `accounts(${theirs})`, { address1_city: 'Bergen' })
  expect(await changes()).toEqual([])
  await shareWith(parts, theirs, 'ReadAccess')
  expect(await seen()).toEqual(shown)
  expect(await changes()).toEqual([theirs])
  await admin('POST', 'RevokeAccess', { Target: accounts(theirs), Revokee: user(USERS.self) })
  expect(await seen()).toEqual(hidden)
  expect(await changes()).toEqual([])
  expect(await statusOf(as('GET', `accounts(${mine})`))).toBe(200)
})

test('GrantAccess adds rights, ModifyAccess replaces them, and both say with whom a row is shared', async (t) => {
  const parts = await startSecurity(t)
  const { admin, account, grant } = parts
  await grant(depthOf('Basic', 'Read'))
  const row = await account('beside')
  const entry = (access: string) => ({
    AccessMask: access,
    Principal: { '@odata.type': '#Microsoft.Dynamics.CRM.systemuser', systemuserid: USERS.self },
  })
  expect(await sharesOf(parts, row)).toEqual([])
  await shareWith(parts, row, 'None')
  expect(await sharesOf(parts, row)).toEqual([])
  await shareWith(parts, row, 'WriteAccess')
  await shareWith(parts, row, 'AppendToAccess,ReadAccess')
  expect(await sharesOf(parts, row)).toEqual([entry('ReadAccess, WriteAccess, AppendToAccess')])
  await admin('POST', 'ModifyAccess', share({ '@odata.id': `accounts(${row})` }, { '@odata.id': `systemusers(${USERS.self})` }, '262145'))
  expect(await sharesOf(parts, row)).toEqual([entry('ReadAccess, ShareAccess')])
  const own = { '@odata.type': '#Microsoft.Dynamics.CRM.systemuser', ownerid: USERS.self }
  await admin('POST', 'ModifyAccess', share(accounts(row), own, 2))
  expect(await sharesOf(parts, row)).toEqual([entry('WriteAccess')])
  const stored = await admin(
    'GET',
    `principalobjectaccessset?$select=accessrightsmask,objecttypecode,principaltypecode&$filter=objectid eq ${row}`,
  )
  expect(stored.json.value).toMatchObject([{ accessrightsmask: 2, objecttypecode: 'account', principaltypecode: 'systemuser' }])
  await admin('POST', 'ModifyAccess', share(accounts(row), user(USERS.self), 'None'))
  expect(await sharesOf(parts, row)).toEqual([])
  await admin('POST', 'RevokeAccess', { Target: accounts(row), Revokee: user(USERS.self) })
  const create = { accessrightsmask: 1, objectid: row, objecttypecode: 'account', principalid: USERS.self, principaltypecode: 'systemuser' }
  expect(await statusOf(parts.system.send('POST', 'principalobjectaccessset', { body: create }))).toBe(400)
})

test('$metadata describes the actions, their types and the table of shares', async (t) => {
  const { admin } = await startSecurity(t)
  const text = (await admin('GET', '$metadata')).text
  for (const part of [
    /<EnumType Name="AccessRights"[^>]*IsFlags="true"/,
    /<Member Name="ShareAccess" Value="262144"/,
    /<ComplexType Name="PrincipalAccess">\s*<Property Name="AccessMask" Type="mscrm.AccessRights"/,
    /<ActionImport Name="GrantAccess"/,
    /<ActionImport Name="ModifyAccess"/,
    /<ActionImport Name="RevokeAccess"/,
    /<FunctionImport Name="RetrieveSharedPrincipalsAndAccess"/,
    /<EntitySet Name="principalobjectaccessset"/,
  ])
    expect(text).toMatch(part)
  expect(text.match(/<Function Name="RetrievePrincipalAccess"/g)).toHaveLength(2)
})

test('two calls that share at once both count', async (t) => {
  const parts = await startSecurity(t)
  const row = await parts.account('beside')
  const rights = ['ReadAccess', 'WriteAccess', 'AppendAccess', 'AppendToAccess', 'DeleteAccess', 'ShareAccess', 'AssignAccess']
  await Promise.all(rights.map((right) => shareWith(parts, row, right)))
  expect(await sharesOf(parts, row)).toMatchObject([{ AccessMask: rights.join(', ') }])
})

test('who shares needs Share on the row and every right that it gives, and a refusal changes nothing', async (t) => {
  const parts = await startSecurity(t)
  const { as, account, grant } = parts
  const [mine, theirs] = [await account('self'), await account('peer')]
  const give = (id: string, access: string, action = 'GrantAccess') =>
    as('POST', action, { body: share(accounts(id), user(USERS.beside), access) })
  await grant({ prvReadAccount: 'Global', prvWriteAccount: 'Basic' })
  const missing = await give(mine, 'ReadAccess')
  expect([missing.status, missing.json.error.code]).toEqual([403, '0x80040220'])
  expect(missing.json.error.message).toContain('is missing prvShareAccount privilege')
  await grant({ prvReadAccount: 'Global', prvWriteAccount: 'Basic', prvShareAccount: 'Local', prvAssignAccount: 'Basic' })
  expect(await statusOf(give(mine, 'ReadAccess, WriteAccess, CreateAccess'))).toBe(204)
  expect(await statusOf(give(theirs, 'ReadAccess'))).toBe(204)
  const refused = await give(theirs, 'ReadAccess, WriteAccess', 'ModifyAccess')
  expect([refused.status, refused.json.error.code]).toEqual([403, '0x80040220'])
  expect(refused.json.error.message).toContain(`does not have WriteAccess right(s) for record with id ${theirs}`)
  expect(await statusOf(give(mine, 'DeleteAccess'))).toBe(403)
  const far = await account('beside')
  await shareWith(parts, far, 'ReadAccess', user(USERS.peer))
  expect(await statusOf(as('POST', 'RevokeAccess', { body: { Target: accounts(far), Revokee: user(USERS.peer) } }))).toBe(403)
  expect(await statusOf(as('POST', 'ModifyAccess', { body: share(accounts(far), user(USERS.peer), 'None') }))).toBe(403)
  expect(await sharesOf(parts, theirs)).toMatchObject([{ AccessMask: 'ReadAccess' }])
  expect(await sharesOf(parts, mine)).toMatchObject([{ AccessMask: 'ReadAccess, WriteAccess, CreateAccess' }])
  expect(await sharesOf(parts, far)).toMatchObject([{ AccessMask: 'ReadAccess' }])
  await shareWith(parts, far, 'ShareAccess')
  expect(await statusOf(as('POST', 'RevokeAccess', { body: { Target: accounts(far), Revokee: user(USERS.peer) } }))).toBe(204)
  await grant({ prvReadAccount: 'Basic' })
  const url = (id: string) => `RetrieveSharedPrincipalsAndAccess(Target=@t)?@t={'@odata.id':'accounts(${id})'}`
  expect([await statusOf(as('GET', url(mine))), await statusOf(as('GET', url(theirs)))]).toEqual([200, 403])
})

test('bodies that make no sense are refused and share nothing', async (t) => {
  const parts = await startSecurity(t)
  const row = await parts.account('beside')
  const good = { Principal: user(USERS.self), AccessMask: 'ReadAccess' }
  const cases: readonly (readonly [action: string, body: object, status: number])[] = [
    ['GrantAccess', {}, 400],
    ['GrantAccess', { Target: accounts(row) }, 400],
    ['GrantAccess', { Target: accounts(row), PrincipalAccess: null }, 400],
    ['GrantAccess', { Target: accounts(row), PrincipalAccess: [good] }, 400],
    ['GrantAccess', { Target: accounts(row), PrincipalAccess: {} }, 400],
    ['GrantAccess', { Target: accounts(row), PrincipalAccess: { Principal: user(USERS.self) } }, 400],
    ['GrantAccess', { Target: accounts(row), PrincipalAccess: { AccessMask: 'ReadAccess' } }, 400],
    ['GrantAccess', { Target: accounts(row), PrincipalAccess: { ...good, Until: 'tomorrow' } }, 400],
    ['GrantAccess', { Target: accounts(row), PrincipalAccess: good, Until: 'tomorrow' }, 400],
    ...['', 'Read', 'readaccess', 'ReadAccess;WriteAccess', 8, -1, 1.5, '4294967297', true, null, ['ReadAccess']].map(
      (access) => ['GrantAccess', share(accounts(row), user(USERS.self), access), 400] as const,
    ),
    ['GrantAccess', { Target: { accountid: row }, PrincipalAccess: good }, 400],
    ['GrantAccess', share(accounts(guid('ee')), user(USERS.self), 'ReadAccess'), 404],
    ['GrantAccess', share(accounts(row), user(guid('ee')), 'ReadAccess'), 404],
    ['GrantAccess', share(accounts(row), accounts(row), 'ReadAccess'), 400],
    ['GrantAccess', share(typed('systemuser', USERS.peer), user(USERS.self), 'ReadAccess'), 400],
    ['GrantAccess', share(typed('salesorderdetail', guid('07')), user(USERS.self), 'ReadAccess'), 400],
    ['ModifyAccess', share(accounts(row), user('no guid'), 'ReadAccess'), 400],
    ['RevokeAccess', { Target: accounts(row) }, 400],
    ['RevokeAccess', { Target: accounts(row), Revokee: 'me' }, 400],
    ['RevokeAccess', { Target: accounts(row), Revokee: user(guid('ee')) }, 404],
  ]
  for (const [action, body, status] of cases) {
    const answer = await parts.system.send('POST', action, { body })
    expect([action, JSON.stringify(body), answer.status]).toEqual([action, JSON.stringify(body), status])
  }
  expect(await sharesOf(parts, row)).toEqual([])
  expect(await statusOf(parts.system.send('GET', 'RetrieveSharedPrincipalsAndAccess'))).toBe(400)
  const line = `RetrieveSharedPrincipalsAndAccess(Target=@t)?@t={'@odata.id':'salesorderdetails({G:07})'}`
  expect((await parts.system.send('GET', line)).json.error.code).toBe('0x80040800')
})

test('a share with a team holds for its members as long as they are members, and ends with the team', async (t) => {
  const parts = await startSecurity(t)
  const { admin, as, account, grant } = parts
  await grant({ prvReadAccount: 'Basic' })
  const [row, other] = [await account('beside'), await account('beside')]
  // 1: an access team, which owns nothing and has no role.
  await admin('POST', 'teams', {
    teamid: TEAM,
    name: 'Access',
    teamtype: 1,
    'businessunitid@odata.bind': `/businessunits(${ROOT_UNIT})`,
    'administratorid@odata.bind': `/systemusers(${guid('0c')})`,
  })
  await shareWith(parts, row, 'ReadAccess, WriteAccess', typed('team', TEAM))
  const seen = () => statusOf(as('GET', `accounts(${row})?$select=name`))
  expect(await seen()).toBe(403)
  await parts.associate(`teams(${TEAM})/teammembership_association`, `systemusers(${USERS.self})`)
  expect([await seen(), await statusOf(as('GET', `accounts(${other})`))]).toEqual([200, 403])
  expect(await accessOf(parts, `systemusers(${USERS.self})`, row)).toBe('ReadAccess')
  expect(await accessOf(parts, `teams(${TEAM})`, row)).toBe('None')
  await admin('DELETE', `teams(${TEAM})/teammembership_association(${USERS.self})/$ref`)
  expect(await seen()).toBe(403)
  await admin('DELETE', `teams(${TEAM})`)
  expect(await sharesOf(parts, row)).toEqual([])
})

test('what a user and its team are given counts together', async (t) => {
  const parts = await startSecurity(t)
  const { admin, account, grant } = parts
  await grant({ prvReadAccount: 'Basic', prvWriteAccount: 'Basic', prvDeleteAccount: 'Basic' })
  await admin('POST', 'teams', {
    teamid: TEAM,
    name: 'Owners',
    teamtype: 0,
    'businessunitid@odata.bind': `/businessunits(${ROOT_UNIT})`,
    'administratorid@odata.bind': `/systemusers(${guid('0c')})`,
    'teammembership_association@odata.bind': [`/systemusers(${USERS.self})`],
    'teamroles_association@odata.bind': [`/roles(${guid('b2')})`],
  })
  const row = await account('beside')
  await shareWith(parts, row, 'ReadAccess', typed('team', TEAM))
  await shareWith(parts, row, 'WriteAccess')
  expect(await accessOf(parts, `systemusers(${USERS.self})`, row)).toBe('ReadAccess, WriteAccess')
  expect(await accessOf(parts, `teams(${TEAM})`, row)).toBe('ReadAccess')
})

test('lines take the rights of their document', async (t) => {
  const parts = await startSecurity(t)
  const { as, grant, admin, system } = parts
  const owner = { table: 'systemuser', id: USERS.beside }
  const [order, line] = [guid('a1'), guid('a2')]
  await system.platform.seed([
    { table: 'salesorder', rows: [{ salesorderid: order, name: 'Shared', ownerid: owner }] },
    { table: 'salesorderdetail', rows: [{ salesorderdetailid: line, quantity: '1', salesorderid: { table: 'salesorder', id: order } }] },
  ])
  await grant(Object.fromEntries(['Read', 'Write', 'Delete', 'Append', 'AppendTo'].map((right) => [`prv${right}Salesorder`, 'Basic'])))
  const tries = async () => [
    await statusOf(as('GET', `salesorderdetails(${line})?$select=quantity`)),
    await statusOf(as('PATCH', `salesorderdetails(${line})`, { body: { quantity: 2 } })),
    await statusOf(as('POST', 'salesorderdetails', { body: { quantity: 3, 'salesorderid@odata.bind': `/salesorders(${order})` } })),
  ]
  const access = (rights: string) => share(typed('salesorder', order), user(USERS.self), rights)
  expect(await tries()).toEqual([403, 403, 403])
  await admin('POST', 'GrantAccess', access('ReadAccess'))
  expect(await tries()).toEqual([200, 403, 403])
  expect((await as('GET', `salesorders(${order})?$select=name&$expand=order_details($select=quantity)`)).json.order_details).toHaveLength(1)
  await admin('POST', 'GrantAccess', access('WriteAccess'))
  expect(await tries()).toEqual([200, 204, 403])
  await admin('POST', 'GrantAccess', access('AppendToAccess'))
  expect(await tries()).toEqual([200, 204, 204])
  expect(await statusOf(as('DELETE', `salesorderdetails(${line})`))).toBe(204)
  expect(await statusOf(as('DELETE', `salesorders(${order})`))).toBe(403)
  expect((await admin('GET', `salesorderdetails?$filter=_salesorderid_value eq ${order}`)).json.value).toHaveLength(1)
})

test('bulk writes pass with shared rows among them, and one row without a share refuses all', async (t) => {
  const parts = await startSecurity(t)
  const { as, account, grant, admin } = parts
  await grant({ prvReadAccount: 'Global', prvWriteAccount: 'Basic' })
  const [mine, shared, foreign] = [await account('self'), await account('peer'), await account('beside')]
  await shareWith(parts, shared, 'WriteAccess')
  const update = (ids: readonly string[]) =>
    statusOf(
      as('POST', 'accounts/Microsoft.Dynamics.CRM.UpdateMultiple', {
        body: { Targets: ids.map((id) => ({ ...accounts(id), name: 'changed' })) },
      }),
    )
  const names = async () => (await admin('GET', "accounts?$select=name&$filter=name eq 'changed'")).json.value.length
  expect([await update([mine, shared, foreign]), await names()]).toEqual([403, 0])
  expect([await update([mine, shared]), await names()]).toEqual([204, 2])
})

test('on behalf of another user a share must reach both', async (t) => {
  const parts = await startSecurity(t)
  const { grant, system, account } = parts
  await grant({ prvReadAccount: 'Basic' })
  const row = await account('beside')
  await shareWith(parts, row, 'ReadAccess')
  expect(await statusOf(parts.as('GET', `accounts(${row})`))).toBe(200)
  // The signed-in user loses its Global depth: it holds the tested role and may act for others.
  await grant({ prvReadAccount: 'Basic', prvActOnBehalfOfAnotherUser: 'Global' })
  await system.database.query('update systemuserroles set roleid = $1 where systemuserid = $2', [guid('b1'), guid('0c')])
  expect(await statusOf(parts.as('GET', `accounts(${row})`))).toBe(403)
})

test('deleting a row ends its shares, and a row of another table with its id has none', async (t) => {
  const parts = await startSecurity(t)
  const { admin, as, account, grant, system } = parts
  await grant({ prvReadAccount: 'Basic', prvReadContact: 'Basic' })
  const row = await account('beside')
  await shareWith(parts, row, 'ReadAccess')
  await system.platform.seed([
    { table: 'contact', rows: [{ contactid: row, firstname: 'Same', ownerid: { table: 'systemuser', id: USERS.beside } }] },
  ])
  expect([await statusOf(as('GET', `accounts(${row})`)), await statusOf(as('GET', `contacts(${row})`))]).toEqual([200, 403])
  const count = async () =>
    (await system.database.query<{ n: number }>('select count(*)::integer as n from principalobjectaccess')).rows[0]?.n
  expect(await count()).toBe(1)
  await admin('DELETE', `contacts(${row})`)
  expect(await count()).toBe(1)
  await admin('DELETE', `accounts(${row})`)
  expect(await count()).toBe(0)
  await account('beside', { accountid: row })
  expect(await statusOf(as('GET', `accounts(${row})`))).toBe(403)
})

test('shares begin and end at once, also in another program on the database', async (t) => {
  const parts = await startSecurity(t)
  await parts.grant({ prvReadAccount: 'Basic', prvWriteAccount: 'Basic' })
  const row = await parts.account('beside')
  const other = callsOf(await parts.system.beside())
  const seen = async () => [
    await statusOf(parts.as('GET', `accounts(${row})`)),
    await statusOf(other.as('GET', `accounts(${row})`)),
    await statusOf(other.as('PATCH', `accounts(${row})`, { body: { address1_city: 'Oslo' } })),
  ]
  expect(await seen()).toEqual([403, 403, 403])
  await shareWith(parts, row, 'ReadAccess, WriteAccess')
  expect(await seen()).toEqual([200, 200, 204])
  await other.admin('POST', 'ModifyAccess', share(accounts(row), user(USERS.self), 'ReadAccess'))
  expect(await seen()).toEqual([200, 200, 403])
  await other.admin('POST', 'RevokeAccess', { Target: accounts(row), Revokee: user(USERS.self) })
  expect(await seen()).toEqual([403, 403, 403])
})

const OWNERS: readonly Owner[] = ['self', 'peer', 'below', 'beside']

test('a share of one row shows no other row of its owner', async (t) => {
  const parts = await startSecurity(t)
  await parts.grant({ prvReadAccount: 'Basic' })
  for (const owner of OWNERS) await parts.account(owner)
  const row = await parts.account('beside', { name: 'the shared one' })
  await shareWith(parts, row, 'ReadAccess')
  const names = (await parts.as('GET', 'accounts?$select=name&$orderby=name')).json.value.map((one: { name: string }) => one.name)
  expect(names).toEqual(['of self', 'the shared one'])
})
