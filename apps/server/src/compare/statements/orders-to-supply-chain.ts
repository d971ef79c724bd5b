import { code, constant, type FieldStatement, number, type Statement } from './statement.ts'
import { type Generation, headerFields, LINE_AMOUNTS, lineFields, TWO_HOP_DATE } from './to-supply-chain.ts'

/** `msdynce_processingstatus` of an order that was activated and that Supply Chain has not moved on. */
const ACTIVE = '647390000'
/**
 * From the first document on, Supply Chain is the master of an order: quantities, prices, dates and addresses may change there, lines may come
 * and go. The order itself, its customer, its currency, and the products of the lines that are still there stay (templates specification 7.6, 9.7).
 */
const MOVED_ON = { field: 'SalesOrderProcessingStatus', isNot: ['Active'] }

const header = (destination: string, generation: Generation, more: readonly FieldStatement[]) => ({
  source: 'salesorders',
  destination,
  qualifies: [
    { field: 'msdynce_processingstatus', is: [ACTIVE] },
    { field: 'msdynce_hasexternallymaintainedproductsonly', is: ['true'] },
    { field: 'msdynce_ismaintainedexternally', isNot: ['true'] },
    { field: 'ordernumber', isNot: [''] },
  ],
  key: [{ source: 'ordernumber', destination: 'SalesOrderNumber' }],
  // No claims: Supply Chain gives the origin SalesOrderIntegration to every order of a service client (Supply Chain specification 1.2 no. 7).
  movedOn: MOVED_ON,
  fields: [
    code('SalesOrderNumber', 'ordernumber', { isIdentity: true }),
    ...headerFields(
      { name: 'SalesOrderName', customer: 'OrderingCustomerAccountNumber', reference: 'CustomersOrderReference' },
      generation,
    ),
    ...more,
  ],
})

const line = (generation: Generation, more: readonly FieldStatement[]) => ({
  source: 'salesorderdetails',
  destination: 'CDSSalesOrderLines',
  aliases: ['CDSSalesOrderLinesV2'],
  qualifies: [
    { field: 'msdynce_orderissubmitted', is: ['true'] },
    { field: 'msdynce_orderhasexternalmaintainedproductsonly', is: ['true'] },
    { field: 'msdynce_ismisctax', isNot: ['true'] },
  ],
  key: [
    { source: 'salesorderid.ordernumber', destination: 'SalesOrderNumber' },
    { source: 'sequencenumber', destination: 'LineCreationSequenceNumber' },
  ],
  closed: true as const,
  movedOn: MOVED_ON,
  // Without the discount the two-hop generation's amounts are others.
  ...(generation === 'direct' && { amounts: LINE_AMOUNTS }),
  fields: [
    code('SalesOrderNumber', 'salesorderid.ordernumber', { isIdentity: true }),
    ...lineFields('OrderedSalesQuantity', generation),
    ...more,
  ],
})

/** Source: templates specification 7.6. */
export const ORDERS_TO_SUPPLY_CHAIN_DIRECT: Statement = {
  id: 'D6',
  templateName: 'Sales Orders (Sales to Supply Chain Management) - Direct',
  tasks: [header('CDSSalesOrderHeaders', 'direct', []), line('direct', [number('TotalDiscountAmount', 'manualdiscountamount')])],
}

/** Totals are Supply Chain's own; this generation carries no discount. Source: templates specification 8.5, 8.6. */
export const ORDERS_TO_SUPPLY_CHAIN_TWO_HOP: Statement = {
  id: 'H8',
  templateName: 'Sales Orders (Sales to Fin and Ops)',
  tasks: [
    header('SalesOrderHeadersV2', 'two-hop', [
      { field: 'PaymentTermsBaseDate', kind: 'date', value: { is: 'copy', of: ['submitdate'], blank: TWO_HOP_DATE } },
    ]),
    line('two-hop', [constant('ShippingSiteId', '1'), constant('ShippingWarehouseId', '13')]),
  ],
}
