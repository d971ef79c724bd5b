import type { Decimal, SqlRunner } from '@p2c/base'
import { endBeyond, type RouteLine } from '../domain/fulfilment/picking.ts'
import { joinKey, type StoredRow } from '../store/tracked-row.ts'
import type { OpenLine } from './open-orders.ts'
import { readRoutes, storeRoutes, toRouteLine } from './picking-routes.ts'

/** A line and the quantity of it that may stay on picking lists, in the sales unit. */
export interface NeededLine {
  readonly target: OpenLine
  readonly needed: Decimal
}

/** Ends what picking lists hold beyond the need of their lines, newest list first. Three statements where there is something, none otherwise. */
export async function endNeedlessPicking(sql: SqlRunner, lines: readonly NeededLine[], now: Date): Promise<void> {
  const excessive = lines.filter(({ target: { line }, needed }) => !line.listed.isZero() && line.listed.greaterThan(needed))
  if (excessive.length === 0) return
  const named = excessive.map(({ target }) => [target.row.values.dataAreaId ?? '', target.row.values.SalesOrderNumber ?? ''])
  const keys = [...new Map(named.map((key) => [joinKey(key), key])).values()]
  const routes = await readRoutes(sql, { field: 'SalesOrderNumber', keys })
  const stored = routes
    .toSorted((a, b) => (a.header.recId.padStart(20, '0') < b.header.recId.padStart(20, '0') ? -1 : 1))
    .flatMap((route) => route.lines)
  const byLot = Map.groupBy(stored, ({ values }) => joinKey([values.InventoryLotId ?? '']))
  const changed = new Map<StoredRow, RouteLine>()
  for (const { target, needed } of excessive) {
    const own = byLot.get(joinKey([target.line.lotId])) ?? []
    const before = own.map(toRouteLine)
    for (const [index, line] of endBeyond(before, needed).entries()) {
      const row = own[index]
      if (row !== undefined && line !== before[index]) changed.set(row, line)
    }
  }
  await storeRoutes(sql, routes, { changed, now })
}
