import { accept, type Decision, refuse, type TableRules, type WriteCandidate } from './decision.ts'
import { refuseField } from './messages.ts'

const NUMBERS = ['Smallest', 'Largest', 'Next'] as const
/** Digits of the largest number: whoever counts on from there stays within 64 bits. */
const MOST_DIGITS = 18

/**
 * Number sequences count up from zero at the lowest; a new one begins with its smallest number. Who gives `Next` sets it, even to
 * what the row has stored: that number may have been used long since.
 */
function decide({ before, row, given }: WriteCandidate): Decision {
  const negative = NUMBERS.filter((name) => (row[name] ?? '').startsWith('-'))
  if (negative.length > 0) return refuse(...negative.map((name) => refuseField(name, 'L04', name)))
  const long = NUMBERS.filter((name) => (row[name] ?? '').length > MOST_DIGITS)
  if (long.length > 0) return refuse(...long.map((name) => refuseField(name, 'E28', row[name] ?? '', name, String(MOST_DIGITS))))
  if (before === undefined) return accept(given.has('Next') ? row : { ...row, Next: row.Smallest ?? '1' })
  if (!given.has('Next')) return accept(row)
  return accept({ ...row, NextSetCount: String(BigInt(before.NextSetCount ?? '0') + 1n) })
}

export const NUMBER_SEQUENCE_RULES: TableRules = { decide }
