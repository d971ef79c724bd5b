import { type Decimal, ZERO } from '@p2c/base'
import type { WriteCandidate } from '../decision.ts'
import { EMPTY_DATE, type FieldValues } from '../field-value.ts'

/** A quantity that is expected to come or to leave on a day. */
export interface ExpectedMovement {
  /** `2025-02-11`. */
  readonly date: string
  readonly side: 'receipt' | 'issue'
  readonly quantity: Decimal
}

/** The settings of an item for order promising, all in days. Source: Supply Chain specification, 1.1 and 4.7. */
export interface PromiseSettings {
  /** How far ahead dates are looked for; 0: as far as movements are known, and a month at least. */
  readonly timeFenceDays: number
  /** How late delayed demand and supply may be and still count. */
  readonly backwardDemandDays: number
  readonly backwardSupplyDays: number
  /** How many days from now delayed demand and supply are expected. */
  readonly delayedDemandOffsetDays: number
  readonly delayedSupplyOffsetDays: number
  readonly leadTimeDays: number
  readonly issueMarginDays: number
}

export interface PromiseInput {
  readonly today: string
  readonly onHand: Decimal
  readonly movements: readonly ExpectedMovement[]
  readonly settings: PromiseSettings
}

/** What can be promised from a day on, until the next one of the list. */
export interface AtpDay {
  readonly date: string
  readonly atp: Decimal
  readonly projectedOnHand: Decimal
  readonly receipts: Decimal
  readonly issues: Decimal
}

/** Horizon of an item without a time fence. */
const HORIZON_DAYS = 30
const DAY_MS = 86_400_000

/** The day `days` after another one. */
export const addDays = (day: string, days: number): string => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)

const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS)

/**
 * The day on which a movement counts: its own, or for a delayed one today plus the offset. Undefined for one that is later than the
 * backward fence allows. Source: Supply Chain specification, 4.7.
 */
function effectiveDay({ date, side }: ExpectedMovement, { today, settings }: PromiseInput): string | undefined {
  const late = daysBetween(date, today)
  if (late <= 0) return date
  const isIssue = side === 'issue'
  if (late > (isIssue ? settings.backwardDemandDays : settings.backwardSupplyDays)) return undefined
  return addDays(today, isIssue ? settings.delayedDemandOffsetDays : settings.delayedSupplyOffsetDays)
}

interface Balance {
  readonly receipts: Decimal
  readonly issues: Decimal
}

function balancesByDay(input: PromiseInput): Map<string, Balance> {
  const byDay = new Map<string, Balance>([[input.today, { receipts: ZERO, issues: ZERO }]])
  for (const movement of input.movements) {
    const day = effectiveDay(movement, input)
    if (day === undefined) continue
    const { receipts, issues } = byDay.get(day) ?? { receipts: ZERO, issues: ZERO }
    byDay.set(
      day,
      movement.side === 'issue'
        ? { receipts, issues: issues.plus(movement.quantity) }
        : { receipts: receipts.plus(movement.quantity), issues },
    )
  }
  return byDay
}

/**
 * Cumulative available to promise with look-ahead: what can be taken from a day on without leaving any later issue short. One entry for
 * today and for each day on which something is expected; later days keep the last value. Never below 0. Source: 4.7 and EX-27.
 */
export function availableToPromise(input: PromiseInput): AtpDay[] {
  const byDay = balancesByDay(input)
  const days = [...byDay.keys()].sort()
  let stock = input.onHand
  const projected = days.map((date) => {
    const { receipts, issues } = byDay.get(date) ?? { receipts: ZERO, issues: ZERO }
    stock = stock.plus(receipts).minus(issues)
    return { date, receipts, issues, projectedOnHand: stock }
  })
  // From the last day back: goods that a later issue needs are not free before it.
  let free: Decimal | undefined
  const withAtp: AtpDay[] = []
  for (const day of projected.toReversed()) {
    free = free === undefined || day.projectedOnHand.lessThan(free) ? day.projectedOnHand : free
    withAtp.unshift({ ...day, atp: free.lessThan(ZERO) ? ZERO : free })
  }
  return withAtp
}

/** Members of `SalesDeliveryDateControlType`. */
export type PromiseMethod = 'None' | 'SalesLeadTime' | 'ATP' | 'ATPPlusIssueMargin' | 'CTP' | 'FullRunCTP'

/** When a quantity can ship. */
export interface ShipmentPromise {
  readonly earliestShipDate: string
  /** Whether the quantity can be had within the time fence. */
  readonly isAvailable: boolean
  readonly days: readonly AtpDay[]
}

/** The last day on which a date is looked for. */
export function lastFenceDay({ today, movements, settings }: PromiseInput): string {
  if (settings.timeFenceDays > 0) return addDays(today, settings.timeFenceDays)
  const horizon = addDays(today, HORIZON_DAYS)
  return movements.reduce((last, { date }) => (date > last ? date : last), horizon)
}

/**
 * The earliest day on which a quantity can ship, never before today. Within the fence it is the first day with enough to promise, beyond it
 * the last day of the fence; capable-to-promise gives what is short after the lead time of the item instead. Source: 4.7.
 */
export function promiseShipment(
  input: PromiseInput,
  { method, quantity }: { readonly method: PromiseMethod; readonly quantity: Decimal },
): ShipmentPromise {
  const days = availableToPromise(input)
  const { today, settings } = input
  if (method === 'None') return { earliestShipDate: today, isAvailable: true, days }
  if (method === 'SalesLeadTime') return { earliestShipDate: addDays(today, settings.leadTimeDays), isAvailable: true, days }
  const fence = lastFenceDay(input)
  const found = days.find(({ date, atp }) => date <= fence && atp.greaterThanOrEqualTo(quantity))
  const margin = method === 'ATPPlusIssueMargin' ? settings.issueMarginDays : 0
  if (found !== undefined) return { earliestShipDate: addDays(found.date, margin), isAvailable: true, days }
  const isCapable = method === 'CTP' || method === 'FullRunCTP'
  return { earliestShipDate: isCapable ? addDays(today, settings.leadTimeDays) : addDays(fence, margin), isAvailable: false, days }
}

/** A ship date in the past is moved to today. Source: Supply Chain specification, 4.7. */
export const shipDateFrom = (requested: string, today: string): string => (requested < today ? today : requested)

/**
 * The requested ship date of a line under delivery date control: never before the day it was entered. A line that was moved once and is
 * written again with the same date keeps the day that it was moved to, so that repeating a write changes nothing.
 */
export function controlledShipDate({ before, row, today }: Pick<WriteCandidate, 'before' | 'row' | 'today'>): FieldValues {
  const requested = row.RequestedShippingDate ?? EMPTY_DATE
  const isControlled = !['None', '', undefined].includes(row.SalesOrderPromisingMethod)
  if (!isControlled || requested === EMPTY_DATE || requested >= today) return {}
  const stored = before?.RequestedShippingDate ?? EMPTY_DATE
  return { RequestedShippingDate: stored >= requested && stored <= today ? stored : today }
}
