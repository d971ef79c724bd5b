import { type Decimal, ZERO } from '@p2c/base'
import type { PROCESSING_STATUSES } from '../../entities/enums.ts'

/** `SalesStatus` of lines and headers that the application produces. */
export const SALES_STATUSES = ['Backorder', 'Delivered', 'Invoiced', 'Canceled'] as const
/** Status of a line or a header. */
export type SalesStatus = (typeof SALES_STATUSES)[number]

/** `DocumentStatus` of orders, lowest first: the highest document that was posted. Source: Supply Chain specification, 3.3. */
export const DOCUMENT_STATUSES = ['None', 'Confirmation', 'PickingList', 'PackingSlip', 'Invoice'] as const
/** The highest document that was posted. */
export type DocumentStatus = (typeof DOCUMENT_STATUSES)[number]

/** A member of `SalesOrderProcessingStatus`. */
export type ProcessingStatus = (typeof PROCESSING_STATUSES)[number]

/** How finely the processing status tells: parameter `ProcessingStatusDetail`. */
export type ProcessingDetail = 'Enum' | 'Fine'

/**
 * The quantities of a line in its sales unit: O, D, I, X and P of the specification, 3.2. All are negative on a line that gives goods back.
 */
export interface LineQuantities {
  readonly ordered: Decimal
  readonly delivered: Decimal
  readonly invoiced: Decimal
  readonly canceled: Decimal
  readonly picked: Decimal
}

/** What is still to be delivered and to be invoiced, in the sales unit. */
export interface LineRemainders {
  /** `RemainSalesPhysical`. */
  readonly toDeliver: Decimal
  /** `RemainSalesFinancial`: delivered, not invoiced. */
  readonly toInvoice: Decimal
}

/** The remainders of a line; a line that was delivered beyond its quantity has nothing left to deliver. Source: 3.2. */
export function lineQuantities({ ordered, delivered, canceled, invoiced }: LineQuantities): LineRemainders {
  const left = ordered.minus(delivered).minus(canceled)
  const isOverdelivered = ordered.isNegative() ? left.greaterThan(ZERO) : left.lessThan(ZERO)
  return { toDeliver: isOverdelivered ? ZERO : left, toInvoice: delivered.minus(invoiced) }
}

/** `SalesStatus` of a line from its quantities. Source: 3.2. */
export function lineStatus(line: LineQuantities): SalesStatus {
  const { toDeliver, toInvoice } = lineQuantities(line)
  if (!toDeliver.isZero()) return 'Backorder'
  if (!toInvoice.isZero()) return 'Delivered'
  if (!line.invoiced.isZero()) return 'Invoiced'
  // Nothing posted yet: a line of quantity 0.
  return line.canceled.isZero() ? 'Backorder' : 'Canceled'
}

/** `SalesStatus` of an order from the statuses of its lines; without lines it is open. Source: 3.3. */
export function headerStatus(lines: readonly SalesStatus[]): SalesStatus {
  if (lines.length === 0 || lines.includes('Backorder')) return 'Backorder'
  if (lines.includes('Delivered')) return 'Delivered'
  return lines.includes('Invoiced') ? 'Invoiced' : 'Canceled'
}

/** Place of a document status in the order None < Confirmation < PickingList < PackingSlip < Invoice; an unknown one is below all. */
export const documentStatusRank = (status: string): number => (DOCUMENT_STATUSES as readonly string[]).indexOf(status)

/** The highest of the statuses; None of nothing. */
export function highestDocumentStatus(statuses: readonly string[]): DocumentStatus {
  const highest = Math.max(0, ...statuses.map(documentStatusRank))
  return DOCUMENT_STATUSES[highest] ?? 'None'
}

/** One line as the processing status looks at it. */
export interface ProcessedLine extends LineQuantities {
  readonly documentStatus: string
  /** Some of it was released to a warehouse with advanced processes. */
  readonly isReleased: boolean
}

const isSome = (quantity: Decimal): boolean => !quantity.isZero()

/**
 * `SalesOrderProcessingStatus` of a whole order: its numbers are those of the lines that are not cancelled. `documentStatus` is the
 * header's. Source: 3.5, step 1 and the conditions of step 2 in `Fine` mode.
 */
export function headerProcessingStatus(
  lines: readonly ProcessedLine[],
  { documentStatus, detail }: { readonly documentStatus: string; readonly detail: ProcessingDetail },
): ProcessingStatus {
  const status = headerStatus(lines.map(lineStatus))
  return refined(baseStatus(status, lines, documentStatus), lines, detail)
}

/** `SalesOrderProcessingStatus` of one line: the same table over its own numbers. */
export const lineProcessingStatus = (line: ProcessedLine, detail: ProcessingDetail): ProcessingStatus =>
  refined(baseStatus(lineStatus(line), [line], line.documentStatus), [line], detail)

/** Sums of a return and of a sale may cancel out, so each line is asked on its own. */
function baseStatus(status: SalesStatus, all: readonly ProcessedLine[], documentStatus: string): ProcessingStatus {
  const lines = all.filter((line) => lineStatus(line) !== 'Canceled')
  const isInvoiced = lines.some((line) => isSome(line.invoiced))
  if (status === 'Canceled' || status === 'Invoiced') return status
  if (status === 'Delivered') return isInvoiced ? 'DeliveredPartiallyInvoiced' : 'Delivered'
  if (isInvoiced) return 'PartiallyInvoiced'
  if (lines.some((line) => isSome(line.delivered))) return 'PartiallyDelivered'
  if (lines.some((line) => isSome(line.picked)) || documentStatus === 'PickingList') return 'Picked'
  return documentStatus === 'Confirmation' ? 'Confirmed' : 'Active'
}

/** The finer members where their condition holds; every other status stays. */
function refined(status: ProcessingStatus, lines: readonly ProcessedLine[], detail: ProcessingDetail): ProcessingStatus {
  if (detail === 'Enum') return status
  const isReleased = lines.some((line) => line.isReleased)
  if (status === 'Picked') return isPartlyPicked(lines) ? 'PartiallyPicked' : status
  if (status === 'Delivered') return isReleased ? status : 'PackingSlip'
  if (status === 'PartiallyDelivered') return isReleased ? status : 'PartiallyPacked'
  return status
}

/** Something is picked, but on some open line less than is open. */
function isPartlyPicked(lines: readonly ProcessedLine[]): boolean {
  const open = lines.filter((line) => isSome(lineQuantities(line).toDeliver))
  return open.some((line) => isSome(line.picked)) && open.some((line) => line.picked.abs().lessThan(lineQuantities(line).toDeliver.abs()))
}

/**
 * The "Processing status" that Sales shows for each member. Source: 3.5, step 2.
 * In `Enum` mode Delivered and PartiallyDelivered say nothing of how goods left: they are shown as shipped.
 */
export const PROCESSING_LABELS: Readonly<Record<ProcessingStatus, string>> = {
  Active: 'Active',
  Confirmed: 'Confirmed',
  Picked: 'Picked',
  PartiallyPicked: 'Partially Picked',
  PackingSlip: 'Packing Slip',
  PartiallyPacked: 'Partially Packed',
  Delivered: 'Shipped',
  PartiallyDelivered: 'Partially Shipped',
  PartiallyInvoiced: 'Partially Invoiced',
  DeliveredPartiallyInvoiced: 'Partially Invoiced',
  Invoiced: 'Invoiced',
  Canceled: 'Cancelled',
}
