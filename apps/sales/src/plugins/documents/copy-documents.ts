import type { PluginContext, Row, TableDefinition } from '@p2c/dataverse'
import { copyOf, LINE_COLUMNS } from '../../domain/documents/document-copy.ts'
import { type DocumentFamily, type DocumentHeader, familyOf } from '../../domain/documents/document-family.ts'
import { invoice, invoicedetail } from '../../tables/invoice.ts'
import { quote, quotedetail } from '../../tables/quote.ts'
import { salesorder, salesorderdetail } from '../../tables/sales-order.ts'
import { idOf } from '../row-values.ts'

/** Kinds of documents that are made from others. */
export type MadeDocument = Exclude<DocumentHeader, 'opportunity'>

const TABLES: Readonly<Record<MadeDocument, { readonly header: TableDefinition; readonly line: TableDefinition }>> = {
  quote: { header: quote, line: quotedetail },
  salesorder: { header: salesorder, line: salesorderdetail },
  invoice: { header: invoice, line: invoicedetail },
}

/** Columns that the platform adds to what a table describes itself. */
const PLATFORM_COLUMNS = ['transactioncurrencyid', 'ownerid']

const hasColumn = (table: TableDefinition): ((column: string) => boolean) => {
  const names = new Set([...PLATFORM_COLUMNS, ...table.columns.map((column) => column.name)])
  return (column) => names.has(column)
}

type CopyContext = Pick<PluginContext, 'service' | 'ids' | 'clock'>

export interface DocumentCopy {
  readonly from: { readonly document: DocumentHeader; readonly row: Row }
  readonly to: MadeDocument
  readonly columns: readonly string[]
  /** What the new header holds beside the copied columns. */
  readonly header: Row
  readonly lineValues?: LineValues
}

/** What a new line holds beside the copied columns of its source. */
export type LineValues = (source: Row) => Row

/**
 * Makes a document with all lines of another one: one insert for the header, one for its lines. Gives the id of the new header. The
 * caller has locked the source. Source: Sales 2.2 to 2.4.
 */
export async function copyDocument(context: CopyContext, copy: DocumentCopy): Promise<string> {
  const { from, to } = copy
  const header = { ...copyOf(from.row, copy.columns, hasColumn(TABLES[to].header)), ...copy.header }
  const [id = ''] = await context.service.create(to, [header])
  await copyLines(context, {
    from: { document: from.document, id: String(from.row[familyOf(from.document).headerId]) },
    to: { document: to, id },
    ...(copy.lineValues !== undefined && { lineValues: copy.lineValues }),
  })
  return id
}

export interface LinesCopy {
  readonly from: { readonly document: DocumentHeader; readonly id: string }
  readonly to: { readonly document: MadeDocument; readonly id: string }
  readonly lineValues?: LineValues
}

/** Adds the lines of one document to another, in their order. */
export async function copyLines(context: CopyContext, copy: LinesCopy): Promise<void> {
  const source = familyOf(copy.from.document)
  const target = familyOf(copy.to.document)
  const lines = await context.service.find({
    table: source.line,
    where: { [source.parent]: copy.from.id },
    orderBy: [{ column: 'sequencenumber' }, { column: 'lineitemnumber' }, { column: 'createdon' }, { column: 'versionnumber' }],
  })
  // The Freight Tax line is kept by the rule of its header's amount. Source: Templates 9.1.
  const copied = lines.filter((line) => line.msdynce_ismisctax !== true)
  if (copied.length === 0) return
  const newIds = new Map(copied.map((line) => [String(line[source.lineId]), context.ids.timeGuid(context.clock.now())]))
  const has = hasColumn(TABLES[copy.to.document].line)
  const rows = copied.map(
    (line): Row => ({
      ...copyOf(line, LINE_COLUMNS, has),
      ...bundleLinks(line, { newIds, lineTable: target.line }),
      ...copy.lineValues?.(line),
      [target.lineId]: newIds.get(String(line[source.lineId])) ?? null,
      [target.parent]: { table: target.header, id: copy.to.id },
    }),
  )
  await context.service.create(target.line, rows)
}

/** Component lines of a bundle belong to the copy of their bundle line. Source: Sales 1.9. */
function bundleLinks(line: Row, facts: { readonly newIds: ReadonlyMap<string, string>; readonly lineTable: DocumentFamily['line'] }): Row {
  const bundle = facts.newIds.get(idOf(line.parentbundleidref) ?? '')
  const group = typeof line.parentbundleid === 'string' ? (facts.newIds.get(line.parentbundleid) ?? line.parentbundleid) : null
  return {
    parentbundleidref: bundle === undefined ? null : { table: facts.lineTable, id: bundle },
    parentbundleid: group,
  }
}
