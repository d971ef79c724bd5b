import type { Plugin, PluginContext, Row, TableEvent } from '@p2c/dataverse'
import { orderAfterInvoice } from '../../domain/p2c/p2c-processing-status.ts'
import type { InvoiceArrival } from '../../domain/sales-switches.ts'
import { byId, idOf, nextIds, nextValue } from '../row-values.ts'

const STATUS = 'msdynce_processingstatus'
const COLUMNS = ['salesorderid', 'customerid']

/** An invoice belongs to whom its order belongs to. The order is locked: who changes it meanwhile takes turns. Source: Sales 6.7, S9. */
async function takeOwner(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const ids = nextIds(events, 'salesorderid')
  if (ids.length === 0) return
  const where = { salesorderid: ids }
  const orders = byId(await context.service.find({ table: 'salesorder', columns: ['ownerid'], where, forUpdate: true }), 'salesorderid')
  for (const event of events) {
    const owner = orders.get(idOf(nextValue(event, 'salesorderid')) ?? '')?.ownerid
    if (owner !== undefined && owner !== null) event.target.ownerid = owner
  }
}

/** The order of an arriving invoice becomes Invoiced, as the switch says. Source: Sales 6.7, Templates 9.3 no. 3. */
async function tellOrders(arrival: InvoiceArrival, events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const ids = [...new Set(events.flatMap((event) => idOf(event.after?.salesorderid) ?? []))]
  if (arrival === 'none' || ids.length === 0) return
  const where = { salesorderid: ids }
  const orders = await context.service.find({ table: 'salesorder', columns: [STATUS, 'statecode'], where, forUpdate: true })
  const changes = orders.flatMap((order) => {
    const values = valuesAfter(order, arrival)
    return Object.keys(values).length === 0 ? [] : [{ id: String(order.salesorderid), values }]
  })
  if (changes.length > 0) await context.service.update('salesorder', changes)
}

const INVOICED = { statecode: 4, statuscode: 100_003 } as const

function valuesAfter(order: Row, arrival: InvoiceArrival): Row {
  const status = typeof order[STATUS] === 'number' ? order[STATUS] : null
  const effect = orderAfterInvoice({ status, state: Number(order.statecode ?? 0) }, arrival)
  return {
    ...(effect.status !== undefined && effect.status !== status && { [STATUS]: effect.status }),
    ...(effect.isClosed && order.statecode !== INVOICED.statecode && INVOICED),
  }
}

/** What an invoice does when it arrives, and when it gets another order or customer. */
export function invoiceArrivalPlugins(arrival: InvoiceArrival): readonly Plugin[] {
  const owner = { name: 'invoice owner', table: 'invoice', stage: 'pre-operation', run: takeOwner } as const
  const tell: Plugin['run'] = (events, context) => tellOrders(arrival, events, context)
  const order = { name: 'invoice arrival', table: 'invoice', stage: 'post-operation', run: tell } as const
  return [
    { ...owner, message: 'create' },
    { ...owner, message: 'update', columns: COLUMNS, reads: ['salesorderid'] },
    { ...order, message: 'create' },
    { ...order, message: 'update', columns: COLUMNS, reads: ['salesorderid'] },
  ]
}
