import { readFile, readlink, realpath } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../app-error.ts'
import { hasErrorCode } from '../error-code.ts'
import type { Logger } from '../log.ts'
import { isAlive, processStart } from '../process-start.ts'

const FAST_STOP_MS = 30_000
const HARD_STOP_MS = 15_000
const LOOK_EVERY_MS = 25

/**
 * Stops a server that still runs in `dir` without a guard, or whose guard is stopping it now. Call with the folder claimed: its owner is
 * known to be dead. Throws `database-in-use` when the server does not end.
 */
export async function stopOrphan(dir: string, log: Logger): Promise<void> {
  const pid = await findOrphan(dir)
  if (pid === undefined) return
  log.warn({ pid, dir }, 'a database server was left over by a program that ended without stopping it; stopping it')
  const start = processStart(pid)
  for (const [signal, waitMs] of [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', HARD_STOP_MS],
  ] as const) {
    if (!send(pid, signal) || (await endsWithin({ pid, start }, waitMs))) return
  }
  throw new AppError({
    category: 'conflict',
    code: 'database-in-use',
    message: `The database folder ${dir} is in use by process ${pid}, a PostgreSQL server that does not stop. End that process and start again.`,
    details: { dataDir: dir, pid },
  })
}

/** The process that the server's own lock file names, when it is alive and is a server in this folder (numbers are given out again). */
async function findOrphan(dir: string): Promise<number | undefined> {
  const text = await readFile(join(dir, 'postmaster.pid'), 'utf8').catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return ''
    throw error
  })
  const pid = Number.parseInt(text, 10)
  if (!Number.isSafeInteger(pid) || pid <= 1 || !isAlive(pid)) return undefined
  if (process.platform !== 'linux') return resolve(text.split('\n')[1] ?? '') === resolve(dir) ? pid : undefined
  const [program, folder] = await Promise.all([link(pid, 'exe'), link(pid, 'cwd')])
  const isServer = program === undefined || basename(program.replace(/ \(deleted\)$/, '')) === 'postgres'
  return isServer && folder === (await realpath(dir)) ? pid : undefined
}

const link = (pid: number, name: string): Promise<string | undefined> => readlink(`/proc/${pid}/${name}`).catch(() => undefined)

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    if (hasErrorCode(error, 'ESRCH')) return false
    throw error
  }
}

async function endsWithin({ pid, start }: { pid: number; start: string | undefined }, waitMs: number): Promise<boolean> {
  const until = performance.now() + waitMs
  while (isAlive(pid, start)) {
    if (performance.now() > until) return false
    await delay(LOOK_EVERY_MS)
  }
  return true
}
