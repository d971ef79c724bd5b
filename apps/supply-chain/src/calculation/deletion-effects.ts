import type { DocumentKind } from '../domain/pricing/calculation-document.ts'
import type { RowChange, WriteEffect } from '../store/write-effects.ts'
import { DOCUMENT_TABLES } from './document-tables.ts'
import { deleteByKeys } from './total-rows.ts'

const deleted = (changes: readonly RowChange[]) =>
  changes.flatMap(({ recId, before, after }) => (after === undefined && before !== undefined ? [{ recId, row: before }] : []))

/** With a document go its charges, totals and tax. Source: Supply Chain specification, 3.4 (delete order). */
export const deleteCalculated =
  (kind: DocumentKind): WriteEffect =>
  async (sql, changes) => {
    const { header, charge, lineCharge, total, lineTotal, number } = DOCUMENT_TABLES[kind]
    const gone = deleted(changes)
    if (gone.length === 0) return
    const keys = gone.map(({ row }) => [row.dataAreaId ?? '', row[number] ?? ''])
    for (const relation of [charge, lineCharge, total, lineTotal])
      await deleteByKeys(sql, relation, { fields: ['dataAreaId', number], keys })
    await deleteByKeys(sql, 'tax_transaction', {
      fields: ['dataAreaId', 'DocumentTable', 'DocumentRecId'],
      keys: gone.map(({ recId, row }) => [row.dataAreaId ?? '', header, recId]),
    })
  }

/** With a line go its charges and totals; the tax of the document is made anew with its totals. */
export const deleteLineCalculated =
  (kind: DocumentKind): WriteEffect =>
  async (sql, changes) => {
    const { lineCharge, lineTotal } = DOCUMENT_TABLES[kind]
    const keys = deleted(changes).map(({ row }) => [row.dataAreaId ?? '', row.InventoryLotId ?? ''])
    for (const relation of [lineCharge, lineTotal]) await deleteByKeys(sql, relation, { fields: ['dataAreaId', 'InventoryLotId'], keys })
  }
