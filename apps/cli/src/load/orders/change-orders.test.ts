import { expect, test } from 'vitest'
import { evenly } from './change-orders.ts'

test.each([
  [0, 10, []],
  [1, 10, [0]],
  [20, 10, [0, 5]],
  [30, 10, [0, 3, 6]],
  [100, 3, [0, 1, 2]],
  [5, 0, []],
])('%d percent of %d lie evenly over all of them', (percent, count, expected) => {
  const items = Array.from({ length: count }, (_, at) => at)
  expect(evenly(items, percent)).toEqual(expected)
})
