import { expect, test } from 'vitest'
import { coveragePage, pointsWithoutTest } from './coverage-page.ts'
import { COVERAGES, DATAVERSE_COVERAGE } from './coverages.ts'
import { pointsIn } from './point-tests.ts'

test('points are read from titles and tables of a test file, not from its comments or from golden exchanges', () => {
  const text = [
    '// DV-001 in a comment',
    "test('DV-002 DV-003 a title', () => {})",
    'test.each(ROWS)(`DV-004 $name`, () => {})',
    "const ROWS = [{ name: 'DV-005 a row' }, { name: 'G-DV-06 an exchange, FO-007' }]",
  ].join('\n')
  const patterns = (coverages: typeof COVERAGES) => coverages.map(({ pointPattern }) => pointPattern)
  expect([...pointsIn('a.test.ts', text, patterns([DATAVERSE_COVERAGE]))]).toEqual(['DV-002', 'DV-003', 'DV-004', 'DV-005'])
  expect([...pointsIn('a.test.ts', text, patterns(COVERAGES))]).toEqual(['DV-002', 'DV-003', 'DV-004', 'DV-005', 'FO-007'])
})

test.each(
  COVERAGES.map((coverage) => [coverage.title, coverage] as const),
)('%s: a point without a test is named, unless it has no place here', (_title, coverage) => {
  const { points, pointsWithoutPlace } = coverage
  const all = new Map(points.map(({ id }) => [id, ['a.test.ts']]))
  expect(pointsWithoutTest(coverage, all)).toEqual([])
  const [server] = points.filter(({ side }) => side === 'server')
  all.delete(server?.id ?? '')
  for (const id of pointsWithoutPlace.keys()) all.delete(id)
  expect(pointsWithoutTest(coverage, all)).toEqual([server])
})

test.each(
  COVERAGES.map((coverage) => [coverage.title, coverage] as const),
)('%s: only points of the client alone may be without a place', (_title, { points, pointsWithoutPlace }) => {
  const sides = [...pointsWithoutPlace.keys()].map((id) => points.find((point) => point.id === id)?.side)
  expect(sides.filter((side) => side !== 'client')).toEqual([])
})

test.each(
  COVERAGES.map((coverage) => [coverage.title, coverage] as const),
)('%s: operations name points that there are and that bind the server, and the page has a row for each of them', (_title, coverage) => {
  const { operations, points } = coverage
  const known = new Map(points.map(({ id, side }) => [id, side]))
  expect(known.size).toBe(points.length)
  expect(operations.flatMap((operation) => operation.points).filter((id) => (known.get(id) ?? 'client') === 'client')).toEqual([])
  const page = coveragePage(coverage, new Map([[points[0]?.id ?? '', ['a.test.ts']]]))
  const rows = page.split('\n').filter((line) => /^\| .* \| `.*` \| (works|works with a difference|not offered) \|/.test(line))
  expect(rows).toHaveLength(operations.length)
  expect(page.split('\n').filter((line) => /^\| [A-Z]{2}-\d{3} \|/.test(line))).toHaveLength(points.length)
})
