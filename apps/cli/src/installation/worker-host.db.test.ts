import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dropDatabase, ensureDatabase, isAlive, silentLogger } from '@p2c/base'
import { expect, type TestContext, test } from 'vitest'
import type { ProgramPaths } from './programs.ts'
import { type StartWorkerOptions, startWorker } from './worker-host.ts'

const PROGRAM = fileURLToPath(new URL('./worker.fixture.ts', import.meta.url))
const PATHS: ProgramPaths = {
  programs: { sales: PROGRAM, 'supply-chain': PROGRAM, 'common-data-service': PROGRAM, server: PROGRAM, worker: PROGRAM },
  templates: '/none',
}
const KEY = randomBytes(32).toString('base64')

async function aFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'p2c-worker-'))
  t.onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Options for a stand-in of the worker and an integrator database that is there and empty. */
async function someOptions(t: TestContext, env: Readonly<Record<string, string>> = {}): Promise<StartWorkerOptions> {
  const server = process.env.P2C_TEST_SERVER ?? ''
  const prefix = `test_${randomBytes(6).toString('hex')}`
  await ensureDatabase(server, `${prefix}_integrator`)
  t.onTestFinished(() => dropDatabase(server, `${prefix}_integrator`))
  return {
    dataDir: await aFolder(t),
    log: silentLogger,
    paths: PATHS,
    env: { PATH: process.env.PATH, P2C_DATABASE_URL: server, P2C_DATABASE_PREFIX: prefix, P2C_ENCRYPTION_KEY: KEY, ...env },
  }
}

async function start(t: TestContext, options: StartWorkerOptions) {
  const worker = await startWorker(options)
  t.onTestFinished(() => worker.stop())
  return worker
}

const given = async (health: string): Promise<Record<string, string>> => (await (await fetch(health)).json()) as Record<string, string>

test('a worker gets the database of the integrator, the key and its steps, and nothing that gives access to more', async (t) => {
  const options = await someOptions(t, { P2C_PROGRAM_WORKERS: '9' })
  const worker = await start(t, { ...options, workers: 3 })
  const seen = await given(worker.health)
  expect(seen).toMatchObject({ P2C_PROGRAM_ENCRYPTION_KEY: KEY, P2C_PROGRAM_HOST: '127.0.0.1', P2C_PROGRAM_WORKERS: '3' })
  expect(seen.P2C_PROGRAM_DATABASE_URL).toContain(`/${options.env?.P2C_DATABASE_PREFIX}_integrator`)
  expect(Object.keys(seen).filter((name) => name.startsWith('P2C_DATABASE') || name === 'P2C_ENCRYPTION_KEY')).toEqual([])
  expect(worker.database).not.toContain('@')
  expect((await stat(join(options.dataDir, 'worker', 'logs', 'worker.log'))).mode & 0o777).toBe(0o600)
  const pid = worker.pid()
  await worker.stop()
  expect(isAlive(pid, '')).toBe(false)
  expect(await readdir(join(options.dataDir, 'worker'))).not.toContain('processes.json')
})

test('a worker that dies is started again with the same health address', async (t) => {
  let restarted = (_reason: string): void => undefined
  const again = new Promise<string>((done) => {
    restarted = done
  })
  const worker = await start(t, { ...(await someOptions(t)), onRestarted: (reason) => restarted(reason) })
  const before = worker.pid()
  process.kill(before, 'SIGKILL')
  expect(await again).toBe('signal SIGKILL')
  expect(worker.pid()).not.toBe(before)
  expect(await given(worker.health)).toMatchObject({ P2C_PROGRAM_ENCRYPTION_KEY: KEY })
})

test('the key is taken from the file that is named, a copy of secrets.json or the key alone, before that of the data folder', async (t) => {
  const options = await someOptions(t, { P2C_ENCRYPTION_KEY: '' })
  const other = randomBytes(32).toString('base64')
  const part = { clientId: 'c', clientSecret: 'a secret of sixteen', tokenKey: KEY }
  const document = (encryptionKey: string): string => JSON.stringify({ sales: part, supplyChain: part, server: part, encryptionKey })
  await writeFile(join(options.dataDir, 'secrets.json'), document(KEY))
  const file = join(await aFolder(t), 'key')
  const keyOf = async (choices: Partial<StartWorkerOptions>): Promise<string | undefined> => {
    const worker = await startWorker({ ...options, ...choices })
    const seen = await given(worker.health)
    await worker.stop()
    return seen.P2C_PROGRAM_ENCRYPTION_KEY
  }
  expect(await keyOf({})).toBe(KEY)
  await writeFile(file, `${other}\n`)
  expect(await keyOf({ keyFile: file })).toBe(other)
  await writeFile(file, document(other))
  expect(await keyOf({ keyFile: file })).toBe(other)
})

test('what is missing is named at once, with what to do', async (t) => {
  const options = await someOptions(t)
  const refused = startWorker({ ...options, env: {} })
  await expect(refused).rejects.toMatchObject({
    code: 'settings-invalid',
    message: expect.stringMatching(/P2C_DATABASE_URL is missing.*encryption key is missing.*--key-file/),
    details: { problems: [expect.any(String), expect.any(String)] },
  })
})

test.each([
  ['a short key', { P2C_ENCRYPTION_KEY: 'c2hvcnQ=' }, 'encryption-key-invalid'],
  ['a key that is no base64', { P2C_ENCRYPTION_KEY: 'not a key at all, by any reading of it!' }, 'encryption-key-invalid'],
  ['a database that is not there', { P2C_DATABASE_PREFIX: 'no_such' }, 'database-missing'],
  ['a prefix that cannot be', { P2C_DATABASE_PREFIX: 'No-Such' }, 'settings-invalid'],
  ['an address that is none', { P2C_DATABASE_URL: 'localhost' }, 'settings-invalid'],
])('%s is refused and leaves nothing behind', async (_case, env, code) => {
  const folder = await mkdtemp(join(tmpdir(), 'p2c-worker-'))
  const base = { P2C_DATABASE_URL: process.env.P2C_TEST_SERVER ?? '', P2C_ENCRYPTION_KEY: KEY }
  await expect(startWorker({ dataDir: folder, log: silentLogger, paths: PATHS, env: { ...base, ...env } })).rejects.toMatchObject({ code })
  expect(await readdir(folder)).toEqual([])
  await rm(folder, { recursive: true })
})

test('a key file that is not there is named; its text never shows', async (t) => {
  const options = await someOptions(t)
  await expect(startWorker({ ...options, keyFile: '/no/such/file' })).rejects.toMatchObject({
    code: 'encryption-key-invalid',
    message: expect.stringContaining('/no/such/file'),
  })
  const file = join(await aFolder(t), 'key')
  await writeFile(file, 'a-secret-text')
  const refused = await startWorker({ ...options, keyFile: file }).catch((error: Error) => error)
  expect(refused).toMatchObject({ code: 'encryption-key-invalid' })
  expect(JSON.stringify(refused)).not.toContain('a-secret-text')
})

test('two workers in one folder: the second is refused and the first works on', async (t) => {
  const options = await someOptions(t)
  const worker = await start(t, options)
  await expect(startWorker(options)).rejects.toMatchObject({ code: 'already-running', message: expect.stringContaining('--workers') })
  expect((await fetch(worker.health)).status).toBe(200)
})

test.each(['0.0.0.0', '::', '*'])('%s is no address to tell others', async (host) => {
  await expect(startWorker({ dataDir: '/none', log: silentLogger, host, env: {} })).rejects.toMatchObject({ code: 'host-invalid' })
})
