import { expect, test } from 'vitest'
import type { DestinationRow, SourceRow, UpsertOutcome } from '../model/connector.ts'
import type { FieldValues } from '../model/field-value.ts'
import { contentHash } from './content-hash.ts'
import { loadPage } from './load.ts'
import type { TransformedPage } from './transform.ts'

const source = (key: string): SourceRow => ({ key, version: '1', values: { key } })
const mapped = (sourceKey: string, destinationKey: string, values: FieldValues) => ({ source: source(sourceKey), destinationKey, values })
const page = (changes: Partial<TransformedPage>): TransformedPage => ({ mapped: [], failed: [], filtered: [], skipped: 0, ...changes })

function recording(outcome: (row: DestinationRow) => UpsertOutcome = (row) => ({ outcome: 'inserted', key: row.key })) {
  const calls: (readonly DestinationRow[])[] = []
  return {
    calls,
    upsert: async (rows: readonly DestinationRow[]) => {
      calls.push(rows)
      return rows.map(outcome)
    },
  }
}

test('the content hash is the same in any order of names and tells values and types apart', () => {
  expect(contentHash({ a: 1, b: null })).toEqual(contentHash({ b: null, a: 1 }))
  expect(contentHash({ a: 1 })).not.toEqual(contentHash({ a: '1' }))
  expect(contentHash({ a: 1 })).not.toEqual(contentHash({ a: 1, b: null }))
})

test('unchanged rows are dropped, the others go in one call and know whether they were written before', async () => {
  const { calls, upsert } = recording()
  const known = new Map([
    ['1', { destinationKey: 'A', appliedHash: contentHash({ n: 1 }) }],
    ['2', { destinationKey: 'B', appliedHash: contentHash({ n: 0 }) }],
  ])
  const rows = [mapped('1', 'A', { n: 1 }), mapped('2', 'B', { n: 2 }), mapped('3', 'C', { n: 3 })]
  const loaded = await loadPage(page({ mapped: rows }), { known, rewrite: false, upsert })
  expect(calls).toEqual([
    [
      { key: 'B', values: { n: 2 }, known: true },
      { key: 'C', values: { n: 3 }, known: false },
    ],
  ])
  expect(loaded.unchangedKeys).toEqual(['1'])
  expect(loaded.counters).toMatchObject({ read: 3, unchanged: 1, inserted: 2 })
})

test('rows of one key go in order in calls of their own; the last content stays', async () => {
  const { calls, upsert } = recording()
  const rows = [mapped('1', 'A', { n: 1 }), mapped('2', 'B', { n: 1 }), mapped('1', 'A', { n: 2 }), mapped('1', 'A', { n: 2 })]
  const loaded = await loadPage(page({ mapped: rows }), { known: new Map(), rewrite: false, upsert })
  expect(calls.map((call) => call.map((row) => [row.key, row.values.n]))).toEqual([
    [
      ['A', 1],
      ['B', 1],
    ],
    [['A', 2]],
  ])
  expect(loaded.counters).toMatchObject({ read: 4, inserted: 3, unchanged: 1 })
})

test('of a key that was mapped and failed on one page the later row decides, and both are counted', async () => {
  const failure = { category: 'data', code: 'value-too-long', message: 'x' } as const
  const { upsert } = recording()
  const first = await loadPage(
    page({ mapped: [mapped('1', 'A', { n: 1 })], failed: [{ source: source('1'), failure, overtaken: false }] }),
    { known: new Map(), rewrite: false, upsert },
  )
  expect(first).toMatchObject({ applied: [], refused: [{ sourceKey: '1' }], counters: { read: 2, inserted: 1, failed: 1 } })
  const second = await loadPage(
    page({ mapped: [mapped('1', 'A', { n: 1 })], failed: [{ source: source('1'), failure, overtaken: true }] }),
    { known: new Map(), rewrite: false, upsert },
  )
  expect(second).toMatchObject({ applied: [{ sourceKey: '1' }], refused: [], counters: { read: 2, inserted: 1, failed: 1 } })
})

test('a destination that tells too little loses no row', async () => {
  const loaded = await loadPage(page({ mapped: [mapped('1', 'A', { n: 1 })] }), {
    known: new Map(),
    rewrite: false,
    upsert: async () => [],
  })
  expect(loaded).toMatchObject({ refused: [{ sourceKey: '1', failure: { code: 'outcome-missing' } }], counters: { failed: 1 } })
})
