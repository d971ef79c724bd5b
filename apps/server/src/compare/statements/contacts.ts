import { code, constant, country, entry, type FieldStatement, type Statement, text, yes } from './statement.ts'

const NUMBER = 'msdynce_contactnumber'
const COMPANY = 'parentcustomerid.Account(accountnumber)'

const PERSON: readonly FieldStatement[] = [
  code('ContactPersonPartyNumber', NUMBER, { isIdentity: true }),
  code('AssociatedPartyNumber', COMPANY, { isIdentity: true }),
  yes('IsContactPersonExternallyMaintained'),
  constant('ContactPersonPartyType', 'Person'),
  text('FirstName', 'firstname'),
  text('MiddleName', 'middlename'),
  text('LastName', 'lastname'),
  text('PrimaryAddressStreet', 'address1_line1'),
  text('PrimaryAddressCity', 'address1_city'),
  text('PrimaryAddressStateId', 'address1_stateorprovince'),
  text('PrimaryAddressZipCode', 'address1_postalcode'),
  country('PrimaryAddressCountryRegionISOCode', 'address1_country', { blank: 'US' }),
  text('PrimaryEmailAddress', 'emailaddress1'),
  text('PrimaryPhoneNumber', 'telephone1'),
  text('PrimaryURL', 'websiteurl'),
  text('EmploymentProfession', 'jobtitle'),
  entry('DecisionMakingRoleCode', 'accountrolecode', { 1: 'Decision Maker', 2: 'Employee', 3: 'Influencer', '': '' }),
  entry('Gender', 'gendercode', { 1: 'Male', 2: 'Female', '': 'Unknown' }),
  entry('MaritalStatus', 'familystatuscode', { 1: 'Single', 2: 'Married', 3: 'Divorced', 4: 'Widowhood', '': 'None' }),
  { field: 'BirthDay', kind: 'number', value: { is: 'date-part', of: 'birthdate', part: 'day' } },
  { field: 'BirthMonth', kind: 'loose-code', value: { is: 'date-part', of: 'birthdate', part: 'month' } },
  { field: 'BirthYear', kind: 'number', value: { is: 'date-part', of: 'birthdate', part: 'year' } },
  text('Notes', 'description'),
  entry('IsInactive', 'statecode', { 0: 'No', 1: 'Yes' }, { kind: 'yes-no' }),
]

const CONTACTS = {
  source: 'contacts',
  destination: 'CDSContactPersons',
  qualifies: [
    { field: 'msdynce_isactivecustomer', isNot: ['true'] },
    { field: 'msdynce_iscompanyanaccount', is: ['true'] },
    { field: NUMBER, isNot: [''] },
  ],
  key: [
    { source: NUMBER, destination: 'ContactPersonPartyNumber' },
    { source: COMPANY, destination: 'AssociatedPartyNumber' },
  ],
  claims: [{ field: 'IsContactPersonExternallyMaintained', is: ['Yes'] }],
}

/** Source: templates specification 7.2. */
export const CONTACTS_DIRECT: Statement = {
  id: 'D2',
  templateName: 'Contacts (Sales to Supply Chain Management) - Direct',
  tasks: [
    {
      ...CONTACTS,
      fields: [
        ...PERSON,
        text('PrimaryAddressCountyId', 'address1_county'),
        text('PrimaryFaxNumber', 'fax'),
        text('EmploymentDepartment', 'department'),
        entry('IsReceivingDirectMail', 'donotpostalmail', { true: 'No', false: 'Yes', '': 'Yes' }, { kind: 'yes-no' }),
      ],
    },
  ],
}

/** Source: templates specification 8.2; what is not legible of its screenshots is left out. */
export const CONTACTS_TWO_HOP: Statement = {
  id: 'H2',
  templateName: 'Contacts (Sales to Fin and Ops)',
  tasks: [{ ...CONTACTS, fields: PERSON }],
}
