import { deliveryAddress } from './document-address.ts'
import { choice, date, dateTime, type EntityProperty, entity, int, key, long, real, text, toMany, toOne, yesNo } from './entity.ts'
import { productDimensions } from './product-dimensions.ts'

/**
 * Posted documents between an order and its invoice: confirmations, picking lists, packing slips; and the holds of orders. Written by
 * commands only. Collections and keys of confirmations as the public metadata has them; the other names are ours (R).
 * Source: Supply Chain specification, 2.2, 2.17, 3.4.
 */

const order = () => text('SalesOrderNumber', 20, { label: 'Sales order' })
const lot = () => text('InventoryLotId', 20, { label: 'Lot ID' })
const lineSequence = () => int('LineCreationSequenceNumber', { label: 'Line creation sequence' })

/** Whose order it is and how it is delivered, as it was when the document was posted. A document keeps what it names: no reference is checked. */
const DOCUMENT_HEADER: readonly EntityProperty[] = [
  text('OrderingCustomerAccountNumber', 20, { label: 'Customer account' }),
  text('InvoiceCustomerAccountNumber', 20, { label: 'Invoice account' }),
  text('SalesOrderName', 100, { label: 'Name' }),
  text('CustomersOrderReference', 60, { label: 'Customer reference' }),
  text('CustomerRequisitionNumber', 20, { label: 'Customer requisition' }),
  text('DeliveryModeCode', 10, { label: 'Mode of delivery' }),
  text('DeliveryTermsCode', 10, { label: 'Delivery terms' }),
  ...deliveryAddress().map(({ references: _, ...property }) => property),
]

const PRODUCT: readonly EntityProperty[] = [
  text('ItemNumber', 20),
  text('ProductName', 60),
  text('LineDescription', 1000),
  ...productDimensions(),
  text('ItemBatchNumber', 20, { label: 'Batch number' }),
  text('ItemSerialNumber', 20, { label: 'Serial number' }),
  text('ShippingSiteId', 10, { label: 'Site' }),
  text('ShippingWarehouseId', 10, { label: 'Warehouse' }),
  text('SalesUnitSymbol', 10, { label: 'Unit' }),
]

const CONFIRMATION_KEY = () => [
  key('SalesOrderNumber', 20, { label: 'Sales order' }),
  date('ConfirmationDate', { isKey: true }),
  key('ConfirmationNumber', 30),
]

const BY_CONFIRMATION = [
  ['SalesOrderNumber', 'SalesOrderNumber'],
  ['ConfirmationDate', 'ConfirmationDate'],
  ['ConfirmationNumber', 'ConfirmationNumber'],
] as const

export const CONFIRMATION_HEADERS = entity({
  name: 'SalesOrderConfirmationHeader',
  collection: 'SalesOrderConfirmationHeaders',
  aotName: 'SalesOrderConfirmationHeaderEntity',
  label: 'Sales order confirmation headers',
  category: 'Transaction',
  storage: ['sales_order_confirmation', 'CustConfirmJour', 'Confirmation journal'],
  isPosted: true,
  properties: [
    ...CONFIRMATION_KEY(),
    ...DOCUMENT_HEADER,
    text('CurrencyCode', 3, { label: 'Currency' }),
    text('PaymentTermsName', 10, { label: 'Terms of payment' }),
    date('RequestedShippingDate'),
    date('RequestedReceiptDate'),
    date('ConfirmedShippingDate'),
    date('ConfirmedReceiptDate'),
    real('LineTotalAmount'),
    real('TotalDiscountAmount'),
    real('TotalChargesAmount'),
    real('TotalTaxAmount'),
    real('ConfirmedAmount', { label: 'Total amount' }),
    text('ConfirmedBy', 100),
    dateTime('ConfirmedDateTime'),
  ],
  navigation: [toMany('SalesOrderConfirmationLines', 'SalesOrderConfirmationLine', ...BY_CONFIRMATION)],
})

export const CONFIRMATION_LINES = entity({
  name: 'SalesOrderConfirmationLine',
  collection: 'SalesOrderConfirmationLines',
  aotName: 'SalesOrderConfirmationLineEntity',
  label: 'Sales order confirmation lines',
  category: 'Transaction',
  storage: ['sales_order_confirmation_line', 'CustConfirmTrans', 'Confirmation lines'],
  isPosted: true,
  properties: [
    ...CONFIRMATION_KEY(),
    real('LineNumber', { isKey: true }),
    lot(),
    lineSequence(),
    ...PRODUCT,
    real('ConfirmedQuantity', { label: 'Quantity' }),
    real('SalesPrice', { label: 'Unit price' }),
    real('SalesPriceQuantity', { label: 'Price unit' }),
    real('LineDiscountAmount', { label: 'Discount' }),
    real('LineDiscountPercentage', { label: 'Discount percent' }),
    real('MultilineDiscountAmount', { label: 'Multiline discount' }),
    real('MultilineDiscountPercentage'),
    real('FixedPriceCharges', { label: 'Sales charges' }),
    real('LineAmount', { label: 'Net amount' }),
    real('TotalTaxAmount'),
    date('ConfirmedShippingDate'),
    date('ConfirmedReceiptDate'),
  ],
  navigation: [toOne('SalesOrderConfirmationHeader', 'SalesOrderConfirmationHeader', ...BY_CONFIRMATION)],
})

const BY_ROUTE = ['PickingRouteNumber', 'PickingRouteNumber'] as const

export const PICKING_ROUTE_HEADERS = entity({
  name: 'SalesPickingRouteHeader',
  collection: 'SalesPickingRouteHeaders',
  aotName: 'SalesPickingRouteHeaderEntity',
  label: 'Sales picking route headers',
  category: 'Transaction',
  storage: ['picking_route', 'WMSPickingRoute', 'Picking routes'],
  isPosted: true,
  properties: [
    key('PickingRouteNumber', 20, { label: 'Picking route' }),
    order(),
    text('ShipmentNumber', 20, { label: 'Shipment' }),
    text('ShippingSiteId', 10, { label: 'Site' }),
    text('ShippingWarehouseId', 10, { label: 'Warehouse' }),
    choice('PickingRouteStatus', 'WMSExpeditionStatus'),
    date('PickingListDate'),
    // Made by release to warehouse, not by a picking list.
    yesNo('IsReleasedToWarehouse'),
    dateTime('ActivatedDateTime'),
    dateTime('CompletedDateTime'),
    ...DOCUMENT_HEADER,
  ],
  navigation: [toMany('SalesPickingRouteLines', 'SalesPickingRouteLine', BY_ROUTE)],
})

export const PICKING_ROUTE_LINES = entity({
  name: 'SalesPickingRouteLine',
  collection: 'SalesPickingRouteLines',
  aotName: 'SalesPickingRouteLineEntity',
  label: 'Sales picking route lines',
  category: 'Transaction',
  storage: ['picking_route_line', 'WMSOrderTrans', 'Picking route lines'],
  isPosted: true,
  properties: [
    key('PickingRouteNumber', 20, { label: 'Picking route' }),
    int('LineNumber', { isKey: true }),
    order(),
    lot(),
    lineSequence(),
    ...PRODUCT,
    choice('PickingLineStatus', 'WMSExpeditionStatus'),
    // In the sales unit: on the list, registered as picked, and given back to the order unpicked.
    real('PickingListQuantity'),
    real('PickedQuantity'),
    real('EndedQuantity'),
  ],
  navigation: [toOne('SalesPickingRouteHeader', 'SalesPickingRouteHeader', BY_ROUTE)],
})

const BY_SLIP = ['PackingSlipNumber', 'PackingSlipNumber'] as const

export const PACKING_SLIP_HEADERS = entity({
  name: 'SalesPackingSlipHeader',
  collection: 'SalesPackingSlipHeaders',
  aotName: 'SalesPackingSlipHeaderEntity',
  label: 'Sales packing slip headers',
  category: 'Transaction',
  storage: ['packing_slip', 'CustPackingSlipJour', 'Packing slip journal'],
  isPosted: true,
  properties: [
    key('PackingSlipNumber', 20, { label: 'Packing slip' }),
    order(),
    date('DeliveryDate'),
    text('LedgerVoucher', 20, { label: 'Voucher' }),
    text('ShippingSiteId', 10, { label: 'Site' }),
    ...DOCUMENT_HEADER,
    text('PostedBy', 100),
    dateTime('PostedDateTime'),
    yesNo('IsCanceled', { label: 'Cancelled' }),
    date('CancellationDate'),
    text('CancellationVoucher', 20),
  ],
  navigation: [toMany('SalesPackingSlipLines', 'SalesPackingSlipLine', BY_SLIP)],
})

export const PACKING_SLIP_LINES = entity({
  name: 'SalesPackingSlipLine',
  collection: 'SalesPackingSlipLines',
  aotName: 'SalesPackingSlipLineEntity',
  label: 'Sales packing slip lines',
  category: 'Transaction',
  storage: ['packing_slip_line', 'CustPackingSlipTrans', 'Packing slip lines'],
  isPosted: true,
  properties: [
    key('PackingSlipNumber', 20, { label: 'Packing slip' }),
    int('LineNumber', { isKey: true }),
    order(),
    lot(),
    lineSequence(),
    ...PRODUCT,
    // In the sales unit.
    real('OrderedSalesQuantity', { label: 'Ordered' }),
    real('DeliveredQuantity', { label: 'Delivered' }),
    real('RemainingQuantity', { label: 'Remaining quantity' }),
    real('InvoicedQuantity', { label: 'Invoiced' }),
    // In the inventory unit, with the cost that left the stock.
    real('InventoryQuantity'),
    real('CostAmount'),
    yesNo('IsCanceled', { label: 'Cancelled' }),
  ],
  navigation: [toOne('SalesPackingSlipHeader', 'SalesPackingSlipHeader', BY_SLIP)],
})

export const SALES_ORDER_HOLDS = entity({
  name: 'SalesOrderHold',
  collection: 'SalesOrderHolds',
  aotName: 'MCRSalesOrderHoldEntity',
  label: 'Sales order holds',
  category: 'Transaction',
  storage: ['sales_order_hold', 'MCRHoldCodeTrans', 'Order holds'],
  isPosted: true,
  properties: [
    key('SalesOrderNumber', 20, { label: 'Sales order' }),
    long('HoldSequenceNumber', { isKey: true }),
    text('SalesOrderHoldCode', 10, { label: 'Hold code' }),
    text('HoldComment', 1000, { label: 'Comment' }),
    yesNo('IsActive'),
    text('HeldBy', 100),
    dateTime('HeldDateTime'),
    text('ClearedBy', 100),
    dateTime('ClearedDateTime'),
  ],
})

/** Journals of fulfilment: headers before lines. */
export const FULFILMENT_ENTITIES = [
  CONFIRMATION_HEADERS,
  CONFIRMATION_LINES,
  PICKING_ROUTE_HEADERS,
  PICKING_ROUTE_LINES,
  PACKING_SLIP_HEADERS,
  PACKING_SLIP_LINES,
  SALES_ORDER_HOLDS,
]
