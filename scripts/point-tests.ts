import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import type { Coverage, PointTests } from './coverage-page.ts'

const TEST_FILES = ['packages/**/*.test.ts', 'apps/**/*.test.ts', 'test/**/*.{test,faults,crash,load}.ts']

/** The test files below `root` that name each point of these protocols: in a title, in a table of cases, or as a point of an operation. */
export function findPointTests(root: string, coverages: readonly Coverage[]): PointTests {
  const found = new Map<string, string[]>()
  const add = (id: string, path: string): void => {
    const paths = found.get(id) ?? []
    if (!paths.includes(path)) found.set(id, [...paths, path].sort())
  }
  const patterns = coverages.map(({ pointPattern }) => pointPattern)
  for (const path of testFiles(root)) for (const id of pointsIn(path, readFileSync(join(root, path), 'utf8'), patterns)) add(id, path)
  for (const { operations, conformance } of coverages)
    for (const operation of operations) for (const id of operation.points) add(id, conformance)
  return found
}

const testFiles = (root: string): readonly string[] =>
  TEST_FILES.flatMap((pattern) => globSync(pattern, { cwd: root, exclude: (name) => name.includes('node_modules') }))
    .map((path) => path.replaceAll('\\', '/'))
    .sort()

/** Points in the texts of a test file; its comments name none. */
export function pointsIn(path: string, text: string, patterns: readonly RegExp[]): ReadonlySet<string> {
  const points = new Set<string>()
  collect(parseSync(path, text).program, (found) => {
    for (const pattern of patterns) for (const [id] of found.matchAll(pattern)) points.add(id)
  })
  return points
}

/** Every string and every piece of a template, depth first. */
function collect(value: unknown, take: (text: string) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, take)
    return
  }
  if (typeof value !== 'object' || value === null) return
  const node = value as { readonly type?: unknown; readonly value?: unknown }
  if (node.type === 'Literal' && typeof node.value === 'string') take(node.value)
  if (node.type === 'TemplateElement') take(String((node.value as { readonly raw?: unknown }).raw))
  for (const child of Object.values(value)) if (typeof child === 'object') collect(child, take)
}
