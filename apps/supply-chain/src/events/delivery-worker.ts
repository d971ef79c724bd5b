import { setTimeout as pause } from 'node:timers/promises'
import type { Clock, Database, Ids, Logger } from '@p2c/base'
import { createLeadingLoop } from '../store/leading-loop.ts'
import { expandChanges } from './expand-changes.ts'
import { type EventTarget, postEvent } from './post-event.ts'

/** How deliveries are tried and repeated. */
export interface DeliverySettings {
  /** Repeats after the first failure. Source: protocol specification, 19. */
  readonly retries: number
  readonly retryPauseMs: number
  readonly timeoutMs: number
  /** Deliveries to one endpoint at a time: a slow receiver keeps nobody else waiting. */
  readonly perEndpoint: number
}

/** As the product delivers. Source: protocol specification, 19. */
export const DEFAULT_DELIVERY_SETTINGS: DeliverySettings = { retries: 3, retryPauseMs: 1_000, timeoutMs: 30_000, perEndpoint: 4 }

/** Parts of the delivery worker. */
export interface DeliveryDeps {
  readonly database: Database
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly fetch: typeof fetch
  readonly settings: DeliverySettings
}

/** Sends what waits in the table of deliveries, while this process leads. */
export interface DeliveryWorker {
  lead(isLeading: boolean): void
  /** Something was stored that may have to be sent. */
  wake(): void
  /** Takes nothing more and waits a moment for what is under way; what has no answer by then is sent again by the next leader. */
  stop(): Promise<void>
}

/** How often the clock is asked whether a repeat is due. */
const TICK_MS = 100
/** Receivers are given so long to answer before a stop breaks them off, and their outcomes so long to be stored. */
const PATIENCE_MS = 2_000
const STOP_MS = 3_000

interface Waiting {
  readonly event_id: string
  readonly endpoint_id: string
  readonly business_event_id: string
  readonly attempts: number
  readonly payload: string
  readonly url: string | null
  readonly header: string | null
  readonly secret: string | null
}

const nameOf = (item: Pick<Waiting, 'event_id' | 'endpoint_id'>): string => `${item.event_id}\u0001${item.endpoint_id.toLowerCase()}`

/** Deliveries that are under way are left out of the next round; each one that ends makes room for another. */
export function createDeliveryWorker(deps: DeliveryDeps): DeliveryWorker {
  const stopping = new AbortController()
  const inFlight = new Map<string, string>()
  const round = async (): Promise<number | undefined> => {
    await expandChanges(deps)
    // One time for both looks: what becomes due between them would be seen by neither.
    const now = deps.clock.now().toISOString()
    for (const item of await takeDue(deps, inFlight, now)) {
      inFlight.set(nameOf(item), item.endpoint_id.toLowerCase())
      void deliver(deps, item, stopping.signal).finally(() => {
        inFlight.delete(nameOf(item))
        loop.wake()
      })
    }
    return readNextDue(deps.database, now)
  }
  const loop = createLeadingLoop({ ...deps, failure: 'events could not be sent', tickMs: TICK_MS, signal: stopping.signal, round })
  const finished = async (): Promise<void> => {
    for (let current = loop.running(); current !== undefined || inFlight.size > 0; current = loop.running())
      await (current ?? pause(10, undefined, { ref: false }))
  }
  return {
    lead: loop.lead,
    wake: loop.wake,
    async stop() {
      loop.end()
      await Promise.race([finished(), pause(PATIENCE_MS, undefined, { ref: false })])
      stopping.abort()
      await Promise.race([finished(), pause(STOP_MS, undefined, { ref: false })])
    },
  }
}

/** Names of what is under way, as the database writes them. */
const NOT_IN_FLIGHT = 'w.event_id || chr(1) || lower(w.endpoint_id) <> all($2::text[])'
const COLUMNS = 'w.event_id, w.endpoint_id, w.business_event_id, w.attempts, w.payload, w.control_number'

/**
 * Deliveries that are due and not under way, some of each endpoint, the oldest first; and those whose endpoint is gone. An endpoint that is
 * switched off keeps its own. Each endpoint is one descent of an index, however much waits for it.
 */
async function takeDue(
  { database, settings }: DeliveryDeps,
  inFlight: ReadonlyMap<string, string>,
  now: string,
): Promise<readonly Waiting[]> {
  const busy = Map.groupBy(inFlight.values(), (endpoint) => endpoint)
  const { rows } = await database.query<Waiting>(
    `select d.*, p.endpoint_url as url, p.secret_header_name as header, p.secret_value as secret
     from business_event_endpoint p cross join lateral (
       select ${COLUMNS} from business_event_delivery w
       where lower(w.endpoint_id) = lower(p.endpoint_id) and w.status = 'Waiting' and w.next_attempt_date_time <= $1 and ${NOT_IN_FLIGHT}
       order by w.control_number limit $3) d
     where p.is_active = 'Yes'
     union all (select ${COLUMNS}, null, null, null from business_event_delivery w
       where w.status = 'Waiting' and ${NOT_IN_FLIGHT}
         and not exists (select 1 from business_event_endpoint p where lower(p.endpoint_id) = lower(w.endpoint_id)) limit $3)`,
    [now, [...inFlight.keys()], settings.perEndpoint],
  )
  const taken = new Map<string, number>()
  return rows.filter(({ endpoint_id }) => {
    const endpoint = endpoint_id.toLowerCase()
    const count = (taken.get(endpoint) ?? busy.get(endpoint)?.length ?? 0) + 1
    taken.set(endpoint, count)
    return count <= settings.perEndpoint
  })
}

/** When the next repeat is due; what is due already is taken as soon as there is room. */
async function readNextDue(database: Database, now: string): Promise<number | undefined> {
  const { rows } = await database.query<{ due: string }>(
    `select next_attempt_date_time as due from business_event_delivery
     where status = 'Waiting' and next_attempt_date_time > $1 order by next_attempt_date_time limit 1`,
    [now],
  )
  return rows[0] && new Date(rows[0].due).getTime()
}

/** Never rejects: what cannot be recorded is sent again. */
async function deliver(deps: DeliveryDeps, item: Waiting, signal: AbortSignal): Promise<void> {
  const { database, clock, log, settings } = deps
  const target: EventTarget | undefined =
    item.url === null ? undefined : { url: item.url, secretHeader: item.header ?? '', secret: item.secret ?? '' }
  const failure =
    target === undefined
      ? 'The endpoint is gone.'
      : await postEvent({ fetch: deps.fetch, timeoutMs: settings.timeoutMs }, { target, body: item.payload }, signal)
  if (failure !== undefined && signal.aborted) return
  try {
    if (failure === undefined) await removeDelivery(database, item)
    else {
      const isLast = target === undefined || item.attempts >= settings.retries
      if (isLast) log.warn({ event: item.business_event_id, endpoint: item.endpoint_id, reason: failure }, 'an event was given up')
      const next = new Date(clock.now().getTime() + settings.retryPauseMs)
      await recordFailure(database, item, { failure, isLast, next })
    }
  } catch (error) {
    log.warn({ err: error, event: item.business_event_id, endpoint: item.endpoint_id }, 'the outcome of an event could not be stored')
  }
}

const removeDelivery = (database: Database, item: Waiting) =>
  database.query('delete from business_event_delivery where event_id = $1 and lower(endpoint_id) = lower($2)', [
    item.event_id,
    item.endpoint_id,
  ])

const recordFailure = (database: Database, item: Waiting, outcome: { failure: string; isLast: boolean; next: Date }) =>
  database.query(
    `update business_event_delivery set attempts = attempts + 1, last_error = $3, status = $4, next_attempt_date_time = $5,
       change_xid = pg_current_xact_id(), modified_at = now()
     where event_id = $1 and lower(endpoint_id) = lower($2)`,
    [item.event_id, item.endpoint_id, outcome.failure, outcome.isLast ? 'Failed' : 'Waiting', outcome.next.toISOString()],
  )
