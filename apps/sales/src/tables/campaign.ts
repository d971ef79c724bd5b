import type { ColumnDefinition, TableDefinition } from '@p2c/dataverse'
import { ACTIVITY_TABLE, activityColumns } from './activity-columns.ts'
import { choice, currency, dateOnly, integer, lookup, memo, moment, money, reasonedStateColumns, text, toward } from './columns.ts'
import { ENTERED_AMOUNT } from './document-columns.ts'
import { numbered } from './option-sets.ts'

const PLAN: readonly ColumnDefinition[] = [
  dateOnly('proposedstart', 'Proposed Start Date'),
  dateOnly('proposedend', 'Proposed End Date'),
  dateOnly('actualstart', 'Actual Start Date'),
  dateOnly('actualend', 'Actual End Date'),
  money('budgetedcost', 'Budget Allocated', { range: ENTERED_AMOUNT }),
  money('othercost', 'Miscellaneous Costs', { range: ENTERED_AMOUNT }),
  money('expectedrevenue', 'Estimated Revenue', { range: ENTERED_AMOUNT }),
  money('totalactualcost', 'Total Cost of Campaign', { range: ENTERED_AMOUNT }),
  integer('expectedresponse', 'Expected Response (%)', { range: [0, 100] }),
]

/** A drive to win customers. Source: Sales 1.13. */
export const campaign: TableDefinition = {
  logicalName: 'campaign',
  entitySetName: 'campaigns',
  primaryId: 'campaignid',
  primaryName: 'name',
  objectTypeCode: 4400,
  ownership: 'user',
  label: 'Campaign',
  pluralLabel: 'Campaigns',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('name', 'Name', 128, { required: 'system' }),
    text('codename', 'Campaign Code', 32),
    choice('typecode', 'Campaign Type', { options: numbered(1, ['Advertisement', 'Direct Marketing', 'Event', 'Co-branding', 'Other']) }),
    ...PLAN,
    text('promotioncodename', 'Promotion Code', 128),
    memo('objective', 'Offer'),
    memo('description', 'Description'),
    lookup('pricelistid', 'Price List', { table: 'pricelevel', collection: 'PriceList_Campaigns', onDelete: 'restrict' }),
    currency({ required: 'application' }),
    ...reasonedStateColumns([
      {
        value: 0,
        label: 'Active',
        reasons: [
          [0, 'Proposed'],
          [1, 'Ready To Launch'],
          [2, 'Launched'],
          [3, 'Completed'],
          [4, 'Canceled'],
          [5, 'Suspended'],
        ],
      },
      { value: 1, label: 'Inactive', reasons: [[6, 'Inactive']] },
    ]),
  ],
}

/** A marketing list in a campaign. Derived: the public record has it as a link of many kinds, here it links lists only. */
export const campaignitem: TableDefinition = {
  logicalName: 'campaignitem',
  entitySetName: 'campaignitems',
  primaryId: 'campaignitemid',
  objectTypeCode: 4403,
  ownership: 'parent',
  label: 'Campaign Item',
  pluralLabel: 'Campaign Items',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    lookup('campaignid', 'Campaign', { table: 'campaign', required: 'system', collection: 'campaign_campaignitems', onDelete: 'cascade' }),
    lookup('listid', 'Marketing List', { table: 'list', required: 'system', collection: 'list_campaignitems', onDelete: 'cascade' }),
  ],
}

/** What someone answered to a campaign; columns derived. */
export const campaignresponse: TableDefinition = {
  ...ACTIVITY_TABLE,
  logicalName: 'campaignresponse',
  entitySetName: 'campaignresponses',
  objectTypeCode: 4401,
  label: 'Campaign Response',
  pluralLabel: 'Campaign Responses',
  columns: [
    ...activityColumns('campaignresponse'),
    {
      name: 'regardingobjectid',
      label: 'Parent Campaign',
      type: 'lookup',
      required: 'application',
      targets: [
        toward('campaign', 'regardingobjectid_campaign_campaignresponse', {
          collection: 'Campaign_CampaignResponses',
          onDelete: 'cascade',
        }),
      ],
    },
    {
      name: 'customer',
      label: 'Customer',
      type: 'lookup',
      targets: [
        toward('account', 'customer_account', { collection: 'account_campaignresponses' }),
        toward('contact', 'customer_contact', { collection: 'contact_campaignresponses' }),
        toward('lead', 'customer_lead', { collection: 'lead_campaignresponses' }),
      ],
    },
    text('firstname', 'First Name', 50),
    text('lastname', 'Last Name', 50),
    text('companyname', 'Company Name', 100),
    text('emailaddress', 'Email', 100),
    text('telephone', 'Phone', 50),
    text('fax', 'Fax', 50),
    choice('responsecode', 'Response Code', {
      options: numbered(1, ['Interested', 'Not Interested', 'Do Not Send Marketing Materials', 'Error']),
      default: 1,
    }),
    text('promotioncodename', 'Promotion Code', 128),
    moment('receivedon', 'Received On'),
    ...reasonedStateColumns(
      [
        { value: 0, label: 'Open', reasons: [[1, 'Open']] },
        { value: 1, label: 'Closed', reasons: [[2, 'Closed']] },
        { value: 2, label: 'Canceled', reasons: [[3, 'Canceled']] },
      ],
      { fixedOnCreate: true },
    ),
  ],
}
