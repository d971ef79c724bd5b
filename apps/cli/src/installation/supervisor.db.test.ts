import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dropDatabase, isAlive, silentLogger, systemClock } from '@p2c/base'
import { expect, type TestContext, test } from 'vitest'
import { fetchToken, findRunning } from './installation.ts'
import { databaseName, PART_KEYS, type Part, PROGRAM_PARTS, type ProgramPart, type ProgramPaths } from './programs.ts'
import { openSecrets } from './secrets.ts'
import { type StartInstallationOptions, startInstallation } from './supervisor.ts'

/** Two starts of an embedded PostgreSQL take most of the usual time on a busy machine. */
const TWO_CLUSTERS_MS = 90_000

const fixture = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const PROGRAM = fixture('./program.fixture.ts')
const PATHS: ProgramPaths = {
  programs: { sales: PROGRAM, 'supply-chain': PROGRAM, 'common-data-service': PROGRAM, server: PROGRAM, worker: PROGRAM },
  templates: '/some/templates',
}
const TARGETS = ['sales', 'supply-chain', 'common-data-service', 'server'] as const

async function aFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'p2c-installation-'))
  t.onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'data')
}

interface Choices extends Partial<StartInstallationOptions> {
  readonly fault?: string
}

/** Options for fixture programs on free ports, without the Common Data Service unless told, and on the databases of the test run's server, which go when the test ends. */
async function someOptions(t: TestContext, { fault = '', ...choices }: Choices = {}): Promise<StartInstallationOptions> {
  const server = process.env.P2C_TEST_SERVER ?? ''
  const databasePrefix = `test_${randomBytes(6).toString('hex')}`
  t.onTestFinished(async () => {
    for (const part of PROGRAM_PARTS) await dropDatabase(server, databaseName(databasePrefix, part))
  })
  return {
    dataDir: await aFolder(t),
    portBase: 0,
    commonDataService: false,
    log: silentLogger,
    clock: systemClock,
    onPartReady: () => undefined,
    env: { PATH: process.env.PATH, P2C_DATABASE_URL: server, P2C_FIXTURE_FAULT: fault },
    databasePrefix,
    paths: PATHS,
    ...choices,
  }
}

async function start(t: TestContext, options: StartInstallationOptions) {
  const installation = await startInstallation(options)
  t.onTestFinished(() => installation.stop())
  return installation
}

/** Resolves when the program behind `url` has gone: it holds this answer open for ever. */
async function watch(url: string): Promise<{ readonly ended: Promise<unknown> }> {
  const { body } = await fetch(`${url}/hold`)
  const reader = body?.getReader()
  await reader?.read()
  return { ended: reader?.read().catch(() => undefined) ?? Promise.resolve() }
}

const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

test(
  'an installation of its own starts database, applications and integrator, gives tokens for each, stops in order and starts again',
  async (t) => {
    const ready: Part[] = []
    const onPartReady = ({ part, url }: { part: Part; url: string }): void => {
      ready.push(part)
      expect(url).not.toContain('@')
    }
    const options = await someOptions(t, { onPartReady })
    const own = { ...options, commonDataService: true, databasePrefix: 'p2c', env: { PATH: process.env.PATH } }
    const first = await start(t, own)
    expect([ready[0], ready.slice(1, 4).sort(), ready[4]]).toEqual(['database', ['common-data-service', 'sales', 'supply-chain'], 'server'])

    expect(await findRunning(own.dataDir)).toMatchObject({ ...first.urls, pid: process.pid })
    expect(await (await fetch(`${first.urls.server}/given`)).json()).toMatchObject({
      P2C_PROGRAM_SALES_URL: first.urls.sales,
      P2C_PROGRAM_SUPPLY_CHAIN_URL: first.urls.supplyChain,
      P2C_PROGRAM_COMMON_DATA_SERVICE_URL: first.urls.commonDataService,
      P2C_PROGRAM_TEMPLATES: '/some/templates',
    })
    for (const target of TARGETS) {
      const header = { authorization: `Bearer ${await fetchToken(own.dataDir, target)}` }
      const answers = await Promise.all(TARGETS.map((part) => fetch(first.urls[PART_KEYS[part]] ?? '', { headers: header })))
      expect(answers.map((answer) => answer.status)).toEqual(TARGETS.map((other) => (other === target ? 200 : 401)))
    }
    for (const file of ['secrets.json', 'running.json', 'logs/server.log', 'logs/postgres.log'])
      expect(await mode(join(own.dataDir, file))).toBe(0o600)
    expect(await mode(own.dataDir)).toBe(0o700)
    await expect(startInstallation(own)).rejects.toMatchObject({ code: 'already-running', details: { pid: process.pid } })

    const secrets = await readFile(join(own.dataDir, 'secrets.json'), 'utf8')
    await Promise.all([first.stop(), first.stop()])
    const stopTimes = await Promise.all(
      (['server', 'sales', 'supply-chain', 'common-data-service'] as const).map((part) => stopTime(own.dataDir, part)),
    )
    expect([...stopTimes].sort((a, b) => a - b)).toEqual(stopTimes)
    await expect(findRunning(own.dataDir)).rejects.toMatchObject({
      code: 'nothing-running',
      message: expect.stringContaining(`p2c start --data ${own.dataDir}`),
    })
    expect((await readdir(own.dataDir)).sort()).toEqual(['logs', 'owner.1.json', 'postgres', 'secrets.json'])

    await (await start(t, own)).stop()
    expect(await readFile(join(own.dataDir, 'secrets.json'), 'utf8')).toBe(secrets)
  },
  TWO_CLUSTERS_MS,
)

async function stopTime(dataDir: string, part: ProgramPart): Promise<number> {
  const lines = (await readFile(join(dataDir, 'logs', `${part}.log`), 'utf8')).trim().split('\n')
  const line = lines.map((one) => JSON.parse(one)).find((one) => one.msg === 'fixture stops')
  return line.time
}

test(
  'a killed supervisor takes everything with it, and the next start works at once, past a program that does not end',
  async (t) => {
    const dataDir = await aFolder(t)
    const env = { PATH: process.env.PATH, P2C_FIXTURE_FAULT: 'integrator:never-stop' }
    const child = fork(
      fixture('./supervisor.fixture.ts'),
      [JSON.stringify({ dataDir, portBase: 0, paths: PATHS, commonDataService: false })],
      { env, execArgv: [] },
    )
    t.onTestFinished(() => void child.kill('SIGKILL'))
    const [{ urls, pid }] = await once(child, 'message')
    const watches = await Promise.all([urls.sales, urls.supplyChain].map(watch))
    child.kill('SIGKILL')
    await Promise.all(watches.map((one) => one.ended))
    await expect(findRunning(dataDir)).rejects.toMatchObject({ code: 'nothing-running' })
    expect(isAlive(pid)).toBe(true)
    const next = await start(t, { ...(await someOptions(t)), dataDir, env: { PATH: process.env.PATH } })
    expect(isAlive(pid)).toBe(false)
    expect(await findRunning(dataDir)).toMatchObject(next.urls)
  },
  TWO_CLUSTERS_MS,
)

test('of two starts at once in one folder one wins, and the other leaves its programs alone', async (t) => {
  const options = await someOptions(t, { commonDataService: true })
  const starts = await Promise.allSettled([startInstallation(options), startInstallation(options)])
  const [won, ...more] = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
  t.onTestFinished(() => won?.stop())
  expect(more).toEqual([])
  expect(starts.find((start) => start.status === 'rejected')?.reason).toMatchObject({ code: 'already-running' })
  for (const part of PROGRAM_PARTS) expect(isAlive(won?.pid(part) ?? 0)).toBe(true)
})

test('an account that the database server refuses is told what to correct, without its password', async (t) => {
  const server = new URL(process.env.P2C_TEST_SERVER ?? '')
  server.pathname = '/no_such_database_pa55word'
  const refused = startInstallation({ ...(await someOptions(t)), env: { PATH: process.env.PATH, P2C_DATABASE_URL: server.href } })
  await expect(refused).rejects.toMatchObject({ code: 'database-refused', message: expect.stringContaining('Correct the account') })
})

test('a port in use is named with the option that helps, and everything started is stopped', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.onTestFinished(() => void taken.close())
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const options = await someOptions(t, { portBase: port - 10 })
  await expect(startInstallation(options)).rejects.toMatchObject({
    code: 'port-in-use',
    message: expect.stringMatching(new RegExp(`${port}.*Sales.*--port-base`)),
  })
  await expect(findRunning(options.dataDir)).rejects.toMatchObject({ code: 'nothing-running' })
  await start(t, { ...options, portBase: 0 })
})

const FAILURES: readonly (readonly [string, string, RegExp])[] = [
  ['sales:refuse', 'fixture-refused', /^Sales did not start: Told to refuse\..*sales\.log/],
  ['supply_chain:exit', 'program-failed', /^Supply Chain ended before it was ready \(exit code 7\).*supply-chain\.log.*last words/],
  ['integrator:refuse', 'fixture-refused', /^the integrator did not start/],
]

test('a program that does not start ends the start with a clear error', async (t) => {
  for (const [fault, code, message] of FAILURES) {
    await expect(startInstallation(await someOptions(t, { fault }))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  }
})

test('a program that is never ready ends the start after the time that it has', async (t) => {
  const options = await someOptions(t, { fault: 'integrator:hang', readyTimeoutMs: 3000 })
  await expect(startInstallation(options)).rejects.toMatchObject({
    code: 'program-not-ready',
    message: expect.stringMatching(/not ready after 3 seconds.*server\.log/),
  })
})

test('a killed program starts again at its address; the others do not notice', async (t) => {
  const restarted = Promise.withResolvers<{ part: ProgramPart; reason: string }>()
  const installation = await start(t, await someOptions(t, { onPartRestarted: restarted.resolve }))
  const pids = PROGRAM_PARTS.map((part) => installation.pid(part))
  process.kill(installation.pid('server'), 'SIGKILL')
  expect(await restarted.promise).toEqual({ part: 'server', reason: 'signal SIGKILL' })
  expect((await fetch(`${installation.urls.server}/given`)).status).toBe(200)
  expect(PROGRAM_PARTS.map((part, index) => installation.pid(part) === pids[index])).toEqual([true, true, true, false])
})

test('a program that keeps dying is given up and reported; stopping works all the same', async (t) => {
  const restarts = { most: 2, windowMs: 60_000, firstPauseMs: 1, longestPauseMs: 1 }
  const installation = await start(t, await someOptions(t, { fault: 'sales:crash', restarts }))
  expect(await installation.failed).toMatchObject({
    code: 'program-keeps-failing',
    message: expect.stringMatching(/^Sales ended 3 times.*exit code 9.*sales\.log/),
  })
  await installation.stop()
})

test('the Common Data Service gets secrets in an installation from before it, is kept running like the others, and can be left out', async (t) => {
  const restarted = Promise.withResolvers<{ part: ProgramPart; reason: string }>()
  const { commonDataService: _off, ...options } = await someOptions(t, { onPartRestarted: restarted.resolve })
  const path = join(options.dataDir, 'secrets.json')
  await mkdir(options.dataDir)
  const { commonDataService: _new, ...before } = await openSecrets(options.dataDir)
  await writeFile(path, JSON.stringify(before))
  const first = await start(t, options)
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
    ...before,
    commonDataService: expect.objectContaining({ tokenKey: expect.any(String) }),
  })
  process.kill(first.pid('common-data-service'), 'SIGKILL')
  expect(await restarted.promise).toEqual({ part: 'common-data-service', reason: 'signal SIGKILL' })
  const headers = { authorization: `Bearer ${await fetchToken(options.dataDir, 'common-data-service')}` }
  expect((await fetch(first.urls.commonDataService ?? '', { headers })).status).toBe(200)
  await first.stop()

  const without = await start(t, { ...options, env: { ...options.env, P2C_COMMON_DATA_SERVICE: 'off' } })
  expect(await (await fetch(`${without.urls.server}/given`)).json()).not.toHaveProperty('P2C_PROGRAM_COMMON_DATA_SERVICE_URL')
  expect(await findRunning(options.dataDir)).not.toHaveProperty('commonDataService')
  const refused = expect.objectContaining({ code: 'part-left-out', message: expect.stringContaining('P2C_COMMON_DATA_SERVICE') })
  await expect(fetchToken(options.dataDir, 'common-data-service')).rejects.toEqual(refused)
  expect(without.pid('common-data-service')).toBe(0)
})

test('a switch of the Common Data Service that is neither on nor off is refused', async (t) => {
  const { commonDataService: _off, ...options } = await someOptions(t)
  const wrong = startInstallation({ ...options, env: { ...options.env, P2C_COMMON_DATA_SERVICE: 'no' } })
  await expect(wrong).rejects.toMatchObject({ code: 'settings-invalid', message: expect.stringContaining('on or off') })
})

test.each([-1, 1.5, 65_530, Number.NaN])('%d is no port base', async (portBase) => {
  await expect(
    startInstallation({ dataDir: '/nowhere', portBase, log: silentLogger, clock: systemClock, onPartReady: () => undefined }),
  ).rejects.toMatchObject({ code: 'port-base-invalid' })
})

test('an address that is not of PostgreSQL is refused without showing it', async (t) => {
  const options = await someOptions(t, { env: { P2C_DATABASE_URL: 'mysql://u:pa55word@h/x' } })
  await expect(startInstallation(options)).rejects.toMatchObject({
    code: 'settings-invalid',
    message: expect.not.stringContaining('pa55word'),
  })
})

test('an installation that listens on another address tells that address to all its parts; one that stands for all addresses is refused', async (t) => {
  const options = await someOptions(t)
  const { urls } = await start(t, { ...options, host: '127.0.0.2' })
  for (const url of Object.values(urls)) expect(url).toMatch(/^http:\/\/127\.0\.0\.2:\d+$/)
  expect(await (await fetch(`${urls.server}/given`)).json()).toMatchObject({
    P2C_PROGRAM_SALES_URL: urls.sales,
    P2C_PROGRAM_SUPPLY_CHAIN_URL: urls.supplyChain,
  })
  await expect(startInstallation({ ...options, dataDir: await aFolder(t), host: '0.0.0.0' })).rejects.toMatchObject({
    code: 'host-invalid',
  })
})
