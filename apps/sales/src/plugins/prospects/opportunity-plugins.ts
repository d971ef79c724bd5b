import { parseDecimal } from '@p2c/base'
import type { ColumnValue, Plugin, PluginContext, Row, TableEvent } from '@p2c/dataverse'
import { opportunityPartiesAfter, type WrittenParties } from '../../domain/prospects/opportunity-customer.ts'
import {
  OPPORTUNITY_REASONS,
  type OpportunityState,
  opportunityStateOf,
  refuseClosedLine,
  refuseClosedWrite,
  refuseOpportunityPatch,
} from '../../domain/prospects/opportunity-state.ts'
import { byId, changes, enforce, nextIds, referenceOf, textOf } from '../row-values.ts'

const PARTY_COLUMNS = ['customerid', 'parentaccountid', 'parentcontactid'] as const

const nameOf = (event: TableEvent): string => textOf(event.before?.name ?? null) ?? event.id

/** Account and contact decide the customer. An action that names all three has decided itself. Source: Sales 1.6. */
async function setParties(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  for (const event of events) {
    const written = writtenParties(event.target)
    if (context.origin === 'application' && PARTY_COLUMNS.every((column) => written[column] !== undefined)) continue
    Object.assign(event.target, opportunityPartiesAfter(storedParties(event.before), written))
  }
}

const writtenParties = (target: Readonly<Row>): WrittenParties =>
  Object.fromEntries(PARTY_COLUMNS.flatMap((column) => (target[column] === undefined ? [] : [[column, referenceOf(target[column])]])))

const storedParties = (before: Readonly<Row> | undefined) => ({
  customerid: referenceOf(before?.customerid),
  parentaccountid: referenceOf(before?.parentaccountid),
  parentcontactid: referenceOf(before?.parentcontactid),
})

/** A client closes an opportunity by `WinOpportunity` and `LoseOpportunity` only and opens it again by writing the state. */
async function checkStates(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  for (const event of events) {
    const from = opportunityStateOf(event.before?.statecode)
    const to = opportunityStateOf(event.target.statecode)
    if (from === undefined || to === undefined) continue
    if (context.origin === 'client') {
      const { statuscode } = event.target
      const onlyReason = from === to && statuscode !== OPPORTUNITY_REASONS[to][0] && statuscode !== event.before?.statuscode
      enforce(refuseOpportunityPatch({ opportunity: nameOf(event), from, to, onlyReason }))
    }
    if (from !== 'open' && to === 'open') forgetEnd(event.target)
  }
}

/** What closing has set belongs to that end: an opportunity that is open again has none, unless the write names one. */
function forgetEnd(target: Row): void {
  for (const column of ['actualvalue', 'actualclosedate']) if (target[column] === undefined) target[column] = null
}

/** Columns that the platform writes with every change. */
const AUTHOR_COLUMNS: readonly string[] = ['modifiedon', 'modifiedby', 'modifiedonbehalfby']

/** What was won or lost stays as it was. Links that a delete clears, deeper than a client's own write, are no edit. */
async function checkClosedWrites(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  if (context.origin !== 'client' || context.depth > 1) return
  const closed = events.filter((event) => stateAfter(event) !== 'open' && opportunityStateOf(event.before?.statecode) !== 'open')
  if (closed.length === 0) return
  // Whole rows are read only here: most writes are of open opportunities.
  const rows = byId(
    await context.service.find({ table: 'opportunity', where: { opportunityid: closed.map((event) => event.id) } }),
    'opportunityid',
  )
  for (const event of closed) {
    const before = rows.get(event.id) ?? {}
    const columns = Object.keys(event.target).filter(
      (column) => !AUTHOR_COLUMNS.includes(column) && isChanged({ ...event, before }, column),
    )
    const from = opportunityStateOf(before.statecode) ?? 'open'
    enforce(refuseClosedWrite({ opportunity: nameOf(event), from, to: stateAfter(event), columns }))
  }
}

const stateAfter = (event: TableEvent): OpportunityState =>
  opportunityStateOf(event.target.statecode) ?? opportunityStateOf(event.before?.statecode) ?? 'open'

/** A repeated write changes nothing; amounts compare as numbers. */
function isChanged(event: TableEvent, column: string): boolean {
  const numbers = [event.target[column], event.before?.[column]].map(numberOf)
  const [written, stored] = numbers
  if (written !== undefined && stored !== undefined) return !written.equals(stored)
  return changes(event, column)
}

const numberOf = (value: ColumnValue | undefined) => (typeof value === 'string' ? parseDecimal(value) : undefined)

/** The lines of a closed opportunity stay with it. */
async function checkLines(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  if (context.origin !== 'client' || context.depth > 1) return
  const ids = nextIds(events, 'opportunityid')
  if (ids.length === 0) return
  // Locked, so that nobody closes it while its lines are written.
  const columns = ['name', 'statecode']
  const found = await context.service.find({ table: 'opportunity', columns, where: { opportunityid: ids }, forUpdate: true })
  for (const row of found)
    enforce(refuseClosedLine(textOf(row.name) ?? String(row.opportunityid), opportunityStateOf(row.statecode) ?? 'open'))
}

const opportunity = { table: 'opportunity', stage: 'pre-operation' } as const
const line = { table: 'opportunityproduct', stage: 'pre-operation', name: 'lines of closed opportunities', run: checkLines } as const

/** Customer and state of opportunities. Source: Sales 1.6 and 2.2. */
export const opportunityPlugins: readonly Plugin[] = [
  {
    ...opportunity,
    name: 'opportunity states',
    message: 'update',
    columns: ['statecode'],
    reads: ['statecode', 'statuscode', 'name'],
    run: checkStates,
  },
  { ...opportunity, name: 'opportunity closed', message: 'update', reads: ['statecode', 'name'], run: checkClosedWrites },
  { ...line, message: 'create' },
  { ...line, message: 'update', reads: ['opportunityid'] },
  { ...line, message: 'delete' },
  { ...opportunity, name: 'opportunity parties', message: 'create', run: setParties },
  { ...opportunity, name: 'opportunity parties', message: 'update', columns: PARTY_COLUMNS, reads: PARTY_COLUMNS, run: setParties },
]
