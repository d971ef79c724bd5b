import type { Plugin, PluginContext, TableEvent } from '@p2c/dataverse'
import { ONLY_EXTERNAL } from '../../domain/p2c/p2c-documents.ts'
import { PROCESSING_STATUSES, refuseActivation, STATUS_NOT_FOR_USERS } from '../../domain/p2c/p2c-processing-status.ts'
import { changes, enforce, nextValue, textOf } from '../row-values.ts'
import { isUserWrite } from './p2c-locks.ts'

const STATUS = 'msdynce_processingstatus'
const READS = [STATUS, 'ordernumber', 'msdynce_ismaintainedexternally', ONLY_EXTERNAL]

/** A user takes an order from Draft to Active, as the *Activate* button does, and nowhere else. Source: Sales 6.6, Templates 5 S7. */
async function checkStatus(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  if (!isUserWrite(context)) return
  const moved = events.filter((event) => changes(event, STATUS))
  if (moved.length === 0) return
  const lines = await countLines(
    context,
    moved.map((event) => event.id),
  )
  for (const event of moved) {
    if (event.target[STATUS] !== PROCESSING_STATUSES.active) enforce(STATUS_NOT_FOR_USERS)
    enforce(
      refuseActivation({
        orderNumber: textOf(nextValue(event, 'ordernumber')),
        status: Number(event.before?.[STATUS] ?? PROCESSING_STATUSES.draft),
        hasExternalProductsOnly: event.before?.[ONLY_EXTERNAL] !== false,
        isExternal: event.before?.msdynce_ismaintainedexternally === true,
        lineCount: lines.get(event.id) ?? 0,
      }),
    )
  }
}

async function countLines({ sql }: PluginContext, orders: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = await sql.query<{ id: string; count: string }>(
    `select salesorderid as id, count(*) as count from salesorderdetail
     where salesorderid = any($1::uuid[]) and msdynce_ismisctax is distinct from true group by 1`,
    [orders],
  )
  return new Map(found.rows.map((row) => [row.id, Number(row.count)]))
}

/** Every line of an order that goes to the other system knows that it was submitted. Source: Sales 6.6. */
async function submitLines(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const activated = events.filter(
    ({ target, before }) => target[STATUS] === PROCESSING_STATUSES.active && before?.[STATUS] !== target[STATUS],
  )
  if (activated.length === 0) return
  const where = { salesorderid: activated.map((event) => event.id), msdynce_orderissubmitted: [false, null] }
  const lines = await context.service.find({ table: 'salesorderdetail', columns: [], where })
  const changed = lines.map((row) => ({ id: String(row.salesorderdetailid), values: { msdynce_orderissubmitted: true } }))
  if (changed.length > 0) await context.service.update('salesorderdetail', changed)
}

const order = { table: 'salesorder', message: 'update', columns: [STATUS] } as const

/** Activation of orders. Source: Sales 6.6, Templates 5 S7. */
export const activationPlugins: readonly Plugin[] = [
  { ...order, name: 'order processing status', stage: 'pre-operation', reads: READS, run: checkStatus },
  { ...order, name: 'order activation', stage: 'post-operation', reads: [STATUS], run: submitLines },
]
