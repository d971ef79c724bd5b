import { type EntityProperty, int, real, refersTo, text } from './entity.ts'

/** Fields that orders and quotations (and journals of them) share, in the order in which they stand on the wire. */

/** How a document is delivered and paid: requisition, place, delivery, payment, price group and origin. */
export const deliveryAndPayment = (): EntityProperty[] => [
  text('CustomerRequisitionNumber', 20, { label: 'Customer requisition' }),
  text('DefaultShippingSiteId', 10, { label: 'Site', ...refersTo('OperationalSiteV2', 'SiteId') }),
  text('DefaultShippingWarehouseId', 10, { label: 'Warehouse', ...refersTo('Warehouse', 'WarehouseId') }),
  text('DeliveryModeCode', 10, { label: 'Mode of delivery', ...refersTo('DeliveryModeV2', 'ModeCode') }),
  text('DeliveryTermsCode', 10, { label: 'Delivery terms', ...refersTo('DeliveryTerm', 'TermsCode') }),
  text('PaymentTermsName', 10, { label: 'Terms of payment', ...refersTo('PaymentTerm', 'Name') }),
  text('CashDiscountCode', 10, { label: 'Cash discount', ...refersTo('CashDiscount', 'CashDiscountCode') }),
  text('PriceCustomerGroupCode', 10, { label: 'Price group' }),
  text('SalesOrderOriginCode', 10, { label: 'Sales origin', ...refersTo('SalesOrderOriginCode', 'OriginCode') }),
]

/** Groups of the customer by which agreements and auto charges are found. */
export const discountGroups = (): EntityProperty[] => [
  text('TotalDiscountCustomerGroupCode', 10),
  text('LineDiscountCustomerGroupCode', 10),
  text('MultilineDiscountCustomerGroupCode', 10),
  text('ChargeCustomerGroupId', 10, { label: 'Charges group' }),
]

export const salesTaxGroup = (): EntityProperty =>
  text('SalesTaxGroupCode', 10, { label: 'Sales tax group', ...refersTo('TaxGroup', 'TaxGroupCode') })

/** The two groups that cross in the taxes of a line. */
export const lineTaxGroups = (): EntityProperty[] => [
  salesTaxGroup(),
  text('SalesTaxItemGroupCode', 10, { label: 'Item sales tax group', ...refersTo('TaxItemGroupHeading', 'TaxItemGroup') }),
]

/** Number of a line within its document, given once. */
export const lineSequence = (): EntityProperty =>
  int('LineCreationSequenceNumber', { isKey: true, isMandatory: false, allowEdit: false, label: 'Line creation sequence' })

/** Price, discounts and net amount of a line. Source: Supply Chain specification, 5.1. */
export const linePrice = (): EntityProperty[] => [
  real('SalesPrice', { label: 'Unit price' }),
  real('SalesPriceQuantity', { label: 'Price unit', defaultValue: '1' }),
  real('LineDiscountAmount', { label: 'Discount' }),
  real('LineDiscountPercentage', { label: 'Discount percent' }),
  real('MultilineDiscountAmount', { label: 'Multiline discount' }),
  real('MultilineDiscountPercentage'),
  real('FixedPriceCharges', { label: 'Sales charges' }),
  real('LineAmount', { label: 'Net amount' }),
]

/** The discount of the whole line; the split of it is stored. Source: Supply Chain specification, 5.3. */
export const wholeLineDiscount = (): EntityProperty => real('TotalDiscountAmount', { label: 'Line discount total' })
