import { at, type FieldValues } from './field-value.ts'
import { type MessageCode, messageText } from './messages.ts'

/** The rules by which a released product can be sold, by name. Source: Supply Chain specification, section 7 (rules 1 to 11). */
export type SellableRule =
  | 'released-and-distinct'
  | 'item-model-group'
  | 'item-group'
  | 'storage-dimension-group'
  | 'tracking-dimension-group'
  | 'units'
  | 'unit-conversion'
  | 'product-dimensions'
  | 'reservation-hierarchy'
  | 'distinct-product'
  | 'lifecycle-state'

/** What is known of one product; a set-up row that does not exist is absent. */
export interface ProductFacts {
  /** Values of the released product, or of the master of a variant. */
  readonly release: FieldValues
  /** The variant with its dimensions; absent for a product without dimensions. */
  readonly variant?: FieldValues
  readonly itemModelGroup?: FieldValues
  readonly itemGroup?: FieldValues
  readonly storageGroup?: FieldValues
  readonly trackingGroup?: FieldValues
  readonly dimensionGroup?: FieldValues
  readonly reservationHierarchy?: FieldValues
  readonly lifecycleState?: FieldValues
  readonly inventoryUnit?: FieldValues
  readonly salesUnit?: FieldValues
  readonly purchaseUnit?: FieldValues
  /** Whether a conversion between sales unit and inventory unit exists, in either direction, general or of the product. */
  readonly hasUnitConversion: boolean
  readonly isInDistinctProductTable: boolean
}

interface RuleFacts {
  readonly rule: SellableRule
  /** Number in the specification. */
  readonly number: number
  readonly holds: (facts: ProductFacts) => boolean
  readonly refusal: (facts: ProductFacts) => { readonly code: MessageCode; readonly text: string }
}

const itemOf = (facts: ProductFacts): string => at(facts.release, 'ItemNumber')
const numberOf = (facts: ProductFacts): string => at(facts.variant, 'ProductVariantNumber') || at(facts.release, 'ProductNumber')

const missing =
  (label: string) =>
  (facts: ProductFacts): { code: MessageCode; text: string } => ({ code: 'E16', text: messageText('E16', itemOf(facts), label) })

const notSellable = (facts: ProductFacts): { code: MessageCode; text: string } => ({
  code: 'E18',
  text: messageText('E18', numberOf(facts)),
})

const ACTIVE_DIMENSIONS: readonly (readonly [isActive: string, dimension: string])[] = [
  ['IsProductConfigurationActive', 'ProductConfigurationId'],
  ['IsProductColorActive', 'ProductColorId'],
  ['IsProductSizeActive', 'ProductSizeId'],
  ['IsProductStyleActive', 'ProductStyleId'],
  ['IsProductVersionActive', 'ProductVersionId'],
]

const dimensionsFilled = ({ release, variant, dimensionGroup }: ProductFacts): boolean =>
  at(release, 'ProductSubType') !== 'ProductMaster' ||
  (dimensionGroup !== undefined &&
    ACTIVE_DIMENSIONS.every(([isActive, dimension]) => at(dimensionGroup, isActive) !== 'Yes' || at(variant, dimension) !== ''))

const sameUnit = ({ release }: ProductFacts): boolean =>
  at(release, 'SalesUnitSymbol').toLowerCase() === at(release, 'InventoryUnitSymbol').toLowerCase()

const UNITS = [
  ['inventoryUnit', 'Inventory unit'],
  ['salesUnit', 'Sales unit'],
  ['purchaseUnit', 'Purchase unit'],
] as const

/** The rules in the order in which their messages are listed. Rule 12 has no place here: a product stopped for sales stays visible. */
export const SELLABLE_RULES: readonly RuleFacts[] = [
  {
    rule: 'released-and-distinct',
    number: 1,
    holds: ({ release, variant }) => at(release, 'ProductSubType') === 'Product' || variant !== undefined,
    refusal: notSellable,
  },
  { rule: 'item-model-group', number: 2, holds: (facts) => facts.itemModelGroup !== undefined, refusal: missing('Item model group') },
  { rule: 'item-group', number: 3, holds: (facts) => facts.itemGroup !== undefined, refusal: missing('Item group') },
  {
    rule: 'storage-dimension-group',
    number: 4,
    holds: (facts) => at(facts.storageGroup, 'IsSiteActive') === 'Yes',
    refusal: missing('Storage dimension group'),
  },
  {
    rule: 'tracking-dimension-group',
    number: 5,
    holds: (facts) => facts.trackingGroup !== undefined,
    refusal: missing('Tracking dimension group'),
  },
  {
    rule: 'units',
    number: 6,
    holds: (facts) => UNITS.every(([unit]) => facts[unit] !== undefined),
    refusal: (facts) => missing(UNITS.find(([unit]) => facts[unit] === undefined)?.[1] ?? 'Unit')(facts),
  },
  {
    rule: 'unit-conversion',
    number: 7,
    holds: (facts) => sameUnit(facts) || facts.hasUnitConversion,
    refusal: (facts) => ({
      code: 'E15',
      text: messageText('E15', at(facts.release, 'SalesUnitSymbol'), at(facts.release, 'InventoryUnitSymbol'), numberOf(facts)),
    }),
  },
  { rule: 'product-dimensions', number: 8, holds: dimensionsFilled, refusal: missing('Product dimension group') },
  {
    rule: 'reservation-hierarchy',
    number: 9,
    holds: (facts) =>
      at(facts.storageGroup, 'AreAdvancedWarehouseManagementProcessesEnabled') !== 'Yes' || facts.reservationHierarchy !== undefined,
    refusal: missing('Reservation hierarchy'),
  },
  { rule: 'distinct-product', number: 10, holds: (facts) => facts.isInDistinctProductTable, refusal: notSellable },
  {
    rule: 'lifecycle-state',
    number: 11,
    holds: (facts) => at(facts.lifecycleState, 'IsActiveForSalesOrder') !== 'No',
    refusal: notSellable,
  },
]

/** One message per rule that does not hold; none when the product can be sold. */
export const validateReleasedProduct = (
  facts: ProductFacts,
): readonly { readonly rule: SellableRule; readonly code: MessageCode; readonly text: string }[] =>
  SELLABLE_RULES.filter(({ holds }) => !holds(facts)).map(({ rule, refusal }) => ({ rule, ...refusal(facts) }))
