import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'
import {
  FOLDER_IMPORTS,
  IMPURE_WORDS,
  IO_MODULES,
  LONG_FILE_REASON,
  MAX_FILE_LINES,
  PURE_FOLDERS,
  WORKSPACE_IMPORTS,
} from './import-rules.ts'

interface SourceFile {
  /** From the repository's root, with `/`. */
  readonly path: string
  readonly text: string
  /** Specifiers of static, type and literal dynamic imports and of re-exports. */
  readonly imports: readonly string[]
}

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const LITERAL = /^['"](.*)['"]$/

/** Every problem of import direction, cycles, purity and file size in the tree below `root`, one line each; empty when all is well. */
export function checkImports(root: string): string[] {
  const files = readSources(root)
  return [...files.flatMap(checkFile), ...findCycles(files)]
}

function readSources(root: string): SourceFile[] {
  const patterns = ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts']
  return globSync(patterns, { cwd: root })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => !path.includes('/generated/') && !path.includes('node_modules'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      return { path, text, imports: importsOf(path, text) }
    })
}

/** Type imports count too: a cycle of types is a cycle. */
export function importsOf(path: string, text: string): string[] {
  const { module } = parseSync(path, text)
  const exported = module.staticExports.flatMap((statement) => statement.entries.flatMap((entry) => entry.moduleRequest?.value ?? []))
  const dynamic = module.dynamicImports.flatMap(
    (call) => LITERAL.exec(text.slice(call.moduleRequest.start, call.moduleRequest.end))?.[1] ?? [],
  )
  return [...module.staticImports.map((statement) => statement.moduleRequest.value), ...exported, ...dynamic]
}

const isTest = (path: string): boolean => /\.(test|case|fixture)\.ts$/.test(path)

function checkFile(file: SourceFile): string[] {
  const problems = checkSize(file)
  const workspace = Object.keys(WORKSPACE_IMPORTS).find((name) => file.path.startsWith(`${name}/src/`))
  if (workspace === undefined) {
    if (/^(packages|apps)\//.test(file.path)) problems.push(`${file.path}: its workspace is not in scripts/import-rules.ts`)
    return problems
  }
  problems.push(...file.imports.flatMap((specifier) => checkImport(file, workspace, specifier)))
  if (isPure(file.path) && !isTest(file.path)) problems.push(...checkPurity(file))
  return problems
}

function checkSize(file: SourceFile): string[] {
  const lines = file.text.split('\n').length - 1
  const head = file.text.split('\n', 6).join('\n')
  if (lines <= MAX_FILE_LINES || isTest(file.path) || file.path.includes('/migrations/') || LONG_FILE_REASON.test(head)) return []
  return [`${file.path}: ${lines} lines, at most ${MAX_FILE_LINES}; split it, or say why in its first lines`]
}

function checkImport(file: SourceFile, workspace: string, specifier: string): string[] {
  if (specifier.startsWith('.')) return checkRelative(file, workspace, specifier)
  if (!specifier.startsWith('@p2c/')) return []
  const allowed = WORKSPACE_IMPORTS[workspace] ?? []
  if (allowed.includes(specifier)) return []
  if (specifier.split('/').length > 2) return [`${file.path}: imports a path into a package: ${specifier}`]
  return [`${file.path}: ${workspace} may not import ${specifier}`]
}

function checkRelative(file: SourceFile, workspace: string, specifier: string): string[] {
  const target = join(dirname(file.path), specifier).split(sep).join('/')
  if (!target.startsWith(`${workspace}/`)) return [`${file.path}: leaves its workspace: ${specifier}`]
  const from = folderOf(file.path, workspace)
  const to = folderOf(target, workspace)
  const allowed = from === undefined ? undefined : FOLDER_IMPORTS[workspace]?.[from]
  if (allowed === undefined || from === to || isTest(file.path)) return []
  if (to !== undefined && allowed.includes(to)) return []
  return [`${file.path}: folder ${from} may not import ${to ?? 'the root of its workspace'} (${specifier})`]
}

/** First folder below `src`, undefined for a file directly in it. */
function folderOf(path: string, workspace: string): string | undefined {
  const parts = relative(`${workspace}/src`, path).split(sep)
  return parts.length > 1 ? parts[0] : undefined
}

const isPure = (path: string): boolean => PURE_FOLDERS.some((folder) => path.includes(`/src/${folder}/`))

function checkPurity(file: SourceFile): string[] {
  const modules = file.imports
    .filter((specifier) => IO_MODULES.includes(specifier))
    .map((specifier) => `${file.path}: pure folder imports ${specifier}`)
  const word = IMPURE_WORDS.exec(withoutComments(file.text))
  return word === null ? modules : [...modules, `${file.path}: pure folder uses ${word[0]}`]
}

const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '')

/** Strongly connected groups of more than one file, found by walking depth first (Tarjan). */
export function findCycles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const state = new Map<string, { index: number; low: number; open: boolean }>()
  const stack: string[] = []
  const cycles: string[] = []
  const visit = (path: string): { index: number; low: number; open: boolean } => {
    const node = { index: state.size, low: state.size, open: true }
    state.set(path, node)
    stack.push(path)
    for (const next of neighbours(byPath, path)) {
      const seen = state.get(next)
      if (seen === undefined) node.low = Math.min(node.low, visit(next).low)
      else if (seen.open) node.low = Math.min(node.low, seen.index)
    }
    if (node.low === node.index) {
      const group = stack.splice(stack.indexOf(path))
      for (const member of group) closed(state, member)
      if (group.length > 1) cycles.push(`import cycle: ${group.join(' -> ')}`)
    }
    return node
  }
  for (const file of files) if (!state.has(file.path)) visit(file.path)
  return cycles
}

function closed(state: Map<string, { open: boolean }>, path: string): void {
  const node = state.get(path)
  if (node !== undefined) node.open = false
}

function neighbours(byPath: ReadonlyMap<string, SourceFile>, path: string): string[] {
  const imports = byPath.get(path)?.imports ?? []
  return imports
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => join(dirname(path), specifier).split(sep).join('/'))
    .filter((target) => byPath.has(target))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = checkImports(ROOT)
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  process.exitCode = problems.length === 0 ? 0 : 1
}
