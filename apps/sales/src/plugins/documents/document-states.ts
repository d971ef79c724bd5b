import type { Plugin, PluginContext, TableEvent } from '@p2c/dataverse'
import { DOCUMENT_READ_ONLY, LOCKING_DOCUMENTS, type LockingDocument } from '../../domain/documents/document-lock.ts'
import { refuseStateWrite, type StateMove, type StateTable } from '../../domain/documents/document-state.ts'
import { INVOICE_STATE_TABLE, INVOICE_STATES } from '../../domain/documents/invoice-state.ts'
import { ORDER_STATE_TABLE, ORDER_STATES } from '../../domain/documents/order-state.ts'
import { isOpenQuote, OPEN_REVISION_EXISTS, QUOTE_STATE_TABLE, QUOTE_STATES } from '../../domain/documents/quote-state.ts'
import { changes, enforce, textOf } from '../row-values.ts'

const STATE_TABLES: Readonly<Record<LockingDocument, StateTable<string>>> = {
  quote: QUOTE_STATE_TABLE,
  salesorder: ORDER_STATE_TABLE,
  invoice: INVOICE_STATE_TABLE,
}

/** States in which the reason alone may be written: the document is not closed yet. */
const OPEN_STATES: Readonly<Record<LockingDocument, readonly number[]>> = {
  quote: [QUOTE_STATES.draft, QUOTE_STATES.active],
  salesorder: [ORDER_STATES.active, ORDER_STATES.submitted],
  invoice: [INVOICE_STATES.active],
}

/** Who may set up the organisation administers it: of the roles that Sales comes with only System Administrator. */
const ADMINISTRATION = 'prvWriteOrganization'

const moveOf = (event: TableEvent): StateMove | undefined => {
  const from = event.before?.statecode
  const to = event.target.statecode
  return typeof from === 'number' && typeof to === 'number' ? { from, to } : undefined
}

/** What clients write over a state: the tables of Sales 2.3 to 2.5. Actions and plug-ins have asked their own rules. */
async function checkStates(events: readonly TableEvent[], context: PluginContext, document: LockingDocument): Promise<void> {
  if (context.origin !== 'client') return
  const table = STATE_TABLES[document]
  const moves = events.flatMap((event) => moveOf(event) ?? [])
  const writer = { isIntegrationUser: context.isIntegrationUser, isAdministrator: context.hasPrivilege(ADMINISTRATION) }
  for (const move of moves) enforce(refuseStateWrite(table, move, writer))
  for (const event of events) {
    const state = event.before?.statecode
    const isReasonAlone = moveOf(event) === undefined && event.target.statuscode !== undefined
    if (isReasonAlone && typeof state === 'number' && !OPEN_STATES[document].includes(state)) enforce(DOCUMENT_READ_ONLY(document, state))
  }
}

/** A closed quote is opened again only while no other revision is open. Source: Templates 2.1. */
async function checkOpenRevisions(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const reopened = events.filter(({ before, target }) => isOpenQuote(target.statecode) && !isOpenQuote(before?.statecode))
  if (reopened.length === 0) return
  const quotenumber = reopened.flatMap((event) => textOf(event.before?.quotenumber ?? null) ?? [])
  const siblings = await context.service.find({
    table: 'quote',
    columns: ['quotenumber', 'statecode'],
    where: { quotenumber },
    forUpdate: true,
  })
  const open = new Map<string, string>()
  const rewritten = new Map(events.map((event) => [event.id, event]))
  for (const row of siblings) {
    const id = String(row.quoteid)
    const statecode = rewritten.get(id)?.target.statecode ?? row.statecode
    if (!isOpenQuote(statecode)) continue
    const number = String(row.quotenumber)
    if (open.has(number.toLowerCase())) enforce(OPEN_REVISION_EXISTS(number, statecode === QUOTE_STATES.draft ? 'Draft' : 'Active'))
    open.set(number.toLowerCase(), id)
  }
}

type Dates = (event: TableEvent, today: string) => void

/** Fills a date unless the same write gives one. */
const stamp = (event: TableEvent, column: string, day: string | null): void => {
  if (event.target[column] === undefined) event.target[column] = day
}

/** Dates that a new state brings. Source: Sales 2.3, 2.4. */
const DATES: Readonly<Partial<Record<LockingDocument, Dates>>> = {
  quote: (event, today) => stamp(event, 'closedon', isOpenQuote(event.target.statecode) ? null : today),
  salesorder: (event, today) => {
    if (event.target.statecode === ORDER_STATES.submitted) stamp(event, 'submitdate', today)
    if (event.target.statecode === ORDER_STATES.fulfilled) stamp(event, 'datefulfilled', today)
    if (event.target.statecode === ORDER_STATES.active) stamp(event, 'datefulfilled', null)
  },
}

async function setDates(events: readonly TableEvent[], context: PluginContext, document: LockingDocument): Promise<void> {
  const today = context.clock.now().toISOString().slice(0, 10)
  for (const event of events) if (changes(event, 'statecode')) DATES[document]?.(event, today)
}

const statesOf = (table: LockingDocument): readonly Plugin[] => {
  const shared = { table, message: 'update', stage: 'pre-operation' } as const
  const reads = ['statecode', 'statuscode']
  return [
    {
      ...shared,
      name: `${table} states`,
      columns: reads,
      reads,
      run: (events, context) => checkStates(events, context, table),
    },
    { ...shared, name: `${table} dates`, columns: ['statecode'], reads, run: (events, context) => setDates(events, context, table) },
  ]
}

/** What a change of state may be and what comes with it. Registered before `documentLockPlugins`. Source: Sales 2.3 to 2.5. */
export const documentStatePlugins: readonly Plugin[] = [
  ...LOCKING_DOCUMENTS.flatMap(statesOf),
  {
    name: 'quote open revision',
    table: 'quote',
    message: 'update',
    stage: 'pre-operation',
    columns: ['statecode'],
    reads: ['statecode', 'quotenumber'],
    run: checkOpenRevisions,
  },
]
