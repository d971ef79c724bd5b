import { PRODUCT_STATUS, PRODUCT_TYPE } from './closed-lists.ts'
import { amount, flag, member, memo, quantity, text } from './fields.ts'
import { type HubTable, type ReferenceFacts, recordTable, targetOf } from './hub-table.ts'

export const PRODUCT = targetOf('Product')

/** Product of a document line, whose name the line takes over. Source: templates 8.6, `ProductName` "from CDS product". */
export const lineProduct: ReferenceFacts = { name: 'Product', target: PRODUCT, copies: { from: 'name', to: 'productname' } }

/** What is sold. The article calls `DefaultSellingQuantity_UOM` DefaultSellingUnitOfMeasure, too. Source: templates 8.4. */
export const product: HubTable = recordTable({
  entity: 'Product',
  label: 'Product',
  pluralLabel: 'Products',
  objectTypeCode: 10_003,
  fields: [
    text('Name', 300),
    memo('Description'),
    member('ProductType', PRODUCT_TYPE),
    ...quantity('DefaultSellingQuantity'),
    ...amount('SellingUnitPrice'),
    ...amount('StandardCostAmount'),
    flag('IsStocked'),
    member('Status', PRODUCT_STATUS),
  ],
})
