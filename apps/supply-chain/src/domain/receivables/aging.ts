import { type Decimal, sum, ZERO } from '@p2c/base'

/** What a line of an aging period definition counts in. Source: Supply Chain specification, 1.1 (`PerDayWeekMthQtYr`). */
export type AgingInterval = 'Period' | 'Day' | 'Week' | 'Month' | 'Quarter' | 'Year' | 'Unlimited'

/** A line of an aging period definition, in the order of the columns. */
export interface AgingLine {
  readonly label: string
  readonly interval: AgingInterval
  readonly unit: number
  readonly direction: 'Forward' | 'Backward'
}

/** One column of a snapshot: days from `from` to `to`, both within; absent: without end. */
export interface AgingColumn {
  readonly label: string
  readonly from?: string
  readonly to?: string
}

/** Columns that a snapshot has. */
export const AGING_COLUMN_COUNT = 6

const parseDay = (day: string): Date => new Date(`${day}T00:00:00Z`)
const formatDay = (day: Date): string => day.toISOString().slice(0, 10)

const addDays = (day: string, days: number): string => {
  const date = parseDay(day)
  return formatDay(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + days)))
}

function addMonths(day: string, months: number): string {
  const date = parseDay(day)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months]
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return formatDay(new Date(Date.UTC(year, month, Math.min(date.getUTCDate(), last))))
}

/** A day moved by units of the interval. Fiscal periods count as months. */
const MOVES: Record<Exclude<AgingInterval, 'Unlimited'>, (day: string, units: number) => string> = {
  Period: addMonths,
  Day: addDays,
  Week: (day, units) => addDays(day, units * 7),
  Month: addMonths,
  Quarter: (day, units) => addMonths(day, units * 3),
  Year: (day, units) => addMonths(day, units * 12),
}

/** Longer ones would leave the calendar; a column of this length is without end in practice. */
const LONGEST_UNIT = 1000

const unitsOf = ({ unit }: AgingLine): number => Math.min(Math.abs(unit), LONGEST_UNIT)

/** How many of the first lines take what is not due. Only a definition with both directions looks forward by direction. */
function countNotDue(lines: readonly AgingLine[]): number {
  const first = lines.findIndex(({ direction }) => direction === 'Backward')
  if (first >= 0 && lines.some(({ direction }) => direction === 'Forward')) return first
  const [line] = lines
  return line !== undefined && (line.unit === 0 || line.interval === 'Unlimited') ? 1 : 0
}

/**
 * The columns of a definition as days. The first line takes what is not due on the day (`asOf` and later) where it has no length of its own; in a
 * definition with both print directions the lines before the first backward one do. The others follow each other backwards from the day before,
 * each as long as its unit and interval say. The last column takes all that is older; where no column is for what is not due, the first one
 * takes that, too. Source: Supply Chain specification, 6.5.
 */
export function agingColumns(lines: readonly AgingLine[], asOf: string): AgingColumn[] {
  const used = lines.slice(0, AGING_COLUMN_COUNT)
  const ahead = countNotDue(used)
  const forward = used.slice(0, ahead)
  // Columns may be listed from the nearest to the farthest day, or the other way, as a calendar runs.
  const isFarthestFirst = forward.length > 1 && forward[0]?.interval === 'Unlimited'
  const columns = forwardColumns(isFarthestFirst ? forward.toReversed() : forward, asOf)
  return [...(isFarthestFirst ? columns.toReversed() : columns), ...backwardColumns(used.slice(ahead), asOf, ahead > 0)]
}

/** Days ahead from the nearest column on; the last one is without end. */
function forwardColumns(lines: readonly AgingLine[], asOf: string): AgingColumn[] {
  const columns: AgingColumn[] = []
  let from = asOf
  for (const [index, line] of lines.entries()) {
    const isLast = index === lines.length - 1
    const next = isLast || line.interval === 'Unlimited' ? undefined : MOVES[line.interval](from, unitsOf(line))
    columns.push(next === undefined ? { label: line.label, from } : { label: line.label, from, to: addDays(next, -1) })
    from = next ?? from
  }
  return columns
}

function backwardColumns(lines: readonly AgingLine[], asOf: string, hasForward: boolean): AgingColumn[] {
  const columns: AgingColumn[] = []
  let to = addDays(asOf, -1)
  for (const [index, line] of lines.entries()) {
    const isLast = index === lines.length - 1
    const before = isLast || line.interval === 'Unlimited' ? undefined : MOVES[line.interval](to, -unitsOf(line))
    const end = index === 0 && !hasForward ? {} : { to }
    columns.push(before === undefined ? { label: line.label, ...end } : { label: line.label, from: addDays(before, 1), ...end })
    to = before ?? to
  }
  return columns
}

/** The column of a day, from 0; every day has one where there are columns. */
export function columnOf(columns: readonly AgingColumn[], day: string): number {
  const found = columns.findIndex(({ from, to }) => (from === undefined || from <= day) && (to === undefined || day <= to))
  return found < 0 ? columns.length - 1 : found
}

/** An amount that is open on the day of the snapshot. */
export interface AgedAmount {
  /** The day that counts: of the transaction, of the document, or due. */
  readonly day: string
  /** In the accounting currency. */
  readonly amount: Decimal
  /** A payment or credit that is not settled. */
  readonly isUnapplied: boolean
}

export interface AgedBalance {
  /** One amount for each column, six of them; those beyond the definition are nought. */
  readonly columns: readonly Decimal[]
  readonly total: Decimal
  /** The first column that is not nought, from 1; 0 where all are. */
  readonly firstNonzero: number
}

/** The columns of one customer. With payment positioning unapplied payments stand in the first column, otherwise where their day says. */
export function agedBalance(columns: readonly AgingColumn[], amounts: readonly AgedAmount[], hasPaymentPositioning: boolean): AgedBalance {
  const sums: Decimal[] = Array.from({ length: AGING_COLUMN_COUNT }, () => ZERO)
  for (const { day, amount, isUnapplied } of amounts) {
    const index = isUnapplied && hasPaymentPositioning ? 0 : columnOf(columns, day)
    sums[index] = (sums[index] ?? ZERO).plus(amount)
  }
  return { columns: sums, total: sum(sums), firstNonzero: sums.findIndex((each) => !each.isZero()) + 1 }
}
