import { expect, test } from 'vitest'
import { fullName } from './full-name.ts'

const ada = { firstname: 'Ada', middlename: 'Karin', lastname: 'Lind' }

test.each([
  [0, 'Lind, Ada'],
  [1, 'Ada Lind'],
  [2, 'Lind, Ada K.'],
  [3, 'Ada K. Lind'],
  [4, 'Lind, Ada Karin'],
  [5, 'Ada Karin Lind'],
  [6, 'Lind Ada'],
  [7, 'LindAda'],
  [99, 'Ada Lind'],
])('convention %d writes %s', (convention, expected) => {
  expect(fullName(ada, convention)).toBe(expected)
})

test.each([
  [{ firstname: null, middlename: null, lastname: 'Moen' }, 0, 'Moen'],
  [{ firstname: 'Ada', middlename: null, lastname: null }, 0, 'Ada'],
  [{ firstname: '  Ada ', middlename: null, lastname: ' Lind ' }, 1, 'Ada Lind'],
  [{ firstname: '博', middlename: null, lastname: '陳' }, 7, '陳博'],
  [{ firstname: null, middlename: null, lastname: null }, 1, null],
  [{ firstname: '', middlename: null, lastname: ' ' }, 1, null],
])('missing parts of %j leave no separator', (name, convention, expected) => {
  expect(fullName(name, convention)).toBe(expected)
})

test('a long name is cut at 160 characters without splitting one', () => {
  const text = fullName({ firstname: '𠮷'.repeat(100), middlename: null, lastname: 'x' }, 1)
  expect(text?.length).toBeLessThanOrEqual(160)
  expect(text?.isWellFormed()).toBe(true)
})
