import { type Decimal, decimal, isLess, type SqlRunner, sum, ZERO } from '@p2c/base'
import { checkCredit } from '../calculation/check-credit.ts'
import { at, dayOf, type FieldValues } from '../domain/field-value.ts'
import type { InfologEntry } from '../domain/messages.ts'
import type { RowChange, WriteEffect } from '../store/write-effects.ts'

/** What of a line is not invoiced: the part of its net amount that counts against the limit. */
function openAmount(row: FieldValues | undefined): Decimal {
  const quantity = decimal(at(row, 'OrderedSalesQuantity') || '0')
  if (row === undefined || quantity.isZero()) return ZERO
  const open = decimal(at(row, 'RemainSalesPhysical') || '0').plus(decimal(at(row, 'RemainSalesFinancial') || '0'))
  return decimal(at(row, 'LineAmount') || '0')
    .times(open)
    .dividedBy(quantity)
}

const growthOf = ({ before, after }: RowChange): Decimal => openAmount(after).minus(openAmount(before))
const sumOf = (lines: readonly RowChange[]): Decimal => sum(lines.map(growthOf))

const rowOf = ({ before, after }: RowChange): FieldValues | undefined => after ?? before
const keyOf = (dataAreaId: string, number: string): string => `${dataAreaId}\u0001${number}`.toLowerCase()
const orderOf = (change: RowChange): string => keyOf(at(rowOf(change), 'dataAreaId'), at(rowOf(change), 'SalesOrderNumber'))

/**
 * Credit at line entry, whoever enters: an order that grows must stay within the limit of its invoice customer (E19); one that shrinks may
 * always be written. Refused are the last lines that made the order grow, as many as make up the excess. Where the company only warns, nobody
 * is told here: a write has no place for warnings. Source: Supply Chain specification, 3.6.
 */
export const checkCreditOfLines: WriteEffect = async (sql: SqlRunner, changes, { now, refuseAll }) => {
  const orders = new Map([...Map.groupBy(changes, orderOf)].filter(([, lines]) => isLess(ZERO, sumOf(lines))))
  const byCompany = Map.groupBy(orders.values(), ([line]) => at(line && rowOf(line), 'dataAreaId'))
  const refusals = new Map<RowChange, readonly InfologEntry[]>()
  // In one order for everybody: two change sets over the same companies lock their customers one way.
  for (const [dataAreaId, ofCompany] of [...byCompany].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const documents = ofCompany.map(([line]) => ({ salesOrderNumber: at(line && rowOf(line), 'SalesOrderNumber') }))
    for (const finding of await checkCredit(sql, { dataAreaId, documents, on: dayOf(now) })) {
      if (!finding.isRefused) continue
      const lines = orders.get(keyOf(dataAreaId, finding.salesOrderNumber)) ?? []
      for (const line of tooMuch(lines, finding.excess)) refusals.set(line, [finding.entry])
    }
  }
  if (refusals.size > 0) refuseAll(refusals)
}

/** Lines from the last one on, until their growth makes up the excess; at least one. */
function tooMuch(lines: readonly RowChange[], excess: Decimal): RowChange[] {
  const refused: RowChange[] = []
  let covered = ZERO
  for (const line of lines.toReversed()) {
    if (refused.length > 0 && !isLess(covered, excess)) break
    const growth = growthOf(line)
    if (!isLess(ZERO, growth)) continue
    refused.push(line)
    covered = covered.plus(growth)
  }
  return refused
}
