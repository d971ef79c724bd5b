import { expect, test } from 'vitest'
import { OPERATIONS } from '../test/conformance/dataverse/operations.ts'
import { POINTS, POINTS_WITHOUT_A_PLACE } from '../test/conformance/dataverse/points.ts'
import { dataverseCoveragePage, pointsIn, pointsWithoutTest } from './dataverse-coverage-page.ts'

test('points are read from titles and tables of a test file, not from its comments or from golden exchanges', () => {
  const text = [
    '// DV-001 in a comment',
    "test('DV-002 DV-003 a title', () => {})",
    'test.each(ROWS)(`DV-004 $name`, () => {})',
    "const ROWS = [{ name: 'DV-005 a row' }, { name: 'G-DV-06 an exchange, FO-007' }]",
  ].join('\n')
  expect([...pointsIn('a.test.ts', text)]).toEqual(['DV-002', 'DV-003', 'DV-004', 'DV-005'])
})

test('a point without a test is named, unless it has no place here', () => {
  const all = new Map(POINTS.map(({ id }) => [id, ['a.test.ts']]))
  expect(pointsWithoutTest(all)).toEqual([])
  all.delete('DV-031')
  for (const id of POINTS_WITHOUT_A_PLACE.keys()) all.delete(id)
  expect(pointsWithoutTest(all).map(({ id }) => id)).toEqual(['DV-031'])
})

test('only points of the client alone may be without a place', () => {
  const sides = [...POINTS_WITHOUT_A_PLACE.keys()].map((id) => POINTS.find((point) => point.id === id)?.side)
  expect(new Set(sides)).toEqual(new Set(['client']))
})

test('operations name points that there are, and the page has a row for each of them', () => {
  const known = new Set(POINTS.map(({ id }) => id))
  expect(OPERATIONS.flatMap(({ points }) => points).filter((id) => !known.has(id))).toEqual([])
  const page = dataverseCoveragePage(new Map([['DV-001', ['a.test.ts']]]))
  const rows = page.split('\n').filter((line) => /^\| .* \| `.*` \| (works|works with a difference|not offered) \|/.test(line))
  expect(rows).toHaveLength(OPERATIONS.length)
  expect(page.split('\n').filter((line) => /^\| DV-\d{3} \|/.test(line))).toHaveLength(POINTS.length)
})
