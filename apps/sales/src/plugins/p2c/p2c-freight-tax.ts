import type { Plugin, PluginContext, Row, TableEvent } from '@p2c/dataverse'
import { type P2cDocument, SOLUTION_DOCUMENTS } from '../../domain/p2c/p2c-documents.ts'
import { FREIGHT_TAX_STAYS, freightTaxStep, NEW_FREIGHT_TAX_LINE, SECOND_FREIGHT_TAX_LINE } from '../../domain/p2c/p2c-freight-tax.ts'
import { changes, enforce, idOf, nextIds, nextValue, textOf } from '../row-values.ts'

const AMOUNT = 'msdynce_misctax'
const MARK = 'msdynce_ismisctax'
const STORED = ['tax', 'sequencenumber', 'msdynce_ismaintainedexternally']

/** Keeps the Freight Tax line of orders or invoices in step with the header's tax that was just written. Source: Templates 9.1. */
async function keepInStep(document: P2cDocument, events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const written = events.filter((event) => (event.before === undefined ? (event.target[AMOUNT] ?? null) !== null : true))
  if (written.length === 0) return
  const lines = await findLines(document, written, context)
  const created: Row[] = []
  const updated: { id: string; values: Row }[] = []
  const deleted: string[] = []
  for (const { id, after } of written) {
    const line = lines.get(id)
    const step = freightTaxStep(textOf(after?.[AMOUNT]), line && toLine(line))
    const lineId = String(line?.[document.lineId])
    if (step.kind === 'create') created.push({ ...NEW_FREIGHT_TAX_LINE, ...step.values, [document.parent]: { table: document.header, id } })
    if (step.kind === 'update') updated.push({ id: lineId, values: { ...step.values } })
    if (step.kind === 'delete') deleted.push(lineId)
  }
  if (created.length > 0) await context.service.create(document.line, created)
  if (updated.length > 0) await context.service.update(document.line, updated)
  if (deleted.length > 0) await context.service.delete(document.line, deleted)
}

const toLine = (row: Row) => ({
  tax: textOf(row.tax),
  sequencenumber: typeof row.sequencenumber === 'number' ? row.sequencenumber : null,
  isExternal: row.msdynce_ismaintainedexternally === true,
})

/** The Freight Tax lines by header; a header that was just created has none. */
async function findLines(document: P2cDocument, events: readonly TableEvent[], context: PluginContext): Promise<ReadonlyMap<string, Row>> {
  const ids = events.flatMap((event) => (event.before === undefined ? [] : [event.id]))
  if (ids.length === 0) return new Map()
  const columns = [...STORED, document.parent]
  const found = await context.service.find({ table: document.line, columns, where: { [document.parent]: ids, [MARK]: true } })
  return new Map(found.map((row) => [idOf(row[document.parent]) ?? '', row]))
}

/** A document has one Freight Tax line at most, whoever writes it. Its header is locked: two writers take turns. */
async function checkSingle(document: P2cDocument, events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const marked = events.filter((event) => nextValue(event, MARK) === true)
  if (marked.length === 0) return
  const headers = nextIds(marked, document.parent)
  await context.service.find({ table: document.header, columns: [], where: { [document.headerId]: headers }, forUpdate: true })
  const stored = await context.service.find({
    table: document.line,
    columns: [document.parent],
    where: { [document.parent]: headers, [MARK]: true },
  })
  const rewritten = new Set(marked.map((event) => event.id))
  const others = stored.filter((row) => !rewritten.has(String(row[document.lineId]))).map((row) => idOf(row[document.parent]))
  const taken = [...others, ...marked.map((event) => idOf(nextValue(event, document.parent)))]
  if (new Set(taken).size < taken.length) enforce(SECOND_FREIGHT_TAX_LINE)
}

/** In another document it would show a tax that the header there does not have. */
async function checkStays(document: P2cDocument, events: readonly TableEvent[]): Promise<void> {
  for (const event of events) if (event.before?.[MARK] === true && changes(event, document.parent)) enforce(FREIGHT_TAX_STAYS)
}

function freightTaxOf(document: P2cDocument): readonly Plugin[] {
  const header = { name: `${document.header} freight tax`, table: document.header, stage: 'post-operation' } as const
  const line = { name: `${document.line} freight tax`, table: document.line, stage: 'pre-operation' } as const
  const keep: Plugin['run'] = (events, context) => keepInStep(document, events, context)
  const check: Plugin['run'] = (events, context) => checkSingle(document, events, context)
  return [
    { ...header, message: 'create', run: keep },
    { ...header, message: 'update', columns: [AMOUNT], reads: [AMOUNT], run: keep },
    { ...line, message: 'create', run: check },
    { ...line, message: 'update', columns: [MARK, document.parent], reads: [MARK, document.parent], run: check },
    {
      ...line,
      message: 'update',
      columns: [document.parent],
      reads: [MARK, document.parent],
      run: (events) => checkStays(document, events),
    },
  ]
}

/** The Freight Tax line of orders and invoices. Source: Sales 6.6, Templates 5 S10 and 9.1. */
export const freightTaxPlugins: readonly Plugin[] = SOLUTION_DOCUMENTS.filter((document) => document.hasFreightTax).flatMap(freightTaxOf)
