import type { CommandContext } from '../../context.ts'
import type { MessageKey } from '../../messages/messages.ts'
import { startProgress } from '../../output/progress.ts'
import type { LoadOutcome } from '../write-batches.ts'

/** The steps of a load of orders, in their order. */
export const PHASES = [
  'products',
  'accounts',
  'contacts',
  'places',
  'stock',
  'rates',
  'master-data-projects',
  'catalogue',
  'enter',
  'activate',
  'order-project',
  'confirm',
  'deliver',
  'invoice',
  'pay',
  'totals',
  'credit',
] as const
export type PhaseName = (typeof PHASES)[number]

/** What a phase did; `seconds` of wall time. */
export interface Phase extends LoadOutcome {
  readonly phase: PhaseName
  readonly seconds: number
}

/** Work of a phase; `onProgress` takes the rows that are done. */
export type PhaseWork = (onProgress: (done: number) => void) => Promise<LoadOutcome | number>

/** Runs phases one after the other and prints a line for each as it ends: rows, seconds, rows per second. */
export function createPhases(context: CommandContext) {
  const done: Phase[] = []
  const { clock, messages, output } = context
  const run = async (phase: PhaseName, work: PhaseWork, total?: number): Promise<void> => {
    const startedAt = clock.now().getTime()
    const title = messages.text(titleOf(phase))
    const label = (rows: number, rate: number): string =>
      messages.text('load.phase-progress', { phase: title, rows, rate: Math.round(rate) })
    // Executions draw a bar of their own.
    const progress = startProgress({ clock, messages, interactive: output.interactive && total !== undefined, label })
    const outcome = await work((rows) => progress.update(rows, total)).finally(() => progress.stop())
    const seconds = (clock.now().getTime() - startedAt) / 1000
    const ended: Phase = { phase, seconds, ...(typeof outcome === 'number' ? { written: outcome, refused: [] } : outcome) }
    done.push(ended)
    printPhase(context, ended)
  }
  return {
    done: done as readonly Phase[],
    /** `total` rows are expected; without it no bar is drawn. A number as outcome: so many rows, none refused. */
    run,
    /** A phase that gives something to those behind it; `rowsOf` tells how many rows that is. */
    async value<Value>(phase: PhaseName, work: () => Promise<Value>, rowsOf: (value: Value) => number): Promise<Value> {
      const made: Value[] = []
      await run(phase, async () => {
        const value = await work()
        made.push(value)
        return rowsOf(value)
      })
      return made[0] as Value
    },
  }
}

const titleOf = (phase: PhaseName): MessageKey => `load.phase.${phase}`

export type Phases = ReturnType<typeof createPhases>

function printPhase({ messages, output }: CommandContext, { phase, written, refused, seconds }: Phase): void {
  const rate = seconds > 0 ? Math.round(written / seconds) : 0
  const title = messages.text(titleOf(phase))
  output.line('load.phase', { phase: title, rows: written, seconds: messages.number(seconds, 2), rate })
  const [first] = refused
  if (first !== undefined) output.line('load.refused', { count: refused.length, reason: `${first.key}: ${first.reason}` })
}
