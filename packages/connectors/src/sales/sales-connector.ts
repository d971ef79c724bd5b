import type { Connector } from '@p2c/engine'
import { dataverseProfile } from '@p2c/odata'
import { readFilter } from '../fields/filter.ts'
import { createHttpClient } from '../http/http-client.ts'
import { createBulkSizes } from '../load/bulk-size.ts'
import { bulkLimits, type LoadSettings } from '../load/load-settings.ts'
import { createBulkMessages } from './bulk-messages.ts'
import { createSalesCatalogue } from './catalogue.ts'
import { countRows } from './count.ts'
import { createOwnerTeams } from './owner-teams.ts'
import { readRowsByFields, readRowsByKeys, readTable } from './read.ts'
import { createSalesClient } from './sales-client.ts'
import { toEntitySchema } from './table.ts'
import { upsertRows } from './upsert.ts'

/** The service takes 1,000 rows in one message (Dataverse Web API 14). */
const BULK_ROWS = { start: 500, least: 10, most: 1000 }
const DEFAULT_PARALLEL = 4

/** First wait after a 429 without `Retry-After` (Dataverse Web API 17). */
const THROTTLE_DELAY_MS = 1000

export interface SalesSettings extends LoadSettings {
  /** `CDS` for the hub of tasks with two legs, which speaks the same interface; default `CRM`. */
  readonly environmentType?: 'CRM' | 'CDS'
}

/** Dynamics 365 Sales, or the local Sales application: both speak the Dataverse Web API v9.2, as does the hub. */
export function createSalesConnector(settings: SalesSettings): Connector {
  const environmentType = settings.environmentType ?? 'CRM'
  const http = createHttpClient(settings, { throttleDelayMs: THROTTLE_DELAY_MS })
  const client = createSalesClient(http, settings.root)
  const catalogue = createSalesCatalogue(client, settings.clock)
  const parallel = settings.parallel ?? DEFAULT_PARALLEL
  const reading = { client, catalogue, parallel }
  const writing = {
    ...reading,
    // The hub belongs to organisations of its own kind: what is written there has no unit.
    ...(environmentType === 'CRM' && { owners: createOwnerTeams(client, settings.clock) }),
    bulkMessages: createBulkMessages(client),
    sizes: createBulkSizes(bulkLimits(settings, BULK_ROWS)),
    now: () => settings.clock.now(),
  }
  return {
    name: environmentType === 'CRM' ? 'sales' : 'common-data-service',
    environmentType,
    async checkConnection(signal) {
      const { body } = await client.get({ path: 'WhoAmI' }, signal)
      return { description: `Signed in to ${settings.root} as user ${body.UserId} of organisation ${body.OrganizationId}.` }
    },
    async describeEntity(entity, signal) {
      const table = await catalogue.tableOfSet(entity, signal)
      const targets = [
        ...new Set([...table.columns.values()].flatMap((column) => column.navigations.map((navigation) => navigation.table))),
      ]
      const sets = new Map(await Promise.all(targets.map(async (target) => [target, await catalogue.setOf(target, signal)] as const)))
      return toEntitySchema(table, (target) => sets.get(target))
    },
    parseFilter: (text) => readFilter(text, { profile: dataverseProfile, bareMembers: false }),
    read: (request, signal) => readTable(reading, request, signal),
    count: (request, signal) => countRows(reading, request, signal),
    readByKeys: (request, keys, signal) => readRowsByKeys(reading, { ...request, keys }, signal),
    readByFields: (request, search, signal) => readRowsByFields(reading, { ...request, search }, signal),
    upsert: (request, signal) => upsertRows(writing, request, signal),
    close: () => http.close(),
  }
}
