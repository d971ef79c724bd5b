import { alignCountry, countryQuestions, formatAddress } from './address.ts'
import { accept, type Decision, refuse, type TableRules, type WriteCandidate } from './decision.ts'
import { at, type FieldValues } from './field-value.ts'
import { type InfologEntry, refuseField, refuseRow } from './messages.ts'
import { alignSite, warehouseQuestions } from './site-and-warehouse.ts'

const COUNTRY_FIELDS = ['Address', 'DeliveryAddress', 'InvoiceAddress'].map((prefix) => ({
  region: `${prefix}CountryRegionId`,
  iso: `${prefix}CountryRegionISOCode`,
}))

const PLACE = { site: 'SiteId', warehouse: 'WarehouseId' }
const NAME_PARTS = ['PersonFirstName', 'PersonMiddleName', 'PersonLastName'] as const
/** The search name is this much of the name. Source: string lengths of `NameAlias`. */
const ALIAS_LENGTH = 20

/** `person` -> `Person`; undefined where a customer cannot be of this type. */
const partyTypeOf = (given: string) => (['Person', 'Organization'] as const).find((each) => each.toLowerCase() === given.toLowerCase())

function nameValues(row: FieldValues, given: ReadonlySet<string>, isPerson: boolean): FieldValues {
  const personName = NAME_PARTS.map((part) => at(row, part))
    .filter((part) => part !== '')
    .join(' ')
  const partsChanged = NAME_PARTS.some((part) => given.has(part))
  // A given whole name wins (specification 2.15 no. 2); else a person is called by the parts of the name.
  const keepsGiven = (given.has('OrganizationName') || given.has('Name')) && at(row, 'OrganizationName') !== ''
  const isNamedByParts = isPerson && personName !== '' && !keepsGiven && (partsChanged || at(row, 'OrganizationName') === '')
  const name = isNamedByParts ? personName : at(row, 'OrganizationName')
  const alias = at(row, 'NameAlias') === '' ? [...name].slice(0, ALIAS_LENGTH).join('').trimEnd() : at(row, 'NameAlias')
  const stored = [...name].slice(0, 160).join('')
  return { OrganizationName: stored, Name: stored, NameAlias: alias }
}

/** The first customer entity knows one name: a `Name` that is given is the name as a whole. */
const withOneName = (row: FieldValues, given: ReadonlySet<string>): FieldValues =>
  given.has('Name') ? { ...row, OrganizationName: at(row, 'Name') } : row

function fullAddress(row: FieldValues): string {
  return formatAddress([
    [at(row, 'AddressStreet'), at(row, 'AddressStreetNumber')],
    [at(row, 'AddressZipCode'), at(row, 'AddressCity')],
    [at(row, 'AddressCounty'), at(row, 'AddressState')],
    [at(row, 'AddressCountryRegionId')],
  ])
}

function nameProblems(row: FieldValues, isPerson: boolean): InfologEntry[] {
  if (!isPerson) return at(row, 'OrganizationName') === '' ? [refuseRow('E02', 'Name')] : []
  return at(row, 'PersonLastName') === '' && at(row, 'PersonFirstName') === '' ? [refuseRow('E02', 'Last name')] : []
}

function creditProblems(row: FieldValues): InfologEntry[] {
  return at(row, 'CreditLimit').startsWith('-') ? [refuseField('CreditLimit', 'L04', 'Credit limit')] : []
}

function decide({ before, row: asGiven, given, facts }: WriteCandidate): Decision {
  const row = withOneName(asGiven, given)
  const partyType = partyTypeOf(at(row, 'PartyType'))
  if (partyType === undefined) return refuse(refuseField('PartyType', 'L02', at(row, 'PartyType')))
  const outcomes = [
    ...COUNTRY_FIELDS.map((fields) => alignCountry({ row, given, fields, facts })),
    alignSite({ row, given, fields: PLACE, facts }),
  ]
  const isPerson = partyType === 'Person'
  const problems = [
    ...outcomes.flatMap((outcome) => ('entry' in outcome ? [outcome.entry] : [])),
    ...nameProblems(row, isPerson),
    ...creditProblems(row),
  ]
  if (problems.length > 0) return refuse(...problems)
  const changes = Object.assign({ PartyType: partyType }, ...outcomes.flatMap((outcome) => ('values' in outcome ? [outcome.values] : [])))
  const aligned: Record<string, string> = { ...row, ...changes } // the one copy of a wide row
  Object.assign(aligned, nameValues(aligned, given, isPerson))
  aligned.FullPrimaryAddress = fullAddress(aligned)
  if (before === undefined && !given.has('SalesTaxGroup'))
    aligned.SalesTaxGroup = facts.find('CustomerGroup', 'CustomerGroupId', at(row, 'CustomerGroupId'))?.TaxGroupId ?? ''
  return accept(aligned)
}

/**
 * Customers: a name that matches the party type, known countries in both codes, a warehouse of the customer's site, a credit
 * limit that is not negative. Source: Supply Chain specification, 2.4 and 1.2 no. 3.
 */
export const CUSTOMER_RULES: TableRules = {
  numbered: { CustomerAccount: 'CustAccount', PartyNumber: 'DirPartyNumber' },
  questions: (row) => [...COUNTRY_FIELDS.flatMap((fields) => countryQuestions(row, fields)), ...warehouseQuestions(row, PLACE)],
  decide,
}
