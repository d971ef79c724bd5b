import { mkdir, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError, isAlive, processStart } from '@p2c/base'
import { z } from 'zod'
import { replacePrivateFile } from './private-file.ts'
import { type InstallationUrls, PART_KEYS, type ProgramPart } from './programs.ts'
import { openSecrets, readSecrets } from './secrets.ts'

const runningSchema = z.object({
  pid: z.number().int(),
  /** Tells the process from a later one with the same number. */
  processStart: z.string(),
  startedAt: z.iso.datetime(),
  server: z.url(),
  sales: z.url(),
  supplyChain: z.url(),
  commonDataService: z.url().exactOptional(),
})

/** What runs now, and where. */
export type Running = InstallationUrls & { readonly pid: number; readonly startedAt: string }

/** The folder that holds everything of one installation: database, secrets, logs, and where it answers while it runs. */
export interface Installation {
  readonly dataDir: string
  readonly postgresDir: string
  readonly logsDir: string
  /** Tells other commands where everything answers; call when all is ready. */
  announce(urls: InstallationUrls, startedAt: Date): Promise<void>
  /** Takes that back. */
  withdraw(): Promise<void>
}

const runningPath = (dataDir: string): string => join(dataDir, 'running.json')

/**
 * Opens the data folder for a start, made when missing. Throws `already-running`, `data-folder-unusable`, `secrets-missing`,
 * `secrets-unusable`.
 */
export async function openInstallation(folder: string): Promise<Installation> {
  const dataDir = resolve(folder)
  const logsDir = join(dataDir, 'logs')
  await makeFolder(logsDir)
  const running = await readRunning(dataDir)
  if (running !== undefined) throw alreadyRunning(dataDir, running)
  await openSecrets(dataDir)
  return {
    dataDir,
    postgresDir: join(dataDir, 'postgres'),
    logsDir,
    announce: (urls, startedAt) => {
      const content = { pid: process.pid, processStart: processStart(process.pid) ?? '', startedAt: startedAt.toISOString(), ...urls }
      return replacePrivateFile(runningPath(dataDir), `${JSON.stringify(content, undefined, 2)}\n`)
    },
    withdraw: () => rm(runningPath(dataDir), { force: true }),
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new AppError({
      category: 'internal',
      code: 'data-folder-unusable',
      message: `The data folder cannot be made: ${error instanceof Error ? error.message : error}. Choose a folder that you may write with --data.`,
      cause: error,
    })
  }
}

const alreadyRunning = (dataDir: string, running: Running): AppError =>
  new AppError({
    category: 'conflict',
    code: 'already-running',
    message: `The installation in ${dataDir} runs already (process ${running.pid}, ${running.server}). Use it, stop it, or choose another folder with --data.`,
    details: { dataDir, pid: running.pid, server: running.server },
  })

/** Where the installation in `folder` answers. Throws `nothing-running`. */
export async function findRunning(folder: string): Promise<Running> {
  const dataDir = resolve(folder)
  const running = await readRunning(dataDir)
  if (running !== undefined) return running
  throw new AppError({
    category: 'connectivity',
    code: 'nothing-running',
    message: `Nothing runs in the data folder ${dataDir}. Start it with: p2c start --data ${folder}`,
    details: { dataDir },
  })
}

/** Undefined when there is no announcement, or when the process that made it is gone without taking it back. */
async function readRunning(dataDir: string): Promise<Running | undefined> {
  const text = await readFile(runningPath(dataDir), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return ''
    throw error
  })
  const announced = runningSchema.safeParse(parseJson(text))
  if (!announced.success || !isAlive(announced.data.pid, announced.data.processStart)) return undefined
  const { processStart: _mark, ...running } = announced.data
  return running
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const LONGEST_ANSWER_MS = 15_000
/** The tenant's name in the paths of the local token end points. */
const TENANT = 'local'

/**
 * A bearer token for a part of the installation running in `folder`, asked of that part's own token end point.
 * Throws `nothing-running`, `part-left-out`, `part-not-answering`, `sign-in-refused`, `secrets-missing`, `secrets-unusable`.
 */
export async function fetchToken(folder: string, target: ProgramPart): Promise<string> {
  const running = await findRunning(folder)
  const dataDir = resolve(folder)
  const secrets = await readSecrets(dataDir)
  if (secrets === undefined) throw noSecrets(dataDir)
  const name = PART_KEYS[target]
  const url = running[name]
  const own = secrets[name]
  if (url === undefined || own === undefined) throw leftOut(dataDir, target)
  const { clientId, clientSecret } = own
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: `${url}/.default`,
  })
  return readToken(await askForToken(`${url}/${TENANT}/oauth2/v2.0/token`, form, target), target)
}

const leftOut = (dataDir: string, target: ProgramPart): AppError =>
  new AppError({
    category: 'connectivity',
    code: 'part-left-out',
    message: `The installation in ${dataDir} runs without the part '${target}'. Stop it and start it again without P2C_COMMON_DATA_SERVICE=off.`,
    details: { dataDir, part: target },
  })

const noSecrets = (dataDir: string): AppError =>
  new AppError({
    category: 'auth',
    code: 'secrets-missing',
    message: `The installation in ${dataDir} runs, but its secrets.json is gone. Put that file back.`,
  })

interface TokenReply {
  readonly status: number
  readonly body: unknown
}

async function askForToken(url: string, form: URLSearchParams, target: ProgramPart): Promise<TokenReply> {
  try {
    const reply = await fetch(url, { method: 'POST', body: form, signal: AbortSignal.timeout(LONGEST_ANSWER_MS) })
    return { status: reply.status, body: parseJson(await reply.text()) }
  } catch (error) {
    throw new AppError({
      category: 'connectivity',
      code: 'part-not-answering',
      message: `The part '${target}' does not answer at ${new URL(url).origin}. It may be starting again: wait a moment, or look into its log in the folder logs of the data folder.`,
      retryable: true,
      cause: error,
    })
  }
}

const tokenSchema = z.object({ access_token: z.string().min(1) })
const refusalSchema = z.object({ error_description: z.string() })

function readToken({ status, body }: TokenReply, target: ProgramPart): string {
  const token = tokenSchema.safeParse(body)
  if (status === 200 && token.success) return token.data.access_token
  const refusal = refusalSchema.safeParse(body)
  throw new AppError({
    category: 'auth',
    code: 'sign-in-refused',
    message: `The part '${target}' refused the sign-in (${status}): ${refusal.success ? refusal.data.error_description : 'no reason given'}. Stop the installation and start it again.`,
    details: { status },
  })
}
