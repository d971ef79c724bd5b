import type { SqlRunner } from '@p2c/base'
import type { Row } from '../model/plugin.ts'
import { tableOf } from '../model/resolved-model.ts'
import type { WriteContext } from '../pipeline/write-context.ts'
import { arrayLiteral } from '../storage/column-sql.ts'
import { insertRows } from '../storage/row-statements.ts'
import type { Delivery, Envelope } from './post.ts'
import type { Step } from './registration.ts'

/** One asynchronous run of a step for one row. */
export interface WaitingDelivery {
  readonly operationId: string
  readonly step: Step
  readonly table: string
  readonly rowId: string
  readonly requestId: string
  readonly envelope: Envelope
  readonly body: string
}

/**
 * Puts deliveries down in the transaction that they tell of: rolled back, they are never sent; committed, they are not lost with this program. Each is
 * a system job that everybody can look at. Two statements, however many there are.
 */
export async function enqueue(context: WriteContext, waiting: readonly WaitingDelivery[]): Promise<void> {
  const list = <Value extends string | boolean>(fieldOf: (item: WaitingDelivery) => Value) => arrayLiteral(waiting.map(fieldOf))
  await insertRows(
    context.sql,
    tableOf(context.core.model, 'asyncoperation'),
    waiting.map((item) => operationRow(context, item)),
  )
  await context.sql.query(
    `insert into platform_webhook_outbox (asyncoperationid, serviceendpointid, message, body, deletes_operation)
     select * from unnest($1::uuid[], $2::uuid[], $3::jsonb[], $4::text[], $5::boolean[])`,
    [
      list((item) => item.operationId),
      list((item) => item.step.endpoint.id),
      list((item) => JSON.stringify(item.envelope)),
      list((item) => item.body),
      list((item) => item.step.deletesOperation),
    ],
  )
  for (const { step } of waiting) context.ledger.endpoints.add(step.endpoint.id)
}

function operationRow({ caller, now, depth }: WriteContext, item: WaitingDelivery): Row {
  const user = { table: 'systemuser', id: caller.userId }
  return {
    asyncoperationid: item.operationId,
    name: item.step.name,
    operationtype: 1,
    messagename: item.envelope.messageName,
    primaryentitytype: item.table,
    regardingobjectid: item.rowId,
    owningextensionid: item.step.id,
    correlationid: item.envelope.correlationId,
    requestid: item.requestId,
    depth,
    retrycount: 0,
    statecode: 0,
    statuscode: 0,
    createdon: now,
    modifiedon: now,
    createdby: user,
    modifiedby: user,
    ownerid: user,
    owninguser: user,
    ...(caller.businessUnitId !== '' && { owningbusinessunit: { table: 'businessunit', id: caller.businessUnitId } }),
  }
}

/** A delivery that this sender has claimed. `delivery` is absent where the end point is gone. */
export interface ClaimedDelivery {
  readonly operationId: string
  readonly delivery?: Delivery
}

/** Lock class of senders: the lock of a sender lives as long as its connection. */
export const SENDER_LOCK = 7_204_314

interface ClaimedRow {
  readonly id: string
  readonly message: Envelope
  readonly body: string
  readonly endpoint: string
  readonly url: string | null
  readonly authtype: number
  readonly authvalue: string | null
}

/**
 * Claims deliveries of one end point, the oldest first: those of nobody, and those whose sender has lost its connection, which is how a killed program is
 * known at once and without a clock. Those in flight here are left alone.
 */
const CLAIM = `with claimed as (
    update platform_webhook_outbox o set claimed_by = $1
    where o.asyncoperationid = any(array(
      select q.asyncoperationid from platform_webhook_outbox q
      where q.serviceendpointid = $2 and q.asyncoperationid <> all($3::uuid[])
        and (q.claimed_by is null or q.claimed_by = $1 or not exists (
          select 1 from pg_locks l where l.locktype = 'advisory' and l.classid = ${SENDER_LOCK} and l.objid = q.claimed_by::oid and l.objsubid = 2
            and l.database = (select oid from pg_database where datname = current_database())))
      order by q.place limit $4 for update skip locked))
    returning o.asyncoperationid, o.serviceendpointid, o.message, o.body
  ), started as (
    update asyncoperation a set statecode = 2, statuscode = 20, startedon = coalesce(a.startedon, $5) from claimed c
    where a.asyncoperationid = c.asyncoperationid
  )
  select c.asyncoperationid as id, c.message, c.body, c.serviceendpointid as endpoint, e.url, e.authtype, k.authvalue
  from claimed c left join serviceendpoint e on e.serviceendpointid = c.serviceendpointid
    left join platform_endpoint_secret k on k.serviceendpointid = c.serviceendpointid`

export interface Claim {
  readonly sender: number
  readonly endpoint: string
  readonly inFlight: readonly string[]
  readonly limit: number
  readonly now: Date
}

/** What `CLAIM` says. */
export async function claim(sql: SqlRunner, { sender, endpoint, inFlight, limit, now }: Claim): Promise<readonly ClaimedDelivery[]> {
  const found = await sql.query<ClaimedRow>(CLAIM, [sender, endpoint, arrayLiteral(inFlight), limit, now.toISOString()])
  return found.rows.map(({ id, message, body, url, authtype, authvalue }) => ({
    operationId: id,
    ...(url !== null && { delivery: { endpoint: { id: endpoint, url, authtype, authvalue }, envelope: message, body } }),
  }))
}

/** End points that have deliveries waiting. */
export async function waitingEndpoints(sql: SqlRunner): Promise<readonly string[]> {
  const found = await sql.query<{ id: string }>('select distinct serviceendpointid as id from platform_webhook_outbox')
  return found.rows.map((row) => row.id)
}

const SUCCEEDED = 30
const FAILED = 31
/** `0x80040265` as the signed number that `errorcode` holds. */
const ISV_ABORTED = 0x80040265 - 2 ** 32

/** Ends a delivery: its job is succeeded or failed, or gone where the step says so. One that was cancelled meanwhile stays so. */
export async function settle(
  sql: SqlRunner,
  ended: { readonly operationId: string; readonly failure?: string; readonly now: Date },
): Promise<void> {
  const { operationId, failure, now } = ended
  await sql.query(
    `with done as (delete from platform_webhook_outbox where asyncoperationid = $1 returning deletes_operation),
       dropped as (delete from asyncoperation a using done where a.asyncoperationid = $1 and done.deletes_operation and $2::text is null)
     update asyncoperation a set statecode = 3, statuscode = case when $2::text is null then ${SUCCEEDED} else ${FAILED} end, message = $2,
       friendlymessage = $2, errorcode = case when $2::text is null then null else ${ISV_ABORTED} end, completedon = $3, modifiedon = $3,
       versionnumber = nextval('platform_row_version')
     from done where a.asyncoperationid = $1 and not (done.deletes_operation and $2::text is null)`,
    [operationId, failure ?? null, now.toISOString()],
  )
}

/** Gives deliveries back that were not carried out: a sender that stops. */
export async function giveBack(sql: SqlRunner, operationIds: readonly string[]): Promise<void> {
  await sql.query(
    `with given as (update platform_webhook_outbox set claimed_by = null where asyncoperationid = any($1::uuid[]) returning asyncoperationid)
     update asyncoperation a set statecode = 0, statuscode = 0, startedon = null from given g where a.asyncoperationid = g.asyncoperationid`,
    [arrayLiteral(operationIds)],
  )
}
