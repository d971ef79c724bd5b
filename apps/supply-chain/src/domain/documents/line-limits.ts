import type { FieldValues } from '../field-value.ts'
import { type InfologEntry, refuseField } from '../messages.ts'

const isNegative = (row: FieldValues, name: string): boolean => (row[name] ?? '').startsWith('-')

/** Numbers of a line that count upwards only, with their labels. */
const COUNTED: FieldValues = {
  AllowedOverdeliveryPercentage: 'Overdelivery',
  AllowedUnderdeliveryPercentage: 'Underdelivery',
  LineCreationSequenceNumber: 'Line creation sequence',
}

/** Percentages of delivery, the unit of a price and the number of a line are never negative: L04, L14. */
export const lineLimitProblems = (row: FieldValues): InfologEntry[] => [
  ...Object.entries(COUNTED).flatMap(([name, label]) => (isNegative(row, name) ? [refuseField(name, 'L04', label)] : [])),
  ...(isNegative(row, 'SalesPriceQuantity') ? [refuseField('SalesPriceQuantity', 'L14', 'Price unit')] : []),
]
