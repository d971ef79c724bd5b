import { join } from 'node:path'
import { type ApiClient, contract, createApiClient, type Execution, FINAL_STATUSES } from '@p2c/api'
import { type Database, databaseUrl, openDatabase, silentLogger, startEmbeddedPostgres } from '@p2c/base'
import { databasePrefix, p2cJson, type Scope, type StartedInstallation, scratchFolder, startInstallation } from './command-line.ts'
import { until } from './until.ts'

export const DATABASES = ['sales', 'supply_chain', 'cds', 'integrator'] as const
export type DatabaseName = (typeof DATABASES)[number]

/**
 * An installation on a PostgreSQL server of the test's own, whose databases can be set back to how they were: what was prepared once (20,000
 * accounts at Sales) is the start of every round.
 */
export interface TestInstallation {
  readonly data: string
  /** Of the server; the database `postgres`. */
  readonly serverUrl: string
  /** The folder in which PostgreSQL keeps its files and its `postmaster.pid`. */
  readonly clusterDir: string
  /** What the command line needs to find this server. */
  readonly env: Readonly<Record<string, string>>
  /** `p2c start` with further options; ends with the test at the latest. `env` goes on top; `P2C_COMMON_DATA_SERVICE: 'on'` starts the hub, too. */
  start(env?: Readonly<Record<string, string>>, options?: readonly string[]): Promise<StartedInstallation>
  /** Keeps the databases as they are now for `setBack`. Nothing may run. */
  keep(names: readonly DatabaseName[]): Promise<void>
  /** The databases named as they were when they were kept. Nothing may run. */
  setBack(names: readonly DatabaseName[]): Promise<void>
  /** Statements in one of the databases; the connections are closed before `keep` and `setBack`. */
  database(name: DatabaseName): Database
}

/**
 * Not `synchronous_commit: off`: a server that is killed would forget commits that it told. What `fsync` guards against is the end of the
 * machine, which no test here brings about.
 */
const SERVER_SETTINGS = { fsync: 'off', max_connections: '200' }

export async function openTestInstallation(scope: Scope): Promise<TestInstallation> {
  const folder = await scratchFolder(scope)
  const dataDir = join(folder, 'server')
  const server = await startEmbeddedPostgres({ dataDir, log: silentLogger, settings: SERVER_SETTINGS })
  scope.onTestFinished(() => server.stop())
  const data = join(folder, 'installation')
  const env = { P2C_DATABASE_URL: server.serverUrl, P2C_DATABASE_PREFIX: databasePrefix(data) }
  const opened = new Map<string, Database>()
  const nameOf = (name: string): string => `${databasePrefix(data)}_${name}`
  const onServer = async (statements: readonly string[]): Promise<void> => {
    await closeAll(opened)
    const postgres = openDatabase({ connectionString: server.serverUrl, maxConnections: 1 })
    for (const statement of statements) await postgres.query(statement)
    await postgres.close()
  }
  scope.onTestFinished(() => closeAll(opened))
  return {
    data,
    serverUrl: server.serverUrl,
    clusterDir: join(dataDir, 'cluster'),
    env,
    start: async (more = {}, options = []) => {
      const installation = await startInstallation(data, { ...env, ...more }, options)
      scope.onTestFinished(async () => void (await installation.stop()))
      return installation
    },
    keep: (names) => onServer(names.map((name) => `alter database ${nameOf(name)} rename to ${nameOf(name)}_kept`)),
    setBack: (names) =>
      onServer(
        names.flatMap((name) => [
          `drop database if exists ${nameOf(name)} with (force)`,
          `create database ${nameOf(name)} template ${nameOf(name)}_kept`,
        ]),
      ),
    database: (name) => {
      const known = opened.get(name) ?? openDatabase({ connectionString: databaseUrl(server.serverUrl, nameOf(name)), maxConnections: 2 })
      opened.set(name, known)
      return known
    },
  }
}

async function closeAll(opened: Map<string, Database>): Promise<void> {
  const databases = [...opened.values()]
  opened.clear()
  for (const database of databases) await database.close()
}

/** The REST API of a running installation; its tokens outlive a restart of the integrator. */
export async function apiOf({ data, urls }: StartedInstallation): Promise<ApiClient> {
  const { token } = await p2cJson<{ token: string }>(['token', 'server', '--data', data])
  return createApiClient({ baseUrl: urls.server, token: async () => token, fetch })
}

export const isFinal = ({ status }: Execution): boolean => FINAL_STATUSES.includes(status)

const AWAY: readonly (string | undefined)[] = ['server-unreachable', 'reply-invalid', 'database-unreachable']

/** An execution as it stands, undefined while the integrator or its database is away. */
export const lookAt = (api: ApiClient, id: string): Promise<Execution | undefined> =>
  api.call(contract.getExecution, { params: { id } }).catch((error: { code?: string; retryable?: boolean }) => {
    if (error.retryable === true || AWAY.includes(error.code)) return undefined
    throw error
  })

/** The execution once it is over. */
export const untilOver = (api: ApiClient, id: string, withinMs: number): Promise<Execution> =>
  until(`the end of execution ${id}`, withinMs, async () => {
    const execution = await lookAt(api, id)
    return execution !== undefined && isFinal(execution) && execution
  })

/** Starts a project and waits for its end. */
export async function runProject(
  api: ApiClient,
  name: string,
  options: { readonly allData?: boolean; readonly withinMs: number },
): Promise<Execution> {
  const { id } = await api.call(contract.postExecution, { params: { name }, body: { allData: options.allData ?? false } })
  return untilOver(api, id, options.withinMs)
}
