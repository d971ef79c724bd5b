import { expect, test } from 'vitest'
import { serverSettings } from './settings.ts'

const WHOLE = {
  P2C_PROGRAM_SALES_URL: 'http://127.0.0.1:4010',
  P2C_PROGRAM_SALES_CLIENT_ID: 'sales',
  P2C_PROGRAM_SALES_CLIENT_SECRET: 'secret',
  P2C_PROGRAM_SUPPLY_CHAIN_URL: 'http://127.0.0.1:4020',
  P2C_PROGRAM_SUPPLY_CHAIN_CLIENT_ID: 'supply-chain',
  P2C_PROGRAM_SUPPLY_CHAIN_CLIENT_SECRET: 'secret',
  P2C_PROGRAM_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
  P2C_PROGRAM_TEMPLATES: '/templates',
}
const HUB = {
  P2C_PROGRAM_COMMON_DATA_SERVICE_URL: 'http://127.0.0.1:4030',
  P2C_PROGRAM_COMMON_DATA_SERVICE_CLIENT_ID: 'hub',
  P2C_PROGRAM_COMMON_DATA_SERVICE_CLIENT_SECRET: 'secret',
}

test('an integrator works without a Common Data Service, and knows address and client of one that is there', () => {
  expect(serverSettings.parse(WHOLE).commonDataService).toBeUndefined()
  expect(serverSettings.parse({ ...WHOLE, ...HUB }).commonDataService).toEqual({
    url: 'http://127.0.0.1:4030',
    clientId: 'hub',
    clientSecret: 'secret',
  })
})

test.each(Object.keys(HUB))('%s is missed where the others are set', (name) => {
  const { [name as keyof typeof HUB]: _missing, ...others } = HUB
  const result = serverSettings.safeParse({ ...WHOLE, ...others })
  expect(result.error?.issues).toMatchObject([{ path: [name], message: expect.stringContaining('is missing') }])
})
