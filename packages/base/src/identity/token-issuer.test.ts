import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { createManualClock } from '../clock.ts'
import { createTokenIssuer, type TokenIssuerOptions } from './token-issuer.ts'

const KEY = Buffer.alloc(32, 7)
const RESOURCE = 'https://halvorsen.crm4.dynamics.com'
const CLIENT = { clientId: '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0a1', clientSecret: 's3cret~value' }
const GOOD = {
  grant_type: 'client_credentials',
  client_id: CLIENT.clientId,
  client_secret: CLIENT.clientSecret,
  scope: `${RESOURCE}/.default`,
}

function aTokenIssuer(changes: Partial<TokenIssuerOptions> = {}) {
  const clock = createManualClock('2024-03-01T08:00:00Z')
  return { clock, issuer: createTokenIssuer({ issuer: RESOURCE, key: KEY, clock, clients: [CLIENT], lifetimeSeconds: 3600, ...changes }) }
}

function aToken(changes: Record<string, unknown> = {}, options: Partial<TokenIssuerOptions> = {}): string {
  const answer = aTokenIssuer(options).issuer.answerTokenRequest({ ...GOOD, ...changes })
  if (answer.status !== 200) throw new Error(answer.body.error_description)
  return answer.body.access_token
}

test('DV-001 G-DV-01 G-FO-01 FO-001 the form of the golden exchange gets a bearer token for an hour', () => {
  const form = new URLSearchParams(
    'client_id=6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0a1&client_secret=s3cret%7Evalue&scope=https%3A%2F%2Fhalvorsen.crm4.dynamics.com%2F.default&grant_type=client_credentials',
  )
  const answer = aTokenIssuer().issuer.answerTokenRequest(form)
  expect(answer).toEqual({
    status: 200,
    body: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: expect.any(String) },
  })
})

test('FO-001 the v1 end point takes `resource` in place of `scope`', () => {
  const { issuer } = aTokenIssuer()
  const token = aToken({ scope: undefined, resource: RESOURCE })
  expect(issuer.verifyToken(`Bearer ${token}`)).toMatchObject({ ok: true, audience: RESOURCE })
})

test('DV-004 an issued token is accepted until it expires', () => {
  const { issuer, clock } = aTokenIssuer()
  const header = `Bearer ${aToken()}`
  expect(issuer.verifyToken(header)).toEqual({
    ok: true,
    clientId: CLIENT.clientId,
    audience: RESOURCE,
    expiresAt: new Date('2024-03-01T09:00:00Z'),
  })
  clock.advance(3_599_999)
  expect(issuer.verifyToken(header).ok).toBe(true)
  clock.advance(1)
  expect(issuer.verifyToken(header)).toEqual({ ok: false, reason: 'expired' })
})

const REFUSED_REQUESTS: readonly (readonly [string, Record<string, unknown>, number, string, number])[] = [
  ['no grant type', { grant_type: undefined }, 400, 'invalid_request', 900144],
  ['another grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
  ['no client', { client_id: '' }, 400, 'invalid_request', 900144],
  ['an unknown client', { client_id: 'nobody' }, 400, 'unauthorized_client', 700016],
  ['no secret', { client_secret: undefined }, 401, 'invalid_client', 7000216],
  ['an empty secret', { client_secret: '' }, 401, 'invalid_client', 7000216],
  ['a wrong secret', { client_secret: 's3cret~valuE' }, 401, 'invalid_client', 7000215],
  ['a secret of another length', { client_secret: 's' }, 401, 'invalid_client', 7000215],
  ['a certificate', { client_secret: undefined, client_assertion: 'e30.e30.e30' }, 401, 'invalid_client', 700027],
  ['neither scope nor resource', { scope: undefined }, 400, 'invalid_request', 900144],
  ['a scope without .default', { scope: RESOURCE }, 400, 'invalid_scope', 70011],
  ['a scope of a permission', { scope: `${RESOURCE}/user_impersonation` }, 400, 'invalid_scope', 70011],
  ['two scopes', { scope: `${RESOURCE}/.default openid` }, 400, 'invalid_scope', 70011],
  ['an unknown resource', { scope: 'https://elsewhere.example/.default' }, 400, 'invalid_resource', 500011],
  ['a repeated field', { client_secret: ['a', CLIENT.clientSecret] }, 400, 'invalid_request', 900144],
]

test.each(REFUSED_REQUESTS)('FO-001 DV-001 a token request with %s is refused', (_name, changes, status, error, number) => {
  const answer = aTokenIssuer().issuer.answerTokenRequest({ ...GOOD, ...changes })
  expect(answer).toMatchObject({ status, body: { error, error_codes: [number], timestamp: '2024-03-01 08:00:00Z' } })
  const body = answer.status === 200 ? undefined : answer.body
  expect(body?.error_description).toMatch(
    new RegExp(`^AADSTS${number}: .* Trace ID: ${body?.trace_id} Correlation ID: ${body?.correlation_id} Timestamp: `),
  )
  expect(JSON.stringify(body)).not.toContain(CLIENT.clientSecret)
})

test('hostile values of a token request are refused on one line of sensible length', () => {
  const { issuer } = aTokenIssuer()
  for (const value of ['x'.repeat(1_000_000), 'a\r\nSet-Cookie: b', '\u0000', '__proto__', 'constructor']) {
    for (const name of Object.keys(GOOD)) {
      const answer = issuer.answerTokenRequest({ ...GOOD, [name]: value })
      const text = answer.status === 200 ? 'accepted' : answer.body.error_description
      expect(text).toMatch(/^AADSTS.{1,800}$/)
    }
  }
  expect(issuer.answerTokenRequest({})).toMatchObject({ status: 400 })
  expect(issuer.answerTokenRequest(JSON.parse('{"__proto__":{"grant_type":"client_credentials"}}'))).toMatchObject({
    body: { error: 'invalid_request' },
  })
})

test('FO-001 a doubled slash before .default gives a token of a wrong audience', () => {
  const token = aToken({ scope: `${RESOURCE}//.default` })
  expect(aTokenIssuer().issuer.verifyToken(`Bearer ${token}`)).toEqual({ ok: false, reason: 'wrong-audience' })
})

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const signed = (header: unknown, payload: unknown, key = KEY): string => {
  const text = `${part(header)}.${part(payload)}`
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}
const NOW = Date.parse('2024-03-01T08:00:00Z') / 1000
const CLAIMS = { iss: RESOURCE, aud: RESOURCE, iat: NOW, nbf: NOW, exp: NOW + 60, appid: CLIENT.clientId }
const HS256 = { alg: 'HS256', typ: 'JWT' }

const REFUSED_HEADERS: readonly (readonly [string, string | undefined, string])[] = [
  ['no header', undefined, 'missing'],
  ['an empty header', '', 'missing'],
  ['another scheme', 'Basic YTpi', 'malformed'],
  ['no token', 'Bearer', 'malformed'],
  ['two tokens', 'Bearer a.b.c d.e.f', 'malformed'],
  ['no token in it', 'Bearer abc', 'malformed'],
  ['two parts', 'Bearer e30.e30', 'malformed'],
  ['an oversized token', `Bearer ${'a'.repeat(9000)}.b.c`, 'malformed'],
  ['a header that is no JSON', 'Bearer YWJj.e30.e30', 'malformed'],
  ['alg none', `Bearer ${part({ alg: 'none' })}.${part(CLAIMS)}.`, 'malformed'],
  ['alg none with a signature', `Bearer ${signed({ alg: 'none', typ: 'JWT' }, CLAIMS)}`, 'malformed'],
  ['another algorithm', `Bearer ${signed({ alg: 'RS256', typ: 'JWT' }, CLAIMS)}`, 'malformed'],
  ['another key', `Bearer ${signed(HS256, CLAIMS, Buffer.alloc(32, 8))}`, 'bad-signature'],
  [
    'a changed payload',
    `Bearer ${signed(HS256, CLAIMS).replace(/\.[^.]+\./, `.${part({ ...CLAIMS, exp: NOW + 9e9 })}.`)}`,
    'bad-signature',
  ],
  ['no expiry', `Bearer ${signed(HS256, { ...CLAIMS, exp: undefined })}`, 'malformed'],
  ['an expiry that is text', `Bearer ${signed(HS256, { ...CLAIMS, exp: '9999999999' })}`, 'malformed'],
  ['a past expiry', `Bearer ${signed(HS256, { ...CLAIMS, exp: NOW })}`, 'expired'],
  ['a start to come', `Bearer ${signed(HS256, { ...CLAIMS, nbf: NOW + 61 })}`, 'not-yet-valid'],
  ['another issuer', `Bearer ${signed(HS256, { ...CLAIMS, iss: 'https://elsewhere.example' })}`, 'wrong-issuer'],
  ['another audience', `Bearer ${signed(HS256, { ...CLAIMS, aud: 'https://elsewhere.example' })}`, 'wrong-audience'],
  ['a list of audiences', `Bearer ${signed(HS256, { ...CLAIMS, aud: [RESOURCE] })}`, 'malformed'],
  ['a client that is not registered', `Bearer ${signed(HS256, { ...CLAIMS, appid: 'someone' })}`, 'unknown-client'],
]

test.each(REFUSED_HEADERS)('DV-004 FO-003 an authorization with %s is refused', (_name, header, reason) => {
  expect(aTokenIssuer().issuer.verifyToken(header)).toEqual({ ok: false, reason })
})

test('the scheme is read without case, blanks around it do not count', () => {
  expect(aTokenIssuer().issuer.verifyToken(` bearer   ${aToken()} `).ok).toBe(true)
})

test('resources may be known later than the issuer is made, and be several', () => {
  let resources: string[] = []
  const { issuer } = aTokenIssuer({ resources: () => resources })
  expect(issuer.answerTokenRequest(GOOD).status).toBe(400)
  resources = [`${RESOURCE}/`, 'http://127.0.0.1:4010']
  expect(issuer.answerTokenRequest(GOOD).status).toBe(200)
  expect(issuer.verifyToken(`Bearer ${aToken({}, { resources: () => resources })}`).ok).toBe(true)
})

test('a key that is too short is refused', () => {
  expect(() => aTokenIssuer({ key: Buffer.alloc(31) })).toThrow(/32 bytes/)
})
