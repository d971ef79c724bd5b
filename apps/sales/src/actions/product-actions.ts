import type { AppAction } from '@p2c/dataverse'
import { publishProductHierarchy, revertProduct } from '../plugins/catalogue/product-revisions.ts'

/** Bound actions of products; both answer 204. Source: Sales 2.6. */
export const productActions: readonly AppAction[] = [
  {
    name: 'PublishProductHierarchy',
    binding: { table: 'product' },
    parameters: [],
    run: async ({ service, write, boundId = '' }) => {
      await publishProductHierarchy({ service, sql: write.sql }, boundId)
      return undefined
    },
  },
  {
    name: 'RevertProduct',
    binding: { table: 'product' },
    parameters: [],
    run: async ({ service, write, boundId = '' }) => {
      await revertProduct({ service, sql: write.sql }, boundId)
      return undefined
    },
  },
]
