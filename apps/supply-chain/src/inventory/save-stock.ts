import type { SqlRunner } from '@p2c/base'
import type { FieldValues } from '../domain/field-value.ts'
import { rowKey, type SumRow } from '../domain/inventory/stock-state.ts'
import type { StockTransaction } from '../domain/inventory/stock-transaction.ts'
import { type Table, tableByRelation } from '../entities/catalogue.ts'
import { SUM_COLUMNS } from '../entities/inventory.ts'
import { initialValues } from '../store/decide-write.ts'
import { deleteRows } from '../store/delete-rows.ts'
import { insertRows, type RowUpdate, updateRows } from '../store/rows.ts'
import type { StoredRow } from '../store/tracked-row.ts'
import { insertDimensions } from './dimension-rows.ts'
import type { LoadedStock } from './load-stock.ts'
import { originValues, partValues, sumValues } from './stock-rows.ts'

/** Rows of one table that were added, changed and removed. */
interface RowChanges {
  readonly added: FieldValues[]
  readonly changed: RowUpdate[]
  readonly removed: StoredRow[]
}

const noChanges = (): RowChanges => ({ added: [], changed: [], removed: [] })

/** Notes what became of a row; one that is as it was costs nothing. */
function compare(changes: RowChanges, stored: StoredRow | undefined, after: FieldValues): void {
  if (stored === undefined) changes.added.push(after)
  else if (Object.keys(after).some((name) => stored.values[name] !== after[name]))
    changes.changed.push({ stored, after: { ...stored.values, ...after } })
}

/**
 * A function that writes what has changed in the stock since it was loaded or last written: per table one insert, one update and one
 * delete at most. The rows are protected by the locks of their places.
 */
export function createStockSaver(sql: SqlRunner, dataAreaId: string, loaded: LoadedStock): () => Promise<void> {
  return async () => {
    const { origins, transactions } = lotChanges(dataAreaId, loaded)
    const sums = noChanges()
    for (const [key, row] of loaded.state.rows) {
      const stored = loaded.sums.get(key)
      if (stored !== undefined || isUsed(row)) compare(sums, stored, sumValues(dataAreaId, row))
    }
    const fresh = [...loaded.state.rows].filter(([key]) => !loaded.sums.has(key)).map(([, row]) => row)
    await insertDimensions(sql, dataAreaId, fresh)
    for (const row of await write(sql, SUMS, sums)) loaded.sums.set(rowKey(at(row, 'ItemNumber'), at(row, 'inventDimId')), row)
    for (const row of origins.removed) loaded.origins.delete(lotKey(row))
    for (const row of await write(sql, ORIGINS, origins)) loaded.origins.set(lotKey(row), row)
    for (const row of transactions.removed) loaded.transactions.get(lotKey(row))?.delete(Number(at(row, 'SplitNumber')))
    for (const row of await write(sql, TRANSACTIONS, transactions)) rememberPart(loaded, row)
  }
}

const SUMS = tableByRelation('inventory_sum')
const ORIGINS = tableByRelation('inventory_transaction_origin')
const TRANSACTIONS = tableByRelation('inventory_transaction')

const at = (row: StoredRow, name: string): string => row.values[name] ?? ''
const lotKey = (row: StoredRow): string => at(row, 'InventTransId').toLowerCase()

/** A place where nothing ever was needs no row. */
const isUsed = (row: SumRow): boolean => SUM_COLUMNS.some((column) => !row.sums[column].isZero())

function rememberPart(loaded: LoadedStock, row: StoredRow): void {
  const parts = loaded.transactions.get(lotKey(row)) ?? new Map<number, StoredRow>()
  loaded.transactions.set(lotKey(row), parts.set(Number(at(row, 'SplitNumber')), row))
}

/** What became of the lots; new parts get their numbers. A lot that is gone takes its transactions with it. */
function lotChanges(
  dataAreaId: string,
  { state, ...loaded }: LoadedStock,
): { readonly origins: RowChanges; readonly transactions: RowChanges } {
  const origins = noChanges()
  const transactions = noChanges()
  for (const [lotId, lot] of state.lots) {
    const known = loaded.transactions.get(lotId) ?? new Map<number, StoredRow>()
    lot.parts = numbered(lot.parts, known)
    for (const part of lot.parts) compare(transactions, known.get(part.splitNumber), partValues(dataAreaId, lot.origin.lotId, part))
    const kept = new Set(lot.parts.map((part) => part.splitNumber))
    for (const [splitNumber, row] of known) if (!kept.has(splitNumber)) transactions.removed.push(row)
    compare(origins, loaded.origins.get(lotId), originValues(dataAreaId, lot.origin))
  }
  for (const [lotId, row] of loaded.origins) {
    if (state.lots.has(lotId)) continue
    origins.removed.push(row)
    transactions.removed.push(...(loaded.transactions.get(lotId)?.values() ?? []))
  }
  return { origins, transactions }
}

/** Numbers are not given twice within a lot, not even that of a part that goes in the same moment. */
function numbered(parts: readonly StockTransaction[], known: ReadonlyMap<number, StoredRow>): StockTransaction[] {
  let last = Math.max(0, ...known.keys(), ...parts.map((part) => part.splitNumber))
  return parts.map((part) => (part.splitNumber === 0 ? { ...part, splitNumber: ++last } : part))
}

/** Writes the changes of one table; gives the rows that were added or changed as they are now. */
async function write(sql: SqlRunner, table: Table, { added, changed, removed }: RowChanges): Promise<StoredRow[]> {
  await deleteRows(
    sql,
    table,
    removed.map((row) => row.recId),
  )
  const versions = await updateRows(sql, table, changed)
  const rows = added.map((values) => ({ ...initialValues(table), ...values }))
  const identities = await insertRows(sql, table, rows)
  return [
    ...changed.map(({ stored, after }) => ({ values: after, recId: stored.recId, recVersion: versions.get(stored.recId) ?? '' })),
    ...rows.map((values, index) => {
      const identity = identities[index]
      if (identity === undefined) throw new TypeError(`a row of ${table.relation} was written beside the locks of its place`)
      return { values, ...identity }
    }),
  ]
}
