import { randomBytes } from 'node:crypto'
import { dropDatabase, ensureDatabase, LEAN_HEAP } from '@p2c/base'
import type { BenchOptions } from '../arguments.ts'
import { type Child, startChild } from '../processes/child.ts'
import type { StubOrders } from '../stub/stub-service.ts'
import type { BareLoopOrders } from '../subjects/bare-loop.ts'
import type { EngineOrders, EngineShape } from '../subjects/engine-process.ts'
import type { FunctionTime } from '../subjects/profile.ts'
import type { System } from '../subjects/systems.ts'

/** Something that must not outlive its measure. */
export interface Mortal {
  kill(): Promise<void>
}

/** What a measure works with. */
export interface Bench {
  readonly options: BenchOptions
  /** Tells those who wait how far it is. */
  say(text: string): void
  /** An empty database. */
  freshDatabase(): Promise<string>
  startStub(): Promise<Stub>
  startBareLoop(): Child<BareLoopOrders>
  /** An engine that works on `databaseUrl`. */
  startEngine(databaseUrl: string, system: System, shape?: EngineShape): Promise<Child<EngineOrders>>
  /** An engine process in which no engine is open yet. */
  startEngineProcess(): Child<EngineOrders>
  /** Does `work` under the profiler of `engine` and keeps the profile. */
  profile<Value>(engine: Child<EngineOrders>, name: string, work: () => Promise<Value>): Promise<Value>
  readonly profiles: readonly KeptProfile[]
  /** Sees to it that it ends with the measure. */
  keep<Kept extends Mortal>(mortal: Kept): Kept
  /** Ends it now. */
  end(mortal: Mortal): Promise<void>
  /** Ends everything that is left of a measure, the last come first, and drops its databases. */
  clear(): Promise<void>
}

export interface KeptProfile {
  readonly name: string
  readonly file: string
  readonly functions: readonly FunctionTime[]
}

export interface Stub {
  readonly origin: string
  readonly system: System
  readonly child: Child<StubOrders>
}

export interface BenchPlace {
  readonly serverUrl: string
  /** Folder for profiles. */
  readonly results: string
  /** Goes into the names of files. */
  readonly stamp: string
  readonly say: (text: string) => void
}

export function openBench(options: BenchOptions, place: BenchPlace): Bench {
  const leavings = createLeavings(place.serverUrl)
  const { keep } = leavings
  const startEngineProcess = () =>
    keep(startChild<EngineOrders>(new URL('../subjects/engine-process.ts', import.meta.url), { execArgv: LEAN_HEAP }))
  return {
    options,
    say: place.say,
    ...leavings,
    ...createProfiles(place),
    startStub: async () => {
      const child = keep(startChild<StubOrders>(new URL('../stub/stub-service.ts', import.meta.url)))
      const origin = await child.call('listen', null)
      return { origin, system: { kind: 'stub', origin }, child }
    },
    startBareLoop: () => keep(startChild<BareLoopOrders>(new URL('../subjects/bare-loop.ts', import.meta.url))),
    startEngineProcess,
    startEngine: async (databaseUrl, system, shape = {}) => {
      const engine = startEngineProcess()
      await engine.call('open', { databaseUrl, system, shape })
      return engine
    },
  }
}

type Leavings = Pick<Bench, 'freshDatabase' | 'keep' | 'end' | 'clear'>

function createLeavings(serverUrl: string): Leavings {
  const mortals = new Set<Mortal>()
  const databases = new Set<string>()
  const end = async (mortal: Mortal): Promise<void> => {
    if (mortals.delete(mortal)) await mortal.kill()
  }
  return {
    freshDatabase: async () => {
      const name = `bench_${randomBytes(6).toString('hex')}`
      databases.add(name)
      return ensureDatabase(serverUrl, name)
    },
    keep: (mortal) => {
      mortals.add(mortal)
      return mortal
    },
    end,
    clear: async () => {
      for (const mortal of [...mortals].reverse()) await end(mortal)
      for (const name of databases) await dropDatabase(serverUrl, name)
      databases.clear()
    },
  }
}

const PROFILED_FUNCTIONS = 20

function createProfiles({ results, stamp, say }: BenchPlace): Pick<Bench, 'profile' | 'profiles'> {
  const profiles: KeptProfile[] = []
  return {
    profiles,
    profile: async (engine, name, work) => {
      say(`${name}, once more under the profiler`)
      await engine.call('startProfile', null)
      const value = await work()
      const file = `${results}/${stamp}-${name}.cpuprofile`
      profiles.push({ name, file, functions: await engine.call('stopProfile', { file, functions: PROFILED_FUNCTIONS }) })
      return value
    },
  }
}
