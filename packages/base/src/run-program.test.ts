import { type ChildProcess, type ForkOptions, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect, type TestContext, test } from 'vitest'
import { EXIT_CODES, type ProgramMessage } from './run-program.ts'

const FIXTURE = fileURLToPath(new URL('./run-program.fixture.ts', import.meta.url))
const KEY = Buffer.alloc(32, 1).toString('base64')
const GOOD = {
  P2C_PROGRAM_PORT: '0',
  P2C_PROGRAM_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  P2C_PROGRAM_CLIENT_ID: 'client',
  P2C_PROGRAM_CLIENT_SECRET: 'pa55word',
  P2C_PROGRAM_TOKEN_KEY: KEY,
  P2C_FIXTURE: 'none',
}

interface Started {
  readonly child: ChildProcess
  /** The first message, undefined when the program ends without one. */
  readonly message: Promise<ProgramMessage | undefined>
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>
  /** Resolves when the program has written `text` to its log. */
  logged(text: string): Promise<void>
}

function startFixture(t: TestContext, env: Record<string, string | undefined>): Started {
  const options: ForkOptions = { env: { PATH: process.env.PATH, ...GOOD, ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] }
  return follow(t, fork(FIXTURE, [], options))
}

function follow(t: TestContext, child: ChildProcess): Started {
  t.onTestFinished(() => void child.kill('SIGKILL'))
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
  const ended = Promise.all([once(child, 'exit'), stdout.ended, stderr.ended]).then(([[code]]) => ({
    code,
    stdout: stdout.text(),
    stderr: stderr.text(),
  }))
  const message = Promise.race([once(child, 'message').then(([first]) => first), ended.then(() => undefined)])
  return { child, message, ended, logged: stdout.includes }
}

function collect(stream: Readable | null) {
  if (stream === null) throw new Error('no stream')
  let text = ''
  stream.on('data', (part: Buffer) => {
    text += part.toString()
  })
  return {
    text: () => text,
    ended: once(stream, 'close'),
    includes: async (wanted: string) => {
      while (!text.includes(wanted)) await once(stream, 'data')
    },
  }
}

async function readyUrl(started: Started): Promise<string> {
  const message = await started.message
  if (message?.type !== 'ready') throw new Error(`not ready: ${JSON.stringify(message)} ${(await started.ended).stderr}`)
  return message.url
}

test('a program tells where it answers and stops with exit code 0 on SIGTERM', async (t) => {
  const started = startFixture(t, {})
  expect(await (await fetch(await readyUrl(started))).text()).toBe('hello')
  started.child.kill('SIGTERM')
  const end = await started.ended
  expect(end).toMatchObject({ code: EXIT_CODES.stopped, stderr: '' })
  expect(end.stdout).toContain('stop was called')
  expect(end.stdout).not.toContain('pa55word')
})

test('a program stops cleanly on SIGINT, on an order, and when its parent is gone', async (t) => {
  const ways: readonly ((child: ChildProcess) => unknown)[] = [
    (child) => child.kill('SIGINT'),
    (child) => child.send({ type: 'stop' }),
    (child) => child.disconnect(),
  ]
  for (const way of ways) {
    const started = startFixture(t, {})
    await readyUrl(started)
    way(started.child)
    const end = await started.ended
    expect(end.code).toBe(EXIT_CODES.stopped)
    expect(end.stdout).toContain('stop was called')
  }
})

test('a program without a parent channel runs too', async (t) => {
  const child = spawn(process.execPath, [FIXTURE], { env: { PATH: process.env.PATH, ...GOOD }, stdio: ['ignore', 'pipe', 'pipe'] })
  const started = follow(t, child)
  await started.logged('"ready"')
  child.kill('SIGTERM')
  expect((await started.ended).code).toBe(EXIT_CODES.stopped)
})

test('a second signal ends a program that does not stop', async (t) => {
  const started = startFixture(t, { P2C_FIXTURE: 'never-stops' })
  await readyUrl(started)
  started.child.kill('SIGINT')
  await started.logged('stop was called')
  started.child.kill('SIGINT')
  expect((await started.ended).code).toBe(EXIT_CODES.forced)
})

test('settings that are not usable end it with code 2 and one readable line that lists them all, its own too', async (t) => {
  const started = startFixture(t, {
    P2C_PROGRAM_PORT: 'x',
    P2C_PROGRAM_CLIENT_SECRET: undefined,
    P2C_PROGRAM_TOKEN_KEY: 'c2hvcnQ=',
    P2C_FIXTURE: undefined,
  })
  expect(await started.message).toMatchObject({ type: 'failed', error: { code: 'settings-invalid' } })
  const end = await started.ended
  expect(end.code).toBe(EXIT_CODES.settings)
  expect(end.stderr.trim().split('\n')).toHaveLength(1)
  for (const name of ['P2C_PROGRAM_PORT', 'P2C_PROGRAM_CLIENT_SECRET', 'P2C_PROGRAM_TOKEN_KEY', 'P2C_FIXTURE'])
    expect(end.stderr).toContain(name)
})

test('a start that is refused ends it with code 1, its message, and the error for the parent', async (t) => {
  const started = startFixture(t, { P2C_FIXTURE: 'refuses' })
  expect(await started.message).toEqual({
    type: 'failed',
    error: { category: 'schema', code: 'fixture-refused', message: 'The fixture was told to refuse.', details: { port: 0 } },
  })
  expect(await started.ended).toMatchObject({ code: EXIT_CODES.failed, stderr: 'The fixture was told to refuse.\n' })
})

test('a start that breaks ends it with code 1 and no stack trace for the reader', async (t) => {
  const started = startFixture(t, { P2C_FIXTURE: 'breaks' })
  expect(await started.message).toMatchObject({ type: 'failed', error: { code: 'unexpected' } })
  expect(await started.ended).toMatchObject({ code: EXIT_CODES.failed, stderr: 'broken inside\n' })
})

test('a port in use is named', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.onTestFinished(() => void taken.close())
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const started = startFixture(t, { P2C_PROGRAM_PORT: String(port) })
  expect(await started.message).toMatchObject({ type: 'failed', error: { code: 'port-in-use', details: { port, host: '127.0.0.1' } } })
  expect((await started.ended).stderr).toContain(`Port ${port} on 127.0.0.1 is in use`)
})

test('an error that nothing handles ends it with code 1 and a log line', async (t) => {
  const started = startFixture(t, { P2C_FIXTURE: 'throws-later' })
  const end = await started.ended
  expect(end.code).toBe(EXIT_CODES.failed)
  expect(end.stdout).toContain('nobody handles this')
})
