import { type ActionContext, type AppAction, type Row, readReferenceParameter, refuse } from '@p2c/dataverse'
import { OPPORTUNITY_COLUMNS } from '../domain/documents/document-copy.ts'
import { DOCUMENT_READ_ONLY, isEditable } from '../domain/documents/document-lock.ts'
import { copyDocument, copyLines, type MadeDocument } from '../plugins/documents/copy-documents.ts'
import { enforce, idOf } from '../plugins/row-values.ts'
import { COLUMN_SET, columnSetOf } from './column-set.ts'
import { lockDocument, PROCESS_INSTANCE, workOf } from './source-rows.ts'

const NAMES: Readonly<Record<MadeDocument, string>> = { quote: 'Quote', salesorder: 'SalesOrder', invoice: 'Invoice' }

/** `statecode` of opportunities that are lost. Source: Sales 2.2. */
const LOST = 2

/** Open and won opportunities become documents; a lost one is opened again first. Source: Sales 2.2; the code is our choice. */
function refuseLost(opportunity: Row): void {
  if (opportunity.statecode === LOST)
    refuse({ code: '0x80048408', message: 'The opportunity is Lost: documents are made of open and won ones. Reopen it first.' })
}

/** Makes a document with everything that the opportunity holds. Source: Sales 2.2, wire specification 15. */
const generate = (document: MadeDocument): AppAction => ({
  name: `Generate${NAMES[document]}FromOpportunity`,
  binding: 'unbound',
  parameters: [{ name: 'OpportunityId', type: 'Edm.Guid' }, COLUMN_SET, ...(document === 'quote' ? [PROCESS_INSTANCE] : [])],
  returns: `mscrm.${document}`,
  run: async (context, parameters) => {
    const columns = columnSetOf(context, document, parameters.ColumnSet)
    const id = String(parameters.OpportunityId)
    const opportunity = await lockDocument(context, 'opportunity', id)
    refuseLost(opportunity)
    const made = await copyDocument(workOf(context), {
      from: { document: 'opportunity', row: opportunity },
      to: document,
      columns: OPPORTUNITY_COLUMNS,
      header: { opportunityid: { table: 'opportunity', id } },
    })
    return { kind: 'record', table: document, id: made, typed: true, ...(columns !== undefined && { columns }) }
  },
})

async function bringLines(context: ActionContext, document: MadeDocument, opportunityId: string): Promise<void> {
  const opportunity = await lockDocument(context, 'opportunity', opportunityId)
  const header = await lockDocument(context, document, context.boundId ?? '')
  if (!isEditable(document, header.statecode, context.write.caller)) enforce(DOCUMENT_READ_ONLY(document, header.statecode))
  if (idOf(opportunity.transactioncurrencyid) !== idOf(header.transactioncurrencyid)) {
    refuse({ code: '0x80048cef', message: `The currency of the ${document} is not that of the opportunity.` })
  }
  await copyLines(workOf(context), {
    from: { document: 'opportunity', id: opportunityId },
    to: { document, id: context.boundId ?? '' },
  })
}

/** Adds the lines of an opportunity to a document that is open. Source: Sales 2.2, wire specification 15. */
const getProducts = (document: MadeDocument): AppAction => ({
  name: `Get${NAMES[document]}ProductsFromOpportunity`,
  binding: { table: document },
  parameters: [{ name: 'Opportunity', type: 'mscrm.opportunity' }],
  run: async (context, parameters) => {
    const reference = await readReferenceParameter(context, {
      name: 'Opportunity',
      value: parameters.Opportunity,
      tables: ['opportunity'],
    })
    await bringLines(context, document, reference?.id ?? '')
    return undefined
  },
})

const DOCUMENTS: readonly MadeDocument[] = ['quote', 'salesorder', 'invoice']

/** Documents made of opportunities, and their lines brought into documents. Source: Sales 2.2. */
export const generateActions: readonly AppAction[] = [...DOCUMENTS.map(generate), ...DOCUMENTS.map(getProducts)]
