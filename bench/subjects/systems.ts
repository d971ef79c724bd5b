import { silentLogger, systemClock } from '@p2c/base'
import { type ConnectionPool, createSalesConnector, createSupplyChainConnector } from '@p2c/connectors'
import type { ConnectedEnvironment, ConnectionSetInput, Connector } from '@p2c/engine'
import { Pool } from 'undici'
import type { Client } from '../local/application.ts'
import { createStubConnector } from './stub-connector.ts'

/** What the engine reads from and writes to. */
export type System =
  | { readonly kind: 'stub'; readonly origin: string }
  | { readonly kind: 'local'; readonly salesUrl: string; readonly supplyChainUrl: string; readonly client: Client }

export interface ConnectorMaker {
  readonly connectorFor: (environment: ConnectedEnvironment) => Connector
  readonly connectionSet: Pick<ConnectionSetInput, 'connections' | 'integrationKeys'>
  /** Requests to the local applications so far, sign-ins among them. */
  requests(): number
}

/** The canonical keys of the templates specification, section 2.1. */
const INTEGRATION_KEYS = [
  { environmentType: 'CRM' as const, entity: 'accounts', fields: ['accountnumber'] },
  { environmentType: 'CRM' as const, entity: 'contacts', fields: ['msdynce_contactnumber'] },
  { environmentType: 'CRM' as const, entity: 'products', fields: ['productnumber'] },
  { environmentType: 'CRM' as const, entity: 'pricelevels', fields: ['name'] },
  { environmentType: 'CRM' as const, entity: 'uoms', fields: ['name'] },
  { environmentType: 'CRM' as const, entity: 'uomschedules', fields: ['name'] },
  { environmentType: 'CRM' as const, entity: 'transactioncurrencies', fields: ['isocurrencycode'] },
  { environmentType: 'AX' as const, entity: 'CustomersV2', fields: ['CustomerAccount'] },
  { environmentType: 'AX' as const, entity: 'CDSContactPersons', fields: ['ContactPersonPartyNumber', 'AssociatedPartyNumber'] },
  { environmentType: 'AX' as const, entity: 'SellableReleasedProducts', fields: ['ProductNumber'] },
]

export function connectorMaker(system: System): ConnectorMaker {
  const [sales, supplyChain] = system.kind === 'stub' ? [system.origin, system.origin] : [system.salesUrl, system.supplyChainUrl]
  let sent = 0
  const createPool = (origin: string, options: { readonly connections: number }): ConnectionPool => {
    const pool = new Pool(origin, options)
    return {
      request: (request) => {
        sent++
        return pool.request(request)
      },
      close: () => pool.close(),
    }
  }
  return {
    requests: () => sent,
    connectionSet: {
      connections: [
        { name: 'Sales', environmentType: 'CRM', baseUrl: sales },
        { name: 'Supply Chain', environmentType: 'AX', baseUrl: supplyChain },
      ],
      integrationKeys: system.kind === 'stub' ? [] : INTEGRATION_KEYS,
    },
    connectorFor: ({ environmentType, baseUrl }) => {
      if (system.kind === 'stub') return createStubConnector(environmentType, baseUrl)
      const settings = { root: baseUrl, tokenUrl: tokenUrlOf(baseUrl), ...system.client, clock: systemClock, log: silentLogger, createPool }
      return environmentType === 'CRM' ? createSalesConnector(settings) : createSupplyChainConnector(settings)
    },
  }
}

/** The token end point of a local application. */
export const tokenUrlOf = (url: string): string => `${url}/local/oauth2/v2.0/token`
