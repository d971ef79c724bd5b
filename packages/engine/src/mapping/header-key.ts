import type { EntitySchema } from '../model/entity-schema.ts'
import { findField } from './field-path.ts'

/** Where a line carries one part of the key of its header. */
export interface HeaderKeyPart {
  /** Place of the part in the header's key. */
  readonly index: number
  /** Field of the line, as its key or its schema spells it. */
  readonly field: string
}

export interface LineSide {
  readonly keyFields: readonly string[]
  readonly schema: EntitySchema
}

/**
 * The fields by which lines are found from their header: parts of the line's own key that end with a field of the header's key
 * (`quoteid.quotenumber`, `SalesOrderNumber`, `salesorder_salesorderid`), else fields of the line of the same name. Empty where a line tells nothing of its
 * header. Not every part has to be found: lines of another header that come along are mapped and found unchanged.
 */
export function findHeaderKey(headerKey: readonly string[], { keyFields, schema }: LineSide): readonly HeaderKeyPart[] {
  const inKey = headerKey.flatMap((name, index) => {
    const field = keyFields.find((candidate) => endsWithField(candidate, name))
    return field === undefined ? [] : [{ index, field }]
  })
  if (inKey.length > 0) return inKey
  return headerKey.flatMap((name, index) => {
    const found = findField(schema, name)
    return found === undefined ? [] : [{ index, field: found.schema.name }]
  })
}

function endsWithField(path: string, name: string): boolean {
  const [whole, end] = [path.toLowerCase(), name.toLowerCase()]
  return whole === end || whole.endsWith(`.${end}`) || whole.endsWith(`_${end}`)
}
