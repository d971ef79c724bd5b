import type { Migration } from '@p2c/base'

/** How many rows a partition will read: told by its source behind the first page, exact once it is done. */
export const addExpectedRows: Migration = {
  name: '0002-add-expected-rows',
  sql: 'alter table partition add column expected_rows bigint',
}
