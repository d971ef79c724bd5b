import { createTokenIssuer, openScratchDatabase, randomIds, silentLogger, systemClock, type TestScope } from '@p2c/base'
import { createSalesConnector, createSupplyChainConnector, type LoadSettings } from '@p2c/connectors'
import type { Connector } from '@p2c/engine'
import { createSalesApp, DEFAULT_SALES_SETTINGS } from '@p2c/sales'
import { createSupplyChainApp } from '@p2c/supply-chain'

const CLIENT = { clientId: '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0a1', clientSecret: 's3cret~value' }

/** A Sales connector and its application over a real socket, with sign-in; both end with the test. */
export async function startSales(scope: TestScope): Promise<Connector> {
  const database = await openScratchDatabase(scope)
  const address = { url: '' }
  const identity = createTokenIssuer({
    issuer: 'test',
    key: Buffer.alloc(32, 7),
    clock: systemClock,
    clients: [CLIENT],
    resources: () => [address.url],
  })
  const settings = DEFAULT_SALES_SETTINGS
  const app = await createSalesApp({
    database,
    clock: systemClock,
    ids: randomIds,
    log: silentLogger,
    identity,
    clients: [CLIENT],
    settings,
  })
  address.url = await app.listen({ host: '127.0.0.1', port: 0 })
  scope.onTestFinished(() => app.close())
  const tokenUrl = `${address.url}/local/oauth2/v2.0/token`
  const connector = createSalesConnector({ root: address.url, tokenUrl, ...CLIENT, clock: systemClock, log: silentLogger })
  scope.onTestFinished(() => connector.close())
  return connector
}

/** The same for Supply Chain; `more` settings of the connector. */
export async function startSupplyChain(scope: TestScope, more: Partial<LoadSettings> = {}): Promise<Connector> {
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
    ...more,
  })
  scope.onTestFinished(() => connector.close())
  return connector
}
