import { type Decimal, ZERO } from '@p2c/base'
import { roundToStep } from '../exchange.ts'

/** Whether a transaction earns its cash discount by its date, without regard to it, or never. */
export type UseCashDiscount = 'Normal' | 'Always' | 'Never'

/** The open part of a customer transaction. Amounts are positive where the customer owes. */
export interface OpenItem {
  readonly id: string
  readonly transType: string
  /** Day of the transaction: a payment earns a cash discount by it. */
  readonly date: string
  readonly amountCur: Decimal
  /** In the accounting currency, at the rate of the transaction. */
  readonly amountMst: Decimal
  readonly cashDiscountDate: string
  /** What is left of the cash discount, with the sign of the amount. */
  readonly possibleCashDiscount: Decimal
  readonly useCashDiscount: UseCashDiscount
}

/** A transaction that is to be settled by another one; amounts are without sign, in the currency of both. */
export interface Mark {
  readonly id: string
  /** How much of it, with the cash discount; absent: all of it. */
  readonly amount?: Decimal
  /** Cash discount that is taken whatever the terms say; absent: what they allow. */
  readonly cashDiscount?: Decimal
  /** Takes what is left as extra cash discount where the payment does not reach. */
  readonly isFullSettlement?: boolean
}

/** One payment (or credit note) with what it settles, in the order in which it does. */
export interface SettlementRequest {
  readonly paymentId: string
  readonly marks: readonly Mark[]
}

/** Parameters that settlements follow. */
export interface SettlementRules {
  /** Amounts of a transaction are multiples of this. */
  readonly stepOf: (id: string) => Decimal
  /** Amounts in the accounting currency are multiples of this. */
  readonly stepMst: Decimal
  /** Limits of what is written off, in the accounting currency. */
  readonly maxPennyDifference: Decimal
  readonly maxOverUnderPayment: Decimal
  readonly cashDiscountOnPartialPayments: boolean
  readonly cashDiscountOnCreditNotes: boolean
}

/** Types of transactions that a settlement makes itself. */
export const MADE_TYPES = ['CashDiscount', 'OverUnder', 'PennyDifference', 'ExchAdjustment'] as const
/** Why a settlement made a transaction. */
export type MadeType = (typeof MADE_TYPES)[number]

/** A transaction that the settlement itself makes; it is settled at once. */
export interface MadeTransaction {
  readonly id: string
  readonly transType: MadeType
  /** The transaction whose account, currency and invoice it has. */
  readonly of: string
  readonly amountCur: Decimal
  readonly amountMst: Decimal
}

/** How much of one transaction was settled against another; the amounts have its sign. */
export interface SettlementRow {
  readonly id: string
  readonly offsetId: string
  readonly amountCur: Decimal
  readonly amountMst: Decimal
  readonly exchAdjustment: Decimal
  /** Cash discount that the row takes, without sign. */
  readonly cashDiscount: Decimal
  /** By how much the possible cash discount became less, with its sign. */
  readonly discountUsed: Decimal
}

/** What one request does. The amounts of its rows add up to nought in both currencies. */
export interface SettlementPlan {
  readonly rows: readonly SettlementRow[]
  readonly made: readonly MadeTransaction[]
}

/** The plans in the order of the requests, and the transactions as they are afterwards. */
export interface SettlementOutcome {
  readonly plans: readonly SettlementPlan[]
  readonly items: ReadonlyMap<string, OpenItem>
}

/** The work on one request: open items are replaced as they shrink. */
interface Work {
  readonly items: Map<string, OpenItem>
  readonly rules: SettlementRules
  readonly rows: SettlementRow[]
  readonly made: MadeTransaction[]
  readonly newId: () => string
}

/**
 * Settles the payments one after the other. A payment never settles more than it has left nor more than is open of what is marked, so no
 * transaction changes its sign. Marks that are not open, or owe in the same direction as the payment, are passed over.
 * Source: Supply Chain specification, 6.3.
 */
export function planSettlements(
  items: ReadonlyMap<string, OpenItem>,
  requests: readonly SettlementRequest[],
  rules: SettlementRules,
): SettlementOutcome {
  const left = new Map(items)
  let made = 0
  const plans = requests.map((request): SettlementPlan => {
    const work: Work = { items: left, rules, rows: [], made: [], newId: () => `made-${++made}` }
    settleRequest(work, request)
    return { rows: work.rows, made: work.made }
  })
  return { plans, items: left }
}

function settleRequest(work: Work, { paymentId, marks }: SettlementRequest): void {
  const closed: boolean[] = []
  for (const mark of marks) {
    const payment = work.items.get(paymentId)
    const invoice = work.items.get(mark.id)
    if (payment === undefined || invoice === undefined || !areOpposite(payment, invoice)) continue
    settleMark(work, { payment, invoice, mark })
    closed.push(work.items.get(mark.id)?.amountCur.isZero() === true)
  }
  if (closed.length > 0 && closed.every(Boolean)) writeOff(work, { id: paymentId, paymentId })
}

const areOpposite = (left: OpenItem, right: OpenItem): boolean =>
  !left.amountCur.isZero() && !right.amountCur.isZero() && left.amountCur.isNegative() !== right.amountCur.isNegative()

interface Pairing {
  readonly payment: OpenItem
  readonly invoice: OpenItem
  readonly mark: Mark
}

function settleMark(work: Work, pairing: Pairing): void {
  const { payment, invoice } = pairing
  const { paid, discount } = shareOf(work.rules, pairing)
  if (!paid.isZero()) settlePair(work, { payment, invoice, amount: paid })
  if (!discount.isZero()) makeAgainst(work, { id: invoice.id, amount: discount, transType: 'CashDiscount' })
  if (payment.transType !== 'Payment') netCashDiscount(work, { payment, invoice, paid })
  if (work.items.get(payment.id)?.amountCur.isZero() === true) writeOff(work, { id: invoice.id, paymentId: payment.id })
}

interface Share {
  readonly paid: Decimal
  readonly discount: Decimal
}

/** How much the payment pays of the invoice and how much cash discount is taken; both without sign. */
function shareOf(rules: SettlementRules, { payment, invoice, mark }: Pairing): Share {
  const available = payment.amountCur.abs()
  const open = invoice.amountCur.abs()
  const step = rules.stepOf(invoice.id)
  const wanted = mark.amount === undefined ? open : smaller(roundToStep(mark.amount.abs(), step), open)
  if (mark.cashDiscount !== undefined) {
    const discount = smaller(roundToStep(mark.cashDiscount.abs(), step), wanted)
    return { paid: smaller(wanted.minus(discount), available), discount }
  }
  const possible = earnedDiscount(rules, payment, invoice)
  if (wanted.lessThan(open)) return partOf(rules, { available, open, possible, wanted, step })
  const need = open.minus(possible)
  if (available.greaterThanOrEqualTo(need)) return { paid: need, discount: possible }
  const isWrittenOff = writeOffType(rules, payment, mstPart(invoice, need.minus(available), rules)) !== undefined
  if (isWrittenOff) return { paid: available, discount: possible }
  if (mark.isFullSettlement === true) return { paid: available, discount: open.minus(available) }
  return partOf(rules, { available, open, possible, wanted, step })
}

interface PartFacts {
  readonly available: Decimal
  readonly open: Decimal
  readonly possible: Decimal
  readonly wanted: Decimal
  readonly step: Decimal
}

/** A part earns its share of the discount where the parameter allows it: paid x d / (1 - d), d being the discount of one unit of the invoice. */
function partOf(rules: SettlementRules, { available, open, possible, wanted, step }: PartFacts): Share {
  if (!rules.cashDiscountOnPartialPayments || possible.isZero()) return { paid: smaller(available, wanted), discount: ZERO }
  const ofWanted = roundToStep(wanted.times(possible).dividedBy(open), step)
  if (available.greaterThanOrEqualTo(wanted.minus(ofWanted))) return { paid: wanted.minus(ofWanted), discount: ofWanted }
  // Here the payment is less than the wanted part needs, so that its discount cannot exceed what is left of the part.
  const earned = roundToStep(available.times(possible).dividedBy(open.minus(possible)), step)
  return { paid: available, discount: smaller(earned, smaller(possible, wanted.minus(available))) }
}

/** What the terms of the invoice allow the payment to take, without sign. */
function earnedDiscount(rules: SettlementRules, payment: OpenItem, invoice: OpenItem): Decimal {
  const { useCashDiscount, cashDiscountDate, possibleCashDiscount, amountCur } = invoice
  const isInTime = useCashDiscount === 'Always' || (useCashDiscount === 'Normal' && payment.date <= cashDiscountDate)
  const isCreditNote = amountCur.isNegative()
  if (payment.transType !== 'Payment' || !isInTime || (isCreditNote && !rules.cashDiscountOnCreditNotes)) return ZERO
  if (possibleCashDiscount.isZero() || possibleCashDiscount.isNegative() !== amountCur.isNegative()) return ZERO
  return smaller(possibleCashDiscount.abs(), amountCur.abs())
}

/** A credit note takes its own discount from that of the invoice: the customer earns it on what is really paid. */
function netCashDiscount(work: Work, { payment, invoice, paid }: { payment: OpenItem; invoice: OpenItem; paid: Decimal }): void {
  if (!work.rules.cashDiscountOnCreditNotes || payment.possibleCashDiscount.isZero()) return
  const share = roundToStep(
    payment.possibleCashDiscount.abs().times(paid).dividedBy(payment.amountCur.abs()),
    work.rules.stepOf(payment.id),
  )
  useDiscount(work, payment.id, share)
  useDiscount(work, invoice.id, share)
}

/** What is left of an invoice or of a payment is written off where it is within the limits. */
function writeOff(work: Work, { id, paymentId }: { readonly id: string; readonly paymentId: string }): void {
  const rest = work.items.get(id)
  const payment = work.items.get(paymentId)
  if (rest === undefined || payment === undefined || rest.amountCur.isZero()) return
  const transType = writeOffType(work.rules, payment, rest.amountMst.abs())
  if (transType !== undefined) makeAgainst(work, { id, amount: rest.amountCur.abs(), transType })
}

/** The account of a difference: pennies of any settlement, more only of a payment; undefined where it stays open. */
function writeOffType(rules: SettlementRules, payment: OpenItem, differenceMst: Decimal): 'PennyDifference' | 'OverUnder' | undefined {
  if (differenceMst.lessThanOrEqualTo(rules.maxPennyDifference)) return 'PennyDifference'
  if (payment.transType === 'Payment' && differenceMst.lessThanOrEqualTo(rules.maxOverUnderPayment)) return 'OverUnder'
  return undefined
}

/** Settles `amount` of both; a difference between their rates becomes an exchange adjustment in the accounting currency. */
function settlePair(work: Work, { payment, invoice, amount }: { payment: OpenItem; invoice: OpenItem; amount: Decimal }): void {
  const paid = reduce(work, payment.id, amount)
  const settled = reduce(work, invoice.id, amount)
  const difference = paid.amountMst.plus(settled.amountMst).negated()
  work.rows.push({ id: payment.id, offsetId: invoice.id, ...paid, exchAdjustment: ZERO, cashDiscount: ZERO, discountUsed: ZERO })
  work.rows.push({ id: invoice.id, offsetId: payment.id, ...settled, exchAdjustment: difference, cashDiscount: ZERO, discountUsed: ZERO })
  if (difference.isZero()) return
  const made: MadeTransaction = {
    id: work.newId(),
    transType: 'ExchAdjustment',
    of: invoice.id,
    amountCur: ZERO,
    amountMst: difference,
  }
  work.made.push(made)
  work.rows.push({ ...NOTHING, id: made.id, offsetId: invoice.id, amountMst: difference })
}

const NOTHING = { amountCur: ZERO, amountMst: ZERO, exchAdjustment: ZERO, cashDiscount: ZERO, discountUsed: ZERO } as const

/** Settles `amount` of a transaction against a new one that stands for the discount or the difference. */
function makeAgainst(work: Work, { id, amount, transType }: { id: string; amount: Decimal; transType: MadeType }): void {
  const settled = reduce(work, id, amount)
  const made: MadeTransaction = {
    id: work.newId(),
    transType,
    of: id,
    amountCur: settled.amountCur.negated(),
    amountMst: settled.amountMst.negated(),
  }
  work.made.push(made)
  const cashDiscount = transType === 'CashDiscount' ? amount : ZERO
  work.rows.push({ ...NOTHING, id: made.id, offsetId: id, amountCur: made.amountCur, amountMst: made.amountMst })
  work.rows.push({ ...NOTHING, id, offsetId: made.id, ...settled, cashDiscount })
  if (!cashDiscount.isZero()) useDiscount(work, id, cashDiscount)
}

/** Takes `amount` (without sign) off a transaction; gives what was taken, with its sign. The last part takes all that is left. */
function reduce(work: Work, id: string, amount: Decimal): { readonly amountCur: Decimal; readonly amountMst: Decimal } {
  const item = work.items.get(id)
  if (item === undefined) throw new TypeError(`transaction ${id} is not open`)
  const amountCur = item.amountCur.isNegative() ? amount.negated() : amount
  const part = mstPart(item, amount, work.rules)
  const amountMst = item.amountMst.isNegative() ? part.negated() : part
  work.items.set(id, { ...item, amountCur: item.amountCur.minus(amountCur), amountMst: item.amountMst.minus(amountMst) })
  return { amountCur, amountMst }
}

/** The share of an open amount in the accounting currency, without sign. */
function mstPart(item: OpenItem, amount: Decimal, { stepMst }: SettlementRules): Decimal {
  const whole = item.amountMst.abs()
  if (amount.equals(item.amountCur.abs())) return whole
  return smaller(roundToStep(whole.times(amount).dividedBy(item.amountCur.abs()), stepMst), whole)
}

/** Takes `amount` (without sign) off the possible discount, as far as there is one; the last row of the transaction tells. */
function useDiscount(work: Work, id: string, amount: Decimal): void {
  const item = work.items.get(id)
  const index = work.rows.findLastIndex((row) => row.id === id)
  const row = work.rows[index]
  if (item === undefined || row === undefined) return
  const taken = smaller(amount, item.possibleCashDiscount.abs())
  const used = item.possibleCashDiscount.isNegative() ? taken.negated() : taken
  work.items.set(id, { ...item, possibleCashDiscount: item.possibleCashDiscount.minus(used) })
  work.rows[index] = { ...row, discountUsed: row.discountUsed.plus(used) }
}

const smaller = (left: Decimal, right: Decimal): Decimal => (left.lessThan(right) ? left : right)

/** What automatic settlement looks at. */
export interface SettlementCandidate {
  readonly id: string
  readonly transType: string
  readonly dueDate: string
  readonly date: string
  readonly voucher: string
}

/**
 * The order in which automatic settlement takes open transactions: the oldest due date first; where priorities are defined, by the priority of
 * their type before that (1 first, types without one last). Equal ones follow by date, invoices before anything else, and voucher.
 * Source: Supply Chain specification, 6.3 and EX-22.
 */
export function settlementOrder(
  candidates: readonly SettlementCandidate[],
  priorities: ReadonlyMap<string, number> = new Map(),
): SettlementCandidate[] {
  const sortKey = ({ transType, dueDate, date, voucher }: SettlementCandidate): readonly (string | number)[] => [
    priorities.get(transType) ?? Number.MAX_SAFE_INTEGER,
    dueDate,
    date,
    transType === 'Sales' ? 0 : 1,
    voucher,
  ]
  return [...candidates].sort((left, right) => compareKeys(sortKey(left), sortKey(right)))
}

function compareKeys(left: readonly (string | number)[], right: readonly (string | number)[]): number {
  for (const [index, part] of left.entries()) {
    const other = right[index] ?? ''
    if (part !== other) return part < other ? -1 : 1
  }
  return 0
}
