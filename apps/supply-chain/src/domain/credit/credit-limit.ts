import type { Decimal } from '@p2c/base'
import { ZERO } from '@p2c/base'
import { type InfologEntry, messageText } from '../messages.ts'

/** What is counted against a credit limit. Source: `TypeOfCreditmaxCheck` of the Supply Chain specification, 2.3. */
export type CreditLimitType = 'None' | 'Balance' | 'BalanceDelivered' | 'BalanceAll'

/** What a customer owes or is about to owe, in the accounting currency. The document that is checked is in none of the three. */
export interface Exposure {
  /** Open customer transactions. */
  readonly balance: Decimal
  /** Delivered, not invoiced. */
  readonly delivered: Decimal
  /** Ordered, not delivered. */
  readonly ordered: Decimal
}

/** The limit of a customer, in the accounting currency. */
export interface CreditLimit {
  readonly limit: Decimal
  /** A mandatory limit is checked even where the parameters switch the check off, and a limit of 0 then allows nothing. */
  readonly isMandatory: boolean
}

/** What counts under one type of check. Source: Supply Chain specification, 3.6. */
const COUNTED: Readonly<Record<CreditLimitType, readonly (keyof Exposure)[]>> = {
  None: [],
  Balance: ['balance'],
  BalanceDelivered: ['balance', 'delivered'],
  BalanceAll: ['balance', 'delivered', 'ordered'],
}

/** The check that applies to a customer: undefined where nothing limits it. */
export function creditCheckOf(type: CreditLimitType, { limit, isMandatory }: CreditLimit): CreditLimitType | undefined {
  if (isMandatory) return type === 'None' ? 'Balance' : type
  return type === 'None' || limit.isZero() ? undefined : type
}

/** Whether orders count beside open transactions. */
export function countsOrders(type: CreditLimitType, limit: CreditLimit): boolean {
  const check = creditCheckOf(type, limit)
  return check !== undefined && COUNTED[check].some((name) => name !== 'balance')
}

/** A document that is held against the limit of its customer. */
export interface CreditQuestion {
  readonly type: CreditLimitType
  readonly limit: CreditLimit
  readonly exposure: Exposure
  /** Amount of the document that is checked, added once. A credit note or a document of nothing never exceeds a limit. */
  readonly document: Decimal
}

/** By how much a document takes its customer over the limit; undefined where it does not. EX-25 holds the figures. */
export function creditExcess({ type, limit, exposure, document }: CreditQuestion): Decimal | undefined {
  const check = creditCheckOf(type, limit)
  if (check === undefined || !document.greaterThan(ZERO)) return undefined
  const total = COUNTED[check].reduce((sum, name) => sum.plus(exposure[name]), document)
  const excess = total.minus(limit.limit)
  return excess.greaterThan(ZERO) ? excess : undefined
}

/** The entry of a customer over its limit: an error that stops, or a warning that is told with the success of the command. */
export const creditEntry = (
  { account, excess, currencyCode }: { readonly account: string; readonly excess: Decimal; readonly currencyCode: string },
  mode: 'Error' | 'Warning',
): InfologEntry => ({ severity: mode, code: 'E19', text: messageText('E19', account, excess.toFixed(2), currencyCode) })
