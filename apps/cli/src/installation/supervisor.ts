import { join } from 'node:path'
import { AppError, type Claim, type Clock, claimFolder, ensureDatabase, isAppError, type Logger, startEmbeddedPostgres } from '@p2c/base'
import { assertServerUrl, prefixOf, reachServer, withoutAccount } from './external-server.ts'
import { assertHost, LOOPBACK } from './host.ts'
import { type Installation, openInstallation } from './installation.ts'
import { createProcessList, endLeftOvers, type ProcessList } from './left-overs.ts'
import { createFileLogger } from './log-file.ts'
import {
  commonEnvironment,
  databaseName,
  type Environment,
  type InstallationUrls,
  inherited,
  PART_KEYS,
  type Part,
  PORT_OFFSETS,
  PROGRAM_PATHS,
  type ProgramPart,
  type ProgramPaths,
  serverEnvironment,
} from './programs.ts'
import { completeSecrets, type Secrets } from './secrets.ts'
import { RESTART_LIMITS, type RestartLimits, type SupervisedPart, startSupervisedPart } from './supervised-part.ts'

export interface StartInstallationOptions {
  readonly dataDir: string
  /** The integrator listens here, Sales 10 above, Supply Chain 20 above, the Common Data Service 30 above; 0 takes free ports. */
  readonly portBase: number
  /** Address of this machine on which the programs listen and are known to the others; default 127.0.0.1, which no other machine reaches. */
  readonly host?: string
  /** Steps that the integrator works on side by side; default 2, 0 leaves them to workers. */
  readonly workers?: number
  /** Whether the Common Data Service is started, too; default yes, unless `P2C_COMMON_DATA_SERVICE` is `off`. */
  readonly commonDataService?: boolean
  readonly log: Logger
  readonly clock: Clock
  /** Called once for each part, in the order in which they get ready. The address of the database is without its password. */
  readonly onPartReady: (ready: { readonly part: Part; readonly url: string }) => void
  /** Called when a program died and was started again. */
  readonly onPartRestarted?: (restarted: { readonly part: ProgramPart; readonly reason: string }) => void
  /**
   * Default: this process's. `P2C_DATABASE_URL` in it names a server to use in place of the embedded one, `P2C_DATABASE_PREFIX` how the names of our
   * databases begin there (`p2c` when not set); the rest goes to the programs.
   */
  readonly env?: Environment
  /** Default `P2C_DATABASE_PREFIX`, else `p2c`: the databases are `p2c_sales` and so on. */
  readonly databasePrefix?: string
  readonly paths?: ProgramPaths
  /** Default two minutes for each part. */
  readonly readyTimeoutMs?: number
  readonly restarts?: RestartLimits
}

/** A running installation. */
export interface StartedInstallation {
  readonly urls: InstallationUrls
  /** Resolves with the reason when a part is given up; never otherwise. The others keep running until `stop()`. */
  readonly failed: Promise<AppError>
  /** Process number of a program's present run; 0 where it is left out. */
  pid(part: ProgramPart): number
  /** Stops the integrator, the applications and the embedded database, in this order. May be called again. */
  stop(): Promise<void>
}

const READY_TIMEOUT_MS = 120_000

/**
 * Starts everything: the database, the applications, the integrator. What was started is stopped again when a later part fails.
 * Throws `already-running`, `port-in-use`, `program-failed`, `program-not-ready`, what the programs report, and the errors of
 * `openInstallation`, `startEmbeddedPostgres` and `ensureDatabase`.
 */
export async function startInstallation(options: StartInstallationOptions): Promise<StartedInstallation> {
  assertPortBase(options.portBase)
  assertHost(options.host ?? LOOPBACK)
  const applications = applicationsOf(options)
  const installation = await openInstallation(options.dataDir)
  const claim = await claimInstallation(installation.dataDir)
  const processes = createProcessList(installation.dataDir)
  const started: Stoppable[] = []
  try {
    await endLeftOvers(installation.dataDir, options.log)
    const database = await startDatabase(options, installation)
    started.push(database)
    const secrets = await completeSecrets(installation.dataDir)
    const parts = await startPrograms({ options, installation, secrets, serverUrl: database.serverUrl, processes, started }, applications)
    const urls = urlsOf(parts)
    await installation.announce(urls, options.clock.now())
    return running({ log: options.log, installation, claim, processes, database, parts, urls })
  } catch (error) {
    // What stopped the start is what people must know, not what went wrong in cleaning up after it.
    await stopInOrder([...started].reverse()).catch((problem: unknown) => options.log.error({ err: problem }, 'a part did not stop'))
    await processes.clear()
    await claim.release()
    throw error
  }
}

/** Before anything else: of two starts at once the second would take the programs of the first for left-overs and end them. */
async function claimInstallation(dataDir: string): Promise<Claim> {
  try {
    return await claimFolder(dataDir)
  } catch (error) {
    if (!isAppError(error) || error.code !== 'database-in-use') throw error
    throw new AppError({
      category: 'conflict',
      code: 'already-running',
      message: `The installation in ${dataDir} is being started, or stopped, by process ${error.details.pid}. Wait for it, or choose another folder with --data.`,
      details: { dataDir, pid: error.details.pid },
    })
  }
}

interface Stoppable {
  stop(): Promise<void>
}

const HIGHEST_PORT = 65_535

function assertPortBase(portBase: number): void {
  if (Number.isInteger(portBase) && portBase >= 0 && portBase + Math.max(...Object.values(PORT_OFFSETS)) <= HIGHEST_PORT) return
  throw new AppError({
    category: 'schema',
    code: 'port-base-invalid',
    message: `${portBase} is no port base: expected a whole number from 0 (any free ports) to ${HIGHEST_PORT - Math.max(...Object.values(PORT_OFFSETS))}. Correct --port-base.`,
    details: { portBase },
  })
}

interface StartedDatabase extends Stoppable {
  readonly serverUrl: string
  readonly failed: Promise<AppError>
}

async function startDatabase(options: StartInstallationOptions, installation: Installation): Promise<StartedDatabase> {
  const { P2C_DATABASE_URL: external } = options.env ?? process.env
  const database = await (external ? useServer(external) : startOwnServer(installation))
  options.onPartReady({ part: 'database', url: withoutAccount(database.serverUrl) })
  return database
}

/** Its log is kept beside those of the programs: the terminal is for people. */
async function startOwnServer({ postgresDir, logsDir }: Installation): Promise<StartedDatabase> {
  const { log, close } = await createFileLogger('postgres', join(logsDir, 'postgres.log'))
  try {
    const server = await startEmbeddedPostgres({ dataDir: postgresDir, log })
    return { serverUrl: server.serverUrl, failed: server.failed, stop: () => server.stop().finally(close) }
  } catch (error) {
    await close()
    throw error
  }
}

async function useServer(serverUrl: string): Promise<StartedDatabase> {
  assertServerUrl(serverUrl)
  await reachServer(serverUrl)
  return { serverUrl, failed: new Promise(() => undefined), stop: () => Promise.resolve() }
}

/** In the order in which they are stopped. */
type Parts = ReadonlyMap<ProgramPart, SupervisedPart>

interface StartContext {
  readonly options: StartInstallationOptions
  readonly installation: Installation
  readonly secrets: Required<Secrets>
  readonly serverUrl: string
  readonly processes: ProcessList
  /** What runs already is put here, for the case that a later part fails. */
  readonly started: Stoppable[]
}

/** The applications that are started. Throws `settings-invalid`. */
function applicationsOf({ commonDataService, env = process.env }: StartInstallationOptions): readonly ProgramPart[] {
  const chosen = env.P2C_COMMON_DATA_SERVICE || 'on'
  if (chosen !== 'on' && chosen !== 'off') {
    throw new AppError({
      category: 'schema',
      code: 'settings-invalid',
      message: `P2C_COMMON_DATA_SERVICE is ${JSON.stringify(chosen)}. Expected: on or off.`,
    })
  }
  const hasHub = commonDataService ?? chosen === 'on'
  return ['sales', 'supply-chain', ...(hasHub ? (['common-data-service'] as const) : [])]
}

/** The applications start side by side; the integrator needs them all. */
async function startPrograms(context: StartContext, applications: readonly ProgramPart[]): Promise<Parts> {
  const settled = await Promise.allSettled(applications.map((part) => startPart(context, part, {})))
  const running = new Map(settled.map(valueOrThrow).map((supervised, at) => [applications[at] as ProgramPart, supervised]))
  const { options, secrets } = context
  const paths = options.paths ?? PROGRAM_PATHS
  const extra = {
    ...serverEnvironment(urlsOf(running), secrets, paths.templates),
    ...(options.workers !== undefined && { P2C_PROGRAM_WORKERS: String(options.workers) }),
  }
  return new Map([['server', await startPart(context, 'server', extra)], ...running])
}

function valueOrThrow<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'rejected') throw result.reason
  return result.value
}

async function startPart(
  { options, installation, secrets, serverUrl, processes, started }: StartContext,
  part: ProgramPart,
  extra: Environment,
): Promise<SupervisedPart> {
  const databaseUrl = await ensureDatabase(
    serverUrl,
    databaseName(prefixOf({ databasePrefix: options.databasePrefix, env: options.env ?? process.env }), part),
  )
  const outer = inherited(options.env ?? process.env)
  const host = options.host ?? LOOPBACK
  const supervised = await startSupervisedPart({
    part,
    program: (options.paths ?? PROGRAM_PATHS).programs[part],
    port: options.portBase === 0 ? 0 : options.portBase + PORT_OFFSETS[part],
    envFor: (port) => ({ ...outer, ...commonEnvironment({ host, port, databaseUrl, secrets: secrets[PART_KEYS[part]] }), ...extra }),
    logFile: join(installation.logsDir, `${part}.log`),
    readyTimeoutMs: options.readyTimeoutMs ?? READY_TIMEOUT_MS,
    restarts: options.restarts ?? RESTART_LIMITS,
    log: options.log,
    onStarted: (pid) => processes.note(part, pid),
    onRestarted: (reason) => options.onPartRestarted?.({ part, reason }),
  })
  started.push(supervised)
  options.onPartReady({ part, url: supervised.url })
  return supervised
}

/** An address of each part that runs; the integrator's is empty until it does. */
function urlsOf(parts: Parts): InstallationUrls {
  const urlOf = (part: ProgramPart): string => parts.get(part)?.url ?? ''
  const hub = parts.get('common-data-service')
  return {
    server: urlOf('server'),
    sales: urlOf('sales'),
    supplyChain: urlOf('supply-chain'),
    ...(hub !== undefined && { commonDataService: hub.url }),
  }
}

interface RunningContext {
  readonly log: Logger
  readonly installation: Installation
  readonly claim: Claim
  readonly processes: ProcessList
  readonly database: StartedDatabase
  readonly parts: Parts
  readonly urls: InstallationUrls
}

function running({ log, installation, claim, processes, database, parts, urls }: RunningContext): StartedInstallation {
  let stopped: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    await installation.withdraw()
    try {
      await stopInOrder([...parts.values(), database])
      await processes.clear()
    } finally {
      await claim.release()
    }
    log.info('stopped')
  }
  return {
    urls,
    failed: Promise.race([database.failed, ...[...parts.values()].map((part) => part.failed)]),
    pid: (part) => parts.get(part)?.pid() ?? 0,
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}

/** One that cannot be stopped does not keep the others running. */
async function stopInOrder(parts: readonly Stoppable[]): Promise<void> {
  const problems: unknown[] = []
  for (const part of parts) await part.stop().catch((error: unknown) => problems.push(error))
  if (problems.length > 0) throw problems[0]
}
