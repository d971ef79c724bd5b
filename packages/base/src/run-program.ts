import { z } from 'zod'
import { AppError, isAppError, toAppError } from './app-error.ts'
import { type Clock, systemClock } from './clock.ts'
import { hasErrorCode } from './error-code.ts'
import { createLogger, LOG_LEVELS, type Logger } from './log.ts'
import { readSettings } from './settings.ts'

/**
 * How Node starts a process that runs the engine: pages of rows live for a moment only, and the large young generation of the default keeps a hundred
 * megabytes of dead ones around. Costs a twentieth of the speed at most (docs/reference/performance.md).
 */
export const LEAN_HEAP: readonly string[] = ['--max-semi-space-size=8']

const SHORTEST_KEY = 32

/** A key or secret in base64, at least 32 bytes. */
export const keySetting = z.base64('must be base64').transform((text, context) => {
  const key = Buffer.from(text, 'base64')
  if (key.length < SHORTEST_KEY)
    context.addIssue({ code: 'custom', message: `must hold at least ${SHORTEST_KEY} bytes, has ${key.length}` })
  return key
})

const processVariables = z.object({
  P2C_PROGRAM_PORT: z.coerce.number('must be a port number').int().min(0).max(65_535),
  P2C_PROGRAM_HOST: z.string().min(1).default('127.0.0.1'),
  P2C_PROGRAM_DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'must be the address of a PostgreSQL database (postgres://...)',
  }),
  P2C_LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
})

const toProcessSettings = (env: z.output<typeof processVariables>) => ({
  /** 0: any free port. */
  port: env.P2C_PROGRAM_PORT,
  host: env.P2C_PROGRAM_HOST,
  databaseUrl: env.P2C_PROGRAM_DATABASE_URL,
  logLevel: env.P2C_LOG_LEVEL,
})

/** Settings that every program of ours reads, by the names of their environment variables. */
export const processSettings = processVariables.transform(toProcessSettings)
export type ProcessSettings = z.output<typeof processSettings>

/** Those of a program that issues tokens for its own interface: of all but the workers. */
export const programSettings = processVariables
  .extend({
    P2C_PROGRAM_CLIENT_ID: z.string('is missing').min(1),
    P2C_PROGRAM_CLIENT_SECRET: z.string('is missing').min(1),
    P2C_PROGRAM_TOKEN_KEY: keySetting,
  })
  .transform((env) => ({
    ...toProcessSettings(env),
    /** The client that may ask this program for tokens. */
    clientId: env.P2C_PROGRAM_CLIENT_ID,
    clientSecret: env.P2C_PROGRAM_CLIENT_SECRET,
    /** Signs the tokens that this program issues. */
    tokenKey: env.P2C_PROGRAM_TOKEN_KEY,
  }))
/** Common settings as a program that issues tokens receives them. */
export type ProgramSettings = z.output<typeof programSettings>

/** What a started program gives back. */
export interface RunningProgram {
  /** Where it answers, without a slash at the end. */
  readonly url: string
  stop(): Promise<void>
}

type CommonSettings = z.ZodType<ProcessSettings>

/** A program as its `main.ts` describes it. */
export interface Program<Extra extends z.ZodType, Common extends CommonSettings = typeof programSettings> {
  readonly name: string
  /** Default `programSettings`; `processSettings` for a program without an interface that needs tokens. */
  readonly common?: Common
  /** Settings of this program alone, by the names of their environment variables; its output is added to the common settings. */
  readonly settings: Extra
  start(settings: z.output<Common> & z.output<Extra>, log: Logger, clock: Clock): Promise<RunningProgram>
}

/** What a program tells the process that forked it. */
export type ProgramMessage =
  | { readonly type: 'ready'; readonly url: string }
  | { readonly type: 'failed'; readonly error: Pick<AppError, 'category' | 'code' | 'message' | 'details'> }

/** What it may be told; ending the channel says the same. */
export interface ProgramOrder {
  readonly type: 'stop'
}

/** How programs of ours end. */
export const EXIT_CODES = { stopped: 0, failed: 1, settings: 2, forced: 130 } as const

const LONGEST_STOP_MS = 20_000

/**
 * The life of a program, the same for each `main.ts`: reads its settings, starts it, tells the parent process where it answers, and stops
 * it on SIGINT, SIGTERM, an order of the parent, or the parent's end. A second signal ends it at once.
 * Exit codes: 0 stopped, 1 did not start or broke, 2 settings not usable.
 */
export async function runProgram<Extra extends z.ZodType, Common extends CommonSettings = typeof programSettings>(
  program: Program<Extra, Common>,
): Promise<void> {
  const settings = await settingsOrExit(program)
  const log = createLogger({ name: program.name, level: settings.logLevel })
  const stopAsked = listenForStop(log)
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'an error that nothing handled')
    process.exit(EXIT_CODES.failed)
  })
  const running = await program
    .start(settings, log, systemClock)
    .catch((error: unknown) => exitFailed(asStartProblem(error, settings), log))
  log.info({ url: running.url }, 'ready')
  tellParent({ type: 'ready', url: running.url })
  log.info({ reason: await stopAsked }, 'stopping')
  await stopWithin(running, log)
  process.exit(EXIT_CODES.stopped)
}

async function settingsOrExit<Extra extends z.ZodType, Common extends CommonSettings>(
  program: Program<Extra, Common>,
): Promise<z.output<Common> & z.output<Extra>> {
  try {
    // Without `common` the type parameter is that of `programSettings`, too.
    const common = program.common ?? (programSettings as CommonSettings as Common)
    return readSettings(z.intersection(common, program.settings), process.env, program.name)
  } catch (error) {
    const problem = toAppError(error)
    process.stderr.write(`${problem.message}\n`)
    return tellAndExit(problem, EXIT_CODES.settings)
  }
}

/** Resolves with the reason at the first request to stop. */
function listenForStop(log: Logger): Promise<string> {
  return new Promise((stop) => {
    let asked = false
    const signalled = (signal: string): void => {
      if (asked) {
        log.warn({ signal }, 'second signal: ending at once')
        process.exit(EXIT_CODES.forced)
      }
      asked = true
      stop(signal)
    }
    process.on('SIGINT', signalled)
    process.on('SIGTERM', signalled)
    process.on('message', (order: ProgramOrder) => {
      if (order?.type === 'stop') stop('order of the parent process')
    })
    process.on('disconnect', () => stop('end of the parent process'))
  })
}

async function stopWithin(running: RunningProgram, log: Logger): Promise<void> {
  const timer = setTimeout(() => {
    log.error({ waitedMs: LONGEST_STOP_MS }, 'stopping takes too long: ending now')
    process.exit(EXIT_CODES.failed)
  }, LONGEST_STOP_MS)
  await running.stop().catch((error: unknown) => exitFailed(toAppError(error), log))
  clearTimeout(timer)
}

function asStartProblem(error: unknown, settings: Pick<ProcessSettings, 'host' | 'port'>): AppError {
  if (hasErrorCode(error, 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN')) return hostInvalid(settings.host, error)
  if (isAppError(error) || !hasErrorCode(error, 'EADDRINUSE', 'EACCES')) return toAppError(error)
  const problem = hasErrorCode(error, 'EACCES') ? 'may not be used by this account' : 'is in use'
  return new AppError({
    category: 'conflict',
    code: 'port-in-use',
    message: `Port ${settings.port} on ${settings.host} ${problem}. Stop what uses it, or choose another port.`,
    details: { port: settings.port, host: settings.host },
    cause: error,
  })
}

const hostInvalid = (host: string, cause: unknown): AppError =>
  new AppError({
    category: 'schema',
    code: 'host-invalid',
    message: `${host} is no address of this machine, so nothing can listen there. Give one that it has and that the other hosts reach.`,
    details: { host },
    cause,
  })

function exitFailed(problem: AppError, log: Logger): Promise<never> {
  log.fatal({ err: problem, code: problem.code }, problem.message)
  process.stderr.write(`${problem.message}\n`)
  return tellAndExit(problem, EXIT_CODES.failed)
}

/** Ends the process once the parent has the message, for `send` is asynchronous; never resolves, so that nothing else happens meanwhile. */
function tellAndExit(problem: AppError, code: number): Promise<never> {
  const { category, message, details } = problem
  return new Promise(() =>
    tellParent({ type: 'failed', error: { category, code: problem.code, message, details } }, () => process.exit(code)),
  )
}

function tellParent(message: ProgramMessage, done: () => void = () => undefined): void {
  if (process.send === undefined || !process.connected) done()
  else process.send(message, done) // a parent that is gone answers with an error here; `disconnect` handles it
}
