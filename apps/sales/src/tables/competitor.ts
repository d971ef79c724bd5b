import type { TableDefinition } from '@p2c/dataverse'
import { addressBlocks } from './address-columns.ts'
import { currency, memo, money, number, text } from './columns.ts'

/** Another seller in the same deals. Source: wire specification 1; columns derived. */
export const competitor: TableDefinition = {
  logicalName: 'competitor',
  entitySetName: 'competitors',
  primaryId: 'competitorid',
  primaryName: 'name',
  objectTypeCode: 123,
  ownership: 'organization',
  label: 'Competitor',
  pluralLabel: 'Competitors',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('name', 'Name', 100, { required: 'application' }),
    text('websiteurl', 'Website', 200),
    text('tickersymbol', 'Ticker Symbol', 10),
    text('stockexchange', 'Stock Exchange', 20),
    text('keyproduct', 'Key Product', 200),
    money('reportedrevenue', 'Reported Revenue', { range: ['0', '100000000000000'] }),
    number('winpercentage', 'Win Percentage', { precision: 2, range: ['0', '100'] }),
    memo('overview', 'Overview'),
    memo('strengths', 'Strengths'),
    memo('weaknesses', 'Weaknesses'),
    memo('opportunities', 'Opportunity'),
    memo('threats', 'Threat'),
    currency(),
    ...addressBlocks(2, { name: 100 }),
  ],
}
