import type { Database } from '@p2c/base'

/** A recurring data job as it is stored. */
export interface RecurringJob {
  readonly activityId: string
  readonly operation: 'Import' | 'Export'
  readonly project: string
  readonly entityName: string
  readonly format: string
  readonly company: string
  readonly recurrenceMinutes: number
  readonly nextExport: Date
}

/** A file that came in or a package that is to be fetched, with its execution. */
export interface RecurringMessage {
  readonly id: string
  readonly activityId: string
  readonly project: string
  readonly externalId: string
  readonly executionId: string
  readonly company: string
  readonly dequeueState: string
  readonly popReceipt: string
  readonly execution?: {
    readonly status: string
    readonly message: string
    readonly startedAt: Date
    readonly endedAt: Date | undefined
    readonly blobId: string | undefined
  }
}

/** The job of an activity id in lower case, however it was written when it was defined. */
export async function findJob(database: Database, activityId: string): Promise<RecurringJob | undefined> {
  const { rows } = await database.query<
    Record<'operation' | 'project' | 'entity' | 'format' | 'company' | 'next', string> & { minutes: number }
  >(
    `select operation_type as operation, data_project_name as project, entity_name as entity, source_format as format, company_id as company,
       recurrence_minutes as minutes, next_export_date_time as next from recurring_data_job
     where lower(activity_id) in ($1, '{' || $1 || '}')`,
    [activityId],
  )
  const [row] = rows
  if (row === undefined) return undefined
  return {
    activityId,
    operation: row.operation === 'Export' ? 'Export' : 'Import',
    project: row.project,
    entityName: row.entity,
    format: row.format,
    company: row.company,
    recurrenceMinutes: row.minutes,
    nextExport: new Date(row.next),
  }
}

/** Files are gone after 7 days; what became of them is told somewhat longer. */
const MESSAGE_DAYS = 30

/** A message of an execution that has just been started. Those that nobody asks for any more are forgotten by the way. */
export async function addMessage(
  database: Database,
  message: Omit<RecurringMessage, 'execution' | 'dequeueState' | 'popReceipt'>,
  now: Date,
): Promise<void> {
  await database.query(
    `with forgotten as (delete from recurring_data_message where activity_id = $2 and enqueued_date_time < $8)
     insert into recurring_data_message (message_id, activity_id, data_project_name, external_identifier, execution_id, company_id, enqueued_date_time)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      message.id,
      message.activityId,
      message.project,
      message.externalId,
      message.executionId,
      message.company,
      now.toISOString(),
      new Date(now.getTime() - MESSAGE_DAYS * 24 * 3_600_000).toISOString(),
    ],
  )
}

interface MessageRow {
  readonly message_id: string
  readonly activity_id: string
  readonly data_project_name: string
  readonly external_identifier: string
  readonly execution_id: string
  readonly company_id: string
  readonly dequeue_state: string
  readonly pop_receipt: string
  readonly status: string | null
  readonly message: string | null
  readonly created_at: string | null
  readonly finished_at: string | null
  readonly blob_id: string | null
}

const MESSAGE = `select m.message_id, m.activity_id, m.data_project_name, m.external_identifier, m.execution_id, m.company_id, m.dequeue_state,
    m.pop_receipt, e.status, e.message, e.created_at, e.finished_at, e.blob_id
  from recurring_data_message m left join data_execution e on e.id = m.execution_id`

const toMessage = (row: MessageRow): RecurringMessage => ({
  id: row.message_id,
  activityId: row.activity_id,
  project: row.data_project_name,
  externalId: row.external_identifier,
  executionId: row.execution_id,
  company: row.company_id,
  dequeueState: row.dequeue_state,
  popReceipt: row.pop_receipt,
  ...(row.status !== null && {
    execution: {
      status: row.status,
      message: row.message ?? '',
      startedAt: new Date(row.created_at ?? 0),
      endedAt: row.finished_at === null ? undefined : new Date(row.finished_at),
      blobId: row.blob_id ?? undefined,
    },
  }),
})

/** A message by its id, of one activity where that is given. */
export async function findMessage(database: Database, id: string, activityId?: string): Promise<RecurringMessage | undefined> {
  const { rows } = await database.query<MessageRow>(
    `${MESSAGE} where lower(m.message_id) = lower($1) and ($2::text is null or m.activity_id = $2)`,
    [id, activityId ?? null],
  )
  return rows[0] && toMessage(rows[0])
}

/** The next message of a job, offered to a client until it is acknowledged. */
export interface Offer {
  readonly activityId: string
  readonly popReceipt: string
  readonly now: Date
  readonly offerAgainAt: Date
  /** Companies of the caller in lower case; absent: all. */
  readonly companies?: readonly string[]
}

/**
 * Offers the oldest exported package that nobody has acknowledged and that is due: it is due again later, unless it is acknowledged.
 * An incremental export that found nothing is no message. Two callers at once get two messages.
 */
export async function offerMessage(
  database: Database,
  { activityId, popReceipt, now, offerAgainAt, companies }: Offer,
): Promise<RecurringMessage | undefined> {
  const { rows } = await database.query<{ message_id: string }>(
    `update recurring_data_message set dequeue_state = case dequeue_state when '' then 'Dequeued' else dequeue_state end, pop_receipt = $2,
       next_offer_date_time = $4, change_xid = pg_current_xact_id(), modified_at = now()
     where message_id = (
       select m.message_id from recurring_data_message m
       join data_execution e on e.id = m.execution_id and e.kind = 'Export' and e.status in ('Succeeded', 'PartiallySucceeded')
       join data_blob b on b.id = e.blob_id and b.size is not null and b.expires_at >= $3
       where m.activity_id = $1 and m.dequeue_state <> 'Acked' and m.next_offer_date_time <= $3
         and ($5::text[] is null or m.company_id = any($5))
         and exists (select 1 from data_execution_entity x where x.execution_id = e.id and x.written > 0)
       order by m.enqueued_date_time, m.rec_id limit 1 for update of m skip locked)
     returning message_id`,
    [activityId, popReceipt, now.toISOString(), offerAgainAt.toISOString(), companies ?? null],
  )
  const [row] = rows
  return row && findMessage(database, row.message_id)
}

/** Notes how far a package was fetched. False where its last offer had another receipt. */
export async function noteDequeue(
  database: Database,
  message: { readonly id: string; readonly popReceipt?: string; readonly state: 'Downloaded' | 'Acked' },
): Promise<boolean> {
  const { rowCount } = await database.query(
    `update recurring_data_message set dequeue_state = case when dequeue_state = 'Acked' then dequeue_state else $2 end,
       change_xid = pg_current_xact_id(), modified_at = now()
     where lower(message_id) = lower($1) and ($3::text is null or pop_receipt = $3)`,
    [message.id, message.state, message.popReceipt ?? null],
  )
  return rowCount !== 0
}

/** Takes the turn of an export that is due, so that two callers start it once. False: it is not due. */
export async function takeExportTurn(database: Database, job: RecurringJob, now: Date): Promise<boolean> {
  if (job.recurrenceMinutes === 0) return false
  const { rowCount } = await database.query(
    `update recurring_data_job set next_export_date_time = $2::timestamptz + make_interval(mins => recurrence_minutes),
       change_xid = pg_current_xact_id(), modified_at = now()
     where lower(activity_id) in ($1, '{' || $1 || '}') and next_export_date_time <= $2 and recurrence_minutes > 0`,
    [job.activityId, now.toISOString()],
  )
  return rowCount !== 0
}
