import { entity, int, key, real, text, yesNo } from './entity.ts'
import { productDimensions } from './product-dimensions.ts'

/** A distinct product with all that a line of a document takes from it: one look-up where the entities of the public model would need eight. */
export const DOCUMENT_PRODUCTS = entity({
  name: 'DocumentProduct',
  collection: 'DocumentProducts',
  aotName: 'InventDistinctProductDocumentView',
  label: 'Products of documents',
  category: 'Master',
  storage: ['document_product', 'InventDistinctProduct', 'Distinct products'],
  isView: true,
  isInternal: true,
  properties: [
    key('ProductNumber', 70),
    text('ItemNumber', 20),
    ...productDimensions(),
    // The product that conversions of units name: the master of a variant.
    text('SharedProductNumber', 70),
    text('ProductName', 100),
    yesNo('IsSellable'),
    yesNo('IsSalesStopped'),
    yesNo('IsStockedProduct'),
    text('SalesUnitSymbol', 10),
    text('InventoryUnitSymbol', 10),
    // Base sales price in the accounting currency, for so many sales units.
    real('BaseSalesPrice'),
    real('BaseSalesPriceQuantity'),
    real('FixedSalesPriceCharges'),
    text('SalesTaxItemGroupCode', 10),
    text('SalesLineDiscountProductGroupCode', 10),
    text('SalesMultilineDiscountProductGroupCode', 10),
    text('SalesChargeProductGroupId', 10),
    yesNo('WillTotalSalesDiscountCalculationIncludeProduct'),
    real('SalesOverdeliveryPercentage'),
    real('SalesUnderdeliveryPercentage'),
    text('SalesSiteId', 10),
    text('SalesWarehouseId', 10),
    yesNo('IsWarehouseActive'),
    yesNo('IsWarehouseMandatory'),
    yesNo('IsLocationActive'),
    yesNo('IsBatchNumberActive'),
    yesNo('IsSerialNumberActive'),
    text('DefaultSalesReservationMode', 20),
    text('OrderPromisingMethod', 20),
    int('SalesLeadTimeDays'),
  ],
})
