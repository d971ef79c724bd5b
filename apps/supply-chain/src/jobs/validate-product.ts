import type { SqlRunner } from '@p2c/base'
import type { FieldValues } from '../domain/field-value.ts'
import { messageText } from '../domain/messages.ts'
import { type ProductFacts, validateReleasedProduct } from '../domain/sellable-product.ts'
import { findEntityByName, tableOfEntity } from '../entities/catalogue.ts'
import { findRows } from '../store/rows.ts'

/** What stands between a product and a sales order; an empty list: nothing. */
export interface ProductValidation {
  readonly productNumber: string
  readonly messages: readonly { readonly rule: string; readonly code: string; readonly text: string }[]
}

interface ProductAddress {
  readonly dataAreaId: string
  /** Number of a released product, or of a variant. */
  readonly productNumber: string
}

async function findOne(sql: SqlRunner, entityName: string, condition: Readonly<Record<string, string>>): Promise<FieldValues | undefined> {
  const entity = findEntityByName(entityName)
  if (entity === undefined || Object.values(condition).some((value) => value === '')) return undefined
  const [row] = await findRows(sql, { table: tableOfEntity(entity), fields: Object.keys(condition), keys: [Object.values(condition)] })
  return row?.values
}

const present = <Name extends string>(name: Name, value: FieldValues | undefined): { readonly [Key in Name]?: FieldValues } =>
  value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: FieldValues })

async function hasConversion(sql: SqlRunner, release: FieldValues): Promise<boolean> {
  const { rows } = await sql.query(
    `select 1 from (
       select from_unit_symbol as a, to_unit_symbol as b from unit_of_measure_conversion
       union all select from_unit_symbol, to_unit_symbol from product_unit_of_measure_conversion where lower(product_number) = lower($3)) c
     where (lower(a) = lower($1) and lower(b) = lower($2)) or (lower(a) = lower($2) and lower(b) = lower($1)) limit 1`,
    [release.SalesUnitSymbol ?? '', release.InventoryUnitSymbol ?? '', release.ProductNumber ?? ''],
  )
  return rows.length > 0
}

/**
 * Validates a released product (or variant) by the sellable rules: one message per rule that does not hold.
 * A product that is not released in the company gives E17. Source: Supply Chain specification, section 7.
 */
export async function validateProduct(sql: SqlRunner, { dataAreaId, productNumber }: ProductAddress): Promise<ProductValidation> {
  const facts = await loadFacts(sql, { dataAreaId, productNumber })
  if (facts === undefined)
    return {
      productNumber,
      messages: [{ rule: 'released-and-distinct', code: 'E17', text: messageText('E17', productNumber, dataAreaId) }],
    }
  return { productNumber, messages: validateReleasedProduct(facts) }
}

async function loadFacts(sql: SqlRunner, { dataAreaId, productNumber }: ProductAddress): Promise<ProductFacts | undefined> {
  const company = { dataAreaId }
  const variant = await findOne(sql, 'ReleasedProductVariantV2', { ...company, ProductVariantNumber: productNumber })
  const release = await (variant === undefined
    ? findOne(sql, 'ReleasedProductV2', { ...company, ProductNumber: productNumber })
    : findOne(sql, 'ReleasedProductV2', { ...company, ItemNumber: variant.ItemNumber ?? '' }))
  if (release === undefined) return undefined
  const at = (name: string): string => release[name] ?? ''
  const distinct = await findOne(sql, 'InventDistinctProduct', { ...company, ProductNumber: productNumber })
  return {
    release,
    ...present('variant', variant),
    ...present('itemModelGroup', await findOne(sql, 'InventoryPolicy', { ...company, PolicyId: at('ItemModelGroupId') })),
    ...present('itemGroup', await findOne(sql, 'ProductGroup', { ...company, GroupId: at('ProductGroupId') })),
    ...present('storageGroup', await findOne(sql, 'StorageDimensionGroup', { GroupName: at('StorageDimensionGroupName') })),
    ...present('trackingGroup', await findOne(sql, 'TrackingDimensionGroup', { GroupName: at('TrackingDimensionGroupName') })),
    ...present('dimensionGroup', await findOne(sql, 'ProductDimensionGroup', { GroupName: at('ProductDimensionGroupName') })),
    ...present(
      'reservationHierarchy',
      await findOne(sql, 'InventoryReservationHierarchy', { HierarchyName: at('InventoryReservationHierarchyName') }),
    ),
    ...present('lifecycleState', await findOne(sql, 'ProductLifecycleState', { ProductLifecycleStateId: at('ProductLifecycleStateId') })),
    ...present('inventoryUnit', await findOne(sql, 'UnitOfMeasure', { UnitSymbol: at('InventoryUnitSymbol') })),
    ...present('salesUnit', await findOne(sql, 'UnitOfMeasure', { UnitSymbol: at('SalesUnitSymbol') })),
    ...present('purchaseUnit', await findOne(sql, 'UnitOfMeasure', { UnitSymbol: at('PurchaseUnitSymbol') })),
    hasUnitConversion: await hasConversion(sql, release),
    isInDistinctProductTable: distinct !== undefined,
  }
}
