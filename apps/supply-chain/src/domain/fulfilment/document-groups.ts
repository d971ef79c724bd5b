import { deliveryAddress } from '../../entities/document-address.ts'
import type { FieldValues } from '../field-value.ts'

const ADDRESS_FIELDS = deliveryAddress()
  .filter(({ isComputed }) => !isComputed)
  .map(({ name }) => name)

/** Where goods go, as one text: lines with the same address share a document. */
const addressText = (values: FieldValues): string => ADDRESS_FIELDS.map((name) => (values[name] ?? '').trim().toLowerCase()).join('\u0001')

/**
 * The text of what makes a document of its own: the order, the fields of `place`, and the delivery address of the line.
 * Source: Supply Chain specification, 3.4 and 4.4 no. 4.
 */
export const documentGroup = (line: FieldValues, place: readonly string[]): string =>
  [line.SalesOrderNumber ?? '', ...place.map((name) => line[name] ?? '')].map((part) => part.toLowerCase()).join('\u0001') +
  `\u0001${addressText(line)}`

/** The fields that a document copies of its order and of the first of its lines, whose address it has. */
export function documentValues(names: Iterable<string>, header: FieldValues, line: FieldValues): Record<string, string> {
  const ofLine = new Set([...ADDRESS_FIELDS, 'DeliveryModeCode', 'ShippingSiteId', 'ShippingWarehouseId'])
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const own = ofLine.has(name) ? line[name] : undefined
      // A line without an address of its own goes where the order goes; lines call their delivery terms otherwise.
      const value = name === 'DeliveryTermsCode' ? line.DeliveryTermsId || header[name] : own || header[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
