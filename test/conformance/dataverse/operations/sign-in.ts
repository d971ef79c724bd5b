import assert from 'node:assert/strict'
import { create, expectStatus, get, NS, post, q, read, refused } from '../calls.ts'
import type { Market } from '../market.ts'
import { area, differs, notOffered, works } from '../operation.ts'

async function token(market: Market, changes: Readonly<Record<string, string>>, grant = 'token') {
  const { clientId, clientSecret } = market.credentials
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: `${market.url}/.default`,
    ...changes,
  }
  const response = await fetch(`${market.url}/common/oauth2/v2.0/${grant}`, { method: 'POST', body: new URLSearchParams(form) })
  const text = await response.text()
  return { status: response.status, text, json: JSON.parse(text) }
}

export const SIGN_IN = area('Sign-in and headers', [
  works({ name: 'a token by client secret', request: 'POST {tenant}/oauth2/v2.0/token', points: 'DV-001' }, async (dv, market) => {
    const { status, json } = await token(market, {})
    assert.deepEqual([status, json.token_type, typeof json.expires_in], [200, 'Bearer', 'number'])
    await expectStatus(200, dv.call('GET', '/WhoAmI', { token: json.access_token }))
  }),
  differs(
    {
      name: 'the directory that signs in',
      request: 'POST {any tenant}/oauth2/v2.0/token',
      points: 'DV-001',
      difference: 'this server is its own directory, and takes any name of a tenant in the path',
    },
    async (dv, market) => {
      const { clientId, clientSecret } = market.credentials
      const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: `${market.url}/.default` }
      const reply = await fetch(`${market.url}/contoso.example/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form) })
      const body = (await reply.json()) as { access_token?: string }
      const who = await expectStatus(200, dv.call('GET', '/WhoAmI', { token: body.access_token ?? '' }))
      assert.equal(who.json.UserId, market.whoAmI.UserId)
    },
  ),
  works({ name: 'codes for a device', request: 'POST {tenant}/oauth2/v2.0/devicecode', points: 'DV-003' }, async (_dv, market) => {
    const form = { client_id: market.credentials.clientId, scope: `${market.url}/.default` }
    const reply = await fetch(`${market.url}/common/oauth2/v2.0/devicecode`, { method: 'POST', body: new URLSearchParams(form) })
    const codes = (await reply.json()) as Record<string, unknown>
    assert.equal(reply.status, 200, JSON.stringify(codes))
    for (const name of ['device_code', 'user_code', 'verification_uri', 'message']) assert.equal(typeof codes[name], 'string', name)
    const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: String(codes.device_code) }
    const waiting = await token(market, grant)
    assert.deepEqual([waiting.status, waiting.json.error], [400, 'authorization_pending'])
  }),
  works({ name: 'a wrong secret', request: 'POST {tenant}/oauth2/v2.0/token', points: 'DV-001' }, async (_dv, market) => {
    const { status, json } = await token(market, { client_secret: 'guess' })
    assert.deepEqual([status, json.error, json.error_codes], [401, 'invalid_client', [7000215]])
  }),
  works({ name: 'a call without a token', request: 'GET accounts', points: 'DV-004' }, async (dv) => {
    const reply = await expectStatus(401, dv.call('GET', '/accounts', { token: '' }))
    assert.match(reply.headers.get('www-authenticate') ?? '', /^Bearer authorization_uri=\S+, resource_id=\S+$/)
  }),
  works({ name: 'who calls', request: 'GET WhoAmI', points: 'DV-005 DV-006' }, async (dv) => {
    for (const path of ['WhoAmI', 'WhoAmI()']) {
      const reply = await expectStatus(200, get(dv, path))
      assert.match(reply.headers.get('content-type') ?? '', /odata\.metadata=minimal/)
      assert.equal(reply.headers.get('odata-version'), '4.0')
      assert.equal(reply.json['@odata.context'], `${dv.root}/$metadata#${NS}.WhoAmIResponse`)
    }
  }),
  works({ name: 'the header If-None-Match: null', request: 'GET accounts({id})', points: 'DV-007' }, async (dv, market) => {
    const reply = await expectStatus(200, get(dv, `accounts(${market.accounts[0]})?$select=name`, { 'if-none-match': 'null' }))
    assert.equal(reply.json.name, `${market.prefix} Alpha`)
  }),
  works({ name: 'several preferences in one header', request: 'POST accounts', points: 'DV-008 DV-009' }, async (dv, market) => {
    const prefer = 'respond-sooner, Return=representation,odata.include-annotations="OData.Community.Display.V1.FormattedValue,x.y"'
    const reply = await expectStatus(
      201,
      post(dv, 'accounts?$select=creditonhold', { name: market.fresh('Prefer') }, { headers: { prefer } }),
    )
    assert.equal(reply.json['creditonhold@OData.Community.Display.V1.FormattedValue'], 'No')
    assert.match(reply.headers.get('preference-applied') ?? '', /return=representation/)
    assert.doesNotMatch(reply.headers.get('preference-applied') ?? '', /respond-sooner/)
  }),
  works(
    { name: 'annotations of one kind, of a prefix, of all', request: 'Prefer: odata.include-annotations', points: 'DV-010' },
    async (dv, market) => {
      const names = async (wanted: string): Promise<string[]> => {
        const row = await read(dv, `accounts(${market.accounts[0]})?$select=_primarycontactid_value`, {
          prefer: `odata.include-annotations="${wanted}"`,
        })
        return Object.keys(row).flatMap((name) => (name.startsWith('_primarycontactid_value@') ? [name.split('@')[1] ?? ''] : []))
      }
      assert.equal((await names('*')).length, 3)
      assert.deepEqual(await names(`${NS}.*`), [`${NS}.associatednavigationproperty`, `${NS}.lookuplogicalname`])
      assert.deepEqual(await names('none.such'), [])
    },
  ),
  works({ name: 'ids for support in every reply', request: 'GET WhoAmI', points: '' }, async (dv) => {
    const reply = await get(dv, 'WhoAmI')
    for (const name of ['req_id', 'x-ms-service-request-id']) assert.match(reply.headers.get(name) ?? '', /^[0-9a-f-]{36}$/)
  }),
  works({ name: 'names in any letter case of a wrong path', request: 'GET Accounts', points: 'DV-011' }, async (dv) => {
    for (const name of ['Accounts', 'account'])
      await refused('404 0x80060888', get(dv, name), new RegExp(`Resource not found for the segment '${name}'\\.`))
  }),
  works(
    { name: 'a plus sign is a blank, escapes in any letter case', request: 'GET accounts?$filter=…', points: 'DV-129' },
    async (dv, market) => {
      const filter = `name eq '${market.prefix} Alpha'`
      for (const text of [q(filter), q(filter).replaceAll('%20', '+'), q(filter).toLowerCase(), filter.replaceAll("'", '%27')])
        assert.equal((await read(dv, `accounts?$select=name&$filter=${text}`)).value.length, 1)
    },
  ),
  differs(
    {
      name: 'versions of the service root',
      request: 'GET /api/data/v9.0/WhoAmI',
      difference: 'v9.0, v9.1 and v9.2 are one service here: none keeps an older behaviour',
    },
    async (dv, market) => {
      for (const version of ['v9.0', 'v9.1', 'v9.2']) {
        const who = await expectStatus(200, dv.call('GET', `${market.url}/api/data/${version}/WhoAmI`))
        assert.equal(who.json.UserId, market.whoAmI.UserId)
      }
    },
  ),
  works({ name: 'text of the answer in the fault of a client', request: 'POST accounts', points: 'DV-109' }, async (dv) => {
    await refused('400 0x80048d19', post(dv, 'accounts', '{bad'))
  }),
  notOffered(
    {
      name: 'a token for a user name and password',
      request: 'POST {tenant}/oauth2/v2.0/token (grant_type=password)',
      status: 400,
      code: 'AADSTS70003',
      instead: 'client credentials',
    },
    async (_dv, market) => {
      const reply = await token(market, { grant_type: 'password', username: 'a', password: 'b' })
      const code = /^AADSTS\d+/.exec(reply.json.error_description)?.[0]
      return { ...reply, json: { error: { code, message: reply.json.error_description } } }
    },
  ),
  notOffered(
    {
      name: 'the discovery service of organisations',
      request: 'GET /api/discovery/v2.0/Instances',
      status: 404,
      code: '0x80060888',
      instead: 'the address is configuration',
    },
    async (dv, market) => dv.call('GET', `${market.url}/api/discovery/v2.0/Instances`),
  ),
  works({ name: 'a row of its own for every request', request: 'POST contacts', points: 'DV-031' }, async (dv, market) => {
    const ids = await Promise.all([1, 2, 3].map(() => create(dv, 'contacts', { lastname: market.fresh('Own') })))
    assert.equal(new Set(ids).size, 3)
  }),
])
