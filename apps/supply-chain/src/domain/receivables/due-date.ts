import { type Decimal, decimal } from '@p2c/base'
import { roundToStep } from '../exchange.ts'

/** How the due date of terms of payment starts. Source: Supply Chain specification, 1.2 no. 6 (`NetCurrent`). */
const DUE_DATE_STARTS = ['Net', 'CurrentMth', 'CurrentQuart', 'CurrentYear', 'CurrentWeek', 'COD', 'CutOffDate'] as const
/** From which day terms of payment count. */
export type DueDateStart = (typeof DUE_DATE_STARTS)[number]

/** Terms of payment; numbers are whole. */
export interface DueDateTerms {
  readonly start: DueDateStart
  readonly days: number
  readonly months: number
  /** Last day of the month that counts to it; 0: the end of the month. */
  readonly cutoffDay: number
  readonly cutoffMonths: number
}

/** A day as a time of UTC; days of the application have no time zone. */
const parseDay = (day: string): Date => new Date(`${day}T00:00:00Z`)
/** The calendar of the application ends with year 9999. */
const LAST_CALENDAR_DAY = '9999-12-31'

/** Days after year 9999 have a longer text: the last one of the calendar stands for them. */
const formatDay = (day: Date): string => {
  const text = day.toISOString()
  return text.startsWith('+') ? LAST_CALENDAR_DAY : text.slice(0, 10)
}

/** A day of a month, counted on from January of `year`; days beyond the end of the month are its last one. */
function dayOfMonth(year: number, month: number, day: number): Date {
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return new Date(Date.UTC(year, month, Math.min(day, last)))
}

const endOfMonth = (year: number, month: number): Date => new Date(Date.UTC(year, month + 1, 0))

const addMonths = (day: Date, months: number): Date => dayOfMonth(day.getUTCFullYear(), day.getUTCMonth() + months, day.getUTCDate())

const addDays = (day: Date, days: number): Date => new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() + days))

const SUNDAY_TO_MONDAY = 7

/** Weeks end on Sunday, as in ISO 8601. */
const endOfWeek = (day: Date): Date => addDays(day, (SUNDAY_TO_MONDAY - day.getUTCDay()) % SUNDAY_TO_MONDAY)

/** The first cut-off day on or after the base, then the further months. */
function nextCutoff(base: Date, { cutoffDay, cutoffMonths }: DueDateTerms): Date {
  const [year, month] = [base.getUTCFullYear(), base.getUTCMonth()]
  const wanted = cutoffDay <= 0 ? LAST_DAY : cutoffDay
  const inMonth = dayOfMonth(year, month, wanted)
  const months = (inMonth < base ? 1 : 0) + cutoffMonths
  return dayOfMonth(year, month + months, wanted)
}

const LAST_DAY = 31

const START: Record<DueDateStart, (base: Date, terms: DueDateTerms) => Date> = {
  Net: (base) => base,
  CurrentMth: (base) => endOfMonth(base.getUTCFullYear(), base.getUTCMonth()),
  CurrentQuart: (base) => endOfMonth(base.getUTCFullYear(), base.getUTCMonth() + 2 - (base.getUTCMonth() % 3)),
  CurrentYear: (base) => endOfMonth(base.getUTCFullYear(), 11),
  CurrentWeek: endOfWeek,
  COD: (base) => base,
  CutOffDate: nextCutoff,
}

/**
 * When an invoice is due: the start that the terms name, then months, then days; nothing is added to cash on delivery, and months of terms with
 * a cut-off day count with the cut-off. Days are texts: `2025-02-11`. Source: Supply Chain specification, 1.2 no. 6.
 */
export function dueDate(terms: DueDateTerms, baseDate: string): string {
  const start = START[terms.start](parseDay(baseDate), terms)
  if (terms.start === 'COD') return formatDay(start)
  return formatDay(addDays(terms.start === 'CutOffDate' ? start : addMonths(start, terms.months), terms.days))
}

/** A thousand years of days: terms beyond that would leave the calendar. */
const LONGEST_TERM = 365_000

/** A number of days or months of a row; none where it is negative. */
const countOf = (row: Readonly<Record<string, string>> | undefined, name: string): number =>
  Math.min(Math.max(Number(row?.[name] ?? '0'), 0), LONGEST_TERM)

/** A row of `PaymentTerms` as terms; without a row an invoice is due on its base date. */
export function dueDateTermsOf(row: Readonly<Record<string, string>> | undefined): DueDateTerms {
  const start = DUE_DATE_STARTS.find((each) => each === row?.PaymentMethodType) ?? 'Net'
  return {
    start,
    days: countOf(row, 'NumberOfDays'),
    months: countOf(row, 'NumberOfMonths'),
    cutoffDay: countOf(row, 'CutoffDayOfMonth'),
    cutoffMonths: countOf(row, 'AdditionalMonthsForCutoffDate'),
  }
}

/** Terms of a cash discount: a percentage for payment within months and days. */
export interface CashDiscountTerms {
  readonly percentage: Decimal
  readonly days: number
  readonly months: number
}

/** A row of `CashDiscounts` as terms. */
export const cashDiscountTermsOf = (row: Readonly<Record<string, string>>): CashDiscountTerms => ({
  percentage: decimal(row.DiscountPercentage ?? '0'),
  days: countOf(row, 'NumberOfDays'),
  months: countOf(row, 'NumberOfMonths'),
})

/** The last day on which a payment earns the discount. */
export const cashDiscountDate = ({ days, months }: CashDiscountTerms, baseDate: string): string =>
  formatDay(addDays(addMonths(parseDay(baseDate), months), days))

const HUNDRED = decimal(100)

/** The whole discount of an invoice amount, rounded to multiples of `step`, with the sign of the amount. */
export const possibleCashDiscount = (amount: Decimal, { percentage }: CashDiscountTerms, step: Decimal): Decimal =>
  roundToStep(amount.times(percentage).dividedBy(HUNDRED), step)
