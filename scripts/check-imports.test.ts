import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { checkImports, importsOf } from './check-imports.ts'

function treeOf(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'p2c-imports-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

test.each([
  ['a clean tree', { 'packages/base/src/a.ts': "import './b.ts'", 'packages/base/src/b.ts': 'export {}' }, []],
  ['the engine importing OData', { 'packages/engine/src/a.ts': "import { x } from '@p2c/odata'" }, ['may not import @p2c/odata']],
  ['a path into a package', { 'apps/cli/src/a.ts': "import { x } from '@p2c/base/src/x.ts'" }, ['a path into a package']],
  ['a relative import of another workspace', { 'apps/cli/src/a.ts': "import '../../server/src/app.ts'" }, ['leaves its workspace']],
  [
    'the model importing the store',
    { 'packages/engine/src/model/a.ts': "import type { X } from '../store/x.ts'" },
    ['folder model may not import store'],
  ],
  [
    'a pure folder that reads a file',
    { 'apps/sales/src/domain/a.ts': "import { readFileSync } from 'node:fs'" },
    ['pure folder imports node:fs'],
  ],
  [
    'a pure folder that asks for the time',
    { 'apps/sales/src/domain/a.ts': 'export const now = () => Date.now()' },
    ['pure folder uses Date.now('],
  ],
  ['a pure folder that only speaks of it', { 'apps/sales/src/domain/a.ts': '// never Date.now() here\nexport {}' }, []],
  ['a file of 401 lines', { 'packages/base/src/a.ts': 'export {}\n'.repeat(401) }, ['401 lines, at most 400']],
  [
    'a long file with its reason',
    { 'packages/base/src/a.ts': `// Longer than 400 lines because it is a table.\n${'export {}\n'.repeat(401)}` },
    [],
  ],
  [
    'a cycle of types',
    { 'packages/base/src/a.ts': "import type { B } from './b.ts'", 'packages/base/src/b.ts': "export type { A } from './a.ts'" },
    ['import cycle'],
  ],
  ['a workspace without rules', { 'packages/new/src/a.ts': 'export {}' }, ['not in scripts/import-rules.ts']],
])('%s', (_title, files, problems) => {
  const found = checkImports(treeOf(files as unknown as Record<string, string>))
  expect(found).toHaveLength(problems.length)
  for (const [index, problem] of problems.entries()) expect(found[index]).toContain(problem)
})

test('static, type, dynamic and re-exported specifiers are all imports', () => {
  const text = "import a from 'a'\nimport type { B } from 'b'\nexport * from 'c'\nexport { d } from 'd'\nconst e = () => import('e')"
  expect(importsOf('x.ts', text).sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
})
