import { parseDecimal } from '@p2c/base'

const NUMBER = /^-?\d+(\.\d+)?$/

/**
 * Whether a destination holds what was expected. Numbers compare by value, times by instant, yes/no in either spelling;
 * text exactly, but for blanks at its end, which Supply Chain drops. `looseCase` is for looked-up keys and enumerations.
 */
export function sameValue(expected: string, found: string, looseCase: boolean): boolean {
  if (expected === found) return true
  const a = expected.trimEnd()
  const b = found.trimEnd()
  if (a === b || (looseCase && a.trim().toLowerCase() === b.trim().toLowerCase())) return true
  if (isBlank(a, b)) return true
  return sameNumber(a, b) || sameTruth(a, b)
}

/** What Supply Chain holds where nothing was set: the number 0, the enumeration member None. */
const EMPTY_VALUES: readonly string[] = ['0', 'None']

const isBlank = (a: string, b: string): boolean => (a === '' && EMPTY_VALUES.includes(b)) || (b === '' && EMPTY_VALUES.includes(a))

/** `0012` is text that looks like a number: only what has no leading zero compares by value. */
function sameNumber(a: string, b: string): boolean {
  if (!NUMBER.test(a) || !NUMBER.test(b) || /^-?0\d/.test(a) || /^-?0\d/.test(b)) return false
  const left = parseDecimal(a)
  const right = parseDecimal(b)
  return left !== undefined && right !== undefined && left.equals(right)
}

const TRUTH: Readonly<Record<string, boolean>> = { yes: true, true: true, no: false, false: false }

const sameTruth = (a: string, b: string): boolean => {
  const left = TRUTH[a.toLowerCase()]
  return left !== undefined && left === TRUTH[b.toLowerCase()]
}
