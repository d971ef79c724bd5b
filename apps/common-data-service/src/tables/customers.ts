import { ACCOUNT_STATUS, CONTACT_STATUS, CURRENCY_CODE, GENDER, MARITAL_STATUS, PARTY_TYPE } from './closed-lists.ts'
import { address, amount, date, flag, member, memo, personName, text, whole } from './fields.ts'
import { type HubTable, recordTable, targetOf } from './hub-table.ts'

export const ACCOUNT = targetOf('Account')

/** Phone numbers of a party beside its primary one. */
const morePhones = [text('Phone01', 50), text('Phone02', 50), text('Phone03', 50)]

/** A company or a person that buys: accounts of Sales, and contacts that are customers themselves. Source: templates 8.1 and 8.3. */
export const account: HubTable = recordTable({
  entity: 'Account',
  label: 'Account',
  pluralLabel: 'Accounts',
  objectTypeCode: 10_001,
  fields: [
    text('OrganizationName', 160),
    member('PartyType', PARTY_TYPE),
    ...personName('PersonName'),
    ...address('MailingPostalAddress'),
    ...address('ShippingPostalAddress'),
    text('EmailPrimary', 100),
    text('EmailAlternate', 100),
    text('PhonePrimary', 50),
    ...morePhones,
    text('PhoneFax', 50),
    text('WebsiteURL', 200),
    member('SalesCurrencyCode', CURRENCY_CODE),
    ...amount('CreditLimitAmount'),
    memo('Description'),
    whole('EmployeeCount'),
    date('Birthdate'),
    member('Gender', GENDER),
    member('MaritalStatus', MARITAL_STATUS),
    flag('IsEmailContactAllowed'),
    flag('IsPhoneContactAllowed'),
    member('Status', ACCOUNT_STATUS),
  ],
})

/** A person who works for an account. Source: templates 8.2. */
export const contact: HubTable = recordTable({
  entity: 'Contact',
  label: 'Contact',
  pluralLabel: 'Contacts',
  objectTypeCode: 10_002,
  references: [{ name: 'PrimaryAccount', target: ACCOUNT }],
  fields: [
    member('PartyType', PARTY_TYPE),
    ...personName('PersonName'),
    ...address('MailingPostalAddress'),
    text('EmailPrimary', 100),
    text('EmailAlternate', 100),
    text('PhonePrimary', 50),
    ...morePhones,
    text('PhoneFax', 50),
    text('WebsiteURL', 200),
    member('Gender', GENDER),
    member('MaritalStatus', MARITAL_STATUS),
    date('Birthdate'),
    text('Profession', 100),
    text('PrimaryAccountRole', 100),
    flag('IsEmailContactAllowed'),
    flag('IsPhoneContactAllowed'),
    member('Status', CONTACT_STATUS),
    memo('Description'),
  ],
})
