import type { TableDefinition } from '@p2c/dataverse'
import { activeOrInactive, choice, currency, dateOnly, flag, integer, lookup, memo, money, text, toward } from './columns.ts'
import { ENTERED_AMOUNT } from './document-columns.ts'

/** Kinds of members by the type codes of their tables. */
const MEMBER_KINDS = [
  { value: 1, label: 'Account' },
  { value: 2, label: 'Contact' },
  { value: 4, label: 'Lead' },
] as const

/** Accounts, contacts or leads to address together. Source: Sales 1.13. */
export const list: TableDefinition = {
  logicalName: 'list',
  entitySetName: 'lists',
  primaryId: 'listid',
  primaryName: 'listname',
  objectTypeCode: 4300,
  ownership: 'user',
  label: 'Marketing List',
  pluralLabel: 'Marketing Lists',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('listname', 'Name', 128, { required: 'system' }),
    flag('type', 'Type', { labels: ['Static', 'Dynamic'], required: 'system' }),
    choice('createdfromcode', 'Targeted At', { options: MEMBER_KINDS, required: 'system' }),
    { ...integer('membercount', 'Members Count', { range: [0, 2_147_483_647], default: 0 }), readOnly: true },
    flag('lockstatus', 'Locked', { labels: ['Unlocked', 'Locked'] }),
    text('purpose', 'Purpose', 512),
    text('source', 'Source', 128),
    memo('query', 'Query', 1_073_741_823),
    memo('description', 'Description'),
    money('cost', 'Cost', { range: ENTERED_AMOUNT }),
    dateOnly('lastusedon', 'Last Used On'),
    currency(),
    ...activeOrInactive(0, 1),
  ],
}

/** One member of a marketing list; goes with its list and with the row that it names. Source: Sales 1.13. */
export const listmember: TableDefinition = {
  logicalName: 'listmember',
  entitySetName: 'listmembers',
  primaryId: 'listmemberid',
  objectTypeCode: 4301,
  // Who may write a list may say who is on it.
  ownership: 'parent',
  label: 'Marketing List Member',
  pluralLabel: 'Marketing List Members',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    lookup('listid', 'Marketing List', { table: 'list', required: 'system', collection: 'list_listmembers', onDelete: 'cascade' }),
    {
      name: 'entityid',
      label: 'Member',
      type: 'lookup',
      required: 'system',
      targets: [
        toward('account', 'entityid_account', { collection: 'account_listmembers', onDelete: 'cascade' }),
        toward('contact', 'entityid_contact', { collection: 'contact_listmembers', onDelete: 'cascade' }),
        toward('lead', 'entityid_lead', { collection: 'lead_listmembers', onDelete: 'cascade' }),
      ],
    },
    integer('entitytype', 'Member Type', { range: [1, 4], required: 'system' }),
  ],
}
