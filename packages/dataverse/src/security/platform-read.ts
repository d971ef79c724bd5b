import type { TableGrant } from './seed-security.ts'

const LOOKED_UP: TableGrant = { Read: 'global', AppendTo: 'global' }

const READ_BY_ALL = [
  'organization',
  'businessunit',
  'systemuser',
  'team',
  'role',
  'privilege',
  'transactioncurrency',
  'sdkmessage',
  'sdkmessagefilter',
  'savedquery',
] as const

/**
 * What every role of an application grants on the platform's own tables: users and units in lookups, currencies, messages, what the
 * organisation has set, and one's own views.
 */
export const PLATFORM_READ: Readonly<Record<string, TableGrant>> = {
  ...Object.fromEntries(READ_BY_ALL.map((table) => [table, LOOKED_UP])),
  userquery: 'basic',
}
