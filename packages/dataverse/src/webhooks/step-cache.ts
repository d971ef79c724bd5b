import type { WriteContext } from '../pipeline/write-context.ts'
import { readSteps } from './read-steps.ts'
import type { StepIndex } from './registration.ts'

/** The part of a write that reading steps needs. */
export type StepReader = Pick<WriteContext, 'sql' | 'ledger'>

/** The steps in memory, so that a write asks no database whether there are any. */
export interface StepCache {
  /** The steps that this transaction must run: at once where they are known, else read in it. */
  current(context: StepReader): StepIndex | Promise<StepIndex>
  /** Somebody changed registrations. */
  invalidate(): void
  /** Whether changes of other programs are heard of; while they are not, each transaction reads for itself. */
  listen(isListening: boolean): void
}

/** Nothing is known at first, and nothing is heard. */
export function createStepCache(): StepCache {
  let known: StepIndex | undefined
  let generation = 0
  let isListening = false
  const ofTransactions = new WeakMap<object, Promise<StepIndex>>()
  const readOnce = (context: StepReader): Promise<StepIndex> => {
    const reading = ofTransactions.get(context.ledger) ?? readSteps(context.sql)
    ofTransactions.set(context.ledger, reading)
    return reading
  }
  const invalidate = (): void => {
    generation += 1
    known = undefined
  }
  return {
    current: (context) => {
      // Its own registrations are in nobody else's sight yet, and may not be stored in the end.
      if (context.ledger.registrationsChanged) return readSteps(context.sql)
      if (known !== undefined) return known
      const begun = generation
      return readOnce(context).then((index) => {
        // A change that was committed since this reading began may be missing in it.
        if (isListening && begun === generation) known = index
        return index
      })
    },
    invalidate,
    listen: (now) => {
      isListening = now
      invalidate()
    },
  }
}
