import { setTimeout as pause } from 'node:timers/promises'
import { type Clock, isDatabaseAway, type Logger } from '@p2c/base'

/** What a loop does, and how it is told to end. */
export interface LeadingLoopOptions {
  readonly clock: Clock
  readonly log: Logger
  /** Logged where a round fails: `batch jobs could not be run`. */
  readonly failure: string
  /** How often the clock is asked whether something is due. */
  readonly tickMs: number
  /** No round begins once it is aborted. */
  readonly signal: AbortSignal
  /** Does what is due. Gives when something is due next, by the clock of the application; undefined: nothing waits for a time. */
  readonly round: () => Promise<number | undefined>
}

/** Rounds of work, one at a time, while this process leads: whenever it is called, when something is due, and now and then without either. */
export interface LeadingLoop {
  lead(isLeading: boolean): void
  /** Something may have become due. A round that runs is followed by another one. */
  wake(): void
  /** The round that runs. */
  running(): Promise<void> | undefined
  /** Begins no further round. */
  end(): void
}

/** How often a round is made although nobody called. */
const LOOK_MS = 30_000
/** After a round that failed. */
const RETRY_MS = 1_000

/** One closure, longer than others: who leads, what runs and what is due change together. */
export function createLeadingLoop({ clock, log, failure, tickMs, signal, round }: LeadingLoopOptions): LeadingLoop {
  let isLeading = false
  let running: Promise<void> | undefined
  let isWanted = false
  let nextDue: number | undefined
  let lastLook = 0

  const wake = (): void => {
    isWanted = true
    if (running !== undefined || !isLeading || signal.aborted) return
    running = runRound().finally(() => {
      running = undefined
      if (isWanted) wake()
    })
  }
  const runRound = async (): Promise<void> => {
    isWanted = false
    lastLook = Date.now()
    try {
      nextDue = await round()
    } catch (error) {
      if (signal.aborted) return
      if (!isDatabaseAway(error)) log.error({ err: error }, failure)
      await pause(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined)
      isWanted = true
    }
  }
  const timer = setInterval(() => {
    const isDue = nextDue !== undefined && nextDue <= clock.now().getTime()
    if (isDue || Date.now() - lastLook >= LOOK_MS) wake()
  }, tickMs).unref()
  return {
    lead(now) {
      isLeading = now
      if (now) wake()
    },
    wake,
    running: () => running,
    end() {
      clearInterval(timer)
      isLeading = false
    },
  }
}
