import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { restApiPage } from './rest-api-page.ts'

/** Set by tests and read by nothing else. */
const OF_TESTS = ['P2C_FIXTURE', 'P2C_TEST_']

const namesIn = (text: string): string[] => [...text.matchAll(/\bP2C_[A-Z_]*[A-Z]\b/g)].map(([name]) => name)

test('every environment variable that a program reads is on the page of the settings, and no other', () => {
  const files = globSync(['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts']).filter((path) => !/\.(test|fixture)\.ts$/.test(path))
  const read = new Set(files.flatMap((path) => namesIn(readFileSync(path, 'utf8'))))
  const wanted = [...read].filter((name) => !OF_TESTS.some((start) => name.startsWith(start)))
  const listed = [...readFileSync('docs/reference/settings.md', 'utf8').matchAll(/^\| `(P2C_[A-Z_]+)` /gm)].map(([, name]) => name)
  expect(listed.sort()).toEqual(wanted.filter((name) => name !== 'P2C_PROGRAM' && name !== 'P2C_DATABASE').sort())
})

test('the page of the REST API tells what an operation takes, answers and refuses', () => {
  const page = restApiPage(() => 418)
  expect(page).toContain('## POST /api/projects/:name/executions')
  expect(page).toContain('| `name` | path | string, at least 1 character | required |')
  expect(page).toContain('| `limit` | query | integer, 1 to 1000 | `50` |')
  expect(page).toMatch(/Answers 202 with `id`, .*Refuses with `project-unknown` \(418\), `execution-running` \(418\)\./)
})
