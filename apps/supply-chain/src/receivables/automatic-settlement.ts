import type { Decimal, SqlRunner } from '@p2c/base'
import { isSameText } from '../domain/field-value.ts'
import { type Mark, settlementOrder } from '../domain/receivables/settlement.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { findRows } from '../store/rows.ts'
import { findOpenTransactions } from './open-transactions.ts'

/** A payment that is marked for nothing. */
export interface UnmarkedPayment {
  readonly account: string
  readonly currency: string
  /** Negative where the customer paid. */
  readonly amountCur: Decimal
}

/**
 * What automatic settlement takes for each payment, in the order of the payments: everything open of the customer in the currency of the
 * payment, oldest due date first, or by the priorities of the company where it has any. Two statements. Source: Supply Chain specification, 6.3.
 */
export async function automaticMarks(
  sql: SqlRunner,
  { dataAreaId, payments }: { readonly dataAreaId: string; readonly payments: readonly UnmarkedPayment[] },
): Promise<Mark[][]> {
  if (payments.length === 0) return []
  const open = await findOpenTransactions(sql, { dataAreaId, accounts: [...new Set(payments.map(({ account }) => account))] })
  const byAccount = Map.groupBy(open, ({ accountNum }) => accountNum.toLowerCase())
  const priorities = await readPriorities(sql, dataAreaId)
  return payments.map(({ account, currency, amountCur }) => {
    const candidates = (byAccount.get(account.toLowerCase()) ?? [])
      .filter((each) => isSameText(each.currencyCode, currency) && each.isOwed === amountCur.isNegative())
      .map((each) => ({ ...each, id: each.recId }))
    return settlementOrder(candidates, priorities).map(({ id }) => ({ id }))
  })
}

/** Numbers by transaction type; a type of priority 0 has none. */
async function readPriorities(sql: SqlRunner, dataAreaId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await findRows(sql, {
    table: tableByRelation('cust_settlement_priority'),
    fields: ['dataAreaId'],
    keys: [[dataAreaId]],
    isMany: true,
  })
  const numbers = rows.map(({ values }) => [values.TransType ?? '', Number(values.Priority ?? '0')] as const)
  return new Map(numbers.filter(([, priority]) => priority > 0))
}
