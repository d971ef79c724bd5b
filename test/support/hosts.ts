import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import type { Scope } from './command-line.ts'

const execute = promisify(execFile)

/** A host of its own as far as the network goes: a network namespace on a bridge that it shares with the other hosts, and nothing else. */
export interface Host {
  readonly name: string
  readonly address: string
  /** Starts a program on this host. */
  spawn(command: string, args: readonly string[], env?: Readonly<Record<string, string | undefined>>): ChildProcess
  /** Pulls its cable: nothing is closed, nothing passes. */
  cut(): Promise<void>
  /** Plugs it in again. */
  join(): Promise<void>
}

/**
 * Hosts with the addresses 10.77.0.1, 10.77.0.2, ... on a network that nobody else sees: the bridge lies in a namespace of its own. All of it goes
 * when the scope ends, also when the test is killed: a namespace lives as long as the `cat` in it, and that ends with its input.
 */
export async function startHosts(scope: Scope, names: readonly string[]): Promise<readonly Host[]> {
  await assertPossible()
  const bridge = await openNamespace(scope)
  await ip(bridge, 'link', 'add', 'bridge0', 'type', 'bridge')
  await ip(bridge, 'link', 'set', 'bridge0', 'up')
  const hosts: Host[] = []
  for (const [index, name] of names.entries()) {
    const namespace = await openNamespace(scope)
    const port = `port${index + 1}`
    const address = `10.77.0.${index + 1}`
    await ip(bridge, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(namespace))
    await ip(bridge, 'link', 'set', port, 'master', 'bridge0', 'up')
    await ip(namespace, 'link', 'set', 'lo', 'up')
    await ip(namespace, 'address', 'add', `${address}/24`, 'dev', 'eth0')
    await ip(namespace, 'link', 'set', 'eth0', 'up')
    hosts.push({
      name,
      address,
      spawn: (command, args, env = process.env) =>
        spawn('nsenter', [`--target=${namespace}`, '--net', command, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...env } }),
      cut: () => ip(bridge, 'link', 'set', port, 'down'),
      join: () => ip(bridge, 'link', 'set', port, 'up'),
    })
  }
  return hosts
}

/** Without these the test cannot say anything, and must not look as if it had. */
async function assertPossible(): Promise<void> {
  const tools = [
    ['ip', '-V', 'iproute2'],
    ['unshare', '--version', 'util-linux'],
    ['nsenter', '--version', 'util-linux'],
  ] as const
  for (const [tool, question, debian] of tools) {
    await execute(tool, [question]).catch((cause: unknown) => {
      throw new Error(
        `Hosts are made with '${tool}', which is missing: apt-get install ${debian} (or the like), then run the tests again.`,
        {
          cause,
        },
      )
    })
  }
  await execute('unshare', ['--net', 'true']).catch((cause: unknown) => {
    throw new Error('Hosts are network namespaces, which this account may not make: run the tests as root on Linux.', { cause })
  })
}

/** The process that holds a new network namespace. */
async function openNamespace(scope: Scope): Promise<number> {
  const holder = spawn('unshare', ['--net', 'cat'], { stdio: ['pipe', 'pipe', 'inherit'] })
  scope.onTestFinished(async () => {
    const ended = once(holder, 'exit')
    holder.stdin.end()
    await ended
  })
  holder.stdin.write('made\n')
  await once(holder.stdout, 'data') // `cat` runs, so it runs in the namespace
  return holder.pid ?? 0
}

const ip = async (namespace: number, ...args: readonly string[]): Promise<void> =>
  void (await execute('nsenter', [`--target=${namespace}`, '--net', 'ip', ...args]))
