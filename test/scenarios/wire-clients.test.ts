import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileScope, type StartedInstallation } from '../support/command-line.ts'
import { type CallOptions, credentialsOf, type HttpReply, type OutsideClients, outsideClients } from '../support/outside-client.ts'
import { startPreparedInstallation } from '../support/prepared-installation.ts'

/** Both applications as any client in the world meets them: addresses, a token, and bytes. */

const scope = fileScope(afterAll)
let installation: StartedInstallation
let outside: OutsideClients

beforeAll(async () => {
  installation = await startPreparedInstallation(scope)
  outside = await outsideClients(installation)
}, 120_000)

const dv = (method: string, path: string, options?: CallOptions): Promise<HttpReply> => outside.sales.call(method, path, options)
const fo = (method: string, path: string, options?: CallOptions): Promise<HttpReply> => outside.supplyChain.call(method, path, options)
const q = encodeURIComponent

const DV_ERROR = { error: { code: expect.stringMatching(/^$|^0x[0-9a-f]{8}$/), message: expect.stringMatching(/./) } }
const innerError = (message: unknown) => ({
  error: { code: '', message: expect.any(String), innererror: { message, type: expect.any(String), stacktrace: expect.any(String) } },
})
const NO_STACK = /\bat .*\.[jt]s:\d+|node_modules|\/src\/|select .* from |syntax error at or near/i

/** Status as expected, a body of the protocol's own shape, nothing of the inside shown. */
function expectRefusal(reply: HttpReply, status: number | readonly number[], body: unknown): void {
  expect([status].flat(), reply.text.slice(0, 500)).toContain(reply.status)
  expect(reply.json).toMatchObject(body as object)
  expect(reply.text).not.toMatch(NO_STACK)
}

async function tokenReply(
  part: 'sales' | 'supplyChain',
  changes: Readonly<Record<string, string>>,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const { clientId, clientSecret } = (await credentialsOf(installation.data))[part]
  const url = installation.urls[part]
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: `${url}/.default`, ...changes }
  const response = await fetch(`${url}/any-tenant/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form) })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('tokens', () => {
  test.each([
    ['DV-001', 'sales'],
    ['FO-001', 'supplyChain'],
  ] as const)('%s a client with the right secret gets a bearer token', async (_point, part) => {
    const { status, body } = await tokenReply(part, {})
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3599, access_token: expect.stringMatching(/./) })
  })

  const WRONG: readonly (readonly [string, Readonly<Record<string, string>>, number, string, number])[] = [
    ['a wrong secret', { client_secret: 'guess' }, 401, 'invalid_client', 7000215],
    ['a malformed scope', { scope: 'everything' }, 400, 'invalid_scope', 70011],
    ['another grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
  ]
  test.each(WRONG)('DV-001 FO-001 %s is refused in the words of the directory', async (_name, changes, status, error, code) => {
    for (const part of ['sales', 'supplyChain'] as const) {
      const reply = await tokenReply(part, changes)
      expect(reply.status).toBe(status)
      expect(reply.body).toMatchObject({
        error,
        error_description: expect.stringMatching(new RegExp(`^AADSTS${code}: `)),
        error_codes: [code],
        timestamp: expect.any(String),
        trace_id: expect.any(String),
        correlation_id: expect.any(String),
      })
      expect(JSON.stringify(reply.body)).not.toContain('guess')
    }
  })

  test('FO-001 a scope with a doubled slash gives no token that works', async () => {
    const { body } = await tokenReply('supplyChain', { scope: `${installation.urls.supplyChain}//.default` })
    const token = typeof body.access_token === 'string' ? body.access_token : 'none'
    expect((await fo('GET', '/CustomerGroups', { token })).status).toBe(401)
  })

  test('DV-004 FO-003 no token, garbage, half a token, and the token of the other application are refused with 401', async () => {
    const { sales, supplyChain, server } = outside.tokens
    const tampered = (token: string): string => token.replace(/^([^.]+\.[^.]{10})./, (_all, head) => `${head}x`)
    for (const token of ['', 'garbage', 'a.b.c', sales.slice(0, -10), tampered(sales), supplyChain, server, '\u00e9'.normalize()]) {
      const reply = await dv('GET', '/accounts', { token })
      expectRefusal(reply, 401, { error: { message: expect.any(String) } })
      expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer authorization_uri=\S+, resource_id=\S+$/)
    }
    for (const token of ['', 'garbage', supplyChain.slice(0, -10), tampered(supplyChain), sales, server]) {
      const reply = await fo('GET', '/CustomersV2', { token })
      expectRefusal(reply, 401, {})
      expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer/)
    }
    for (const authorization of ['Basic dXNlcjpwYXNz', 'Bearer', `bearer ${sales} ${sales}`, `Bearer  `]) {
      expect((await dv('GET', '/WhoAmI', { token: '', headers: { authorization } })).status).toBe(401)
      expect((await fo('GET', '/CustomerGroups', { token: '', headers: { authorization } })).status).toBe(401)
    }
  })
})

describe('Sales, over the Dataverse Web API', () => {
  const id = (n: number): string => `6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0${n.toString(16).padStart(2, '0')}`

  test('DV-005 DV-006 WhoAmI answers with and without brackets', async () => {
    for (const path of ['/WhoAmI', '/WhoAmI()']) {
      const reply = await dv('GET', path)
      expect(reply.status).toBe(200)
      expect(reply.headers.get('odata-version')).toBe('4.0')
      expect(reply.headers.get('content-type')).toMatch(/application\/json; *odata\.metadata=minimal/)
      expect(reply.json['@odata.context']).toBe(`${outside.sales.root}/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse`)
    }
  })

  test('DV-031 DV-032 DV-020 create, with and without representation', async () => {
    const plain = await dv('POST', '/accounts', {
      body: {
        accountid: id(1),
        name: 'Halvorsen Marine Supply',
        accountnumber: 'HMS-1001',
        creditlimit: 50_000,
        primarycontactid: { contactid: id(2), firstname: 'Ada', lastname: 'Lind' },
      },
    })
    expect([plain.status, plain.text, plain.headers.get('odata-entityid')]).toEqual([204, '', `${outside.sales.root}/accounts(${id(1)})`])
    const shown = await dv('POST', '/accounts?$select=name,accountnumber', {
      headers: { prefer: 'return=representation' },
      body: { accountid: id(16), name: 'Nordkai Yards', accountnumber: 'HMS-1002' },
    })
    expect(shown.status).toBe(201)
    expect(shown.headers.get('preference-applied')).toBe('return=representation')
    expect(shown.headers.get('etag')).toMatch(/^W\/"\d+"$/)
    expect(shown.json).toEqual({
      '@odata.context': `${outside.sales.root}/$metadata#accounts(name,accountnumber)/$entity`,
      '@odata.etag': shown.headers.get('etag'),
      name: 'Nordkai Yards',
      accountnumber: 'HMS-1002',
      accountid: id(16),
    })
  })

  test('DV-013 DV-014 DV-022 read by id, by its named form and by alternate key', async () => {
    for (const key of [id(1), id(1).toUpperCase(), `accountid=${id(1)}`, "accountnumber='HMS-1001'", "accountnumber='hms-1001'"]) {
      const reply = await dv('GET', `/accounts(${key})?$select=name,fax`)
      expect(reply.json, key).toMatchObject({ accountid: id(1), name: 'Halvorsen Marine Supply', fax: null })
    }
  })

  test('DV-059 DV-060 DV-061 DV-129 filters, however they are encoded', async () => {
    const filters: readonly (readonly [string, readonly number[]])[] = [
      ["name eq 'nordkai yards'", [16]],
      ["contains(name,'marine') and accountnumber ne null", [1]],
      ["not startswith(name,'N') and accountnumber ne null", [1]],
      ["(creditlimit ge 50000 or name eq 'x''y')", [1]],
      ["primarycontactid/lastname eq 'Lind'", [1]],
      ["contact_customer_accounts/any(c:c/lastname eq 'Nobody')", []],
      ["Microsoft.Dynamics.CRM.In(PropertyName='accountnumber',PropertyValues=['HMS-1001','HMS-1002'])", [1, 16]],
    ]
    for (const [filter, expected] of filters) {
      for (const encoded of [q(filter), q(filter).replaceAll('%20', '+'), q(filter).replaceAll('%2C', ',').replaceAll("'", '%27')]) {
        const reply = await dv('GET', `/accounts?$select=accountid&$orderby=accountnumber&$filter=${encoded}`)
        expect(
          reply.json?.value?.map((row: { accountid: string }) => row.accountid),
          `${filter}: ${reply.text}`,
        ).toEqual(expected.map(id))
      }
    }
    const alias = await dv('GET', `/accounts?$select=name&$filter=${q('name eq @n')}&@n=${q("'Nordkai Yards'")}`)
    expect(alias.json.value).toHaveLength(1)
  })

  test('DV-072 DV-140 expand of a lookup and of a collection', async () => {
    await dv('PATCH', `/contacts(${id(3)})`, { body: { lastname: 'Moen', 'parentcustomerid_account@odata.bind': `/accounts(${id(1)})` } })
    const reply = await dv(
      'GET',
      `/accounts(${id(1)})?$select=name&$expand=primarycontactid($select=lastname),contact_customer_accounts($select=lastname;$orderby=lastname)`,
    )
    expect(reply.json).toMatchObject({
      '@odata.context': `${outside.sales.root}/$metadata#accounts(name,primarycontactid(lastname),contact_customer_accounts(lastname))/$entity`,
      primarycontactid: { contactid: id(2), lastname: 'Lind' },
      contact_customer_accounts: [{ contactid: id(3), lastname: 'Moen' }],
      'contact_customer_accounts@odata.nextLink': expect.stringContaining(`/accounts(${id(1)})/contact_customer_accounts`),
    })
  })

  test('DV-067 DV-069 DV-093 pages of a bulk created set follow each other without a gap', async () => {
    const targets = Array.from({ length: 25 }, (_, n) => ({
      '@odata.type': 'Microsoft.Dynamics.CRM.account',
      name: `Page ${n}`,
      accountnumber: `PAGE-${n}`,
    }))
    const created = await dv('POST', '/accounts/Microsoft.Dynamics.CRM.CreateMultiple', { body: { Targets: targets } })
    expect(created.json.Ids).toHaveLength(25)
    const seen: string[] = []
    const sizes: number[] = []
    let link: string | undefined = `/accounts?$select=name&$filter=${q("startswith(name,'Page ')")}&$orderby=name`
    while (link !== undefined) {
      const page: HttpReply = await dv('GET', link, { headers: { prefer: 'odata.maxpagesize=10' } })
      expect(page.headers.get('preference-applied')).toBe('odata.maxpagesize=10')
      seen.push(...page.json.value.map((row: { accountid: string }) => row.accountid))
      sizes.push(page.json.value.length)
      link = page.json['@odata.nextLink']
    }
    expect(sizes).toEqual([10, 10, 5])
    expect(new Set(seen)).toEqual(new Set(created.json.Ids))
  })

  test('DV-039 DV-040 DV-041 DV-042 DV-043 DV-045 update, upsert and their conditions', async () => {
    expect((await dv('PATCH', `/accounts(${id(16)})`, { body: { name: 'Nordkai Yards AS' } })).status).toBe(204)
    const created = await dv('PATCH', "/accounts(accountnumber='HMS-1003')", {
      headers: { prefer: 'return=representation' },
      body: { accountid: id(19), name: 'Fjordline' },
    })
    expect(created.json, created.text).toMatchObject({ accountid: id(19), accountnumber: 'HMS-1003' })
    expect(created.status).toBe(201)
    const again = await dv('PATCH', "/accounts(accountnumber='HMS-1003')", { body: { name: 'Fjordline AS', accountnumber: 'IGNORED' } })
    expect([again.status, again.headers.get('odata-entityid')]).toEqual([204, `${outside.sales.root}/accounts(accountnumber='HMS-1003')`])

    expectRefusal(await dv('PATCH', `/accounts(${id(255)})`, { headers: { 'if-match': '*' }, body: { name: 'x' } }), 404, {
      error: { code: '0x80040217', message: `account With Id = ${id(255)} Does Not Exist` },
    })
    expectRefusal(await dv('PATCH', `/accounts(${id(19)})`, { headers: { 'if-none-match': '*' }, body: { name: 'x' } }), 412, {
      error: { code: '0x80040237', message: 'A record with matching key values already exists.' },
    })
    expectRefusal(await dv('PATCH', `/accounts(${id(19)})`, { headers: { 'if-match': 'W/"1"' }, body: { name: 'x' } }), 412, {
      error: { code: '0x80060882', message: "The version of the existing record doesn't match the RowVersion property provided." },
    })
    expect((await dv('GET', `/accounts(${id(19)})/name`)).json.value).toBe('Fjordline AS')
  })

  test('DV-047 DV-037 delete, and delete again', async () => {
    expect((await dv('DELETE', `/accounts(${id(19)})`)).status).toBe(204)
    expectRefusal(await dv('DELETE', `/accounts(${id(19)})`), 404, { error: { code: '0x80040217' } })
    expectRefusal(await dv('DELETE', '/accounts'), 405, DV_ERROR)
    expectRefusal(await dv('PATCH', '/accounts', { body: {} }), 405, DV_ERROR)
  })

  const changeSet = (parts: readonly string[]): string =>
    [
      '--b',
      'Content-Type: multipart/mixed; boundary=c',
      '',
      ...parts.flatMap((part, n) => [
        '--c',
        'Content-Type: application/http',
        'Content-Transfer-Encoding: binary',
        `Content-ID: ${n + 1}`,
        '',
        part,
      ]),
      '--c--',
      '--b--',
      '',
    ].join('\r\n')
  const batch = (body: string): Promise<HttpReply> =>
    dv('POST', '/$batch', { body, headers: { 'content-type': 'multipart/mixed; boundary=b' } })
  const write = (line: string, body: unknown): string => `${line} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(body)}`

  test('DV-088 DV-089 a change set whose second part names the first', async () => {
    const reply = await batch(
      changeSet([
        write('POST /api/data/v9.2/contacts', { contactid: id(4), lastname: 'Reference' }),
        write(`PATCH /api/data/v9.2/accounts(${id(16)})`, { 'primarycontactid@odata.bind': '$1' }),
      ]),
    )
    expect(reply.status, reply.text).toBe(200)
    expect(reply.text.match(/HTTP\/1\.1 204 No Content/g)).toHaveLength(2)
    expect(reply.text.match(/^Content-ID: \d/gm)).toEqual(['Content-ID: 1', 'Content-ID: 2'])
    expect(reply.text).toContain(`OData-EntityId: ${outside.sales.root}/contacts(${id(4)})`)
    expect((await dv('GET', `/accounts(${id(16)})?$select=_primarycontactid_value`)).json).toMatchObject({ _primarycontactid_value: id(4) })
  })

  test('DV-087 DV-144 a change set with one failing part leaves nothing', async () => {
    const reply = await batch(
      changeSet([
        write('POST /api/data/v9.2/contacts', { contactid: id(5), lastname: 'Gone' }),
        write('POST /api/data/v9.2/accounts', { nmae: 'x' }),
      ]),
    )
    expect(reply.status).toBe(400)
    expect(reply.text).toMatch(/HTTP\/1\.1 400 [A-Za-z ]+\r\n/)
    expect(reply.text).toContain("Invalid property 'nmae'")
    expect((await dv('GET', `/contacts(${id(5)})`)).status).toBe(404)
  })

  test('DV-088 a reference to a part that is not there', async () => {
    const reply = await batch(changeSet([write('PATCH $7', { name: 'x' })]))
    expect(reply.text).toContain("Content-ID Reference: '$7' does not exist in the batch context.")
  })

  test('DV-086 an empty batch answers as one; too many operations are refused before any is run', async () => {
    expect([200, 400]).toContain((await batch('--b--\r\n')).status)
    expect((await batch('')).status).toBe(400)
    const part =
      '--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nPOST /api/data/v9.2/contacts HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{"lastname":"Thousandfirst"}\r\n'
    expectRefusal(await batch(`${part.repeat(1001)}--b--\r\n`), 400, DV_ERROR)
    expect((await dv('GET', `/contacts?$select=lastname&$filter=${q("lastname eq 'Thousandfirst'")}`)).json.value).toEqual([])
  })

  const key = "The key in the request URI is not valid for resource 'Microsoft.Dynamics.CRM.account'."
  const REFUSED: readonly (readonly [string, string, string, CallOptions, number, string, RegExp])[] = [
    ['DV-011 a logical name in the path', 'GET', '/account', {}, 404, '0x80060888', /^Resource not found for the segment 'account'\.$/],
    ['DV-011 another case', 'GET', '/Accounts', {}, 404, '0x80060888', /'Accounts'/],
    ['DV-016 a key that is no key', 'GET', "/accounts(name='x')", {}, 400, '0x80060890', new RegExp(`^${key}`)],
    ['DV-016 a number as key', 'GET', '/accounts(1)', {}, 400, '0x80060890', new RegExp(`^${key}`)],
    ['DV-016 a text as key', 'GET', "/accounts('x')", {}, 400, '0x80060890', new RegExp(`^${key}`)],
    ['a key value without a row', 'GET', "/accounts(accountnumber='nope')", {}, 404, '0x80060891', /does not exist in account entity/],
    [
      'DV-064 an unknown column',
      'GET',
      '/accounts?$select=nmae',
      {},
      400,
      '0x80060888',
      /^Could not find a property named 'nmae' on type 'Microsoft\.Dynamics\.CRM\.account'\.$/,
    ],
    ['DV-064 an unknown column in a filter', 'GET', "/accounts?$filter=nmae%20eq%20'x'", {}, 400, '0x80060888', /'nmae'/],
    ['DV-064 an unknown column in an order', 'GET', '/accounts?$orderby=nmae', {}, 400, '0x80060888', /'nmae'/],
    ['DV-065 $skip', 'GET', '/accounts?$skip=1', {}, 400, '0x80060888', /^Skip Clause is not supported in CRM$/],
    ['DV-063 a function outside the list', 'GET', "/accounts?$filter=toupper(name)%20eq%20'A'", {}, 400, '0x80060888', /toupper/],
    ['a $top that is text', 'GET', '/accounts?$top=many', {}, 400, '0x80060888', /\$top/],
    ['a $top below nothing', 'GET', '/accounts?$top=-1', {}, 400, '0x80060888', /\$top/],
    ['a $top beyond all numbers', 'GET', '/accounts?$top=99999999999999999999', {}, 400, '0x80060888', /\$top/],
    ['an unknown option', 'GET', '/accounts?$bogus=1', {}, 400, '0x80060888', /bogus/],
    ['half a filter', 'GET', '/accounts?$filter=name%20eq', {}, 400, '0x80060888', /position/],
    ['a filter of the wrong type', 'GET', '/accounts?$filter=name%20eq%201', {}, 400, '0x80060888', /./],
    ['DV-128 an alias without a value', 'GET', '/accounts?$filter=name%20eq%20@x', {}, 400, '0x80060888', /@x/],
    ['a damaged skip token', 'GET', '/accounts?$skiptoken=zzz', {}, 400, '0x80060888', /skip token/i],
    ['a damaged delta token', 'GET', '/accounts?$deltatoken=zzz', {}, 400, '0x80060888', /delta token/i],
    ['DV-127 an unknown function', 'GET', '/Nothing()', {}, 404, '0x80060888', /'Nothing'/],
    ['DV-127 a function by POST', 'POST', '/WhoAmI', { body: {} }, 404, '', /^No HTTP resource was found that matches the request URI/],
    [
      'DV-036 an unknown property',
      'POST',
      '/accounts',
      { body: { name: 'X', nmae: 'Y' } },
      400,
      '0x80048d19',
      /Invalid property 'nmae' was found in entity 'Microsoft\.Dynamics\.CRM\.account'\./,
    ],
    [
      'DV-036 the name of an inherited property',
      'POST',
      '/accounts',
      { body: '{"name":"X","constructor":1}' },
      400,
      '0x80048d19',
      /'constructor'/,
    ],
    ['DV-036 __proto__', 'POST', '/accounts', { body: '{"name":"X","__proto__":{"name":"Y"}}' }, 400, '0x80048d19', /__proto__/],
    ['DV-141 a number for a text', 'POST', '/accounts', { body: { name: 5 } }, 400, '0x80048d19', /'name'/],
    ['DV-141 a text for an amount', 'POST', '/accounts', { body: { name: 'X', creditlimit: '5' } }, 400, '0x80048d19', /'creditlimit'/],
    ['DV-141 an object for a text', 'POST', '/accounts', { body: { name: { a: 1 } } }, 400, '0x80048d19', /name/],
    [
      'DV-030 a text that is too long',
      'POST',
      '/accounts',
      { body: { name: 'x'.repeat(161) } },
      400,
      '0x80044331',
      /^A validation error occurred\. {2}The length of the 'name' attribute of the 'account' entity exceeded the maximum allowed length of '160'\.$/,
    ],
    ['DV-030 a choice that there is not', 'POST', '/accounts', { body: { name: 'X', industrycode: 9999 } }, 400, '0x8004431a', /./],
    ['DV-030 a number out of range', 'POST', '/accounts', { body: { name: 'X', numberofemployees: -1 } }, 400, '0x8004432f', /./],
    [
      'DV-035 a taken primary key',
      'POST',
      '/accounts',
      { body: { accountid: '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f001', name: 'X' } },
      412,
      '0x80040237',
      /^A record with matching key values already exists\.$/,
    ],
    [
      'DV-049 a taken alternate key',
      'POST',
      '/accounts',
      { body: { name: 'X', accountnumber: 'HMS-1002' } },
      412,
      '0x80060892',
      /HMS|Account Number/,
    ],
    [
      'DV-056 an unknown navigation',
      'POST',
      '/accounts',
      { body: { name: 'X', 'nobody@odata.bind': '/contacts(x)' } },
      400,
      '0x80048d19',
      /nobody/,
    ],
    [
      'DV-052 DV-143 a bind to nobody',
      'POST',
      '/accounts',
      { body: { name: 'X', 'primarycontactid@odata.bind': '/contacts(6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ff)' } },
      404,
      '0x80040217',
      /contact/,
    ],
    [
      'DV-094 a target without type',
      'POST',
      '/accounts/Microsoft.Dynamics.CRM.CreateMultiple',
      { body: { Targets: [{ name: 'X' }] } },
      400,
      '',
      /./,
    ],
    [
      'DV-095 DeleteMultiple',
      'POST',
      '/accounts/Microsoft.Dynamics.CRM.DeleteMultiple',
      { body: { Targets: [] } },
      501,
      '',
      /has not yet been implemented/,
    ],
    ['no JSON', 'POST', '/accounts', { body: '{name: "X"}' }, 400, '0x80048d19', /position 1/],
    ['half a JSON text', 'POST', '/accounts', { body: '{"name":"X"' }, 400, '0x80048d19', /./],
    ['a list for a record', 'POST', '/accounts', { body: [] }, 400, '0x80048d19', /object/],
    ['null for a record', 'POST', '/accounts', { body: 'null' }, 400, '0x80048d19', /object/],
    ['no body', 'POST', '/accounts', { body: '' }, 400, '0x80048d19', /body/],
    ['100,000 open brackets', 'POST', '/accounts', { body: '['.repeat(100_000) }, 400, '0x80048d19', /deeper than/],
    [
      '2,000 nested records',
      'POST',
      '/accounts',
      { body: `${'{"primarycontactid":'.repeat(2000)}1${'}'.repeat(2000)}` },
      400,
      '0x80048d19',
      /deeper than/,
    ],
    [
      '5,000 brackets in a filter',
      'GET',
      `/accounts?$filter=${'('.repeat(5000)}name%20eq%20'x'${')'.repeat(5000)}`,
      {},
      400,
      '0x80060888',
      /deep/,
    ],
    ['a zero character in a value', 'POST', '/accounts', { body: '{"name":"a\\u0000b"}' }, 400, '0x80048d19', /name/],
    ['a zero character in the URL', 'GET', "/accounts?$filter=name%20eq%20'%00'", {}, 400, '0x80060888', /NUL/],
    ['a URL that is not UTF-8', 'GET', "/accounts?$filter=name%20eq%20'%FF'", {}, 400, '0x80060888', /UTF-8/],
    ['a URL that is not encoded', 'GET', '/%ZZ', {}, 400, '0x80060888', /malformed/],
    ['DV-086 a batch that is JSON', 'POST', '/$batch', { body: { requests: [] } }, 400, '0x80060888', /multipart/],
    [
      'a body that is not JSON by its own word',
      'POST',
      '/accounts',
      { body: '<a/>', headers: { 'content-type': 'application/xml' } },
      400,
      '0x80048d19',
      /./,
    ],
  ]
  test.each(REFUSED)('DV-109 %s is refused in the protocol’s own way', async (_name, method, path, options, status, code, message) => {
    const before = (await dv('GET', '/accounts/$count')).text
    expectRefusal(await dv(method, path, options), status, {
      error: { code: code === '' ? expect.any(String) : code, message: expect.stringMatching(message) },
    })
    expect((await dv('GET', '/accounts/$count')).text).toBe(before)
  })

  test('DV-109 bytes that are not UTF-8 are refused, not stored as something else', async () => {
    const body = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])
    expectRefusal(await dv('POST', '/accounts', { body }), 400, DV_ERROR)
  })

  test('DV-007 DV-008 odd headers do no harm', async () => {
    for (const headers of [
      { 'if-none-match': 'null' },
      { prefer: 'odata.maxpagesize=2,odata.include-annotations="*"' },
      { prefer: ',,; ;="",odata.maxpagesize=abc' },
      { prefer: 'x'.repeat(5000) },
      { accept: '*/*' },
      { 'odata-version': '4.0', 'odata-maxversion': '4.0', 'content-type': 'application/json' },
    ]) {
      const reply = await dv('GET', '/accounts?$select=name', { headers: { ...headers } as Record<string, string> })
      expect(reply.status, JSON.stringify(headers).slice(0, 80)).toBe(200)
      expect(reply.headers.get('odata-version')).toBe('4.0')
    }
    const repeated = await dv('GET', '/accounts?$select=name', {
      headers: { prefer: 'odata.maxpagesize=2, odata.include-annotations="a,b"' },
    })
    expect(repeated.json.value).toHaveLength(2)
    expect(repeated.headers.get('preference-applied')).toContain('odata.maxpagesize=2')
  })

  test('a URL of 31 KB is read, one of 1 MB is refused, and the next request is answered', async () => {
    expect((await dv('GET', `/accounts?$select=name&$filter=${q(`name eq '${'x'.repeat(31_000)}'`)}`)).json.value).toEqual([])
    expectRefusal(await dv('GET', `/accounts?$filter=name%20eq%20'${'x'.repeat(1_000_000)}'`), [400, 414, 431], DV_ERROR)
    expect((await dv('GET', '/WhoAmI')).status).toBe(200)
  })

  test('a body of 80 MB is refused with 413, or the connection is cut; the next request is answered', async () => {
    const reply = await dv('POST', '/accounts', { body: `{"name":"${'x'.repeat(80_000_000)}"}` }).catch(() => undefined)
    if (reply !== undefined) expectRefusal(reply, 413, DV_ERROR)
    expect((await dv('GET', '/WhoAmI')).status).toBe(200)
  })
})

describe('Supply Chain, over OData', () => {
  const row = (account: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
    dataAreaId: 'usmf',
    CustomerAccount: account,
    OrganizationName: `Customer ${account}`,
    CustomerGroupId: '10',
    SalesCurrencyCode: 'USD',
    ...more,
  })
  const at = (account: string, company = 'usmf'): string => `/CustomersV2(dataAreaId='${company}',CustomerAccount='${account}')`

  test('FO-005 the version is the connection test', async () => {
    const reply = await fo('POST', '/DataManagementEntities/Microsoft.Dynamics.DataEntities.GetApplicationVersion', { body: {} })
    expect(reply.json).toEqual({
      '@odata.context': `${outside.supplyChain.root}/$metadata#Edm.String`,
      value: expect.stringMatching(/^10\./),
    })
    expect(reply.headers.get('ms-dyn-aid')).toMatch(/./)
  })

  test('FO-036 FO-037 FO-028 create answers 201 with the whole row as stored', async () => {
    const reply = await fo('POST', '/CustomersV2?cross-company=true', {
      body: row('C-0001', { OrganizationName: 'Halvorsen Marine Supply' }),
    })
    expect(reply.status, reply.text).toBe(201)
    expect(reply.headers.get('location')).toBe(`${outside.supplyChain.root}${at('C-0001')}`)
    expect(Object.keys(reply.json).slice(0, 2)).toEqual(['@odata.context', '@odata.etag'])
    expect(reply.json).toMatchObject({
      '@odata.context': `${outside.supplyChain.root}/$metadata#CustomersV2/$entity`,
      '@odata.etag': expect.stringMatching(/^W\/"[A-Za-z0-9+/=]+"$/),
      PartyType: 'Organization',
      PaymentTerms: '',
      CreditLimit: 0,
      OnHoldStatus: 'No',
    })
    expect((await fo('POST', '/CustomersV2', { body: row('C-0001', { dataAreaId: 'demf', SalesCurrencyCode: 'EUR' }) })).status).toBe(201)
    expect((await fo('POST', '/CustomersV2', { body: row('C-0002') })).status).toBe(201)
  })

  test('FO-011 FO-012 FO-013 FO-020 companies', async () => {
    const accounts = async (query: string): Promise<string[]> =>
      (await fo('GET', `/CustomersV2?$select=dataAreaId,CustomerAccount&$orderby=dataAreaId,CustomerAccount${query}`)).json.value.map(
        (found: Record<string, string>) => `${found.dataAreaId}/${found.CustomerAccount}`,
      )
    expect(await accounts('')).toEqual(['usmf/C-0001', 'usmf/C-0002'])
    expect(await accounts('&cross-company=true')).toEqual(['demf/C-0001', 'usmf/C-0001', 'usmf/C-0002'])
    expect(await accounts(`&cross-company=TRUE&$filter=${q("dataAreaId eq 'DEMF'")}`)).toEqual(['demf/C-0001'])
    expect(await accounts(`&$filter=${q("dataAreaId eq 'demf'")}`)).toEqual([])
    expect((await fo('GET', '/CustomersV2/$count?cross-company=true')).text).toBe('3')
    expect((await fo('GET', '/CustomersV2/$count')).text).toBe('2')
    expect((await fo('GET', at('C-0001', 'demf'))).status).toBe(404)
    expect((await fo('GET', `${at('C-0001', 'demf')}?cross-company=true`)).status).toBe(200)
  })

  test('FO-021 FO-119 keys in any order, quoted and encoded', async () => {
    expect((await fo('GET', "/CustomersV2(CustomerAccount='C-0001',dataAreaId='usmf')")).json.CustomerAccount).toBe('C-0001')
    const odd = "A/B & 'C' +%"
    expect((await fo('POST', '/CustomersV2', { body: row(odd) })).status).toBe(201)
    const read = await fo('GET', `/CustomersV2(dataAreaId='usmf',CustomerAccount='${q(odd.replaceAll("'", "''"))}')`)
    expect(read.json?.CustomerAccount, read.text).toBe(odd)
    expect((await fo('DELETE', `/CustomersV2(dataAreaId='usmf',CustomerAccount='${q(odd.replaceAll("'", "''"))}')`)).status).toBe(204)
  })

  test('FO-051 FO-052 FO-053 FO-054 FO-062 FO-064 filters, order, windows and totals', async () => {
    const names = async (filter: string): Promise<string[]> =>
      (await fo('GET', `/CustomersV2?$select=CustomerAccount&$orderby=CustomerAccount&$filter=${q(filter)}`)).json.value.map(
        (found: Record<string, string>) => found.CustomerAccount,
      )
    expect(await names("OrganizationName eq '*MARINE*'")).toEqual(['C-0001'])
    expect(await names("OrganizationName eq 'halvorsen*'")).toEqual(['C-0001'])
    expect(await names("not (OrganizationName eq '*marine*') and CreditLimit add 1 eq 1")).toEqual(['C-0002'])
    expect(await names("PaymentTerms eq '' and PaymentTerms eq null")).toEqual(['C-0001', 'C-0002'])
    expect(await names("OnHoldStatus eq Microsoft.Dynamics.DataEntities.CustVendorBlocked'No'")).toEqual(['C-0001', 'C-0002'])
    const page = await fo(
      'GET',
      '/CustomersV2?cross-company=true&$count=true&$orderby=dataAreaId desc,CustomerAccount desc&$skip=1&$top=1&$select=CustomerAccount'.replaceAll(
        ' ',
        '%20',
      ),
    )
    expect(page.json).toMatchObject({ '@odata.count': 3, value: [{ CustomerAccount: 'C-0001' }] })
  })

  test('FO-059 FO-060 small pages follow each other', async () => {
    const seen: string[] = []
    let link: string | undefined = '/CustomersV2?cross-company=true&$select=CustomerAccount'
    let pages = 0
    while (link !== undefined) {
      const page: HttpReply = await fo('GET', link, { headers: { prefer: 'odata.maxpagesize=2' } })
      seen.push(...page.json.value.map((found: Record<string, string>) => found.CustomerAccount))
      link = page.json['@odata.nextLink']
      pages += 1
    }
    expect([pages, seen.sort()]).toEqual([2, ['C-0001', 'C-0001', 'C-0002']])
  })

  test('FO-038 FO-039 FO-015 FO-048 update and delete, and what is not there', async () => {
    const missing = innerError('No resources were found when selecting for update.')
    expect((await fo('PATCH', at('C-0001'), { body: { OrganizationName: 'Halvorsen AS' } })).status).toBe(204)
    expect((await fo('PUT', at('C-0001'), { body: { OrganizationName: 'Halvorsen A/S' } })).status).toBe(204)
    expect((await fo('GET', `${at('C-0001')}/OrganizationName`)).json.value).toBe('Halvorsen A/S')
    expectRefusal(await fo('PATCH', `${at('C-9999')}?cross-company=true`, { body: { OrganizationName: 'x' } }), 400, missing)
    expectRefusal(await fo('DELETE', `${at('C-9999')}?cross-company=true`), 400, missing)
    expectRefusal(await fo('PATCH', at('C-0001', 'demf'), { body: { OrganizationName: 'x' } }), 400, missing)
    expectRefusal(await fo('PATCH', at('C-0001'), { body: { OrganizationName: 'x' }, headers: { 'if-match': 'W/"JzEsMSc="' } }), 412, {
      error: { message: expect.any(String) },
    })
    expect((await fo('DELETE', `${at('C-0001', 'demf')}?cross-company=true`)).status).toBe(204)
    expect((await fo('GET', '/CustomersV2/$count?cross-company=true')).text).toBe('2')
  })

  test('FO-058 expand of one level; a second level is refused', async () => {
    const reply = await fo('GET', '/CustomersV2?$top=1&$expand=Nothing')
    expectRefusal(reply, 400, innerError(expect.stringContaining("'Nothing'")))
  })

  const changeSet = (parts: readonly string[]): string =>
    [
      '--b',
      'Content-Type: multipart/mixed; boundary=c',
      '',
      ...parts.flatMap((part, n) => [
        '--c',
        'Content-Type: application/http',
        'Content-Transfer-Encoding: binary',
        `Content-ID: ${n + 1}`,
        '',
        part,
      ]),
      '--c--',
      '--b',
      'Content-Type: application/http',
      'Content-Transfer-Encoding: binary',
      '',
      'GET CustomersV2/$count HTTP/1.1',
      '',
      '',
      '--b--',
      '',
    ].join('\r\n')
  const batch = (body: string): Promise<HttpReply> =>
    fo('POST', '/$batch', { body, headers: { 'content-type': 'multipart/mixed; boundary=b' } })
  const post = (body: unknown): string =>
    `POST CustomersV2?cross-company=true HTTP/1.1\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(body)}`

  test('FO-068 FO-069 a change set commits as a whole and the next part sees it', async () => {
    const reply = await batch(changeSet([post(row('B-1')), post(row('B-2'))]))
    expect(reply.status).toBe(200)
    expect(reply.text.match(/HTTP\/1\.1 201 Created/g)).toHaveLength(2)
    expect(reply.text).toContain(`Location: ${outside.supplyChain.root}${at('B-2')}`)
    expect(reply.text).toMatch(/HTTP\/1\.1 200 OK[\s\S]*\r\n\r\n\uFEFF?4\r\n--/)
  })

  test('FO-069 FO-070 FO-072 a failed change set is one part, leaves nothing, and later parts still run', async () => {
    const reply = await batch(changeSet([post(row('B-3')), post(row('B-4', { CustomerGroupId: 'NOPE' }))]))
    expect(reply.status).toBe(200)
    expect(reply.text.match(/HTTP\/1\.1 [45]\d\d /g)).toHaveLength(1)
    expect(reply.text).toMatch(/Content-ID: 2/)
    expect(reply.text).toContain("The value 'NOPE' in field 'Customer group' is not found in the related table 'Customer groups'.")
    expect((await fo('GET', at('B-3'))).status).toBe(404)
    expect(reply.text).toMatch(/HTTP\/1\.1 200 OK/)
  })

  test('FO-041 a duplicate is refused in the Infolog’s words', async () => {
    expectRefusal(
      await fo('POST', '/CustomersV2?cross-company=true', { body: row('C-0002') }),
      400,
      innerError(
        "Write failed for table row of type 'CustCustomerV2Entity'. Infolog: Error: Cannot create a record in Customers (CustTable). Customer account: C-0002. The record already exists.",
      ),
    )
  })

  const noRoute = {
    Message: expect.stringMatching(
      /^No HTTP resource was found that matches the request URI '.*'\. No route data was found for this request\.$/,
    ),
  }
  const invalid = (message: RegExp) => innerError(expect.stringMatching(message))
  const REFUSED: readonly (readonly [string, string, string, CallOptions, number | readonly number[], object])[] = [
    ['FO-118 an unknown set', 'GET', '/CustomersV9', {}, 404, noRoute],
    ['FO-118 another case', 'GET', '/customersv2', {}, 404, noRoute],
    ['FO-022 half a key', 'GET', "/CustomersV2(dataAreaId='usmf')", {}, 404, noRoute],
    ['FO-022 the short form of a composite key', 'GET', "/CustomersV2('C-0001')", {}, 404, noRoute],
    ['FO-021 a number in a text key', 'GET', "/CustomersV2(dataAreaId='usmf',CustomerAccount=5)", {}, [400, 404], {}],
    ['FO-050 a key without a row', 'GET', "/CustomersV2(dataAreaId='usmf',CustomerAccount='nope')", {}, 404, {}],
    [
      'FO-057 an unknown field',
      'GET',
      "/CustomersV2?$filter=Nmae%20eq%20'x'",
      {},
      400,
      innerError("Could not find a property named 'Nmae' on type 'Microsoft.Dynamics.DataEntities.CustomerV2'."),
    ],
    ['FO-057 an unknown field to select', 'GET', '/CustomersV2?$select=Nmae', {}, 400, invalid(/'Nmae'/)],
    ['FO-056 contains()', 'GET', "/CustomersV2?$filter=contains(OrganizationName,'a')", {}, 400, invalid(/contains/)],
    ['FO-056 in', 'GET', "/CustomersV2?$filter=CustomerAccount%20in%20('a','b')", {}, 400, invalid(/./)],
    ['FO-051 $apply', 'GET', '/CustomersV2?$apply=aggregate($count%20as%20n)', {}, 400, invalid(/\$apply/)],
    ['FO-054 an enumeration as text', 'GET', "/CustomersV2?$filter=OnHoldStatus%20eq%20'No'", {}, 400, invalid(/./)],
    [
      'FO-054 an enumeration in an order',
      'GET',
      "/CustomersV2?$filter=OnHoldStatus%20gt%20Microsoft.Dynamics.DataEntities.CustVendorBlocked'No'",
      {},
      400,
      invalid(/./),
    ],
    ['a $top that is text', 'GET', '/CustomersV2?$top=many', {}, 400, invalid(/\$top/)],
    ['a $skip below nothing', 'GET', '/CustomersV2?$skip=-1', {}, 400, invalid(/\$skip/)],
    ['a $top beyond all numbers', 'GET', '/CustomersV2?$top=99999999999999999999', {}, 400, invalid(/\$top/)],
    [
      '5,000 brackets in a filter',
      'GET',
      `/CustomersV2?$filter=${'('.repeat(5000)}CustomerAccount%20eq%20'x'${')'.repeat(5000)}`,
      {},
      400,
      invalid(/deep/),
    ],
    [
      'FO-043 a row without what it needs',
      'POST',
      '/CustomersV2',
      { body: {} },
      400,
      invalid(/^Write failed for table row of type 'CustCustomerV2Entity'\. Infolog: Warning: /),
    ],
    [
      'FO-043 a group that there is not',
      'POST',
      '/CustomersV2',
      {
        body: { ...{ dataAreaId: 'usmf', CustomerAccount: 'X', OrganizationName: 'X', SalesCurrencyCode: 'USD' }, CustomerGroupId: 'NOPE' },
      },
      400,
      invalid(
        /'NOPE' in field 'Customer group' is not found in the related table 'Customer groups'\.; Warning: validateField failed on field 'CustCustomerV2Entity\.CustomerGroupId'\./,
      ),
    ],
    [
      'FO-035 a text that is too long',
      'POST',
      '/CustomersV2',
      {
        body: {
          dataAreaId: 'usmf',
          CustomerAccount: 'X'.repeat(21),
          OrganizationName: 'X',
          CustomerGroupId: '10',
          SalesCurrencyCode: 'USD',
        },
      },
      400,
      invalid(/Infolog: /),
    ],
    [
      'FO-019 a company that there is not',
      'POST',
      '/CustomersV2',
      { body: { dataAreaId: 'xxxx', CustomerAccount: 'X', OrganizationName: 'X', CustomerGroupId: '10', SalesCurrencyCode: 'USD' } },
      400,
      invalid(/^Write failed for table row of type 'CustCustomerV2Entity'\. Infolog: /),
    ],
    [
      'FO-027 an unknown enumeration member',
      'PATCH',
      "/CustomersV2(dataAreaId='usmf',CustomerAccount='C-0002')",
      { body: { OnHoldStatus: 'Perhaps' } },
      400,
      invalid(/Perhaps/),
    ],
    ['an unknown property', 'POST', '/CustomersV2', { body: { dataAreaId: 'usmf', Nmae: 'x' } }, 400, invalid(/'Nmae'/)],
    [
      'FO-047 nested rows',
      'POST',
      '/CustomersV2',
      { body: { dataAreaId: 'usmf', CustomerAccount: 'X', OrganizationName: { a: 1 } } },
      400,
      invalid(/OrganizationName/),
    ],
    ['a number for a text', 'POST', '/CustomersV2', { body: { dataAreaId: 'usmf', CustomerAccount: 5 } }, 400, invalid(/CustomerAccount/)],
    [
      'a text for an amount',
      'PATCH',
      "/CustomersV2(dataAreaId='usmf',CustomerAccount='C-0002')",
      { body: { CreditLimit: 'much' } },
      400,
      invalid(/CreditLimit/),
    ],
    [
      'FO-044 a key field in an update',
      'PATCH',
      "/CustomersV2(dataAreaId='usmf',CustomerAccount='C-0002')",
      { body: { CustomerAccount: 'C-0003' } },
      400,
      invalid(/CustomerAccount|Customer account/),
    ],
    [
      'FO-045 a write to what is read-only',
      'POST',
      '/SellableReleasedProducts',
      { body: { dataAreaId: 'usmf', ProductNumber: 'X' } },
      [400, 405],
      { error: { message: expect.any(String) } },
    ],
    [
      'FO-066 an action without its parameter',
      'POST',
      '/DataManagementDefinitionGroups/Microsoft.Dynamics.DataEntities.GetAzureWriteUrl',
      { body: {} },
      400,
      invalid(/Parameter 'uniqueFileName' is not found within the request content body\./),
    ],
    ['an unknown action', 'POST', '/CustomersV2/Microsoft.Dynamics.DataEntities.Nothing', { body: {} }, 404, {}],
    ['delete of a set', 'DELETE', '/CustomersV2', {}, 405, { error: { message: expect.any(String) } }],
    ['no JSON', 'POST', '/CustomersV2', { body: '{bad' }, 400, invalid(/position 1/)],
    ['a list for a row', 'POST', '/CustomersV2', { body: [] }, 400, invalid(/object/)],
    ['null for a row', 'POST', '/CustomersV2', { body: 'null' }, 400, invalid(/object/)],
    ['__proto__', 'POST', '/CustomersV2', { body: '{"dataAreaId":"usmf","__proto__":{"a":1}}' }, 400, invalid(/__proto__/)],
    ['50,000 nested objects', 'POST', '/CustomersV2', { body: '{"a":'.repeat(50_000) }, 400, invalid(/deeper than/)],
    ['a zero character in the URL', 'GET', "/CustomersV2?$filter=OrganizationName%20eq%20'%00'", {}, 400, invalid(/NUL/)],
    ['a URL that is not UTF-8', 'GET', "/CustomersV2?$filter=OrganizationName%20eq%20'%FF'", {}, 400, invalid(/UTF-8/)],
    ['a URL that is not encoded', 'GET', '/%ZZ', {}, 400, { error: { message: expect.any(String) } }],
    ['a batch that is JSON', 'POST', '/$batch', { body: { requests: [] } }, [400, 415], { error: { message: expect.any(String) } }],
  ]
  test.each(REFUSED)('FO-074 %s is refused in the protocol’s own way', async (_name, method, path, options, status, body) => {
    const before = await fo('GET', '/CustomersV2?cross-company=true')
    expectRefusal(await fo(method, path, options), status, body)
    expect((await fo('GET', '/CustomersV2?cross-company=true')).json.value).toEqual(before.json.value)
  })

  test('FO-074 bytes that are not UTF-8 are refused, not stored as something else', async () => {
    const text = JSON.stringify(row('UTF-1')).replace('Customer UTF-1', '#')
    const [head = '', tail = ''] = text.split('#')
    const body = Buffer.concat([Buffer.from(head), Buffer.from([0xff, 0xfe]), Buffer.from(tail)])
    expectRefusal(await fo('POST', '/CustomersV2', { body }), 400, { error: { message: expect.any(String) } })
  })

  test('FO-074 a URL of 1 MB is refused, and the next request is answered', async () => {
    expectRefusal(await fo('GET', `/CustomersV2?$filter=OrganizationName%20eq%20'${'x'.repeat(1_000_000)}'`), [400, 414, 431], {
      error: { message: expect.any(String) },
    })
    expect((await fo('GET', '/CustomerGroups?$top=1')).status).toBe(200)
  })

  test('a body of 80 MB is refused with 413, or the connection is cut; the next request is answered', async () => {
    const reply = await fo('POST', '/CustomersV2', { body: `{"OrganizationName":"${'x'.repeat(80_000_000)}"}` }).catch(() => undefined)
    if (reply !== undefined) expectRefusal(reply, 413, { error: { message: expect.any(String) } })
    expect((await fo('GET', '/CustomerGroups?$top=1')).status).toBe(200)
  })

  test('FO-078 FO-079 FO-117 metadata as JSON', async () => {
    const at = (path: string): Promise<HttpReply> => outside.supplyChain.call('GET', `${installation.urls.supplyChain}${path}`)
    expect((await at("/metadata/PublicEnumerations('NoYes')")).json).toMatchObject({
      Name: 'NoYes',
      Members: [
        { Name: 'No', Value: 0 },
        { Name: 'Yes', Value: 1 },
      ],
    })
    expect((await at("/Metadata/PublicEntities('CustomerV2')")).json).toMatchObject({ Name: 'CustomerV2', EntitySetName: 'CustomersV2' })
    expect((await at("/metadata/PublicEntities('Nothing')")).status).toBe(404)
    expect((await outside.supplyChain.call('POST', `${installation.urls.supplyChain}/metadata/DataEntities`, { body: {} })).status).toBe(
      405,
    )
  })
})

describe('raw connections', () => {
  /** Sends bytes and gives what comes back until the server closes or `replies` status lines are there. */
  function exchange(url: string, text: string, replies: number): Promise<string> {
    return new Promise((resolve) => {
      const { hostname, port } = new URL(url)
      const socket = connect(Number(port), hostname, () => socket.write(text))
      let received = ''
      socket.on('data', (chunk) => {
        received += chunk
        if ((received.match(/HTTP\/1\.1 \d{3} /g) ?? []).length >= replies && received.endsWith('}')) socket.destroy()
      })
      socket.on('error', () => undefined) // a server may reset what it does not understand
      socket.on('close', () => resolve(received))
    })
  }

  test.each(['sales', 'supplyChain', 'server'] as const)('%s answers pipelined requests in their order', async (part) => {
    const get = 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n'
    const received = await exchange(installation.urls[part], get + get.replace('/health', '/nothing') + get, 3)
    expect([...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1])).toEqual([
      '200',
      part === 'server' ? '404' : expect.stringMatching(/40[14]/),
      '200',
    ])
  })

  test.each(['sales', 'supplyChain', 'server'] as const)('%s survives what is no HTTP', async (part) => {
    const url = installation.urls[part]
    const attempts = [
      'GARBAGE\r\n\r\n',
      '\0\0\0\0\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      `GET /${'a'.repeat(200_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
      'POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n',
    ]
    for (const attempt of attempts) {
      const received = await exchange(url, attempt, 1)
      expect(received === '' || /^HTTP\/1\.1 4\d\d /.test(received), received.slice(0, 200)).toBe(true)
      expect(received).not.toMatch(NO_STACK)
    }
    expect((await fetch(`${url}/health`)).status).toBe(200)
  })

  test('the integrator refuses what it cannot read in its own error body', async () => {
    for (const attempt of ['GARBAGE\r\n\r\n', `GET /${'a'.repeat(200_000)} HTTP/1.1\r\nHost: a\r\n\r\n`]) {
      const received = await exchange(installation.urls.server, attempt, 1)
      const body = received.slice(received.indexOf('{'))
      expect(JSON.parse(body), received).toMatchObject({
        error: { category: 'schema', code: 'request-invalid', message: expect.stringMatching(/./) },
      })
    }
  })

  test('verbs that nobody serves are refused; HEAD and OPTIONS do no harm', async () => {
    for (const [call, path] of [
      [dv, '/accounts'],
      [fo, '/CustomersV2'],
    ] as const) {
      for (const method of ['HEAD', 'OPTIONS', 'PROPFIND']) expect((await call(method, path)).status).toBeLessThan(500)
      for (const method of ['OPTIONS', 'PROPFIND']) expect([404, 405, 501]).toContain((await call(method, path)).status)
    }
  })

  test('twenty clients at once get their own answers', async () => {
    const replies = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        n % 2 === 0 ? dv('GET', `/accounts?$top=1&$select=name&n=${n}`) : fo('GET', '/CustomerGroups?$top=1'),
      ),
    )
    expect(
      replies.every((reply) => reply.status === 200),
      replies.find((reply) => reply.status !== 200)?.text,
    ).toBe(true)
  })
})
