import type { Table } from './resolved-model.ts'

/** The table of shares: a principal, a row, and what the principal may do with it. The name is that of the service. */
export const SHARES = 'principalobjectaccess'

/** Rows that have an owner of their own can be shared; what is part of a row is shared with it. */
export const isShareable = (table: Table): boolean => table.definition.ownership === 'user'
