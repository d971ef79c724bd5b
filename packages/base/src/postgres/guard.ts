/**
 * The parent process of one PostgreSQL server: starts it, passes its log on, and stops it when told to or when the program that
 * started this one is gone, however it ended. A separate process because nothing runs in a killed one, and PostgreSQL watches no parent.
 * It runs in a process group of its own, so that Ctrl-C in a terminal reaches the program and not the database under it.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { GuardMessage, GuardOrder } from './guard-messages.ts'

const FAST_STOP_MS = 30_000

let server: ChildProcess | undefined
let stopping = false
let pgCtl: string | undefined

function tell(message: GuardMessage): void {
  // The parent may be gone at any time: what it would have read is then of no interest.
  if (process.connected) process.send?.(message, () => undefined)
}

function start(order: Extract<GuardOrder, { type: 'start' }>): void {
  pgCtl = order.pgCtl
  const { cwd, env, user } = order
  server = spawn(order.program, [...order.args], { cwd, env: { ...env }, ...user, stdio: ['ignore', 'ignore', 'pipe'], windowsHide: true })
  server.once('error', (error) => finish({ type: 'failed', message: error.message }))
  server.once('spawn', () => tell({ type: 'started', pid: server?.pid ?? 0 }))
  server.once('close', (code, signal) => finish({ type: 'ended', code, signal }))
  if (server.stderr !== null) createInterface({ input: server.stderr }).on('line', (line) => tell({ type: 'line', line }))
}

function finish(message: GuardMessage): void {
  tell(message)
  if (process.connected) process.disconnect()
  process.exitCode = 0
  setImmediate(() => process.exit())
}

/** Fast shutdown: open transactions are rolled back, everything committed is on disk. */
function stop(): void {
  if (stopping) return
  stopping = true
  if (server === undefined || server.exitCode !== null || server.signalCode !== null) {
    process.exit()
  } else if (process.platform === 'win32' && pgCtl !== undefined) {
    // Windows has no signals: a "SIGINT" there would be a kill.
    execFile(pgCtl, ['kill', 'INT', String(server.pid)], () => undefined)
  } else {
    server.kill('SIGINT')
    setTimeout(() => server?.kill('SIGQUIT'), FAST_STOP_MS)
  }
}

process.on('message', (order: GuardOrder) => (order.type === 'start' ? start(order) : stop()))
process.on('disconnect', stop)
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
process.on('SIGHUP', () => undefined)
