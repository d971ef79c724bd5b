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
  dateTime,
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

const customer = (name: string, options: { readonly label: string; readonly isMandatory?: boolean }) =>
  text(name, 20, { ...options, ...refersTo('CustomerV3', 'CustomerAccount') })

/** What both header entities write. Source: Supply Chain specification, 2.9 and 2.11. */
const HEADER = [
  key('SalesOrderNumber', 20, { label: 'Sales order', isMandatory: false }),
  text('SalesOrderName', 100, { label: 'Name' }),
  customer('OrderingCustomerAccountNumber', { label: 'Customer account', isMandatory: true }),
  customer('InvoiceCustomerAccountNumber', { label: 'Invoice account' }),
  text('ContactPersonId', 20, { label: 'Contact' }),
  text('CurrencyCode', 3, { label: 'Currency', ...refersTo('Currency', 'CurrencyCode') }),
  text('LanguageId', 7, { label: 'Language', ...refersTo('Language', 'LanguageId') }),
  text('CustomersOrderReference', 60, { label: 'Customer reference' }),
  ...deliveryAndPayment(),
  text('QuotationNumber', 20, { label: 'Quotation' }),
  text('OrderTakerPersonnelNumber', 25, { label: 'Sales taker' }),
  text('OrderResponsiblePersonnelNumber', 25, { label: 'Sales responsible' }),
  text('Email', 255),
  text('URL', 255, { label: 'Internet address' }),
  text('ProjectId', 20, { label: 'Project' }),
  date('RequestedReceiptDate'),
  date('RequestedShippingDate'),
  date('ConfirmedReceiptDate'),
  date('ConfirmedShippingDate'),
  date('PaymentTermsBaseDate'),
  yesNo('ArePricesIncludingSalesTax', { label: 'Prices include sales tax' }),
  yesNo('IsOneTimeCustomer'),
  yesNo('IsSalesProcessingStopped', { label: 'Do not process' }),
  yesNo('SkipGlobalUnifiedPricingCalculation'),
  choice('SalesOrderPromisingMethod', 'SalesDeliveryDateControlType', { label: 'Delivery date control' }),
  choice('ExternalWorkOrderStatus', 'SalesExternalWorkOrderStatus'),
  long('SalesTaker'),
  long('SalesResponsible'),
  ...deliveryAddress(),
  deliveryAddressRecord(),
  dateTime('DeliveryValidFrom'),
  dateTime('DeliveryValidTo'),
]

/** What the application keeps and computes of an order. */
const HEADER_STATE = [
  choice('SalesOrderStatus', 'SalesStatus', { ...READ_ONLY, label: 'Status', defaultValue: 'Backorder' }),
  choice('SalesOrderProcessingStatus', 'SalesOrderProcessingStatus', { ...READ_ONLY, label: 'Processing status' }),
  choice('SalesOrderOriginType', 'SalesOriginType', READ_ONLY),
  choice('OrderingCustomerIsExternallyMaintained', 'NoYes', COMPUTED),
  choice('InvoiceCustomerIsExternallyMaintained', 'NoYes', COMPUTED),
  dateTime('OrderCreationDateTime', COMPUTED),
  real('OrderTotalAmount', COMPUTED),
  real('OrderTotalTaxAmount', COMPUTED),
  real('OrderHeaderTaxAmount', COMPUTED),
  real('OrderTotalChargesAmount', COMPUTED),
  real('OrderTotalDiscountAmount', COMPUTED),
  real('TotalDiscountAmount', COMPUTED),
]

const HEADER_STORAGE = ['sales_order', 'SalesTable', 'Sales orders'] as const
const HEADER_VIEW = 'sales_order_view'

export const CDS_SALES_ORDER_HEADERS = entity({
  name: 'CDSSalesOrderHeader',
  collection: 'CDSSalesOrderHeaders',
  aotName: 'SalesOrderHeaderCDSEntity',
  label: 'CDS sales order headers',
  category: 'Transaction',
  storage: HEADER_STORAGE,
  readsFrom: HEADER_VIEW,
  properties: [
    ...HEADER,
    text('FormattedDelveryAddress', 250, { ...COMPUTED, column: 'formatted_delivery_address', label: 'Delivery address' }),
    ...invoiceAddress(),
    dateTime('InvoiceValidFrom', COMPUTED),
    dateTime('InvoiceValidTo', COMPUTED),
    ...HEADER_STATE,
    choice('AreTotalsUpdated', 'NoYes', { ...COMPUTED, column: 'are_totals_calculated' }),
  ],
  navigation: [
    toMany('CDSSalesOrderLines', 'CDSSalesOrderLine', ['SalesOrderNumber', 'SalesOrderNumber']),
    toMany('CDSSalesOrderLinesV2', 'CDSSalesOrderLineV2', ['SalesOrderNumber', 'SalesOrderNumber']),
    toOne('CDSSalesQuotationHeader', 'CDSSalesQuotationHeader', ['QuotationNumber', 'SalesQuotationNumber']),
    toMany('SalesInvoiceHeaderV2', 'SalesInvoiceHeaderV2', ['SalesOrderNumber', 'SalesOrderNumber']),
  ],
})

export const SALES_ORDER_HEADERS_V2 = entity({
  name: 'SalesOrderHeaderV2',
  collection: 'SalesOrderHeadersV2',
  aotName: 'SalesOrderHeaderV2Entity',
  label: 'Sales order headers V2',
  category: 'Transaction',
  storage: HEADER_STORAGE,
  readsFrom: HEADER_VIEW,
  properties: [
    ...HEADER.map((each) => (each.name === 'InvoiceCustomerAccountNumber' ? { ...each, isMandatory: true } : each)),
    text('FormattedDeliveryAddress', 250, { ...COMPUTED, label: 'Delivery address' }),
    ...HEADER_STATE,
    choice('AreTotalsCalculated', 'NoYes', COMPUTED),
    salesTaxGroup(),
    text('SalesOrderPoolId', 10, { label: 'Pool' }),
    real('TotalDiscountPercentage'),
    ...discountGroups(),
    text('CustomerPaymentMethodName', 10, { label: 'Method of payment' }),
    text('CustomerPostingProfileId', 10, { label: 'Posting profile' }),
    choice('InventoryReservationMethod', 'ItemReservation', { label: 'Reservation' }),
    real('FixedExchangeRate'),
    date('FixedDueDate', { label: 'Due date' }),
    choice('CustomerTransactionSettlementType', 'SettlementType'),
    yesNo('SkipCreateAutoCharges'),
    text('NumberSequenceGroupId', 10),
  ],
  navigation: [
    toMany('SalesOrderLines', 'SalesOrderLine', ['SalesOrderNumber', 'SalesOrderNumber']),
    toMany('SalesInvoiceHeaders', 'SalesInvoiceHeaderV2', ['SalesOrderNumber', 'SalesOrderNumber']),
  ],
})

/** Columns of `SalesTable` that no public entity shows. */
export const SALES_TABLE = entity({
  name: 'SalesTable',
  collection: 'SalesTables',
  aotName: 'SalesTable',
  label: 'Sales table',
  category: 'Transaction',
  storage: HEADER_STORAGE,
  isInternal: true,
  properties: [
    key('SalesOrderNumber', 20, { label: 'Sales order', isMandatory: false }),
    choice('DocumentStatus', 'DocumentStatus'),
    // The highest document that was ever posted: a cancelled one keeps the order from being deleted, too.
    choice('PostedDocumentStatus', 'DocumentStatus'),
    choice('SalesType', 'SalesType', { defaultValue: 'Sales' }),
    choice('ReleaseStatus', 'WhsReleaseStatus'),
    // Rises with every change of the header, its lines and their charges: totals are current while they carry the same number.
    long('ContentVersion', { defaultValue: '1' }),
  ],
})

const sharedLine = (unitField: string): EntityProperty[] => [
  text('LineDescription', 1000),
  text('ExternalItemNumber', 20),
  real('OrderedSalesQuantity', { label: 'Quantity' }),
  text(unitField, 10, { label: 'Unit', ...refersTo('UnitOfMeasure', 'UnitSymbol') }),
  ...linePrice(),
  real('SalesDeliverNow', { label: 'Deliver now' }),
  real('AllowedOverdeliveryPercentage', { label: 'Overdelivery' }),
  real('AllowedUnderdeliveryPercentage', { label: 'Underdelivery' }),
  text('ShippingSiteId', 10, { label: 'Site', ...refersTo('OperationalSiteV2', 'SiteId') }),
  text('ShippingWarehouseId', 10, { label: 'Warehouse', ...refersTo('Warehouse', 'WarehouseId') }),
  text('OrderedInventoryStatusId', 10, { label: 'Inventory status', ...refersTo('InventoryStatus', 'InventoryStatusId') }),
  text('ItemBatchNumber', 20, { label: 'Batch number' }),
  text('DeliveryModeCode', 10, { label: 'Mode of delivery', ...refersTo('DeliveryModeV2', 'ModeCode') }),
  text('DeliveryTermsId', 10, { label: 'Delivery terms', ...refersTo('DeliveryTerm', 'TermsCode') }),
  date('RequestedReceiptDate'),
  date('RequestedShippingDate'),
  date('ConfirmedReceiptDate'),
  date('ConfirmedShippingDate'),
  yesNo('IsLineStopped'),
  choice('SalesOrderPromisingMethod', 'SalesDeliveryDateControlType', { label: 'Delivery date control' }),
  text('SalesProductCategoryName', 254),
  text('SalesProductCategoryHierarchyName', 128),
  text('ProjectId', 20),
  text('ProjectCategoryId', 30),
  text('ProjectLinePropertyId', 10),
  ...deliveryAddress(),
  text('FormattedDeliveryAddress', 250, { ...COMPUTED, label: 'Delivery address' }),
]

const LINE_STATE = [
  text('CurrencyCode', 3, COMPUTED),
  real('PickedQuantity', READ_ONLY),
  choice('SalesOrderLineStatus', 'SalesStatus', { ...READ_ONLY, label: 'Line status', defaultValue: 'Backorder' }),
  choice('SalesOrderProcessingStatus', 'SalesOrderProcessingStatus', { ...READ_ONLY, label: 'Processing status' }),
  choice('SalesOrderOriginType', 'SalesOriginType', COMPUTED),
  choice('AreTotalsCalculated', 'NoYes', COMPUTED),
  choice('AreSalesOrderTotalsUpdated', 'NoYes', COMPUTED),
  real('TotalChargesAmount', COMPUTED),
  real('TotalTaxAmount', COMPUTED),
]

const EXTERNAL_FLAGS = [
  choice('OrderingCustomerIsExternallyMaintained', 'NoYes', COMPUTED),
  choice('InvoiceCustomerIsExternallyMaintained', 'NoYes', COMPUTED),
]

const orderNumber = () => key('SalesOrderNumber', 20, { label: 'Sales order', allowEdit: false })
const product = () => text('ProductNumber', 70, { isMandatory: true })
const productName = () => text('ProductName', 60)

const LINE_STORAGE = ['sales_order_line', 'SalesLine', 'Order lines'] as const
const LINE_VIEW = 'sales_order_line_view'

const CDS_LINE = [
  orderNumber(),
  lineSequence(),
  product(),
  productName(),
  wholeLineDiscount(),
  ...sharedLine('SalesUnitSymbol'),
  ...LINE_STATE,
  ...EXTERNAL_FLAGS,
  text('SalesOrderNumberHeader', 20, COMPUTED),
]

const TO_CDS_HEADER = toOne('CDSSalesOrderHeader', 'CDSSalesOrderHeader', ['SalesOrderNumber', 'SalesOrderNumber'])

export const CDS_SALES_ORDER_LINES = entity({
  name: 'CDSSalesOrderLine',
  collection: 'CDSSalesOrderLines',
  aotName: 'SalesOrderLineCDSEntity',
  label: 'CDS sales order lines',
  category: 'Transaction',
  storage: LINE_STORAGE,
  readsFrom: LINE_VIEW,
  properties: CDS_LINE,
  navigation: [TO_CDS_HEADER],
})

export const CDS_SALES_ORDER_LINES_V2 = entity({
  name: 'CDSSalesOrderLineV2',
  collection: 'CDSSalesOrderLinesV2',
  aotName: 'SalesOrderLineCDSV2Entity',
  label: 'CDS sales order lines V2',
  category: 'Transaction',
  storage: LINE_STORAGE,
  readsFrom: LINE_VIEW,
  properties: [
    ...CDS_LINE,
    text('InventoryLotId', 20, { label: 'Lot ID', ...READ_ONLY }),
    text('InventoryServiceReservationId', 20, COMPUTED),
    yesNo('DefaultLineNumberFromLineCreationSequenceNumber'),
  ],
  navigation: [TO_CDS_HEADER],
})

export const SALES_ORDER_LINES = entity({
  name: 'SalesOrderLine',
  collection: 'SalesOrderLines',
  aotName: 'SalesOrderLineV2Entity',
  label: 'Sales order lines V2',
  category: 'Transaction',
  storage: LINE_STORAGE,
  readsFrom: LINE_VIEW,
  properties: [
    key('InventoryLotId', 20, { label: 'Lot ID', isMandatory: false }),
    { ...orderNumber(), isKey: false },
    text('ItemNumber', 20, { label: 'Item number', isMandatory: true, ...refersTo('ReleasedProductV2', 'ItemNumber') }),
    real('LineNumber'),
    { ...lineSequence(), isKey: false },
    ...productDimensions(),
    text('ItemSerialNumber', 20),
    text('ShippingWarehouseLocationId', 10),
    ...lineTaxGroups(),
    choice('InventoryReservationMethod', 'ItemReservation', { label: 'Reservation' }),
    yesNo('CalculateLineAmount', { defaultValue: 'Yes' }),
    yesNo('IsPriceLocked'),
    yesNo('SkipCreateAutoCharges'),
    yesNo('OverrideSalesTax'),
    { ...productName(), name: 'ProductName' },
    ...sharedLine('SalesUnitSymbol'),
    ...LINE_STATE,
    { ...wholeLineDiscount(), ...READ_ONLY },
  ],
  navigation: [toOne('SalesOrderHeader', 'SalesOrderHeaderV2', ['SalesOrderNumber', 'SalesOrderNumber'])],
})

/** Columns of `SalesLine` that no public entity shows. Quantities are in the sales unit unless their name says otherwise. */
export const SALES_LINE = entity({
  name: 'SalesLine',
  collection: 'SalesLines',
  aotName: 'SalesLine',
  label: 'Sales line',
  category: 'Transaction',
  storage: LINE_STORAGE,
  isInternal: true,
  properties: [
    key('InventoryLotId', 20, { label: 'Lot ID', isMandatory: false }),
    // D, I and X of the specification, 3.2; P is PickedQuantity.
    real('DeliveredQuantity'),
    real('InvoicedQuantity'),
    real('CanceledQuantity'),
    // Quantity on active picking lists that is not registered yet.
    real('PickingListQuantity'),
    // Quantity on posted picking lists or shipments by release to warehouse.
    real('ReleasedQuantity'),
    real('RemainSalesPhysical'),
    real('RemainSalesFinancial'),
    real('RemainInventPhysical'),
    real('RemainInventFinancial'),
    // The ordered quantity in the inventory unit.
    real('QtyOrdered'),
    // The rest of the split of a whole-line discount, with its sign as it is inside FixedPriceCharges.
    real('DiscountRemainder'),
    choice('DocumentStatus', 'DocumentStatus'),
    yesNo('IsStocked'),
    text('MultilineDiscountGroupCode', 10),
    // Someone gave a discount: multiline agreements add none.
    yesNo('IsDiscountGiven'),
    yesNo('TakesPartInTotalDiscount', { defaultValue: 'Yes' }),
    // Of a line of a credit note: the invoice line that it gives back.
    text('CreditedInvoiceNumber', 20),
    text('CreditedLotId', 20),
    text('CreditReasonCode', 10),
  ],
})

/** Sales orders: headers before lines. */
export const SALES_ORDER_ENTITIES = [
  CDS_SALES_ORDER_HEADERS,
  SALES_ORDER_HEADERS_V2,
  SALES_TABLE,
  CDS_SALES_ORDER_LINES,
  CDS_SALES_ORDER_LINES_V2,
  SALES_ORDER_LINES,
  SALES_LINE,
]
