import type { SqlRunner } from '@p2c/base'
import { CommandRefusal } from '../commands/command.ts'
import { refuseCommand } from '../domain/messages.ts'
import { nextQuotationStatus, type QuotationEvent, type QuotationStatus, refuseTransition } from '../domain/quotations/quotation-status.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { findRows, updateRows } from '../store/rows.ts'
import type { StoredRow } from '../store/tracked-row.ts'

/** Names one quotation. */
export interface QuotationKey {
  readonly dataAreaId: string
  readonly salesQuotationNumber: string
}

/** A quotation whose rows are locked until the transaction ends. */
export interface LockedQuotation {
  readonly header: StoredRow
  /** In the order of their line numbers. */
  readonly lines: readonly StoredRow[]
  /** The status that the event leads to. */
  readonly next: QuotationStatus
}

const FIELDS = ['dataAreaId', 'SalesQuotationNumber'] as const

const numberOf = (row: StoredRow, name: string): number => Number(row.values[name] ?? '0')

/** Locks a quotation, header before lines, for an event that its status allows. Throws a `CommandRefusal`: E01 unknown, E25 wrong status. */
export async function lockQuotation(
  sql: SqlRunner,
  key: QuotationKey,
  event: Exclude<QuotationEvent, 'edit' | 'delete'>,
): Promise<LockedQuotation> {
  const keys = [[key.dataAreaId, key.salesQuotationNumber]]
  const table = tableByRelation('sales_quotation')
  const [header] = await findRows(sql, { table, fields: FIELDS, keys, isForUpdate: true })
  if (header === undefined) throw new CommandRefusal(refuseCommand('E01', key.salesQuotationNumber, 'Quotation', table.tableLabel))
  const status = header.values.SalesQuotationStatus ?? ''
  const next = nextQuotationStatus(status, event)
  if (next === undefined || next === 'deleted')
    throw new CommandRefusal(refuseTransition(header.values.SalesQuotationNumber ?? '', status, event))
  const lines = await findRows(sql, {
    table: tableByRelation('sales_quotation_line'),
    fields: FIELDS,
    keys,
    isForUpdate: true,
    isMany: true,
  })
  const byNumber = (a: StoredRow, b: StoredRow): number =>
    numberOf(a, 'LineNumber') - numberOf(b, 'LineNumber') ||
    numberOf(a, 'LineCreationSequenceNumber') - numberOf(b, 'LineCreationSequenceNumber')
  return { header, lines: lines.sort(byNumber), next }
}

/** Stores the status that the event led to, with what goes with it. */
export async function storeStatus(
  sql: SqlRunner,
  { header, next }: LockedQuotation,
  further: Readonly<Record<string, string>>,
): Promise<void> {
  const after = { ...header.values, SalesQuotationStatus: next, ...further }
  await updateRows(sql, tableByRelation('sales_quotation'), [{ stored: header, after }])
}
