/** Places and accounts for the launcher's tests. */
import { readFileSync } from 'node:fs'
import { access, chmod, chown, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ServerUser } from './cluster.ts'

export const isRoot = process.getuid?.() === 0

/** How a test runs its owner program. */
export interface Account {
  readonly name: string
  /** Undefined: as the test run itself. */
  readonly user: ServerUser | undefined
}

const OWN_ACCOUNT: Account = { name: isRoot ? 'root' : 'a normal user', user: undefined }

/** An account of this machine that is neither root nor the one that root runs servers as; `initdb` refuses numbers without an account. */
function someUser(): ServerUser {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  const users = lines.map((line) => line.split(':').slice(2, 4).map(Number)).map(([uid = 0, gid = 0]) => ({ uid, gid }))
  const found = users.find(({ uid }) => Number.isInteger(uid) && uid !== 0 && uid !== 65_534)
  if (found === undefined) throw new Error('this machine has no account besides root and nobody')
  return found
}

export const NORMAL_ACCOUNT: Account = isRoot ? { name: 'a normal user', user: someUser() } : OWN_ACCOUNT
/** As root both ways are tested; a normal user cannot become root. */
export const ACCOUNTS: readonly Account[] = isRoot ? [OWN_ACCOUNT, NORMAL_ACCOUNT] : [NORMAL_ACCOUNT]

/** A folder that every account can pass through, outside of any home. */
export async function makeRoot(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'p2c-launcher-'))
  await chmod(root, 0o755)
  return root
}

export const removeRoot = (root: string): Promise<void> => rm(root, { recursive: true, force: true })

/** A new folder that belongs to `account` and is closed to all others. */
export async function makeClosedFolder(path: string, account: Account): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  if (account.user !== undefined) await chown(path, account.user.uid, account.user.gid)
  return path
}

/** Where the owner program and the Node that runs it are found. */
export interface Stage {
  readonly node: string
  readonly program: string
}

const HERE = dirname(fileURLToPath(import.meta.url))
const PACKAGE = join(HERE, '..', '..')
export const IN_PLACE: Stage = { node: process.execPath, program: join(HERE, 'owner.fixture.ts') }

/**
 * A copy of this package, what it needs, and Node, that a normal user can run: the working copy may lie in the closed home of root.
 */
export async function stageFor(account: Account, root: string): Promise<Stage> {
  if (account.user === undefined) return IN_PLACE
  const stage = join(root, 'stage')
  await cp(PACKAGE, join(stage, 'base'), { recursive: true, filter: (path) => !path.includes('node_modules') })
  await copyDependencies(PACKAGE, join(stage, 'node_modules'))
  const node = join(stage, 'node')
  await cp(process.execPath, node, { dereference: true })
  await chmod(stage, 0o755)
  return { node, program: join(stage, 'base', relative(PACKAGE, IN_PLACE.program)) }
}

async function copyDependencies(folder: string, target: string): Promise<void> {
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const source = await findPackage(folder, name)
    if (source === undefined || (await exists(join(target, name)))) continue
    await cp(source, join(target, name), { recursive: true, verbatimSymlinks: true })
    await copyDependencies(source, target)
  }
}

async function findPackage(from: string, name: string): Promise<string | undefined> {
  for (let place = from; ; place = dirname(place)) {
    const folder = join(place, 'node_modules', name)
    if (await exists(folder)) return folder
    if (place === dirname(place)) return undefined
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
