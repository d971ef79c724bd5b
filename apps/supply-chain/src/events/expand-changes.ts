import type { Clock, Database, Ids, SqlRunner } from '@p2c/base'
import { parseJson } from '@p2c/odata'
import { ENTITIES } from '../entities/catalogue.ts'
import type { Entity } from '../entities/entity.ts'
import { type DataOperation, dataEventBody, type RowColumns } from './data-event-body.ts'

/** Changes that become deliveries in one transaction. */
const PAGE = 500

/** Parts of the expansion. */
export interface ExpansionDeps {
  readonly database: Database
  readonly clock: Clock
  readonly ids: Ids
}

interface Activation {
  readonly entity: Entity
  readonly endpointId: string
  readonly company: string
  readonly operations: ReadonlySet<string>
}

interface NoteRow {
  readonly control_number: string
  readonly relation: string
  readonly operation: DataOperation
  readonly rec_id: string
  readonly before: string | null
  readonly after: string | null
  readonly raised_at: string
}

interface DeliveryRow {
  readonly id: string
  readonly endpoint: string
  readonly event: string
  readonly company: string
  readonly control: string
  readonly body: string
}

/** Turns noted changes into deliveries, the oldest first, until none is left; both in one transaction, so that none is lost or doubled. */
export async function expandChanges(deps: ExpansionDeps): Promise<void> {
  // Without subscribers there is nothing: one look, no transaction.
  if ((await deps.database.query('select 1 from data_event_change limit 1')).rowCount === 0) return
  for (;;) {
    const count = await deps.database.transaction((sql) => expandPage(sql, deps))
    if (count < PAGE) return
  }
}

async function expandPage(sql: SqlRunner, { clock, ids }: ExpansionDeps): Promise<number> {
  const { rows } = await sql.query<NoteRow>(
    `delete from data_event_change where control_number in
       (select control_number from data_event_change order by control_number limit ${PAGE} for update skip locked)
     returning control_number::text, relation, operation, rec_id::text, before::text, after::text, raised_at`,
  )
  if (rows.length === 0) return 0
  const activations = await readActivations(sql)
  const notes = [...rows].sort((a, b) => (BigInt(a.control_number) < BigInt(b.control_number) ? -1 : 1))
  const deliveries = notes.flatMap((note) => deliveriesOf(note, activations.get(note.relation) ?? [], ids))
  await sql.query(
    `insert into business_event_delivery
       (event_id, endpoint_id, business_event_id, legal_entity_id, control_number, status, raised_date_time, next_attempt_date_time, payload)
     select d.id, d.endpoint, d.event, d.company, d.control, 'Waiting', $2, $2, d.body
     from json_to_recordset($1::json) as d(id text, endpoint text, event text, company text, control bigint, body text)`,
    [JSON.stringify(deliveries), clock.now().toISOString()],
  )
  return rows.length
}

const entitiesByName = new Map(ENTITIES.map((entity) => [entity.aotName.toLowerCase(), entity]))

async function readActivations(sql: SqlRunner): Promise<ReadonlyMap<string, readonly Activation[]>> {
  const { rows } = await sql.query<{ entity: string; endpoint: string; company: string; operations: string[] }>(
    `select lower(a.entity_name) as entity, p.endpoint_id as endpoint, lower(a.legal_entity_id) as company,
       array_remove(array[case a.on_created when 'Yes' then 'Created' end, case a.on_updated when 'Yes' then 'Updated' end,
         case a.on_deleted when 'Yes' then 'Deleted' end], null) as operations
     from data_event_activation a join business_event_endpoint p on lower(p.endpoint_id) = lower(a.endpoint_id) and p.is_active = 'Yes'`,
  )
  const known = rows.flatMap(({ entity, endpoint, company, operations }): Activation[] => {
    const found = entitiesByName.get(entity)
    return found === undefined ? [] : [{ entity: found, endpointId: endpoint, company, operations: new Set(operations) }]
  })
  return Map.groupBy(known, ({ entity }) => entity.storage.relation)
}

const columnsOf = (text: string | null): RowColumns | undefined =>
  text === null ? undefined : (parseJson(text, { numbers: 'raw' }) as RowColumns)

/** One delivery per endpoint and entity; each tells the entity's own columns. */
function deliveriesOf(row: NoteRow, activations: readonly Activation[], ids: Ids): DeliveryRow[] {
  const [before, after] = [columnsOf(row.before), columnsOf(row.after)]
  const company = String((after ?? before)?.data_area_id ?? '')
  const wanted = activations.filter((each) => each.operations.has(row.operation) && ['', company].includes(each.company))
  const note = {
    operation: row.operation,
    recId: row.rec_id,
    at: new Date(row.raised_at),
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  }
  return [...Map.groupBy(wanted, ({ entity }) => entity)].flatMap(([entity, group]) => {
    const id = ids.guid()
    const body = dataEventBody(entity, note, id)
    if (body === undefined) return []
    // The same for one company and for all of them is one delivery.
    return [...new Set(group.map(({ endpointId }) => endpointId))].map((endpoint) => ({
      id: id.toUpperCase(),
      endpoint,
      event: `${entity.aotName}${row.operation}`,
      company,
      control: row.control_number,
      body,
    }))
  })
}
