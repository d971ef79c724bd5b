import { type EntityProperty, text } from './entity.ts'

/** Properties that tell one variant of a product master from another. */
export const PRODUCT_DIMENSION_FIELDS = [
  'ProductConfigurationId',
  'ProductColorId',
  'ProductSizeId',
  'ProductStyleId',
  'ProductVersionId',
] as const

export const productDimensions = (): EntityProperty[] => PRODUCT_DIMENSION_FIELDS.map((name) => text(name, 10))
