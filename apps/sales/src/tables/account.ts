import type { ColumnDefinition, TableDefinition } from '@p2c/dataverse'
import { addressBlocks } from './address-columns.ts'
import { activeOrInactive, choice, currency, flag, integer, lookup, memo, money, text, threeTexts } from './columns.ts'
import { CONTACT_METHODS, DAY_PARTS, DEFAULT_VALUE, INDUSTRIES, numbered, PAYMENT_TERMS, WEEK_DAYS } from './option-sets.ts'

const AMOUNT = ['0', '100000000000000'] as const
const COUNT = [0, 1_000_000_000] as const

/** What a customer allows, the same on accounts and contacts. */
export const CONTACT_PREFERENCES: readonly ColumnDefinition[] = [
  ['donotbulkemail', 'Do not allow Bulk Emails'],
  ['donotbulkpostalmail', 'Do not allow Bulk Mails'],
  ['donotemail', 'Do not allow Emails'],
  ['donotfax', 'Do not allow Faxes'],
  ['donotphone', 'Do not allow Phone Calls'],
  ['donotpostalmail', 'Do not allow Mails'],
].map(([name = '', label = '']) => flag(name, label, { labels: ['Allow', 'Do Not Allow'] }))

/** Amounts overdue by age, filled by receivables; read-only in Sales. */
export const AGING: readonly ColumnDefinition[] = [30, 60, 90].map((days) =>
  money(`aging${days}`, `Aging ${days}`, { range: AMOUNT, readOnly: true }),
)

/** Choices and flags that accounts and contacts share. */
export const CUSTOMER_TERMS: readonly ColumnDefinition[] = [
  money('creditlimit', 'Credit Limit', { range: AMOUNT }),
  flag('creditonhold', 'Credit Hold'),
  flag('donotsendmm', 'Send Marketing Materials', { labels: ['Send', 'Do Not Send'] }),
  flag('merged', 'Merged', { readOnly: true }),
  flag('marketingonly', 'Marketing Only'),
  flag('followemail', 'Follow Email Activity', { default: true, labels: ['Do Not Allow', 'Allow'] }),
  choice('paymenttermscode', 'Payment Terms', { options: PAYMENT_TERMS }),
  choice('shippingmethodcode', 'Shipping Method', { options: DEFAULT_VALUE, default: 1 }),
  choice('preferredcontactmethodcode', 'Preferred Method of Contact', { options: CONTACT_METHODS, default: 1 }),
  choice('preferredappointmentdaycode', 'Preferred Day', { options: WEEK_DAYS }),
  choice('preferredappointmenttimecode', 'Preferred Time', { options: DAY_PARTS }),
]

const CLASSIFICATION: readonly ColumnDefinition[] = [
  choice('accountcategorycode', 'Category', { options: numbered(1, ['Preferred Customer', 'Standard']) }),
  choice('customertypecode', 'Relationship Type', {
    options: numbered(1, [
      'Competitor',
      'Consultant',
      'Customer',
      'Investor',
      'Partner',
      'Influencer',
      'Press',
      'Prospect',
      'Reseller',
      'Supplier',
      'Vendor',
      'Other',
    ]),
  }),
  choice('customersizecode', 'Customer Size', { options: DEFAULT_VALUE, default: 1 }),
  choice('accountratingcode', 'Account Rating', { options: DEFAULT_VALUE, default: 1 }),
  choice('accountclassificationcode', 'Classification', { options: DEFAULT_VALUE, default: 1 }),
  choice('businesstypecode', 'Business Type', { options: DEFAULT_VALUE, default: 1 }),
  choice('territorycode', 'Territory Code', { options: DEFAULT_VALUE, default: 1 }),
  choice('ownershipcode', 'Ownership', { options: numbered(1, ['Public', 'Private', 'Subsidiary', 'Other']) }),
  choice('industrycode', 'Industry', { options: INDUSTRIES }),
]

const LOOKUPS: readonly ColumnDefinition[] = [
  lookup('parentaccountid', 'Parent Account', { table: 'account', collection: 'account_parent_account' }),
  lookup('primarycontactid', 'Primary Contact', { table: 'contact', collection: 'account_primary_contact' }),
  lookup('masterid', 'Master ID', { table: 'account', collection: 'account_master_account', readOnly: true }),
  lookup('territoryid', 'Territory', { table: 'territory', collection: 'territory_accounts' }),
  lookup('defaultpricelevelid', 'Price List', { table: 'pricelevel', collection: 'price_level_accounts', onDelete: 'restrict' }),
  lookup('originatingleadid', 'Originating Lead', { table: 'lead', collection: 'account_originating_lead' }),
  lookup('preferredsystemuserid', 'Preferred User', { table: 'systemuser', collection: 'system_user_accounts' }),
  currency(),
]

const REACH: readonly ColumnDefinition[] = [
  ...threeTexts('emailaddress', ['Email', 'Email Address 2', 'Email Address 3'], 100),
  ...threeTexts('telephone', ['Main Phone', 'Other Phone', 'Telephone 3'], 50),
  text('fax', 'Fax', 50),
  text('websiteurl', 'Website', 200),
  text('ftpsiteurl', 'FTP Site', 200),
  text('primarytwitterid', 'Primary Twitter ID', 128),
]

const FIGURES: readonly ColumnDefinition[] = [
  text('sic', 'SIC Code', 20),
  text('stockexchange', 'Stock Exchange', 20),
  text('tickersymbol', 'Ticker Symbol', 10),
  memo('description', 'Description'),
  integer('numberofemployees', 'Number of Employees', { range: COUNT }),
  integer('sharesoutstanding', 'Shares Outstanding', { range: COUNT }),
  money('revenue', 'Annual Revenue', { range: AMOUNT }),
  money('marketcap', 'Market Capitalization', { range: AMOUNT }),
  ...AGING,
]

/** A company that buys. `uniqueNumber` false drops the alternate key, as the last package did. Source: Sales 1.4 and 6.2. */
export const account = (options: { readonly uniqueNumber: boolean }): TableDefinition => ({
  logicalName: 'account',
  entitySetName: 'accounts',
  primaryId: 'accountid',
  primaryName: 'name',
  objectTypeCode: 1,
  ownership: 'user',
  label: 'Account',
  pluralLabel: 'Accounts',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: options.uniqueNumber ? [{ name: 'msdynce_AccountNumber', columns: ['accountnumber'] }] : [],
  columns: [
    text('name', 'Account Name', 160, { required: 'application' }),
    text('accountnumber', 'Account Number', 20, { required: 'application' }),
    ...CLASSIFICATION,
    ...LOOKUPS,
    ...REACH,
    ...FIGURES,
    ...CUSTOMER_TERMS,
    ...CONTACT_PREFERENCES,
    ...addressBlocks(3),
    ...activeOrInactive(1, 2),
  ],
})
