import type { ColumnDefinition, TableDefinition } from '@p2c/dataverse'
import { choice, dateOnly, flag, integer, lookup, memo, money, reasonedStateColumns, text } from './columns.ts'
import { documentColumns, SIGNED_AMOUNT } from './document-columns.ts'
import { lineColumns } from './line-columns.ts'
import { numbered, RATINGS } from './option-sets.ts'
import { sellingColumns } from './selling-columns.ts'

/** Steps of a sales process, ticked off by hand; no rule reads them. */
const PROCESS_STEPS: readonly ColumnDefinition[] = [
  ['captureproposalfeedback', 'Proposal Feedback Captured'],
  ['completefinalproposal', 'Final Proposal Ready'],
  ['completeinternalreview', 'Complete Internal Review'],
  ['developproposal', 'Develop Proposal'],
  ['filedebrief', 'File Debrief'],
  ['identifycompetitors', 'Identify Competitors'],
  ['identifycustomercontacts', 'Identify Customer Contacts'],
  ['identifypursuitteam', 'Identify Sales Team'],
  ['presentfinalproposal', 'Present Final Proposal'],
  ['presentproposal', 'Presented Proposal'],
  ['pursuitdecision', 'Decide Go/No-Go'],
  ['resolvefeedback', 'Feedback Resolved'],
  ['sendthankyounote', 'Send Thank You Note'],
].map(([name = '', label = '']) => flag(name, label, { labels: ['mark complete', 'completed'] }))

const FORECAST: readonly ColumnDefinition[] = [
  flag('isrevenuesystemcalculated', 'Revenue', { labels: ['User Provided', 'System Calculated'] }),
  money('estimatedvalue', 'Est. Revenue', { range: SIGNED_AMOUNT }),
  money('actualvalue', 'Actual Revenue', { range: SIGNED_AMOUNT }),
  dateOnly('actualclosedate', 'Actual Close Date'),
  dateOnly('finaldecisiondate', 'Final Decision Date'),
  integer('closeprobability', 'Probability', { range: [0, 100] }),
  text('stepname', 'Pipeline Phase', 200),
  choice('salesstage', 'Sales Stage', { options: numbered(0, ['Qualify', 'Develop', 'Propose', 'Close']) }),
  choice('timeline', 'Timeline', { options: numbered(0, ['Immediate', 'This Quarter', 'Next Quarter', 'This Year', 'Not known']) }),
  choice('opportunityratingcode', 'Rating', { options: RATINGS }),
]

const NOTES: readonly ColumnDefinition[] = [
  memo('currentsituation', 'Current Situation'),
  memo('customerneed', 'Customer Need'),
  memo('customerpainpoints', 'Customer Pain Points'),
  memo('proposedsolution', 'Proposed Solution'),
  memo('quotecomments', 'Quote Comments'),
]

const LOOKUPS: readonly ColumnDefinition[] = [
  lookup('parentaccountid', 'Account', { table: 'account', collection: 'opportunity_parent_account', onDelete: 'restrict' }),
  lookup('parentcontactid', 'Contact', { table: 'contact', collection: 'opportunity_parent_contact' }),
  lookup('originatingleadid', 'Originating Lead', { table: 'lead', collection: 'opportunity_originating_lead' }),
  lookup('campaignid', 'Source Campaign', { table: 'campaign', collection: 'campaign_opportunities' }),
]

/** Source: Sales 2.2. */
const OPPORTUNITY_STATES = reasonedStateColumns(
  [
    {
      value: 0,
      label: 'Open',
      reasons: [
        [1, 'In Progress'],
        [2, 'On Hold'],
      ],
    },
    { value: 1, label: 'Won', reasons: [[3, 'Won']] },
    {
      value: 2,
      label: 'Lost',
      reasons: [
        [4, 'Canceled'],
        [5, 'Out-Sold'],
      ],
    },
  ],
  { fixedOnCreate: true },
)

/** A sale that may come about. Source: Sales 1.6. */
export const opportunity: TableDefinition = {
  logicalName: 'opportunity',
  entitySetName: 'opportunities',
  primaryId: 'opportunityid',
  primaryName: 'name',
  objectTypeCode: 3,
  ownership: 'user',
  label: 'Opportunity',
  pluralLabel: 'Opportunities',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    ...documentColumns({ stem: 'opportunity', plural: 'opportunities' }, 'Topic'),
    ...LOOKUPS,
    ...FORECAST,
    ...sellingColumns,
    ...NOTES,
    ...PROCESS_STEPS,
    ...OPPORTUNITY_STATES,
  ],
}

/** A line of an opportunity. Source: Sales 1.9. */
export const opportunityproduct: TableDefinition = {
  logicalName: 'opportunityproduct',
  entitySetName: 'opportunityproducts',
  primaryId: 'opportunityproductid',
  primaryName: 'opportunityproductname',
  objectTypeCode: 1083,
  ownership: 'parent',
  label: 'Opportunity Line',
  pluralLabel: 'Opportunity Lines',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: lineColumns({
    table: 'opportunityproduct',
    nameColumn: 'opportunityproductname',
    parent: {
      table: 'opportunity',
      column: 'opportunityid',
      label: 'Opportunity',
      collection: 'product_opportunities',
      states: OPPORTUNITY_STATES,
    },
  }),
}
