import type { SqlRunner } from '@p2c/base'
import type { StockPlace } from '../domain/inventory/stock-state.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { initialValues } from '../store/decide-write.ts'
import { insertRows } from '../store/rows.ts'

const TABLE = tableByRelation('inventory_dimension')

/** Stores sets of dimensions that are not stored yet, in the order of their ids: two transactions wait for each other only one way. */
export async function insertDimensions(
  sql: SqlRunner,
  dataAreaId: string,
  places: readonly Pick<StockPlace, 'inventDimId' | 'dimensions'>[],
): Promise<void> {
  const byId = new Map(places.map((place) => [place.inventDimId, place]))
  const rows = [...byId.values()]
    .sort((a, b) => (a.inventDimId < b.inventDimId ? -1 : 1))
    .map(({ inventDimId, dimensions }) => ({ ...initialValues(TABLE), dataAreaId, inventDimId, ...dimensions }))
  await insertRows(sql, TABLE, rows)
}
