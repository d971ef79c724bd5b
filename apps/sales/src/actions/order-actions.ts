import type { ActionContext, ActionParameter, AppAction } from '@p2c/dataverse'
import { type OrderEvent, orderStateAfter, refuseOrderEvent } from '../domain/documents/order-state.ts'
import { enforce } from '../plugins/row-values.ts'
import { createClose, readClose } from './close-activities.ts'
import { lockDocument, todayOf } from './source-rows.ts'

/** `issopintegrationenabled` of the organisation. Source: Sales 1.14. */
async function hasSopIntegration(context: ActionContext): Promise<boolean> {
  const [organization] = await context.service.find({ table: 'organization', columns: ['issopintegrationenabled'], limit: 1 })
  return organization?.issopintegrationenabled === true
}

/** Ends an order by a message with a close activity. Source: Sales 2.4. */
const closing =
  (event: Exclude<OrderEvent, 'invoice'>): AppAction['run'] =>
  async (context, parameters) => {
    const close = await readClose(context, {
      name: 'OrderClose',
      value: parameters.OrderClose,
      table: 'orderclose',
      regarding: 'salesorderid',
    })
    const order = await lockDocument(context, 'salesorder', close.documentId)
    const situation = { sopIntegration: await hasSopIntegration(context) }
    enforce(refuseOrderEvent(Number(order.statecode), event, situation))
    const values = {
      statecode: orderStateAfter(event),
      statuscode: Number(parameters.Status),
      ...(event === 'fulfil' && { datefulfilled: todayOf(context) }),
    }
    await context.service.update('salesorder', [{ id: close.documentId, values }])
    const own = { salesorderid: { table: 'salesorder', id: close.documentId }, ordernumber: order.ordernumber ?? null }
    await createClose(context, 'orderclose', { values: close.values, own })
    return undefined
  }

const STATUS: ActionParameter = { name: 'Status', type: 'Edm.Int32' }
const fulfil: Omit<AppAction, 'binding'> = {
  name: 'FulfillSalesOrder',
  parameters: [{ name: 'OrderClose', type: 'mscrm.orderclose' }, STATUS],
  run: closing('fulfil'),
}

/** Messages of orders. Fulfilling is bound to the collection; the bare name is taken too (DV-098). Source: Sales 2.4, wire specification 15. */
export const orderActions: readonly AppAction[] = [
  { ...fulfil, binding: { table: 'salesorder', collection: true } },
  { ...fulfil, binding: 'unbound' },
  {
    name: 'CancelSalesOrder',
    binding: 'unbound',
    parameters: [{ name: 'OrderClose', type: 'mscrm.crmbaseentity' }, STATUS],
    run: closing('cancel'),
  },
]
