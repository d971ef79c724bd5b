import { choice, date, entity, int, key, READ_ONLY, real, refersTo, text, toMany, toOne, yesNo } from './entity.ts'
import { PRODUCT_DIMENSION_FIELDS, productDimensions } from './product-dimensions.ts'

const unit = (name: string, label: string) => text(name, 10, { label, ...refersTo('UnitOfMeasure', 'UnitSymbol') })

const GROUPS = [
  text('StorageDimensionGroupName', 20, { label: 'Storage dimension group', ...refersTo('StorageDimensionGroup', 'GroupName') }),
  text('TrackingDimensionGroupName', 20, { label: 'Tracking dimension group', ...refersTo('TrackingDimensionGroup', 'GroupName') }),
  text('ProductDimensionGroupName', 20, { label: 'Product dimension group', ...refersTo('ProductDimensionGroup', 'GroupName') }),
]

export const PRODUCTS_V2 = entity({
  name: 'ProductV2',
  collection: 'ProductsV2',
  aotName: 'EcoResProductV2Entity',
  label: 'Products V2',
  category: 'Master',
  storage: ['product', 'EcoResProduct', 'Products'],
  isShared: true,
  properties: [
    key('ProductNumber', 70),
    choice('ProductType', 'EcoResProductType'),
    choice('ProductSubType', 'EcoResProductSubtype', { label: 'Product subtype' }),
    text('ProductName', 100),
    text('ProductDescription', 1000),
    text('ProductSearchName', 60),
    yesNo('IsCatchWeightProduct'),
    ...GROUPS,
  ],
})

const RELEASED = [
  key('ItemNumber', 20),
  text('ProductNumber', 70, { allowEdit: false, ...refersTo('ProductV2', 'ProductNumber') }),
  choice('ProductType', 'EcoResProductType', { allowEdit: false }),
  choice('ProductSubType', 'EcoResProductSubtype', { label: 'Product subtype', allowEdit: false }),
  text('SearchName', 60),
  text('ProductSearchName', 60),
  text('ItemModelGroupId', 10, { label: 'Item model group', ...refersTo('InventoryPolicy', 'PolicyId') }),
  text('ProductGroupId', 10, { label: 'Item group', ...refersTo('ProductGroup', 'GroupId') }),
  ...GROUPS,
  unit('InventoryUnitSymbol', 'Inventory unit'),
  unit('SalesUnitSymbol', 'Sales unit'),
  unit('PurchaseUnitSymbol', 'Purchase unit'),
  unit('BOMUnitSymbol', 'BOM unit'),
  real('SalesPrice'),
  real('SalesPriceQuantity', { defaultValue: '1' }),
  real('FixedSalesPriceCharges'),
  date('SalesPriceDate'),
  real('UnitCost'),
  real('UnitCostQuantity', { defaultValue: '1' }),
  text('SalesSalesTaxItemGroupCode', 10, { label: 'Item sales tax group' }),
  text('SalesLineDiscountProductGroupCode', 10),
  text('SalesMultilineDiscountProductGroupCode', 10),
  yesNo('WillTotalSalesDiscountCalculationIncludeProduct', { defaultValue: 'Yes' }),
  text('SalesChargeProductGroupId', 10),
  real('SalesOverdeliveryPercentage'),
  real('SalesUnderdeliveryPercentage'),
  text('InventoryReservationHierarchyName', 20, {
    label: 'Reservation hierarchy',
    ...refersTo('InventoryReservationHierarchy', 'HierarchyName'),
  }),
  text('ProductLifecycleStateId', 20, {
    label: 'Product lifecycle state',
    ...refersTo('ProductLifecycleState', 'ProductLifecycleStateId'),
  }),
]

const RELEASED_STORAGE = ['released_product', 'InventTable', 'Items'] as const

export const RELEASED_PRODUCTS_V2 = entity({
  name: 'ReleasedProductV2',
  collection: 'ReleasedProductsV2',
  aotName: 'EcoResReleasedProductV2Entity',
  label: 'Released products V2',
  category: 'Master',
  storage: RELEASED_STORAGE,
  refusesDelete: true,
  properties: RELEASED,
  navigation: [
    toOne('Product', 'ProductV2', ['ProductNumber', 'ProductNumber']),
    toOne('ProductDefaultOrderSettings', 'ProductDefaultOrderSetting', ['ItemNumber', 'ItemNumber']),
    toMany('ReleasedProductVariants', 'ReleasedProductVariantV2', ['ItemNumber', 'ItemNumber']),
  ],
})

/** Creates the shared product together with its release; the texts of the product travel with it. */
export const RELEASED_PRODUCT_CREATIONS_V2 = entity({
  name: 'ReleasedProductCreationV2',
  collection: 'ReleasedProductCreationsV2',
  aotName: 'EcoResReleasedProductCreationV2Entity',
  label: 'Released product creation V2',
  category: 'Master',
  storage: RELEASED_STORAGE,
  refusesDelete: true,
  properties: [
    // The shared product is made by this entity, so its number need not exist.
    ...RELEASED.map((each) => (each.name === 'ProductNumber' ? text('ProductNumber', 70, { allowEdit: false }) : each)),
    text('ProductName', 100, { allowEdit: false }),
    text('ProductDescription', 1000, { allowEdit: false }),
  ],
})

export const RELEASED_PRODUCT_VARIANTS_V2 = entity({
  name: 'ReleasedProductVariantV2',
  collection: 'ReleasedProductVariantsV2',
  aotName: 'EcoResReleasedProductVariantV2Entity',
  label: 'Released product variants V2',
  category: 'Master',
  storage: ['released_product_variant', 'InventDimCombination', 'Released product variants'],
  properties: [
    key('ItemNumber', 20, refersTo('ReleasedProductV2', 'ItemNumber')),
    ...PRODUCT_DIMENSION_FIELDS.map((name) => ({ ...key(name, 10), isMandatory: false })),
    text('ProductVariantNumber', 70, { allowEdit: false }),
    text('ProductName', 100),
    text('ProductDescription', 1000),
    real('SalesPrice'),
    real('UnitCost'),
  ],
})

export const PRODUCT_DEFAULT_ORDER_SETTINGS = entity({
  name: 'ProductDefaultOrderSetting',
  collection: 'ProductDefaultOrderSettings',
  aotName: 'InventProductDefaultOrderSettingsEntity',
  label: 'Product default order settings',
  category: 'Master',
  storage: ['product_default_order_setting', 'InventItemOrderSetup', 'Default order settings'],
  properties: [
    key('ItemNumber', 20, refersTo('ReleasedProductV2', 'ItemNumber')),
    yesNo('IsSalesProcessingStopped', { label: 'Stopped for sales' }),
    text('SalesSiteId', 10, { label: 'Sales site', ...refersTo('OperationalSiteV2', 'SiteId') }),
    text('SalesWarehouseId', 10, { label: 'Sales warehouse', ...refersTo('Warehouse', 'WarehouseId') }),
    yesNo('IsSalesSiteMandatory'),
    real('MinimumSalesOrderQuantity'),
    real('MaximumSalesOrderQuantity'),
    real('SalesQuantityMultiples'),
    real('StandardSalesOrderQuantity'),
    int('SalesLeadTimeDays'),
    choice('SalesOrderPromisingMethod', 'SalesDeliveryDateControlType'),
    int('SalesATPTimeFenceDays'),
    int('SalesATPBackwardDemandTimeFenceDays'),
    int('SalesATPBackwardSupplyTimeFenceDays'),
    int('SalesATPDelayedDemandOffsetDays'),
    int('SalesATPDelayedSupplyOffsetDays'),
    // Days to prepare the goods for shipment; the name is ours.
    int('SalesIssueMarginDays', { label: 'Issue margin' }),
  ],
})

const DISTINCT = [
  key('ProductNumber', 70),
  text('ProductName', 100),
  text('ProductDescription', 1000),
  choice('ProductType', 'EcoResProductType'),
  yesNo('IsStockedProduct'),
  yesNo('IsSalesStopped'),
  text('SalesUnitSymbol', 10),
  int('SalesUnitDecimalPrecision'),
  text('InventoryUnitSymbol', 10),
  int('InventoryUnitDecimalPrecision'),
  real('SalesPrice'),
  real('UnitCost'),
  text('CurrencyCode', 3),
  choice('FieldServiceProductType', 'EcoResFieldServiceProductType'),
]

export const SELLABLE_RELEASED_PRODUCTS = entity({
  name: 'SellableReleasedProduct',
  collection: 'SellableReleasedProducts',
  aotName: 'EcoResSellableReleasedProductEntity',
  label: 'Sellable released products',
  category: 'Master',
  storage: ['sellable_released_product', 'InventDistinctProduct', 'Distinct products'],
  isView: true,
  properties: DISTINCT,
})

export const CDS_RELEASED_DISTINCT_PRODUCTS = entity({
  name: 'CDSReleasedDistinctProduct',
  collection: 'CDSReleasedDistinctProducts',
  aotName: 'EcoResReleasedDistinctProductCDSEntity',
  label: 'CDS released distinct products',
  category: 'Master',
  storage: ['released_distinct_product', 'InventDistinctProduct', 'Distinct products'],
  isView: true,
  properties: [...DISTINCT, text('ItemNumber', 20), ...productDimensions(), yesNo('IsCatchWeightProduct')],
})

/** `InventDistinctProduct`: filled when a product is released, and by the job for those released before. */
export const DISTINCT_PRODUCTS = entity({
  name: 'InventDistinctProduct',
  collection: 'InventDistinctProducts',
  aotName: 'InventDistinctProductEntity',
  label: 'Distinct products',
  category: 'Master',
  storage: ['distinct_product', 'InventDistinctProduct', 'Distinct products'],
  isInternal: true,
  properties: [
    key('ProductNumber', 70),
    text('ItemNumber', 20, { isMandatory: true }),
    ...productDimensions(),
    text('DefaultSalesSiteId', 10, READ_ONLY),
    yesNo('DefaultSiteSalesStopped', READ_ONLY),
  ],
})

/** Shared products, their releases, and what can be sold. */
export const PRODUCT_ENTITIES = [
  PRODUCTS_V2,
  RELEASED_PRODUCTS_V2,
  RELEASED_PRODUCT_CREATIONS_V2,
  RELEASED_PRODUCT_VARIANTS_V2,
  PRODUCT_DEFAULT_ORDER_SETTINGS,
  SELLABLE_RELEASED_PRODUCTS,
  CDS_RELEASED_DISTINCT_PRODUCTS,
  DISTINCT_PRODUCTS,
]
