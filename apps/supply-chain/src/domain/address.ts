import type { Facts, Question } from './decision.ts'
import type { FieldValues } from './field-value.ts'
import { type InfologEntry, refuseField } from './messages.ts'

const COUNTRY = 'AddressCountryRegion'

/** The names of the two country fields of an address: the three-letter region id and the two-letter ISO code. */
export interface CountryFields {
  readonly region: string
  readonly iso: string
}

/** The countries that an address needs to be seen with. */
export const countryQuestions = (row: FieldValues, fields: CountryFields): readonly Question[] =>
  [
    { entityName: COUNTRY, field: 'ISOCode', value: row[fields.iso] ?? '' },
    { entityName: COUNTRY, field: 'CountryRegionId', value: row[fields.region] ?? '' },
  ].filter((question) => question.value !== '')

interface CountryInput {
  readonly row: FieldValues
  readonly given: ReadonlySet<string>
  readonly fields: CountryFields
  readonly facts: Facts
}

type CountryOutcome = { readonly values: FieldValues } | { readonly entry: InfologEntry }

const unknownIso = (field: string, value: string) => ({ entry: refuseField(field, 'E01', value, 'ISO country/region', 'Country/region') })

/**
 * Keeps region id and ISO code of an address in step: the one that was given fills the other, both given must agree.
 * An unknown region id is refused by its reference, an unknown ISO code here. Source: Supply Chain specification, 2.15 no. 3.
 */
export function alignCountry({ row, given, fields, facts }: CountryInput): CountryOutcome {
  const iso = row[fields.iso] ?? ''
  const region = row[fields.region] ?? ''
  const isoGiven = given.has(fields.iso)
  const regionGiven = given.has(fields.region)
  if (isoGiven && !(regionGiven && region !== '')) {
    if (iso === '') return { values: { [fields.iso]: '', [fields.region]: '' } }
    const country = facts.find(COUNTRY, 'ISOCode', iso)
    if (country === undefined) return unknownIso(fields.iso, iso)
    return { values: { [fields.iso]: country.ISOCode ?? '', [fields.region]: country.CountryRegionId ?? '' } }
  }
  if (!regionGiven) return { values: {} }
  const country = facts.find(COUNTRY, 'CountryRegionId', region)
  const known = country?.ISOCode ?? ''
  if (isoGiven && iso !== '' && iso.toLowerCase() !== known.toLowerCase())
    return { entry: refuseField(fields.iso, 'L03', region, known === '' ? 'none' : known, iso) }
  return { values: { [fields.region]: country?.CountryRegionId ?? region, [fields.iso]: known } }
}

/** An address in one text, as its countries write it most often: street, code and city, state, country. */
export function formatAddress(parts: readonly (readonly string[])[]): string {
  const lines = parts.map((words) => words.filter((word) => word !== '').join(' '))
  return lines
    .filter((line) => line !== '')
    .join('\n')
    .slice(0, 250)
}
