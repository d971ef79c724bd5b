import type { TableDefinition } from '@p2c/dataverse'
import { activeOrInactive, currency, flag, lookup, memo, money, number, text } from './columns.ts'
import { ENTERED_AMOUNT } from './document-columns.ts'

const KIND = ['Percentage', 'Amount'] as const
const QUANTITY = { precision: 5, range: ['0.00001', '100000000000'], required: 'system' } as const

/** Discounts by quantity, all as percentages or all as amounts in one currency. Source: Sales 1.7 and 4.5. */
export const discounttype: TableDefinition = {
  logicalName: 'discounttype',
  privilegeName: 'Product',
  entitySetName: 'discounttypes',
  primaryId: 'discounttypeid',
  primaryName: 'name',
  objectTypeCode: 1080,
  ownership: 'organization',
  label: 'Discount List',
  pluralLabel: 'Discount Lists',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('name', 'Name', 100, { required: 'system' }),
    flag('isamounttype', 'Type', { labels: KIND }),
    memo('description', 'Description'),
    currency(),
    ...activeOrInactive(100001, 100002),
  ],
}

/** The discount of one range of quantities. Source: Sales 1.7 and 4.5. */
export const discount: TableDefinition = {
  logicalName: 'discount',
  privilegeName: 'Product',
  entitySetName: 'discounts',
  primaryId: 'discountid',
  primaryName: 'name',
  objectTypeCode: 1013,
  ownership: 'organization',
  label: 'Discount',
  pluralLabel: 'Discounts',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('name', 'Name', 100),
    lookup('discounttypeid', 'Discount List', {
      table: 'discounttype',
      required: 'system',
      collection: 'discount_type_discounts',
      onDelete: 'cascade',
    }),
    number('lowquantity', 'Begin Quantity', QUANTITY),
    number('highquantity', 'End Quantity', QUANTITY),
    money('amount', 'Amount', { range: ENTERED_AMOUNT }),
    number('percentage', 'Percentage', { precision: 5, range: ['0', '1000000000'] }),
    flag('isamounttype', 'Amount Type', { labels: KIND, required: 'application', readOnly: true }),
    currency({ readOnly: true }),
  ],
}
