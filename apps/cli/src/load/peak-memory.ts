import { z } from 'zod'
import { findRunning } from '../installation/installation.ts'
import { PART_NAMES, PROGRAM_PARTS, type ProgramPart } from '../installation/programs.ts'

/** The most memory that a program has used since it was started, in bytes. */
export interface PeakMemory {
  readonly program: string
  readonly bytes: number
}

const healthSchema = z.object({ peakMemoryBytes: z.number() })
const LONGEST_ANSWER_MS = 5_000

/** Peak memory of the running programs and of this one; a program that does not answer just now is left out. Throws `nothing-running`. */
export async function readPeakMemory(dataDir: string): Promise<PeakMemory[]> {
  const running: Readonly<Record<string, unknown>> = { ...(await findRunning(dataDir)) }
  const found = await Promise.all(PROGRAM_PARTS.map((part) => ofProgram(part, running[urlName(part)])))
  return [...found.flat(), { program: 'p2c', bytes: process.resourceUsage().maxRSS * 1024 }]
}

/** Member of the announcement that holds the address of a part: `supply-chain` is `supplyChain`. */
const urlName = (part: ProgramPart): string => part.replaceAll(/-./g, (text) => text.slice(1).toUpperCase())

async function ofProgram(part: ProgramPart, url: unknown): Promise<PeakMemory[]> {
  if (typeof url !== 'string') return []
  try {
    const reply = await fetch(`${url}/health`, { signal: AbortSignal.timeout(LONGEST_ANSWER_MS) })
    const health = healthSchema.safeParse(await reply.json())
    return health.success ? [{ program: PART_NAMES[part], bytes: health.data.peakMemoryBytes }] : []
  } catch {
    return [] // it is being started again: what it used before is gone with it
  }
}
