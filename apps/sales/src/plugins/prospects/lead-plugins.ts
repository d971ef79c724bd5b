import type { SqlRunner } from '@p2c/base'
import type { Plugin, PluginContext, TableEvent } from '@p2c/dataverse'
import { LEAD_REASONS, type LeadState, leadStateOf, refuseLeadMove } from '../../domain/prospects/lead-state.ts'
import { fullNamePlugins } from '../customers/full-names.ts'
import { enforce, idOf, textOf } from '../row-values.ts'

interface StateWrite {
  readonly event: TableEvent
  readonly from: LeadState
  readonly to: LeadState
}

const stateWrites = (events: readonly TableEvent[]): readonly StateWrite[] =>
  events.flatMap((event) => {
    const from = leadStateOf(event.before?.statecode)
    const to = leadStateOf(event.target.statecode)
    return from === undefined || to === undefined ? [] : [{ event, from, to }]
  })

/** A write that names a state together with another reason of it than the default one is about the reason. */
const isOnlyReason = ({ event, from, to }: StateWrite): boolean =>
  from === to && event.target.statuscode !== LEAD_REASONS[to] && event.target.statuscode !== event.before?.statuscode

async function checkStates(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const writes = stateWrites(events)
  const closing = writes.filter((write) => write.to === 'disqualified').map((write) => write.event)
  const withOpportunity = await linkedLeads(context.sql, closing)
  for (const write of writes) {
    const { event, from, to } = write
    const lead = textOf(event.before?.subject ?? null) ?? textOf(event.before?.fullname ?? null) ?? event.id
    const hasOpportunity = withOpportunity.has(event.id)
    enforce(refuseLeadMove({ lead, from, to, way: 'patch', onlyReason: isOnlyReason(write), hasOpportunity }))
  }
}

/** Leads that an opportunity came from, or that qualification linked to one. */
async function linkedLeads(sql: SqlRunner, events: readonly TableEvent[]): Promise<ReadonlySet<string>> {
  if (events.length === 0) return new Set()
  const found = await sql.query<{ id: string }>(
    'select distinct originatingleadid as id from opportunity where originatingleadid = any($1::uuid[])',
    [events.map((event) => event.id)],
  )
  const qualified = events.filter((event) => idOf(event.before?.qualifyingopportunityid) !== null)
  return new Set([...found.rows.map((row) => row.id), ...qualified.map((event) => event.id)])
}

/** Name and state of leads. Source: Sales 1.3 and 2.1. */
export const leadPlugins: readonly Plugin[] = [
  ...fullNamePlugins('lead'),
  {
    table: 'lead',
    name: 'lead states',
    message: 'update',
    stage: 'pre-operation',
    columns: ['statecode'],
    reads: ['statecode', 'statuscode', 'subject', 'fullname', 'qualifyingopportunityid'],
    run: checkStates,
  },
]
