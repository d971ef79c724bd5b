import { expect, test } from 'vitest'
import { createManualClock } from '../clock.ts'
import { SIGN_IN_ROUTES } from './sign-in-routes.ts'
import { createTokenIssuer } from './token-issuer.ts'

const BASE = 'https://halvorsen.crm4.dynamics.com'
const CLIENT = { clientId: '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0a1', clientSecret: 's3cret~value' }
const OTHER = { clientId: 'other', clientSecret: 'other-secret' }
const GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const SCOPE = `${BASE}/.default`

/** An authority called as over HTTP. */
function anAuthority() {
  const clock = createManualClock('2024-03-01T08:00:00Z')
  const issuer = createTokenIssuer({ issuer: BASE, key: Buffer.alloc(32, 7), clock, clients: [CLIENT, OTHER] })
  const post = (path: string, form: Record<string, string>, headers: { authorization?: string; accept?: string } = {}) => {
    const route = SIGN_IN_ROUTES.find((candidate) => candidate.method === 'POST' && candidate.path === path)
    const answer = route?.answer(issuer, {
      body: new URLSearchParams(form).toString(),
      authorization: headers.authorization,
      accept: headers.accept,
      base: BASE,
    })
    const isJson = answer?.headers['content-type']?.startsWith('application/json') === true
    return { status: answer?.status, text: answer?.body ?? '', body: isJson ? JSON.parse(answer?.body ?? '') : undefined }
  }
  const begin = (changes: Record<string, string> = {}) =>
    post('/:tenant/oauth2/v2.0/devicecode', { client_id: CLIENT.clientId, scope: SCOPE, ...changes })
  const poll = (device_code: string, client_id = CLIENT.clientId) =>
    post('/:tenant/oauth2/v2.0/token', { grant_type: GRANT, client_id, device_code })
  const decide = (form: Record<string, string>, headers = {}) => post('/local/devicecode/approve', form, headers)
  return { clock, issuer, post, begin, poll, decide }
}

test('DV-003 a device gets codes, waits while nobody has decided, and signs in once when it is approved', () => {
  const { issuer, begin, poll, decide } = anAuthority()
  const begun = begin()
  expect(begun).toMatchObject({ status: 200, body: { expires_in: 900, interval: 5, verification_uri: `${BASE}/local/devicecode` } })
  const { device_code, user_code, message } = begun.body
  expect(user_code).toMatch(/^[A-Z]{4}-[A-Z]{4}$/)
  expect(message).toContain(user_code)
  for (let polls = 0; polls < 3; polls += 1) {
    expect(poll(device_code)).toMatchObject({ status: 400, body: { error: 'authorization_pending', error_codes: [70016] } })
  }
  expect(
    decide({ user_code: user_code.toLowerCase().replace('-', ' '), decision: 'approve', client_secret: CLIENT.clientSecret }),
  ).toMatchObject({
    status: 200,
    body: { result: 'approved' },
  })
  const granted = poll(device_code)
  expect(granted).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3599, scope: SCOPE } })
  expect(granted.body).not.toHaveProperty('refresh_token')
  expect(granted.body).not.toHaveProperty('id_token')
  expect(issuer.verifyToken(`Bearer ${granted.body.access_token}`)).toMatchObject({ ok: true, clientId: CLIENT.clientId })
  expect(poll(device_code).body.error).toBe('bad_verification_code')
})

test('DV-003 a declined, an expired and an unknown code end the flow, each with its word', () => {
  const { clock, begin, poll, decide } = anAuthority()
  const declined = begin().body
  const expired = begin().body
  expect(decide({ user_code: declined.user_code, decision: 'decline', client_secret: CLIENT.clientSecret }).body).toEqual({
    result: 'declined',
  })
  expect(poll(declined.device_code)).toMatchObject({ status: 400, body: { error: 'authorization_declined' } })
  clock.advance(899_999)
  expect(poll(expired.device_code).body.error).toBe('authorization_pending')
  clock.advance(1)
  expect(poll(expired.device_code)).toMatchObject({ status: 400, body: { error: 'expired_token' } })
  expect(decide({ user_code: expired.user_code, decision: 'approve', client_secret: CLIENT.clientSecret }).status).toBe(400)
  expect(poll('unknown')).toMatchObject({ status: 400, body: { error: 'bad_verification_code' } })
  expect(poll(begin().body.device_code, OTHER.clientId).body.error).toBe('bad_verification_code')
})

test('a refresh token comes with offline_access and renews, an id token with openid; neither opens an application', () => {
  const { clock, issuer, begin, poll, decide, post } = anAuthority()
  const { device_code, user_code } = begin({ scope: `openid ${BASE}/user_impersonation offline_access` }).body
  decide({ user_code, decision: 'approve', client_secret: CLIENT.clientSecret })
  const { refresh_token, id_token } = poll(device_code).body
  for (const token of [refresh_token, id_token]) expect(issuer.verifyToken(`Bearer ${token}`).ok).toBe(false)
  clock.advance(2 * 3_600_000)
  const renew = (token: string, client_id = CLIENT.clientId) =>
    post('/:tenant/oauth2/v2.0/token', { grant_type: 'refresh_token', client_id, refresh_token: token })
  const renewed = renew(refresh_token)
  expect(renewed.status).toBe(200)
  expect(issuer.verifyToken(`Bearer ${renewed.body.access_token}`).ok).toBe(true)
  expect(renewed.body).toMatchObject({ refresh_token: expect.any(String), id_token: expect.any(String) })
  for (const refused of [renew(renewed.body.access_token), renew(id_token), renew('a.b.c'), renew(refresh_token, OTHER.clientId)]) {
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  }
  clock.advance(91 * 86_400_000)
  expect(renew(refresh_token).body.error).toBe('invalid_grant')
})

test('only who has the secret of the application, or a token of it, lets a device in', () => {
  const { issuer, begin, poll, decide } = anAuthority()
  const { device_code, user_code } = begin().body
  const tokenOf = ({ clientId, clientSecret }: typeof CLIENT): string => {
    const answer = issuer.answerTokenRequest({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: SCOPE,
    })
    return answer.status === 200 ? `Bearer ${answer.body.access_token}` : ''
  }
  const form = { user_code, decision: 'approve' }
  expect(decide(form).status).toBe(401)
  expect(decide({ ...form, client_secret: OTHER.clientSecret }).status).toBe(401)
  expect(decide(form, { authorization: tokenOf(OTHER) }).status).toBe(401)
  expect(poll(device_code).body.error).toBe('authorization_pending')
  expect(decide({ ...form, decision: 'perhaps' }, { authorization: tokenOf(CLIENT) }).status).toBe(400)
  expect(decide(form, { authorization: tokenOf(CLIENT) }).status).toBe(200)
  expect(poll(device_code).status).toBe(200)
})

test.each([
  ['no client', { client_id: '' }, 'invalid_request'],
  ['an unknown client', { client_id: 'nobody' }, 'unauthorized_client'],
  ['no scope', { scope: '' }, 'invalid_request'],
  ['no resource', { scope: 'openid offline_access' }, 'invalid_scope'],
  ['two resources', { scope: `${SCOPE} https://elsewhere.example/.default` }, 'invalid_scope'],
  ['a resource of others', { scope: 'https://elsewhere.example/.default' }, 'invalid_resource'],
])('a device request with %s is refused', (_name, changes, error) => {
  expect(anAuthority().begin(changes)).toMatchObject({ status: 400, body: { error } })
})

test('a browser gets pages, on which nothing of the request is markup', () => {
  const { issuer, begin, decide } = anAuthority()
  const form = SIGN_IN_ROUTES.find((route) => route.method === 'GET')?.answer(issuer, {
    body: '',
    authorization: undefined,
    accept: 'text/html',
    base: BASE,
  })
  expect(form?.body).toContain('name="user_code"')
  const { user_code } = begin().body
  const answer = decide({ user_code, decision: 'approve', client_secret: CLIENT.clientSecret }, { accept: 'text/html,*/*' })
  expect(answer.text).toContain('The sign-in is approved.')
  expect(decide({ user_code: '<script>', decision: 'approve' }, { accept: 'text/html' }).text).not.toContain('<script>')
})

test('requests that nobody finishes do not grow without end', () => {
  const { begin, poll } = anAuthority()
  const first = begin().body
  for (let count = 0; count < 1_000; count += 1) begin()
  expect(poll(first.device_code).body.error).toBe('bad_verification_code')
})
