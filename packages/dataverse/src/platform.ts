import type { Clock, Database, Ids, Logger, SqlRunner, TokenIssuer } from '@p2c/base'
import { createFaultControl } from '@p2c/faults'
import type { FastifyInstance } from 'fastify'
import type { AppAction } from './actions/app-action.ts'
import { DUPLICATE_ACTIONS } from './actions/duplicate-actions.ts'
import { environmentFunctions, SERVICE_VERSION } from './actions/environment-functions.ts'
import { initializeFrom } from './actions/initialize-from.ts'
import { PLATFORM_FUNCTIONS } from './actions/platform-functions.ts'
import { ROLE_ACTIONS } from './actions/role-actions.ts'
import { SHARE_ACTIONS } from './actions/share-actions.ts'
import { duplicateRulePlugins } from './duplicates/rule-plugins.ts'
import { modelError } from './errors/platform-error.ts'
import { storedQueryPlugins } from './fetch/stored-query-plugins.ts'
import { entityNodes, relationshipNodes } from './metadata/entity-nodes.ts'
import { sharedSetNodes } from './metadata/option-nodes.ts'
import type { ManyToManyDefinition } from './model/many-to-many.ts'
import type { LinkRule, Plugin, Row, TableService } from './model/plugin.ts'
import { resolveModel } from './model/resolve-model.ts'
import { type Model, tableOf } from './model/resolved-model.ts'
import { mappingProblems, type RowMapping } from './model/row-mapping.ts'
import type { ColumnDefinition, TableDefinition } from './model/table.ts'
import { createRows } from './pipeline/create-rows.ts'
import { runWrite } from './pipeline/transaction.ts'
import { updateRows } from './pipeline/update-rows.ts'
import { type Caller, momentText, type PlatformCore } from './pipeline/write-context.ts'
import { type RoleDefinition, seedSecurity } from './security/seed-security.ts'
import { SECURITY_LINK_RULES, TEAM_RULES } from './security/team-rules.ts'
import { unitRules } from './security/unit-rules.ts'
import { arrayLiteral } from './storage/column-sql.ts'
import { createStorage } from './storage/create-storage.ts'
import { SECURITY_RELATIONS } from './system/security-tables.ts'
import { type SeedIdentity, seedPlatform } from './system/seed-platform.ts'
import { stableId } from './system/stable-id.ts'
import { systemTables } from './system/system-tables.ts'
import { createApp, type PlatformApp } from './web/create-app.ts'
import { DEFAULT_WIRE_SETTINGS, type WireSettings } from './web/exchange.ts'
import { createWebhooks, DEFAULT_WEBHOOK_SETTINGS, type WebhookSettings, type Webhooks } from './webhooks/create-webhooks.ts'
import { registrationPlugins } from './webhooks/registration-plugins.ts'

export interface TablePlatformOptions {
  /** Tables of the application. One that is named like a system table replaces it. */
  readonly tables: readonly TableDefinition[]
  /** Columns that the application adds to the organisation. */
  readonly organizationColumns?: readonly ColumnDefinition[]
  readonly plugins: readonly Plugin[]
  /** Many-to-many relationships of the application beside those of the platform, and their rules. */
  readonly relationships?: readonly ManyToManyDefinition[]
  readonly linkRules?: readonly LinkRule[]
  /** Roles that a new installation has beside the System Administrator, and that later ones get at upgrade. */
  readonly roles?: readonly RoleDefinition[]
  readonly actions?: readonly AppAction[]
  /** Which values new rows take from rows that they are started from. */
  readonly mappings?: readonly RowMapping[]
  readonly settings?: Partial<WireSettings>
  readonly webhooks?: Partial<WebhookSettings>
  readonly database: Database
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly identity: TokenIssuer
  readonly seedIdentity: SeedIdentity
  /** What `RetrieveVersion` answers; default: the version whose behaviour the platform follows. */
  readonly serviceVersion?: string
  /** Address that clients use; absent: the host of each request. */
  readonly publicUrl?: string
  readonly tenant?: string
}

export interface SeedRows {
  readonly table: string
  /** Rows with their primary keys. */
  readonly rows: readonly Row[]
  /** Existing rows are updated; default is to leave them as they are. */
  readonly overwrite?: boolean
}

export interface ServiceOptions {
  /** Default: the system administrator. */
  readonly userId?: string
  /** Default true. */
  readonly plugins?: boolean
}

export interface TablePlatform extends Pick<PlatformApp, 'signedIn'> {
  /** Not listening yet. Closing it does not close the database. */
  readonly app: FastifyInstance
  readonly model: Model
  readonly organizationId: string
  /** Runs code with the table service in one transaction, which `sql` is, for the application itself. A conflict with another write repeats it. */
  service<Result>(work: (service: TableService, sql: SqlRunner) => Promise<Result>, options?: ServiceOptions): Promise<Result>
  /** Loads rows with fixed ids in the order given, without plug-ins unless told. Running it again changes nothing. */
  seed(groups: readonly SeedRows[], options?: ServiceOptions): Promise<void>
}

/** Rows of one insert while seeding. */
const SEED_CHUNK = 2_000

/**
 * The table platform on one database: brings storage to the descriptions, makes the rows that every environment has, and builds the Web
 * API. Throws `table-definitions-inconsistent` and `storage-type-changed`.
 */
export async function createTablePlatform(options: TablePlatformOptions): Promise<TablePlatform> {
  const model = resolveModel(allTables(options), [...SECURITY_RELATIONS, ...(options.relationships ?? [])])
  assertPlugins(model, options)
  await createStorage(options.database, model, options.clock.now())
  const now = momentText(options.clock.now())
  const seeded = await seedPlatform(options.database, { model, now, seed: options.seedIdentity })
  await seedSecurity(options.database, { model, now, organizationId: seeded, seed: options.seedIdentity, roles: options.roles ?? [] })
  const faults = createFaultControl(options.clock)
  const webhooks = createWebhooks({
    ...pick(options),
    clock: faults.clock,
    fetch: (address, init) => globalThis.fetch(address, init),
    settings: { ...DEFAULT_WEBHOOK_SETTINGS, ...options.webhooks },
  })
  const core: PlatformCore = {
    ...pick(options),
    plugins: [...systemPlugins(model), ...options.plugins],
    clock: faults.clock,
    model,
    linkRules: [...SECURITY_LINK_RULES, ...(options.linkRules ?? [])],
    organizationId: seeded,
    customLogic: webhooks.customLogic,
  }
  const settings = { ...DEFAULT_WIRE_SETTINGS, ...options.settings }
  await forgetDeleted(core, settings)
  const environment = [...environmentFunctions(options.serviceVersion ?? SERVICE_VERSION), initializeFrom(options.mappings ?? [])]
  const actions = [
    ...PLATFORM_FUNCTIONS,
    ...environment,
    ...DUPLICATE_ACTIONS,
    ...ROLE_ACTIONS,
    ...SHARE_ACTIONS,
    ...(options.actions ?? []),
  ]
  const metadata = {
    model,
    actions,
    entities: entityNodes(model),
    relationships: relationshipNodes(model),
    optionSets: sharedSetNodes(model),
    documents: new Map<boolean, string>(),
  }
  const { app, signedIn } = createApp({
    core,
    service: { actions, metadata },
    settings,
    identity: options.identity,
    tenant: options.tenant ?? 'common',
    ...(options.publicUrl !== undefined && { publicUrl: options.publicUrl }),
    faults,
  })
  sendWhileOpen(app, webhooks)
  const administrator = options.seedIdentity.administrator.id ?? stableId('systemuser', options.seedIdentity.administrator.name)
  return { app, signedIn, model, organizationId: seeded, ...inProcess(core, administrator) }
}

/** Rules of the tables that the platform brings along. */
const systemPlugins = (model: Model): readonly Plugin[] => [
  ...storedQueryPlugins(model),
  ...registrationPlugins(model),
  ...duplicateRulePlugins(model),
  ...unitRules(model),
  ...TEAM_RULES,
]

/** Deliveries are sent as long as the application is open: an application that is made and never opened leaves them to the next one. */
function sendWhileOpen(app: FastifyInstance, webhooks: Webhooks): void {
  app.addHook('onReady', () => webhooks.start())
  app.addHook('preClose', async () => webhooks.interrupt())
  app.addHook('onClose', () => webhooks.stop())
}

const pick = ({ database, ids, log }: TablePlatformOptions) => ({ database, ids, log })

function allTables(options: TablePlatformOptions): readonly TableDefinition[] {
  const own = new Set(options.tables.map((table) => table.logicalName))
  const system = systemTables(options.organizationColumns === undefined ? {} : { organizationColumns: options.organizationColumns })
  return [...system.filter((table) => !own.has(table.logicalName)), ...options.tables]
}

function assertPlugins(model: Model, options: TablePlatformOptions): void {
  const problems = [
    ...mappingProblems(model, options.mappings ?? []),
    ...options.plugins
      .filter((plugin) => !model.tables.has(plugin.table))
      .map((plugin) => `plug-in '${plugin.name}' belongs to the unknown table '${plugin.table}'`),
    ...(options.actions ?? []).flatMap((action) =>
      action.binding !== 'unbound' && !model.tables.has(action.binding.table)
        ? [`action '${action.name}' is bound to the unknown table '${action.binding.table}'`]
        : [],
    ),
  ]
  if (problems.length > 0) throw modelError(problems)
}

/** Markers of rows deleted before any living delta token are of no use. */
async function forgetDeleted(core: PlatformCore, settings: WireSettings): Promise<void> {
  const before = new Date(core.clock.now().getTime() - Math.max(settings.deltaRetentionDays, 30) * 86_400_000)
  await core.database.query('delete from platform_deleted_row where deleted_at < $1', [before.toISOString()])
}

function inProcess(core: PlatformCore, administrator: string): Pick<TablePlatform, 'service' | 'seed'> {
  const caller = async (userId: string): Promise<Caller> => {
    const found = await core.database.query<{ unit: string }>('select businessunitid as unit from systemuser where systemuserid = $1', [
      userId,
    ])
    return { userId, businessUnitId: found.rows[0]?.unit ?? '', isIntegrationUser: false }
  }
  return {
    service: async (work, options = {}) =>
      runWrite(core, { caller: await caller(options.userId ?? administrator), runPlugins: options.plugins ?? true }, (context) =>
        work(context.serviceOf({ ...context, origin: 'application' }), context.sql),
      ),
    seed: async (groups, options = {}) => {
      const user = await caller(options.userId ?? administrator)
      for (const group of groups) await seedGroup(core, group, { caller: user, runPlugins: options.plugins ?? false })
    },
  }
}

async function seedGroup(
  core: PlatformCore,
  group: SeedRows,
  options: { readonly caller: Caller; readonly runPlugins: boolean },
): Promise<void> {
  const table = tableOf(core.model, group.table)
  const idOf = (row: Row): string => String(row[table.primaryId.name])
  for (let at = 0; at < group.rows.length; at += SEED_CHUNK) {
    const rows = group.rows.slice(at, at + SEED_CHUNK)
    await runWrite(core, options, async (context) => {
      const known = await context.sql.query<{ id: string }>(
        `select ${table.primaryId.sql} as id from ${table.sql} where ${table.primaryId.sql} = any($1::uuid[])`,
        [arrayLiteral(rows.map(idOf))],
      )
      const existing = new Set(known.rows.map((row) => row.id))
      await createRows(context, table, { rows: rows.filter((row) => !existing.has(idOf(row))) })
      if (group.overwrite !== true) return
      const changes = rows.filter((row) => existing.has(idOf(row))).map((row) => ({ id: idOf(row), values: { ...row } }))
      await updateRows(context, table, { changes })
    })
  }
}
