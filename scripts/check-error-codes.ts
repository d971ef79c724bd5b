import { globSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contract } from '@p2c/api'
import { type CodeUse, findCodeUses } from './error-code-uses.ts'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const PAGE = 'docs/reference/error-codes.md'
const ROW = /^\| `([a-z0-9-]+)` \|([^|]*)\|([^|]*)\|([^|]*)\|$/gm

/** Not part of any program: tests, what only they use, and generated files. */
const NOT_REPORTED = /\.(?:test|case|fixture)\.ts$|-fixture\.ts$|\/stub-service\.ts$|\/generated\//

/** One row of the page. */
interface Entry {
  readonly code: string
  readonly categories: readonly string[]
  readonly complete: boolean
}

/** What of `page` is not true of the uses; one line each. */
export function checkErrorCodes(uses: readonly CodeUse[], page: string): string[] {
  const entries = readPage(page)
  const byCode = Map.groupBy(uses, (use) => use.code)
  const listed = new Set(entries.map((entry) => entry.code))
  return [
    ...[...byCode].flatMap(([code, [first]]) => (listed.has(code) ? [] : [`${first?.place}: code '${code}' is not in ${PAGE}`])),
    ...entries.flatMap((entry) => checkEntry(entry, byCode.get(entry.code) ?? [])),
    ...checkOrder(entries),
  ]
}

function readPage(page: string): Entry[] {
  return [...page.matchAll(ROW)].map(([, code = '', categories = '', means = '', step = '']) => ({
    code,
    categories: categories.split(',').map((category) => category.trim()),
    complete: [categories, means, step].every((cell) => cell.trim() !== ''),
  }))
}

function checkEntry({ code, categories, complete }: Entry, uses: readonly CodeUse[]): string[] {
  if (uses.length === 0) return [`${PAGE}: '${code}' is not used any more; remove its row`]
  const problems = complete ? [] : [`${PAGE}: '${code}' lacks category, meaning or next step`]
  for (const use of uses) {
    if (use.category !== undefined && !categories.includes(use.category))
      problems.push(`${use.place}: code '${code}' has category ${use.category}; ${PAGE} says ${categories.join(', ')}`)
  }
  if (uses.every((use) => use.category !== undefined)) {
    const used = new Set(uses.map((use) => use.category))
    for (const category of categories) if (!used.has(category)) problems.push(`${PAGE}: '${code}' is never used with category ${category}`)
  }
  return problems
}

function checkOrder(entries: readonly Entry[]): string[] {
  const codes = entries.map((entry) => entry.code)
  const twice = codes.filter((code, index) => codes.indexOf(code) !== index)
  return twice.map((code) => `${PAGE}: '${code}' is listed twice`)
}

/** Codes that the REST contract promises and that no program reports. */
export const checkPromises = (uses: readonly CodeUse[], routes: readonly { readonly id: string; readonly errors: readonly string[] }[]) =>
  routes.flatMap((route) =>
    route.errors.filter((code) => !uses.some((use) => use.code === code)).map((code) => `contract ${route.id}: nothing reports '${code}'`),
  )

/** Every use of a code in the programs of this repository. */
export function readUses(): CodeUse[] {
  const paths = globSync(['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'], { cwd: ROOT }).map((path) => path.split(sep).join('/'))
  const sources = paths.filter((path) => !NOT_REPORTED.test(path)).sort()
  return findCodeUses(sources.map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') })))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const uses = readUses()
  const problems = [...checkErrorCodes(uses, readFileSync(join(ROOT, PAGE), 'utf8')), ...checkPromises(uses, Object.values(contract))]
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  process.exitCode = problems.length === 0 ? 0 : 1
}
