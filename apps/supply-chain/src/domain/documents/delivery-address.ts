import { alignCountry, countryQuestions } from '../address.ts'
import type { Question, WriteCandidate } from '../decision.ts'
import { at, type FieldValues } from '../field-value.ts'
import type { InfologEntry } from '../messages.ts'

const COUNTRY = { region: 'DeliveryAddressCountryRegionId', iso: 'DeliveryAddressCountryRegionISOCode' }
const IS_SPECIFIC = 'IsDeliveryAddressOrderSpecific'

/** Each part of the address of a document with the field of a customer's address that it is taken from; '' where a customer has none. */
const PARTS: Readonly<Record<string, string>> = {
  DeliveryAddressStreet: 'Street',
  DeliveryAddressStreetNumber: 'StreetNumber',
  DeliveryAddressCity: 'City',
  DeliveryAddressCountyId: 'County',
  DeliveryAddressStateId: 'State',
  DeliveryAddressZipCode: 'ZipCode',
  DeliveryAddressCountryRegionId: 'CountryRegionId',
  DeliveryAddressCountryRegionISOCode: 'CountryRegionISOCode',
  DeliveryAddressDistrictName: '',
  DeliveryAddressPostBox: '',
  DeliveryBuildingCompliment: '',
  DeliveryAddressLatitude: '',
  DeliveryAddressLongitude: '',
}
const PART_NAMES = Object.keys(PARTS)
const NUMBERS: ReadonlySet<string> = new Set(['DeliveryAddressLatitude', 'DeliveryAddressLongitude'])
const CODES: ReadonlySet<string> = new Set([COUNTRY.region, COUNTRY.iso])

/** What is said of an address beside its parts; giving one of these alone makes no address of its own. */
const LABELS = ['DeliveryAddressName', 'DeliveryAddressDescription', 'DeliveryAddressLocationId', 'DeliveryAddressTimeZone'] as const

const emptyPart = (name: string): string => (NUMBERS.has(name) ? '0' : '')
const isBlank = (name: string, row: FieldValues): boolean => at(row, name) === '' || at(row, name) === emptyPart(name)

/** The countries that a delivery address must be seen with. */
export const deliveryAddressQuestions = (row: FieldValues): readonly Question[] => countryQuestions(row, COUNTRY)

/** The delivery address of a customer, else its primary one, as parts of a document. Source: Supply Chain specification, 2.15 no. 3. */
export function customerAddress(customer: FieldValues | undefined): FieldValues {
  const known = Object.values(PARTS).filter((source) => source !== '')
  const prefix = known.some((source) => at(customer, `DeliveryAddress${source}`) !== '') ? 'DeliveryAddress' : 'Address'
  const parts = PART_NAMES.map((name) => [name, PARTS[name] === '' ? emptyPart(name) : at(customer, `${prefix}${PARTS[name]}`)] as const)
  return {
    ...Object.fromEntries(parts),
    DeliveryAddressName: at(customer, 'OrganizationName').slice(0, 100),
    DeliveryAddressDescription: at(customer, `${prefix}Description`),
    DeliveryAddressLocationId: at(customer, `${prefix}LocationId`),
    DeliveryAddressTimeZone: '',
  }
}

/** All that a line without an address of its own takes from its header. */
export const INHERITED_ADDRESS: readonly string[] = [...PART_NAMES, ...LABELS]

/** The delivery address of a header, for a line that has none of its own. */
export const headerAddress = (header: FieldValues | undefined): FieldValues =>
  Object.fromEntries(INHERITED_ADDRESS.map((name) => [name, header?.[name] ?? emptyPart(name)]))

const isSamePart = (name: string, left: string, right: string): boolean =>
  left === right || (CODES.has(name) && left.toLowerCase() === right.toLowerCase())

/** The row with its address, or why it has none. */
export type AddressOutcome = { readonly values: FieldValues } | { readonly entry: InfologEntry }

/**
 * The delivery address of a document or line. A part that was given with another value than the stored one makes the address its own: parts
 * that were not given are then blank, not those of the customer. Without one, a new row takes `inherited`; a stored one takes it again when
 * the flag is given as No. Writing what is stored changes nothing, whatever was inherited since.
 */
export function decideDeliveryAddress(candidate: WriteCandidate, inherited: FieldValues): AddressOutcome {
  const { before, row, given } = candidate
  const changed = PART_NAMES.filter(
    (name) => given.has(name) && !isSamePart(name, at(row, name), before === undefined ? emptyPart(name) : at(before, name)),
  )
  if (changed.length > 0) return ownAddress(candidate, inherited)
  const wasOwn = at(before, IS_SPECIFIC) === 'Yes'
  const namesParts = PART_NAMES.some((name) => given.has(name) && !isBlank(name, row))
  const givesUp = wasOwn && given.has(IS_SPECIFIC) && at(row, IS_SPECIFIC) === 'No' && !namesParts
  if (before === undefined || givesUp) return { values: withLabels(row, inherited) }
  const kept = Object.fromEntries(PART_NAMES.map((name) => [name, at(before, name)]))
  return { values: { ...kept, ...(namesParts && wasOwn && { [IS_SPECIFIC]: 'Yes' }) } }
}

function ownAddress({ before, row, given, facts }: WriteCandidate, inherited: FieldValues): AddressOutcome {
  const wasOwn = at(before, IS_SPECIFIC) === 'Yes'
  const parts = Object.fromEntries(PART_NAMES.map((name) => [name, given.has(name) || wasOwn ? at(row, name) : emptyPart(name)]))
  // A blank ISO code beside a region was not meant as one: the region fills it.
  const named = new Set([...given].filter((name) => !CODES.has(name) || at(row, name) !== '' || before !== undefined))
  const country = alignCountry({ row: parts, given: named, fields: COUNTRY, facts })
  if ('entry' in country) return country
  const name = at(row, 'DeliveryAddressName') || at(inherited, 'DeliveryAddressName')
  return { values: { ...parts, ...country.values, DeliveryAddressName: name, [IS_SPECIFIC]: 'Yes' } }
}

/** Inherited parts under the labels that were given. */
const withLabels = (row: FieldValues, inherited: FieldValues): FieldValues => ({
  ...inherited,
  ...Object.fromEntries(LABELS.filter((name) => at(row, name) !== '').map((name) => [name, at(row, name)])),
})
