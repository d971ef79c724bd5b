import { type ActionContext, type AppAction, type Row, refuse } from '@p2c/dataverse'
import { isOpenQuote } from '../domain/documents/quote-state.ts'
import {
  type ClosedOpportunityState,
  closeReason,
  OPPORTUNITY_STATES,
  opportunityStateOf,
  REASON_OF_OTHER_STATE,
  refuseClosing,
} from '../domain/prospects/opportunity-state.ts'
import { enforce, textOf } from '../plugins/row-values.ts'
import { type Close, closeDay, createClose, readClose } from './close-activities.ts'

const PROBABILITY: Record<ClosedOpportunityState, number> = { won: 100, lost: 0 }

const nameOf = (opportunity: Row): string => textOf(opportunity.name ?? null) ?? String(opportunity.opportunityid)

/** Locked until the transaction ends: of two that close it at once one finds it closed. */
async function lockOpportunity(context: ActionContext, id: string): Promise<Row> {
  const columns = ['name', 'statecode', 'estimatedvalue', 'transactioncurrencyid']
  const [opportunity] = await context.service.find({ table: 'opportunity', columns, where: { opportunityid: id }, forUpdate: true })
  if (opportunity === undefined) refuse({ code: '0x80040217', status: 404, message: `opportunity With Id = ${id} Does Not Exist` })
  return opportunity
}

async function openQuotes(context: ActionContext, opportunityId: string): Promise<readonly string[]> {
  const where = { opportunityid: opportunityId }
  const quotes = await context.service.find({ table: 'quote', columns: ['quotenumber', 'statecode'], where })
  return quotes.filter((quote) => isOpenQuote(quote.statecode)).map((quote) => String(quote.quotenumber))
}

/** Stores how an opportunity ended and takes actual revenue and date from it. Source: Sales 2.2. */
async function closeOpportunity(
  context: ActionContext,
  { documentId: id, values: close }: Close,
  wish: { readonly to: ClosedOpportunityState; readonly status: number },
): Promise<void> {
  const opportunity = await lockOpportunity(context, id)
  const state = opportunityStateOf(opportunity.statecode) ?? 'open'
  enforce(refuseClosing({ opportunity: nameOf(opportunity), state, openQuotes: await openQuotes(context, id) }))
  const statuscode = closeReason(wish.to, wish.status)
  if (statuscode === undefined) return enforce(REASON_OF_OTHER_STATE({ id, status: wish.status, to: wish.to }))
  const revenue = close.actualrevenue ?? (wish.to === 'won' ? (opportunity.estimatedvalue ?? null) : null)
  const own = { actualrevenue: revenue, transactioncurrencyid: opportunity.transactioncurrencyid ?? null }
  await createClose(context, 'opportunityclose', { values: close, own })
  const values: Row = {
    statecode: OPPORTUNITY_STATES[wish.to],
    statuscode,
    actualvalue: revenue,
    actualclosedate: closeDay(context, close),
    closeprobability: PROBABILITY[wish.to],
  }
  await context.service.update('opportunity', [{ id, values }])
}

const closeAction = (name: string, to: ClosedOpportunityState): AppAction => ({
  name,
  binding: 'unbound',
  parameters: [
    { name: 'OpportunityClose', type: 'mscrm.opportunityclose' },
    { name: 'Status', type: 'Edm.Int32' },
  ],
  run: async (context, parameters) => {
    const value = parameters.OpportunityClose
    const close = await readClose(context, { name: 'OpportunityClose', value, table: 'opportunityclose', regarding: 'opportunityid' })
    await closeOpportunity(context, close, { to, status: Number(parameters.Status) })
    return undefined
  },
})

/** How opportunities are closed; both answer 204. Source: Sales 2.2, wire specification 15, DV-107. */
export const opportunityActions: readonly AppAction[] = [closeAction('WinOpportunity', 'won'), closeAction('LoseOpportunity', 'lost')]
