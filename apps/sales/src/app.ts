import { type Clock, type Database, healthOf, type Ids, type Logger, type TokenIssuer } from '@p2c/base'
import { createTablePlatform, type SeedIdentity } from '@p2c/dataverse'
import type { FastifyInstance } from 'fastify'
import { salesActions } from './actions/sales-actions.ts'
import { salesPlugins } from './plugins/sales-plugins.ts'
import { BASE_CURRENCY } from './seed/currencies.ts'
import { ROLES, salesRoles } from './seed/security-roles.ts'
import { seedCatalogue } from './seed/seed-catalogue.ts'
import type { SalesSettings } from './settings.ts'
import { startSolution } from './solution/install-solution.ts'
import { registerSolutionRoutes } from './solution/solution-routes.ts'
import { migrateSales } from './storage.ts'
import { ORGANIZATION_COLUMNS } from './tables/organization-columns.ts'
import { ROW_MAPPINGS } from './tables/row-mappings.ts'
import { salesTables } from './tables/sales-tables.ts'
import { version } from './version.ts'

export { PRICE_LIST_MISSING } from './domain/catalogue/price-list.ts'
export { DEFAULT_SALES_SETTINGS, type SalesSettings, salesSettings } from './settings.ts'

export interface SalesAppDeps {
  readonly database: Database
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  /** Checks the tokens of calls and answers token requests. */
  readonly identity: TokenIssuer
  /** Clients that may sign in: each gets an application user with the roles System Administrator and Integration. */
  readonly clients: readonly { readonly clientId: string; readonly name?: string }[]
  readonly settings: SalesSettings
  /** What a first start makes otherwise than it would: fixed ids, another base currency. */
  readonly seedIdentity?: Partial<SeedIdentity>
}

/**
 * The Sales application on one database, brought to the newest shape and, at its first start, filled with what every organisation has.
 * Not listening yet; closing it does not close the database. Throws what `createTablePlatform` throws.
 */
export async function createSalesApp(deps: SalesAppDeps): Promise<FastifyInstance> {
  const { database, clock, ids, log, identity, settings } = deps
  const tables = salesTables({ uniqueAccountNumber: settings.p2cUniqueAccountNumber })
  const platform = await createTablePlatform({
    tables,
    roles: salesRoles(tables),
    organizationColumns: ORGANIZATION_COLUMNS,
    plugins: salesPlugins(settings),
    actions: salesActions(settings),
    mappings: ROW_MAPPINGS,
    database,
    clock,
    ids,
    log,
    identity,
    seedIdentity: seedIdentity(deps),
    ...(settings.version !== undefined && { serviceVersion: settings.version }),
  })
  await migrateSales(database, settings)
  await platform.service(async (service) => {
    // Two programs that start at once on one database take turns.
    await service.find({ table: 'organization', columns: [], forUpdate: true })
    await seedCatalogue(service)
  })
  const solution = { database, service: platform.service, clock, ids, log }
  await startSolution(solution, { installFirst: settings.installSolution ? settings.solutionVersion : undefined })
  registerSolutionRoutes(platform, solution)
  platform.app.get('/health', async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(JSON.stringify(healthOf('sales', version))),
  )
  return platform.app
}

const seedIdentity = ({ settings, clients, seedIdentity: given }: SalesAppDeps): SeedIdentity => ({
  organizationName: settings.organizationName,
  baseCurrency: BASE_CURRENCY,
  administrator: { name: 'System Administrator' },
  applicationUsers: clients.map(({ clientId, name = 'Prospect to Cash Integration' }) => ({
    clientId,
    name,
    roles: [ROLES.administrator, ROLES.integration],
  })),
  // Without a role it could own nothing, and every run that makes it owner would fail (Sales 7).
  defaultTeamRoles: [ROLES.integrationTeam],
  ...given,
})
