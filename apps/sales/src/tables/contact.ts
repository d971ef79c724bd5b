import type { ColumnDefinition, TableDefinition } from '@p2c/dataverse'
import { AGING, CONTACT_PREFERENCES, CUSTOMER_TERMS } from './account.ts'
import { addressBlocks } from './address-columns.ts'
import { activeOrInactive, choice, currency, dateOnly, flag, integer, lookup, memo, money, text, threeTexts, toward } from './columns.ts'
import { DEFAULT_VALUE, numbered } from './option-sets.ts'

const AMOUNT = ['0', '100000000000000'] as const

const NAMES: readonly ColumnDefinition[] = [
  text('firstname', 'First Name', 50, { required: 'recommended' }),
  text('middlename', 'Middle Name', 50),
  text('lastname', 'Last Name', 50, { required: 'application' }),
  text('fullname', 'Full Name', 160, { readOnly: true }),
  text('salutation', 'Salutation', 100),
  text('jobtitle', 'Job Title', 100),
  text('department', 'Department', 100),
  text('nickname', 'Nickname', 100),
  text('suffix', 'Suffix', 10),
]

const REACH: readonly ColumnDefinition[] = [
  ...threeTexts('emailaddress', ['Email', 'Email Address 2', 'Email Address 3'], 100),
  ...threeTexts('telephone', ['Business Phone', 'Home Phone', 'Telephone 3'], 50),
  text('mobilephone', 'Mobile Phone', 50),
  text('pager', 'Pager', 50),
  text('fax', 'Fax', 50),
  text('business2', 'Business Phone 2', 50),
  text('home2', 'Home Phone 2', 50),
  text('callback', 'Callback Number', 50),
  text('company', 'Company Phone', 50),
  text('assistantphone', 'Assistant Phone', 50),
  text('managerphone', 'Manager Phone', 50),
  text('websiteurl', 'Website', 200),
  text('ftpsiteurl', 'FTP Site', 200),
]

const PERSON: readonly ColumnDefinition[] = [
  text('employeeid', 'Employee', 50),
  text('externaluseridentifier', 'External User Identifier', 50),
  text('governmentid', 'Government', 50),
  dateOnly('birthdate', 'Birthday'),
  dateOnly('anniversary', 'Anniversary'),
  money('annualincome', 'Annual Income', { range: AMOUNT }),
  ...AGING,
  choice('gendercode', 'Gender', { options: numbered(1, ['Male', 'Female']) }),
  choice('familystatuscode', 'Marital Status', { options: numbered(1, ['Single', 'Married', 'Divorced', 'Widowed']) }),
  choice('accountrolecode', 'Role', { options: numbered(1, ['Decision Maker', 'Employee', 'Influencer']) }),
  ...[
    ['haschildrencode', 'Has Children'],
    ['educationcode', 'Education'],
    ['leadsourcecode', 'Lead Source'],
    ['customertypecode', 'Relationship Type'],
    ['customersizecode', 'Customer Size'],
    ['territorycode', 'Territory'],
  ].map(([name = '', label = '']) => choice(name, label, { options: DEFAULT_VALUE, default: 1 })),
  integer('numberofchildren', 'No. of Children', { range: [0, 1_000_000_000] }),
  text('childrensnames', "Children's Names", 255),
  text('spousesname', 'Spouse/Partner Name', 100),
  text('assistantname', 'Assistant', 100),
  text('managername', 'Manager', 100),
  flag('isbackofficecustomer', 'Back Office Customer'),
  memo('description', 'Description'),
]

const LOOKUPS: readonly ColumnDefinition[] = [
  {
    name: 'parentcustomerid',
    label: 'Company Name',
    type: 'lookup',
    targets: [
      // Who takes over a company takes over its people. Source: Sales 0.3.
      toward('account', 'parentcustomerid_account', { collection: 'contact_customer_accounts', onAssign: 'cascade' }),
      toward('contact', 'parentcustomerid_contact', { collection: 'contact_customer_contacts' }),
    ],
  },
  lookup('accountid', 'Account', { table: 'account', readOnly: true }),
  lookup('parentcontactid', 'Parent Contact', { table: 'contact', readOnly: true }),
  lookup('masterid', 'Master ID', { table: 'contact', collection: 'contact_master_contact', readOnly: true }),
  lookup('defaultpricelevelid', 'Price List', { table: 'pricelevel', collection: 'price_level_contacts', onDelete: 'restrict' }),
  lookup('originatingleadid', 'Originating Lead', { table: 'lead', collection: 'contact_originating_lead' }),
  lookup('preferredsystemuserid', 'Preferred User', { table: 'systemuser', collection: 'system_user_contacts' }),
  currency(),
]

/** Columns of the Prospect to Cash solution. Source: Sales 6.3. */
const PROSPECT_TO_CASH: readonly ColumnDefinition[] = [
  text('msdynce_contactnumber', 'Contact Number', 20, { required: 'application' }),
  flag('msdynce_isactivecustomer', 'Is Active Customer', { labels: ['No', 'Yes'] }),
  flag('msdynce_iscompanyanaccount', 'Is Company An Account', { labels: ['No', 'Yes'] }),
]

/** A person, of a company or a customer in their own right. Source: Sales 1.5 and 6.3. */
export const contact: TableDefinition = {
  logicalName: 'contact',
  entitySetName: 'contacts',
  primaryId: 'contactid',
  primaryName: 'fullname',
  objectTypeCode: 2,
  ownership: 'user',
  label: 'Contact',
  pluralLabel: 'Contacts',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [{ name: 'msdynce_ContactNumber', columns: ['msdynce_contactnumber'] }],
  columns: [
    ...NAMES,
    ...LOOKUPS,
    ...REACH,
    ...PERSON,
    ...CUSTOMER_TERMS,
    ...CONTACT_PREFERENCES,
    ...PROSPECT_TO_CASH,
    ...addressBlocks(3),
    ...activeOrInactive(1, 2),
  ],
}
