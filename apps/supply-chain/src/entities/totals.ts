import { choice, date, dateTime, type Entity, type EntityProperty, entity, int, key, long, real, text } from './entity.ts'

/**
 * When and for which content of the document the totals were made: they are current while `ContentVersion` equals that of the header.
 * Source: Supply Chain specification, 2.14.
 */
const MADE_FOR: readonly EntityProperty[] = [long('ContentVersion'), dateTime('LastUpdatedDateTime')]

/** Figures of 5.8 that are the same for orders and quotations, in the currency of the document. */
const amounts = (document: 'Order' | 'Quotation'): EntityProperty[] => [
  // The net part of it where prices include tax; without the own sales charges of the lines.
  real('LineTotalAmount'),
  // The total discount of the document alone.
  real('TotalDiscountAmount'),
  real(`${document}TotalDiscountAmount`),
  real(`${document}TotalChargesAmount`),
  real(`${document}TotalTaxAmount`),
  real(`${document}HeaderTaxAmount`),
  real(`${document}TotalAmount`),
]

const LINE_AMOUNTS: readonly EntityProperty[] = [real('TotalDiscountAmount'), real('TotalChargesAmount'), real('TotalTaxAmount')]

export const SALES_ORDER_TOTALS = entity({
  name: 'SalesOrderTotal',
  collection: 'SalesOrderTotals',
  aotName: 'SalesOrderTotals',
  label: 'Sales order totals',
  category: 'Transaction',
  storage: ['sales_order_total', 'SalesOrderTotals', 'Sales order totals'],
  isInternal: true,
  properties: [key('SalesOrderNumber', 20, { label: 'Sales order' }), ...amounts('Order'), ...MADE_FOR],
})

export const SALES_ORDER_LINE_TOTALS = entity({
  name: 'SalesOrderLineTotal',
  collection: 'SalesOrderLineTotals',
  aotName: 'SalesOrderLineTotals',
  label: 'Sales order line totals',
  category: 'Transaction',
  storage: ['sales_order_line_total', 'SalesOrderLineTotals', 'Sales order line totals'],
  isInternal: true,
  properties: [key('InventoryLotId', 20, { label: 'Lot ID' }), text('SalesOrderNumber', 20), ...LINE_AMOUNTS, ...MADE_FOR],
})

export const SALES_QUOTATION_TOTALS = entity({
  name: 'SalesQuotationTotal',
  collection: 'SalesQuotationTotals',
  aotName: 'SalesQuotationCalculatedTotals',
  label: 'Sales quotation totals',
  category: 'Transaction',
  storage: ['sales_quotation_total', 'SalesQuotationCalculatedTotals', 'Sales quotation totals'],
  isInternal: true,
  properties: [key('SalesQuotationNumber', 20, { label: 'Quotation' }), ...amounts('Quotation'), ...MADE_FOR],
})

export const SALES_QUOTATION_LINE_TOTALS = entity({
  name: 'SalesQuotationLineTotal',
  collection: 'SalesQuotationLineTotals',
  aotName: 'SalesQuotationLineCalculatedTotals',
  label: 'Sales quotation line totals',
  category: 'Transaction',
  storage: ['sales_quotation_line_total', 'SalesQuotationLineCalculatedTotals', 'Sales quotation line totals'],
  isInternal: true,
  properties: [key('InventoryLotId', 20, { label: 'Lot ID' }), text('SalesQuotationNumber', 20), ...LINE_AMOUNTS, ...MADE_FOR],
})

/** `TaxTrans`: base and amount of tax per document, line, charge and tax code. Source: Supply Chain specification, 2.17. */
export const TAX_TRANSACTIONS = entity({
  name: 'TaxTransaction',
  collection: 'TaxTransactions',
  aotName: 'TaxTrans',
  label: 'Sales tax transactions',
  category: 'Transaction',
  storage: ['tax_transaction', 'TaxTrans', 'Sales tax transactions'],
  isInternal: true,
  properties: [
    // `sales_order`, `sales_quotation` or `sales_invoice`, and the record id of the document.
    key('DocumentTable', 40),
    long('DocumentRecId', { isKey: true }),
    int('TransactionNumber', { isKey: true }),
    // The line that it belongs to; 0 for charges of the header, and for all where tax is not kept per line.
    long('LineRecId'),
    // The charge that is taxed; 0 for the line itself.
    long('ChargeRecId'),
    text('SalesTaxCode', 10),
    text('SalesTaxGroupCode', 10),
    text('SalesTaxItemGroupCode', 10),
    choice('IsExempt', 'NoYes'),
    real('TaxBaseAmount'),
    real('TaxAmount'),
    text('CurrencyCode', 3),
    date('TransactionDate'),
  ],
})

/** What is calculated of documents. */
export const TOTALS_ENTITIES: readonly Entity[] = [
  SALES_ORDER_TOTALS,
  SALES_ORDER_LINE_TOTALS,
  SALES_QUOTATION_TOTALS,
  SALES_QUOTATION_LINE_TOTALS,
  TAX_TRANSACTIONS,
]
