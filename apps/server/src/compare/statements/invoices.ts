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
  type Statement,
  text,
  UNIT_NAMES,
  yes,
} from './statement.ts'

const CLAIM = { field: 'msdynce_ismaintainedexternally', is: ['true'] }

const HEADER: readonly FieldStatement[] = [
  code('invoicenumber', 'InvoiceNumber', { isIdentity: true }),
  day('msdynce_invoicedate', 'InvoiceDate'),
  code('salesorderid.ordernumber', 'SalesOrderNumber', { isIdentity: true }),
  code(CUSTOMER, 'InvoiceCustomerAccountNumber', { isIdentity: true }),
  code(CURRENCY, 'CurrencyCode'),
  entry('pricelevelid.name', 'CurrencyCode', PRICE_LISTS),
  country('billto_country', 'InvoiceAddressCountryRegionId'),
  number('freightamount', 'TotalChargeAmount'),
  // Its name misleads: it holds the amount of the discount on the whole invoice.
  number('discountamount', 'TotalDiscountCustomerGroupCode'),
]

const LINE: readonly FieldStatement[] = [
  code('invoiceid.invoicenumber', 'InvoiceNumber', { isIdentity: true }),
  number('sequencenumber', 'LineCreationSequenceNumber', { isIdentity: true }),
  code('productid.productnumber', 'ProductNumber', { isIdentity: true }),
  number('quantity', 'InvoicedQuantity'),
  entry('uomid.name', 'SalesUnitSymbol', UNIT_NAMES, { onlyWith: ['ProductNumber'] }),
  number('priceperunit', 'SalesPrice'),
  number('manualdiscountamount', 'LineTotalDiscountAmount'),
  number('tax', 'LineTotalTaxAmount'),
  no('msdynce_ismisctax'),
]

const HEADER_TASK = {
  source: 'ExternallyMaintainedCustomerSalesInvoiceHeaders',
  destination: 'invoices',
  // The entity holds invoices of customers from Sales only; free text invoices have no order.
  qualifies: [{ field: 'SalesOrderNumber', isNot: [''] }],
  key: [{ source: 'InvoiceNumber', destination: 'invoicenumber' }],
  claims: [CLAIM],
  amounts: {
    source: { plus: ['TotalInvoiceAmount'], currency: 'CurrencyCode' },
    destination: { plus: ['totalamount'], currency: CURRENCY },
  },
}

const LINE_TASK = {
  source: 'ExternallyMaintainedCustomerSalesInvoiceLines',
  aliases: ['ExternallyMaintainedCustomerSalesInvoiceLinesV2'],
  destination: 'invoicedetails',
  qualifies: [{ field: 'InvoiceNumber', isNot: [''] }],
  withHeader: true as const,
  key: [
    { source: 'InvoiceNumber', destination: 'invoiceid.invoicenumber' },
    { source: 'LineCreationSequenceNumber', destination: 'sequencenumber' },
  ],
  claims: [CLAIM],
}

const REACHED_BY = ['discountamount', 'freightamount', 'msdynce_misctax', 'quantity', 'priceperunit', 'manualdiscountamount', 'tax']

/** Source: templates specification 7.8. */
export const INVOICES_DIRECT: Statement = {
  id: 'D8',
  templateName: 'Sales Invoices (Supply Chain Management to Sales) - Direct',
  tasks: [
    {
      ...HEADER_TASK,
      fields: [
        ...HEADER,
        text('name', 'InvoiceNumber'),
        no('ispricelocked'),
        yes('msdynce_ismaintainedexternally'),
        number('msdynce_misctax', 'InvoiceHeaderTaxAmount'),
        text('description', 'CustomersOrderReference'),
        text('billto_line1', 'InvoiceAddressStreet'),
        text('billto_line2', 'InvoiceAddressStreetNumber'),
        text('billto_city', 'InvoiceAddressCity'),
        text('billto_stateorprovince', 'InvoiceAddressState'),
        text('billto_postalcode', 'InvoiceAddressZipCode'),
      ],
      freightTax: { amount: 'InvoiceHeaderTaxAmount', carriedBy: 'msdynce_misctax' },
      total: {
        source: 'TotalInvoiceAmount',
        destination: 'totalamount',
        unless: { field: 'InvoiceNumber', is: [''] },
        reachedBy: REACHED_BY,
      },
    },
    {
      ...LINE_TASK,
      holdsFreightTax: true,
      fields: [
        ...LINE,
        code('msdynce_invoicenumber', 'InvoiceNumber'),
        day('msdynce_invoicedate', 'InvoiceDate'),
        constant('isproductoverridden', 'yes', 'yes-no', { onlyWithout: ['ProductNumber'] }),
        text('productdescription', 'ProductName', { onlyWithout: ['ProductNumber'] }),
        text('description', 'ProductDescription'),
        code(CURRENCY, 'CurrencyCode'),
        yes('msdynce_ismaintainedexternally'),
      ],
    },
  ],
}

/** Source: templates specification 8.8. */
export const INVOICES_TWO_HOP: Statement = {
  id: 'H7',
  templateName: 'Sales Invoices (Fin and Ops to Sales)',
  tasks: [
    { ...HEADER_TASK, fields: HEADER },
    { ...LINE_TASK, claims: [CLAIM, { field: 'msdynce_ismisctax', isNot: ['true'] }], fields: LINE },
  ],
}
