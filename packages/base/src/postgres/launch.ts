import { type ChildProcess, spawn } from 'node:child_process'
import { statfs } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Logger } from '../log.ts'
import { waitForDatabase } from '../wait-for-database.ts'
import type { PostgresBinaries } from './binaries.ts'
import { type Cluster, placeOf, serverEnvironment } from './cluster.ts'
import type { GuardMessage, GuardOrder } from './guard-messages.ts'

/** One run of the server, from its start to its end. */
export interface ServerRun {
  /** Resolves when server and guard are gone, whatever the reason, with the last lines of the server's log. */
  readonly ended: Promise<readonly string[]>
  /** Resolves when the server takes connections; rejects when it ends before. */
  readonly ready: Promise<void>
  /** Fast shutdown; resolves as `ended`. */
  stop(): Promise<readonly string[]>
}

export interface LaunchOptions {
  readonly binaries: PostgresBinaries
  readonly cluster: Cluster
  readonly port: number
  readonly serverUrl: string
  readonly log: Logger
  /** Server settings that replace or add to ours. */
  readonly settings: Readonly<Record<string, string>>
}

/** Starts a guard and, under it, the server. */
export async function launchServer(options: LaunchOptions): Promise<ServerRun> {
  const args = await serverArguments(options)
  const guard = spawn(process.execPath, [fileURLToPath(new URL('./guard.ts', import.meta.url))], {
    cwd: '/',
    detached: true,
    env: guardEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    windowsHide: true,
  })
  const ended = followGuard(guard, options.log)
  order(guard, {
    type: 'start',
    program: options.binaries.postgres,
    args,
    pgCtl: options.binaries.pgCtl,
    cwd: placeOf(options.cluster.dir, options.cluster.user).cwd,
    env: serverEnvironment(),
    user: options.cluster.user,
  })
  const ready = becomeReady(options.serverUrl, ended)
  ready.catch(() => undefined) // a caller that stops the server early does not wait for it
  ready.finally(() => letGo(guard)).catch(() => undefined)
  return {
    ended,
    ready,
    stop: async () => {
      hold(guard)
      order(guard, { type: 'stop' })
      return await ended
    },
  }
}

const guardEnvironment = (): NodeJS.ProcessEnv => ({ ...serverEnvironment(), NODE_NO_WARNINGS: '1' })

function order(guard: ChildProcess, message: GuardOrder): void {
  // A guard that is gone has stopped its server, or was killed and left it to `stopOrphan`.
  if (guard.connected) guard.send(message, () => undefined)
}

/** A running server is no reason for the program to stay. */
function letGo(guard: ChildProcess): void {
  guard.unref()
  guard.channel?.unref()
  if (guard.stderr !== null && 'unref' in guard.stderr && typeof guard.stderr.unref === 'function') guard.stderr.unref()
}

/** While it stops, the program waits for it. */
function hold(guard: ChildProcess): void {
  guard.ref()
  guard.channel?.ref()
}

const KEPT_LINES = 30

function followGuard(guard: ChildProcess, log: Logger): Promise<readonly string[]> {
  const lines: string[] = []
  const keep = (line: string): void => {
    lines.push(line)
    if (lines.length > KEPT_LINES) lines.shift()
  }
  guard.on('message', (message: GuardMessage) => {
    if (message.type === 'line') {
      keep(message.line)
      log[/\b(PANIC|WARNING):/.test(message.line) ? 'warn' : 'debug']({ part: 'postgres' }, message.line)
    } else if (message.type === 'failed') keep(message.message)
  })
  guard.stderr?.setEncoding('utf8').on('data', (text: string) => keep(text.trim()))
  guard.on('error', (error) => keep(error.message))
  return new Promise((resolve) => {
    guard.once('close', () => resolve(lines))
    guard.once('error', () => resolve(lines))
  })
}

async function becomeReady(serverUrl: string, ended: Promise<readonly string[]>): Promise<void> {
  const stop = new AbortController()
  const gone = ended.then((lines) => {
    const reason = new Error(`the server ended: ${lines.at(-1) ?? ''}`)
    stop.abort(reason)
    throw reason
  })
  try {
    await Promise.race([waitForDatabase({ connectionString: serverUrl, signal: stop.signal }), gone])
  } finally {
    gone.catch(() => undefined)
  }
}

/** Parallel queries share memory through this folder; the 64 MB that containers give it are too few. */
const LEAST_SHARED_MEMORY = 256 * 1024 * 1024

async function hasLittleSharedMemory(): Promise<boolean> {
  if (process.platform !== 'linux') return false
  const facts = await statfs('/dev/shm').catch(() => undefined)
  return facts === undefined || facts.blocks * facts.bsize < LEAST_SHARED_MEMORY
}

async function serverArguments({ cluster, port, settings: own }: LaunchOptions): Promise<string[]> {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '128MB',
    work_mem: '8MB',
    maintenance_work_mem: '128MB',
    effective_cache_size: '1GB',
    random_page_cost: '1.1',
    max_wal_size: '2GB',
    wal_compression: 'on',
    jit: 'off', // our statements are short: compiling them costs more than it saves
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_line_prefix: '%m [%p] ',
    log_min_messages: 'log', // the errors of single statements are their callers' business, and their text holds data
    ...((await hasLittleSharedMemory()) && { dynamic_shared_memory_type: 'mmap' }),
    ...own,
  }
  const { pgdata } = placeOf(cluster.dir, cluster.user)
  return ['-D', pgdata, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}
