import { describe, expect, test } from 'vitest'
import type { Row } from '../model/plugin.ts'
import { resolveModel } from '../model/resolve-model.ts'
import { tableOf } from '../model/resolved-model.ts'
import type { TableDefinition } from '../model/table.ts'
import { systemTables } from '../system/system-tables.ts'
import { pairState } from './state-pair.ts'

const ID = '00000000-0000-4000-8000-000000000001'

/** Open (1, 2) and Done (3). */
const thing = (fixedOnCreate: boolean): TableDefinition => ({
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
  columns: [
    {
      name: 'statecode',
      label: 'Status',
      type: 'state',
      options: [
        { value: 0, label: 'Open', invariantName: 'Open', defaultStatus: 1 },
        { value: 1, label: 'Done', invariantName: 'Done', defaultStatus: 3 },
      ],
      default: 0,
      ...(fixedOnCreate && { fixedOnCreate }),
    },
    {
      name: 'statuscode',
      label: 'Status Reason',
      type: 'status',
      options: [
        { value: 1, label: 'New', state: 0 },
        { value: 2, label: 'Pending', state: 0 },
        { value: 3, label: 'Done', state: 1 },
      ],
    },
  ],
})

/** The pair that is stored, or the code of the refusal. */
function paired(values: Row, facts: { readonly fixedOnCreate: boolean; readonly current?: number }): string {
  const table = tableOf(resolveModel([...systemTables({}), thing(facts.fixedOnCreate)]), 'thing')
  const row = { ...values }
  try {
    pairState(table, row, { id: ID, ...(facts.current !== undefined && { current: facts.current }) })
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
  return `${row.statecode}/${row.statuscode}`
}

describe('DV-102 state and reason of a new row, as sent and where the first state is fixed', () => {
  test.each([
    [{}, '0/1', '0/1'],
    [{ statuscode: 2 }, '0/2', '0/2'],
    [{ statuscode: -1 }, '0/1', '0/1'],
    [{ statuscode: 3 }, '0x80048408', '0x80048408'],
    [{ statecode: 1 }, '1/3', '0/1'],
    [{ statecode: 1, statuscode: 3 }, '1/3', '0/1'],
    [{ statecode: 1, statuscode: 2 }, '0x80048408', '0/2'],
    [{ statecode: 0, statuscode: 3 }, '0x80048408', '0x80048408'],
    [{ statecode: null, statuscode: null }, '0/1', '0/1'],
  ] as const)('%j', (values, free, fixed) => {
    expect(paired(values, { fixedOnCreate: false })).toBe(free)
    expect(paired(values, { fixedOnCreate: true })).toBe(fixed)
  })
})

describe('DV-102 an update of a row that is Open follows what is sent, whether new rows begin in a fixed state or not', () => {
  test.each([
    [{ statecode: 1 }, '1/3'],
    [{ statuscode: 2 }, 'undefined/2'],
    [{ statecode: 1, statuscode: 2 }, '0x80048408'],
    [{ statuscode: 3 }, '0x80048408'],
    [{ statecode: null }, 'undefined/undefined'],
  ] as const)('%j', (values, expected) => {
    for (const fixedOnCreate of [false, true]) expect(paired(values, { fixedOnCreate, current: 0 })).toBe(expected)
  })
})
