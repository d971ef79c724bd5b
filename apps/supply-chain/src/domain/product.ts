import { accept, type Decision, refuse, type TableRules, type WriteCandidate } from './decision.ts'
import { at, type FieldValues } from './field-value.ts'
import { type InfologEntry, refuseField, refuseRow } from './messages.ts'
import { alignSite, warehouseQuestions } from './site-and-warehouse.ts'

/** The five product dimensions with the switch of the dimension group that makes each one active. */
export const PRODUCT_DIMENSION_SWITCHES: Readonly<Record<string, string>> = {
  ProductConfigurationId: 'IsProductConfigurationActive',
  ProductColorId: 'IsProductColorActive',
  ProductSizeId: 'IsProductSizeActive',
  ProductStyleId: 'IsProductStyleActive',
  ProductVersionId: 'IsProductVersionActive',
}
const DIMENSIONS = Object.keys(PRODUCT_DIMENSION_SWITCHES)

/** What a released product takes from its shared product where it says nothing itself. */
const INHERITED = [
  'ProductType',
  'ProductSubType',
  'ProductSearchName',
  'StorageDimensionGroupName',
  'TrackingDimensionGroupName',
  'ProductDimensionGroupName',
]
const COPIED_TO_PRODUCT = [...INHERITED, 'ProductNumber', 'ProductName', 'ProductDescription']

const given = (row: FieldValues, names: readonly string[]): FieldValues => Object.fromEntries(names.map((name) => [name, at(row, name)]))

function releaseValues({ before, row, given: names, facts }: WriteCandidate): FieldValues {
  if (before !== undefined) return row
  const number = at(row, 'ProductNumber') === '' ? at(row, 'ItemNumber') : at(row, 'ProductNumber')
  const product = facts.find('ProductV2', 'ProductNumber', number)
  const inherited = INHERITED.filter((name) => !names.has(name)).map((name) => [
    name,
    product === undefined ? at(row, name) : at(product, name),
  ])
  const inventoryUnit = at(row, 'InventoryUnitSymbol')
  const group = facts.find('ProductGroup', 'GroupId', at(row, 'ProductGroupId'))
  const unit = (name: string) => (at(row, name) === '' ? inventoryUnit : at(row, name))
  return {
    ...row,
    ...Object.fromEntries(inherited),
    ProductNumber: product === undefined ? number : at(product, 'ProductNumber'),
    SearchName: at(row, 'SearchName') === '' ? at(row, 'ProductSearchName') || number.slice(0, 60) : at(row, 'SearchName'),
    SalesUnitSymbol: unit('SalesUnitSymbol'),
    PurchaseUnitSymbol: unit('PurchaseUnitSymbol'),
    BOMUnitSymbol: unit('BOMUnitSymbol'),
    SalesSalesTaxItemGroupCode: names.has('SalesSalesTaxItemGroupCode')
      ? at(row, 'SalesSalesTaxItemGroupCode')
      : (group?.DefaultSalesSalesTaxItemGroupCode ?? ''),
  }
}

const AMOUNTS = ['SalesPrice', 'UnitCost', 'SalesOverdeliveryPercentage', 'SalesUnderdeliveryPercentage']

function amountProblems(row: FieldValues): InfologEntry[] {
  return AMOUNTS.filter((name) => at(row, name).startsWith('-')).map((name) => refuseField(name, 'L04', name))
}

/** The distinct product of a row that can be sold by itself; a master has none, its variants do. */
function distinctProduct(row: FieldValues): readonly { readonly relation: string; readonly values: FieldValues }[] {
  if (at(row, 'ProductSubType') === 'ProductMaster') return []
  const values = given(row, ['dataAreaId', 'ProductNumber', 'ItemNumber'])
  return [{ relation: 'distinct_product', values }]
}

function decideRelease(candidate: WriteCandidate): Decision {
  const row = releaseValues(candidate)
  // The creation entity brings the shared product with it; the released product entity needs one.
  const bringsProduct = candidate.before === undefined && !candidate.facts.find('ProductV2', 'ProductNumber', at(row, 'ProductNumber'))
  const isCreation = candidate.entityName === 'ReleasedProductCreationV2'
  const problems = amountProblems(row)
  if (bringsProduct && !isCreation)
    problems.push(refuseField('ProductNumber', 'E01', at(row, 'ProductNumber'), 'Product number', 'Products'))
  if (problems.length > 0) return refuse(...problems)
  if (candidate.before !== undefined) return accept(row)
  const product = {
    relation: 'product',
    values: { ...given(row, COPIED_TO_PRODUCT), ProductName: at(row, 'ProductName') || at(row, 'SearchName') },
  }
  return accept(row, [...(bringsProduct ? [product] : []), ...distinctProduct(row)])
}

/**
 * Released products: the shared product must exist (the creation entity makes it), groups and texts come from it,
 * units default to the inventory unit, and the distinct product table follows. Source: Supply Chain specification, 2.6 and 7.
 */
export const RELEASED_PRODUCT_RULES: TableRules = {
  questions: (row) => {
    const value = at(row, 'ProductNumber') === '' ? at(row, 'ItemNumber') : at(row, 'ProductNumber')
    return value === '' ? [] : [{ entityName: 'ProductV2', field: 'ProductNumber', value }]
  },
  decide: decideRelease,
}

function dimensionProblems(row: FieldValues, group: FieldValues | undefined): InfologEntry[] {
  return Object.entries(PRODUCT_DIMENSION_SWITCHES).flatMap(([name, isActive]) => {
    const active = group?.[isActive] === 'Yes'
    if (active && at(row, name) === '') return [refuseRow('L12', name)]
    return !active && at(row, name) !== '' ? [refuseField(name, 'L17', name, at(row, 'ItemNumber'))] : []
  })
}

/** Variants: only of masters, with every active dimension filled. Their number is made from the item and its dimensions when blank. */
export const RELEASED_VARIANT_RULES: TableRules = {
  questions: (row) => [{ entityName: 'ReleasedProductV2', field: 'ItemNumber', value: at(row, 'ItemNumber') }],
  laterQuestions: (row, facts) => {
    const value = facts.find('ReleasedProductV2', 'ItemNumber', at(row, 'ItemNumber'))?.ProductDimensionGroupName ?? ''
    return value === '' ? [] : [{ entityName: 'ProductDimensionGroup', field: 'GroupName', value }]
  },
  decide({ row, facts, before }) {
    const master = facts.find('ReleasedProductV2', 'ItemNumber', at(row, 'ItemNumber'))
    if (master === undefined) return accept(row)
    if (at(master, 'ProductSubType') !== 'ProductMaster') return refuse(refuseField('ItemNumber', 'L13', at(row, 'ItemNumber')))
    const group = facts.find('ProductDimensionGroup', 'GroupName', at(master, 'ProductDimensionGroupName'))
    const problems = group === undefined ? [] : dimensionProblems(row, group)
    if (problems.length > 0) return refuse(...problems)
    const parts = [at(row, 'ItemNumber'), ...DIMENSIONS.map((name) => at(row, name))].filter((part) => part !== '')
    const number = at(row, 'ProductVariantNumber') || parts.join(' : ').slice(0, 70)
    const values = { ...row, ProductVariantNumber: number }
    const distinct = { ...given(values, ['dataAreaId', 'ItemNumber', ...DIMENSIONS]), ProductNumber: number }
    return accept(values, before === undefined ? [{ relation: 'distinct_product', values: distinct }] : undefined)
  },
}

/** Default order settings: the sales warehouse belongs to the sales site. */
export const ORDER_SETTING_RULES: TableRules = {
  questions: (row) => warehouseQuestions(row, { site: 'SalesSiteId', warehouse: 'SalesWarehouseId' }),
  decide({ row, given: names, facts }) {
    const outcome = alignSite({ row, given: names, fields: { site: 'SalesSiteId', warehouse: 'SalesWarehouseId' }, facts })
    return 'entry' in outcome ? refuse(outcome.entry) : accept({ ...row, ...outcome.values })
  },
}
