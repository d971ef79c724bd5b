import type { FieldValues } from '../field-value.ts'

/** What a new header or line offers to auto charges. */
export interface AutoChargeRequest {
  readonly isLineLevel: boolean
  readonly customerAccount: string
  readonly customerChargeGroup: string
  readonly deliveryMode: string
  /** Of a line only. */
  readonly itemNumber: string
  readonly itemChargeGroup: string
}

/** A field that an auto charge may be restricted to, with the value of the request, from the most special on. */
type Condition = readonly [field: string, value: keyof AutoChargeRequest]

const CONDITIONS: readonly Condition[] = [
  ['CustomerAccount', 'customerAccount'],
  ['CustomerChargeGroupId', 'customerChargeGroup'],
  ['ItemNumber', 'itemNumber'],
  ['ItemChargeGroupId', 'itemChargeGroup'],
  ['DeliveryModeCode', 'deliveryMode'],
]

const at = (row: FieldValues, name: string): string => (row[name] ?? '').toLowerCase()

const holds = (row: FieldValues, request: AutoChargeRequest): boolean =>
  (row.IsLineLevel === 'Yes') === request.isLineLevel &&
  CONDITIONS.every(([field, value]) => at(row, field) === '' || at(row, field) === String(request[value]).toLowerCase())

/** How special a row is: the customer counts more than its group, the item more than its group, the delivery mode least. */
const rankOf = (row: FieldValues): number =>
  CONDITIONS.reduce((rank, [field], index) => (at(row, field) === '' ? rank : rank + 2 ** (CONDITIONS.length - index)), 0)

/**
 * The auto charges of a new header or line: per charge code those of the most special combination of customer (account, group, all), item
 * and delivery mode that holds; its tiers come together. Source: Supply Chain specification, 5.6; which one wins is ours (R).
 */
export function autoChargesFor(rows: readonly FieldValues[], request: AutoChargeRequest): readonly FieldValues[] {
  const found = rows.filter((row) => holds(row, request))
  return [...Map.groupBy(found, (row) => at(row, 'ChargeCode')).values()].flatMap((same) => {
    const best = Math.max(...same.map(rankOf))
    return same.filter((row) => rankOf(row) === best)
  })
}
