import { parseSync } from 'oxc-parser'

/** One place where a program of ours reports a code. */
export interface CodeUse {
  readonly code: string
  /** Undefined where the category is worked out elsewhere, for example from an HTTP status. */
  readonly category: string | undefined
  /** File and line. */
  readonly place: string
}

/** A source file as the caller read it. */
export interface SourceText {
  readonly path: string
  readonly text: string
}

interface Node {
  readonly type: string
  readonly start: number
  readonly [member: string]: unknown
}

/** A function that takes a code: at which position, and the category that it gives to all of them. */
interface CodeTaker {
  readonly codeAt: number
  readonly categoryAt: number
  readonly category: string | undefined
}

const KEBAB = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
const CODE_LIST = /^[A-Z_]*ERROR(?:S|_CODES)$/
const FUNCTIONS = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']

/**
 * Every kebab-case code in the sources: literals of a member `code`, literals given for a parameter `code`, entries of a list named
 * `..._ERRORS` or `..._ERROR_CODES`. Issues of zod are no errors of ours.
 */
export function findCodeUses(sources: readonly SourceText[]): CodeUse[] {
  const trees = sources.map((source) => ({ source, root: parseSync(source.path, source.text).program as unknown as Node }))
  const exported = trees.flatMap((tree) => exportedTakers(tree.root))
  return trees.flatMap(({ source, root }) => {
    const takers = new Map([...exported, ...takersIn(root)]) // a file's own function hides one of the same name elsewhere
    return usesIn(root, takers).map(({ at, ...use }) => ({ ...use, place: `${source.path}:${lineOf(source.text, at)}` }))
  })
}

type PlacelessUse = Omit<CodeUse, 'place'> & { readonly at: number }

function usesIn(root: Node, takers: ReadonlyMap<string, CodeTaker>): PlacelessUse[] {
  const uses: PlacelessUse[] = []
  const add = (value: unknown, categories: readonly string[]): void => {
    for (const literal of literalsOf(value)) {
      if (!KEBAB.test(literal.value)) continue
      for (const category of categories.length === 0 ? [undefined] : categories)
        uses.push({ code: literal.value, category, at: literal.at })
    }
  }
  walk(root, (node) => {
    if (node.type === 'CallExpression' && memberName(node.callee) === 'addIssue') return false
    if (node.type === 'ObjectExpression') add(memberOf(node, 'code'), textsOf(memberOf(node, 'category')))
    if (node.type === 'CallExpression') addCall(node, takers, add)
    if (node.type === 'VariableDeclarator' && CODE_LIST.test(nameOf(node.id))) for (const item of itemsOf(node.init)) add(item, [])
    return true
  })
  return uses
}

function addCall(call: Node, takers: ReadonlyMap<string, CodeTaker>, add: (value: unknown, categories: readonly string[]) => void): void {
  const taker = takers.get(nameOf(call.callee))
  if (taker === undefined) return
  const given = listOf(call.arguments)
  const categories = taker.category === undefined ? textsOf(given[taker.categoryAt]) : [taker.category]
  add(given[taker.codeAt], categories)
}

const exportedTakers = (root: Node): [string, CodeTaker][] => {
  const exported = listOf(root.body).filter((node) => node.type === 'ExportNamedDeclaration')
  return exported.flatMap((node) => takersIn(node))
}

function takersIn(root: Node): [string, CodeTaker][] {
  const found: [string, CodeTaker][] = []
  walk(root, (node) => {
    const [id, made] = node.type === 'VariableDeclarator' ? [node.id, node.init] : [node.id, node]
    if (isNode(made) && FUNCTIONS.includes(made.type) && nameOf(id) !== '') {
      const taker = takerOf(made)
      if (taker !== undefined) found.push([nameOf(id), taker])
    }
    return true
  })
  return found
}

function takerOf(made: Node): CodeTaker | undefined {
  const names = listOf(made.params).map((param) => nameOf(param.type === 'AssignmentPattern' ? param.left : param))
  const codeAt = names.indexOf('code')
  return codeAt < 0 ? undefined : { codeAt, categoryAt: names.indexOf('category'), category: categoryInside(made) }
}

/** The category of the one object in a function that takes its `code` from the parameter. */
function categoryInside(made: Node): string | undefined {
  let category: string | undefined
  walk(made, (node) => {
    if (node.type === 'ObjectExpression' && nameOf(memberOf(node, 'code')) === 'code') category = textsOf(memberOf(node, 'category'))[0]
    return true
  })
  return category
}

/** Depth first; `visit` says whether to go below a node. */
function walk(value: unknown, visit: (node: Node) => boolean): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit)
    return
  }
  if (!isNode(value) || !visit(value)) return
  for (const child of Object.values(value)) if (typeof child === 'object') walk(child, visit)
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value

const listOf = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : [])

const nameOf = (value: unknown): string => (isNode(value) && typeof value.name === 'string' ? value.name : '')

const memberName = (value: unknown): string => (isNode(value) && value.type === 'MemberExpression' ? nameOf(value.property) : '')

const memberOf = (object: Node, name: string): unknown =>
  listOf(object.properties).find((property) => property.type === 'Property' && nameOf(property.key) === name)?.value

/** String literals of an expression: itself, the two sides of a choice, the right side of `??`. */
function literalsOf(value: unknown): { readonly value: string; readonly at: number }[] {
  if (!isNode(value)) return []
  if (value.type === 'Literal' && typeof value.value === 'string') return [{ value: value.value, at: value.start }]
  if (value.type === 'ConditionalExpression') return [...literalsOf(value.consequent), ...literalsOf(value.alternate)]
  if (value.type === 'LogicalExpression') return [...literalsOf(value.left), ...literalsOf(value.right)]
  if (value.type === 'TSAsExpression') return literalsOf(value.expression)
  return []
}

const textsOf = (value: unknown): string[] => literalsOf(value).map((literal) => literal.value)

function itemsOf(value: unknown): unknown[] {
  const list = isNode(value) && value.type === 'TSAsExpression' ? value.expression : value
  return isNode(list) && list.type === 'ArrayExpression' ? listOf(list.elements) : []
}

const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length
