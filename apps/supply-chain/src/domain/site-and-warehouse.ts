import type { Facts, Question } from './decision.ts'
import type { FieldValues } from './field-value.ts'
import { type InfologEntry, refuseField } from './messages.ts'

/** Which fields of a row hold its site and its warehouse. */
export interface PlaceFields {
  readonly site: string
  readonly warehouse: string
}

/** The warehouse that must be seen to know its site. */
export const warehouseQuestions = (row: FieldValues, fields: PlaceFields): readonly Question[] => {
  const value = row[fields.warehouse] ?? ''
  return value === '' ? [] : [{ entityName: 'Warehouse', field: 'WarehouseId', value }]
}

interface PlaceInput {
  readonly row: FieldValues
  readonly given: ReadonlySet<string>
  readonly fields: PlaceFields
  readonly facts: Facts
}

/**
 * A warehouse belongs to exactly one site: it sets a site that was not given, and a warehouse of another site is refused.
 * An unknown warehouse is left to its reference. Source: Supply Chain specification, 1.2 no. 3.
 */
export function alignSite({ row, given, fields, facts }: PlaceInput): { readonly values: FieldValues } | { readonly entry: InfologEntry } {
  const warehouse = row[fields.warehouse] ?? ''
  const site = row[fields.site] ?? ''
  if (warehouse === '' || !(given.has(fields.warehouse) || given.has(fields.site))) return { values: {} }
  const owner = facts.find('Warehouse', 'WarehouseId', warehouse)?.OperationalSiteId
  if (owner === undefined) return { values: {} }
  if (site === '' || !given.has(fields.site)) return { values: { [fields.site]: owner } }
  if (site.toLowerCase() === owner.toLowerCase()) return { values: {} }
  return { entry: refuseField(given.has(fields.warehouse) ? fields.warehouse : fields.site, 'L01', warehouse, owner, site) }
}
