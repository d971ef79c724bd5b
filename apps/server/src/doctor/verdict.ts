import type { CheckSide } from '@p2c/api'
import type { EnvironmentType } from '@p2c/engine'
import type { Fact } from './fact.ts'

/** One write that mends something; the path is below the address of the connection. */
export interface FixStep {
  readonly environmentType: EnvironmentType
  readonly method: 'POST' | 'PATCH'
  readonly path: string
  readonly body: unknown
}

/** What a check comes to. */
export interface Verdict {
  readonly status: 'passed' | 'failed' | 'warning' | 'unknown'
  readonly found: string
  readonly expected: string
  readonly remedy?: string
  /** What is missing or wrong, one by one. */
  readonly items?: readonly string[]
  /** Writes that mend a failure; absent where a person has to. */
  readonly fix?: readonly FixStep[]
}

/** One precondition: facts in, verdict out. `Facts` is what all checks look at. */
export interface Check<Facts> {
  /** Stable: programs match on it. */
  readonly id: string
  readonly title: string
  readonly side: CheckSide
  /** False where no project of the set needs it: then it is not listed. Default: always. */
  readonly applies?: (facts: Facts) => boolean
  readonly judge: (facts: Facts) => Verdict
}

/** Items that a verdict names; the rest is counted. */
export const MOST_ITEMS = 20

interface Finding {
  readonly expected: string
  readonly found: string
  readonly remedy: string
  readonly items?: readonly string[]
  readonly fix?: readonly FixStep[]
}

export const passed = (expected: string, found: string): Verdict => ({ status: 'passed', expected, found })
export const failed = (finding: Finding): Verdict => ({ status: 'failed', ...finding })
export const warning = (finding: Finding): Verdict => ({ status: 'warning', ...finding })

/** Passed where everything is as expected. */
export const asExpected = (expected: string): Verdict => passed(expected, expected)

/** Passed where nothing is wrong, else failed as told. */
export const unless = (items: readonly string[], finding: Omit<Finding, 'found' | 'items'> & { readonly found: string }): Verdict =>
  items.length === 0 ? asExpected(finding.expected) : failed({ ...finding, items })

/** A verdict over a fact; where it is not known, so is the verdict. `hint` says how a person finds out. */
export function judging<Value>(
  fact: Fact<Value>,
  { expected, hint }: { readonly expected: string; readonly hint?: string },
  judge: (value: Value) => Verdict,
): Verdict {
  if (fact.known) return judge(fact.value)
  return { status: 'unknown', found: fact.reason, expected, ...(hint !== undefined && { remedy: hint }) }
}

/** Names with an end: `a, b, c and 2 more`. */
export function listed(names: readonly string[], most = 5): string {
  const more = names.length - most
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ')
}
