import { refuse } from '../errors/platform-error.ts'
import type { Plugin, PluginContext, Row, TableEvent } from '../model/plugin.ts'
import type { Model, Table } from '../model/resolved-model.ts'
import { arrayLiteral, isReference } from '../storage/column-sql.ts'
import { addressProblem, readAuthentication } from './authentication.ts'
import { columnList, IMAGE_TYPES, SILENT_TABLES, STAGES, STEP_MESSAGES } from './registration.ts'

const WEBHOOK_CONTRACT = 8
const WAITING = 0
const IN_PROGRESS = 20
const CANCELED = 32

/** Refuses what a client registers. */
function invalid(message: string): never {
  refuse({ code: '0x80040203', message })
}

/** Rules of the tables that hold registrations and deliveries: what cannot work is not stored, and says why. */
export const registrationPlugins = (model: Model): readonly Plugin[] => [
  ...both('serviceendpoint', 'service endpoint', keepEndpoint),
  { name: 'service endpoint on delete', table: 'serviceendpoint', message: 'delete', stage: 'post-operation', run: forgetEndpoint },
  ...both('sdkmessageprocessingstep', 'webhook step', (events, context) => checkSteps(model, events, context)),
  ...both('sdkmessageprocessingstepimage', 'image of a webhook step', (events, context) => checkImages(model, events, context)),
  { name: 'system jobs are made by the platform', table: 'asyncoperation', message: 'create', stage: 'pre-operation', run: refuseJob },
  { name: 'system job on update', table: 'asyncoperation', message: 'update', stage: 'pre-operation', run: cancelJob },
  { name: 'system job on delete', table: 'asyncoperation', message: 'delete', stage: 'post-operation', run: forgetDelivery },
]

const both = (table: string, name: string, run: Plugin['run']): readonly Plugin[] =>
  (['create', 'update'] as const).map((message) => ({ name: `${name} on ${message}`, table, message, stage: 'pre-operation', run }))

async function keepEndpoint(events: readonly TableEvent[], { sql }: PluginContext): Promise<void> {
  const known = await sql.query<{ id: string; authvalue: string }>(
    'select serviceendpointid as id, authvalue from platform_endpoint_secret where serviceendpointid = any($1::uuid[])',
    [arrayLiteral(events.map((event) => event.id))],
  )
  const secrets = new Map(known.rows.map((row) => [row.id, row.authvalue]))
  for (const { id, target, before } of events) {
    const given = target.authvalue
    const secret = given === undefined ? (secrets.get(id) ?? null) : given === null ? null : String(given)
    checkEndpoint({ ...before, ...target }, secret)
    if (given === undefined) continue
    if (secret === null) await sql.query('delete from platform_endpoint_secret where serviceendpointid = $1', [id])
    else
      await sql.query(
        `insert into platform_endpoint_secret (serviceendpointid, authvalue) values ($1, $2)
         on conflict (serviceendpointid) do update set authvalue = excluded.authvalue`,
        [id, secret],
      )
    // Nothing that is read, filtered, ordered or grouped by this column ever tells anything.
    target.authvalue = null
  }
}

function checkEndpoint(endpoint: Readonly<Row>, secret: string | null): void {
  if (typeof endpoint.name !== 'string') invalid("A service endpoint needs a 'name'.")
  if (endpoint.contract !== WEBHOOK_CONTRACT) invalid('Only webhooks are served: contract must be 8 (Webhook).')
  const problem = addressProblem(typeof endpoint.url === 'string' ? endpoint.url : '')
  if (problem !== undefined) invalid(problem)
  if (typeof endpoint.authtype !== 'number') invalid("A webhook needs 'authtype': 4 (WebhookKey), 5 (HttpHeader) or 6 (HttpQueryString).")
  const reading = readAuthentication({ authtype: endpoint.authtype, authvalue: secret })
  if (!reading.ok) invalid(reading.problem)
}

/** Its steps are gone with it; what still waited has nowhere to go. */
async function forgetEndpoint(events: readonly TableEvent[], { sql }: PluginContext): Promise<void> {
  const ids = arrayLiteral(events.map((event) => event.id))
  await sql.query('delete from platform_endpoint_secret where serviceendpointid = any($1::uuid[])', [ids])
  await sql.query(
    `with gone as (delete from platform_webhook_outbox where serviceendpointid = any($1::uuid[]) returning asyncoperationid)
     update asyncoperation a set statecode = 3, statuscode = ${CANCELED}, message = 'The service endpoint was deleted.' from gone g
     where a.asyncoperationid = g.asyncoperationid`,
    [ids],
  )
}

async function checkSteps(model: Model, events: readonly TableEvent[], { sql }: PluginContext): Promise<void> {
  for (const { target, before } of events) {
    const step = { ...before, ...target }
    const message = isReference(step.sdkmessageid) ? step.sdkmessageid.id : undefined
    if (message === undefined) invalid("A step needs its message: set 'sdkmessageid@odata.bind'.")
    if (!isReference(step.eventhandler)) invalid("A step needs its service endpoint: set 'eventhandler_serviceendpoint@odata.bind'.")
    const filter = isReference(step.sdkmessagefilterid) ? step.sdkmessagefilterid.id : null
    const found = await sql.query<{ name: string; table_name: string | null; fits: boolean | null; endpoint: string | null }>(
      `select m.name, f.primaryobjecttypecode as table_name, f.sdkmessageid = m.sdkmessageid as fits,
         (select e.name from serviceendpoint e where e.serviceendpointid = $3) as endpoint
       from sdkmessage m left join sdkmessagefilter f on f.sdkmessagefilterid = $2 where m.sdkmessageid = $1`,
      [message, filter, step.eventhandler.id],
    )
    const names = found.rows[0]
    if (names === undefined) invalid('The message of the step is unknown.')
    if (filter !== null && names.fits !== true) invalid(`The filter of the step belongs to another message than '${names.name}'.`)
    checkStep(model, step, { message: names.name, table: names.table_name })
    if (typeof step.name !== 'string')
      target.name = `${names.endpoint ?? ''}: ${names.name} of ${names.table_name ?? 'any table'}`.slice(0, 256)
  }
}

function checkStep(model: Model, step: Readonly<Row>, names: { readonly message: string; readonly table: string | null }): void {
  const served = STEP_MESSAGES[names.message]
  if (served === undefined) invalid(`Steps are served on ${Object.keys(STEP_MESSAGES).join(', ')}; '${names.message}' is not one of them.`)
  if (names.table !== null && SILENT_TABLES.includes(names.table)) invalid(`The table '${names.table}' has no events for steps.`)
  if (typeof step.stage !== 'number' || typeof step.mode !== 'number')
    invalid("A step needs its 'stage' (10, 20 or 40) and its 'mode' (0 synchronous, 1 asynchronous).")
  if (step.mode === 1 && step.stage !== STAGES.postOperation) invalid('An asynchronous step (mode 1) needs stage 40.')
  const table = names.table === null ? undefined : model.tables.get(names.table)
  if (served.message === 'update') checkColumns(table, { text: step.filteringattributes, name: 'filteringattributes' })
}

function checkColumns(table: Table | undefined, list: { readonly text: Row[string] | undefined; readonly name: string }): void {
  const names = columnList(typeof list.text === 'string' ? list.text : null)
  if (names.length === 0) return
  if (table === undefined) invalid(`'${list.name}' needs a step on one table: set 'sdkmessagefilterid@odata.bind'.`)
  const unknown = names.find((name) => !table.byName.has(name))
  if (unknown !== undefined)
    invalid(`'${list.name}' names the column '${unknown.slice(0, 100)}', which '${table.logicalName}' does not have.`)
}

async function checkImages(model: Model, events: readonly TableEvent[], { sql }: PluginContext): Promise<void> {
  for (const { target, before } of events) {
    const image = { ...before, ...target }
    if (!isReference(image.sdkmessageprocessingstepid)) invalid("An image needs its step: set 'sdkmessageprocessingstepid@odata.bind'.")
    const found = await sql.query<{ message: string; table_name: string | null; stage: number }>(
      `select m.name as message, f.primaryobjecttypecode as table_name, s.stage
       from sdkmessageprocessingstep s join sdkmessage m on m.sdkmessageid = s.sdkmessageid
         left join sdkmessagefilter f on f.sdkmessagefilterid = s.sdkmessagefilterid
       where s.sdkmessageprocessingstepid = $1`,
      [image.sdkmessageprocessingstepid.id],
    )
    const step = found.rows[0]
    if (step === undefined) invalid('The step of the image is unknown.')
    if (typeof image.entityalias !== 'string' && typeof image.name !== 'string') invalid("An image needs an 'entityalias'.")
    if (typeof image.imagetype !== 'number') invalid("An image needs its 'imagetype': 0 (before), 1 (after) or 2 (both).")
    if (image.imagetype !== IMAGE_TYPES.post && step.message === 'Create')
      invalid('Before a Create there is no row: register a post image.')
    if (image.imagetype !== IMAGE_TYPES.pre && (step.message === 'Delete' || step.stage !== STAGES.postOperation))
      invalid('A post image needs a step of stage 40 on a message that leaves a row: Create or Update.')
    const table = step.table_name === null ? undefined : model.tables.get(step.table_name)
    checkColumns(table, { text: image.attributes, name: 'attributes' })
  }
}

async function refuseJob(_events: readonly TableEvent[], { origin }: PluginContext): Promise<void> {
  if (origin === 'client') invalid('System jobs are made by the platform.')
}

/** A client may cancel what waits; everything else about a job is the platform's. */
async function cancelJob(events: readonly TableEvent[], { origin, sql }: PluginContext): Promise<void> {
  if (origin !== 'client') return
  for (const { id, target, before } of events) {
    if (target.statecode === undefined && target.statuscode === undefined) continue
    const isWaiting = before?.statuscode === WAITING || before?.statuscode === IN_PROGRESS
    if (target.statuscode !== CANCELED || !isWaiting)
      invalid('Of a system job that has not ended the one change is to cancel it: statecode 3 with statuscode 32.')
    await sql.query('delete from platform_webhook_outbox where asyncoperationid = $1', [id])
  }
}

async function forgetDelivery(events: readonly TableEvent[], { sql }: PluginContext): Promise<void> {
  await sql.query('delete from platform_webhook_outbox where asyncoperationid = any($1::uuid[])', [
    arrayLiteral(events.map((event) => event.id)),
  ])
}
