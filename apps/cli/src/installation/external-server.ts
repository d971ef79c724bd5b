import { AppError, isAppError, waitForDatabase } from '@p2c/base'
import type { Environment } from './programs.ts'

/** Throws `settings-invalid` where `serverUrl` is no address of a PostgreSQL server. */
export function assertServerUrl(serverUrl: string): void {
  if (/^postgres(ql)?:\/\//.test(serverUrl) && URL.canParse(serverUrl)) return
  throw new AppError({
    category: 'schema',
    code: 'settings-invalid',
    message: 'P2C_DATABASE_URL is no address of a PostgreSQL server. Expected: postgres://account:password@host:port/postgres',
  })
}

/** Resolves once the server takes connections. Throws `database-unreachable`, `database-refused`. */
export async function reachServer(serverUrl: string): Promise<void> {
  await waitForDatabase({ connectionString: serverUrl }).catch((error: unknown) => Promise.reject(refusedBy(serverUrl, error)))
}

/** `invalid_catalog_name` */
const NO_SUCH_DATABASE = '3D000'

/** The same for a database that another program makes. Throws `database-missing`, too. */
export async function reachDatabase(connectionString: string): Promise<void> {
  await waitForDatabase({ connectionString }).catch((error: unknown) => {
    const isMissing = error instanceof Error && 'code' in error && error.code === NO_SUCH_DATABASE
    throw isMissing ? missing(connectionString, error) : refusedBy(connectionString, error)
  })
}

function missing(connectionString: string, cause: unknown): AppError {
  const { host, pathname } = new URL(connectionString)
  const name = decodeURIComponent(pathname.slice(1))
  return new AppError({
    category: 'schema',
    code: 'database-missing',
    message: `There is no database ${name} on the PostgreSQL server at ${host}. Start the installation that owns it first, or correct P2C_DATABASE_URL and P2C_DATABASE_PREFIX.`,
    details: { name },
    cause,
  })
}

/** A wrong password, a right that is not given: what PostgreSQL says, with what to do about it. */
function refusedBy(connectionString: string, error: unknown): AppError {
  if (isAppError(error)) return error
  return new AppError({
    category: 'auth',
    code: 'database-refused',
    message: `The PostgreSQL server at ${new URL(connectionString).host} refused the connection: ${error instanceof Error ? error.message : error}. Correct the account, password and database in P2C_DATABASE_URL.`,
    cause: error,
  })
}

/** The address of a server, without what gives access to it. */
export function withoutAccount(serverUrl: string): string {
  const { protocol, host } = new URL(serverUrl)
  return `${protocol}//${host}`
}

const PREFIX = /^[a-z][a-z0-9_]{0,30}$/

/** How the names of our databases begin. Two installations on one server need two prefixes: they would share their data otherwise. */
export function prefixOf({ databasePrefix, env }: { readonly databasePrefix?: string | undefined; readonly env: Environment }): string {
  const prefix = databasePrefix ?? (env.P2C_DATABASE_PREFIX || 'p2c')
  if (PREFIX.test(prefix)) return prefix
  throw new AppError({
    category: 'schema',
    code: 'settings-invalid',
    message: `P2C_DATABASE_PREFIX is ${JSON.stringify(prefix)}. Expected: a lower-case letter, then at most 30 lower-case letters, digits or _.`,
  })
}
