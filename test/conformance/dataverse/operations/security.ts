import assert from 'node:assert/strict'
import type { OutsideClient } from '../../../support/outside-client.ts'
import { create, expectStatus, get, NS, patch, post, q, read, refused, rows } from '../calls.ts'
import type { Market } from '../market.ts'
import { area, differs, notOffered, works } from '../operation.ts'

const as = (user: string): Record<string, string> => ({ mscrmcallerid: user })

const principalOf = (user: string) => ({ '@odata.type': `${NS}.systemuser`, systemuserid: user })

const shareOf = (account: string, user: string, access: string) => ({
  Target: { '@odata.type': `${NS}.account`, accountid: account },
  PrincipalAccess: { Principal: principalOf(user), AccessMask: access },
})

/** A row of somebody else, and a user whose role reads no more than its own rows. */
async function sharedRow(dv: OutsideClient, market: Market): Promise<{ readonly reader: string; readonly id: string }> {
  const unit = { 'businessunitid@odata.bind': `/businessunits(${market.whoAmI.BusinessUnitId})` }
  const role = await create(dv, 'roles', { name: market.fresh('Own rows'), ...unit })
  const [privilege] = await rows(dv, "privileges?$select=name&$filter=name eq 'prvReadAccount'")
  const Privileges = [{ PrivilegeId: privilege?.privilegeid, Depth: 'Basic' }]
  await expectStatus(204, post(dv, `roles(${role})/${NS}.AddPrivilegesRole`, { Privileges }))
  const reader = await create(dv, 'systemusers', { domainname: market.fresh('reader'), firstname: 'R', lastname: 'Eader', ...unit })
  await expectStatus(204, post(dv, `systemusers(${reader})/systemuserroles_association/$ref`, { '@odata.id': `${dv.root}/roles(${role})` }))
  return { reader, id: await create(dv, 'accounts', { name: market.fresh('Shared') }) }
}

export const SECURITY = area('Security and impersonation', [
  works({ name: 'on behalf of another user', request: 'POST accounts with MSCRMCallerID', points: 'DV-124' }, async (dv, market) => {
    const [administrator] = await rows(dv, "systemusers?$select=fullname&$filter=fullname eq 'System Administrator'")
    const id = await expectStatus(204, post(dv, 'accounts', { name: market.fresh('Lent') }, { headers: as(administrator?.systemuserid) }))
    const path = id.headers.get('odata-entityid')?.slice(dv.root.length + 1)
    const row = await read(dv, `${path}?$select=_createdby_value,_createdonbehalfby_value`)
    assert.deepEqual([row._createdby_value, row._createdonbehalfby_value], [administrator?.systemuserid, market.whoAmI.UserId])
  }),
  works({ name: 'on behalf of nobody', request: 'GET accounts with MSCRMCallerID', points: 'DV-124' }, async (dv) => {
    for (const user of ['6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ff', 'no guid'])
      assert.ok([400, 403].includes((await get(dv, 'accounts?$top=1', as(user))).status), user)
  }),
  works({ name: 'by the object id of the directory', request: 'GET WhoAmI with CallerObjectId', points: 'DV-124' }, async (dv, market) => {
    const objectId = crypto.randomUUID()
    const changed = await patch(dv, `systemusers(${market.clerkId})`, { azureactivedirectoryobjectid: objectId })
    assert.equal(changed.status, 204, changed.text)
    assert.equal((await read(dv, 'WhoAmI', { callerobjectid: objectId })).UserId, market.clerkId)
  }),
  works({ name: 'what a user may not', request: 'POST accounts as a clerk', points: 'DV-124' }, async (dv, market) => {
    await expectStatus(200, get(dv, 'accounts?$select=name&$top=1', as(market.clerkId)))
    await refused('403 0x80040220', post(dv, 'accounts', { name: 'x' }, { headers: as(market.clerkId) }), /prvCreateAccount/)
    await refused('403 0x80040220', get(dv, 'contacts?$select=lastname', as(market.clerkId)), /prvReadContact/)
  }),
  works(
    { name: 'rows of others in joins and expands', request: 'GET accounts?$expand=primarycontactid as a clerk', points: '' },
    async (dv, market) => {
      const reply = await get(
        dv,
        `accounts(${market.accounts[0]})?$select=name&$expand=primarycontactid($select=fullname)`,
        as(market.clerkId),
      )
      assert.ok(reply.status === 403 || reply.json.primarycontactid === null, reply.text)
    },
  ),
  works(
    { name: 'a bypass without its privilege', request: 'PATCH with MSCRM.BypassBusinessLogicExecution', points: 'DV-125' },
    async (dv, market) => {
      const unit = { 'businessunitid@odata.bind': `/businessunits(${market.whoAmI.BusinessUnitId})` }
      const role = await create(dv, 'roles', { name: market.fresh('Writer'), ...unit })
      const privileges = await rows(dv, `privileges?$select=name&$filter=${q("name eq 'prvReadAccount' or name eq 'prvWriteAccount'")}`)
      const Privileges = privileges.map((row) => ({ PrivilegeId: row.privilegeid, Depth: 'Global' }))
      await expectStatus(204, post(dv, `roles(${role})/${NS}.AddPrivilegesRole`, { Privileges }))
      const user = await create(dv, 'systemusers', { domainname: market.fresh('writer'), firstname: 'W', lastname: 'Riter', ...unit })
      await expectStatus(
        204,
        post(dv, `systemusers(${user})/systemuserroles_association/$ref`, { '@odata.id': `${dv.root}/roles(${role})` }),
      )
      const id = await create(dv, 'accounts', { name: market.fresh('Bypassed') })
      await expectStatus(204, patch(dv, `accounts(${id})`, { fax: '1' }, as(user)))
      const reply = await patch(dv, `accounts(${id})`, { fax: '2' }, { ...as(user), 'mscrm.bypassbusinesslogicexecution': 'CustomSync' })
      assert.equal(reply.status, 403, reply.text)
      await expectStatus(
        204,
        patch(dv, `accounts(${id})`, { fax: '3' }, { 'mscrm.bypassbusinesslogicexecution': 'CustomSync,CustomAsync' }),
      )
    },
  ),
  works({ name: 'privileges of a user', request: 'GET systemusers({id})/…RetrieveUserPrivileges', points: '' }, async (dv, market) => {
    const held = await read(dv, `systemusers(${market.clerkId})/${NS}.RetrieveUserPrivileges()`)
    const depths = new Map(held.RolePrivileges.map((one: { PrivilegeName: string; Depth: string }) => [one.PrivilegeName, one.Depth]))
    assert.deepEqual([depths.get('prvReadAccount'), depths.get('prvDeleteProduct')], ['Global', undefined])
  }),
  works(
    { name: 'access to one row', request: 'GET systemusers({id})/…RetrievePrincipalAccess(Target=@t)', points: 'DV-128' },
    async (dv, market) => {
      const reply = await read(
        dv,
        `systemusers(${market.clerkId})/${NS}.RetrievePrincipalAccess(Target=@t)?@t={'@odata.id':'accounts(${market.accounts[0]})'}`,
      )
      assert.equal(reply.AccessRights, 'ReadAccess')
    },
  ),
  works({ name: 'privileges of a role', request: 'POST roles({id})/…ReplacePrivilegesRole', points: '' }, async (dv, market) => {
    const role = await create(dv, 'roles', {
      name: market.fresh('Role'),
      'businessunitid@odata.bind': `/businessunits(${market.whoAmI.BusinessUnitId})`,
    })
    const [privilege] = await rows(dv, "privileges?$select=name&$filter=name eq 'prvReadContact'")
    await expectStatus(
      204,
      post(dv, `roles(${role})/${NS}.ReplacePrivilegesRole`, { Privileges: [{ PrivilegeId: privilege?.privilegeid, Depth: 'Basic' }] }),
    )
    const held = await read(dv, `RetrieveRolePrivilegesRole(RoleId=${role})`)
    assert.deepEqual(
      held.RolePrivileges.map((one: { PrivilegeName: string }) => one.PrivilegeName),
      ['prvReadContact'],
    )
  }),
  works(
    { name: 'a team with its members', request: 'POST teams, POST teams({id})/teammembership_association/$ref', points: 'DV-057' },
    async (dv, market) => {
      const unit = { 'businessunitid@odata.bind': `/businessunits(${market.whoAmI.BusinessUnitId})` }
      const id = await create(dv, 'teams', {
        name: market.fresh('Team'),
        teamtype: 0,
        ...unit,
        'administratorid@odata.bind': `/systemusers(${market.whoAmI.UserId})`,
      })
      await expectStatus(
        204,
        post(dv, `teams(${id})/teammembership_association/$ref`, { '@odata.id': `${dv.root}/systemusers(${market.clerkId})` }),
      )
      assert.deepEqual(
        (await rows(dv, `teams(${id})/teammembership_association?$select=fullname`)).map((row) => row.systemuserid),
        [market.clerkId],
      )
    },
  ),
  differs(
    {
      name: 'users without the directory',
      request: 'POST systemusers',
      difference: 'a user is any row of `systemusers`: there is no directory in which it must exist, and no licence',
    },
    async (dv, market) => {
      const unit = { 'businessunitid@odata.bind': `/businessunits(${market.whoAmI.BusinessUnitId})` }
      const id = await create(dv, 'systemusers', { domainname: market.fresh('user'), firstname: 'A', lastname: 'User', ...unit })
      assert.equal((await read(dv, `systemusers(${id})?$select=lastname`)).lastname, 'User')
    },
  ),
  differs(
    {
      name: 'users and teams as principals',
      request: 'GET accounts?$expand=createdby($select=fullname)',
      difference: 'rows of `systemusers` and `teams` have no `ownerid` of their own beside `systemuserid` and `teamid`',
    },
    async (dv, market) => {
      const row = await read(dv, `accounts(${market.accounts[0]})?$select=name&$expand=createdby($select=fullname)`)
      assert.deepEqual([row.createdby.systemuserid, 'ownerid' in row.createdby], [market.whoAmI.UserId, false])
    },
  ),
  works({ name: 'a row shared with a user: GrantAccess', request: 'POST GrantAccess', points: '' }, async (dv, market) => {
    const { reader, id } = await sharedRow(dv, market)
    await refused('403 0x80040220', get(dv, `accounts(${id})?$select=name`, as(reader)))
    await expectStatus(204, post(dv, 'GrantAccess', shareOf(id, reader, 'ReadAccess, WriteAccess')))
    await expectStatus(200, get(dv, `accounts(${id})?$select=name`, as(reader)))
    assert.equal((await rows(dv, `accounts?$select=name&$filter=accountid eq ${id}`, as(reader))).length, 1)
    const access = `systemusers(${reader})/${NS}.RetrievePrincipalAccess(Target=@t)?@t={'@odata.id':'accounts(${id})'}`
    assert.equal((await read(dv, access)).AccessRights, 'ReadAccess')
  }),
  works({ name: 'other rights for a shared row: ModifyAccess', request: 'POST ModifyAccess', points: '' }, async (dv, market) => {
    const { reader, id } = await sharedRow(dv, market)
    await expectStatus(204, post(dv, 'GrantAccess', shareOf(id, reader, 'ReadAccess')))
    await expectStatus(204, post(dv, 'ModifyAccess', shareOf(id, reader, 'WriteAccess')))
    await refused('403 0x80040220', get(dv, `accounts(${id})?$select=name`, as(reader)))
  }),
  works({ name: 'the end of a share: RevokeAccess', request: 'POST RevokeAccess', points: '' }, async (dv, market) => {
    const { reader, id } = await sharedRow(dv, market)
    await expectStatus(204, post(dv, 'GrantAccess', shareOf(id, reader, 'ReadAccess')))
    const { Target } = shareOf(id, reader, 'None')
    await expectStatus(204, post(dv, 'RevokeAccess', { Target, Revokee: principalOf(reader) }))
    await refused('403 0x80040220', get(dv, `accounts(${id})?$select=name`, as(reader)))
  }),
  works(
    { name: 'with whom a row is shared', request: 'GET RetrieveSharedPrincipalsAndAccess(Target=@t)', points: '' },
    async (dv, market) => {
      const { reader, id } = await sharedRow(dv, market)
      await expectStatus(204, post(dv, 'GrantAccess', shareOf(id, reader, 'WriteAccess,ReadAccess')))
      const shared = await read(dv, `RetrieveSharedPrincipalsAndAccess(Target=@t)?@t={'@odata.id':'accounts(${id})'}`)
      const Principal = { '@odata.type': `#${NS}.systemuser`, systemuserid: reader }
      assert.deepEqual(shared.PrincipalAccesses, [{ AccessMask: 'ReadAccess, WriteAccess', Principal }])
    },
  ),
  notOffered({ name: 'columns secured by profiles', request: 'GET fieldsecurityprofiles', status: 404, code: '0x80060888' }, (dv) =>
    get(dv, 'fieldsecurityprofiles'),
  ),
  notOffered(
    {
      name: 'groups of the directory as teams',
      request: 'GET teams(azureactivedirectoryobjectid=…,membershiptype=0)',
      status: 400,
      code: '0x80060890',
    },
    (dv) => get(dv, 'teams(azureactivedirectoryobjectid=6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ff,membershiptype=0)'),
  ),
])

export const PROTECTION = area('Service protection and faults', [
  differs(
    {
      name: 'limits per user',
      request: 'PUT /local/limits',
      points: 'DV-113',
      difference: 'off until they are turned on, by an end point of this server alone; then as documented',
    },
    async (dv, market) => {
      const limits = await dv.call('GET', `${market.url}/local/limits`)
      assert.deepEqual([limits.status, limits.json.limits], [200, null])
    },
  ),
  works({ name: 'what a client gets beyond them', request: 'GET accounts (throttled)', points: 'DV-111' }, async (dv, market) => {
    const rules = [{ kind: 'throttle', rate: 1, times: 1, retryAfterSeconds: 0, match: { path: 'throttle-probe' } }]
    await expectStatus(200, dv.call('PUT', `${market.url}/local/faults`, { body: { seed: 1, rules } }))
    try {
      const reply = await expectStatus(429, get(dv, 'uoms?$select=name&x=throttle-probe'))
      assert.match(reply.headers.get('retry-after') ?? '', /^\d+$/)
      assert.match(reply.json.error.code, /^0x8007232[126]$/)
    } finally {
      await expectStatus(204, dv.call('DELETE', `${market.url}/local/faults`))
    }
  }),
  works({ name: 'the error body', request: 'GET accounts?$select=nmae', points: 'DV-109' }, async (dv) => {
    const reply = await get(dv, 'accounts?$select=nmae')
    assert.deepEqual(Object.keys(reply.json), ['error'])
    assert.deepEqual(Object.keys(reply.json.error), ['code', 'message'])
    const annotated = await get(dv, 'accounts?$select=nmae', { prefer: 'odata.include-annotations="*"' })
    assert.ok('@Microsoft.PowerApps.CDS.HelpLink' in annotated.json.error)
  }),
  works({ name: 'an unknown function or action', request: 'GET Nothing, POST Nothing', points: 'DV-127' }, async (dv, market) => {
    await refused('404 0x80060888', get(dv, 'Nothing'), /Resource not found for the segment 'Nothing'\./)
    await refused('404 0x80060888', post(dv, 'Nothing', {}))
    await refused('404 0x80060888', post(dv, `accounts(${market.accounts[0]})/${NS}.Nothing`, {}))
  }),
  works({ name: 'a function or action by the wrong verb', request: 'POST WhoAmI, GET WinQuote', points: 'DV-127' }, async (dv) => {
    for (const call of [post(dv, 'WhoAmI', {}), get(dv, 'WinQuote')])
      await refused('404 ', call, /^No HTTP resource was found that matches the request URI '/)
  }),
  works({ name: 'an address of more than 32 KB', request: 'GET accounts?$filter=…', points: 'DV-109' }, async (dv) => {
    const reply = await get(dv, `accounts?$select=name&$filter=name eq '${'x'.repeat(200_000)}'`)
    assert.ok([400, 414, 431].includes(reply.status))
    assert.equal(typeof reply.json.error.message, 'string')
  }),
  differs(
    {
      name: 'work in the background',
      request: 'POST accounts with Prefer: respond-async',
      points: 'DV-008',
      difference: 'the preference is ignored: the request is carried out before it is answered',
    },
    async (dv, market) => {
      const reply = await expectStatus(204, post(dv, 'accounts', { name: market.fresh('Async') }, { headers: { prefer: 'respond-async' } }))
      assert.equal(reply.headers.get('preference-applied'), null)
    },
  ),
])
