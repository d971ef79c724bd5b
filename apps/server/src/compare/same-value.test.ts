import { expect, test } from 'vitest'
import { sameValue } from './same-value.ts'

test.each([
  ['equal text', 'Bergen', 'Bergen', false, true],
  ['blanks at the end', 'Bergen  ', 'Bergen', false, true],
  ['blanks at the start', ' Bergen', 'Bergen', false, false],
  ['case of a name', 'BERGEN', 'Bergen', false, false],
  ['case of a code', 'ea', 'EA', true, true],
  ['money with and without zeros', '12480.5000', '12480.5', false, true],
  ['money that differs by a cent', '12480.50', '12480.51', false, false],
  ['a postal code is text', '01234', '1234', false, false],
  ['yes and true', 'Yes', 'true', false, true],
  ['yes and no', 'Yes', 'No', false, false],
  ['an amount that is not set', '', '0', false, true],
  ['a month that is not set', '', 'None', false, true],
  ['nothing and something', '', 'x', false, false],
])('%s', (_title, expected, found, looseCase, same) => {
  expect(sameValue(expected, found, looseCase)).toBe(same)
})
