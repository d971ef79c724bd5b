import type { SqlRunner } from '@p2c/base'
import { createStockBook, type StockBook } from '../domain/inventory/stock-book.ts'
import { loadStock } from './load-stock.ts'
import { createStockSaver } from './save-stock.ts'

/** Stock of some lots: operations in memory, written by `save`. See `StockBook` for what each operation promises. */
export interface Stock extends StockBook {
  /** Writes what has changed since the stock was opened or last saved: a fixed number of statements. Saving twice writes once. */
  save(): Promise<void>
}

/** Lots of one company. */
export interface OpenStockOptions {
  readonly dataAreaId: string
  /** Lot ids of order, quotation or journal lines; unknown ones count as not stocked. */
  readonly lots: readonly string[]
  readonly now: Date
}

/**
 * Opens the stock of lots within a transaction. Locks the place (item, product dimensions, site, warehouse) of each lot in key order until
 * the end of the transaction, then loads what is there: nobody else can take the same goods in the meantime. Open it once per transaction,
 * after the documents are locked; two of them could wait for each other.
 */
export async function openStock(sql: SqlRunner, options: OpenStockOptions): Promise<Stock> {
  const loaded = await loadStock(sql, { ...options, places: [] })
  const save = createStockSaver(sql, options.dataAreaId, loaded)
  return { ...createStockBook(loaded.state), save }
}
