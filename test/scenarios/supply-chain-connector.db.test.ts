import { createTokenIssuer, openScratchDatabase, randomIds, silentLogger, systemClock } from '@p2c/base'
import { createSupplyChainConnector } from '@p2c/connectors'
import type { Connector } from '@p2c/engine'
import { createSupplyChainApp } from '@p2c/supply-chain'
import { expect, test } from 'vitest'
import { type CaseScope, describeConnector } from '../../packages/connectors/src/connector.case.ts'

const CLIENT = { clientId: '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0a1', clientSecret: 's3cret~value' }
const organisation = { businessUnit: 'Contoso', legalEntity: 'USMF' }
const signal = new AbortController().signal

/** The connector and the application over a real socket, with sign-in. */
async function startSupplyChain(scope: CaseScope): Promise<Connector> {
  const database = await openScratchDatabase(scope)
  const address = { url: '' }
  const tokens = createTokenIssuer({
    issuer: 'test',
    key: Buffer.alloc(32, 7),
    clock: systemClock,
    clients: [CLIENT],
    resources: () => [address.url],
  })
  const app = await createSupplyChainApp({ database, clock: systemClock, ids: randomIds, log: silentLogger, tokens, signingKey: 'test' })
  address.url = await app.listen({ host: '127.0.0.1', port: 0 })
  scope.onTestFinished(() => app.close())
  const connector = createSupplyChainConnector({
    root: address.url,
    tokenUrl: `${address.url}/local/oauth2/v2.0/token`,
    ...CLIENT,
    clock: systemClock,
    log: silentLogger,
  })
  scope.onTestFinished(() => connector.close())
  return connector
}

const customer = (CustomerAccount: string, more: Record<string, string | null> = {}) => ({
  CustomerAccount,
  PartyNumber: CustomerAccount,
  OrganizationName: `Name of ${CustomerAccount}`,
  PartyType: 'Organization',
  CustomerGroupId: '10',
  SalesCurrencyCode: 'USD',
  CreditLimit: '10.5',
  ...more,
})

describeConnector('the Supply Chain connector against the local application', async (scope) => ({
  connector: await startSupplyChain(scope),
  organisation,
  entity: 'CustomersV2',
  keyFields: ['CustomerAccount'],
  textField: 'OrganizationName',
  decimalField: 'CreditLimit',
  row: (key, more) => ({ ...customer(key), ...more }),
  badRow: (key) => customer(key, { CustomerGroupId: '99' }),
  isIncremental: true,
}))

test('a refused reference is told with field, value and table', async (t) => {
  const connector = await startSupplyChain(t)
  const rows = [{ key: 'K-1', values: customer('K-1', { CustomerGroupId: '99' }), known: false }]
  const outcomes = await connector.upsert({ entity: 'CustomersV2', keyFields: ['CustomerAccount'], organisation, rows }, signal)
  expect(outcomes).toMatchObject([
    {
      outcome: 'failed',
      failure: {
        category: 'reference',
        code: 'reference-not-found',
        details: { value: '99', field: expect.any(String), table: expect.any(String) },
      },
    },
  ])
})
