import assert from 'node:assert/strict'
import { act, expectStatus, get, NS, post, read, refused } from '../calls.ts'
import { area, differs, notOffered, works } from '../operation.ts'
import type { Trade } from '../trade.ts'

/** A form of the local authority: `path` below the tenant. */
async function sign(trade: Trade, path: string, form: Readonly<Record<string, string>>, tenant = 'common') {
  const response = await fetch(`${trade.url}/${tenant}/oauth2/${path}`, { method: 'POST', body: new URLSearchParams(form) })
  const text = await response.text()
  return { status: response.status, text, json: JSON.parse(text) }
}

const secret = ({ credentials, url }: Trade, changes: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  grant_type: 'client_credentials',
  client_id: credentials.clientId,
  client_secret: credentials.clientSecret,
  scope: `${url}/.default`,
  ...changes,
})

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'

export const SIGN_IN = area('Sign-in and headers', [
  works({ name: 'a token by client secret, v2', request: 'POST {tenant}/oauth2/v2.0/token', points: 'FO-001' }, async (fo, trade) => {
    const { status, json } = await sign(trade, 'v2.0/token', secret(trade))
    assert.deepEqual([status, json.token_type, typeof json.expires_in], [200, 'Bearer', 'number'])
    await expectStatus(200, fo.call('GET', '/Companies?$top=1', { token: json.access_token }))
  }),
  works(
    { name: 'a token by client secret, v1', request: 'POST {tenant}/oauth2/token (resource=…)', points: 'FO-001' },
    async (fo, trade) => {
      const { scope: _, ...form } = secret(trade)
      const { status, json } = await sign(trade, 'token', { ...form, resource: trade.url })
      assert.deepEqual([status, json.token_type], [200, 'Bearer'])
      await expectStatus(200, fo.call('GET', '/Companies?$top=1', { token: json.access_token }))
    },
  ),
  differs(
    {
      name: 'the directory that signs in',
      request: 'POST {any tenant}/oauth2/v2.0/token',
      points: 'FO-001',
      difference: 'this server is its own directory, and takes any name of a tenant in the path',
    },
    async (fo, trade) => {
      const { json } = await sign(trade, 'v2.0/token', secret(trade), 'halvorsen.example')
      await expectStatus(200, fo.call('GET', '/Companies?$top=1', { token: json.access_token }))
    },
  ),
  works({ name: 'codes for a device', request: 'POST {tenant}/oauth2/v2.0/devicecode' }, async (_fo, trade) => {
    const { clientId } = trade.credentials
    const codes = await sign(trade, 'v2.0/devicecode', { client_id: clientId, scope: `${trade.url}/.default` })
    assert.equal(codes.status, 200, codes.text)
    for (const name of ['device_code', 'user_code', 'verification_uri', 'message']) assert.equal(typeof codes.json[name], 'string', name)
    const waiting = await sign(trade, 'v2.0/token', { grant_type: DEVICE, client_id: clientId, device_code: codes.json.device_code })
    assert.deepEqual([waiting.status, waiting.json.error], [400, 'authorization_pending'])
    const unknown = await sign(trade, 'v2.0/token', { grant_type: DEVICE, client_id: clientId, device_code: 'guess' })
    assert.deepEqual([unknown.status, unknown.json.error], [400, 'bad_verification_code'])
  }),
  works({ name: 'a wrong secret', request: 'POST {tenant}/oauth2/v2.0/token', points: 'FO-001' }, async (_fo, trade) => {
    const { status, json } = await sign(trade, 'v2.0/token', secret(trade, { client_secret: 'guess' }))
    assert.deepEqual([status, json.error, json.error_codes], [401, 'invalid_client', [7000215]])
    for (const name of ['error_description', 'timestamp', 'trace_id', 'correlation_id']) assert.equal(typeof json[name], 'string', name)
  }),
  works({ name: 'a client that is not registered', request: 'POST {tenant}/oauth2/v2.0/token', points: 'FO-003' }, async (_fo, trade) => {
    const { status, json } = await sign(trade, 'v2.0/token', secret(trade, { client_id: crypto.randomUUID() }))
    assert.ok([400, 401].includes(status), String(status))
    assert.ok(['unauthorized_client', 'invalid_client'].includes(json.error), json.error)
  }),
  works({ name: 'a scope with a doubled slash', request: 'POST {tenant}/oauth2/v2.0/token', points: 'FO-001' }, async (fo, trade) => {
    const { json } = await sign(trade, 'v2.0/token', secret(trade, { scope: `${trade.url}//.default` }))
    const reply = await fo.call('GET', '/Companies', { token: json.access_token ?? 'none' })
    assert.equal(reply.status, 401)
  }),
  works({ name: 'a call without a token', request: 'GET CustomersV3', points: 'FO-003' }, async (fo, trade) => {
    for (const path of [
      '/CustomersV3',
      `${trade.url}/metadata/DataEntities`,
      `${trade.url}/api/services`,
      `${trade.url}/api/connector/dequeue/x`,
    ])
      for (const token of ['', 'x.y.z']) {
        const reply = await expectStatus(401, fo.call('GET', path, { token }))
        assert.match(reply.headers.get('www-authenticate') ?? '', /^Bearer/)
        assert.equal(typeof reply.json.error.message, 'string')
      }
  }),
  works(
    { name: 'one token for every part', request: 'GET /data, /metadata, /api/services, /api/commands', points: 'FO-004 FO-010' },
    async (fo, trade) => {
      for (const path of ['/data', '/metadata/DataEntities', '/api/services', '/api/commands'])
        await expectStatus(200, fo.call('GET', `${trade.url}${path}`))
    },
  ),
  works(
    {
      name: 'versions, as a test of the connection',
      request: 'POST DataManagementEntities/…GetApplicationVersion',
      points: 'FO-005 FO-065',
    },
    async (fo) => {
      for (const action of ['GetApplicationVersion', 'GetApplicationBuildVersion', 'GetPlatformBuildVersion']) {
        const reply = await expectStatus(200, post(fo, `DataManagementEntities/${NS}.${action}`, {}))
        assert.equal(reply.json['@odata.context'], `${fo.root}/$metadata#Edm.String`)
        assert.match(reply.json.value, /^\d+\.\d/)
      }
    },
  ),
  works(
    {
      name: 'the user and its company',
      request: 'POST /api/services/UserSessionService/AifUserSessionService/GetUserSessionInfo',
      points: 'FO-003',
    },
    async (fo, trade) => {
      const reply = await expectStatus(
        200,
        fo.call('POST', `${trade.url}/api/services/UserSessionService/AifUserSessionService/GetUserSessionInfo`, { body: {} }),
      )
      assert.deepEqual([reply.json.Company, reply.json.AOSLocaleName, reply.json.UserId], ['usmf', 'en-US', trade.credentials.clientId])
    },
  ),
  works(
    { name: 'nothing is kept between requests', request: 'GET CustomersV3?cross-company=true, then GET CustomersV3', points: 'FO-010' },
    async (fo, trade) => {
      const accounts = async (option: string): Promise<number> =>
        (await read(fo, `CustomersV3?$select=CustomerAccount&$filter=CustomerAccount eq '${trade.abroad}'${option}`)).value.length
      assert.deepEqual([await accounts('&cross-company=true'), await accounts('')], [2, 1])
    },
  ),
  works({ name: 'headers of every reply', request: 'GET Companies' }, async (fo) => {
    const reply = await expectStatus(200, get(fo, 'Companies?$top=1', { 'x-ms-client-request-id': crypto.randomUUID() }))
    assert.match(reply.headers.get('content-type') ?? '', /^application\/json; odata\.metadata=minimal$/)
    assert.equal(reply.headers.get('odata-version'), '4.0')
    assert.match(reply.headers.get('ms-dyn-aid') ?? '', /^[0-9a-f-]{36}$/)
    assert.match(reply.headers.get('server-timing') ?? '', /^dur=\d+$/)
    assert.equal(reply.headers.get('set-cookie'), null)
    assert.match((await get(fo, 'Nope')).headers.get('ms-dyn-aid') ?? '', /^[0-9a-f-]{36}$/)
  }),
  works({ name: 'levels of metadata', request: 'Accept: application/json;odata.metadata=none|minimal|full' }, async (fo) => {
    const row = (level: string) => read(fo, "Companies('usmf')?$select=DataArea", { accept: `application/json;odata.metadata=${level}` })
    assert.deepEqual(await row('none'), { DataArea: 'usmf' })
    assert.deepEqual(Object.keys(await row('minimal')), ['@odata.context', '@odata.etag', 'DataArea'])
    const full = await row('full')
    assert.equal(full['@odata.type'], `#${NS}.Company`)
    assert.equal(full['@odata.id'], `${fo.root}/Companies(DataArea='usmf')`)
  }),
  works(
    { name: 'the first segment in any letter case', request: 'GET /Data/Companies, GET /Metadata/DataEntities', points: 'FO-117' },
    async (fo, trade) => {
      for (const path of ['/Data/Companies?$top=1', '/DATA/Companies?$top=1', '/Metadata/DataEntities?$top=1', '/API/services'])
        await expectStatus(200, fo.call('GET', `${trade.url}${path}`))
      await refused(404, get(fo, 'companies'), 'No HTTP resource was found')
    },
  ),
  works({ name: 'an address without parts', request: 'GET /data/', points: 'FO-006' }, async (fo, trade) => {
    const reply = await expectStatus(200, fo.call('GET', `${trade.url}/data/`))
    assert.equal(reply.json['@odata.context'], `${fo.root}/$metadata`)
  }),
  works(
    {
      name: 'an action that another call has prepared nothing for',
      request: 'POST DataManagementDefinitionGroups/…InitializeDataManagement',
      points: 'FO-010',
    },
    async (fo) => {
      const reply = await post(fo, `DataManagementDefinitionGroups/${NS}.InitializeDataManagement`, {})
      assert.deepEqual([reply.status, reply.text], [204, ''])
      assert.equal(typeof (await act(fo, 'DataManagementEntities', 'GetApplicationVersion')), 'string')
    },
  ),
  notOffered(
    {
      name: 'a token for a user name and password',
      request: 'POST {tenant}/oauth2/v2.0/token (grant_type=password)',
      status: 400,
      says: 'AADSTS70003',
      instead: 'client credentials or device code',
    },
    async (_fo, trade) => {
      const reply = await sign(trade, 'v2.0/token', secret(trade, { grant_type: 'password', username: 'a', password: 'b' }))
      return { ...reply, json: { error: { message: reply.json.error_description } } }
    },
  ),
  notOffered(
    {
      name: 'a certificate in place of a secret',
      request: 'POST {tenant}/oauth2/v2.0/token (client_assertion)',
      status: 401,
      says: 'AADSTS',
      instead: 'the client secret',
    },
    async (_fo, trade) => {
      const { client_secret: _, ...form } = secret(trade)
      const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
      const reply = await sign(trade, 'v2.0/token', { ...form, client_assertion_type: type, client_assertion: 'a.b.c' })
      return { ...reply, json: { error: { message: reply.json.error_description } } }
    },
  ),
])
