import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Scope } from './command-line.ts'

export const P2C_MAIN = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url))

export interface StartedProgram<Ready> {
  readonly process: ChildProcess
  /** Its line of JSON. */
  readonly ready: Ready
}

/** `p2c start ...` once it says that it is ready; it is stopped when the scope ends. Throws what it says when it does not get ready. */
export async function startProgram<Ready>(
  scope: Scope,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<StartedProgram<Ready>> {
  const child = spawn(process.execPath, [P2C_MAIN, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  return whenReady(scope, child)
}

/** The same for any program that says in one line of JSON when it is ready. */
export async function whenReady<Ready>(scope: Scope, child: ChildProcess): Promise<StartedProgram<Ready>> {
  const ended = once(child, 'exit')
  scope.onTestFinished(async () => {
    child.kill('SIGTERM')
    await ended
  })
  const problems = child.stderr === null ? '' : text(child.stderr)
  const lines = child.stdout === null ? [] : createInterface({ input: child.stdout })
  for await (const line of lines) {
    const ready = JSON.parse(line)
    if ('error' in ready) throw new Error(line)
    return { process: child, ready }
  }
  throw new Error(`${child.spawnargs.join(' ')} ended with ${(await ended)[0]}: ${await problems}`)
}
