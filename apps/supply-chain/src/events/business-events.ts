import { randomUUID } from 'node:crypto'
import type { SqlRunner } from '@p2c/base'
import { directoryObjectId, type EventValue, eventValueText, momentText } from './event-value.ts'

/** Something that happened to a document, told to whoever asked for it. */
export interface BusinessEvent {
  /** One of `BUSINESS_EVENT_IDS`: nobody can ask for another. */
  readonly eventId: string
  /** The company; blank for what belongs to none, such as a batch job. */
  readonly dataAreaId: string
  /** Who caused it. */
  readonly userId: string
  readonly now: Date
  /** Contract fields under their names on the wire, in this order. */
  readonly fields: Readonly<Record<string, EventValue>>
}

/** A transaction that stored deliveries says so here once it is committed. */
export const DELIVERIES_CHANNEL = 'event_deliveries'

/** Raises one event; see `raiseBusinessEvents`. */
export const raiseBusinessEvent = (sql: SqlRunner, event: BusinessEvent): Promise<void> => raiseBusinessEvents(sql, [event])

/**
 * Puts the events down for every active endpoint that asked for them, in the transaction of what they tell of: rolled back, they are
 * never sent; committed, they are not lost. One statement, whatever their number; without endpoints it stores nothing.
 * Source: protocol specification, 19.
 */
export async function raiseBusinessEvents(sql: SqlRunner, events: readonly BusinessEvent[]): Promise<void> {
  if (events.length === 0) return
  const rows = events.map((event) => {
    const id = randomUUID().toUpperCase()
    const [head, tail] = payloadParts(event, id)
    return { id, event: event.eventId, company: event.dataAreaId.toLowerCase(), raised: event.now.toISOString(), head, tail }
  })
  await sql.query(
    `with wanted as (
       select e.id, e.event, e.company, e.raised, e.head, e.tail, a.endpoint_id, nextval('record_id') as control
       from json_to_recordset($1::json) as e(id text, event text, company text, raised timestamptz, head text, tail text)
       join business_event_activation a on lower(a.business_event_id) = lower(e.event) and lower(a.legal_entity_id) in (e.company, '')
       join business_event_endpoint p on lower(p.endpoint_id) = lower(a.endpoint_id) and p.is_active = 'Yes'),
     stored as (
       insert into business_event_delivery
         (event_id, endpoint_id, business_event_id, legal_entity_id, control_number, status, raised_date_time, next_attempt_date_time, payload)
       select distinct on (id, lower(endpoint_id)) id, endpoint_id, event, company, control, 'Waiting', raised, raised, head || control || tail from wanted
       order by id, lower(endpoint_id) returning 1)
     select pg_notify('${DELIVERIES_CHANNEL}', '') from stored limit 1`,
    [JSON.stringify(rows)],
  )
}

/** The body of an event before and after its control number. Members as in G-FO-31. */
function payloadParts(event: BusinessEvent, id: string): readonly [head: string, tail: string] {
  const member = (name: string, text: string) => `${JSON.stringify(name)}:${text}`
  const envelope = { BusinessEventId: event.eventId, BusinessEventLegalEntity: event.dataAreaId, ContextRecordSubject: '' }
  const rest = {
    EventId: id,
    EventTime: momentText(event.now),
    EventTimeIso8601: event.now.toISOString().replace('Z', '0000Z'),
    InitiatingUserAADObjectId: `{${directoryObjectId(event.userId)}}`,
    MajorVersion: 0,
    MinorVersion: 0,
    ParentContextRecordSubjects: [],
  }
  const fields = Object.entries(event.fields).map(([name, value]) => member(name, eventValueText(value)))
  const before = Object.entries(envelope).map(([name, value]) => member(name, JSON.stringify(value)))
  const after = Object.entries(rest).map(([name, value]) => member(name, JSON.stringify(value)))
  return [`{${before.join(',')},"ControlNumber":`, `,${[...after, ...fields].join(',')}}`]
}
