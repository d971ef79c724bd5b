import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../app-error.ts'
import { hasErrorCode } from '../error-code.ts'
import type { Logger } from '../log.ts'
import { type PostgresBinaries, prepareBinaries } from './binaries.ts'
import { type Claim, claimFolder } from './claim.ts'
import { type Cluster, clusterDir, openCluster, serverUser } from './cluster.ts'
import { launchServer, type ServerRun } from './launch.ts'
import { stopOrphan } from './orphan.ts'

/** Where and how the embedded server runs. */
export interface EmbeddedPostgresOptions {
  /** Folder of this server's files; made when missing. One process at a time may run a server in it. */
  readonly dataDir: string
  readonly log: Logger
  /** Default: any free port. */
  readonly port?: number
  /** Folder with `bin`, `lib` and `share`; default: the installed platform package. */
  readonly binariesDir?: string
  /** Where programs are copied to when they cannot run in place; default: the temporary folder of the system. */
  readonly cacheDir?: string
  /** Server settings that replace or add to ours: `{ fsync: 'off' }` for a server that is thrown away. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A running PostgreSQL of our own, on 127.0.0.1 only. */
export interface EmbeddedPostgres {
  /** Superuser address of the database `postgres`, with its password: a secret. */
  readonly serverUrl: string
  readonly port: number
  /** Resolves with the reason when the server is gone for good without `stop()`; never otherwise. */
  readonly failed: Promise<AppError>
  /** Fast, clean shutdown. May be called again. */
  stop(): Promise<void>
}

/**
 * Starts the embedded PostgreSQL. Recovers by itself after a crash of server, program or machine, and restarts a server that dies.
 * The server ends with this process, also when that is killed.
 * Throws `database-in-use`, `database-binaries-missing`, `database-binaries-unsafe`, `database-folder-unusable`, `database-init-failed`,
 * `database-password-missing`, `database-version-mismatch`, `database-start-failed`, `port-in-use`.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir)
  const claim = await claimUsableFolder(dataDir)
  try {
    const parts = await prepareServer(dataDir, options)
    const first = await startOnPort(parts, options.port)
    return keepRunning(parts, first, () => claim.release())
  } catch (error) {
    await claim.release()
    throw folderProblem(dataDir, error)
  }
}

async function claimUsableFolder(dataDir: string): Promise<Claim> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    return await claimFolder(dataDir)
  } catch (error) {
    throw folderProblem(dataDir, error)
  }
}

/** Errors of the file system as a problem of the folder; all others as they are. */
function folderProblem(dataDir: string, error: unknown): unknown {
  if (!hasErrorCode(error, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOSPC', 'EDQUOT', 'ENAMETOOLONG')) return error
  return new AppError({
    category: 'internal',
    code: 'database-folder-unusable',
    message: `The database folder ${dataDir} cannot be used: ${error instanceof Error ? error.message : error}. Choose a folder that you may write, with room on its disk.`,
    details: { dataDir },
    cause: error,
  })
}

async function prepareServer(dataDir: string, options: EmbeddedPostgresOptions): Promise<ServerParts> {
  const user = await serverUser(dataDir)
  const binaries = await prepareBinaries({
    ...(options.binariesDir !== undefined && { binariesDir: options.binariesDir }),
    ...(options.cacheDir !== undefined && { cacheDir: options.cacheDir }),
    forOtherUser: user !== undefined,
  })
  await stopOrphan(clusterDir(dataDir), options.log)
  return { binaries, cluster: await openCluster(dataDir, binaries, user), log: options.log, settings: options.settings ?? {} }
}

interface ServerParts {
  readonly binaries: PostgresBinaries
  readonly cluster: Cluster
  readonly log: Logger
  readonly settings: Readonly<Record<string, string>>
}

interface StartedServer {
  readonly run: ServerRun
  readonly port: number
  readonly serverUrl: string
}

const START_ATTEMPTS = 40
const PAUSE_MS = 250

/** Another process may take the free port before the server does, and a crashed server's last helpers may still hold its memory: both pass. */
async function startOnPort(parts: ServerParts, wanted: number | undefined): Promise<StartedServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted ?? (await findFreePort())
    const serverUrl = `postgres://postgres:${encodeURIComponent(parts.cluster.password)}@127.0.0.1:${port}/postgres`
    const run = await launchServer({ ...parts, port, serverUrl })
    try {
      await run.ready
      return { run, port, serverUrl }
    } catch (error) {
      const problem = startProblem(await run.stop(), { port, dir: parts.cluster.dir, cause: error })
      const again = problem.retryable || (problem.code === 'port-in-use' && wanted === undefined)
      if (!again || attempt >= START_ATTEMPTS) throw problem
      await delay(PAUSE_MS)
    }
  }
}

/** Judged by the server's own words: on a port of another server, our call fails in ways that say nothing. */
function startProblem(lines: readonly string[], facts: { readonly port: number; readonly dir: string; readonly cause: unknown }): AppError {
  const { port, dir, cause } = facts
  const text = lines.join('\n')
  if (/could not bind IPv4 address|Address already in use/i.test(text)) {
    return new AppError({
      category: 'conflict',
      code: 'port-in-use',
      message: `Port ${port} on 127.0.0.1 is in use, so the database cannot listen there. Stop what uses it, or choose another port.`,
      details: { port },
      cause,
    })
  }
  return new AppError({
    category: 'internal',
    code: 'database-start-failed',
    message: `PostgreSQL did not start in ${dir}: ${lastWords(lines) ?? (cause instanceof Error ? cause.message : cause)}`,
    details: { log: text },
    retryable: /pre-existing shared memory block|lock file "postmaster.pid" already exists/.test(text),
    cause,
  })
}

/** The line that says why, if there is one. */
const lastWords = (lines: readonly string[]): string | undefined => lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1)

function findFreePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer()
    probe.once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => found(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

const MOST_RESTARTS = 5
const RESTART_WINDOW_MS = 60_000

/** Restarts a server that ends without being told to, on the same port, so that open pools find it again. */
function keepRunning(parts: ServerParts, first: StartedServer, release: () => Promise<void>): EmbeddedPostgres {
  let current = first.run
  let stopped: Promise<void> | undefined
  let restarting: Promise<void> = Promise.resolve()
  let restarts: readonly number[] = []

  /** A server that ends again before we saw it ready counts as one more unexpected end, not as one that cannot start. */
  const restart = async (): Promise<AppError | undefined> => {
    for (let cause: unknown; stopped === undefined; await delay(PAUSE_MS)) {
      restarts = [...restarts.filter((time) => time > performance.now() - RESTART_WINDOW_MS), performance.now()]
      if (restarts.length > MOST_RESTARTS) return gaveUp(parts.cluster.dir, cause)
      parts.log.error({ dir: parts.cluster.dir }, 'the database server ended unexpectedly; starting it again')
      try {
        await stopOrphan(parts.cluster.dir, parts.log)
        current = (await startOnPort(parts, first.port)).run
        return undefined
      } catch (error) {
        cause = error
      }
    }
    return undefined
  }

  const failed = new Promise<AppError>((fail) => {
    const watch = (): void => {
      void current.ended.then(async () => {
        if (stopped !== undefined) return
        const attempt = restart()
        restarting = attempt.then(() => undefined)
        const problem = await attempt
        if (problem !== undefined) fail(problem)
        else watch()
      })
    }
    watch()
  })

  const stop = async (): Promise<void> => {
    await restarting
    await current.stop()
    await stopOrphan(parts.cluster.dir, parts.log)
    await release()
  }
  return {
    serverUrl: first.serverUrl,
    port: first.port,
    failed,
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}

const gaveUp = (dir: string, cause?: unknown): AppError =>
  new AppError({
    category: 'internal',
    code: 'database-start-failed',
    message: `The PostgreSQL server in ${dir} ended ${MOST_RESTARTS} times within a minute and is not started again. See the log for its last lines.`,
    cause,
  })
