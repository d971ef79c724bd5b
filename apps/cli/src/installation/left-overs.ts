import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isAlive, type Logger, processStart } from '@p2c/base'
import { z } from 'zod'
import { replacePrivateFile } from './private-file.ts'
import type { ChildPart } from './programs.ts'

const processesSchema = z.record(z.string(), z.object({ pid: z.number().int(), processStart: z.string() }))
type Processes = z.output<typeof processesSchema>

const listPath = (dataDir: string): string => join(dataDir, 'processes.json')

/** The processes of the programs that an installation started, on disk, for the start that follows a kill. */
export interface ProcessList {
  note(part: ChildPart, pid: number): Promise<void>
  clear(): Promise<void>
}

export function createProcessList(dataDir: string): ProcessList {
  let known: Processes = {}
  let written: Promise<void> = Promise.resolve()
  return {
    note: (part, pid) => {
      known = { ...known, [part]: { pid, processStart: processStart(pid) ?? '' } }
      const content = `${JSON.stringify(known)}\n`
      written = written.then(() => replacePrivateFile(listPath(dataDir), content)) // in turn: the last one must win
      return written
    },
    clear: async () => {
      await written
      await rm(listPath(dataDir), { force: true })
    },
  }
}

/** A program notices at once that its supervisor is gone; its database is gone as well, so there is little left to finish. */
const PATIENCE_MS = 3000
const LOOK_EVERY_MS = 20

/**
 * Waits until the programs of a start that was killed are gone, and kills what stays too long: they hold the ports, and two
 * integrators would work side by side.
 */
export async function endLeftOvers(dataDir: string, log: Logger): Promise<void> {
  for (const { pid, processStart: start } of await readList(dataDir)) {
    if (start === '' || (await endsWithin(pid, start))) continue
    log.warn({ pid }, 'a program of an earlier start did not end by itself; ending it')
    process.kill(pid, 'SIGKILL')
    await endsWithin(pid, start)
  }
}

async function readList(dataDir: string): Promise<readonly Processes[string][]> {
  const text = await readFile(listPath(dataDir), 'utf8').catch(() => '{}')
  try {
    return Object.values(processesSchema.parse(JSON.parse(text)))
  } catch {
    return [] // damaged: then nothing is known of them
  }
}

async function endsWithin(pid: number, start: string): Promise<boolean> {
  const until = performance.now() + PATIENCE_MS
  while (isAlive(pid, start)) {
    if (performance.now() > until) return false
    await delay(LOOK_EVERY_MS)
  }
  return true
}
