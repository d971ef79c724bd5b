import { mkdir, writeFile } from 'node:fs/promises'
import { type Profiler, Session } from 'node:inspector/promises'
import { dirname } from 'node:path'

/** A function and its own share of the time that was sampled. */
export interface FunctionTime {
  readonly name: string
  /** File and line, from the last folder that tells. */
  readonly place: string
  readonly milliseconds: number
  /** Of all samples in which the process did anything; 0 to 1. */
  readonly share: number
}

export interface RunningProfile {
  /** Writes the profile as `.cpuprofile`, which browsers and editors open, and gives the functions with the most self time. */
  stop(file: string, functions: number): Promise<readonly FunctionTime[]>
}

/** Begins to sample this process, once a millisecond. */
export async function startProfile(): Promise<RunningProfile> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: 1_000 })
  await session.post('Profiler.start')
  return {
    stop: async (file, functions) => {
      const { profile } = await session.post('Profiler.stop')
      session.disconnect()
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, JSON.stringify(profile))
      return topFunctions(profile, functions)
    },
  }
}

const IDLE = ['(idle)', '(root)']

/** The functions with the most self time, their calls from everywhere added up. */
export function topFunctions(profile: Profiler.Profile, count: number): readonly FunctionTime[] {
  const microseconds = new Map<number, number>()
  for (const [index, id] of (profile.samples ?? []).entries())
    microseconds.set(id, (microseconds.get(id) ?? 0) + (profile.timeDeltas?.[index] ?? 0))
  const byFunction = new Map<string, { readonly name: string; readonly place: string; milliseconds: number }>()
  for (const { id, callFrame } of profile.nodes) {
    if (IDLE.includes(callFrame.functionName)) continue
    const name = callFrame.functionName === '' ? '(anonymous)' : callFrame.functionName
    const place = placeOf(callFrame)
    const known = byFunction.get(`${name} ${place}`) ?? { name, place, milliseconds: 0 }
    known.milliseconds += (microseconds.get(id) ?? 0) / 1000
    byFunction.set(`${name} ${place}`, known)
  }
  const all = [...byFunction.values()].sort((a, b) => b.milliseconds - a.milliseconds)
  const total = all.reduce((sum, each) => sum + each.milliseconds, 0)
  return all.slice(0, count).map((each) => ({ ...each, share: each.milliseconds / total }))
}

function placeOf({ url, lineNumber }: Profiler.Profile['nodes'][number]['callFrame']): string {
  if (url === '') return 'native'
  const path = url.replace(/^file:\/\//, '').replace(/^.*\/(?=(packages|apps|bench|node_modules)\/)/, '')
  return `${path}:${lineNumber + 1}`
}
