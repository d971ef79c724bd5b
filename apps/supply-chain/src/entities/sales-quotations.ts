import { deliveryAddress, deliveryAddressRecord, invoiceAddress } from './document-address.ts'
import {
  deliveryAndPayment,
  discountGroups,
  linePrice,
  lineSequence,
  lineTaxGroups,
  salesTaxGroup,
  wholeLineDiscount,
} from './document-fields.ts'
import {
  COMPUTED,
  choice,
  date,
  type EntityProperty,
  entity,
  key,
  long,
  READ_ONLY,
  real,
  refersTo,
  text,
  toMany,
  toOne,
  yesNo,
} from './entity.ts'
import { productDimensions } from './product-dimensions.ts'

const customer = (name: string, label: string) => text(name, 20, { label, ...refersTo('CustomerV3', 'CustomerAccount') })

/** What both header entities write. Source: Supply Chain specification, 2.7. */
const HEADER = [
  key('SalesQuotationNumber', 20, { label: 'Quotation', isMandatory: false }),
  text('SalesQuotationName', 100, { label: 'Name' }),
  customer('RequestingCustomerAccountNumber', 'Customer account'),
  customer('InvoiceCustomerAccountNumber', 'Invoice account'),
  // Prospects are kept elsewhere: the number is held as given until a customer takes its place.
  text('ProspectId', 20, { label: 'Prospect' }),
  text('ContactPersonId', 20, { label: 'Contact' }),
  text('CurrencyCode', 3, { label: 'Currency', ...refersTo('Currency', 'CurrencyCode') }),
  text('LanguageId', 7, { label: 'Language', ...refersTo('Language', 'LanguageId') }),
  text('CustomersReference', 60, { label: 'Customer reference' }),
  ...deliveryAndPayment(),
  text('QuotationTakerPersonnelNumber', 25, { label: 'Sales taker' }),
  text('QuotationResponsiblePersonnelNumber', 25, { label: 'Sales responsible' }),
  text('OpportunityId', 50, { label: 'Opportunity' }),
  text('OperatingUnitPartyNumber', 40, { label: 'Operating unit' }),
  text('Email', 255),
  text('URL', 255, { label: 'Internet address' }),
  date('ReceiptDateRequested', { label: 'Requested receipt date' }),
  date('RequestedShippingDate'),
  date('SalesQuotationExpiryDate', { label: 'Expiration date' }),
  date('SalesQuotationFollowUpDate', { label: 'Follow-up date' }),
  real('TotalDiscountPercentage', { label: 'Total discount %' }),
  real('CashDiscountPercentage'),
  yesNo('ArePricesIncludingSalesTax', { label: 'Prices include sales tax' }),
  yesNo('SkipGlobalUnifiedPricingCalculation'),
  choice('SalesOrderPromisingMethod', 'SalesDeliveryDateControlType', { label: 'Delivery date control' }),
  choice('SalesQuotationHeaderCreationMethod', 'SalesQuotationCreationMethod', { label: 'Creation method' }),
  ...deliveryAddress(),
  text('FormattedDeliveryAddress', 250, { ...COMPUTED, label: 'Delivery address' }),
]

/** What the application keeps and computes of a quotation. */
const HEADER_STATE = [
  choice('SalesQuotationStatus', 'SalesQuotationStatus', { ...READ_ONLY, label: 'Quotation status' }),
  date('SalesQuotationConfirmationDate', { ...READ_ONLY, label: 'Confirmation date' }),
  text('GeneratedSalesOrderNumber', 20, { ...READ_ONLY, label: 'Sales order' }),
  choice('AreTotalsCalculated', 'NoYes', COMPUTED),
  real('QuotationTotalAmount', COMPUTED),
  real('QuotationTotalTaxAmount', COMPUTED),
  real('QuotationHeaderTaxAmount', COMPUTED),
  real('QuotationTotalChargesAmount', COMPUTED),
  real('QuotationTotalDiscountAmount', COMPUTED),
  real('TotalDiscountAmount', COMPUTED),
]

const HEADER_STORAGE = ['sales_quotation', 'SalesQuotationTable', 'Sales quotations'] as const
const HEADER_VIEW = 'sales_quotation_view'

export const CDS_SALES_QUOTATION_HEADERS = entity({
  name: 'CDSSalesQuotationHeader',
  collection: 'CDSSalesQuotationHeaders',
  aotName: 'SalesQuotationHeaderCDSEntity',
  label: 'CDS sales quotation header',
  category: 'Transaction',
  storage: HEADER_STORAGE,
  readsFrom: HEADER_VIEW,
  properties: [...HEADER, ...invoiceAddress(), ...HEADER_STATE],
  navigation: [
    toMany('CDSSalesQuotationLines', 'CDSSalesQuotationLine', ['SalesQuotationNumber', 'SalesQuotationNumber']),
    toOne('CDSSalesOrderHeader', 'CDSSalesOrderHeader', ['GeneratedSalesOrderNumber', 'SalesOrderNumber']),
  ],
})

/** The native header of the two-hop template. Source: templates specification, 8.5. */
export const SALES_QUOTATION_HEADERS = entity({
  name: 'SalesQuotationHeader',
  collection: 'SalesQuotationHeaders',
  aotName: 'SalesQuotationHeaderEntity',
  label: 'Sales quotation headers',
  category: 'Transaction',
  storage: HEADER_STORAGE,
  readsFrom: HEADER_VIEW,
  properties: [...HEADER, ...HEADER_STATE, salesTaxGroup(), ...discountGroups(), yesNo('SkipCreateAutoCharges')],
  navigation: [toMany('SalesQuotationLines', 'SalesQuotationLine', ['SalesQuotationNumber', 'SalesQuotationNumber'])],
})

/** Columns of `SalesQuotationTable` that no public entity shows. */
export const SALES_QUOTATION_TABLE = entity({
  name: 'SalesQuotationTable',
  collection: 'SalesQuotationTables',
  aotName: 'SalesQuotationTable',
  label: 'Sales quotation table',
  category: 'Transaction',
  storage: HEADER_STORAGE,
  isInternal: true,
  properties: [
    key('SalesQuotationNumber', 20, { label: 'Quotation', isMandatory: false }),
    // When the quotation was last sent, and why it was lost or cancelled.
    date('SalesQuotationSentDate'),
    text('ReasonCode', 10, { label: 'Reason' }),
    text('ReasonComment', 255),
    // Rises with every change of the header, its lines and their charges: totals are current while they carry the same number.
    long('ContentVersion', { defaultValue: '1' }),
  ],
})

const quotationNumber = () => key('SalesQuotationNumber', 20, { label: 'Quotation', allowEdit: false })

const LINE: EntityProperty[] = [
  text('ProductName', 60),
  text('LineDescription', 1000),
  text('ExternalItemNumber', 20),
  real('RequestedSalesQuantity', { label: 'Quantity' }),
  text('SalesUnitSymbol', 10, { label: 'Unit', ...refersTo('UnitOfMeasure', 'UnitSymbol') }),
  ...linePrice(),
  real('AllowedOverdeliveryPercentage', { label: 'Overdelivery' }),
  real('AllowedUnderdeliveryPercentage', { label: 'Underdelivery' }),
  text('ShippingSiteId', 10, { label: 'Site', ...refersTo('OperationalSiteV2', 'SiteId') }),
  text('ShippingWarehouseId', 10, { label: 'Warehouse', ...refersTo('Warehouse', 'WarehouseId') }),
  text('RequestedInventoryStatusId', 10, { label: 'Inventory status', ...refersTo('InventoryStatus', 'InventoryStatusId') }),
  text('ItemBatchNumber', 20, { label: 'Batch number' }),
  text('DeliveryModeCode', 10, { label: 'Mode of delivery', ...refersTo('DeliveryModeV2', 'ModeCode') }),
  text('DeliveryTermsId', 10, { label: 'Delivery terms', ...refersTo('DeliveryTerm', 'TermsCode') }),
  date('RequestedReceiptDate'),
  date('RequestedShippingDate'),
  choice('SalesQuotationPromisingMethod', 'SalesDeliveryDateControlType', { label: 'Delivery date control' }),
  text('SalesProductCategoryName', 254),
  text('SalesProductCategoryHierarchyName', 128),
  choice('SalesQuotationLineCreationMethod', 'SalesQuotationCreationMethod', { label: 'Creation method' }),
  ...deliveryAddress(),
  deliveryAddressRecord(),
  text('FormattedDeliveryAddress', 250, { ...COMPUTED, label: 'Delivery address' }),
]

const LINE_STATE = [
  text('CurrencyCode', 3, COMPUTED),
  choice('SalesQuotationStatus', 'SalesQuotationStatus', { ...COMPUTED, label: 'Quotation status' }),
  choice('AreTotalsCalculated', 'NoYes', COMPUTED),
  real('TotalChargesAmount', COMPUTED),
  real('TotalTaxAmount', COMPUTED),
]

const LINE_STORAGE = ['sales_quotation_line', 'SalesQuotationLine', 'Quotation lines'] as const
const LINE_VIEW = 'sales_quotation_line_view'

/** Quotation lines by their creation number. Source: Supply Chain specification, 2.8. */
export const CDS_SALES_QUOTATION_LINES = entity({
  name: 'CDSSalesQuotationLine',
  collection: 'CDSSalesQuotationLines',
  aotName: 'SalesQuotationLineCDSEntity',
  label: 'CDS sales quotation lines',
  category: 'Transaction',
  storage: LINE_STORAGE,
  readsFrom: LINE_VIEW,
  properties: [
    // The key parts stand in this order on the wire: catalogue of the Supply Chain specification, 2.2.
    lineSequence(),
    quotationNumber(),
    text('ProductNumber', 70, { isMandatory: true }),
    ...LINE,
    wholeLineDiscount(),
    text('InventoryLotId', 20, { label: 'Lot ID', ...READ_ONLY }),
    ...LINE_STATE,
  ],
  navigation: [toOne('CDSSalesQuotationHeader', 'CDSSalesQuotationHeader', ['SalesQuotationNumber', 'SalesQuotationNumber'])],
})

/** Quotation lines by lot, with item and dimensions as the application keeps them. */
export const SALES_QUOTATION_LINES = entity({
  name: 'SalesQuotationLine',
  collection: 'SalesQuotationLines',
  aotName: 'SalesQuotationLineEntity',
  label: 'Sales quotation lines',
  category: 'Transaction',
  storage: LINE_STORAGE,
  readsFrom: LINE_VIEW,
  properties: [
    key('InventoryLotId', 20, { label: 'Lot ID', isMandatory: false }),
    { ...quotationNumber(), isKey: false },
    text('ItemNumber', 20, { label: 'Item number', isMandatory: true, ...refersTo('ReleasedProductV2', 'ItemNumber') }),
    real('LineNumber'),
    { ...lineSequence(), isKey: false },
    ...productDimensions(),
    text('ItemSerialNumber', 20),
    ...lineTaxGroups(),
    yesNo('SkipCreateAutoCharges'),
    ...LINE,
    { ...wholeLineDiscount(), ...READ_ONLY },
    ...LINE_STATE,
  ],
  navigation: [toOne('SalesQuotationHeader', 'SalesQuotationHeader', ['SalesQuotationNumber', 'SalesQuotationNumber'])],
})

/** Columns of `SalesQuotationLine` that no public entity shows. */
export const SALES_QUOTATION_LINE = entity({
  name: 'SalesQuotationLineTable',
  collection: 'SalesQuotationLineTables',
  aotName: 'SalesQuotationLine',
  label: 'Sales quotation line table',
  category: 'Transaction',
  storage: LINE_STORAGE,
  isInternal: true,
  properties: [
    key('InventoryLotId', 20, { label: 'Lot ID', isMandatory: false }),
    // The requested quantity in the inventory unit.
    real('QtyOrdered'),
    // The rest of the split of a whole-line discount, with its sign as it is inside FixedPriceCharges.
    real('DiscountRemainder'),
    yesNo('IsStocked'),
    text('MultilineDiscountGroupCode', 10),
    // Someone gave a discount: multiline agreements add none.
    yesNo('IsDiscountGiven'),
    yesNo('TakesPartInTotalDiscount', { defaultValue: 'Yes' }),
  ],
})

/** What was sent, once for each time. The name of the set is ours. Source: Supply Chain specification, 3.1, command send. */
export const SALES_QUOTATION_JOURNALS = entity({
  name: 'SalesQuotationJournal',
  collection: 'SalesQuotationJournals',
  aotName: 'CustQuotationJourEntity',
  label: 'Sales quotation journals',
  category: 'Document',
  storage: ['sales_quotation_journal', 'CustQuotationJour', 'Quotation journal'],
  isPosted: true,
  properties: [
    key('QuotationJournalNumber', 40, { label: 'Quotation journal' }),
    text('SalesQuotationNumber', 20, { label: 'Quotation' }),
    date('QuotationDate'),
    text('RequestingCustomerAccountNumber', 20, { label: 'Customer account' }),
    text('InvoiceCustomerAccountNumber', 20, { label: 'Invoice account' }),
    text('ProspectId', 20, { label: 'Prospect' }),
    text('CurrencyCode', 3, { label: 'Currency' }),
    // Net amounts of the lines as they were sent.
    real('LineTotalAmount'),
    text('SentBy', 60, { label: 'Sent by' }),
  ],
})

/** Sales quotations: headers before lines. */
export const SALES_QUOTATION_ENTITIES = [
  CDS_SALES_QUOTATION_HEADERS,
  SALES_QUOTATION_HEADERS,
  SALES_QUOTATION_TABLE,
  CDS_SALES_QUOTATION_LINES,
  SALES_QUOTATION_LINES,
  SALES_QUOTATION_LINE,
  SALES_QUOTATION_JOURNALS,
]
