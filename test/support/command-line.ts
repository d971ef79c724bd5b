import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { dropDatabase } from '@p2c/base'

const MAIN = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'apps', 'cli', 'src', 'main.ts')

export interface CommandResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Commands that start processes of their own and answer signals. */
const OWN_PROCESS = ['start', 'demo']

/**
 * Runs the command line as a user does: in this process, which saves the half second that a process of its own needs to come up, unless the
 * command is one that needs that.
 */
export async function p2c(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  if (OWN_PROCESS.includes(args[0] ?? '') && !args.includes('--help')) return p2cProcess(args, env)
  const { runCommandLine } = await import('../../apps/cli/src/command-line.ts')
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const printed = Promise.all([readAll(stdout), readAll(stderr)])
  const code = await runCommandLine(args, { env: { ...process.env, NO_COLOR: '1', ...env }, stdout, stderr })
  stdout.end()
  stderr.end()
  const [out, err] = await printed
  return { code, stdout: out, stderr: err }
}

/** The same in a process of its own, whatever the command. */
export async function p2cProcess(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...env },
  })
  const [stdout, stderr, code] = await Promise.all([readAll(child.stdout), readAll(child.stderr), exitOf(child)])
  return { code, stdout, stderr }
}

/** Runs a command with `--json` and gives its result; throws with everything it printed when it fails. */
export async function p2cJson<Result>(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Result> {
  const result = await p2c([...args, '--json'], env)
  if (result.code !== 0) throw new Error(`p2c ${args.join(' ')} ended with ${result.code}: ${result.stdout} ${result.stderr}`)
  return JSON.parse(result.stdout) as Result
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

const exitOf = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('exit', (code) => resolve(code)))

export interface StartedInstallation {
  readonly data: string
  readonly urls: { readonly server: string; readonly sales: string; readonly supplyChain: string; readonly commonDataService?: string }
  readonly process: ChildProcess
  /** Ctrl-C; gives the exit code. */
  stop(): Promise<number | null>
  /** kill -9 of `p2c start`, nothing else. */
  kill(): Promise<void>
}

/**
 * `p2c start` on free ports in the given folder, once it says that everything is ready; `env` goes on top of this process's. Without the Common
 * Data Service, which few tests need: `P2C_COMMON_DATA_SERVICE: 'on'` asks for it.
 */
export async function startInstallation(
  data: string,
  env: Readonly<Record<string, string>> = {},
  options: readonly string[] = [],
): Promise<StartedInstallation> {
  const started = await startProgram(['start', '--data', data, '--port-base', '0', ...options], {
    P2C_DATABASE_PREFIX: databasePrefix(data),
    P2C_COMMON_DATA_SERVICE: 'off',
    ...env,
  })
  return { ...started, data, urls: JSON.parse(started.firstLine) as StartedInstallation['urls'] }
}

/** A process that the command line started and that said in one line of JSON that it is ready. */
export interface StartedProgram extends Pick<StartedInstallation, 'process' | 'stop' | 'kill'> {
  readonly firstLine: string
}

/** Runs a command that keeps running, such as `start` or `start --role worker`, until its first line. */
export async function startProgram(args: readonly string[], env: Readonly<Record<string, string>>): Promise<StartedProgram> {
  const child = spawn(process.execPath, [MAIN, ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  const exited = exitOf(child)
  const problems = readAll(child.stderr)
  for await (const firstLine of createInterface({ input: child.stdout })) {
    return {
      firstLine,
      process: child,
      stop: () => {
        child.kill('SIGINT')
        return exited
      },
      kill: async () => {
        child.kill('SIGKILL')
        await exited
      },
    }
  }
  throw new Error(`p2c ${args.join(' ')} ended with ${await exited}: ${await problems}`)
}

/** Installations of several tests may share an external server, so each has databases of its own; the same folder finds the same ones. */
export const databasePrefix = (data: string): string => `t_${createHash('sha256').update(data).digest('hex').slice(0, 16)}`

/** What `scratchFolder` asks of a test context. */
export interface Scope {
  onTestFinished(callback: () => Promise<void>): void
}

/** A scope that ends with the test file; last come, first gone. Call at the top of the file with the `afterAll` of vitest. */
export function fileScope(afterAll: (callback: () => Promise<void>) => void): Scope {
  const callbacks: (() => Promise<void>)[] = []
  afterAll(async () => {
    for (const callback of callbacks.reverse()) await callback()
  })
  return { onTestFinished: (callback) => void callbacks.push(callback) }
}

/** A folder that goes away with the test, and with it the databases of an installation in it on the server of the test run. */
export async function scratchFolder(scope: Scope): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'p2c-installation-'))
  scope.onTestFinished(async () => {
    const { P2C_TEST_SERVER: server } = process.env
    if (server !== undefined)
      for (const name of ['sales', 'supply_chain', 'cds', 'integrator']) await dropDatabase(server, `${databasePrefix(folder)}_${name}`)
    await rm(folder, { recursive: true, force: true })
  })
  return folder
}
