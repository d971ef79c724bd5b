import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Execution, totalCounters } from '@p2c/api'
import { expect, test } from 'vitest'
import { databasePrefix, p2cJson, scratchFolder } from '../support/command-line.ts'
import { prepareInstallation } from '../support/prepared-installation.ts'
import { startProgram } from '../support/start-program.ts'

interface Health {
  readonly status: string
  readonly pid: number
  readonly workers: number
}

const healthOf = async (url: string): Promise<Health> => (await (await fetch(url)).json()) as Health

const ACCOUNTS = 200

/** The integrator of this installation takes no steps. */
async function anInstallation(t: Parameters<typeof scratchFolder>[0]) {
  const data = await scratchFolder(t)
  await prepareInstallation(data)
  const env = { P2C_DATABASE_URL: process.env.P2C_TEST_SERVER ?? '', P2C_DATABASE_PREFIX: databasePrefix(data) }
  await startProgram(t, ['start', '--data', data, '--port-base', '0', '--workers', '0'], env)
  return { data, env }
}

test('a worker in a folder of its own does the steps of an installation, survives a kill, ends with 0, and the work goes on with the next one', async (t) => {
  const { data, env } = await anInstallation(t)
  await p2cJson(['load', 'sample', '--accounts', String(ACCOUNTS), '--data', data])
  const start = async () => {
    const args = ['start', '--role', 'worker', '--data', await scratchFolder(t), '--key-file', join(data, 'secrets.json'), '--workers', '3']
    return startProgram<{ role: string; pid: number; health: string }>(t, args, env)
  }
  const first = await start()
  expect(first.ready).toMatchObject({ role: 'worker', pid: first.process.pid })
  const health = await healthOf(first.ready.health)
  expect(health).toMatchObject({ status: 'ok', program: 'worker', workers: 3 })
  const run = async (): Promise<Execution> => p2cJson(['run', 'accounts', '--data', data])
  expect(totalCounters((await run()).tasks)).toMatchObject({ read: ACCOUNTS, inserted: ACCOUNTS })

  process.kill(health.pid, 'SIGKILL')
  expect((await run()).status).toBe('completed') // by the program that was started in its place
  expect((await healthOf(first.ready.health)).pid).not.toBe(health.pid)

  const gone = once(first.process, 'exit')
  first.process.kill('SIGTERM')
  expect((await gone)[0]).toBe(0)
  const waiting = run() // nobody is there to do it yet
  await start()
  expect((await waiting).status).toBe('completed')
})

test('a worker with the key of another installation is refused before it takes a step, and so is one whose installation has not been started yet', async (t) => {
  const { data, env } = await anInstallation(t)
  const stranger = { ...env, P2C_ENCRYPTION_KEY: randomBytes(32).toString('base64') }
  const refused = startProgram(t, ['start', '--role', 'worker', '--data', await scratchFolder(t)], stranger)
  await expect(refused).rejects.toThrow(/"code":"secrets-key-wrong"/)

  const { encryptionKey } = JSON.parse(await readFile(join(data, 'secrets.json'), 'utf8'))
  const older = { ...env, P2C_ENCRYPTION_KEY: encryptionKey, P2C_DATABASE_PREFIX: `${env.P2C_DATABASE_PREFIX}_none` }
  await expect(startProgram(t, ['start', '--role', 'worker', '--data', await scratchFolder(t)], older)).rejects.toThrow(
    /"code":"database-missing"/,
  )
})

test.each([
  [['--key-file', './secrets.json'], /--key-file belongs to --role worker/],
  [['--health-port', '0'], /--health-port belongs to --role worker/],
  [['--role', 'worker', '--workers', '0'], /--workers 0 leaves a worker nothing to do/],
])('p2c start %j is refused: it would not do what it says', async (args, expected) => {
  await expect(startProgram({ onTestFinished: () => undefined }, ['start', '--data', '/none', ...args])).rejects.toThrow(expected)
})
