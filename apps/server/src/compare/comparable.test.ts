import { expect, test } from 'vitest'
import { comparable } from './comparable.ts'
import type { ValueKind } from './statements/statement.ts'

const EQUAL: readonly [title: string, kind: ValueKind, a: string, b: string, equal: boolean][] = [
  ['text is told apart by case', 'text', 'Bergen', 'bergen', false],
  ['text loses blanks at its end', 'text', 'Bergen  ', 'Bergen', true],
  ['text keeps blanks at its beginning', 'text', ' Bergen', 'Bergen', false],
  ['line ends are those of whoever typed last', 'text', 'a\r\nb', 'a\nb', true],
  ['a code has no case', 'code', 'EN-us', 'en-US', true],
  ['a code may be composed in either way', 'code', 'Ma\u030als', 'M\u00e5ls', true],
  ['codes keep their leading zeros', 'code', '0012', '12', false],
  ['numbers compare by value', 'number', '10.50', '10.5', true],
  ['a cent is a cent', 'number', '10.50', '10.51', false],
  ['a blank number is nought', 'number', '', '0', true],
  ['nought has no sign', 'number', '-0', '0', true],
  ['dates compare by day', 'date', '2025-02-11T12:00:00Z', '2025-02-11', true],
  ['another day differs', 'date', '2025-02-12', '2025-02-11', false],
  ['the empty date is blank', 'date', '1900-01-01T12:00:00Z', '', true],
  ['yes in either spelling', 'yes-no', 'Yes', 'true', true],
  ['a blank is no', 'yes-no', '', 'No', true],
  ['yes is not no', 'yes-no', 'Yes', 'false', false],
  ['an unknown field with nothing in it', 'loose', '', '0', true],
  ['an unknown field with the member None', 'loose', 'None', '', true],
  ['an unknown text that looks like a number', 'loose', '0012', '12', false],
  ['an unknown number', 'loose', '2.50', '2.5', true],
  ['an unknown code', 'loose-code', 'EN-us', 'en-US', true],
  ['an unknown day', 'loose', '2020-01-01T12:00:00Z', '2020-01-01', true],
  ['an unknown time', 'loose', '2020-01-01T13:00:00Z', '2020-01-01', false],
  ['unknown texts', 'loose', 'Main Road', 'Main road', false],
]

test.each(EQUAL)('%s', (_title, kind, a, b, equal) => {
  expect(comparable(kind, a) === comparable(kind, b)).toBe(equal)
})
