import type { ColumnDefinition, TableDefinition } from '@p2c/dataverse'
import { CONTACT_PREFERENCES } from './account.ts'
import { addressBlocks } from './address-columns.ts'
import { choice, currency, flag, integer, lookup, memo, money, reasonedStateColumns, text, threeTexts, toward } from './columns.ts'
import { ENTERED_AMOUNT } from './document-columns.ts'
import { CONTACT_METHODS, DEFAULT_VALUE, INDUSTRIES, numbered, RATINGS } from './option-sets.ts'
import { sellingColumns } from './selling-columns.ts'

const PERSON: readonly ColumnDefinition[] = [
  text('firstname', 'First Name', 50, { required: 'recommended' }),
  text('middlename', 'Middle Name', 50),
  text('lastname', 'Last Name', 50, { required: 'application' }),
  text('fullname', 'Name', 160, { readOnly: true }),
  text('salutation', 'Salutation', 100),
  text('jobtitle', 'Job Title', 100),
  ...threeTexts('emailaddress', ['Email', 'Email Address 2', 'Email Address 3'], 100),
  ...threeTexts('telephone', ['Business Phone', 'Home Phone', 'Other Phone'], 50),
  text('mobilephone', 'Mobile Phone', 20),
  text('pager', 'Pager', 20),
  text('fax', 'Fax', 50),
]

const COMPANY: readonly ColumnDefinition[] = [
  text('companyname', 'Company Name', 100, { required: 'recommended' }),
  text('websiteurl', 'Website', 200),
  text('sic', 'SIC Code', 20),
  choice('industrycode', 'Industry', { options: INDUSTRIES }),
  money('revenue', 'Annual Revenue', { range: ['0', '100000000000000'] }),
  integer('numberofemployees', 'No. of Employees', { range: [0, 1_000_000] }),
]

const INTEREST: readonly ColumnDefinition[] = [
  money('estimatedamount', 'Est. Value', { range: ENTERED_AMOUNT, source: 0 }),
  // Deprecated beside `estimatedamount`; readers still ask for it.
  { name: 'estimatedvalue', label: 'Est. Value (deprecated)', type: 'double', precision: 2, min: '0', max: '1000000000' },
  choice('leadqualitycode', 'Rating', { options: RATINGS, default: 2 }),
  choice('leadsourcecode', 'Lead Source', {
    options: numbered(1, [
      'Advertisement',
      'Employee Referral',
      'External Referral',
      'Partner',
      'Public Relations',
      'Seminar',
      'Trade Show',
      'Web',
      'Word of Mouth',
      'Other',
    ]),
  }),
  choice('salesstage', 'Sales Stage', { options: numbered(0, ['Qualify']) }),
  choice('prioritycode', 'Priority', { options: DEFAULT_VALUE, default: 1 }),
  choice('preferredcontactmethodcode', 'Preferred Method of Contact', { options: CONTACT_METHODS, default: 1 }),
]

const LOOKUPS: readonly ColumnDefinition[] = [
  lookup('parentaccountid', 'Parent Account for lead', { table: 'account', collection: 'lead_parent_account' }),
  lookup('parentcontactid', 'Parent Contact for lead', { table: 'contact', collection: 'lead_parent_contact' }),
  {
    name: 'customerid',
    label: 'Customer',
    type: 'lookup',
    readOnly: true,
    targets: [
      toward('account', 'customerid_account', { collection: 'lead_customer_accounts' }),
      toward('contact', 'customerid_contact', { collection: 'lead_customer_contacts' }),
    ],
  },
  lookup('accountid', 'Account', { table: 'account', readOnly: true }),
  lookup('contactid', 'Contact', { table: 'contact', readOnly: true }),
  lookup('qualifyingopportunityid', 'Qualifying Opportunity', { table: 'opportunity', collection: 'lead_qualifying_opportunity' }),
  lookup('masterid', 'Master ID', { table: 'lead', collection: 'lead_master_lead', readOnly: true }),
  lookup('campaignid', 'Source Campaign', { table: 'campaign', collection: 'campaign_leads' }),
  currency(),
]

/** Accounts and contacts have a flag for bulk mails, leads have not. */
const PREFERENCES: readonly ColumnDefinition[] = [
  ...CONTACT_PREFERENCES.filter((preference) => preference.name !== 'donotbulkpostalmail'),
  flag('donotsendmm', 'Marketing Material', { labels: ['Send', 'Do Not Send'] }),
  flag('merged', 'Merged', { readOnly: true }),
]

/** Source: Sales 2.1. */
const LEAD_STATES = reasonedStateColumns(
  [
    {
      value: 0,
      label: 'Open',
      reasons: [
        [1, 'New'],
        [2, 'Contacted'],
      ],
    },
    { value: 1, label: 'Qualified', reasons: [[3, 'Qualified']] },
    {
      value: 2,
      label: 'Disqualified',
      reasons: [
        [4, 'Lost'],
        [5, 'Cannot Contact'],
        [6, 'No Longer Interested'],
        [7, 'Canceled'],
      ],
    },
  ],
  { fixedOnCreate: true },
)

/** Someone who may become a customer. Source: Sales 1.3. */
export const lead: TableDefinition = {
  logicalName: 'lead',
  entitySetName: 'leads',
  primaryId: 'leadid',
  primaryName: 'fullname',
  objectTypeCode: 4,
  ownership: 'user',
  label: 'Lead',
  pluralLabel: 'Leads',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('subject', 'Topic', 300, { required: 'application' }),
    ...PERSON,
    ...COMPANY,
    memo('description', 'Description'),
    ...INTEREST,
    ...sellingColumns,
    ...LOOKUPS,
    ...PREFERENCES,
    ...addressBlocks(2, { name: 100 }),
    ...LEAD_STATES,
  ],
}
