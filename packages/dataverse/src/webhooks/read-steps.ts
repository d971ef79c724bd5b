import type { SqlRunner } from '@p2c/base'
import type { Message } from '../model/plugin.ts'
import {
  columnList,
  IMAGE_TYPES,
  SILENT_TABLES,
  STEP_MESSAGES,
  type Stage,
  type Step,
  type StepImage,
  type StepIndex,
} from './registration.ts'

interface StoredImage {
  readonly alias: string | null
  readonly type: number
  readonly attributes: string | null
}

interface StoredStep {
  readonly id: string
  readonly name: string | null
  readonly message: string
  readonly table_name: string | null
  readonly stage: Stage
  readonly mode: number
  readonly rank: number
  readonly filter: string | null
  readonly autodelete: boolean | null
  readonly impersonating: string | null
  readonly endpoint: string
  readonly url: string
  readonly authtype: number
  readonly authvalue: string | null
  readonly images: readonly StoredImage[] | null
}

const STEPS = `select s.sdkmessageprocessingstepid as id, s.name, m.name as message, f.primaryobjecttypecode as table_name, s.stage, s.mode,
    coalesce(s.rank, 1) as rank, s.filteringattributes as filter, s.asyncautodelete as autodelete, s.impersonatinguserid as impersonating,
    e.serviceendpointid as endpoint, e.url, e.authtype, k.authvalue,
    (select json_agg(json_build_object('alias', coalesce(i.entityalias, i.name), 'type', i.imagetype, 'attributes', i.attributes)
       order by i.createdon, i.sdkmessageprocessingstepimageid)
     from sdkmessageprocessingstepimage i where i.sdkmessageprocessingstepid = s.sdkmessageprocessingstepid) as images
  from sdkmessageprocessingstep s
    join sdkmessage m on m.sdkmessageid = s.sdkmessageid
    join serviceendpoint e on e.serviceendpointid = s.eventhandler
    left join sdkmessagefilter f on f.sdkmessagefilterid = s.sdkmessagefilterid
    left join platform_endpoint_secret k on k.serviceendpointid = e.serviceendpointid
  where s.statecode = 0
  order by coalesce(s.rank, 1), s.createdon, s.sdkmessageprocessingstepid`

/** Reads the enabled steps. Of steps with one rank the older runs first. */
export async function readSteps(sql: SqlRunner): Promise<StepIndex> {
  const found = await sql.query<StoredStep>(STEPS)
  return indexSteps(found.rows.map(toStep))
}

function toStep(row: StoredStep): Step {
  return {
    id: row.id,
    name: row.name ?? row.id,
    messageName: row.message,
    ...(row.table_name !== null && { table: row.table_name }),
    stage: row.stage,
    isAsync: row.mode === 1,
    rank: row.rank,
    filter: columnList(row.filter),
    deletesOperation: row.autodelete === true,
    ...(row.impersonating !== null && { impersonatingUserId: row.impersonating }),
    endpoint: { id: row.endpoint, url: row.url, authtype: row.authtype, authvalue: row.authvalue },
    images: (row.images ?? []).map(toImage),
  }
}

const toImage = (image: StoredImage): StepImage => ({
  alias: image.alias ?? 'Image',
  isPre: image.type !== IMAGE_TYPES.post,
  isPost: image.type !== IMAGE_TYPES.pre,
  columns: columnList(image.attributes),
})

const NO_STEPS: StepIndex = { find: () => undefined }

/** Steps by the table and the write that they belong to; those without a table belong to every table that has events. */
export function indexSteps(steps: readonly Step[]): StepIndex {
  if (steps.length === 0) return NO_STEPS
  const known = new Map<string, readonly Step[]>()
  return {
    find: (table, message) => {
      const key = `${message} ${table}`
      const found = known.get(key) ?? steps.filter((step) => concerns(step, table, message))
      known.set(key, found)
      return found.length === 0 ? undefined : found
    },
  }
}

const concerns = (step: Step, table: string, message: Message): boolean =>
  STEP_MESSAGES[step.messageName]?.message === message && (step.table === undefined ? !SILENT_TABLES.includes(table) : step.table === table)
