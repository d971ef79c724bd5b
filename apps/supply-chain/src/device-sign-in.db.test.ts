import { expect, test } from 'vitest'
import { CLIENT, F, startTestApp } from './supply-chain-app.fixture.ts'

test('a device signs in to Supply Chain as it does to Sales', async (t) => {
  const { app, call } = await startTestApp(t)
  const post = async (url: string, form: Record<string, string>) => {
    const answer = await app.inject({
      method: 'POST',
      url,
      payload: new URLSearchParams(form).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    return { status: answer.statusCode, body: answer.json() }
  }
  const begun = await post('/tenant/oauth2/v2.0/devicecode', { client_id: CLIENT.clientId, scope: `${F}/.default` })
  expect(begun).toMatchObject({ status: 200, body: { verification_uri: `${F}/local/devicecode` } })
  const poll = () =>
    post('/tenant/oauth2/v2.0/token', { grant_type: 'device_code', client_id: CLIENT.clientId, device_code: begun.body.device_code })
  expect((await poll()).body.error).toBe('authorization_pending')
  const approval = { user_code: begun.body.user_code, decision: 'approve', client_secret: CLIENT.clientSecret }
  expect((await post('/local/devicecode/approve', approval)).status).toBe(200)
  const { access_token } = (await poll()).body
  expect((await call('GET', '/data/CustomersV2?$top=1', undefined, { authorization: `Bearer ${access_token}` })).status).toBe(200)
})
