import { expect, test } from 'vitest'
import { TEST_TABLES } from '../platform.case.ts'
import { systemTables } from '../system/system-tables.ts'
import { resolveModel } from './resolve-model.ts'
import { tableOf } from './resolved-model.ts'
import type { TableDefinition } from './table.ts'

const bare: TableDefinition = {
  logicalName: 'thing',
  entitySetName: 'things',
  primaryId: 'thingid',
  objectTypeCode: 1,
  ownership: 'none',
  label: 'Thing',
  pluralLabel: 'Things',
  changeTracking: false,
  optimisticConcurrency: false,
  alternateKeys: [],
  columns: [],
}

test('the platform adds keys, owners, money twins and common columns, and navigation both ways', () => {
  const model = resolveModel([...systemTables({}), ...TEST_TABLES])
  const account = tableOf(model, 'account')
  const names = account.columns.map((column) => column.name)
  expect(names).toEqual(
    expect.arrayContaining([
      'accountid',
      'ownerid',
      'owningbusinessunit',
      'transactioncurrencyid',
      'exchangerate',
      'creditlimit_base',
      'createdon',
      'versionnumber',
    ]),
  )
  expect(account.navigations.get('contact_customer_accounts')).toMatchObject({ kind: 'collection', source: 'contact' })
  expect(account.byProperty.get('_ownerid_value')?.targets.map((target) => target.table)).toEqual(['systemuser', 'team'])
  expect(tableOf(model, 'territory').byName.has('ownerid')).toBe(false)
})

test('every problem of the definitions is listed at once', () => {
  const broken: TableDefinition = {
    ...bare,
    logicalName: 'broken',
    entitySetName: 'things',
    primaryName: 'nothing',
    alternateKeys: [{ name: 'k', columns: ['missing'] }],
    columns: [
      { name: 'a', label: 'A', type: 'lookup', targets: [{ table: 'elsewhere', navigation: 'a', onDelete: 'restrict' }] },
      {
        name: 'b',
        label: 'B',
        type: 'choice',
        options: [
          { value: 1, label: 'One' },
          { value: 1, label: 'Uno' },
        ],
        default: 2,
      },
      { name: 'B-c', label: 'C', type: 'boolean' },
      { name: 's', label: 'S', type: 'state', options: [{ value: 0, label: 'X', invariantName: 'X', defaultStatus: 9 }], default: 0 },
    ],
  }
  try {
    resolveModel([...systemTables({}), broken, bare, bare])
    expect.unreachable()
  } catch (error) {
    const text = String(error)
    for (const part of [
      "table 'thing' is described twice",
      "entity set 'things'",
      "primary name 'nothing'",
      'key k',
      "target table 'elsewhere'",
      'option 1 is given twice',
      'default 2',
      'B-c',
      'one state and one status column',
    ]) {
      expect(text).toContain(part)
    }
  }
})
