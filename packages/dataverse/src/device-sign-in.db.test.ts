import { expect, test } from 'vitest'
import { BASE, guid, startPlatform } from './platform.case.ts'

test('DV-003 a device signs in over HTTP, and its token is one of the client', async (t) => {
  const sales = await startPlatform(t, { empty: true })
  const post = async (url: string, form: Record<string, string>) => {
    const answer = await sales.platform.app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(form).toString(),
    })
    return { status: answer.statusCode, body: answer.json() }
  }
  const begun = await post(`/${guid('a0')}/oauth2/v2.0/devicecode`, { client_id: guid('a1'), scope: `${BASE}/.default offline_access` })
  expect(begun).toMatchObject({ status: 200, body: { verification_uri: `${BASE}/local/devicecode`, interval: 5 } })
  const { device_code, user_code } = begun.body
  const poll = () =>
    post(`/${guid('a0')}/oauth2/v2.0/token`, {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: guid('a1'),
      device_code,
    })
  expect(await poll()).toMatchObject({ status: 400, body: { error: 'authorization_pending' } })
  const page = await sales.platform.app.inject({ method: 'GET', url: '/local/devicecode' })
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  expect((await post('/local/devicecode/approve', { user_code, decision: 'approve', client_secret: 's3cret~value' })).status).toBe(200)
  const { access_token, refresh_token } = (await poll()).body
  expect(refresh_token).toEqual(expect.any(String))
  const who = await sales.send('GET', 'WhoAmI', { headers: { authorization: `Bearer ${access_token}` } })
  expect(who.json.UserId).toBe(guid('0c'))
})
