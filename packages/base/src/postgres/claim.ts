import { randomUUID } from 'node:crypto'
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../app-error.ts'
import { hasErrorCode } from '../error-code.ts'
import { isAlive, processStart } from '../process-start.ts'

/** The right of this process to run the database in one folder. */
export interface Claim {
  release(): Promise<void>
}

const claimSchema = z.object({ pid: z.number().int(), start: z.string(), released: z.boolean() })
type ClaimFile = z.infer<typeof claimSchema>

const CLAIM_NAME = /^owner\.(\d{1,12})\.json$/

/**
 * Claims `dataDir` for this process. Throws `database-in-use` while the process that claimed it last is alive and has not released it.
 *
 * Claims are numbered files, made whole by `link`. A claim whose process is dead is not overwritten but followed by the next number,
 * which only one process can create; a released one stays as a mark. So two starts at once, each finding the same dead owner,
 * cannot both win, which a plain "delete the stale lock and make a new one" would allow.
 */
export async function claimFolder(dataDir: string): Promise<Claim> {
  for (;;) {
    const newest = await newestClaim(dataDir)
    if (newest !== undefined) await assertFree(dataDir, newest)
    const number = (newest ?? 0) + 1
    if (!(await createClaim(dataDir, number))) continue
    if ((await newestClaim(dataDir)) !== number) {
      await rm(claimPath(dataDir, number), { force: true }) // judged an old state of the folder: look again
      continue
    }
    await removeOlder(dataDir, number)
    return { release: () => replaceClaim(dataDir, number, { ...thisProcess(), released: true }) }
  }
}

const claimPath = (dataDir: string, number: number): string => join(dataDir, `owner.${number}.json`)
const thisProcess = () => ({ pid: process.pid, start: processStart(process.pid) ?? '' })

async function claimNumbers(dataDir: string): Promise<readonly number[]> {
  const names = await readdir(dataDir)
  return names.flatMap((name) => CLAIM_NAME.exec(name)?.[1] ?? []).map(Number)
}

async function newestClaim(dataDir: string): Promise<number | undefined> {
  const numbers = await claimNumbers(dataDir)
  return numbers.length === 0 ? undefined : Math.max(...numbers)
}

async function assertFree(dataDir: string, number: number): Promise<void> {
  const owner = await readClaim(claimPath(dataDir, number))
  if (owner === undefined || owner.released || !isAlive(owner.pid, owner.start)) return
  throw new AppError({
    category: 'conflict',
    code: 'database-in-use',
    message: `The database folder ${dataDir} is in use by process ${owner.pid}. Stop that process, or choose another data folder.`,
    details: { dataDir, pid: owner.pid },
  })
}

async function readClaim(path: string): Promise<ClaimFile | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return '' // a newer claim removed it: the next look finds that one
    throw error
  })
  try {
    return claimSchema.parse(JSON.parse(text))
  } catch {
    return undefined // cut short by a crash of the machine: its owner is gone as well
  }
}

async function createClaim(dataDir: string, number: number): Promise<boolean> {
  const draft = await writeDraft(dataDir, { ...thisProcess(), released: false })
  try {
    await link(draft, claimPath(dataDir, number))
    return true
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/** Nothing to do where the whole folder is gone. */
async function replaceClaim(dataDir: string, number: number, content: ClaimFile): Promise<void> {
  try {
    await rename(await writeDraft(dataDir, content), claimPath(dataDir, number))
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error
  }
}

async function writeDraft(dataDir: string, content: ClaimFile): Promise<string> {
  const path = join(dataDir, `owner.${randomUUID()}.draft`)
  await writeFile(path, JSON.stringify(content), { mode: 0o644 })
  return path
}

async function removeOlder(dataDir: string, number: number): Promise<void> {
  for (const other of await claimNumbers(dataDir)) if (other < number) await rm(claimPath(dataDir, other), { force: true })
}
