import { expect, test } from 'vitest'
import { AGGREGATES, DATE_GROUPINGS } from './fetch/fetch-query.ts'
import { OPERATORS } from './fetch/operators.ts'
import { type FetchPlatform, startFetch } from './fetch.case.ts'
import type { Column } from './model/resolved-model.ts'

const VALUES = [
  'x',
  '',
  '1',
  '-1',
  '9'.repeat(30),
  '2025-02-11',
  '2025-13-45',
  '{G:41}',
  'true',
  '%',
  '[',
  "'",
  '0',
  '1e400',
  'æ',
  '4'.repeat(9),
]

const COUNTS = { none: 0, one: 1, two: 2, some: 2 } as const

/** A value that fits a column; every other query has one of `VALUES` in its place. */
const fitting = ({ type }: Column): string => {
  if (type === 'datetime') return '2025-02-11'
  if (type === 'lookup' || type === 'guid') return '{G:41}'
  return type === 'string' || type === 'memo' ? 'a' : '1'
}

const columnsOf = ({ platform }: FetchPlatform): readonly string[] => [...(platform.model.tables.get('account')?.byName.keys() ?? [])]

/** No answer of these is a fault of the server, and none shows what the database said. */
async function expectNoFault({ fetch }: FetchPlatform, queries: readonly string[]): Promise<number> {
  let answered = 0
  for (const xml of queries) {
    const answer = await fetch('accounts', xml, { prefer: 'odata.include-annotations="*"' })
    expect([xml, answer.status === 200 || answer.status === 400, answer.text.slice(0, 200)]).toEqual([
      xml,
      true,
      expect.not.stringMatching(/syntax error at or|operator does not exist/),
    ])
    if (answer.status === 200) answered += 1
  }
  return answered
}

test('every operator on every column, with whatever value, is answered or refused', async (t) => {
  const started = await startFetch(t)
  const columns = started.platform.model.tables.get('account')?.columns ?? []
  const queries = Object.entries(OPERATORS).flatMap(([name, operator], at) =>
    columns
      .filter((_, index) => index % 2 === at % 2)
      .map((column, index) => {
        const wanted = 'values' in operator ? COUNTS[operator.values] : operator.kind === 'null' || operator.kind === 'owner' ? 0 : 1
        // Each seventh has another number of values than its operator needs.
        const count = index % 7 === 6 ? (wanted + 1) % 3 : wanted
        const values = Array.from({ length: count }, (_, n) =>
          index % 2 === 0 ? `<value>${fitting(column)}</value>` : `<value>${VALUES[(at * 5 + index + n * 3) % VALUES.length]}</value>`,
        )
        return `<fetch><entity name="account"><attribute name="name"/><filter><condition attribute="${column.name}" operator="${name}">${values.join('')}</condition></filter></entity></fetch>`
      }),
  )
  expect(await expectNoFault(started, queries)).toBeGreaterThan(200)
}, 120_000)

test('every column can be returned, ordered by, linked, compared, grouped and aggregated, or is refused', async (t) => {
  const started = await startFetch(t)
  const columns = columnsOf(started)
  const entity = (inner: string, attributes = ''): string =>
    `<fetch count="2"${attributes}><entity name="account">${inner}</entity></fetch>`
  const queries = columns.flatMap((column, at) => {
    const other = columns[(at * 7 + 3) % columns.length]
    const attribute = (more: string): string => `<attribute name="${column}" alias="x" ${more}/>`
    return [
      entity(`${attribute('')}<order attribute="${column}"/>`),
      entity(`<attribute name="${column}"/><order attribute="${column}" descending="1"/>`, ' distinct="1" useraworderby="1"'),
      entity(`<filter><condition attribute="${column}" operator="le" valueof="${other}"/></filter>`),
      entity(`<link-entity name="account" from="${column}" to="${other}" alias="l"><attribute name="${column}"/></link-entity>`),
      entity(`<link-entity name="account" from="${column}" to="${column}" link-type="outer"><all-attributes/></link-entity>`),
      entity(`${attribute('groupby="1"')}<order alias="x"/>`, ' aggregate="1"'),
      ...AGGREGATES.map((kind) => entity(`${attribute(`aggregate="${kind}" distinct="1"`)}<order alias="x"/>`, ' aggregate="1"')),
      entity(attribute(`groupby="1" dategrouping="${DATE_GROUPINGS[at % DATE_GROUPINGS.length]}"`), ' aggregate="1"'),
    ]
  })
  expect(await expectNoFault(started, queries)).toBeGreaterThan(columns.length * 6)
}, 120_000)
