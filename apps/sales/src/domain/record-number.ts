/** The suffix of a number is drawn from these, each equally likely. Source: Sales 5. */
export const SUFFIX_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** Width of the number columns. Source: Sales 6.2 and 6.3. */
export const LONGEST_RECORD_NUMBER = 20

/** Digits at least: 1000 is written 01000, 123456 stays as it is. */
const COUNTER_DIGITS = 5

export interface NumberParts {
  readonly prefix: string
  readonly counter: number
  readonly suffix: string
}

/** `ACC-01000-BVRCPS`: prefix, counter, suffix, all upper case. Source: Sales 5, Templates 5 S1. */
export const formatRecordNumber = ({ prefix, counter, suffix }: NumberParts): string =>
  `${prefix}-${String(counter).padStart(COUNTER_DIGITS, '0')}-${suffix}`.toUpperCase()

/** The counter after a draw of `count` numbers, or undefined where the sequence would pass its end (2,147,483,647). */
export const counterAfter = (counter: number, count: number): number | undefined => {
  const next = counter + count
  return next > 2_147_483_647 ? undefined : next
}

/** A number is generated where the caller gave none or a blank one; a given number is kept. Source: Sales 5. */
export const needsNumber = (given: unknown): boolean =>
  given === undefined || given === null || (typeof given === 'string' && given.trim() === '')
