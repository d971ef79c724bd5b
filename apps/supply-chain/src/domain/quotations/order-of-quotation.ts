import { PRODUCT_DIMENSION_FIELDS } from '../../entities/product-dimensions.ts'
import type { FieldValues } from '../field-value.ts'

/** Fields of an order with those of the quotation that they are copied from. Source: Supply Chain specification, 3.1. */
const HEADER: FieldValues = {
  SalesOrderName: 'SalesQuotationName',
  OrderingCustomerAccountNumber: 'RequestingCustomerAccountNumber',
  CustomersOrderReference: 'CustomersReference',
  QuotationNumber: 'SalesQuotationNumber',
  OrderTakerPersonnelNumber: 'QuotationTakerPersonnelNumber',
  OrderResponsiblePersonnelNumber: 'QuotationResponsiblePersonnelNumber',
  RequestedReceiptDate: 'ReceiptDateRequested',
}

/** Fields that have the same name in both. */
const SAME_IN_HEADER = [
  'dataAreaId',
  'InvoiceCustomerAccountNumber',
  'ContactPersonId',
  'CurrencyCode',
  'LanguageId',
  'CustomerRequisitionNumber',
  'DefaultShippingSiteId',
  'DefaultShippingWarehouseId',
  'DeliveryModeCode',
  'DeliveryTermsCode',
  'PaymentTermsName',
  'CashDiscountCode',
  'PriceCustomerGroupCode',
  'SalesOrderOriginCode',
  'Email',
  'URL',
  'RequestedShippingDate',
  'TotalDiscountPercentage',
  'ArePricesIncludingSalesTax',
  'SkipGlobalUnifiedPricingCalculation',
  'SalesOrderPromisingMethod',
  'SalesTaxGroupCode',
  'TotalDiscountCustomerGroupCode',
  'LineDiscountCustomerGroupCode',
  'MultilineDiscountCustomerGroupCode',
  'ChargeCustomerGroupId',
]

/** The delivery address as it stands; a line keeps the record that it names, too. */
const ADDRESS = [
  'DeliveryAddressName',
  'DeliveryAddressDescription',
  'DeliveryAddressStreet',
  'DeliveryAddressStreetNumber',
  'DeliveryAddressCity',
  'DeliveryAddressCountyId',
  'DeliveryAddressStateId',
  'DeliveryAddressZipCode',
  'DeliveryAddressCountryRegionId',
  'DeliveryAddressCountryRegionISOCode',
  'DeliveryAddressDistrictName',
  'DeliveryAddressPostBox',
  'DeliveryAddressLatitude',
  'DeliveryAddressLongitude',
  'DeliveryAddressTimeZone',
  'DeliveryBuildingCompliment',
  'DeliveryAddressDunsNumber',
  'DeliveryAddressLocationId',
  'IsDeliveryAddressOrderSpecific',
  'IsDeliveryAddressPrivate',
]

const LINE: FieldValues = {
  OrderedSalesQuantity: 'RequestedSalesQuantity',
  OrderedInventoryStatusId: 'RequestedInventoryStatusId',
  SalesOrderPromisingMethod: 'SalesQuotationPromisingMethod',
}

const SAME_IN_LINE = [
  'dataAreaId',
  'LineCreationSequenceNumber',
  'LineNumber',
  'ProductNumber',
  'ItemNumber',
  ...PRODUCT_DIMENSION_FIELDS,
  'ItemSerialNumber',
  'ItemBatchNumber',
  'ProductName',
  'LineDescription',
  'ExternalItemNumber',
  'SalesUnitSymbol',
  'SalesPrice',
  'SalesPriceQuantity',
  'LineDiscountAmount',
  'LineDiscountPercentage',
  'MultilineDiscountAmount',
  'MultilineDiscountPercentage',
  'FixedPriceCharges',
  'DiscountRemainder',
  'LineAmount',
  'AllowedOverdeliveryPercentage',
  'AllowedUnderdeliveryPercentage',
  'ShippingSiteId',
  'ShippingWarehouseId',
  'DeliveryModeCode',
  'DeliveryTermsId',
  'RequestedReceiptDate',
  'RequestedShippingDate',
  'SalesProductCategoryName',
  'SalesProductCategoryHierarchyName',
  'SalesTaxGroupCode',
  'SalesTaxItemGroupCode',
]

function copied(row: FieldValues, { renamed, same }: { readonly renamed: FieldValues; readonly same: readonly string[] }): FieldValues {
  const values = [...Object.entries(renamed), ...same.map((name) => [name, name] as const)]
  return Object.fromEntries(values.map(([name, source]) => [name, row[source] ?? '']))
}

/** An address that the quotation inherited is inherited by the order: only one of its own is copied, beside how it is called. */
const addressOf = (row: FieldValues): readonly string[] =>
  row.IsDeliveryAddressOrderSpecific === 'Yes' ? ADDRESS : ['DeliveryAddressName', 'DeliveryAddressDescription']

/** The order that a confirmed quotation becomes. Charges are copied beside it, so none are added by themselves. */
export const orderHeaderOf = (quotation: FieldValues): FieldValues => ({
  ...copied(quotation, { renamed: HEADER, same: [...SAME_IN_HEADER, ...addressOf(quotation)] }),
  SkipCreateAutoCharges: 'Yes',
})

/** A line of that order: number, prices, discounts with the rest of their split, and amount as they were quoted. */
export const orderLineOf = (line: FieldValues, salesOrderNumber: string): FieldValues => ({
  ...copied(line, { renamed: LINE, same: [...SAME_IN_LINE, ...addressOf(line)] }),
  SalesOrderNumber: salesOrderNumber,
  SkipCreateAutoCharges: 'Yes',
})
