import { isDatabaseAway } from '@p2c/base'
import { giveBackLostSteps, type ResumeDeps } from './resume.ts'

/** Well below the silence after which a worker no longer counts. */
const SIGN_OF_LIFE_MS = 5_000
/** A worker that was killed beside a living one on the same host is noticed this soon; on another host by the queue's heartbeat. */
const LOOK_AROUND_MS = 2_000

export interface WorkerPresence {
  /** Tells the others that this worker is there, before it takes steps. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** Tells other engines on the database that this one takes steps, and gives back steps of processes of this host that have died. */
export function createWorkerPresence(deps: ResumeDeps, steps: number): WorkerPresence {
  const { store, process, log } = deps
  const timers: NodeJS.Timeout[] = []
  const under = new Set<Promise<void>>()
  const repeat = (everyMs: number, work: () => Promise<void>): void => {
    const turn = (): void => {
      const done = work()
        .catch((error: unknown) => {
          if (isDatabaseAway(error)) log.debug('the database is away; this worker tells of itself when it is back')
          else log.warn({ err: error }, 'this worker could not tell of itself, or look after the others; it tries again')
        })
        .finally(() => under.delete(done))
      under.add(done)
    }
    timers.push(setInterval(turn, everyMs))
  }
  const tell = () => store.saveWorker({ ...process.identity, steps })
  return {
    start: async () => {
      await tell()
      repeat(SIGN_OF_LIFE_MS, tell)
      repeat(LOOK_AROUND_MS, () => giveBackLostSteps(deps))
    },
    stop: async () => {
      for (const timer of timers) clearInterval(timer)
      await Promise.all(under)
      await store.removeWorker(process.identity)
    },
  }
}
