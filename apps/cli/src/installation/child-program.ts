import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { AppError, LEAN_HEAP, type ProgramMessage } from '@p2c/base'
import { openLogFile } from './log-file.ts'
import { type ChildPart, type Environment, PART_NAMES } from './programs.ts'

export interface ChildProgramOptions {
  readonly part: ChildPart
  /** Path of its `main.ts`. */
  readonly program: string
  readonly env: Environment
  /** Takes what the program prints; grows from start to start up to a limit. */
  readonly logFile: string
  readonly readyTimeoutMs: number
  /** Called with the number of each new process, before it is ready. */
  readonly onStarted: (pid: number) => Promise<void>
}

/** One run of a program, from ready to its end. */
export interface ChildProgram {
  readonly url: string
  readonly pid: number
  /** Resolves when the process is gone, with what ended it. */
  readonly ended: Promise<string>
  /** Asks it to stop, waits, and kills it when it does not. */
  stop(): Promise<void>
}

const LONGEST_STOP_MS = 25_000

/**
 * Starts a program and waits until it answers. It runs in a process group of its own: Ctrl-C in a terminal reaches us alone, and
 * we stop the programs in their order. When we are gone it sees the channel end and stops by itself.
 * Throws what the program reports (`port-in-use`, `settings-invalid`, ...), `program-failed`, or `program-not-ready`.
 */
export async function startChildProgram(options: ChildProgramOptions): Promise<ChildProgram> {
  const child = await forkProgram(options)
  const ended = endOf(child)
  const end = { gone: false }
  void ended.then(() => {
    end.gone = true
  })
  try {
    const ready = waitUntilReady(child, ended, options)
    const [url] = await Promise.all([ready, child.pid === undefined ? undefined : options.onStarted(child.pid)])
    return { url, pid: child.pid ?? 0, ended, stop: () => stopChild(child, ended) }
  } catch (error) {
    if (!end.gone) child.kill('SIGKILL')
    await ended
    throw error
  }
}

async function forkProgram({ part, program, env, logFile }: ChildProgramOptions): Promise<ChildProcess> {
  const log = await openLogFile(logFile)
  try {
    return fork(program, [], {
      execArgv: part === 'sales' ? [] : [...LEAN_HEAP],
      env: { ...env },
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
      detached: true,
    })
  } finally {
    await log.close() // the child has its own
  }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((ended) => {
    child.once('error', (error) => ended(error.message))
    child.once('exit', (code, signal) => ended(signal === null ? `exit code ${code}` : `signal ${signal}`))
  })
}

async function waitUntilReady(child: ChildProcess, ended: Promise<string>, options: ChildProgramOptions): Promise<string> {
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), options.readyTimeoutMs)
  const message: Promise<ProgramMessage> = once(child, 'message', { signal: timeout.signal }).then(([first]) => first)
  message.catch(() => undefined) // the race may be over when the time is up
  try {
    const first = await Promise.race([message, ended])
    if (typeof first === 'string') throw await endedEarly(first, options)
    if (first.type === 'failed') throw reported(first.error, options)
    return first.url
  } catch (error) {
    throw timeout.signal.aborted ? notReady(options) : error
  } finally {
    clearTimeout(timer)
  }
}

type ReportedError = Extract<ProgramMessage, { type: 'failed' }>['error']

function reported(error: ReportedError, { part, logFile }: ChildProgramOptions): AppError {
  if (error.code !== 'port-in-use') {
    const message = `${PART_NAMES[part]} did not start: ${error.message} Its log is ${logFile}.`
    return new AppError({ ...error, message, details: { ...error.details, part, logFile } })
  }
  return new AppError({
    category: 'conflict',
    code: 'port-in-use',
    message: `Port ${error.details.port} is in use, so ${PART_NAMES[part]} cannot listen there. Stop what uses it, or choose other ports with ${part === 'worker' ? '--health-port' : '--port-base'}.`,
    details: { ...error.details, part },
  })
}

const SHOWN_LINES = 5

async function endedEarly(end: string, { part, logFile }: ChildProgramOptions): Promise<AppError> {
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-SHOWN_LINES)
  return new AppError({
    category: 'internal',
    code: 'program-failed',
    message: `${PART_NAMES[part]} ended before it was ready (${end}). Its log is ${logFile}; the last lines: ${lines.join(' | ')}`,
    details: { part, end, logFile },
  })
}

const notReady = ({ part, readyTimeoutMs, logFile }: ChildProgramOptions): AppError =>
  new AppError({
    category: 'internal',
    code: 'program-not-ready',
    message: `${PART_NAMES[part]} was not ready after ${Math.round(readyTimeoutMs / 1000)} seconds. Its log is ${logFile}. If the machine is busy, start again.`,
    details: { part, logFile },
  })

async function stopChild(child: ChildProcess, ended: Promise<string>): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_STOP_MS)
  if (child.connected) child.send({ type: 'stop' }, () => undefined) // gone meanwhile: `ended` tells
  await ended
  clearTimeout(timer)
}
