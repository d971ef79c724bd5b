import { type Plugin, type PluginContext, type Row, refuse, type TableEvent } from '@p2c/dataverse'
import { changes } from '../row-values.ts'

/** Tables of activities, with the column that says what an activity is about. */
const ACTIVITY_TABLES = [
  { table: 'task', regarding: 'regardingobjectid' },
  { table: 'campaignresponse', regarding: 'regardingobjectid' },
  { table: 'opportunityclose', regarding: 'opportunityid' },
  { table: 'quoteclose', regarding: 'quoteid' },
  { table: 'orderclose', regarding: 'salesorderid' },
] as const
type ActivityTable = (typeof ACTIVITY_TABLES)[number]

/** Columns that `activitypointer` shows of every activity. */
const SHARED_COLUMNS = [
  'subject',
  'description',
  'actualstart',
  'actualend',
  'scheduledstart',
  'scheduledend',
  'actualdurationminutes',
  'prioritycode',
  'isbilled',
  'ownerid',
  'statecode',
] as const

/** `activitypointer` has one row for each activity, with the same id; this is what it shows. State and reason pair by default. */
function pointerValues(activity: ActivityTable, values: Readonly<Row>): Row {
  const shown = Object.fromEntries(SHARED_COLUMNS.flatMap((column) => (values[column] === undefined ? [] : [[column, values[column]]])))
  const regarding = values[activity.regarding]
  return { ...shown, ...(regarding !== undefined && { regardingobjectid: regarding }) }
}

const createPointers = async (activity: ActivityTable, events: readonly TableEvent[], context: PluginContext): Promise<void> => {
  await context.service.create(
    'activitypointer',
    events.map(
      (event): Row => ({
        ...pointerValues(activity, event.after ?? event.target),
        activityid: event.id,
        activitytypecode: activity.table,
      }),
    ),
  )
}

const updatePointers = async (activity: ActivityTable, events: readonly TableEvent[], context: PluginContext): Promise<void> => {
  const found = new Set(await pointersOf(events, context))
  await context.service.update(
    'activitypointer',
    events.filter((event) => found.has(event.id)).map((event) => ({ id: event.id, values: pointerValues(activity, event.target) })),
  )
}

const deletePointers = async (_: ActivityTable, events: readonly TableEvent[], context: PluginContext): Promise<void> =>
  context.service.delete('activitypointer', await pointersOf(events, context))

/** Pointers may be gone before their activities, with what these were about, and rows of a seed have none. */
async function pointersOf(events: readonly TableEvent[], context: PluginContext): Promise<readonly string[]> {
  const where = { activityid: events.map((event) => event.id) }
  const found = await context.service.find({ table: 'activitypointer', columns: [], where })
  return found.map((row) => String(row.activityid))
}

const pointerPlugins = (activity: ActivityTable): readonly Plugin[] => {
  const shared = { table: activity.table, name: `${activity.table} as activity`, stage: 'post-operation' } as const
  const columns = [...SHARED_COLUMNS, activity.regarding]
  return [
    { ...shared, message: 'create', run: (events, context) => createPointers(activity, events, context) },
    { ...shared, message: 'update', columns, reads: columns, run: (events, context) => updatePointers(activity, events, context) },
    { ...shared, message: 'delete', run: (events, context) => deletePointers(activity, events, context) },
  ]
}

/** `0x80040800`: a message that the table does not take. */
async function refuseClients(_: readonly TableEvent[], context: PluginContext): Promise<void> {
  if (context.origin !== 'client' || context.depth > 1) return
  const message = `The '${context.message}' method does not support entities of type 'activitypointer'. Write the activity's own table, for instance tasks.`
  refuse({ code: '0x80040800', message })
}

/** An activity that is closed now ended now, unless the write says when. */
async function setEnds(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const now = `${context.clock.now().toISOString().slice(0, 19)}Z`
  for (const event of events) {
    const isClosed = changes(event, 'statecode') && event.target.statecode !== 0
    if (isClosed && event.target.actualend === undefined && event.before?.actualend === null) event.target.actualend = now
  }
}

const endPlugin = (table: string): Plugin => ({
  table,
  name: `${table} end`,
  message: 'update',
  stage: 'pre-operation',
  columns: ['statecode'],
  reads: ['statecode', 'actualend'],
  run: setEnds,
})

const pointer = { table: 'activitypointer', name: 'activities by their own table', stage: 'pre-operation', run: refuseClients } as const

/** Tasks, close activities and campaign responses, and the one table that shows them all. Source: Sales 1.6, wire specification 1. */
export const activityPlugins: readonly Plugin[] = [
  endPlugin('task'),
  endPlugin('campaignresponse'),
  ...ACTIVITY_TABLES.flatMap(pointerPlugins),
  { ...pointer, message: 'create' },
  { ...pointer, message: 'update' },
  { ...pointer, message: 'delete' },
]
