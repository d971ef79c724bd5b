import type { Connector } from '@p2c/engine'
import { finOpsProfile } from '@p2c/odata'
import { readFilter } from '../fields/filter.ts'
import { createHttpClient } from '../http/http-client.ts'
import { createBulkSizes } from '../load/bulk-size.ts'
import { bulkLimits, type LoadSettings } from '../load/load-settings.ts'
import { toEntitySchema } from './entity.ts'
import { createEntityCatalogue } from './entity-catalogue.ts'
import { createFinOpsClient } from './fin-ops-client.ts'
import { createPackageImport } from './package-import.ts'
import { countRows, readEntity, readRowsByFields, readRowsByKeys } from './read.ts'
import { upsertRows } from './upsert.ts'

/** The service takes 5,000 operations in a batch; more than some hundred gain nothing, and time-outs come first (F&O 11). */
const CHANGE_SET_ROWS = { start: 100, least: 10, most: 400 }
const DEFAULT_PARALLEL = 4

const DEFAULT_PACKAGE_ROWS = Number.POSITIVE_INFINITY

/** Off by 0, and where the environment takes no packages. */
const packageRowsOf = ({ packageRows = DEFAULT_PACKAGE_ROWS, usesPackages = true }: LoadSettings): number =>
  packageRows === 0 || !usesPackages ? Number.POSITIVE_INFINITY : packageRows

/** First wait after a 429 without `Retry-After` (F&O 21). */
const THROTTLE_DELAY_MS = 30_000

const VERSION_ACTION = 'data/DataManagementEntities/Microsoft.Dynamics.DataEntities.GetApplicationVersion'

/** Dynamics 365 Supply Chain Management, or the local Supply Chain application: both speak the Finance and Operations data services. */
export function createSupplyChainConnector(settings: LoadSettings): Connector {
  const http = createHttpClient(settings, { throttleDelayMs: THROTTLE_DELAY_MS })
  const client = createFinOpsClient(http, settings)
  const catalogue = createEntityCatalogue(client, settings.clock)
  const reading = { client, catalogue, parallel: settings.parallel ?? DEFAULT_PARALLEL, usesPackages: settings.usesPackages ?? true }
  const { log, budget } = settings
  const packages = createPackageImport({ packageRows: packageRowsOf(settings), log, ...(budget !== undefined && { budget }) })
  const sizes = createBulkSizes(bulkLimits(settings, CHANGE_SET_ROWS))
  const writing = { ...reading, sizes, packages, now: () => settings.clock.now() }
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
    readByFields: (request, search, signal) => readRowsByFields(reading, { ...request, search }, signal),
    upsert: (request, signal) => upsertRows(writing, request, signal),
    close: () => http.close(),
  }
}
