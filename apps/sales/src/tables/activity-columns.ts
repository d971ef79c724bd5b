import type { ColumnDefinition, LookupTarget, TableDefinition } from '@p2c/dataverse'
import { choice, flag, integer, memo, moment, reasonedStateColumns, text, toward } from './columns.ts'
import { numbered } from './option-sets.ts'

const MINUTES = [0, 2_147_483_647] as const

/** What every activity has. `activitytypecode` is the logical name of its table. Source: Sales 1.6. */
export const activityColumns = (table: string): readonly ColumnDefinition[] => [
  text('subject', 'Subject', 200, { required: 'application' }),
  memo('description', 'Description'),
  { ...text('activitytypecode', 'Activity Type', 64), type: 'string', maxLength: 64, default: table, readOnly: true },
  moment('actualstart', 'Actual Start'),
  moment('actualend', 'Actual End'),
  moment('scheduledstart', 'Start Date'),
  moment('scheduledend', 'Due Date'),
  integer('actualdurationminutes', 'Actual Duration', { range: MINUTES }),
  integer('scheduleddurationminutes', 'Scheduled Duration', { range: MINUTES, readOnly: true }),
  choice('prioritycode', 'Priority', { options: numbered(0, ['Low', 'Normal', 'High']), default: 1 }),
  flag('isbilled', 'Is Billed'),
  flag('isworkflowcreated', 'Is Workflow Created', { readOnly: true }),
]

/** Open, completed or canceled, with one reason each. Source: Sales 1.6. */
export const ACTIVITY_STATES = reasonedStateColumns([
  { value: 0, label: 'Open', reasons: [[1, 'Open']] },
  { value: 1, label: 'Completed', reasons: [[2, 'Completed']] },
  { value: 2, label: 'Canceled', reasons: [[3, 'Canceled']] },
])

/** Tables that an activity may be about, with the head of their collections: `Account_Tasks`. */
const REGARDED = {
  account: 'Account',
  contact: 'Contact',
  lead: 'Lead',
  opportunity: 'Opportunity',
  quote: 'Quote',
  salesorder: 'SalesOrder',
  invoice: 'Invoice',
  campaign: 'Campaign',
} as const

export interface Regarding {
  /** End of the collections on the tables regarded: `Tasks`. */
  readonly collection: string
  /** End of the navigation properties: `_task` gives `regardingobjectid_account_task`. */
  readonly navigation: string
  readonly tables?: readonly (keyof typeof REGARDED)[]
}

const ALL_REGARDED: readonly (keyof typeof REGARDED)[] = [
  'account',
  'contact',
  'lead',
  'opportunity',
  'quote',
  'salesorder',
  'invoice',
  'campaign',
]

/** What an activity is about; it goes with that row. Source: wire specification 10. */
export const regarding = ({ collection, navigation, tables = ALL_REGARDED }: Regarding): ColumnDefinition => ({
  name: 'regardingobjectid',
  label: 'Regarding',
  type: 'lookup',
  targets: tables.map(
    (table): LookupTarget =>
      toward(table, `regardingobjectid_${table}${navigation}`, { collection: `${REGARDED[table]}_${collection}`, onDelete: 'cascade' }),
  ),
})

/** What activity tables have in common beside their columns: the privileges too. */
export const ACTIVITY_TABLE: Pick<
  TableDefinition,
  'privilegeName' | 'primaryId' | 'primaryName' | 'ownership' | 'changeTracking' | 'optimisticConcurrency' | 'alternateKeys'
> = {
  privilegeName: 'Activity',
  primaryId: 'activityid',
  primaryName: 'subject',
  ownership: 'user',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
}
