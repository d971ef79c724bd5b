import { type Clock, type Database, healthOf, type Ids, type Logger, type TokenIssuer } from '@p2c/base'
import { type CurrencySeed, createTablePlatform, type SeedIdentity, type TableService } from '@p2c/dataverse'
import type { FastifyInstance } from 'fastify'
import { hubPlugins } from './plugins/hub-plugins.ts'
import { hubRoles, ROLES } from './security-roles.ts'
import { ORGANIZATION_TABLE } from './tables/hub-table.ts'
import { hubTableDefinitions } from './tables/hub-tables.ts'
import { version } from './version.ts'

export interface CommonDataServiceAppDeps {
  readonly database: Database
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  /** Checks the tokens of calls and answers token requests. */
  readonly identity: TokenIssuer
  /** Clients that may sign in: each gets an application user with the roles System Administrator and Integration. */
  readonly clients: readonly { readonly clientId: string; readonly name?: string }[]
}

const ENVIRONMENT_NAME = 'Common Data Service'

/** The platform wants one; amounts of the hub name their own currencies and are never converted. */
const BASE_CURRENCY: CurrencySeed = { code: 'USD', name: 'US Dollar', symbol: '$', precision: 2 }

/** The organisation that the templates name. Source: templates 8, `ORG001`. */
const FIRST_ORGANIZATION = { organizationid: 'ORG001', name: 'Prospect to Cash' } as const

/**
 * The Common Data Service on one database, brought to the newest shape. Not listening yet; closing it does not close the database.
 * Throws what `createTablePlatform` throws.
 */
export async function createCommonDataServiceApp(deps: CommonDataServiceAppDeps): Promise<FastifyInstance> {
  const { database, clock, ids, log, identity } = deps
  const platform = await createTablePlatform({
    tables: hubTableDefinitions,
    roles: hubRoles,
    plugins: hubPlugins(),
    database,
    clock,
    ids,
    log,
    identity,
    seedIdentity: seedIdentity(deps),
  })
  await platform.service(async (service) => {
    // Two programs that start at once on one database take turns.
    await service.find({ table: 'organization', columns: [], forUpdate: true })
    await seedOrganization(service)
  })
  platform.app.get('/health', async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(JSON.stringify(healthOf('common-data-service', version))),
  )
  return platform.app
}

/** A hub has an organisation at least; where there is one, what somebody deleted or renamed stays as it is. */
async function seedOrganization(service: TableService): Promise<void> {
  const known = await service.find({ table: ORGANIZATION_TABLE, columns: [], limit: 1 })
  if (known.length === 0) await service.create(ORGANIZATION_TABLE, [FIRST_ORGANIZATION])
}

const seedIdentity = ({ clients }: CommonDataServiceAppDeps): SeedIdentity => ({
  organizationName: ENVIRONMENT_NAME,
  baseCurrency: BASE_CURRENCY,
  administrator: { name: 'System Administrator' },
  applicationUsers: clients.map(({ clientId, name = 'Prospect to Cash Integration' }) => ({
    clientId,
    name,
    roles: [ROLES.administrator, ROLES.integration],
  })),
})
