import type { Connector } from '@p2c/engine'
import { finOpsProfile } from '@p2c/odata'
import { readFilter } from '../fields/filter.ts'
import type { ConnectorSettings } from '../http/connector-settings.ts'
import { createHttpClient } from '../http/http-client.ts'
import { toEntitySchema } from './entity.ts'
import { createEntityCatalogue } from './entity-catalogue.ts'
import { createFinOpsClient } from './fin-ops-client.ts'
import { countRows, readEntity, readRowsByKeys } from './read.ts'
import { upsertRows } from './upsert.ts'

const DEFAULT_CHANGE_SET_SIZE = 100
const DEFAULT_PARALLEL = 4

/** First wait after a 429 without `Retry-After` (F&O 21). */
const THROTTLE_DELAY_MS = 30_000

const VERSION_ACTION = 'data/DataManagementEntities/Microsoft.Dynamics.DataEntities.GetApplicationVersion'

/** Dynamics 365 Supply Chain Management, or the local Supply Chain application: both speak the Finance and Operations data services. */
export function createSupplyChainConnector(settings: ConnectorSettings): Connector {
  const http = createHttpClient(settings, { throttleDelayMs: THROTTLE_DELAY_MS })
  const client = createFinOpsClient(http, settings)
  const catalogue = createEntityCatalogue(client, settings.clock)
  const reading = { client, catalogue, parallel: settings.parallel ?? DEFAULT_PARALLEL, usesPackages: settings.usesPackages ?? true }
  const writing = { ...reading, changeSetSize: settings.bulkSize ?? DEFAULT_CHANGE_SET_SIZE, now: () => settings.clock.now() }
  return {
    name: 'supply-chain',
    environmentType: 'AX',
    async checkConnection(signal) {
      const { value } = await client.call(VERSION_ACTION, {}, { repeatable: true, signal })
      return { description: `Signed in to ${settings.root}, application version ${String(value)}.` }
    },
    async describeEntity(entity, signal) {
      return toEntitySchema(await catalogue.entity(entity, signal))
    },
    parseFilter: (text) => readFilter(text, { profile: finOpsProfile, bareMembers: true }),
    read: (request, signal) => readEntity(reading, request, signal),
    count: (request, signal) => countRows(reading, request, signal),
    readByKeys: (request, keys, signal) => readRowsByKeys(reading, { ...request, keys }, signal),
    upsert: (request, signal) => upsertRows(writing, request, signal),
    close: () => http.close(),
  }
}
