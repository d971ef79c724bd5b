import { type ActionContext, type AppAction, type Row, readEntityParameter, refuse } from '@p2c/dataverse'
import { CONVERSION_COLUMNS, REVISION_COLUMNS } from '../domain/documents/document-copy.ts'
import {
  isOpenQuote,
  nextRevision,
  OPEN_REVISION_EXISTS,
  QUOTE_REVISED,
  QUOTE_STATES,
  refuseQuoteEvent,
} from '../domain/documents/quote-state.ts'
import type { SalesSwitches } from '../domain/sales-switches.ts'
import { copyDocument } from '../plugins/documents/copy-documents.ts'
import { enforce } from '../plugins/row-values.ts'
import { type Close, closeDay, createClose, readClose } from './close-activities.ts'
import { COLUMN_SET, columnSetOf } from './column-set.ts'
import { lockDocument, PROCESS_INSTANCE, requireReadable, workOf } from './source-rows.ts'

const DEFAULT_REASON = -1

interface Ending {
  readonly state: 'won' | 'closed'
  readonly status: number
  readonly close: Row
}

/** Ends a locked quote and keeps how, by whom and when. Source: Sales 2.3. */
async function endQuote(context: ActionContext, quote: Row, ending: Ending): Promise<void> {
  const id = String(quote.quoteid)
  const values = { statecode: QUOTE_STATES[ending.state], statuscode: ending.status, closedon: closeDay(context, ending.close) }
  await context.service.update('quote', [{ id, values }])
  const own = { quoteid: { table: 'quote', id }, quotenumber: quote.quotenumber ?? null, revision: quote.revisionnumber ?? null }
  await createClose(context, 'quoteclose', { values: ending.close, own })
}

const readQuoteClose = (context: ActionContext, value: unknown): Promise<Close> =>
  readClose(context, { name: 'QuoteClose', value, table: 'quoteclose', regarding: 'quoteid' })

const closeAction = (name: 'WinQuote' | 'CloseQuote', event: 'win' | 'close'): AppAction => ({
  name,
  binding: 'unbound',
  parameters: [
    { name: 'QuoteClose', type: 'mscrm.quoteclose' },
    { name: 'Status', type: 'Edm.Int32' },
  ],
  run: async (context, parameters) => {
    const { documentId, values } = await readQuoteClose(context, parameters.QuoteClose)
    const quote = await lockDocument(context, 'quote', documentId)
    enforce(refuseQuoteEvent(Number(quote.statecode), event))
    await endQuote(context, quote, { state: event === 'win' ? 'won' : 'closed', status: Number(parameters.Status), close: values })
    return undefined
  },
})

/**
 * Locks all revisions of a quote's number, in the order of their ids: two revisions at once take turns. They are read once more when they
 * are locked, since the statement that waited does not see the row that the other one made.
 */
async function lockRevisions(context: ActionContext, quoteId: string): Promise<{ readonly source: Row; readonly all: readonly Row[] }> {
  const [known] = await context.service.find({ table: 'quote', columns: ['quotenumber'], where: { quoteid: quoteId } })
  const where = { quotenumber: known?.quotenumber ?? null }
  if (known !== undefined) await context.service.find({ table: 'quote', columns: [], where, forUpdate: true })
  const all = known === undefined ? [] : await context.service.find({ table: 'quote', where })
  const source = all.find((row) => row.quoteid === quoteId)
  if (source === undefined) refuse({ code: '0x80040217', status: 404, message: `quote With Id = ${quoteId} Does Not Exist` })
  await requireReadable(context, 'quote', quoteId)
  return { source, all }
}

/** Makes the next revision as a draft; an active source is closed as Revised first, where the switch says so. Source: Sales 2.3. */
async function reviseQuote(context: ActionContext, quoteId: string, switches: SalesSwitches): Promise<string> {
  const { source, all } = await lockRevisions(context, quoteId)
  enforce(refuseQuoteEvent(Number(source.statecode), 'revise'))
  const open = all.find((row) => isOpenQuote(row.statecode) && (row !== source || !switches.reviseClosesActiveQuote))
  if (open !== undefined) {
    enforce(OPEN_REVISION_EXISTS(String(source.quotenumber), open.statecode === QUOTE_STATES.draft ? 'Draft' : 'Active'))
  }
  if (source.statecode === QUOTE_STATES.active) {
    await endQuote(context, source, { state: 'closed', status: QUOTE_REVISED, close: { subject: 'Quote Revised' } })
  }
  return copyDocument(workOf(context), {
    from: { document: 'quote', row: source },
    to: 'quote',
    columns: REVISION_COLUMNS,
    header: { revisionnumber: nextRevision(all.map((row) => Number(row.revisionnumber))) },
  })
}

const revise = (switches: SalesSwitches): AppAction => ({
  name: 'ReviseQuote',
  binding: 'unbound',
  parameters: [{ name: 'QuoteId', type: 'Edm.Guid' }, COLUMN_SET],
  returns: 'mscrm.quote',
  run: async (context, parameters) => {
    const columns = columnSetOf(context, 'quote', parameters.ColumnSet)
    const id = await reviseQuote(context, String(parameters.QuoteId), switches)
    return { kind: 'record', table: 'quote', id, ...(columns !== undefined && { columns }) }
  },
})

/** Parameters of a conversion that describe the close activity, by its columns. */
const CLOSE_PARAMETERS = {
  QuoteCloseDate: 'actualend',
  QuoteCloseSubject: 'subject',
  QuoteCloseDescription: 'description',
} as const

/** The close activity that the optional parameters of a conversion describe, read as a body is. */
function conversionClose(context: ActionContext, parameters: Readonly<Record<string, unknown>>): Promise<Row> {
  const given = Object.entries(CLOSE_PARAMETERS).flatMap(([name, column]) => (parameters[name] == null ? [] : [[column, parameters[name]]]))
  return readEntityParameter(context, { name: 'QuoteClose', value: Object.fromEntries(given), tables: ['quoteclose'] })
}

/**
 * Makes an order of a won quote, as often as it is asked to; an active one is won first. The order keeps the prices of the quote.
 * Source: Sales 2.3.
 */
const convert: AppAction = {
  name: 'ConvertQuoteToSalesOrder',
  binding: 'unbound',
  parameters: [
    { name: 'QuoteId', type: 'Edm.Guid' },
    COLUMN_SET,
    { name: 'QuoteCloseDate', type: 'Edm.DateTimeOffset', optional: true },
    { name: 'QuoteCloseStatus', type: 'Edm.Int32', optional: true },
    { name: 'QuoteCloseSubject', type: 'Edm.String', optional: true },
    { name: 'QuoteCloseDescription', type: 'Edm.String', optional: true },
    PROCESS_INSTANCE,
  ],
  returns: 'mscrm.salesorder',
  run: async (context, parameters) => {
    const columns = columnSetOf(context, 'salesorder', parameters.ColumnSet)
    const close = await conversionClose(context, parameters)
    const quoteId = String(parameters.QuoteId)
    const quote = await lockDocument(context, 'quote', quoteId)
    enforce(refuseQuoteEvent(Number(quote.statecode), 'convert'))
    if (quote.statecode === QUOTE_STATES.active) {
      await endQuote(context, quote, { state: 'won', status: Number(parameters.QuoteCloseStatus ?? DEFAULT_REASON), close })
    }
    const id = await copyDocument(workOf(context), {
      from: { document: 'quote', row: quote },
      to: 'salesorder',
      columns: CONVERSION_COLUMNS,
      header: { quoteid: { table: 'quote', id: quoteId }, ispricelocked: true },
      lineValues: (line) => ({ quotedetailid: { table: 'quotedetail', id: String(line.quotedetailid) }, iscopied: true }),
    })
    return { kind: 'record', table: 'salesorder', id, ...(columns !== undefined && { columns }) }
  },
}

/** Messages of quotes. Source: Sales 2.3, wire specification 15. */
export const quoteActions = (switches: SalesSwitches): readonly AppAction[] => [
  closeAction('WinQuote', 'win'),
  closeAction('CloseQuote', 'close'),
  revise(switches),
  convert,
]
