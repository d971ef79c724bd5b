import { expect, test } from 'vitest'
import { checkErrorCodes, checkPromises } from './check-error-codes.ts'
import { findCodeUses } from './error-code-uses.ts'

const usesOf = (text: string, ...others: readonly string[]) =>
  findCodeUses([text, ...others].map((source, index) => ({ path: `packages/x/src/${index}.ts`, text: source })))

const FOUND: readonly (readonly [what: string, source: string, found: readonly (readonly [string, string | undefined])[]])[] = [
  ['an error', "new AppError({ category: 'data', code: 'row-bad', message: 'm' })", [['row-bad', 'data']]],
  ['a record failure', "const f = { code: 'row-bad', message: 'm' }", [['row-bad', undefined]]],
  [
    'a choice of two',
    "f({ category: 'auth', code: a ? 'one-bad' : 'two-bad' })",
    [
      ['one-bad', 'auth'],
      ['two-bad', 'auth'],
    ],
  ],
  [
    'a choice of categories',
    "f({ category: a ? 'auth' : 'data', code: 'x' })",
    [
      ['x', 'auth'],
      ['x', 'data'],
    ],
  ],
  [
    'a maker',
    "const e = (code: string) => new AppError({ category: 'data', code, message: 'm' })\nthrow e('row-bad')",
    [['row-bad', 'data']],
  ],
  ['a maker that takes the category', "function e(category: C, code: string) {}\ne('data', 'row-bad')", [['row-bad', 'data']]],
  ['a list', "export const ROW_ERRORS = ['row-bad'] as const", [['row-bad', undefined]]],
  ['an issue of zod', "context.addIssue({ code: 'custom', message: 'm' })", []],
  ['a code of a wire', "f({ code: '0x80040217' })", []],
  ['a code that is compared', "error.code === 'row-bad'", []],
]

test.each(FOUND)('%s is read from the source', (_what, source, found) => {
  expect(usesOf(source).map((use) => [use.code, use.category])).toEqual(found)
})

test('a maker of another file is known by its name, with the place of the call', () => {
  const maker = "export const e = (code: string) => new AppError({ category: 'data', code, message: 'm' })"
  expect(usesOf("\ne('row-bad', 1)", maker)).toEqual([{ code: 'row-bad', category: 'data', place: 'packages/x/src/0.ts:2' }])
})

const USES = usesOf(
  "f({ category: 'data', code: 'a-bad' })\nf({ category: 'auth', code: 'a-bad' })\nf({ category: 'data', code: 'b-bad' })",
)
const pageOf = (...rows: readonly string[]): string => ['| code | category | means | next step |', '|---|---|---|---|', ...rows].join('\n')

const PAGES: readonly (readonly [what: string, page: string, problems: readonly RegExp[]])[] = [
  ['a true page', pageOf('| `a-bad` | auth, data | m | n |', '| `b-bad` | data | m | n |'), []],
  ['a code that is missing', pageOf('| `a-bad` | auth, data | m | n |'), [/0\.ts:3: code 'b-bad' is not in/]],
  [
    'a code that is gone',
    pageOf('| `a-bad` | auth, data | m | n |', '| `b-bad` | data | m | n |', '| `c` | data | m | n |'),
    [/'c' is not used any more/],
  ],
  ['a second category', pageOf('| `a-bad` | auth | m | n |', '| `b-bad` | data | m | n |'), [/0\.ts:1: code 'a-bad' has category data/]],
  [
    'a category too many',
    pageOf('| `a-bad` | auth, data | m | n |', '| `b-bad` | data, auth | m | n |'),
    [/never used with category auth/],
  ],
  ['an empty cell', pageOf('| `a-bad` | auth, data | m |  |', '| `b-bad` | data | m | n |'), [/'a-bad' lacks/]],
  [
    'a row twice',
    pageOf('| `a-bad` | auth, data | m | n |', '| `b-bad` | data | m | n |', '| `b-bad` | data | m | n |'),
    [/'b-bad' is listed twice/],
  ],
]

test.each(PAGES)('%s: the page is held against the sources', (_what, page, problems) => {
  expect(checkErrorCodes(USES, page)).toEqual(problems.map((problem) => expect.stringMatching(problem)))
})

test('a code that the contract promises must be reported somewhere', () => {
  expect(checkPromises(USES, [{ id: 'getX', errors: ['a-bad', 'z-bad'] }])).toEqual(["contract getX: nothing reports 'z-bad'"])
})
