import { choice, type Entity, type EntityProperty, entity, int, key, long, READ_ONLY, real, refersTo, text, yesNo } from './entity.ts'

/** What every charge of a document has. Columns of `MarkupTrans`. Source: Supply Chain specification, 2.17 and 5.6. */
const CHARGE: readonly EntityProperty[] = [
  text('ChargeCode', 10, { label: 'Charges code', isMandatory: true, ...refersTo('CDSSalesCharge', 'ChargeCode') }),
  choice('ChargeCategory', 'MarkupCategory', { label: 'Category' }),
  // An amount, an amount per unit, or a percentage: the category says which.
  real('ChargeValue', { label: 'Charges value' }),
  text('ChargeText', 60, { label: 'Transaction text' }),
  text('CurrencyCode', 3, { label: 'Currency', ...refersTo('Currency', 'CurrencyCode') }),
  text('SalesTaxGroupCode', 10, { label: 'Sales tax group', ...refersTo('TaxGroup', 'TaxGroupCode') }),
  text('SalesTaxItemGroupCode', 10, { label: 'Item sales tax group', ...refersTo('TaxItemGroupHeading', 'TaxItemGroup') }),
  yesNo('IsKept', { label: 'Keep' }),
  // Figures of the last calculation, in the currency of the document.
  real('CalculatedAmount', READ_ONLY),
  real('TaxAmount', READ_ONLY),
]

/** What the application keeps of a charge of an order beside that. */
const INVOICED: readonly EntityProperty[] = [
  // Invoiced so far, in the currency of the document; a closed charge goes on no further invoice.
  real('InvoicedAmount', READ_ONLY),
  choice('IsClosed', 'NoYes', { ...READ_ONLY, label: 'Closed' }),
]

const AUTOMATIC: readonly EntityProperty[] = [
  // The auto charge that the document got it from; blank where someone entered it.
  text('AutoChargeNumber', 20, READ_ONLY),
]

/** A tier of the order total within which the charge counts; 0 has no end. */
const TIER: readonly EntityProperty[] = [real('FromOrderAmount', READ_ONLY), real('ToOrderAmount', READ_ONLY)]

const chargeLine = (): EntityProperty =>
  int('ChargeLineNumber', { isKey: true, isMandatory: false, allowEdit: false, label: 'Line number' })
const orderNumber = (name: string, label: string): EntityProperty => text(name, 20, { label, isMandatory: true, allowEdit: false })
const lotId = (): EntityProperty => key('InventoryLotId', 20, { label: 'Lot ID' })

/** Charges of the header of a sales order. Names are ours: the public entities of charges are not part of the published integration. */
export const SALES_ORDER_HEADER_CHARGES = entity({
  name: 'SalesOrderHeaderCharge',
  collection: 'SalesOrderHeaderCharges',
  aotName: 'SalesOrderHeaderChargeEntity',
  label: 'Sales order header charges',
  category: 'Transaction',
  storage: ['sales_order_charge', 'MarkupTrans', 'Charges transactions'],
  properties: [key('SalesOrderNumber', 20, { label: 'Sales order' }), chargeLine(), ...CHARGE, ...INVOICED, ...AUTOMATIC, ...TIER],
})

/** Charges of one order line. The order is named as well: its row is locked before any of its charges. */
export const SALES_ORDER_LINE_CHARGES = entity({
  name: 'SalesOrderLineCharge',
  collection: 'SalesOrderLineCharges',
  aotName: 'SalesOrderLineChargeEntity',
  label: 'Sales order line charges',
  category: 'Transaction',
  storage: ['sales_order_line_charge', 'MarkupTrans', 'Charges transactions'],
  properties: [lotId(), chargeLine(), orderNumber('SalesOrderNumber', 'Sales order'), ...CHARGE, ...INVOICED, ...AUTOMATIC],
})

export const SALES_QUOTATION_HEADER_CHARGES = entity({
  name: 'SalesQuotationHeaderCharge',
  collection: 'SalesQuotationHeaderCharges',
  aotName: 'SalesQuotationHeaderChargeEntity',
  label: 'Sales quotation header charges',
  category: 'Transaction',
  storage: ['sales_quotation_charge', 'MarkupTrans', 'Charges transactions'],
  properties: [key('SalesQuotationNumber', 20, { label: 'Quotation' }), chargeLine(), ...CHARGE, ...AUTOMATIC, ...TIER],
})

export const SALES_QUOTATION_LINE_CHARGES = entity({
  name: 'SalesQuotationLineCharge',
  collection: 'SalesQuotationLineCharges',
  aotName: 'SalesQuotationLineChargeEntity',
  label: 'Sales quotation line charges',
  category: 'Transaction',
  storage: ['sales_quotation_line_charge', 'MarkupTrans', 'Charges transactions'],
  properties: [lotId(), chargeLine(), orderNumber('SalesQuotationNumber', 'Quotation'), ...CHARGE, ...AUTOMATIC],
})

/** Charges of posted documents: rows of `MarkupTrans` whose parent is a journal. */
export const DOCUMENT_CHARGES = entity({
  name: 'DocumentCharge',
  collection: 'DocumentCharges',
  aotName: 'MarkupTrans',
  label: 'Charges of posted documents',
  category: 'Transaction',
  storage: ['document_charge', 'MarkupTrans', 'Charges transactions'],
  isInternal: true,
  properties: [
    // `sales_invoice` or `sales_invoice_line`, and the record id of its row.
    key('ParentTable', 40),
    long('ParentRecId', { isKey: true }),
    chargeLine(),
    ...CHARGE,
  ],
})

/** Charges of documents. */
export const CHARGE_ENTITIES: readonly Entity[] = [
  SALES_ORDER_HEADER_CHARGES,
  SALES_ORDER_LINE_CHARGES,
  SALES_QUOTATION_HEADER_CHARGES,
  SALES_QUOTATION_LINE_CHARGES,
  DOCUMENT_CHARGES,
]
