import { isDeepStrictEqual } from 'node:util'
import { AppError, type SqlRunner } from '@p2c/base'
import type { ConnectionSet, ParsedConnectionSet } from '../model/connection-set.ts'
import { type EnvironmentType, type Leg, type Project, type Template, versionParts } from '../model/documents.ts'
import { LIVE_STATUSES } from '../model/execution.ts'
import { legName } from '../model/leg.ts'
import { saveTasks } from './execution-session.ts'
import { describeSecret, openSecret, type SealedSecret, sealSecret } from './secrets.ts'
import type { SetupSession } from './store.ts'
import type { StoreDeps } from './store-deps.ts'

export function createSetupSession(sql: SqlRunner, deps: StoreDeps): SetupSession {
  return {
    saveConnectionSet: (set) => saveConnectionSet(sql, deps, set),
    listConnectionSets: () => listConnectionSets(sql),
    findConnectionSet: async (name) => (await listConnectionSets(sql, name))[0],
    findEnvironment: (name, type) => findEnvironment(sql, deps, { name, type }),
    saveTemplate: (template) => saveTemplate(sql, deps, template),
    listTemplates: () => listTemplates(sql),
    saveProject: (project) => saveProject(sql, deps, project),
    listProjects: async () =>
      (await sql.query<{ document: Project }>('select document from project order by name')).rows.map((row) => row.document),
    findProject: async (name) => {
      const { rows } = await sql.query<{ id: string; document: Project }>(
        'select id, document from project where lower(name) = lower($1)',
        [name],
      )
      return rows[0] && { id: rows[0].id, project: rows[0].document }
    },
  }
}

interface ConnectionRow {
  readonly environment_type: EnvironmentType
  readonly name: string
  readonly base_url: string
  readonly settings: ConnectionSet['connections'][number]['settings']
  readonly secrets: Readonly<Record<string, SealedSecret>>
}

const place = (set: string, environmentType: string, secret: string): string =>
  `'${secret}' of ${environmentType} in connection set '${set.toLowerCase()}'`

async function saveConnectionSet(sql: SqlRunner, deps: StoreDeps, set: ParsedConnectionSet): Promise<ConnectionSet> {
  const now = deps.clock.now()
  const before = (await listConnectionSets(sql, set.name))[0]
  const former = await readConnections(sql, set.name)
  const { rows } = await sql.query<{ id: string }>(
    `insert into connection_set (id, name, created_at, updated_at) values ($1, $2, $3, $3)
     on conflict (lower(name)) do update set name = excluded.name, version = connection_set.version + 1, updated_at = excluded.updated_at returning id`,
    [deps.ids.timeGuid(now), set.name, now],
  )
  const id = rows[0]?.id
  await sql.query('delete from connection where connection_set_id = $1', [id])
  await sql.query('delete from organisation_mapping where connection_set_id = $1', [id])
  await sql.query('delete from integration_key where connection_set_id = $1', [id])
  for (const [position, connection] of set.connections.entries()) {
    const entered = Object.entries(connection.secrets).map(
      ([name, secret]) => [name, sealSecret(secret, place(set.name, connection.environmentType, name), deps.secretsKey)] as const,
    )
    const kept = former.find((row) => row.environment_type === connection.environmentType)?.secrets ?? {}
    await sql.query(
      'insert into connection (connection_set_id, environment_type, position, name, base_url, settings, secrets) values ($1, $2, $3, $4, $5, $6, $7)',
      [
        id,
        connection.environmentType,
        position,
        connection.name,
        connection.baseUrl,
        connection.settings,
        { ...kept, ...Object.fromEntries(entered) },
      ],
    )
  }
  await saveOrganisationsAndKeys(sql, id, set)
  const [saved] = await listConnectionSets(sql, set.name)
  if (saved === undefined) throw new Error(`connection set ${set.name} was not stored`)
  await audit(sql, deps, { action: 'connection-set-saved', subject: set.name, before, after: saved })
  return saved
}

async function saveOrganisationsAndKeys(sql: SqlRunner, id: string | undefined, set: ParsedConnectionSet): Promise<void> {
  await sql.query(
    `insert into organisation_mapping (connection_set_id, position, business_unit, legal_entity)
     select $1, ordinality, unit, entity from unnest($2::text[], $3::text[]) with ordinality as u (unit, entity, ordinality) on conflict do nothing`,
    [id, set.organisations.map((row) => row.businessUnit), set.organisations.map((row) => row.legalEntity)],
  )
  for (const key of set.integrationKeys) {
    await sql.query(
      `insert into integration_key (connection_set_id, environment_type, entity, fields) values ($1, $2, $3, $4)
       on conflict (connection_set_id, environment_type, entity) do update set fields = excluded.fields`,
      [id, key.environmentType, key.entity, key.fields],
    )
  }
}

const readConnections = async (sql: SqlRunner, setName: string): Promise<readonly ConnectionRow[]> =>
  (
    await sql.query<ConnectionRow & Record<string, unknown>>(
      `select c.environment_type, c.name, c.base_url, c.settings, c.secrets from connection c join connection_set s on s.id = c.connection_set_id
       where lower(s.name) = lower($1)`,
      [setName],
    )
  ).rows

interface ConnectionSetRow {
  readonly name: string
  readonly connections: readonly ConnectionRow[]
  readonly organisations: ConnectionSet['organisations']
  readonly keys: ConnectionSet['integrationKeys']
}

async function listConnectionSets(sql: SqlRunner, name?: string): Promise<readonly ConnectionSet[]> {
  const { rows } = await sql.query<ConnectionSetRow & Record<string, unknown>>(
    `select s.name,
       coalesce((select jsonb_agg(to_jsonb(c) order by c.position) from connection c where c.connection_set_id = s.id), '[]') as connections,
       coalesce((select jsonb_agg(jsonb_build_object('businessUnit', o.business_unit, 'legalEntity', o.legal_entity) order by o.position)
                 from organisation_mapping o where o.connection_set_id = s.id), '[]') as organisations,
       coalesce((select jsonb_agg(jsonb_build_object('environmentType', k.environment_type, 'entity', k.entity, 'fields', k.fields) order by k.environment_type, k.entity)
                 from integration_key k where k.connection_set_id = s.id), '[]') as keys
     from connection_set s where $1::text is null or lower(s.name) = lower($1) order by s.name`,
    [name ?? null],
  )
  return rows.map((row) => ({
    name: row.name,
    connections: row.connections.map((c) => ({
      name: c.name,
      environmentType: c.environment_type,
      baseUrl: c.base_url,
      settings: c.settings,
      secrets: Object.fromEntries(Object.entries(c.secrets).map(([key, sealed]) => [key, describeSecret(sealed)])),
    })),
    organisations: row.organisations,
    integrationKeys: row.keys,
  }))
}

/**
 * Holds the key against the secrets that are stored: a program with another key would take steps only to fail them. One that opens is enough, since
 * a secret may be left from a former key. Throws `secrets-key-wrong`, `secrets-key-missing`.
 */
export async function checkSecretsKey(sql: SqlRunner, deps: StoreDeps): Promise<void> {
  const { rows } = await sql.query<ConnectionRow & { set_name: string }>(
    'select s.name as set_name, c.environment_type, c.secrets from connection c join connection_set s on s.id = c.connection_set_id',
  )
  const sealed = rows.flatMap((row) =>
    Object.entries(row.secrets)
      .filter(([, secret]) => 'encrypted' in secret)
      .map(([name, secret]) => ({ secret, place: place(row.set_name, row.environment_type, name) })),
  )
  if (sealed.length === 0 || sealed.some(({ secret, place }) => opens(secret, place, deps))) return
  throw new AppError({
    category: 'auth',
    code: 'secrets-key-wrong',
    message: `This key opens none of the ${sealed.length} secrets in the database: it belongs to another installation. Give the encryption key of the installation that owns the database (encryptionKey in its secrets.json).`,
  })
}

function opens(secret: SealedSecret, place: string, { secretsKey }: StoreDeps): boolean {
  try {
    openSecret(secret, place, secretsKey)
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'secret-unreadable') return false
    throw error
  }
}

const findEnvironment = async (
  sql: SqlRunner,
  deps: StoreDeps,
  { name, type }: { name: string; type: EnvironmentType },
): ReturnType<SetupSession['findEnvironment']> => {
  const { rows } = await sql.query<ConnectionRow & { set_name: string; version: number }>(
    `select s.name as set_name, s.version, c.environment_type, c.name, c.base_url, c.settings, c.secrets
     from connection c join connection_set s on s.id = c.connection_set_id where lower(s.name) = lower($1) and c.environment_type = $2`,
    [name, type],
  )
  const [row] = rows
  if (row === undefined) return undefined
  const secrets = Object.entries(row.secrets).map(
    ([key, sealed]) => [key, openSecret(sealed, place(row.set_name, type, key), deps.secretsKey)] as const,
  )
  return {
    version: row.version,
    environment: {
      connectionSetName: row.set_name,
      environmentType: type,
      connectionName: row.name,
      baseUrl: row.base_url,
      settings: row.settings,
      secrets: Object.fromEntries(secrets),
    },
  }
}

async function saveTemplate(sql: SqlRunner, deps: StoreDeps, template: Template): Promise<void> {
  await sql.query(
    `insert into template (name, version, document, saved_at) values ($1, $2, $3, $4)
     on conflict (name, version) do update set document = excluded.document, saved_at = excluded.saved_at`,
    [template.name, template.version, JSON.stringify(template), deps.clock.now()],
  )
  await audit(sql, deps, { action: 'template-saved', subject: `${template.name} ${template.version}`, after: template })
}

async function listTemplates(sql: SqlRunner): Promise<readonly Template[]> {
  const { rows } = await sql.query<{ document: Template }>('select document from template order by name')
  const newest = new Map<string, Template>()
  for (const { document } of rows) {
    const known = newest.get(document.name)
    if (known === undefined || isNewer(document.version, known.version)) newest.set(document.name, document)
  }
  return [...newest.values()]
}

function isNewer(a: string, b: string): boolean {
  const [left, right] = [versionParts(a), versionParts(b)]
  const first = left.findIndex((part, index) => part !== right[index])
  return first >= 0 && (left[first] ?? 0) > (right[first] ?? 0)
}

async function saveProject(sql: SqlRunner, deps: StoreDeps, project: Project): Promise<void> {
  const now = deps.clock.now()
  const { rows: known } = await sql.query<{ document: Project }>('select document from project where lower(name) = lower($1) for update', [
    project.name,
  ])
  const before = known[0]?.document
  const { rows } = await sql.query<{ id: string }>(
    `insert into project (id, name, version, connection_set_name, document, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $6)
     on conflict (lower(name)) do update set name = excluded.name, version = excluded.version, connection_set_name = excluded.connection_set_name,
       document = excluded.document, updated_at = excluded.updated_at returning id`,
    [deps.ids.timeGuid(now), project.name, project.version, project.connectionSetName, JSON.stringify(project), now],
  )
  const id = rows[0]?.id
  await saveTasks(sql, id, project)
  await saveSchedule(sql, id, project)
  if (before !== undefined) await forgetWhatChanged(sql, id, before, project)
  await audit(sql, deps, { action: 'project-saved', subject: project.name, before, after: project })
}

async function saveSchedule(sql: SqlRunner, id: string | undefined, project: Project): Promise<void> {
  if (project.schedule === undefined) await sql.query('delete from schedule where project_id = $1', [id])
  else
    await sql.query(
      'insert into schedule (project_id, document) values ($1, $2) on conflict (project_id) do update set document = excluded.document',
      [id, JSON.stringify(project.schedule)],
    )
}

/** A wider filter or another mapping concerns rows that do not change any more: the next execution reads all; content hashes keep it from writing all. */
async function forgetWhatChanged(sql: SqlRunner, id: string | undefined, before: Project, after: Project): Promise<void> {
  const isMoved = before.connectionSetName.toLowerCase() !== after.connectionSetName.toLowerCase()
  const legs = changedLegs(before, after, isMoved)
  if (legs.length === 0) return
  if (legs.some(({ isElsewhere }) => isElsewhere)) {
    const { rows: live } = await sql.query('select 1 from execution where project_id = $1 and status = any($2)', [id, LIVE_STATUSES])
    if (live.length > 0) throw movedWhileRunning(after, isMoved)
  }
  await sql.query(
    `update task_organisation set source_position = null, generation = generation + 1 where task_id in (
       select t.id from task t join unnest($2::text[], $3::text[]) as u (name, leg) on u.name = t.name and u.leg = t.leg where t.project_id = $1)`,
    [id, legs.map(({ name }) => name), legs.map(({ leg }) => leg)],
  )
  await forgetRows(sql, id, isMoved ? 'all' : legs.filter(({ isElsewhere, isGone }) => isElsewhere || isGone))
}

interface ChangedLeg {
  readonly name: string
  readonly leg: string
  /** It reads or writes another entity than before: what is known of its rows is of other rows. */
  readonly isElsewhere: boolean
  /** It is no part of the project any more; one of that name that comes later begins anew. */
  readonly isGone: boolean
}

function changedLegs(before: Project, after: Project, isMoved: boolean): readonly ChangedLeg[] {
  const now = legsByName(after)
  const former = legsByName(before)
  const changed = [...now].flatMap(([key, { name, leg, content }]) => {
    const known = former.get(key)?.content
    if (known === undefined || (!isMoved && isDeepStrictEqual(known, content))) return []
    return [{ name, leg, isElsewhere: isMoved || placesOf(known) !== placesOf(content), isGone: false }]
  })
  const gone = [...former].flatMap(([key, { name, leg }]) => (now.has(key) ? [] : [{ name, leg, isElsewhere: false, isGone: true }]))
  return [...changed, ...gone]
}

const legsByName = (project: Project) =>
  new Map(
    project.entityMappingTasks.flatMap(({ name, legs }) =>
      legs.map((content, index) => [`${legName(index)} ${name}`, { name, leg: legName(index), content }] as const),
    ),
  )

const placesOf = (leg: Leg): string =>
  [leg.sourceEnvironmentType, leg.sourceSchema, leg.destinationEnvironmentType, leg.destinationSchema].join('|').toLowerCase()

/** Links, waiting rows and open errors of these legs. */
async function forgetRows(sql: SqlRunner, id: string | undefined, legs: readonly ChangedLeg[] | 'all'): Promise<void> {
  if (legs.length === 0) return
  const isOne = "t.name || ' ' || t.leg = any($2)"
  const scopes = `task_organisation_id in (
    select o.id from task_organisation o join task t on t.id = o.task_id where t.project_id = $1 and ($2::text[] is null or ${isOne}))`
  const of = [id, legs === 'all' ? null : legs.map(({ name, leg }) => `${name} ${leg}`)]
  await sql.query(`delete from record_link where ${scopes}`, of)
  await sql.query(`delete from waiting_record where ${scopes}`, of)
  await sql.query(`delete from changed_header where ${scopes}`, of)
  await sql.query(`update record_error set state = 'obsolete', closed_at = now() where state = 'open' and ${scopes}`, of)
}

const movedWhileRunning = (project: Project, isMoved: boolean): AppError =>
  new AppError({
    category: 'conflict',
    code: 'execution-running',
    message: isMoved
      ? `Project '${project.name}' is being executed: it can move to connection set '${project.connectionSetName}' once that execution ends.`
      : `Project '${project.name}' is being executed: its tasks can read and write other entities once that execution ends.`,
  })

interface AuditEvent {
  readonly action: string
  readonly subject: string
  readonly before?: unknown
  readonly after?: unknown
}

async function audit(sql: SqlRunner, deps: StoreDeps, event: AuditEvent): Promise<void> {
  await sql.query('insert into audit_event (at, action, subject, before, after) values ($1, $2, $3, $4, $5)', [
    deps.clock.now(),
    event.action,
    event.subject,
    event.before === undefined ? null : JSON.stringify(event.before),
    event.after === undefined ? null : JSON.stringify(event.after),
  ])
}
