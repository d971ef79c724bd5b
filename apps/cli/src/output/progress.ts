import type { Clock } from '@p2c/base'
import cliProgress from 'cli-progress'
import type { Messages } from '../messages/messages.ts'

export interface Progress {
  /** `total` may be unknown at first and may grow. */
  update(done: number, total: number | undefined): void
  stop(): void
}

export interface ProgressDeps {
  readonly clock: Clock
  readonly messages: Messages
  /** No bar is drawn where nobody watches: the result is printed at the end in any case. */
  readonly interactive: boolean
  /** The text before the bar, from what was done so far. */
  readonly label: (done: number, rate: number, total: number | undefined) => string
}

/** Rows per second since the start, and the seconds that are left at that rate; undefined where either is unknown. */
export function estimate(done: number, total: number | undefined, elapsedMs: number): { rate: number; secondsLeft: number | undefined } {
  const rate = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0
  const secondsLeft = total === undefined || rate === 0 ? undefined : Math.max(0, total - done) / rate
  return { rate, secondsLeft }
}

/** A bar with rows, rate and time left on a terminal; nothing elsewhere. */
export function startProgress(deps: ProgressDeps): Progress {
  if (!deps.interactive) return { update: () => undefined, stop: () => undefined }
  const startedAt = deps.clock.now().getTime()
  const bar = new cliProgress.SingleBar(
    { format: '{bar} {text}', hideCursor: true, clearOnComplete: true, etaBuffer: 1 },
    cliProgress.Presets.shades_classic,
  )
  bar.start(1, 0, { text: deps.label(0, 0, undefined) })
  return {
    update: (done, total) => {
      const { rate, secondsLeft } = estimate(done, total, deps.clock.now().getTime() - startedAt)
      const left = secondsLeft === undefined ? '' : `, ${deps.messages.text('run.time-left', { seconds: Math.ceil(secondsLeft) })}`
      bar.setTotal(Math.max(total ?? done, done, 1))
      bar.update(total === undefined ? 0 : done, { text: `${deps.label(done, rate, total)}${left}` })
    },
    stop: () => bar.stop(),
  }
}
