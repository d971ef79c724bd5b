import { expect, test } from 'vitest'
import { findLoop } from './hierarchy.ts'

const links = (entries: Record<string, string | null>) => new Map(Object.entries(entries))

test.each([
  ['a row that is its own parent', ['a'], { a: 'a' }, 'a'],
  ['two rows of one write that take each other', ['a', 'b'], { a: 'b', b: 'a' }, 'a'],
  ['a long way round', ['c'], { a: 'b', b: 'c', c: 'a' }, 'c'],
  ['a tree', ['a', 'b'], { a: 'root', b: 'a', root: null }, undefined],
  ['a circle above that the row itself is not part of', ['a'], { a: 'b', b: 'c', c: 'b' }, undefined],
  ['an unknown parent', ['a'], { a: 'gone' }, undefined],
])('%s', (_, starts, entries, expected) => {
  expect(findLoop(starts, links(entries as Record<string, string | null>))).toBe(expected)
})
