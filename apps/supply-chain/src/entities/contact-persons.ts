import { choice, entity, int, key, READ_ONLY, refersTo, text, toOne, yesNo } from './entity.ts'

const PERSON = [
  text('ContactPersonPartyType', 20, { defaultValue: 'Person' }),
  text('FirstName', 50),
  text('MiddleName', 50),
  text('LastName', 50),
  choice('Gender', 'Gender'),
  choice('MaritalStatus', 'DirPersonMaritalStatus'),
  int('BirthDay'),
  choice('BirthMonth', 'MonthsOfYear'),
  int('BirthYear'),
  text('SpouseName', 100),
  text('GovernmentIdentificationNumber', 50),
  text('EmploymentProfession', 100),
  text('EmploymentDepartment', 100),
  text('DecisionMakingRoleCode', 20, { label: 'Decision', ...refersTo('ContactPersonDecisionRole', 'DecisionMakingRoleCode') }),
]

const COMMUNICATION = [
  text('PrimaryEmailAddress', 255),
  text('PrimaryPhoneNumber', 255),
  text('PrimaryFaxNumber', 255),
  text('PrimaryURL', 255),
  text('PrimaryTwitter', 255),
  text('PrimaryLinkedIn', 255),
  text('PrimaryFacebook', 255),
]

const ADDRESS = [
  text('PrimaryAddressStreet', 250),
  text('PrimaryAddressStreetNumber', 250),
  text('PrimaryAddressCity', 80),
  text('PrimaryAddressCountyId', 50),
  text('PrimaryAddressStateId', 50),
  text('PrimaryAddressZipCode', 20),
  text('PrimaryAddressCountryRegionId', 10, { label: 'Country/region', ...refersTo('AddressCountryRegion', 'CountryRegionId') }),
  text('PrimaryAddressCountryRegionISOCode', 2, { label: 'ISO country/region' }),
  text('PrimaryAddressDescription', 60),
]

const CONTROL = [yesNo('IsReceivingDirectMail'), yesNo('IsInactive'), text('Notes', 2000), yesNo('IsContactPersonExternallyMaintained')]

const STORAGE = ['contact_person', 'ContactPerson', 'Contact persons'] as const

/** Keyed by the party of the customer. */
export const CDS_CONTACT_PERSONS = entity({
  name: 'CDSContactPerson',
  collection: 'CDSContactPersons',
  aotName: 'smmContactPersonCDSEntity',
  label: 'CDS Contacts',
  category: 'Master',
  storage: STORAGE,
  properties: [
    key('ContactPersonPartyNumber', 40),
    key('AssociatedPartyNumber', 40, refersTo('CustomerV3', 'PartyNumber')),
    ...PERSON,
    ...COMMUNICATION,
    ...ADDRESS,
    ...CONTROL,
  ],
  navigation: [toOne('AssociatedCustomer', 'CustomerV3', ['AssociatedPartyNumber', 'PartyNumber'])],
})

/** Keyed by the account of the customer; the party of the customer is filled by the application. */
export const CDS_CONTACT_PERSONS_V2 = entity({
  name: 'CDSContactPersonV2',
  collection: 'CDSContactPersonsV2',
  aotName: 'smmContactPersonCDSV2Entity',
  label: 'CDS Contacts V2',
  category: 'Master',
  storage: STORAGE,
  properties: [
    key('ContactPersonPartyNumber', 40),
    choice('AssociatedContactType', 'SmmContactPersonCDSAssociatedContactType', { isKey: true }),
    key('AssociatedContactNumber', 20, refersTo('CustomerV3', 'CustomerAccount')),
    text('ContactPersonId', 20, { ...READ_ONLY, label: 'Contact' }),
    ...PERSON,
    ...COMMUNICATION,
    ...ADDRESS,
    ...CONTROL,
  ],
  navigation: [toOne('AssociatedCustomer', 'CustomerV3', ['AssociatedContactNumber', 'CustomerAccount'])],
})

export const CONTACT_PERSON_ENTITIES = [CDS_CONTACT_PERSONS, CDS_CONTACT_PERSONS_V2]
