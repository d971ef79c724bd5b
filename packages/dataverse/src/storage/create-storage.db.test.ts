import { openScratchDatabase } from '@p2c/base'
import { expect, test } from 'vitest'
import { resolveModel } from '../model/resolve-model.ts'
import type { ColumnDefinition, TableDefinition } from '../model/table.ts'
import { systemTables } from '../system/system-tables.ts'
import { createStorage } from './create-storage.ts'

const thing = (columns: readonly ColumnDefinition[]): TableDefinition => ({
  logicalName: 'thing',
  entitySetName: 'things',
  primaryId: 'thingid',
  objectTypeCode: 1,
  ownership: 'none',
  label: 'Thing',
  pluralLabel: 'Things',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns,
})

test('storage grows with its description, and refuses another type', async (t) => {
  const database = await openScratchDatabase(t)
  const start = (columns: readonly ColumnDefinition[]) =>
    createStorage(database, resolveModel([...systemTables({}), thing(columns)]), new Date('2025-01-01T00:00:00Z'))
  await start([{ name: 'a', label: 'A', type: 'string', maxLength: 10 }])
  await database.query(`insert into thing (thingid, a) values ('6f1c2a90-3b7e-4d11-9a55-0d3c8e21f001', 'kept')`)
  await start([
    { name: 'a', label: 'A', type: 'string', maxLength: 20 },
    { name: 'b', label: 'B', type: 'integer', min: 0, max: 9 },
  ])
  expect((await database.query('select a, b from thing')).rows).toEqual([{ a: 'kept', b: null }])
  await expect(start([{ name: 'a', label: 'A', type: 'integer', min: 0, max: 9 }])).rejects.toMatchObject({
    code: 'storage-type-changed',
    message: expect.stringContaining("'thing.a' is stored as text but described as integer"),
  })
})
