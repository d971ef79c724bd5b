import { expect, test } from 'vitest'
import { refuse } from './errors/platform-error.ts'
import type { Plugin, Row } from './model/plugin.ts'
import { BASE, guid, ROOT, startPlatform } from './platform.case.ts'

const read = (id: string, columns: string): string => `accounts({G:${id}})?$select=${columns}`

test('DV-023 DV-024 DV-025 dates: UTC, days and wall clocks', async (t) => {
  const { send } = await startPlatform(t)
  const body = {
    contactid: guid('30'),
    lastonholdtime: '2025-02-11T10:30:00.987+01:00',
    birthdate: '1990-02-28',
    new_meeting: '2025-02-11T10:30:00+05:00',
  }
  expect((await send('POST', 'contacts', { body })).status).toBe(204)
  const { json } = await send('GET', 'contacts({G:30})?$select=lastonholdtime,birthdate,new_meeting,createdon')
  expect(json).toMatchObject({
    lastonholdtime: '2025-02-11T09:30:00Z',
    birthdate: '1990-02-28',
    new_meeting: '2025-02-11T10:30:00Z',
    createdon: '2025-02-11T09:30:00Z',
  })
  for (const bad of [
    { birthdate: '1752-12-31' },
    { lastonholdtime: '1700-01-01T00:00:00Z' },
    { birthdate: '2025-02-30' },
    { birthdate: '2025-02-11T00:00:00Z' },
    { lastonholdtime: 'soon' },
  ]) {
    expect((await send('PATCH', 'contacts({G:30})', { body: bad })).status).toBe(400)
  }
})

test('DV-026 DV-030 values outside their range are refused by code, and the row stays', async (t) => {
  const { send } = await startPlatform(t)
  const cases: [unknown, string, string?][] = [
    [
      { name: 'x'.repeat(161) },
      '0x80044331',
      "A validation error occurred.  The length of the 'name' attribute of the 'account' entity exceeded the maximum allowed length of '160'.",
    ],
    [{ numberofemployees: -1 }, '0x8004432f'],
    [{ creditlimit: 100_000_000_000_001 }, '0x80044330'],
    ['{"creditlimit":1e300}', '0x80044330'],
    [{ industrycode: 99 }, '0x8004431a'],
    [
      { statecode: 1, statuscode: 1 },
      '0x80048408',
      `1 is not a valid status code for state code AccountState.Inactive on account with Id ${guid('01')}.`,
    ],
  ]
  for (const [body, code, message] of cases) {
    const answer = await send('PATCH', 'accounts({G:01})', { body })
    expect([answer.status, answer.json.error.code]).toEqual([400, code])
    if (message !== undefined) expect(answer.json.error.message).toBe(message)
  }
  expect((await send('GET', read('01', 'name,creditlimit,statecode'))).json).toMatchObject({
    name: 'Halvorsen Marine Supply',
    creditlimit: 50000,
    statecode: 0,
  })
})

test('DV-102 a state takes its default reason', async (t) => {
  const { send } = await startPlatform(t)
  expect((await send('PATCH', 'accounts({G:01})', { body: { statecode: 1 } })).status).toBe(204)
  expect((await send('GET', read('01', 'statecode,statuscode'))).json).toMatchObject({ statecode: 1, statuscode: 2 })
})

test('DV-141 wrong types are refused and nothing is stored', async (t) => {
  const { send } = await startPlatform(t)
  for (const body of [
    { creditlimit: '5' },
    { name: 5 },
    { creditonhold: 'true' },
    { numberofemployees: 1.5 },
    { industrycode: 'Shipping' },
    { accountid: 'x' },
    { name: { a: 1 } },
    { name: 'a\u0000b' },
  ]) {
    const answer = await send('POST', 'accounts', { body })
    expect([answer.status, answer.json.error.code]).toEqual([400, '0x80048d19'])
  }
  for (const body of ['{"name":', '[]', '"x"', 'null', '']) {
    const answer = await send('POST', 'accounts', { body })
    expect([answer.status, answer.json.error.code]).toEqual([400, '0x80048d19'])
  }
  expect((await send('GET', 'accounts/$count')).text).toBe('\uFEFF2')
})

test('DV-027 DV-028 money is rounded by its currency, and its base follows the rate', async (t) => {
  const { send } = await startPlatform(t)
  await send('POST', 'transactioncurrencies', {
    body: {
      transactioncurrencyid: guid('31'),
      currencyname: 'Norwegian Krone',
      isocurrencycode: 'NOK',
      currencysymbol: 'kr',
      currencyprecision: 1,
      exchangerate: 11.5,
    },
  })
  const body = {
    accountid: guid('32'),
    name: 'Krone',
    creditlimit: 1234.56,
    creditlimit_base: 5,
    exchangerate: 3,
    'transactioncurrencyid@odata.bind': `/transactioncurrencies(${guid('31')})`,
  }
  expect((await send('POST', 'accounts', { body })).status).toBe(204)
  const { json } = await send('GET', read('32', 'creditlimit,creditlimit_base,exchangerate'), { prefer: 'odata.include-annotations="*"' })
  expect(json).toMatchObject({ creditlimit: 1234.6, creditlimit_base: 107.3565, exchangerate: 11.5 })
  expect(json['creditlimit@OData.Community.Display.V1.FormattedValue']).toBe('kr1,234.6')
  expect(json['creditlimit_base@OData.Community.Display.V1.FormattedValue']).toBe('€107.36')
  await send('PATCH', 'transactioncurrencies({G:31})', { body: { exchangerate: 10 } })
  expect((await send('GET', read('32', 'exchangerate'))).json.exchangerate).toBe(11.5)
  await send('PATCH', 'accounts({G:32})', { body: { revenue: 10 } })
  expect((await send('GET', read('32', 'creditlimit_base,revenue_base,exchangerate'))).json).toMatchObject({
    creditlimit_base: 123.46,
    revenue_base: 1,
    exchangerate: 10,
  })
})

test('a money value keeps all its digits', async (t) => {
  const { send } = await startPlatform(t)
  expect((await send('POST', 'salesorderdetails', { body: '{"salesorderdetailid":"{G:33}","quantity":12345678901.12345}' })).status).toBe(
    204,
  )
  expect((await send('GET', 'salesorderdetails({G:33})?$select=quantity')).text).toContain('"quantity":12345678901.12345')
})

test('DV-018 DV-007 DV-048 versions grow, and a conditional GET answers 304', async (t) => {
  const { send } = await startPlatform(t)
  const first = await send('GET', read('01', 'name'))
  const etag = String(first.headers.etag)
  expect(etag).toBe(first.json['@odata.etag'])
  const again = await send('GET', read('01', 'name'), { headers: { 'if-none-match': etag } })
  expect([again.status, again.text]).toEqual([304, ''])
  expect((await send('GET', read('01', 'name'), { headers: { 'if-none-match': 'null' } })).status).toBe(200)
  expect((await send('GET', `${read('01', 'name')}&$expand=primarycontactid`, { headers: { 'if-none-match': etag } })).status).toBe(200)
  expect(
    (await send('GET', read('01', 'name'), { headers: { 'if-none-match': etag }, prefer: 'odata.include-annotations="*"' })).status,
  ).toBe(200)
  expect((await send('PATCH', 'accounts({G:01})', { headers: { 'if-match': etag }, body: { name: 'A' } })).status).toBe(204)
  expect((await send('GET', read('01', 'name'), { headers: { 'if-none-match': etag } })).status).toBe(200)
  expect((await send('PATCH', 'accounts({G:01})', { headers: { 'if-match': etag }, body: { name: 'B' } })).status).toBe(412)
})

test('ETag conditions need a table with versions', async (t) => {
  const { send } = await startPlatform(t)
  await send('POST', 'territories', { body: { territoryid: guid('34'), name: 'North' } })
  const answer = await send('PATCH', 'territories({G:34})', { headers: { 'if-match': 'W/"1"' }, body: { name: 'South' } })
  expect([answer.status, answer.json.error.code]).toEqual([400, '0x80060883'])
})

test('a system-required column must be given', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await send('POST', 'territories', { body: {} })
  expect([answer.status, answer.json.error.code]).toEqual([400, '0x80040200'])
  expect(answer.json.error.message).toContain('name')
})

test('DV-039 DV-040 PATCH changes what is sent, and creates by id', async (t) => {
  const { send } = await startPlatform(t)
  const updated = await send('PATCH', 'accounts({G:01})?$select=name&$expand=primarycontactid', {
    body: { address1_city: 'Bergen' },
    prefer: 'return=representation',
  })
  expect([updated.status, updated.json.name, updated.json.primarycontactid]).toEqual([200, 'Halvorsen Marine Supply', undefined])
  const created = await send('PATCH', 'accounts({G:35})', { body: { name: 'New' } })
  expect([created.status, created.headers['odata-entityid']]).toEqual([204, `${ROOT}/accounts(${guid('35')})`])
  const byKey = await send('PATCH', "accounts(accountnumber='HMS-9')", { headers: { 'if-match': '*' }, body: { name: 'New' } })
  expect([byKey.status, byKey.json.error.code]).toEqual([404, '0x80060891'])
})

test('DV-034 a failing child leaves nothing', async (t) => {
  const { send } = await startPlatform(t)
  const body = { salesorderid: guid('36'), name: 'Deep', order_details: [{ quantity: 1 }, { quantity: -1 }] }
  expect((await send('POST', 'salesorders', { body })).status).toBe(400)
  expect((await send('GET', 'salesorders({G:36})')).status).toBe(404)
  const good = await send('POST', 'salesorders', { body: { ...body, order_details: [{ quantity: 1 }, { quantity: 2 }] } })
  expect(good.status).toBe(204)
  expect((await send('GET', 'salesorders({G:36})/order_details/$count')).text).toBe('\uFEFF2')
})

test('DV-052 DV-143 binds take every form of a reference; a missing row is 404 and nothing is written', async (t) => {
  const { send } = await startPlatform(t)
  await send('PATCH', 'contacts({G:02})', { body: { msdynce_contactnumber: 'CON-1' } })
  for (const url of [
    `contacts(${guid('02')})`,
    `/contacts(${guid('02')})`,
    `${ROOT}/contacts(${guid('02')})`,
    `${ROOT}//contacts(${guid('02')})`,
    "/contacts(msdynce_contactnumber='con-1')",
    '/contacts(contactid={G:02})',
  ]) {
    await send('PATCH', 'accounts({G:10})', { body: { 'primarycontactid@odata.bind': null } })
    expect([url, (await send('PATCH', 'accounts({G:10})', { body: { 'primarycontactid@odata.bind': url } })).status]).toEqual([url, 204])
    expect((await send('GET', read('10', '_primarycontactid_value'))).json._primarycontactid_value).toBe(guid('02'))
  }
  const missing = await send('PATCH', 'accounts({G:10})', { body: { name: 'X', 'primarycontactid@odata.bind': '/contacts({G:ff})' } })
  expect([missing.status, missing.json.error]).toEqual([
    404,
    { code: '0x80040217', message: `contact With Id = ${guid('ff')} Does Not Exist` },
  ])
  expect((await send('GET', read('10', 'name'))).json.name).toBe('Nordkai Yards')
  for (const body of [
    { 'primarycontactid@odata.bind': '/accounts({G:01})' },
    { 'primarycontactid@odata.bind': 5 },
    { 'primaryContactId@odata.bind': '/contacts({G:02})' },
    { _primarycontactid_value: guid('02') },
  ]) {
    const answer = await send('PATCH', 'accounts({G:10})', { body })
    expect([answer.status, answer.json.error.code]).toEqual([400, '0x80048d19'])
  }
})

test('DV-053 DV-054 DV-015 one member of a polymorphic lookup clears the other, and keys may hold a lookup', async (t) => {
  const { send } = await startPlatform(t)
  await send('PATCH', 'contacts({G:02})', { body: { 'parentcustomerid_account@odata.bind': '/accounts({G:01})' } })
  expect((await send('GET', "contacts(firstname='ada',_parentcustomerid_value={G:01})?$select=fullname")).json.fullname).toBe('Ada Lind')
  await send('POST', 'contacts', { body: { contactid: guid('37'), lastname: 'Boss' } })
  await send('PATCH', 'contacts({G:02})', {
    body: { 'parentcustomerid_account@odata.bind': null, 'parentcustomerid_contact@odata.bind': '/contacts({G:37})' },
  })
  const { json } = await send(
    'GET',
    'contacts({G:02})?$select=_parentcustomerid_value,_ownerid_value&$expand=parentcustomerid_account($select=name),parentcustomerid_contact($select=fullname)',
    { prefer: 'odata.include-annotations="*"' },
  )
  expect(json).toMatchObject({
    _parentcustomerid_value: guid('37'),
    '_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'contact',
    '_parentcustomerid_value@Microsoft.Dynamics.CRM.associatednavigationproperty': 'parentcustomerid_contact',
    '_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'systemuser',
    parentcustomerid_account: null,
    parentcustomerid_contact: { fullname: 'Boss' },
  })
})

test('DV-057 references are added and removed on both sides', async (t) => {
  const { send } = await startPlatform(t)
  const contact = { '@odata.id': `${ROOT}/contacts(${guid('02')})` }
  expect((await send('PUT', 'accounts({G:10})/primarycontactid/$ref', { body: contact })).status).toBe(204)
  expect((await send('GET', 'accounts({G:10})/primarycontactid/$ref')).json['@odata.id']).toBe(`${ROOT}/contacts(${guid('02')})`)
  expect((await send('GET', 'accounts({G:10})/primarycontactid?$select=fullname')).json).toMatchObject({
    '@odata.context': `${ROOT}/$metadata#contacts(fullname)/$entity`,
    fullname: 'Ada Lind',
  })
  expect((await send('DELETE', 'accounts({G:10})/primarycontactid/$ref')).status).toBe(204)
  expect((await send('GET', 'accounts({G:10})/primarycontactid')).status).toBe(204)
  for (const removal of [`(${guid('02')})/$ref`, `/$ref?$id=${ROOT}/contacts(${guid('02')})`]) {
    expect((await send('POST', 'accounts({G:10})/contact_customer_accounts/$ref', { body: contact })).status).toBe(204)
    expect((await send('GET', 'accounts({G:10})/contact_customer_accounts?$select=fullname')).json.value).toHaveLength(1)
    expect((await send('DELETE', `accounts({G:10})/contact_customer_accounts${removal}`)).status).toBe(204)
    expect((await send('GET', 'accounts({G:10})/contact_customer_accounts/$count')).text).toBe('\uFEFF0')
  }
  expect(
    (await send('PUT', 'accounts({G:10})/primarycontactid/$ref', { body: { '@odata.id': `${ROOT}/contacts(${guid('ff')})` } })).status,
  ).toBe(404)
})

test('deletes cascade, remove links or are refused', async (t) => {
  const { send } = await startPlatform(t)
  expect((await send('DELETE', 'salesorders({G:05})')).status).toBe(204)
  expect((await send('GET', 'salesorderdetails({G:07})')).status).toBe(404)
  expect((await send('DELETE', 'contacts({G:02})')).status).toBe(204)
  expect((await send('GET', read('01', '_primarycontactid_value'))).json._primarycontactid_value).toBeNull()
  await send('PATCH', 'accounts({G:10})', { body: { 'parentaccountid@odata.bind': '/accounts({G:01})' } })
  const blocked = await send('DELETE', 'accounts({G:01})')
  expect([blocked.status, blocked.json.error.code]).toEqual([405, '0x80040227'])
})

test('owners: the caller by default, or a team', async (t) => {
  const { send } = await startPlatform(t)
  const teams = await send('GET', 'teams?$select=name,isdefault')
  expect(teams.json.value).toMatchObject([{ name: 'halvorsen', isdefault: true }])
  const team = teams.json.value[0].teamid
  expect((await send('PATCH', 'accounts({G:01})', { body: { 'ownerid@odata.bind': `/teams(${team})` } })).status).toBe(204)
  const { json } = await send('GET', read('01', '_ownerid_value,_owningteam_value,_owninguser_value,_owningbusinessunit_value'))
  expect(json).toMatchObject({
    _ownerid_value: team,
    _owningteam_value: team,
    _owninguser_value: null,
    _owningbusinessunit_value: guid('0d'),
  })
})

test('rows that are part of another belong to its owner, from their creation on', async (t) => {
  const { send } = await startPlatform(t)
  const team = (await send('GET', 'teams?$select=name')).json.value[0].teamid
  const ownerOf = async (line: string) =>
    (await send('GET', `salesorderdetails(${guid(line)})?$select=_ownerid_value,_owningteam_value,_owninguser_value`)).json
  const line = { salesorderdetailid: guid('92'), quantity: 1, 'salesorderid@odata.bind': '/salesorders({G:05})' }
  await send('PATCH', 'salesorders({G:05})', { body: { 'ownerid@odata.bind': `/teams(${team})` } })
  expect((await send('POST', 'salesorderdetails', { body: line })).status).toBe(204)
  for (const id of ['07', '92']) {
    expect(await ownerOf(id)).toMatchObject({ _ownerid_value: team, _owningteam_value: team, _owninguser_value: null })
  }
  await send('PATCH', 'salesorderdetails({G:92})', { body: { 'salesorderid@odata.bind': '/salesorders({G:11})' } })
  expect(await ownerOf('92')).not.toMatchObject({ _ownerid_value: team })
})

test('a plug-in sees the columns that it reads, also when another one wakes it', async (t) => {
  const seen: unknown[] = []
  const update = { table: 'account', message: 'update' } as const
  const plugins: Plugin[] = [
    {
      ...update,
      name: 'wakes the next',
      stage: 'pre-operation',
      columns: ['name'],
      reads: ['accountnumber'],
      run: async (events) => {
        for (const { target, before } of events) {
          seen.push(before?.accountnumber)
          target.description = 'woken'
        }
      },
    },
    {
      ...update,
      name: 'is woken',
      stage: 'pre-operation',
      columns: ['description'],
      reads: ['creditlimit'],
      run: async (events) => {
        for (const { before } of events) seen.push(before?.creditlimit)
      },
    },
    {
      ...update,
      name: 'looks at all',
      stage: 'post-operation',
      columns: ['numberofemployees'],
      run: async (events) => {
        for (const { before, after } of events) seen.push(before?.numberofemployees, after?.numberofemployees, after?.address1_city)
      },
    },
  ]
  const { send } = await startPlatform(t, { plugins })
  await send('PATCH', 'accounts({G:01})', { body: { name: 'x' } })
  expect(seen.splice(0)).toEqual(['HMS-1001', '50000'])
  await send('PATCH', 'accounts({G:01})', { body: { address1_city: 'Bergen' } })
  await send('PATCH', 'accounts({G:01})', { body: { numberofemployees: 5 } })
  expect(seen).toEqual([null, 5, 'Bergen'])
})

test('DV-124 a call runs as the named user, and the caller stays on record', async (t) => {
  const { send, platform, database } = await startPlatform(t)
  const unit = { table: 'businessunit', id: guid('0d') }
  const user = (digits: string, values: Row): Row => ({
    systemuserid: guid(digits),
    domainname: `user ${digits}`,
    businessunitid: unit,
    azureactivedirectoryobjectid: guid(`f${digits.charAt(1)}`),
    isdisabled: false,
    ...values,
  })
  await platform.seed([{ table: 'systemuser', rows: [user('a5', {}), user('a6', { isdisabled: true }), user('a7', {})] }])
  await database.query('insert into systemuserroles (systemuserid, roleid) select u, roleid from role, unnest($1::uuid[]) u', [
    [guid('a5'), guid('a6')],
  ])
  const authors = read('91', '_createdby_value,_createdonbehalfby_value,_modifiedby_value,_modifiedonbehalfby_value,_ownerid_value')
  const as = (name: string, id: string) => ({ headers: { [name]: id } })
  const made = await send('POST', 'accounts', { body: { accountid: guid('91'), name: 'x' }, ...as('MSCRMCallerID', guid('a5')) })
  expect(made.status).toBe(204)
  expect((await send('GET', authors)).json).toMatchObject({
    _createdby_value: guid('a5'),
    _createdonbehalfby_value: guid('0c'),
    _modifiedby_value: guid('a5'),
    _modifiedonbehalfby_value: guid('0c'),
    _ownerid_value: guid('a5'),
  })
  await send('PATCH', 'accounts({G:91})', { body: { name: 'y' } })
  expect((await send('GET', authors)).json).toMatchObject({
    _createdonbehalfby_value: guid('0c'),
    _modifiedby_value: guid('0c'),
    _modifiedonbehalfby_value: null,
  })
  expect((await send('GET', 'WhoAmI', as('CallerObjectId', guid('f5')))).json.UserId).toBe(guid('a5'))
  for (const [name, id, status] of [
    ['MSCRMCallerID', guid('fe'), 403],
    ['CallerObjectId', guid('a5'), 403],
    ['MSCRMCallerID', guid('a6'), 403],
    ['MSCRMCallerID', guid('a7'), 403],
    ['MSCRMCallerID', 'nobody', 400],
  ] as const)
    expect([id, (await send('GET', 'accounts', as(name, id))).status]).toEqual([id, status])
})

test('plug-ins change, refuse and follow up a write', async (t) => {
  const seen: string[] = []
  const plugins: Plugin[] = [
    {
      name: 'no empty city',
      table: 'account',
      message: 'update',
      stage: 'pre-operation',
      columns: ['address1_city'],
      run: async (events) => {
        for (const event of events) {
          seen.push(`${event.before?.name}:${event.target.address1_city}`)
          if (event.target.address1_city === null) refuse({ message: 'An account needs a city.' })
          event.target.description = `moved to ${event.target.address1_city}`
        }
      },
    },
    {
      name: 'first contact',
      table: 'account',
      message: 'create',
      stage: 'post-operation',
      run: async (events, context) => {
        await context.service.create(
          'contact',
          events.map((event) => ({ lastname: `of ${event.after?.name}`, parentcustomerid: { table: 'account', id: event.id } })),
        )
      },
    },
  ]
  const { send } = await startPlatform(t, { plugins })
  const refused = await send('PATCH', 'accounts({G:01})', { body: { address1_city: null } })
  expect([refused.status, refused.json.error]).toEqual([400, { code: '0x80040265', message: 'An account needs a city.' }])
  await send('PATCH', 'accounts({G:01})', { body: { address1_city: 'Oslo' } })
  await send('PATCH', 'accounts({G:01})', { body: { name: 'Other' } })
  expect(seen).toEqual(['Halvorsen Marine Supply:null', 'Halvorsen Marine Supply:Oslo'])
  expect((await send('GET', read('01', 'description'))).json.description).toBe('moved to Oslo')
  await send('POST', 'accounts', { body: { accountid: guid('38'), name: 'Fresh' } })
  expect((await send('GET', 'accounts({G:38})/contact_customer_accounts?$select=fullname')).json.value).toMatchObject([
    { fullname: 'of Fresh' },
  ])
})

test('DV-004 calls without a good token get 401 and the address of the sign-in, strangers 403', async (t) => {
  const { send, clock, strangerToken } = await startPlatform(t)
  for (const authorization of ['', 'Bearer nonsense', 'Basic abc']) {
    const answer = await send('GET', 'WhoAmI', { headers: { authorization } })
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toBe(`Bearer authorization_uri=${BASE}/${guid('a0')}/oauth2/authorize, resource_id=${BASE}/`)
  }
  const stranger = await send('GET', 'WhoAmI', { headers: { authorization: `Bearer ${strangerToken}` } })
  expect([stranger.status, stranger.json.error.code]).toEqual([403, '0x80072560'])
  clock.advance(101 * 86_400_000)
  expect((await send('GET', 'WhoAmI')).status).toBe(401)
})

test('concurrent upserts of one key make one row', async (t) => {
  const { send } = await startPlatform(t)
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) => send('PATCH', "accounts(accountnumber='RACE')", { body: { name: `N${n}` } })),
  )
  expect(answers.map((answer) => answer.status)).toEqual(Array(8).fill(204))
  expect((await send('GET', "accounts?$filter=accountnumber eq 'race'")).json.value).toHaveLength(1)
})
