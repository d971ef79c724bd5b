import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError, claimFolder, databaseUrl, isAppError, type Logger } from '@p2c/base'
import { findEncryptionKey } from './encryption-key.ts'
import { assertServerUrl, prefixOf, reachDatabase, withoutAccount } from './external-server.ts'
import { assertHost, LOOPBACK } from './host.ts'
import { createProcessList, endLeftOvers } from './left-overs.ts'
import { databaseName, type Environment, inherited, PROGRAM_PATHS, type ProgramPaths, workerEnvironment } from './programs.ts'
import { RESTART_LIMITS, type RestartLimits, type SupervisedPart, startSupervisedPart } from './supervised-part.ts'

export interface StartWorkerOptions {
  /** Logs go to `worker/logs` in it; its `secrets.json`, where there is one, holds the key. */
  readonly dataDir: string
  readonly log: Logger
  /** See `KeySources`. */
  readonly keyFile?: string
  /** Steps side by side; default 2. */
  readonly workers?: number
  /** Address of the health end point; default 127.0.0.1. */
  readonly host?: string
  /** Its port; default any. */
  readonly healthPort?: number
  /** Called when the program died and was started again. */
  readonly onRestarted?: (reason: string) => void
  /** Default: this process's. `P2C_DATABASE_URL` names the server of the installation, `P2C_DATABASE_PREFIX` how the names of its databases begin. */
  readonly env?: Environment
  readonly paths?: ProgramPaths
  readonly readyTimeoutMs?: number
  readonly restarts?: RestartLimits
}

/** A worker that takes steps. */
export interface StartedWorker {
  /** Address of its health end point. */
  readonly health: string
  /** The server whose steps it takes, without account. */
  readonly database: string
  /** Resolves with the reason when the program is given up; never otherwise. */
  readonly failed: Promise<AppError>
  /** Process number of the present run. */
  pid(): number
  /** Finishes the page under way. May be called again. */
  stop(): Promise<void>
}

const READY_TIMEOUT_MS = 120_000

/**
 * Joins an installation from another host: starts a program that takes steps from its database, and keeps it running. Nothing is made or changed
 * there. Throws `settings-invalid` (all that is missing at once), `encryption-key-invalid`, `secrets-unusable`, `host-invalid`, `already-running`,
 * `data-folder-unusable`, `database-unreachable`, `database-refused`, `database-missing`, and what the worker refuses at its start: `database-older`,
 * `database-newer`, `secrets-key-wrong`.
 */
export async function startWorker(options: StartWorkerOptions): Promise<StartedWorker> {
  const env = options.env ?? process.env
  assertHost(options.host ?? LOOPBACK)
  const { serverUrl, encryptionKey } = await neededFor(options, env)
  const database = databaseUrl(serverUrl, databaseName(prefixOf({ env }), 'server'))
  await reachDatabase(database)
  const folder = join(resolve(options.dataDir), 'worker')
  await makeFolder(join(folder, 'logs'))
  const claim = await claimWorkerFolder(folder)
  const processes = createProcessList(folder)
  try {
    await endLeftOvers(folder, options.log)
    const part = await startSupervisedPart({
      part: 'worker',
      program: (options.paths ?? PROGRAM_PATHS).programs.worker,
      port: options.healthPort ?? 0,
      envFor: (port) => ({
        ...inherited(env),
        ...workerEnvironment({ host: options.host ?? LOOPBACK, port, databaseUrl: database, encryptionKey, workers: options.workers }),
      }),
      logFile: join(folder, 'logs', 'worker.log'),
      readyTimeoutMs: options.readyTimeoutMs ?? READY_TIMEOUT_MS,
      restarts: options.restarts ?? RESTART_LIMITS,
      log: options.log,
      onStarted: (pid) => processes.note('worker', pid),
      onRestarted: (reason) => options.onRestarted?.(reason),
    })
    const stop = async (): Promise<void> => {
      await part.stop()
      await processes.clear()
      await claim.release()
    }
    return started(part, withoutAccount(serverUrl), stop)
  } catch (error) {
    await processes.clear()
    await claim.release()
    throw error
  }
}

function started(part: SupervisedPart, database: string, stop: () => Promise<void>): StartedWorker {
  let stopped: Promise<void> | undefined
  return {
    health: `${part.url}/health`,
    database,
    failed: part.failed,
    pid: () => part.pid(),
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}

/** Both are things that only the installation's owner can give, so both are named at once. */
async function neededFor(options: StartWorkerOptions, env: Environment): Promise<{ serverUrl: string; encryptionKey: string }> {
  const { P2C_DATABASE_URL: serverUrl } = env
  const encryptionKey = await findEncryptionKey({ keyFile: options.keyFile, env, dataDir: resolve(options.dataDir) })
  if (serverUrl && encryptionKey !== undefined) {
    assertServerUrl(serverUrl)
    return { serverUrl, encryptionKey }
  }
  const problems = [
    serverUrl
      ? []
      : [
          'P2C_DATABASE_URL is missing: the PostgreSQL server that the installation uses (its embedded one serves its own host only; start it with P2C_DATABASE_URL, too)',
        ],
    encryptionKey !== undefined
      ? []
      : [
          `the encryption key is missing: copy secrets.json of the installation and name it with --key-file, or set P2C_ENCRYPTION_KEY to the encryptionKey in it`,
        ],
  ].flat()
  throw new AppError({
    category: 'schema',
    code: 'settings-invalid',
    message: `A worker joins an installation that runs elsewhere, and cannot yet: ${problems.join('; ')}.`,
    details: { problems },
  })
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new AppError({
      category: 'internal',
      code: 'data-folder-unusable',
      message: `The folder ${folder} cannot be made: ${error instanceof Error ? error.message : error}. Choose a folder that you may write with --data.`,
      cause: error,
    })
  })
}

async function claimWorkerFolder(folder: string) {
  try {
    return await claimFolder(folder)
  } catch (error) {
    if (!isAppError(error) || error.code !== 'database-in-use') throw error
    throw new AppError({
      category: 'conflict',
      code: 'already-running',
      message: `A worker runs already in ${folder} (process ${error.details.pid}). Give it more steps with --workers, or choose another folder with --data.`,
      details: { dataDir: folder, pid: error.details.pid },
    })
  }
}
