import type { AppAction } from '@p2c/dataverse'
import { INVOICE_COLUMNS } from '../domain/documents/document-copy.ts'
import { dueDate } from '../domain/documents/invoice-state.ts'
import { orderStateAfter, refuseOrderEvent } from '../domain/documents/order-state.ts'
import type { SalesSwitches } from '../domain/sales-switches.ts'
import { copyDocument } from '../plugins/documents/copy-documents.ts'
import { enforce } from '../plugins/row-values.ts'
import { COLUMN_SET, columnSetOf } from './column-set.ts'
import { lockDocument, PROCESS_INSTANCE, todayOf, workOf } from './source-rows.ts'

/** Makes an invoice of an order and, unless switched off, closes the order as Invoiced. Source: Sales 2.4, doubt 7. */
const convert = (switches: SalesSwitches): AppAction => ({
  name: 'ConvertSalesOrderToInvoice',
  binding: 'unbound',
  parameters: [{ name: 'SalesOrderId', type: 'Edm.Guid' }, COLUMN_SET, PROCESS_INSTANCE],
  returns: 'mscrm.invoice',
  run: async (context, parameters) => {
    const columns = columnSetOf(context, 'invoice', parameters.ColumnSet)
    const orderId = String(parameters.SalesOrderId)
    const order = await lockDocument(context, 'salesorder', orderId)
    // No message depends on the processing of orders elsewhere here: both answers are the same.
    enforce(refuseOrderEvent(Number(order.statecode), 'invoice', { sopIntegration: false }))
    const id = await copyDocument(workOf(context), {
      from: { document: 'salesorder', row: order },
      to: 'invoice',
      columns: INVOICE_COLUMNS,
      header: {
        salesorderid: { table: 'salesorder', id: orderId },
        ispricelocked: true,
        duedate: dueDate(todayOf(context), order.paymenttermscode),
      },
      lineValues: (line) => ({ salesorderdetailid: { table: 'salesorderdetail', id: String(line.salesorderdetailid) }, iscopied: true }),
    })
    if (switches.invoiceConversionClosesOrder) {
      await context.service.update('salesorder', [{ id: orderId, values: { statecode: orderStateAfter('invoice') } }])
    }
    return { kind: 'record', table: 'invoice', id, ...(columns !== undefined && { columns }) }
  },
})

/** Messages that make invoices. Source: Sales 2.4, wire specification 15. */
export const invoiceActions = (switches: SalesSwitches): readonly AppAction[] => [convert(switches)]
