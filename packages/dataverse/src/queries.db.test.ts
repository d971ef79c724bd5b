import { expect, test } from 'vitest'
import type { Row } from './model/plugin.ts'
import { BASE, guid, ROOT, startPlatform, type TestPlatform } from './platform.case.ts'

const names = async (send: TestPlatform['send'], query: string): Promise<string[]> => {
  const answer = await send('GET', `accounts?$select=name&${query}`)
  expect([query, answer.status, answer.json.error?.message]).toEqual([query, 200, undefined])
  return answer.json.value.map((row: { name: string }) => row.name)
}

async function withAccounts(t: Parameters<typeof startPlatform>[0]): Promise<TestPlatform> {
  const started = await startPlatform(t, { empty: true })
  await started.platform.seed(
    [
      { table: 'contact', rows: [{ contactid: guid('02'), firstname: 'Ada', lastname: 'Lind' }] },
      {
        table: 'account',
        rows: [
          {
            accountid: guid('41'),
            name: 'Alpha',
            accountnumber: 'A1',
            creditlimit: '10',
            industrycode: 7,
            primarycontactid: { table: 'contact', id: guid('02') },
          },
          { accountid: guid('42'), name: "beta's", accountnumber: 'A2', creditlimit: '20', industrycode: 1 },
          { accountid: guid('43'), name: 'Gamma 100%', creditlimit: '30', address1_city: 'Ærøskøbing' },
          { accountid: guid('44'), name: 'delta', accountnumber: 'A4' },
        ],
      },
      { table: 'contact', rows: [{ contactid: guid('45'), lastname: 'Child', parentcustomerid: { table: 'account', id: guid('42') } }] },
    ],
    { plugins: true },
  )
  return started
}

test('DV-059 DV-060 DV-061 DV-062 filters', async (t) => {
  const { send } = await withAccounts(t)
  const cases: [string, string[]][] = [
    ["$filter=name eq 'ALPHA'", ['Alpha']],
    ["$filter=name eq 'beta''s'", ["beta's"]],
    ["$filter=accountnumber ne 'A1'", ["beta's", 'Gamma 100%', 'delta']],
    ['$filter=accountnumber eq null', ['Gamma 100%']],
    ['$filter=creditlimit gt 10 and creditlimit le 30', ["beta's", 'Gamma 100%']],
    ["$filter=not contains(name,'a')", []],
    ["$filter=contains(name,'100%25')", ['Gamma 100%']],
    ["$filter=startswith(name,'d') or endswith(name,'''s')", ["beta's", 'delta']],
    ["$filter=contains(name,'[ab]lpha')", ['Alpha']],
    ["$filter=address1_city eq 'ærøskøbing'", ['Gamma 100%']],
    ["$filter=primarycontactid/fullname eq 'Ada Lind'", ['Alpha']],
    ['$filter=primarycontactid/contactid eq {G:02}', ['Alpha']],
    ['$filter=_primarycontactid_value eq {G:02}', ['Alpha']],
    ["$filter=contact_customer_accounts/any(c:c/lastname eq 'Child')", ["beta's"]],
    ['$filter=contact_customer_accounts/any()', ["beta's"]],
    ["$filter=Microsoft.Dynamics.CRM.In(PropertyName='industrycode',PropertyValues=['1','7'])", ['Alpha', "beta's"]],
    ["$filter=Microsoft.Dynamics.CRM.Today(PropertyName='createdon')", ['Alpha', "beta's", 'Gamma 100%', 'delta']],
    [
      "$filter=Microsoft.Dynamics.CRM.LastXDays(PropertyName=@p,PropertyValue=@v)&@p='createdon'&@v=3",
      ['Alpha', "beta's", 'Gamma 100%', 'delta'],
    ],
    ["$filter=name eq @n&@n='delta'", ['delta']],
    ["$filter=contains(@p1,'amm')&@p1=name", ['Gamma 100%']],
    ['$filter=createdon ge 2025-02-11T00:00:00Z and creditlimit eq 20', ["beta's"]],
    ['$orderby=creditlimit desc,name', ['Gamma 100%', "beta's", 'Alpha', 'delta']],
    ['$orderby=name', ['Alpha', "beta's", 'delta', 'Gamma 100%']],
    ['$top=2&$orderby=name desc', ['Gamma 100%', 'delta']],
    ['$orderby=@p1 desc&@p1=accountnumber&$top=1', ['delta']],
  ]
  for (const [query, expected] of cases) expect([query, await names(send, query)]).toEqual([query, expected])
})

test('DV-063 DV-065 DV-062 what is not offered is refused', async (t) => {
  const { send } = await startPlatform(t)
  const refused = [
    "$filter=tolower(name) eq 'x'",
    '$filter=creditlimit add 1 eq 2',
    "$filter=name in ('a')",
    '$filter=name eq @missing',
    '$filter=name eq',
    '$search=x',
    '$compute=x',
    '$top=0x',
    '$top=-1',
    '$top=5001',
    '$select=_x',
    '$expand=nothing',
    "$filter=creditlimit eq 'x'",
    '$skiptoken=nonsense',
    '$foo=1',
    'sql=SELECT name FROM account',
    '$orderby=length(name)',
    '$filter=name eq 5',
  ]
  for (const query of refused) {
    const answer = await send('GET', `accounts?${query}`)
    expect([query, answer.status, answer.json.error.code]).toEqual([query, 400, '0x80060888'])
  }
  expect((await send('GET', 'accounts?$skip=1')).json.error.message).toBe('Skip Clause is not supported in CRM')
  expect((await send('GET', "accounts?$filter=not Microsoft.Dynamics.CRM.Last7Days(PropertyName='createdon')")).json.error.message).toBe(
    'Not operator along with the Custom Named Condition operators is not allowed',
  )
})

test('DV-022 DV-020 empty columns are null, and without $select every column comes', async (t) => {
  const { send } = await startPlatform(t)
  expect((await send('GET', 'accounts({G:10})?$select=address1_city')).json).toMatchObject({ address1_city: null, accountid: guid('10') })
  const all = (await send('GET', 'accounts({G:10})')).json
  expect(all['@odata.context']).toBe(`${ROOT}/$metadata#accounts/$entity`)
  expect(Object.keys(all)).toEqual(
    expect.arrayContaining([
      'createdon',
      '_ownerid_value',
      'versionnumber',
      'creditlimit_base',
      '_transactioncurrencyid_value',
      'statuscode',
    ]),
  )
  expect(all['@odata.etag']).toBe(`W/"${all.versionnumber}"`)
})

test('DV-066 DV-067 DV-069 pages in any order are stable while rows come in, and $top gives way to the page size', async (t) => {
  const { send, platform, token } = await startPlatform(t, { empty: true })
  const rows = Array.from({ length: 23 }, (_, n) => ({
    accountid: `00000000-0000-4000-8000-0000000000${String(n).padStart(2, '0')}`,
    name: n % 5 === 0 ? null : `N${n % 4}`,
    creditlimit: n % 3 === 0 ? null : String(n % 7),
  }))
  await platform.seed([{ table: 'account', rows }])
  for (const order of [
    '',
    '&$orderby=name',
    '&$orderby=name desc,creditlimit',
    '&$orderby=creditlimit desc',
    '&$orderby=modifiedon,name',
    '&$orderby=primarycontactid/fullname',
  ]) {
    const seen: string[] = []
    let url = `/api/data/v9.2/accounts?$select=name&$top=3${order.replaceAll(' ', '%20')}`
    for (let pages = 0; pages < 20; pages += 1) {
      const page = (
        await platform.app.inject({ method: 'GET', url, headers: { authorization: `Bearer ${token}`, prefer: 'odata.maxpagesize=5' } })
      ).json()
      seen.push(...page.value.map((row: { accountid: string }) => row.accountid))
      if (page['@odata.nextLink'] === undefined) break
      url = page['@odata.nextLink'].slice(BASE.length)
    }
    expect([order, seen.length, new Set(seen).size]).toEqual([order, 23, 23])
  }
  expect((await send('GET', 'accounts?$top=3')).json.value).toHaveLength(3)
  expect((await send('GET', 'accounts?$top=3')).json['@odata.nextLink']).toBeUndefined()
  for (const size of ['0', 'x', '-5', '9999'])
    expect((await send('GET', 'accounts', { prefer: `odata.maxpagesize=${size}` })).json.value).toHaveLength(23)
})

test('DV-072 DV-073 expands and their limits', async (t) => {
  const { send } = await withAccounts(t)
  const { json } = await send(
    'GET',
    "accounts?$select=name&$filter=name eq 'beta''s'&$expand=contact_customer_accounts($select=lastname;$expand=parentcustomerid_account($select=name)),primarycontactid($select=fullname)",
  )
  expect(json['@odata.context']).toBe(
    `${ROOT}/$metadata#accounts(name,contact_customer_accounts(lastname,parentcustomerid_account(name)),primarycontactid(fullname))`,
  )
  expect(json.value[0]).toMatchObject({
    contact_customer_accounts: [{ lastname: 'Child', parentcustomerid_account: { name: "beta's" } }],
    primarycontactid: null,
  })
  const ref = await send('GET', 'accounts({G:41})?$select=name&$expand=primarycontactid/$ref')
  expect(ref.json.primarycontactid).toEqual({ '@odata.id': `${ROOT}/contacts(${guid('02')})` })
  for (const expand of [
    'primarycontactid($top=1)',
    'primarycontactid($orderby=fullname)',
    'contact_customer_accounts($expand=contact_customer_contacts($top=1))',
    'contact_customer_accounts/$ref',
    'contact_customer_accounts($select=nmae)',
    'contact_customer_accounts($count=true)',
    'contact_customer_accounts($levels=2)',
    'contact_customer_accounts($search=x)',
    'contact_customer_accounts($skip=1)',
  ]) {
    const answer = await send('GET', `accounts?$select=name&$expand=${expand}`)
    expect([expand, answer.status, answer.json.error.code]).toEqual([expand, 400, '0x80060888'])
  }
  const many = Array.from({ length: 16 }, () => 'primarycontactid').join(',')
  expect((await send('GET', `accounts?$expand=${many}`)).status).toBe(400)
})

test('DV-072 nested children come in pages with a link to the rest', async (t) => {
  const { send, platform, token } = await withAccounts(t)
  const contact = (n: number, parent: string): Row => ({
    contactid: guid(`8${n}`),
    lastname: `Nested ${n}`,
    parentcustomerid: { table: 'account', id: guid(parent) },
  })
  await platform.seed([{ table: 'contact', rows: [0, 1, 2, 3, 4].map((n) => contact(n, '41')) }])
  await platform.seed([{ table: 'contact', rows: [contact(5, '42')] }])
  await send('PATCH', 'contacts({G:80})', { body: { 'parentcustomerid_account@odata.bind': '/accounts({G:41})' } })
  const prefer = 'odata.maxpagesize=2'
  const expand = '$expand=parentcustomerid_account($select=name;$expand=contact_customer_accounts($select=lastname))'
  const { json } = await send('GET', `contacts?$select=lastname&$filter=startswith(lastname,'Nested')&${expand}`, { prefer })
  const account = json.value[0].parentcustomerid_account
  const seen: string[] = account.contact_customer_accounts.map((row: { lastname: string }) => row.lastname)
  expect(seen).toHaveLength(2)
  let link: string | undefined = account['contact_customer_accounts@odata.nextLink']
  expect(link).toContain(`${ROOT}/accounts(${guid('41')})/contact_customer_accounts?$select=lastname&$skiptoken=`)
  while (link !== undefined) {
    const headers = { authorization: `Bearer ${token}`, prefer }
    const page = (await platform.app.inject({ method: 'GET', url: link.slice(BASE.length), headers })).json()
    seen.push(...page.value.map((row: { lastname: string }) => row.lastname))
    link = page['@odata.nextLink']
  }
  expect(seen).toEqual(['Nested 0', 'Nested 1', 'Nested 2', 'Nested 3', 'Nested 4'])
  const all = await send('GET', `contacts?$select=lastname&$filter=startswith(lastname,'Nested')&${expand}`)
  expect(all.json.value[0].parentcustomerid_account.contact_customer_accounts).toHaveLength(5)
  expect(all.text).not.toContain('@odata.nextLink')
})

test('DV-054 DV-061 DV-072 the owner leads to a user or to a team', async (t) => {
  const { send } = await withAccounts(t)
  const team = (await send('GET', 'teams?$select=name')).json.value[0].teamid
  await send('PATCH', 'accounts({G:41})', { body: { 'ownerid@odata.bind': `/teams(${team})` } })
  const owners = await send(
    'GET',
    "accounts?$select=name&$filter=ownerid/name eq 'halvorsen' or ownerid/fullname eq 'Integrator'&$expand=ownerid($select=fullname,name)",
  )
  const byId = new Map(owners.json.value.map((row: { accountid: string; ownerid: object }) => [row.accountid, row.ownerid]))
  expect(byId.get(guid('41'))).toMatchObject({ name: 'halvorsen', teamid: team })
  const teams = await send('GET', "accounts?$select=name&$filter=ownerid/name eq 'halvorsen'")
  expect(teams.json.value.map((row: { accountid: string }) => row.accountid)).toEqual([guid('41')])
  const reference = await send('GET', 'accounts({G:41})?$select=name&$expand=ownerid/$ref')
  expect(reference.json.ownerid).toEqual({ '@odata.id': `${ROOT}/teams(${team})` })
  expect((await send('GET', 'accounts?$select=name&$expand=ownerid($select=nmae)')).json.error.code).toBe('0x80060888')
})

test('DV-008 DV-071 preferences are read in every form; a count is plain text', async (t) => {
  const { send, platform, token } = await withAccounts(t)
  for (const prefer of [
    'odata.maxpagesize=2,odata.include-annotations="*"',
    'ODATA.MaxPageSize=2, odata.include-annotations="Microsoft.Dynamics.CRM.*,OData.Community.Display.V1.FormattedValue"',
    'unknown; x="a,b", odata.include-annotations=*, odata.maxpagesize="2"',
  ]) {
    const { json } = await send('GET', 'accounts?$select=statecode', { prefer })
    expect([prefer, json.value.length, json.value[0]['statecode@OData.Community.Display.V1.FormattedValue']]).toEqual([prefer, 2, 'Active'])
  }
  const lines = await platform.app.inject({
    method: 'GET',
    url: '/api/data/v9.2/accounts?$select=name',
    headers: { authorization: `Bearer ${token}`, prefer: ['odata.maxpagesize=2', 'odata.include-annotations="*"'] as unknown as string },
  })
  expect(lines.json().value).toHaveLength(2)
  const count = await send('GET', 'contacts/$count')
  expect([count.headers['content-type'], count.text.charCodeAt(0), count.text.slice(1)]).toEqual([
    'text/plain',
    0xfeff,
    expect.stringMatching(/^\d+$/),
  ])
})

test('DV-137 DV-074 collection paths take the options of a set; groups name looked-up columns by their table', async (t) => {
  const { send } = await withAccounts(t)
  expect(
    (await send('GET', "accounts({G:42})/contact_customer_accounts?$select=lastname&$filter=lastname eq 'child'&$count=true")).json,
  ).toMatchObject({ '@odata.count': 1, value: [{ lastname: 'Child' }] })
  expect((await send('GET', 'accounts({G:42})/contact_customer_accounts?$apply=aggregate($count as n)')).json.value).toEqual([{ n: 1 }])
  expect((await send('GET', 'accounts({G:42})/contact_customer_accounts/$count')).text).toBe('\uFEFF1')
  expect((await send('GET', 'accounts({G:fe})/contact_customer_accounts')).status).toBe(404)
  const groups = await send('GET', 'accounts?$apply=groupby((primarycontactid/fullname),aggregate($count as n))')
  expect(groups.json.value).toEqual(expect.arrayContaining([{ contact_fullname: 'Ada Lind', n: 1 }, { n: 3 }]))
  const ordered = await send('GET', 'accounts?$apply=groupby((name),aggregate($count as n))&$orderby=n')
  expect([ordered.status, ordered.json.error.message]).toEqual([400, 'The query node SingleValueOpenPropertyAccess is not supported'])
})

test('DV-074 DV-067 groups come in pages, and $apply goes with no option that it would ignore', async (t) => {
  const { send, platform, token } = await withAccounts(t)
  const headers = { authorization: `Bearer ${token}`, prefer: 'odata.maxpagesize=2' }
  const seen: unknown[] = []
  let url: string | undefined = '/api/data/v9.2/accounts?$apply=groupby((name),aggregate($count%20as%20n))&$orderby=name%20desc'
  while (url !== undefined) {
    const page: Record<string, string> & { value: readonly { name: string }[] } = (
      await platform.app.inject({ method: 'GET', url, headers })
    ).json()
    seen.push(...page.value.map((group) => group.name))
    url = page['@odata.nextLink']?.slice(BASE.length)
  }
  expect(seen).toEqual(['Gamma 100%', 'delta', "beta's", 'Alpha'])
  const shown = await send(
    'GET',
    'accounts?$apply=groupby((industrycode,creditonhold,_primarycontactid_value),aggregate($count as n))&$orderby=industrycode desc&$top=1',
    {
      prefer: 'odata.include-annotations="OData.Community.Display.V1.FormattedValue"',
    },
  )
  expect(shown.json.value).toEqual([
    {
      'industrycode@OData.Community.Display.V1.FormattedValue': 'Shipping',
      industrycode: 7,
      'creditonhold@OData.Community.Display.V1.FormattedValue': 'No',
      creditonhold: false,
      '_primarycontactid_value@OData.Community.Display.V1.FormattedValue': 'Ada Lind',
      _primarycontactid_value: guid('02'),
      'n@OData.Community.Display.V1.FormattedValue': '1',
      n: 1,
    },
  ])
  const top = await send('GET', 'accounts?$apply=groupby((name))&$orderby=name&$top=1')
  expect(top.json).toEqual({ '@odata.context': `${ROOT}/$metadata#accounts`, value: [{ name: 'Alpha' }] })
  for (const option of ['$select=name', '$expand=primarycontactid', '$count=true', '$skiptoken=x', "$skiptoken=<cookie pagenumber='2'/>"]) {
    const answer = await send('GET', `accounts?$apply=groupby((name))&${option}`)
    expect([option, answer.status, answer.json.error.code]).toEqual([option, 400, '0x80060888'])
  }
})

test('DV-013 DV-016 keys: id, named id, undefined tuples', async (t) => {
  const { send } = await startPlatform(t)
  expect((await send('GET', 'accounts(accountid={G:01})?$select=name')).status).toBe(200)
  expect((await send('GET', `accounts(${guid('01').toUpperCase()})?$select=name`)).json.accountid).toBe(guid('01'))
  expect((await send('GET', "accounts(accountnumber=@p1)?$select=name&@p1='HMS-1001'")).status).toBe(200)
  for (const key of ["name='x'", "accountnumber='x',name='y'", "'x'", '5', 'accountnumber=5']) {
    const answer = await send('GET', `accounts(${key})`)
    expect([key, answer.status, answer.json.error.code]).toEqual([key, 400, '0x80060890'])
    expect(answer.json.error.message).toMatch(/^The key in the request URI is not valid for resource 'Microsoft.Dynamics.CRM.account'\./)
  }
  expect((await send('GET', 'systemusers(systemuserid={G:0c})')).status).toBe(400)
  expect((await send('GET', 'systemusers({G:0c})?$select=fullname')).status).toBe(200)
  expect((await send('GET', "accounts(accountnumber='none')")).json.error.code).toBe('0x80060891')
})

test('DV-127 DV-012 functions by the wrong verb, unknown segments, the service document', async (t) => {
  const { send } = await startPlatform(t)
  const wrong = await send('POST', 'WhoAmI', { body: {} })
  expect([wrong.status, wrong.json]).toEqual([
    404,
    { error: { code: '', message: `No HTTP resource was found that matches the request URI '${ROOT}/WhoAmI'.` } },
  ])
  expect((await send('GET', 'NoSuchFunction()')).json.error.message).toBe("Resource not found for the segment 'NoSuchFunction'.")
  expect((await send('GET', 'accounts({G:01})/nothing')).status).toBe(404)
  expect((await send('GET', '')).json.value).toEqual(expect.arrayContaining([{ name: 'accounts', kind: 'EntitySet', url: 'accounts' }]))
})

test('DV-010 DV-109 error annotations come on request only', async (t) => {
  const { send } = await startPlatform(t)
  const plain = await send('GET', 'accounts?$select=x')
  expect(Object.keys(plain.json.error)).toEqual(['code', 'message'])
  const annotated = await send('GET', 'accounts?$select=x', { prefer: 'odata.include-annotations="Microsoft.PowerApps.CDS.ErrorDetails*"' })
  expect(annotated.json.error['@Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus']).toBe('0')
})

test('DV-129 a plus is a blank, and percent-encoding makes no difference', async (t) => {
  const { platform, token } = await startPlatform(t)
  const urls = [
    'accounts?$filter=name+eq+%27Nordkai+Yards%27',
    'accounts?%24filter=name%20eq%20%27nordkai%20yards%27',
    'accounts(accountnumber=%27HMS-1002%27)?$select=name',
    'accounts%28accountnumber%3D%27HMS-1002%27%29',
  ]
  for (const url of urls) {
    const answer = await platform.app.inject({ method: 'GET', url: `/api/data/v9.2/${url}`, headers: { authorization: `Bearer ${token}` } })
    expect([url, answer.statusCode, answer.payload.includes('Nordkai Yards')]).toEqual([url, 200, true])
  }
  for (const url of [
    '/api/data/v9.2/accounts?$filter=%zz',
    '/api/data/v9.2/%zz',
    '/api/data/v9.2/accounts?$filter=name eq %C3',
    '/api/data/v8.0/accounts',
    '/nothing',
    '/api/data/v9.2/accounts(',
  ]) {
    const answer = await platform.app.inject({
      method: 'GET',
      url: url.replaceAll(' ', '%20'),
      headers: { authorization: `Bearer ${token}` },
    })
    expect([url, answer.statusCode >= 400 && answer.statusCode < 500, Object.keys(answer.json())]).toEqual([url, true, ['error']])
  }
})
