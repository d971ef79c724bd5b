import { expect, test } from 'vitest'
import { hierarchyPath, refuseParent } from './product-rules.ts'

test('only a family can be a parent', () => {
  expect(refuseParent('Drill', { name: 'Tools', isFamily: true })).toBeUndefined()
  expect(refuseParent('Drill', { name: 'Hammer', isFamily: false })?.code).toBe('0x8004f973')
})

test.each([
  [{ name: 'Tools', path: null }, 'Tools'],
  [{ name: 'Drills', path: 'Tools' }, 'Tools\\Drills'],
])('the path below %j is %s', (parent, expected) => {
  expect(hierarchyPath(parent)).toBe(expected)
})

test('a path is cut at the width of its column', () => {
  expect(hierarchyPath({ name: 'x'.repeat(100), path: 'y'.repeat(450) })).toHaveLength(450)
})
