import { enumMembers } from '../entities/enums.ts'
import { alignCountry, countryQuestions } from './address.ts'
import { accept, type Decision, refuse, type TableRules, type WriteCandidate } from './decision.ts'
import { at } from './field-value.ts'
import { type InfologEntry, refuseField, refuseRow } from './messages.ts'

const COUNTRY_FIELDS = { region: 'PrimaryAddressCountryRegionId', iso: 'PrimaryAddressCountryRegionISOCode' }

/** The day must exist in the month; without a year, 29 February may be one. */
function birthProblems({ row }: WriteCandidate): InfologEntry[] {
  const day = Number(at(row, 'BirthDay'))
  const month = enumMembers('MonthsOfYear').indexOf(at(row, 'BirthMonth'))
  const year = Number(at(row, 'BirthYear'))
  const lastDay = month <= 0 ? 31 : new Date(Date.UTC(year > 0 ? year : 2000, month, 0)).getUTCDate()
  if (day < 0 || day > lastDay)
    return [refuseField('BirthDay', 'L10', `${at(row, 'BirthMonth')} ${day}`, String(day), at(row, 'BirthMonth'))]
  return year < 0 || year > 9999 ? [refuseField('BirthYear', 'L04', 'Birth year')] : []
}

/** The customer by party (first version of the entity) or by account (second): the one that was given finds the other. */
function associate({ before, row, facts }: WriteCandidate): Decision {
  if (before !== undefined) return accept({})
  if (at(row, 'AssociatedContactType') !== 'Customer')
    return refuse(refuseField('AssociatedContactType', 'L11', at(row, 'AssociatedContactType')))
  const party = at(row, 'AssociatedPartyNumber')
  const account = at(row, 'AssociatedContactNumber')
  const customer = party === '' ? facts.find('CustomerV3', 'CustomerAccount', account) : facts.find('CustomerV3', 'PartyNumber', party)
  if (customer === undefined) {
    const [field, value, label] =
      party === ''
        ? ['AssociatedContactNumber', account, 'Associated contact number']
        : ['AssociatedPartyNumber', party, 'Associated party number']
    return refuse(value === '' ? refuseRow('E02', label) : refuseField(field, 'E01', value, label, 'Customers'))
  }
  return accept({ AssociatedPartyNumber: at(customer, 'PartyNumber'), AssociatedContactNumber: at(customer, 'CustomerAccount') })
}

function decide(candidate: WriteCandidate): Decision {
  const { row, given, facts } = candidate
  const association = associate(candidate)
  const country = alignCountry({ row, given, fields: COUNTRY_FIELDS, facts })
  const problems = [
    ...(association.ok ? [] : association.infolog),
    ...('entry' in country ? [country.entry] : []),
    ...(at(row, 'LastName') === '' && at(row, 'FirstName') === '' ? [refuseRow('E02', 'Last name')] : []),
    ...birthProblems(candidate),
  ]
  if (problems.length > 0) return refuse(...problems)
  const values = 'values' in country ? country.values : {}
  return accept({ ...row, ...(association.ok ? association.row : {}), ...values })
}

/**
 * Contact persons: the associated party must be an existing customer, the birthday must exist, a name is needed.
 * Source: Supply Chain specification, 2.5.
 */
export const CONTACT_PERSON_RULES: TableRules = {
  numbered: { ContactPersonPartyNumber: 'DirPartyNumber', ContactPersonId: 'ContactPersonId' },
  questions: (row) => [
    ...countryQuestions(row, COUNTRY_FIELDS),
    ...(at(row, 'AssociatedPartyNumber') === ''
      ? []
      : [{ entityName: 'CustomerV3', field: 'PartyNumber', value: at(row, 'AssociatedPartyNumber') }]),
    ...(at(row, 'AssociatedContactNumber') === ''
      ? []
      : [{ entityName: 'CustomerV3', field: 'CustomerAccount', value: at(row, 'AssociatedContactNumber') }]),
  ],
  decide,
}
