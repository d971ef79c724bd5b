import type { ColumnDefinition } from '@p2c/dataverse'
import { choice, dateOnly, flag, memo, money } from './columns.ts'
import { ENTERED_AMOUNT } from './document-columns.ts'
import { BUDGET_STATUS, FIRST_COMMUNICATION, NEEDS, PURCHASE_PROCESSES, PURCHASE_TIME_FRAMES } from './option-sets.ts'

/** What is known of a possible sale, the same on leads and opportunities: qualifying a lead copies it. Source: Sales 1.3, 1.6 and 2.1. */
export const sellingColumns: readonly ColumnDefinition[] = [
  dateOnly('estimatedclosedate', 'Est. Close Date'),
  money('budgetamount', 'Budget Amount', { range: ENTERED_AMOUNT }),
  choice('budgetstatus', 'Budget', { options: BUDGET_STATUS, shared: 'budgetstatus' }),
  choice('need', 'Need', { options: NEEDS, shared: 'need' }),
  choice('purchaseprocess', 'Purchase Process', { options: PURCHASE_PROCESSES, shared: 'purchaseprocess' }),
  choice('purchasetimeframe', 'Purchase Timeframe', { options: PURCHASE_TIME_FRAMES, shared: 'purchasetimeframe' }),
  choice('initialcommunication', 'Initial Communication', { options: FIRST_COMMUNICATION, shared: 'initialcommunication' }),
  flag('decisionmaker', 'Decision Maker?', { labels: ['mark complete', 'completed'] }),
  flag('evaluatefit', 'Evaluate Fit'),
  flag('confirminterest', 'Confirm Interest'),
  flag('participatesinworkflow', 'Participates in Workflow'),
  memo('qualificationcomments', 'Qualification Comments'),
]
