import { createHash } from 'node:crypto'
import { type Clock, type Database, type Ids, type Logger, migrate, type TokenIssuer } from '@p2c/base'
import { createFaultControl, type FaultControl, shiftedIssuer } from '@p2c/faults'
import { finOpsProfile, permissiveFinOpsProfile } from '@p2c/odata'
import Fastify, { type FastifyInstance } from 'fastify'
import { createBackground } from './background.ts'
import { COMMANDS } from './command-list.ts'
import { registerCommandRoutes } from './commands/command-routes.ts'
import { commandServices } from './commands/command-services.ts'
import { releaseVersions, startsBeforeProspectToCash } from './domain/release.ts'
import { WRITE_EFFECTS } from './effects.ts'
import { prepareDataEvents } from './events/event-effects.ts'
import { registerConnector } from './integrations/connector-routes.ts'
import { integrationActions } from './integrations/integration-actions.ts'
import { eventActions } from './jobs/event-actions.ts'
import { jobActions } from './jobs/job-actions.ts'
import { registerMenuItems } from './jobs/menu-items.ts'
import type { ActionTable } from './odata/action-table.ts'
import { customServices } from './odata/custom-services.ts'
import type { DataServices } from './odata/data-context.ts'
import { createMetadataService } from './odata/metadata-service.ts'
import { answerUnreadable, frameworkFailure, type HttpDeps, registerHttp, signedInUser } from './odata/register-http.ts'
import type { ServiceUser } from './odata/service-user.ts'
import { versionActions } from './odata/standard-actions.ts'
import { createThrottlingPriorities } from './odata/throttling-priorities.ts'
import { createDataPackages, type DataPackages } from './packages/data-packages.ts'
import { PACKAGE_MIGRATIONS } from './packages/migrations.ts'
import { setBackBeforeProspectToCash } from './seed/before-prospect-to-cash.ts'
import { seedDatabase } from './seed/seed.ts'
import { DEFAULT_SUPPLY_CHAIN_SETTINGS, type SupplyChainSettings } from './settings.ts'
import { prepareNumberSources } from './store/number-sequences.ts'
import { prepareSchema } from './store/schema.ts'
import { version } from './version.ts'

export type { ServiceUser } from './odata/service-user.ts'
export type { SupplyChainSettings } from './settings.ts'

/** Parts of the application: the caller owns the database. */
export interface SupplyChainDeps {
  readonly database: Database
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly tokens: TokenIssuer
  /** The user that a client is mapped to; undefined: not mapped, refused with 401. Default: every client is one user of all companies. */
  readonly findUser?: (clientId: string) => ServiceUser | undefined
  readonly settings?: Partial<SupplyChainSettings>
  /** Secret under which addresses of data packages are signed; the same after a restart. */
  readonly signingKey: string
  /** Posts events; default: that of the platform. */
  readonly fetch?: typeof fetch
  /** `https://host`, without a path, where clients reach the application; default: as each request was addressed. */
  readonly publicRoot?: string
}

/** Largest body that is read: a batch of 5,000 operations fits. */
const MAX_BODY_BYTES = 64 * 1024 * 1024

/** An address may have 64 KB; headers need room beside it. */
const MAX_HEADER_BYTES = 96 * 1024

/** Longest address that is read; longer ones end with 414 in the parser. */
const MAX_PATH_LENGTH = 65_536

/**
 * The Supply Chain application over one database: brings the schema up to date, applies set-up data once, and gives a server that is
 * not listening yet. It owns no connection: the caller closes the database after the server.
 */
export async function createSupplyChainApp(deps: SupplyChainDeps): Promise<FastifyInstance> {
  const settings = { ...DEFAULT_SUPPLY_CHAIN_SETTINGS, ...deps.settings }
  await prepareSchema(deps.database)
  await prepareNumberSources(deps.database)
  await prepareDataEvents(deps.database)
  await migrate(deps.database, PACKAGE_MIGRATIONS)
  await seedDatabase(deps.database, { now: deps.clock.now(), effects: WRITE_EFFECTS })
  if (startsBeforeProspectToCash(settings)) await setBackBeforeProspectToCash(deps.database)
  const fastify = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    routerOptions: { maxParamLength: MAX_PATH_LENGTH },
    // The first segment is matched without case; sets, fields and actions are not.
    rewriteUrl: (request) => (request.url ?? '/').replace(/^\/[^/?#]*/, (first) => first.toLowerCase()),
    frameworkErrors: frameworkFailure,
    clientErrorHandler: answerUnreadable,
    http: { maxHeaderSize: MAX_HEADER_BYTES },
    return503OnClosing: true,
    // A stop waits for nobody: neither for idle connections nor for clients that never finish their request.
    forceCloseConnections: true,
  })
  const priorities = createThrottlingPriorities(deps.database, (clientId) => findUserOf(deps, settings)(clientId)?.userId)
  const faults = createFaultControl(deps.clock, { priorityOf: priorities.of })
  // They matter to rules and limits only, which are off as a rule.
  fastify.addHook('onRequest', async () => (faults.isIdle() ? undefined : priorities.refresh()))
  const packages = createDataPackages({ ...deps, clock: faults.clock, effects: WRITE_EFFECTS })
  registerHttp(fastify, httpDeps(deps, settings, { packages, faults }))
  // Their routes lie below `/data`: the check of tokens for all protected paths has run before theirs would.
  packages.registerRoutes(fastify, {
    authenticate: async () => undefined,
    ...(deps.publicRoot !== undefined && { publicRoot: deps.publicRoot }),
  })
  registerConnector(fastify, packages.parts, {
    userOf: signedInUser,
    ...(deps.publicRoot !== undefined && { publicRoot: deps.publicRoot }),
  })
  registerMenuItems(fastify, { database: deps.database, defaultCompany: settings.defaultCompany })
  registerCommandRoutes(fastify, { database: deps.database, clock: faults.clock, ids: deps.ids, effects: WRITE_EFFECTS }, COMMANDS)
  const background = createBackground({ ...deps, clock: faults.clock, fetch: deps.fetch ?? fetch })
  fastify.addHook('onReady', async () => {
    await packages.resume()
    await background.start()
  })
  fastify.addHook('onClose', async () => {
    await background.stop()
    await packages.stop()
  })
  return fastify
}

const findUserOf = (deps: SupplyChainDeps, settings: SupplyChainSettings): HttpDeps['findUser'] =>
  deps.findUser ?? ((clientId) => ({ userId: clientId, defaultCompany: settings.defaultCompany }))

interface Parts {
  readonly packages: DataPackages
  readonly faults: FaultControl
}

function httpDeps(deps: SupplyChainDeps, settings: SupplyChainSettings, { packages, faults }: Parts): HttpDeps {
  const actions: ActionTable = [
    ...versionActions(releaseVersions(settings, version)),
    ...jobActions({ database: deps.database, clock: faults.clock }),
    ...eventActions({ database: deps.database, clock: faults.clock }),
    ...packages.actions,
    ...integrationActions(packages.parts),
  ]
  const { database, ids, log } = deps
  const { clock } = faults
  const profile = settings.isPermissive ? permissiveFinOpsProfile : finOpsProfile
  const services: DataServices = { database, clock, ids, log, actions, profile, pageSize: settings.pageSize, effects: WRITE_EFFECTS }
  return {
    services,
    tokens: shiftedIssuer(deps.tokens, faults),
    faults: { control: faults, identity: deps.tokens },
    findUser: findUserOf(deps, settings),
    metadata: createMetadataService(actions),
    customServices: { ...customServices(clock), ...commandServices({ database, clock, ids, effects: WRITE_EFFECTS }, COMMANDS) },
    version,
    ...(deps.publicRoot !== undefined && { publicRoot: deps.publicRoot }),
  }
}

/** A signing secret that follows from a key of the program without giving it away. */
export const signingKeyFrom = (key: Uint8Array): string =>
  createHash('sha256').update('data package addresses').update(key).digest('base64')
