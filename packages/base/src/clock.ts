/** The only way to know the time below `main.ts`. */
export interface Clock {
  now(): Date
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => new Date() }

export interface ManualClock extends Clock {
  set(time: string | Date): void
  advance(ms: number): void
}

/** A clock for tests: it stands still until it is told to move. */
export function createManualClock(start: string | Date): ManualClock {
  let time = new Date(start).getTime()
  return {
    now: () => new Date(time),
    set: (next) => {
      time = new Date(next).getTime()
    },
    advance: (ms) => {
      time += ms
    },
  }
}
