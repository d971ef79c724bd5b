import { AppError } from '@p2c/base'
import type { RowFailure } from '@p2c/engine'
import { isServerFault, laterAgain } from './lost-answer.ts'

/**
 * What one call has seen of its service: writes that it answered by anything but a fault of its own, the refusal of a row included. A row that the
 * service keeps failing on has failed by itself only where others were answered meanwhile; else it is the service that fails.
 */
export interface Witness {
  /** Rows to write in this call. */
  rows: number
  answered: number
  /** Faults of the service since the last answer, of calls that carry several rows. */
  faultsInARow: number
}

/** One bad row in each of some calls at once brings about twenty at most before one of its neighbours is answered. */
const MOST_FAULTS_IN_A_ROW = 40

export const createWitness = (): Witness => ({ rows: 0, answered: 0, faultsInARow: 0 })

export function noteAnswer(witness: Witness): void {
  witness.answered += 1
  witness.faultsInARow = 0
}

/** Throws `problem`, to be repeated later, where nothing but faults comes any more: then no row is to be looked for. */
export function noteFault(witness: Witness, problem: AppError): void {
  witness.faultsInARow += 1
  if (witness.faultsInARow > MOST_FAULTS_IN_A_ROW) throw laterAgain(problem)
}

/** True where the service says in its own words that it failed (500): it may be one of the rows that it fails on. */
export const mayBeOfRow = (error: unknown): error is AppError =>
  error instanceof AppError && isServerFault(error) && error.details.status === 500 && error.details.hasWords === true

/** The failure of a row that is alone and still failing: others were answered since, or there are no others. Throws `problem`, to be repeated later, else. */
export function blameRow({ rows, answered }: Witness, facts: { readonly problem: AppError; readonly answeredBefore: number }): RowFailure {
  const { problem, answeredBefore } = facts
  if (answered <= answeredBefore && rows !== 1) throw laterAgain(problem)
  const { hasWords: _, ...details } = problem.details
  return { category: 'internal', code: 'server-failed', message: problem.message, details }
}
