import { setTimeout as delay } from 'node:timers/promises'
import { AppError, type Logger, toAppError } from '@p2c/base'
import { type ChildProgram, type ChildProgramOptions, startChildProgram } from './child-program.ts'
import { PART_NAMES } from './programs.ts'

export interface SupervisedPartOptions extends Omit<ChildProgramOptions, 'env'> {
  /** Environment for a start on `port`; 0 for any. A restart uses the port that was found: others know the address. */
  readonly envFor: (port: number) => ChildProgramOptions['env']
  readonly port: number
  readonly log: Logger
  readonly restarts: RestartLimits
  /** Called when the program died and runs again. */
  readonly onRestarted: (end: string) => void
}

export interface RestartLimits {
  /** More than this many in the window, and the part is given up. */
  readonly most: number
  readonly windowMs: number
  /** Pause before the first; each further one in the window doubles it. */
  readonly firstPauseMs: number
  readonly longestPauseMs: number
}

/** The first restart is quick, since the promise is to write again within three seconds of a kill. */
export const RESTART_LIMITS: RestartLimits = { most: 6, windowMs: 60_000, firstPauseMs: 100, longestPauseMs: 10_000 }

/** A program that is kept running. */
export interface SupervisedPart {
  readonly url: string
  /** Resolves with the reason when the program is given up; never otherwise. */
  readonly failed: Promise<AppError>
  /** Process number of the present run. */
  pid(): number
  stop(): Promise<void>
}

/** Starts a program and starts it again, with growing pauses, when it dies. Throws as `startChildProgram` does, at the first start only. */
export async function startSupervisedPart(options: SupervisedPartOptions): Promise<SupervisedPart> {
  const first = await startChildProgram({ ...options, env: options.envFor(options.port) })
  const port = Number(new URL(first.url).port)
  const stopping = new AbortController()
  let current = first
  let stopped: Promise<void> | undefined
  const start = async (): Promise<void> => {
    current = await startChildProgram({ ...options, env: options.envFor(port) })
  }
  const watching = keepRunning(options, { current: () => current, start, stopping: stopping.signal })
  return {
    url: first.url,
    failed: neverUnless(watching),
    pid: () => current.pid,
    stop: () => {
      stopped ??= stopPart()
      return stopped
    },
  }

  async function stopPart(): Promise<void> {
    stopping.abort()
    await current.stop()
    await watching // a restart that was under way is over, too
    await current.stop()
  }
}

/** A promise that stays open where `work` ends with undefined. */
const neverUnless = (work: Promise<AppError | undefined>): Promise<AppError> =>
  new Promise((fail) => void work.then((problem) => problem !== undefined && fail(problem)))

interface Run {
  readonly current: () => ChildProgram
  readonly start: () => Promise<void>
  readonly stopping: AbortSignal
}

/** Ends with undefined when told to stop, with the reason when the program is given up. */
async function keepRunning(options: SupervisedPartOptions, run: Run): Promise<AppError | undefined> {
  const { log, part, restarts } = options
  let times: readonly number[] = []
  let end = await run.current().ended
  while (!run.stopping.aborted) {
    const now = performance.now()
    times = [...times.filter((time) => time > now - restarts.windowMs), now]
    log.warn({ part, end, attempt: times.length }, 'a program ended unexpectedly')
    if (times.length > restarts.most) return gaveUp(options, end)
    await pause(Math.min(restarts.firstPauseMs * 2 ** (times.length - 1), restarts.longestPauseMs), run.stopping)
    if (run.stopping.aborted) return undefined
    const problem = await run.start().then(() => undefined, toAppError)
    if (problem === undefined) {
      // Told to stop while it started: `stopPart` waits for us and knows the earlier run only.
      if (run.stopping.aborted)
        return run
          .current()
          .stop()
          .then(() => undefined)
      options.onRestarted(end)
      end = await run.current().ended
    } else end = problem.message
  }
  return undefined
}

/** Ends early when the part is to stop. */
async function pause(ms: number, stopping: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal: stopping }).catch((error: unknown) => {
    if (!stopping.aborted) throw error
  })
}

const gaveUp = ({ part, logFile, restarts }: SupervisedPartOptions, end: string): AppError =>
  new AppError({
    category: 'internal',
    code: 'program-keeps-failing',
    message: `${PART_NAMES[part]} ended ${restarts.most + 1} times within ${restarts.windowMs / 1000} seconds and is not started again (last: ${end}). Its log is ${logFile}. Stop the installation, correct the cause, and start again.`,
    details: { part, end, logFile },
  })
