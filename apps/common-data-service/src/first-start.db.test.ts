import { openScratchDatabase } from '@p2c/base'
import { expect, test } from 'vitest'
import { startHub } from './hub-app.fixture.ts'

test('a new hub has the organisation that the templates name, and a base currency', async (t) => {
  const hub = await startHub(t, await openScratchDatabase(t))
  expect((await hub.get('Organization?$select=organizationid,name')).body.value).toMatchObject([
    { organizationid: 'ORG001', name: 'Prospect to Cash' },
  ])
  expect((await hub.get('transactioncurrencies?$select=isocurrencycode')).body.value).toMatchObject([{ isocurrencycode: 'USD' }])
  const { body: who } = await hub.get('WhoAmI')
  const user = (await hub.get(`systemusers(${who.UserId})?$expand=systemuserroles_association($select=name)`)).body
  expect(user.isintegrationuser).toBe(true)
  expect(user.systemuserroles_association.map((role: { name: string }) => role.name).sort()).toEqual([
    'Integration',
    'System Administrator',
  ])
})

test('a restart changes nothing and brings nothing back', async (t) => {
  const hub = await startHub(t)
  await hub.create('Organization', { organizationid: 'NO-02', name: 'Nordkai Verft ÅS' })
  await hub.remove("Organization(organizationid='ORG001')")
  const before = (await hub.get('Organization')).body.value
  hub.clock.advance(60_000)
  const again = await hub.restart()
  expect((await again.get('Organization')).body.value).toEqual(before)
  expect(before).toMatchObject([{ organizationid: 'NO-02', name: 'Nordkai Verft ÅS' }])
})

test('health needs no token, everything else does', async (t) => {
  const hub = await startHub(t)
  const health = await hub.get('/health', { authorization: '' })
  expect(health).toMatchObject({
    status: 200,
    body: { status: 'ok', program: 'common-data-service', version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
  })
  expect((await hub.get('Account', { authorization: '' })).status).toBe(401)
})
