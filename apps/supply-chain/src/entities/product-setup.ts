import { choice, entity, key, text, yesNo } from './entity.ts'

export const INVENTORY_POLICIES = entity({
  name: 'InventoryPolicy',
  collection: 'InventoryPolicies',
  aotName: 'InventInventoryPolicyEntity',
  label: 'Item model groups',
  category: 'Reference',
  storage: ['inventory_policy', 'InventModelGroup', 'Item model groups'],
  properties: [
    key('PolicyId', 10, { label: 'Item model group' }),
    text('PolicyName', 60),
    yesNo('IsStockedProduct', { defaultValue: 'Yes' }),
    yesNo('IsNegativePhysicalInventoryAllowed'),
    yesNo('IsNegativeFinancialInventoryAllowed'),
    yesNo('IsPickingRequired'),
    yesNo('IsDeductionRequired'),
    yesNo('IsRegistrationRequired'),
    yesNo('IsReceivingRequired'),
    // Goods that are received but not invoiced count in the running average.
    yesNo('IsPhysicalValueIncluded'),
    choice('DefaultSalesReservationMode', 'MCRItemReservation'),
    choice('CostingMethod', 'InventModel'),
  ],
})

export const PRODUCT_GROUPS = entity({
  name: 'ProductGroup',
  collection: 'ProductGroups',
  aotName: 'InventProductGroupEntity',
  label: 'Item groups',
  category: 'Reference',
  storage: ['product_group', 'InventItemGroup', 'Item groups'],
  properties: [key('GroupId', 10, { label: 'Item group' }), text('GroupName', 60), text('DefaultSalesSalesTaxItemGroupCode', 10)],
})

export const STORAGE_DIMENSION_GROUPS = entity({
  name: 'StorageDimensionGroup',
  collection: 'StorageDimensionGroups',
  aotName: 'EcoResStorageDimensionGroupEntity',
  label: 'Storage dimension groups',
  category: 'Reference',
  storage: ['storage_dimension_group', 'EcoResStorageDimensionGroup', 'Storage dimension groups'],
  isShared: true,
  properties: [
    key('GroupName', 20, { label: 'Storage dimension group' }),
    text('GroupDescription', 60),
    yesNo('IsSiteActive', { defaultValue: 'Yes' }),
    yesNo('IsWarehouseActive', { defaultValue: 'Yes' }),
    yesNo('IsWarehouseMandatory'),
    yesNo('IsLocationActive'),
    yesNo('AreAdvancedWarehouseManagementProcessesEnabled'),
  ],
})

export const TRACKING_DIMENSION_GROUPS = entity({
  name: 'TrackingDimensionGroup',
  collection: 'TrackingDimensionGroups',
  aotName: 'EcoResTrackingDimensionGroupEntity',
  label: 'Tracking dimension groups',
  category: 'Reference',
  storage: ['tracking_dimension_group', 'EcoResTrackingDimensionGroup', 'Tracking dimension groups'],
  isShared: true,
  properties: [
    key('GroupName', 20, { label: 'Tracking dimension group' }),
    text('GroupDescription', 60),
    yesNo('IsBatchNumberActive'),
    yesNo('IsSerialNumberActive'),
    yesNo('IsBlankIssueAllowedForBatchNumber'),
  ],
})

export const PRODUCT_DIMENSION_GROUPS = entity({
  name: 'ProductDimensionGroup',
  collection: 'ProductDimensionGroups',
  aotName: 'EcoResProductDimensionGroupEntity',
  label: 'Product dimension groups',
  category: 'Reference',
  storage: ['product_dimension_group', 'EcoResProductDimensionGroup', 'Product dimension groups'],
  isShared: true,
  properties: [
    key('GroupName', 20, { label: 'Product dimension group' }),
    text('GroupDescription', 60),
    yesNo('IsProductConfigurationActive'),
    yesNo('IsProductColorActive'),
    yesNo('IsProductSizeActive'),
    yesNo('IsProductStyleActive'),
    yesNo('IsProductVersionActive'),
  ],
})

export const RESERVATION_HIERARCHIES = entity({
  name: 'InventoryReservationHierarchy',
  collection: 'InventoryReservationHierarchies',
  aotName: 'WHSReservationHierarchyEntity',
  label: 'Inventory reservation hierarchies',
  category: 'Reference',
  storage: ['inventory_reservation_hierarchy', 'WHSReservationHierarchy', 'Reservation hierarchies'],
  isShared: true,
  properties: [key('HierarchyName', 20, { label: 'Reservation hierarchy' }), text('HierarchyDescription', 60)],
})

export const PRODUCT_LIFECYCLE_STATES = entity({
  name: 'ProductLifecycleState',
  collection: 'ProductLifecycleStates',
  aotName: 'EcoResProductLifecycleStateEntity',
  label: 'Product lifecycle states',
  category: 'Reference',
  storage: ['product_lifecycle_state', 'EcoResProductLifecycleState', 'Product lifecycle states'],
  isShared: true,
  properties: [
    key('ProductLifecycleStateId', 20, { label: 'Product lifecycle state' }),
    text('Description', 60),
    yesNo('IsActiveForSalesOrder', { defaultValue: 'Yes' }),
  ],
})

/** Groups and states that a released product refers to. */
export const PRODUCT_SETUP_ENTITIES = [
  INVENTORY_POLICIES,
  PRODUCT_GROUPS,
  STORAGE_DIMENSION_GROUPS,
  TRACKING_DIMENSION_GROUPS,
  PRODUCT_DIMENSION_GROUPS,
  RESERVATION_HIERARCHIES,
  PRODUCT_LIFECYCLE_STATES,
]
