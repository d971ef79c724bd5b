import { choice, date, type EntityProperty, entity, int, key, real, text, toMany, toOne, yesNo } from './entity.ts'
import { productDimensions } from './product-dimensions.ts'

const INVOICE_KEY = (): EntityProperty[] => [
  key('InvoiceNumber', 20, { label: 'Invoice' }),
  date('InvoiceDate', { isKey: true }),
  key('LedgerVoucher', 20, { label: 'Voucher' }),
]

const ON_INVOICE = [
  ['InvoiceNumber', 'InvoiceNumber'],
  ['InvoiceDate', 'InvoiceDate'],
  ['LedgerVoucher', 'LedgerVoucher'],
] as const

/** What both header entities show; the invoice address is the one that was valid at posting. Source: Supply Chain specification, 2.12. */
const HEADER = [
  ...INVOICE_KEY(),
  text('SalesOrderNumber', 20, { label: 'Sales order' }),
  text('InvoiceCustomerAccountNumber', 20, { label: 'Invoice account' }),
  text('ContactPersonId', 20, { label: 'Contact' }),
  text('CurrencyCode', 3, { label: 'Currency' }),
  text('CustomersOrderReference', 60, { label: 'Customer reference' }),
  text('PaymentTermsName', 10, { label: 'Terms of payment' }),
  text('DeliveryModeCode', 10, { label: 'Mode of delivery' }),
  text('DeliveryTermsCode', 10, { label: 'Delivery terms' }),
  text('InvoiceAddressStreet', 250, { label: 'Street' }),
  text('InvoiceAddressStreetNumber', 20, { label: 'Street number' }),
  text('InvoiceAddressCity', 80, { label: 'City' }),
  text('InvoiceAddressState', 50, { label: 'State' }),
  text('InvoiceAddressZipCode', 20, { label: 'ZIP/postal code' }),
  text('InvoiceAddressCountryRegionId', 10, { label: 'Country/region' }),
  text('InvoiceAddressCountryRegionISOCode', 2, { label: 'ISO country/region' }),
  real('TotalInvoiceAmount', { label: 'Invoice amount' }),
  real('TotalTaxAmount', { label: 'Sales tax' }),
  real('InvoiceHeaderTaxAmount', { label: 'Sales tax on header charges' }),
  real('TotalChargeAmount', { label: 'Charges' }),
  real('TotalDiscountAmount', { label: 'Discount' }),
  // The amount of the total discount; its name is the public one.
  real('TotalDiscountCustomerGroupCode', { label: 'Total discount' }),
  text('SalesOrderResponsiblePersonnelNumber', 25, { label: 'Sales responsible' }),
  choice('SalesOrderOriginType', 'SalesOriginType'),
]

const LINE = [
  ...INVOICE_KEY(),
  int('LineCreationSequenceNumber', { isKey: true, label: 'Line creation sequence' }),
  real('InvoicedQuantity', { label: 'Quantity' }),
  // Per one sales unit: price divided by price unit.
  real('SalesPrice', { label: 'Unit price' }),
  text('SalesUnitSymbol', 10, { label: 'Unit' }),
  real('LineAmount', { label: 'Net amount' }),
  real('LineTotalDiscountAmount', { label: 'Line discount total' }),
  real('LineTotalChargeAmount', { label: 'Charges on line' }),
  // With the tax on charges of the line, without the tax on charges of the header.
  real('LineTotalTaxAmount', { label: 'Sales tax' }),
  text('ProductNumber', 70),
  text('ProductName', 60),
  text('ProductDescription', 1000),
  text('CurrencyCode', 3, { label: 'Currency' }),
  date('ConfirmedShippingDate'),
]

const HEADER_STORAGE = ['sales_invoice', 'CustInvoiceJour', 'Customer invoice journal'] as const
const LINE_STORAGE = ['sales_invoice_line', 'CustInvoiceTrans', 'Customer invoice lines'] as const

export const SALES_INVOICE_HEADERS_V2 = entity({
  name: 'SalesInvoiceHeaderV2',
  collection: 'SalesInvoiceHeadersV2',
  aotName: 'SalesInvoiceHeaderV2Entity',
  label: 'Sales invoice headers V2',
  category: 'Transaction',
  storage: HEADER_STORAGE,
  isPosted: true,
  properties: HEADER,
  navigation: [
    toMany('SalesInvoiceLines', 'SalesInvoiceV2Line', ...ON_INVOICE),
    toOne('SalesOrderHeader', 'SalesOrderHeaderV2', ['SalesOrderNumber', 'SalesOrderNumber']),
  ],
})

/** Columns of `CustInvoiceJour` that no public entity shows. Amounts without `MST` are in the currency of the invoice. Source: 6.1. */
export const CUST_INVOICE_JOUR = entity({
  name: 'CustInvoiceJour',
  collection: 'CustInvoiceJours',
  aotName: 'CustInvoiceJour',
  label: 'Customer invoice journal',
  category: 'Transaction',
  storage: HEADER_STORAGE,
  isInternal: true,
  isPosted: true,
  properties: [
    ...INVOICE_KEY(),
    text('OrderingCustomerAccountNumber', 20, { label: 'Customer account' }),
    text('InvoiceCustomerName', 100),
    text('LanguageId', 7),
    text('SalesTaxGroupCode', 10),
    text('CustomerPaymentMethodName', 10),
    yesNo('ArePricesIncludingSalesTax'),
    yesNo('IsCreditNote'),
    // The invoice that a credit note gives back, where it gives back one only.
    text('CreditedInvoiceNumber', 20),
    date('DocumentDate'),
    date('DueDate'),
    date('CashDiscountDate'),
    text('CashDiscountCode', 10),
    real('CashDiscountAmount'),
    // Units of the accounting currency for one unit of the invoice's currency.
    real('ExchangeRate'),
    real('Quantity'),
    // SalesBalance: sum of the line amounts, their net part where prices include sales tax.
    real('SalesBalance'),
    real('SumLineDiscount'),
    real('SumCharges'),
    real('InvoiceRoundOff'),
    real('CostValue'),
    real('InvoiceAmountMST'),
    real('SalesBalanceMST'),
    real('TotalDiscountMST'),
    real('SumChargesMST'),
    real('SumTaxMST'),
  ],
})

export const SALES_INVOICE_LINES_V2 = entity({
  name: 'SalesInvoiceV2Line',
  collection: 'SalesInvoiceV2Lines',
  aotName: 'SalesInvoiceLineV2Entity',
  label: 'Sales invoice lines V2',
  category: 'Transaction',
  storage: LINE_STORAGE,
  isPosted: true,
  properties: [
    ...LINE,
    text('ShippingSiteId', 10, { label: 'Site' }),
    text('ShippingWarehouseId', 10, { label: 'Warehouse' }),
    text('ItemBatchNumber', 20, { label: 'Batch number' }),
    ...productDimensions(),
    text('SalesProductCategoryName', 254),
  ],
  navigation: [toOne('SalesInvoiceHeader', 'SalesInvoiceHeaderV2', ...ON_INVOICE)],
})

/** Columns of `CustInvoiceTrans` that no public entity shows: what a credit note repeats, and how far the order line has come. */
export const CUST_INVOICE_TRANS = entity({
  name: 'CustInvoiceTrans',
  collection: 'CustInvoiceTranses',
  aotName: 'CustInvoiceTrans',
  label: 'Customer invoice lines',
  category: 'Transaction',
  storage: LINE_STORAGE,
  isInternal: true,
  isPosted: true,
  properties: [
    // The lot of the order line, which is on an invoice once; first in the key, because credit notes look for the invoices of a lot.
    key('InventoryLotId', 20, { label: 'Lot ID' }),
    ...INVOICE_KEY(),
    text('SalesOrderNumber', 20, { label: 'Sales order' }),
    real('LineNumber'),
    text('ItemNumber', 20),
    // SalesPrice of the order line, per SalesPriceQuantity units.
    real('OrderPrice'),
    real('SalesPriceQuantity', { defaultValue: '1' }),
    real('LineDiscountAmount'),
    real('LineDiscountPercentage'),
    real('MultilineDiscountAmount'),
    real('MultilineDiscountPercentage'),
    // Sales charges that this invoice took, the remainder of the discount split among them.
    real('FixedPriceCharges'),
    real('DiscountRemainder'),
    // Part of the total discount that falls on the line.
    real('TotalDiscountShare'),
    // Tax on the line amount, without its charges.
    real('LineTax'),
    text('SalesTaxGroupCode', 10),
    text('SalesTaxItemGroupCode', 10),
    // InvoicedQuantity in the inventory unit.
    real('InventoryQuantity'),
    real('CostAmount'),
    // Left to deliver after this invoice, in the sales unit.
    real('RemainQuantity'),
    yesNo('IsPartDelivery'),
    text('CreditedInvoiceNumber', 20),
    text('CreditedLotId', 20),
    text('CreditReasonCode', 10),
  ],
})

const externalLine = (version: '' | 'V2') =>
  entity({
    name: `ExternallyMaintainedCustomerSalesInvoiceLine${version}`,
    collection: `ExternallyMaintainedCustomerSalesInvoiceLines${version}`,
    aotName: `SalesExternallyMaintainedCustomerSalesInvoiceLine${version}Entity`,
    label: `Externally maintained customer sales invoice lines${version === '' ? '' : ' V2'}`,
    category: 'Transaction',
    storage: ['externally_maintained_sales_invoice_line', 'CustInvoiceTrans', 'Customer invoice lines'],
    isView: true,
    properties: LINE,
    navigation: [toOne('SalesInvoiceHeader', 'ExternallyMaintainedCustomerSalesInvoiceHeader', ...ON_INVOICE)],
  })

/** Invoices of customers that Sales maintains: what the integration reads. Source: 2.12. */
export const EXTERNALLY_MAINTAINED_INVOICE_HEADERS = entity({
  name: 'ExternallyMaintainedCustomerSalesInvoiceHeader',
  collection: 'ExternallyMaintainedCustomerSalesInvoiceHeaders',
  aotName: 'SalesExternallyMaintainedCustomerSalesInvoiceHeaderEntity',
  label: 'Externally maintained customer sales invoice headers',
  category: 'Transaction',
  storage: ['externally_maintained_sales_invoice', 'CustInvoiceJour', 'Customer invoice journal'],
  isView: true,
  properties: HEADER,
  navigation: [toMany('SalesInvoiceLines', 'ExternallyMaintainedCustomerSalesInvoiceLine', ...ON_INVOICE)],
})

/** Posted invoices: headers before lines. */
export const SALES_INVOICE_ENTITIES = [
  SALES_INVOICE_HEADERS_V2,
  CUST_INVOICE_JOUR,
  SALES_INVOICE_LINES_V2,
  CUST_INVOICE_TRANS,
  EXTERNALLY_MAINTAINED_INVOICE_HEADERS,
  externalLine(''),
  externalLine('V2'),
]
