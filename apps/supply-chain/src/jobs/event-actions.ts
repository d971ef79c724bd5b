import type { Clock, Database } from '@p2c/base'
import { DELIVERIES_CHANNEL } from '../events/business-events.ts'
import type { Action, ActionTable } from '../odata/action-table.ts'

interface EventActionDeps {
  readonly database: Database
  readonly clock: Clock
}

/** Puts events that were given up back in the queue, with all their tries before them: one event, or every one of an endpoint (blank: of all). */
async function resend({ database, clock }: EventActionDeps, which: { readonly event: string; readonly endpoint: string }): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    `with queued as (
       update business_event_delivery set status = 'Waiting', attempts = 0, next_attempt_date_time = $1, change_xid = pg_current_xact_id(),
         modified_at = now()
       where status = 'Failed' and ($2 = '' or lower(event_id) = lower($2)) and ($3 = '' or lower(endpoint_id) = lower($3)) returning 1),
     told as (select pg_notify('${DELIVERIES_CHANNEL}', '') from queued limit 1)
     select (select count(*)::int from queued) as count, (select count(*) from told) as told`,
    [clock.now().toISOString(), which.event, which.endpoint],
  )
  return rows[0]?.count ?? 0
}

/** `Resend` of one row of `BusinessEventDeliveries`, `ResendFailed` of an endpoint: the number of events that are sent again. */
export const eventActions = (deps: EventActionDeps): ActionTable => [
  {
    name: 'Resend',
    collection: 'BusinessEventDeliveries',
    isBoundToRow: true,
    parameters: [],
    returnType: 'Edm.Int32',
    async run({ key = {} }) {
      return { ok: true, value: await resend(deps, { event: key.EventId ?? '', endpoint: key.EndpointId ?? '' }) }
    },
  } satisfies Action,
  {
    name: 'ResendFailed',
    collection: 'BusinessEventDeliveries',
    parameters: [{ name: 'endpointId', type: 'Edm.String', isOptional: true }],
    returnType: 'Edm.Int32',
    async run({ parameters }) {
      const endpoint = typeof parameters.endpointId === 'string' ? parameters.endpointId : ''
      return { ok: true, value: await resend(deps, { event: '', endpoint }) }
    },
  } satisfies Action,
]
