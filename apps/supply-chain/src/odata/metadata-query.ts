import { AppError } from '@p2c/base'
import { type Expression, finOpsProfile, type Literal, type ODataProfile, type QueryOptions } from '@p2c/odata'

/** The dialect of `/metadata`: text functions work there, unlike on `/data`. Source: protocol specification, section 13. */
export const metadataProfile: ODataProfile = {
  ...finOpsProfile,
  functions: ['contains', 'startswith', 'endswith', 'tolower', 'toupper'],
  operators: ['eq', 'ne', 'and', 'or', 'not'],
}

/** A row of metadata as it is written. */
export type MetadataRow = Readonly<Record<string, unknown>>

type Value = string | number | boolean | null

const unsupported = (what: string): AppError =>
  new AppError({ category: 'schema', code: 'odata-unsupported', message: `${what} is not supported in metadata queries.` })

function literalValue(literal: Literal): Value {
  if (literal.type === 'null') return null
  if (literal.type === 'boolean') return literal.value === 'true'
  return literal.type === 'integer' || literal.type === 'decimal' ? Number(literal.value) : literal.value
}

function member(row: MetadataRow, path: readonly string[]): Value {
  const [name = ''] = path
  if (path.length !== 1 || !(name in row))
    throw new AppError({
      category: 'schema',
      code: 'odata-unknown-property',
      message: `Could not find a property named '${path.join('/')}'.`,
    })
  const value = row[name]
  if (typeof value === 'object' && value !== null) throw unsupported(`A condition on '${name}'`)
  return value as Value
}

const TEXT_FUNCTIONS: Readonly<Record<string, (text: string, part: string) => Value>> = {
  contains: (text, part) => text.includes(part),
  startswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
  tolower: (text) => text.toLowerCase(),
  toupper: (text) => text.toUpperCase(),
}

/** The value of a `$filter` for one row. Texts compare without case, as everywhere in the application. */
function evaluate(expression: Expression, row: MetadataRow): Value {
  switch (expression.kind) {
    case 'literal':
      return literalValue(expression)
    case 'path':
      return member(row, expression.segments)
    case 'not':
      return evaluate(expression.operand, row) !== true
    case 'call': {
      const run = TEXT_FUNCTIONS[expression.name]
      if (run === undefined) throw unsupported(`The function ${expression.name}`)
      const [text, part] = expression.args.map((argument) => String(evaluate(argument, row) ?? ''))
      return run(text ?? '', part ?? '')
    }
    case 'binary':
      return binary(expression, row)
    default:
      throw unsupported(`An expression of kind '${expression.kind}'`)
  }
}

function binary({ operator, left, right }: Extract<Expression, { readonly kind: 'binary' }>, row: MetadataRow): Value {
  const first = evaluate(left, row)
  if (operator === 'and') return first === true && evaluate(right, row) === true
  if (operator === 'or') return first === true || evaluate(right, row) === true
  const same = isSame(first, evaluate(right, row))
  if (operator === 'eq') return same
  if (operator === 'ne') return !same
  throw unsupported(`The operator '${operator}'`)
}

const isSame = (left: Value, right: Value): boolean =>
  typeof left === 'string' && typeof right === 'string' ? left.toLowerCase() === right.toLowerCase() : left === right

interface QueryResult {
  readonly rows: readonly MetadataRow[]
  readonly count: number
}

const compare = (left: Value, right: Value): number => {
  const [a, b] = [String(left ?? ''), String(right ?? '')]
  return a < b ? -1 : a > b ? 1 : 0
}

/** Filters, orders, cuts and selects. */
export function queryMetadata(all: readonly MetadataRow[], options: QueryOptions): QueryResult {
  const { filter, orderby, select } = options
  const found = filter === undefined ? [...all] : all.filter((row) => evaluate(filter, row) === true)
  for (const { expression, descending } of [...(orderby ?? [])].reverse())
    found.sort((a, b) => compare(evaluate(expression, a), evaluate(expression, b)) * (descending ? -1 : 1))
  const skip = options.skip ?? 0
  const page = found.slice(skip, options.top === undefined ? undefined : skip + options.top)
  const names = select?.map((item) => item.path)
  const rows =
    names === undefined || names.includes('*')
      ? page
      : page.map((row) => Object.fromEntries(names.map((name) => [name, row[name] ?? member(row, [name])])))
  return { rows, count: found.length }
}
