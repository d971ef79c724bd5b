import {
  type Clock,
  createTokenIssuer,
  type Database,
  openScratchDatabase,
  randomIds,
  silentLogger,
  systemClock,
  type TestScope,
  type TokenIssuer,
} from '@p2c/base'
import { createSalesConnector, createSupplyChainConnector, type LoadSettings } from '@p2c/connectors'
import type { Connector } from '@p2c/engine'
import { createSalesApp, DEFAULT_SALES_SETTINGS, type SalesSettings } from '@p2c/sales'
import { createSupplyChainApp, type SupplyChainSettings } from '@p2c/supply-chain'
import type { FastifyInstance } from 'fastify'
import { FIRST_START as SALES_FIRST_START } from '../../apps/sales/src/sales-app.fixture.ts'
import { FIRST_START as SUPPLY_CHAIN_FIRST_START } from '../../apps/supply-chain/src/supply-chain-app.fixture.ts'

/** The client that signs in to the applications of tests. */
export const CLIENT = { clientId: '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0a1', clientSecret: 's3cret~value' }

/** A local application over a real socket, on a database of its own that has had its first start; ends with the test. */
export interface RunningApplication {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  readonly tokenUrl: string
  readonly database: Database
}

/** How an application is started otherwise than as it comes. */
export interface StartedAs<Settings> {
  /** With settings Sales has its first start with them. */
  readonly settings?: Partial<Settings>
  /** One that another application has had; default: a new one. */
  readonly database?: Database
}

/** Sales; its time is that of `clock`. */
export async function startSalesApplication(
  scope: TestScope,
  clock: Clock = systemClock,
  as: StartedAs<SalesSettings> = {},
): Promise<RunningApplication> {
  const prepared = as.settings === undefined ? { prepared: SALES_FIRST_START } : {}
  const database = as.database ?? (await openScratchDatabase(scope, prepared))
  return listening(scope, { database, clock }, (identity) =>
    createSalesApp({
      database,
      clock,
      ids: randomIds,
      log: silentLogger,
      identity,
      clients: [CLIENT],
      settings: { ...DEFAULT_SALES_SETTINGS, ...as.settings },
    }),
  )
}

/** Supply Chain; its time is that of `clock`, and so is that of its batch jobs. */
export async function startSupplyChainApplication(
  scope: TestScope,
  clock: Clock = systemClock,
  { settings = {}, ...as }: StartedAs<SupplyChainSettings> = {},
): Promise<RunningApplication> {
  const database = as.database ?? (await openScratchDatabase(scope, { prepared: SUPPLY_CHAIN_FIRST_START }))
  return listening(scope, { database, clock }, (tokens) =>
    createSupplyChainApp({ database, clock, ids: randomIds, log: silentLogger, tokens, signingKey: 'test', settings }),
  )
}

/** The hub of tasks with two legs. Its code is loaded here: most scenarios have no hub. */
export async function startCommonDataServiceApplication(scope: TestScope, clock: Clock = systemClock): Promise<RunningApplication> {
  const { createCommonDataServiceApp } = await import('@p2c/common-data-service')
  const database = await openScratchDatabase(scope)
  return listening(scope, { database, clock }, (identity) =>
    createCommonDataServiceApp({ database, clock, ids: randomIds, log: silentLogger, identity, clients: [CLIENT] }),
  )
}

async function listening(
  scope: TestScope,
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  create: (identity: TokenIssuer) => Promise<FastifyInstance>,
): Promise<RunningApplication> {
  const address = { url: '' }
  const identity = createTokenIssuer({
    issuer: 'test',
    key: Buffer.alloc(32, 7),
    clock,
    clients: [CLIENT],
    resources: () => [address.url],
  })
  const app = await create(identity)
  address.url = await app.listen({ host: '127.0.0.1', port: 0 })
  scope.onTestFinished(() => app.close())
  return { url: address.url, ...CLIENT, tokenUrl: `${address.url}/local/oauth2/v2.0/token`, database }
}

/** A Sales connector and its application over a real socket, with sign-in; both end with the test. */
export async function startSales(scope: TestScope): Promise<Connector> {
  const { url: root, tokenUrl } = await startSalesApplication(scope)
  const connector = createSalesConnector({ root, tokenUrl, ...CLIENT, clock: systemClock, log: silentLogger })
  scope.onTestFinished(() => connector.close())
  return connector
}

/** The same for Supply Chain; `more` settings of the connector. */
export async function startSupplyChain(scope: TestScope, more: Partial<LoadSettings> = {}): Promise<Connector> {
  const { url: root, tokenUrl } = await startSupplyChainApplication(scope)
  const connector = createSupplyChainConnector({ root, tokenUrl, ...CLIENT, clock: systemClock, log: silentLogger, ...more })
  scope.onTestFinished(() => connector.close())
  return connector
}
