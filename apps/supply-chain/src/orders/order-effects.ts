import type { SqlRunner } from '@p2c/base'
import type { FieldValues } from '../domain/field-value.ts'
import type { RowChange, WriteEffect } from '../store/write-effects.ts'
import { refreshOrders } from './refresh-orders.ts'

const orderOf = (row: FieldValues) => ({ dataAreaId: row.dataAreaId ?? '', salesOrderNumber: row.SalesOrderNumber ?? '' })

/**
 * Lines that came, changed or went set the statuses of their order anew and make its totals out of date. Runs last, once all else that
 * hangs on a line is stored.
 */
export const refreshOrdersOfLines: WriteEffect = (sql: SqlRunner, changes: readonly RowChange[]) =>
  refreshOrders(
    sql,
    changes.flatMap(({ before, after }) => [before, after].filter((row) => row !== undefined).map(orderOf)),
  )
