import {
  CURRENCY,
  CUSTOMER,
  code,
  constant,
  country,
  day,
  entry,
  type FieldStatement,
  no,
  number,
  PRICE_LISTS,
  PROCESSING_STATUSES,
  type Statement,
  text,
  UNIT_NAMES,
  yes,
} from './statement.ts'

/** Both customers came from Sales, the order was confirmed, its totals are computed, and it is no work order. */
const qualifies = (totals: string) => [
  { field: 'OrderingCustomerIsExternallyMaintained', is: ['Yes'] },
  { field: 'InvoiceCustomerIsExternallyMaintained', is: ['Yes'] },
  { field: 'SalesOrderProcessingStatus', isNot: ['Active'] },
  { field: totals, is: ['Yes'] },
  { field: 'SalesOrderOriginType', isNot: ['WorkOrderIntegration'] },
]

const CLAIM = { field: 'msdynce_ismaintainedexternally', is: ['true'] }
/** Supply Chain keeps the amounts of a cancelled line and leaves it out of the totals; Sales has no such line, so it is nought there. */
const CANCELLED = { field: 'SalesOrderLineStatus', is: ['Canceled'] }

const HEADER: readonly FieldStatement[] = [
  code('ordernumber', 'SalesOrderNumber', { isIdentity: true }),
  text('name', ['SalesOrderName', 'SalesOrderNumber']),
  code(CUSTOMER, 'OrderingCustomerAccountNumber', { isIdentity: true }),
  code(CURRENCY, 'CurrencyCode'),
  entry('pricelevelid.name', 'CurrencyCode', PRICE_LISTS),
  constant('statecode', '0'),
  entry('msdynce_processingstatus', 'SalesOrderProcessingStatus', PROCESSING_STATUSES),
  yes('msdynce_ismaintainedexternally'),
  number('freightamount', 'OrderTotalChargesAmount'),
  number('discountamount', 'TotalDiscountAmount'),
  day('requestdeliveryby', 'RequestedShippingDate'),
  ...(['Delivery', 'Invoice'] as const).flatMap((address) => {
    const prefix = address === 'Delivery' ? 'shipto' : 'billto'
    return [
      text(`${prefix}_line1`, `${address}AddressStreet`),
      text(`${prefix}_line2`, `${address}AddressStreetNumber`),
      text(`${prefix}_city`, `${address}AddressCity`),
      text(`${prefix}_stateorprovince`, `${address}AddressStateId`),
      text(`${prefix}_postalcode`, `${address}AddressZipCode`),
      country(`${prefix}_country`, `${address}AddressCountryRegionISOCode`),
    ]
  }),
]

const LINE: readonly FieldStatement[] = [
  code('salesorderid.ordernumber', 'SalesOrderNumber', { isIdentity: true }),
  number('sequencenumber', 'LineCreationSequenceNumber', { isIdentity: true }),
  code('productid.productnumber', 'ProductNumber', { isIdentity: true }),
  number('quantity', 'OrderedSalesQuantity', { zeroWhen: CANCELLED }),
  entry('uomid.name', 'SalesUnitSymbol', UNIT_NAMES),
  { field: 'priceperunit', kind: 'number', value: { is: 'copy', of: ['SalesPrice'], dividedBy: 'SalesPriceQuantity' } },
  number('manualdiscountamount', 'TotalDiscountAmount', { zeroWhen: CANCELLED }),
  number('tax', 'TotalTaxAmount', { zeroWhen: CANCELLED }),
  text('description', 'LineDescription'),
  no('msdynce_ismisctax'),
]

const ORDER_KEY = [{ source: 'SalesOrderNumber', destination: 'ordernumber' }]
const LINE_KEY = [
  { source: 'SalesOrderNumber', destination: 'salesorderid.ordernumber' },
  { source: 'LineCreationSequenceNumber', destination: 'sequencenumber' },
]

const AMOUNTS = {
  source: { plus: ['OrderTotalAmount'], currency: 'CurrencyCode' },
  destination: { plus: ['totalamount'], currency: CURRENCY },
}

const HEADER_TASK = {
  source: 'CDSSalesOrderHeaders',
  destination: 'salesorders',
  qualifies: qualifies('AreTotalsUpdated'),
  key: ORDER_KEY,
  claims: [CLAIM],
  amounts: AMOUNTS,
}

const LINE_TASK = {
  source: 'CDSSalesOrderLines',
  aliases: ['CDSSalesOrderLinesV2'],
  destination: 'salesorderdetails',
  qualifies: qualifies('AreSalesOrderTotalsUpdated'),
  key: LINE_KEY,
  claims: [CLAIM],
}

/** Destination fields by which Sales reaches the total of Supply Chain (templates specification 9.8). */
const REACHED_BY = ['discountamount', 'freightamount', 'msdynce_misctax', 'quantity', 'priceperunit', 'manualdiscountamount', 'tax']

/** Source: templates specification 7.7. */
export const ORDERS_TO_SALES_DIRECT: Statement = {
  id: 'D7',
  templateName: 'Sales Orders (Supply Chain Management to Sales) - Direct',
  tasks: [
    {
      ...HEADER_TASK,
      fields: [...HEADER, number('msdynce_misctax', 'OrderHeaderTaxAmount'), text('description', 'CustomersOrderReference')],
      freightTax: { amount: 'OrderHeaderTaxAmount', carriedBy: 'msdynce_misctax' },
      total: {
        source: 'OrderTotalAmount',
        destination: 'totalamount',
        // Prices that include tax cannot be said in Sales.
        unless: { field: 'ArePricesIncludingSalesTax', is: ['Yes'] },
        reachedBy: REACHED_BY,
      },
    },
    {
      ...LINE_TASK,
      holdsFreightTax: true,
      fields: [
        ...LINE,
        code('msdynce_ordernumber', 'SalesOrderNumber'),
        day('requestdeliveryby', 'RequestedReceiptDate'),
        code(CURRENCY, 'CurrencyCode'),
        yes('msdynce_ismaintainedexternally'),
        text('shipto_line1', 'DeliveryAddressStreet'),
        text('shipto_line2', 'DeliveryAddressStreetNumber'),
        text('shipto_city', 'DeliveryAddressCity'),
        text('shipto_stateorprovince', 'DeliveryAddressStateId'),
        text('shipto_postalcode', 'DeliveryAddressZipCode'),
        country('shipto_country', 'DeliveryAddressCountryRegionISOCode'),
      ],
    },
  ],
}

/** Tax of the header is not carried in this generation, so totals may differ by it. Source: templates specification 8.7. */
export const ORDERS_TO_SALES_TWO_HOP: Statement = {
  id: 'H6',
  templateName: 'Sales Orders (Fin and Ops to Sales)',
  tasks: [
    { ...HEADER_TASK, fields: HEADER },
    {
      ...LINE_TASK,
      claims: [CLAIM, { field: 'msdynce_ismisctax', isNot: ['true'] }],
      fields: [...LINE, country('shipto_country', 'DeliveryAddressCountryRegionId')],
    },
  ],
}
