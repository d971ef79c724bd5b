import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError } from '../app-error.ts'
import { hasErrorCode } from '../error-code.ts'
import type { PostgresBinaries } from './binaries.ts'

/** The account that the server runs as, where that is not the account of this process. */
export interface ServerUser {
  readonly uid: number
  readonly gid: number
}

/** The files of one database server. */
export interface Cluster {
  readonly dir: string
  /** Set when this process is root, which PostgreSQL refuses to run as. */
  readonly user: ServerUser | undefined
  readonly password: string
}

/** `nobody`: the one account without rights that every Linux and macOS has. */
const NOBODY: ServerUser = { uid: 65534, gid: 65534 }

export const clusterDir = (dataDir: string): string => join(dataDir, 'cluster')

/** The account for a server in `dataDir`: as root the owner of the files, if they exist, else `nobody`; otherwise this process's own. */
export async function serverUser(dataDir: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const facts = await stat(clusterDir(dataDir)).catch(() => undefined)
  return facts === undefined || facts.uid === 0 ? NOBODY : { uid: facts.uid, gid: facts.gid }
}

/**
 * How the server is told where its files are. Another user may have no way there: any folder above can be closed (mode 0700), as a home is.
 * So as root on Linux the process enters the folder before it gives up its rights, and is told "where you are", a path without folders above.
 */
export function placeOf(dir: string, user: ServerUser | undefined): { readonly cwd: string; readonly pgdata: string } {
  return { cwd: dir, pgdata: user !== undefined && process.platform === 'linux' ? '/proc/self/cwd' : resolve(dir) }
}

/** Opens the server's files in `dataDir`, made by `initdb` when there are none. Call with the folder claimed. */
export async function openCluster(dataDir: string, binaries: PostgresBinaries, user: ServerUser | undefined): Promise<Cluster> {
  const installed = await installedVersion(binaries, user)
  await removeUnfinished(dataDir)
  const dir = clusterDir(dataDir)
  const found = await readVersion(dir)
  if (found === undefined) {
    const password = await writePassword(dataDir)
    await createCluster(dataDir, { binaries, user, password })
    return { dir, user, password }
  }
  if (found !== installed) throw versionMismatch(dir, found, installed)
  return { dir, user, password: await readPassword(dataDir) }
}

const UNFINISHED = 'cluster.unfinished-'

/** A start that was killed inside `initdb` leaves its draft. */
async function removeUnfinished(dataDir: string): Promise<void> {
  const names = await readdir(dataDir)
  for (const name of names) if (name.startsWith(UNFINISHED)) await rm(join(dataDir, name), { recursive: true, force: true })
}

const readVersion = async (dir: string): Promise<string | undefined> => {
  const text = await readFile(join(dir, 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return undefined
    throw error
  })
  return text?.trim()
}

const passwordPath = (dataDir: string): string => join(dataDir, 'password')

async function readPassword(dataDir: string): Promise<string> {
  try {
    return (await readFile(passwordPath(dataDir), 'utf8')).trim()
  } catch (error) {
    throw new AppError({
      category: 'internal',
      code: 'database-password-missing',
      message: `The password of the database in ${dataDir} cannot be read from ${passwordPath(dataDir)}. Put that file back, or choose another data folder.`,
      cause: error,
    })
  }
}

async function writePassword(dataDir: string): Promise<string> {
  const password = randomBytes(24).toString('base64url')
  await rm(passwordPath(dataDir), { force: true }) // its mode would outlive a plain overwrite
  await writeFile(passwordPath(dataDir), `${password}\n`, { mode: 0o600 })
  return password
}

interface CreateOptions {
  readonly binaries: PostgresBinaries
  readonly user: ServerUser | undefined
  readonly password: string
}

/** `initdb` into a draft that is renamed when done, so a folder named `cluster` is always complete. */
async function createCluster(dataDir: string, { binaries, user, password }: CreateOptions): Promise<void> {
  const draft = join(dataDir, `${UNFINISHED}${process.pid}`)
  const passwordCopy = join(dataDir, `${UNFINISHED}password`)
  try {
    await mkdir(draft, { mode: 0o700 })
    await writeFile(passwordCopy, `${password}\n`, { mode: 0o600 })
    if (user !== undefined) await Promise.all([draft, passwordCopy].map((path) => chown(path, user.uid, user.gid)))
    await runInitdb(draft, { initdb: binaries.initdb, user, passwordCopy })
    await rename(draft, clusterDir(dataDir))
  } finally {
    await rm(passwordCopy, { force: true })
    await rm(draft, { recursive: true, force: true })
  }
}

/**
 * The password goes in as an open file, read through its descriptor: `initdb` takes the name of a file only, and its user may have no
 * way to one of ours.
 */
async function runInitdb(dir: string, options: { initdb: string; user: ServerUser | undefined; passwordCopy: string }): Promise<void> {
  const { cwd, pgdata } = placeOf(dir, options.user)
  const handle = await open(options.passwordCopy, 'r')
  const pwfile = process.platform === 'win32' ? options.passwordCopy : '/dev/fd/3'
  const args = ['-D', pgdata, '--username=postgres', `--pwfile=${pwfile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--no-instructions']
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  try {
    const { code, output } = await runToEnd(options.initdb, [...args, ...locale], { cwd, user: options.user, openFile: handle.fd })
    if (code !== 0) throw initFailed(dir, output)
  } finally {
    await handle.close()
  }
}

function initFailed(dir: string, output: string): AppError {
  // Containers are often run under a number that no account has; `initdb` insists on one.
  const nextStep = /could not look up effective user ID/.test(output)
    ? 'Give this user an account (a line in /etc/passwd)'
    : "Check that the disk has room and that the folder's file system is a local one"
  return new AppError({
    category: 'internal',
    code: 'database-init-failed',
    message: `The database files could not be made in ${dir}: ${output}. ${nextStep}, or set P2C_DATABASE_URL to the address of a PostgreSQL server.`,
  })
}

interface RunOptions {
  readonly cwd?: string
  readonly user: ServerUser | undefined
  /** Becomes file descriptor 3 of the program. */
  readonly openFile?: number
}

function runToEnd(
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((ended) => {
    let output = ''
    const child = spawn(program, [...args], {
      cwd: options.cwd,
      env: serverEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe', options.openFile ?? 'ignore'],
      windowsHide: true,
      ...options.user,
    })
    child.once('error', (error) => ended({ code: null, output: error.message }))
    child.once('close', (code) => ended({ code, output: output.trim() }))
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (part: Buffer) => {
        output += part.toString()
      })
    }
  })
}

/** Nothing of this process's environment but what programs need to start: it may hold secrets, and `PG...` names would change the server. */
export function serverEnvironment(): Record<string, string> {
  const kept = ['PATH', 'TMPDIR', 'SystemRoot', 'TEMP', 'TMP'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' }
}

/** Major version of the installed server; running it also shows that it can run here, under that account. */
async function installedVersion(binaries: PostgresBinaries, user: ServerUser | undefined): Promise<string> {
  const { code, output } = await runToEnd(binaries.postgres, ['--version'], { user, cwd: '/' })
  const major = /(\d+)\./.exec(output)?.[1]
  if (code === 0 && major !== undefined) return major
  throw new AppError({
    category: 'internal',
    code: 'database-binaries-missing',
    message: `The embedded PostgreSQL does not run on this system (${binaries.postgres}: ${output || `exit code ${code}`}). If its folder is mounted without the right to run programs, set TMPDIR to another one; otherwise set P2C_DATABASE_URL to the address of a PostgreSQL server, version 15 or newer.`,
    details: { platform: process.platform, arch: process.arch },
  })
}

const versionMismatch = (dir: string, found: string, installed: string): AppError =>
  new AppError({
    category: 'internal',
    code: 'database-version-mismatch',
    message: `The database files in ${dir} are of PostgreSQL ${found}, the installed server is ${installed}. Move the data with pg_dump of version ${found}, or choose another data folder.`,
    details: { found, installed },
  })
