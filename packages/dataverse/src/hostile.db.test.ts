import { expect, test } from 'vitest'
import { guid, startPlatform } from './platform.case.ts'

const DEEP = `${'('.repeat(500)}name eq 'x'${')'.repeat(500)}`

/** Method, URL, body: none of these may be answered by a fault of the server. */
const REQUESTS: readonly (readonly [string, string, unknown?])[] = [
  ['GET', `accounts?$filter=${DEEP}`],
  ['GET', 'accounts?$filter=creditlimit eq 1e999999'],
  ['GET', 'accounts?$filter=numberofemployees eq 99999999999999999999999'],
  ['GET', 'accounts?$filter=createdon eq 9999-99-99T00:00:00Z'],
  ['GET', 'accounts?$filter=createdon gt 0001-01-01T00:00:00Z'],
  ['GET', "accounts?$filter=name eq '\u0000'"],
  ['GET', "accounts?$filter=contains(name,'[')"],
  ['GET', "accounts?$filter=contains(name,'\\\\')"],
  ['GET', "accounts?$filter=Microsoft.Dynamics.CRM.LastXDays(PropertyName='createdon',PropertyValue=999999999)"],
  ['GET', "accounts?$filter=Microsoft.Dynamics.CRM.LastXYears(PropertyName='createdon',PropertyValue=-5)"],
  ['GET', "accounts?$filter=Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=[{}])"],
  ['GET', "accounts?$filter=Microsoft.Dynamics.CRM.Under(PropertyName='accountid',PropertyValue='x')"],
  ['GET', 'accounts?$orderby=primarycontactid'],
  ['GET', 'accounts?$orderby=contact_customer_accounts/$count'],
  ['GET', 'accounts?$apply=groupby((createdon))'],
  ['GET', 'accounts?$apply=aggregate(name with sum as x)'],
  ['GET', 'accounts?$apply=aggregate(creditlimit with sum as x,creditlimit with sum as x)'],
  ['GET', 'accounts?$apply=groupby((name))/filter(name eq 5)'],
  ['GET', "accounts?$skiptoken=<cookie pagenumber='2' pagingcookie='%253Ccookie%253E' />"],
  [
    'GET',
    'accounts?$orderby=creditlimit&$skiptoken=%3Ccookie%20pagenumber=%222%22%20pagingcookie=%22%253Ccookie%2520page%253D%25221%2522%253E%253Ccreditlimit%2520last%253D%2522x%2522%2520%252F%253E%253Caccountid%2520last%253D%2522%257B6F1C2A90-3B7E-4D11-9A55-0D3C8E21F011%257D%2522%2520%252F%253E%253C%252Fcookie%253E%22%20/%3E',
  ],
  ['GET', 'accounts?$select=name,name&$expand=primarycontactid,primarycontactid'],
  ['GET', 'accounts?$top=99999999999999999999'],
  ['GET', "accounts(accountnumber='a%2Fb')"],
  ['GET', 'accounts()'],
  ['GET', 'accounts({G:01})/contact_customer_accounts({G:02})/fullname'],
  ['GET', 'accounts({G:01})/primarycontactid/fullname/$value'],
  ['GET', 'accounts({G:01})/primarycontactid/$count'],
  ['GET', 'accounts({G:01})/$count'],
  ['GET', 'accounts/$value'],
  ['GET', '$1'],
  ['GET', '//'],
  ['GET', "EntityDefinitions(LogicalName='account')/Attributes?$filter=LogicalName/x/y eq 5"],
  ['GET', 'EntityDefinitions?$filter=Keys/any(k:k/x eq 1)'],
  ['GET', 'EntityDefinitions({G:01})/Attributes(x)'],
  ['GET', 'RetrieveTotalRecordCount(EntityNames={"a":1})'],
  ['GET', 'RetrieveTotalRecordCount(EntityNames=["pg_class"])'],
  ['PUT', 'accounts({G:01})', {}],
  ['POST', 'accounts({G:01})', {}],
  ['PATCH', 'accounts({G:01})/name', { value: 1 }],
  ['PUT', 'accounts({G:01})/name', {}],
  ['PUT', 'accounts({G:01})/versionnumber', { value: 5 }],
  ['PUT', 'accounts({G:01})/accountid', { value: guid('77') }],
  ['PATCH', 'accounts({G:01})', { accountid: guid('77') }],
  ['PATCH', 'accounts({G:01})', { 'ownerid@odata.bind': null }],
  ['PATCH', 'accounts({G:01})', { 'ownerid@odata.bind': '/accounts({G:01})' }],
  ['PATCH', 'accounts({G:01})', { 'transactioncurrencyid@odata.bind': null, creditlimit: null }],
  ['PATCH', 'accounts({G:01})', { primarycontactid: { lastname: 'x' } }],
  ['PATCH', 'accounts({G:01})', { 'contact_customer_accounts@odata.bind': ['/contacts({G:02})'] }],
  ['PATCH', 'accounts({G:01})', { statecode: null, statuscode: null }],
  ['POST', 'accounts', { constructor: 1 }],
  ['POST', 'accounts', '{"__proto__":{"name":"x"}}'],
  ['POST', 'accounts', { toString: 'x' }],
  ['POST', 'accounts', { name: '\uD800' }],
  ['POST', 'accounts', { name: 'x', contact_customer_accounts: [5] }],
  ['POST', 'accounts', { name: 'x', primarycontactid: { parentcustomerid_account: { name: 'y', primarycontactid: { lastname: 'z' } } } }],
  [
    'POST',
    'accounts',
    `{"name":"x","primarycontactid":${'{"parentcustomerid_account":{"primarycontactid":'.repeat(60)}null${'}}'.repeat(60)}}`,
  ],
  ['POST', 'accounts', { '@odata.bind': '/contacts({G:02})' }],
  ['POST', 'accounts', { 'primarycontactid@odata.bind': 'https://elsewhere.example/api/data/v9.2/contacts({G:02})/x' }],
  ['POST', 'accounts', { name: 'x', 'contact_customer_accounts@odata.bind': ['/accounts({G:01})'] }],
  ['POST', 'accounts', { name: 'x', 'contact_customer_accounts@odata.bind': ['/contacts({G:02})', '/accounts({G:01})'] }],
  ['PUT', 'accounts({G:01})/createdby/$ref', { '@odata.id': 'systemusers({G:0c})' }],
  ['DELETE', 'accounts({G:01})/createdby/$ref'],
  ['POST', 'accounts', { creditlimit: 0.0000000000000001 }],
  ['POST', 'accounts/Microsoft.Dynamics.CRM.Nothing', {}],
  ['POST', 'organizations', { name: 'second' }],
  ['DELETE', 'transactioncurrencies({G:0b})'],
  ['DELETE', 'businessunits({G:0d})'],
  ['DELETE', 'accounts({G:01})/primarycontactid'],
  ['DELETE', 'accounts({G:01})/accountid'],
  ['DELETE', 'accounts({G:01})/contact_customer_accounts/$ref'],
  ['PUT', 'accounts({G:01})/primarycontactid/$ref', { '@odata.id': 5 }],
  ['PUT', 'accounts({G:01})/primarycontactid/$ref', {}],
  ['POST', '$batch', 'x'],
  ['GET', '$batch'],
  ['OPTIONS', 'accounts'],
]

test('no request is answered by a fault of the server, and every refusal has the error body', async (t) => {
  const { send } = await startPlatform(t)
  for (const [method, url, body] of REQUESTS) {
    const answer = await send(method, url, body === undefined ? {} : { body })
    const request = `${method} ${url.slice(0, 150)} ${JSON.stringify(body)?.slice(0, 100)}`
    expect([request, answer.status < 500, answer.text.slice(0, 200)]).toEqual([request, true, answer.text.slice(0, 200)])
    if (answer.status >= 400) expect([request, typeof answer.json?.error?.message]).toEqual([request, 'string'])
  }
  expect((await send('GET', 'accounts?$select=name')).status).toBe(200)
})

/** Values that a client may send where a column, key, literal, reference or header is expected. */
const VALUES: readonly unknown[] = [
  ...[null, true, -1, 1.5, 1e308, 2 ** 53, -1e21, '', 'x', 'x\u0000y', '\ud800', '\udfff\ud800', 'x'.repeat(5_000), {}, [], [[]], { a: 1 }],
  ...['2025-02-30', '0000-00-00', '10000-01-01T00:00:00Z', '1752-12-31', '2025-02-11T09:30:00+99:99', '-2025-01-01', 'NaN', '1e5', '$1'],
  ...[
    guid('01'),
    `{${guid('01')}}`,
    '/accounts',
    '//accounts({G:01})',
    "/accounts(accountnumber='\u0000')",
    "/accounts(accountnumber='%00')",
  ],
  ...['/accounts(accountnumber=null)', "/accounts(name='x')", 'http://[', '/contacts(%ZZ)', "/accounts(accountnumber='%E0%A4%A')", '/'],
]

const QUERIES: readonly ((value: string) => string)[] = [
  (value) => `accounts(accountnumber='${value}')`,
  (value) => `accounts(${value})`,
  (value) => `accounts/${value}`,
  (value) => `accounts(${guid('01')})/${value}`,
  (value) => `accounts?$filter=name eq '${value}' or creditlimit gt ${value}`,
  (value) => `accounts?$filter=creditlimit gt ${value}`,
  (value) => `accounts?$filter=createdon lt ${value}`,
  (value) => `accounts?$filter=accountid eq ${value}`,
  (value) => `accounts?$filter=contains(name,'${value}')`,
  (value) => `accounts?$filter=name eq @p&@p='${value}'`,
  (value) => `accounts?$filter=primarycontactid/fullname eq '${value}'`,
  (value) => `accounts?$filter=Microsoft.Dynamics.CRM.On(PropertyName='createdon',PropertyValue='${value}')`,
  (value) => `accounts?$filter=Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=['${value}'])`,
  ...['$select', '$orderby', '$expand', '$apply', '$top', '$skiptoken', '$deltatoken', '$count'].map(
    (option) => (value: string) => `accounts?${option}=${value}`,
  ),
  ...['fetchXml', 'savedQuery', 'userQuery'].map((option) => (value: string) => `accounts?${option}=${value}`),
  (value) =>
    `accounts?fetchXml=<fetch><entity name="account"><filter><condition attribute="name" operator="like" value="${value}"/></filter></entity></fetch>`,
  (value) => `EntityDefinitions(LogicalName='${value}')`,
  (value) => `RetrieveTotalRecordCount(EntityNames=['${value}'])`,
]

/** Words that only a fault of the inside would show. */
const INSIDE = /node_modules|\.ts:\d|\bselect .+ from |syntax error at or near|invalid byte sequence|duplicate key value/i

test('no value in any place is answered by a fault, and no answer shows the inside', async (t) => {
  const { platform, token } = await startPlatform(t)
  const call = async (
    method: string,
    url: string,
    options: { readonly body?: unknown; readonly headers?: Record<string, string> } = {},
  ) => {
    const isRaw = typeof options.body === 'string'
    const answer = await platform.app.inject({
      method: method as 'GET',
      url: `/api/data/v9.2/${url}`,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...options.headers },
      ...(options.body !== undefined && { payload: isRaw ? (options.body as string) : JSON.stringify(options.body) }),
    })
    const shown = [method, url.slice(0, 120), JSON.stringify(options).slice(0, 200), answer.payload.slice(0, 200)]
    expect([...shown, answer.statusCode < 500 || answer.statusCode === 501, INSIDE.test(answer.payload)]).toEqual([...shown, true, false])
    return answer
  }
  const account = platform.model.tables.get('account')
  const members = [
    ...(account?.columns.flatMap((column) => [column.name, column.property]) ?? []),
    ...[...(account?.navigations.keys() ?? [])].flatMap((name) => [name, `${name}@odata.bind`]),
    ...['@odata.id', '@odata.type', '__proto__', 'constructor', '', '@', '@odata.bind', 'x\u0000'],
  ]
  for (const [at, value] of VALUES.entries()) {
    // Every member meets every fourth value: the whole square takes too long.
    for (const name of members.filter((_, index) => index % 4 === at % 4)) {
      await call('PATCH', `accounts(${guid('01')})`, { body: { [name]: value } })
      await call('POST', 'accounts', { body: { [name]: value } })
    }
    const text = encodeURIComponent((typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed())
    for (const query of QUERIES) await call('GET', query(text))
    for (const action of ['CreateMultiple', 'UpdateMultiple', 'UpsertMultiple']) {
      for (const target of [value, { '@odata.type': 'Microsoft.Dynamics.CRM.account', '@odata.id': value, accountid: value, name: value }])
        await call('POST', `accounts/Microsoft.Dynamics.CRM.${action}`, { body: { Targets: [target] } })
    }
    const header = String(value).replace(/[^\x20-\x7e]/g, '?')
    for (const name of [
      'if-match',
      'if-none-match',
      'prefer',
      'content-type',
      'odata-version',
      'mscrmcallerid',
      'callerobjectid',
      'authorization',
    ])
      await call('PATCH', `accounts(${guid('01')})`, { body: { name: 'x' }, headers: { [name]: header } })
    const part = `--b\r\nContent-Type: application/http\r\nContent-ID: ${header}\r\n\r\nPATCH ${header} HTTP/1.1\r\nIf-Match: ${header}\r\n\r\n{}\r\n--b--`
    for (const boundary of ['b', header])
      await call('POST', '$batch', { body: part, headers: { 'content-type': `multipart/mixed; boundary=${boundary}` } })
  }
  expect((await call('GET', 'accounts?$select=name&$top=1')).statusCode).toBe(200)
})

test('requests of great length and depth are answered', async (t) => {
  const { send } = await startPlatform(t)
  const nested = (depth: number): unknown =>
    depth === 0
      ? { lastname: 'end' }
      : { name: `n${depth}`, primarycontactid: { lastname: 'l', parentcustomerid_account: depth === 1 ? null : nested(depth - 1) } }
  const repeated = (text: string, times: number, by: string): string => Array.from({ length: times }, () => text).join(by)
  for (const [expected, url] of [
    [200, `accounts?$select=${repeated('name', 3_000, ',')}`],
    [400, `accounts?$select=${repeated('name', 10_000, ',')}`],
    [400, `accounts?$filter=${repeated("name eq 'x'", 5_000, ' or ')}`],
    [400, `accounts?$filter=${repeated('not', 5_000, ' ')} name eq name`],
    [400, `accounts?$expand=${repeated('primarycontactid', 16, ',')}`],
  ] as const)
    expect([url.slice(0, 40), (await send('GET', url)).status]).toEqual([url.slice(0, 40), expected])
  expect((await send('POST', 'accounts', { body: nested(25) })).status).toBe(204)
  for (const body of [
    nested(2_000),
    `{"name":${'['.repeat(100_000)}`,
    `{"creditlimit":1${'0'.repeat(5_000)}}`,
    '{"creditlimit":1e99999999}',
  ])
    expect((await send('POST', 'accounts', { body })).status).toBe(400)
})
