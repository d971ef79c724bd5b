import { createHash } from 'node:crypto'
import { PRODUCT_DIMENSION_FIELDS } from '../../entities/product-dimensions.ts'
import type { FieldValues } from '../field-value.ts'

/** The dimensions of a stock row beside its item. Source: Supply Chain specification, 4.2. */
export const DIMENSION_FIELDS = [
  ...PRODUCT_DIMENSION_FIELDS,
  'InventorySiteId',
  'InventoryWarehouseId',
  'ItemBatchNumber',
  'ItemSerialNumber',
  'InventoryStatusId',
] as const
/** One of the dimensions of stock. */
export type DimensionField = (typeof DIMENSION_FIELDS)[number]
/** A value for each dimension; blank where one is not used. */
export type Dimensions = Readonly<Record<DimensionField, string>>

/** The dimensions among the values of a row; blank where the row has none. */
export const dimensionsOf = (values: FieldValues): Dimensions => {
  const dimensions: Partial<Record<DimensionField, string>> = {}
  for (const field of DIMENSION_FIELDS) dimensions[field] = values[field] ?? ''
  return dimensions as Dimensions
}

/**
 * The number of a set of dimensions: it follows from the values, so that two transactions that meet a new set at once name it alike.
 * 72 bits of a hash: a billion sets meet by chance once in ten thousand installations.
 */
export function inventDimIdOf(dimensions: Dimensions): string {
  const folded = DIMENSION_FIELDS.map((field) => dimensions[field].toLowerCase())
  if (folded.every((value) => value === '')) return 'AllBlank'
  return `D${createHash('sha256').update(folded.join('\u0001')).digest('hex').slice(0, 18).toUpperCase()}`
}

/**
 * The dimensions at which stock is locked and checked as a whole: item, product dimensions, site and warehouse. Batches, serial numbers
 * and inventory statuses share them: an issue without a batch draws on all batches.
 */
export const anchorOf = (dimensions: Dimensions): Dimensions => ({
  ...dimensions,
  ItemBatchNumber: '',
  ItemSerialNumber: '',
  InventoryStatusId: '',
})
