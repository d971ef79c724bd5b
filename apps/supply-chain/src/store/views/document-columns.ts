import { type Table, tableByRelation } from '../../entities/catalogue.ts'

/** Every column of a table but its last change: a view says itself what counts as a change of its rows. */
export function tableColumns(relation: string, alias: string): string {
  const table: Table = tableByRelation(relation)
  const system = ['rec_id', 'rec_version', 'created_at', 'modified_at']
  return [...system, ...[...table.properties.values()].map((property) => property.column)].map((column) => `${alias}.${column}`).join(', ')
}

/** The parts of an address on lines of their own, as the application formats it everywhere; `column` names a part. */
const formatted = (column: (part: string) => string, parts: readonly (readonly string[])[]): string => {
  const lines = parts.map((words) => `nullif(concat_ws(' ', ${words.map((word) => `nullif(${column(word)}, '')`).join(', ')}), '')`)
  return `left(concat_ws(E'\\n', ${lines.join(', ')}), 250)`
}

/** The delivery address of a document or line in one text. */
export const formattedDeliveryAddress = (alias: string): string =>
  formatted(
    (part) => `${alias}.delivery_address_${part}`,
    [['street', 'street_number'], ['zip_code', 'city'], ['county_id', 'state_id'], ['country_region_id']],
  )

/** Columns of the invoice address of a document with the part of a customer's address that each shows. */
const INVOICE_PARTS: readonly (readonly [column: string, part: string])[] = [
  ['street', 'street'],
  ['street_number', 'street_number'],
  ['city', 'city'],
  ['county_id', 'county'],
  ['state_id', 'state'],
  ['zip_code', 'zip_code'],
  ['country_region_id', 'country_region_id'],
  ['country_region_iso_code', 'country_region_iso_code'],
]

/** A part of the invoice address of a customer; of the primary one where there is none. */
function customerPart(alias: string, part: string): string {
  const own = ['street', 'city', 'state', 'zip_code', 'country_region_id'].map((each) => `${alias}.invoice_address_${each}`)
  return `case when ${alias}.rec_id is null then '' when concat(${own.join(', ')}) <> '' then ${alias}.invoice_address_${part} else ${alias}.address_${part} end`
}

/** The invoice address as the customer under `alias` has it now; customers have no parts for the rest. */
export const invoiceAddressColumns = (alias: string): string =>
  [
    ...INVOICE_PARTS.map(([column, part]) => `${customerPart(alias, part)} as invoice_address_${column}`),
    "'' as invoice_address_district_name",
    "'' as invoice_address_post_box",
    '0::numeric as invoice_address_latitude',
    '0::numeric as invoice_address_longitude',
    "'' as invoice_address_time_zone",
    "'' as invoice_building_compliment",
    `${formatted(
      (part) => `(${customerPart(alias, part)})`,
      [['street', 'street_number'], ['zip_code', 'city'], ['county', 'state'], ['country_region_id']],
    )} as formatted_invoice_address`,
    "'No' as is_invoice_address_private",
  ].join(', ')

/** `join` of the row of another table of the same company, if there is one. */
export const joinSame = (relation: string, alias: string, pair: readonly [own: string, other: string]): string => {
  const [owner = ''] = pair[1].split('.')
  return `left join ${relation} ${alias} on lower(${alias}.data_area_id) = lower(${owner}.data_area_id) and lower(${alias}.${pair[0]}) = lower(${pair[1]})`
}

/** Whether a customer is mastered in Sales, read live. Source: Supply Chain specification, 2.14. */
export const isExternallyMaintained = (alias: string): string => `coalesce(${alias}.is_externally_maintained, 'No')`

/** A column of a row that may be missing, or nought. */
export const orZero = (column: string): string => `coalesce(${column}, 0)`
