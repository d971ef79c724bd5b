import { type Decimal, ZERO } from '@p2c/base'
import { EMPTY_DATE } from '../field-value.ts'
import { type IssueStatus, nextStatus, REMOVED, type StockEvent, type StockStatus } from './transaction-status.ts'

/** A part of a lot in one status. Quantities are positive on both sides; costs of issues are negative. */
export interface StockTransaction {
  /** Counts within the lot; 0: not stored yet. */
  readonly splitNumber: number
  readonly itemNumber: string
  readonly inventDimId: string
  readonly status: StockStatus
  readonly quantity: Decimal
  readonly dateExpected: string
  readonly datePhysical: string
  readonly dateFinancial: string
  readonly voucherPhysical: string
  readonly voucherFinancial: string
  readonly packingSlipNumber: string
  readonly invoiceNumber: string
  readonly costPhysical: Decimal
  readonly costPosted: Decimal
  readonly costAdjustment: Decimal
  readonly isValueOpen: boolean
  readonly dateClosed: string
  /** What inventory close has settled of it; signs as quantity (positive) and cost. */
  readonly settledQuantity: Decimal
  readonly settledCost: Decimal
  /** Where a deducted part came from. */
  readonly statusBefore: IssueStatus | ''
}

/** A transaction that nothing has been posted of. */
export const openTransaction = (
  place: Pick<StockTransaction, 'itemNumber' | 'inventDimId' | 'status' | 'quantity' | 'dateExpected'>,
): StockTransaction => ({
  splitNumber: 0,
  datePhysical: EMPTY_DATE,
  dateFinancial: EMPTY_DATE,
  voucherPhysical: '',
  voucherFinancial: '',
  packingSlipNumber: '',
  invoiceNumber: '',
  costPhysical: ZERO,
  costPosted: ZERO,
  costAdjustment: ZERO,
  isValueOpen: true,
  dateClosed: EMPTY_DATE,
  settledQuantity: ZERO,
  settledCost: ZERO,
  statusBefore: '',
  ...place,
})

/** Statuses of which no voucher has been posted: parts in them may be put together again. */
const WITHOUT_VOUCHER: ReadonlySet<StockStatus> = new Set([
  'Picked',
  'ReservPhysical',
  'ReservOrdered',
  'OnOrder',
  'QuotationIssue',
  'Registered',
  'Arrived',
  'Ordered',
  'QuotationReceipt',
])

/** Whether goods have moved: such a part keeps its dimensions, date and voucher. */
export const isPosted = (status: StockStatus): boolean => !WITHOUT_VOUCHER.has(status)

const isSamePart = (left: StockTransaction, right: StockTransaction): boolean =>
  left.status === right.status &&
  !isPosted(left.status) &&
  left.itemNumber === right.itemNumber &&
  left.inventDimId === right.inventDimId &&
  left.dateExpected === right.dateExpected

/** Puts parts without a voucher that differ in their quantity only together: reserving back and forth leaves no crumbs. */
export function mergeParts(parts: readonly StockTransaction[]): StockTransaction[] {
  const merged: StockTransaction[] = []
  for (const part of parts) {
    const index = merged.findIndex((each) => isSamePart(each, part))
    const found = merged[index]
    if (found === undefined) merged.push(part)
    else
      merged[index] = {
        ...found,
        splitNumber: found.splitNumber === 0 ? part.splitNumber : found.splitNumber,
        quantity: found.quantity.plus(part.quantity),
      }
  }
  return merged
}

/** Cost amounts have the decimals of money. */
const COST_DECIMALS = 2

/**
 * The first part with `quantity`, and the rest. Only parts whose goods are delivered or received but not invoiced carry an amount when
 * they are split: the physical cost, shared by quantity so that the two add up to the whole.
 */
function splitPart(part: StockTransaction, quantity: Decimal): readonly [StockTransaction, StockTransaction] {
  const costPhysical = part.costPhysical.times(quantity).dividedBy(part.quantity).toDecimalPlaces(COST_DECIMALS)
  return [
    { ...part, quantity, costPhysical },
    { ...part, quantity: part.quantity.minus(quantity), costPhysical: part.costPhysical.minus(costPhysical), splitNumber: 0 },
  ]
}

/** Which parts move, how much of them, and what becomes of them. */
export interface Move {
  /** Statuses whose parts move, in the order in which they are taken. */
  readonly from: readonly StockStatus[]
  readonly event: StockEvent
  readonly quantity: Decimal
  /** What else changes on a moved part. */
  readonly change?: (part: StockTransaction) => Partial<StockTransaction>
  /** Which parts of these statuses; all where absent. */
  readonly accepts?: (part: StockTransaction) => boolean
}

/** The parts after a move, and what moved. */
export interface Moved {
  readonly parts: readonly StockTransaction[]
  /** How much was moved: at most what was asked for. */
  readonly quantity: Decimal
  /** The moved parts as they were. */
  readonly taken: readonly StockTransaction[]
  /** The moved parts as they are now. */
  readonly moved: readonly StockTransaction[]
}

/**
 * Moves up to a quantity of the parts as the state table says; the last one is split where only some of it is needed. Throws where the
 * table refuses the event.
 */
export function moveParts(parts: readonly StockTransaction[], move: Move): Moved {
  let result: Moved = { parts, quantity: ZERO, taken: [], moved: [] }
  for (const status of move.from) {
    const step = moveStatus(result.parts, { ...move, status, quantity: move.quantity.minus(result.quantity) })
    result = {
      parts: step.parts,
      quantity: result.quantity.plus(step.quantity),
      taken: [...result.taken, ...step.taken],
      moved: [...result.moved, ...step.moved],
    }
  }
  return { ...result, parts: mergeParts(result.parts) }
}

function moveStatus(parts: readonly StockTransaction[], move: Omit<Move, 'from'> & { readonly status: StockStatus }): Moved {
  const result: StockTransaction[] = []
  const taken: StockTransaction[] = []
  const moved: StockTransaction[] = []
  let open = move.quantity
  for (const part of parts) {
    if (open.lessThanOrEqualTo(0) || part.status !== move.status || !(move.accepts?.(part) ?? true)) {
      result.push(part)
      continue
    }
    const isWhole = part.quantity.lessThanOrEqualTo(open)
    const [first, rest] = isWhole ? [part, undefined] : splitPart(part, open)
    const after = movedPart(first, move)
    taken.push(first)
    if (after !== undefined) {
      moved.push(after)
      result.push(after)
    }
    if (rest !== undefined) result.push(rest)
    open = open.minus(first.quantity)
  }
  return { parts: result, quantity: move.quantity.minus(open), taken, moved }
}

function movedPart(part: StockTransaction, { event, change }: Pick<Move, 'event' | 'change'>): StockTransaction | undefined {
  const next = nextStatus(part.status, event)
  if (next === undefined) throw new TypeError(`an inventory transaction in status ${part.status} cannot ${event}`)
  return next === REMOVED ? undefined : { ...part, status: next, ...change?.(part) }
}

/** The whole quantity of the parts in any of the statuses. */
export const quantityIn = (parts: readonly StockTransaction[], ...statuses: readonly StockStatus[]): Decimal =>
  parts.reduce((total, part) => (statuses.includes(part.status) ? total.plus(part.quantity) : total), ZERO)

interface CostShare {
  /** Negative for issues. */
  readonly cost: Decimal
  readonly field: 'costPhysical' | 'costPosted'
}

/** Gives each posted part its share of the cost; the last one takes the rest of the rounding. */
export function withCosts(
  parts: readonly StockTransaction[],
  posted: readonly StockTransaction[],
  { cost, field }: CostShare,
): StockTransaction[] {
  const whole = posted.reduce((total, part) => total.plus(part.quantity), ZERO)
  const shares = new Map<StockTransaction, Decimal>()
  let rest = cost
  for (const [index, part] of posted.entries()) {
    const share = index === posted.length - 1 ? rest : cost.times(part.quantity).dividedBy(whole).toDecimalPlaces(COST_DECIMALS)
    shares.set(part, share)
    rest = rest.minus(share)
  }
  return parts.map((part) => {
    const share = shares.get(part)
    return share === undefined ? part : { ...part, [field]: share }
  })
}
