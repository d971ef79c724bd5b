import type { Expression, JsonValue, Literal } from '../ast.ts'
import { guardCharacters } from './guard.ts'
import { isLiteral } from './literals.ts'
import { PRECEDENCE } from './precedence.ts'

/** A text as a literal: in single quotes, each of its own doubled. Not percent-encoded. */
export const formatText = (value: string): string => `'${value.replaceAll("'", "''")}'`

/** A literal as OData text, not percent-encoded. */
export function formatLiteral({ type, value, enumType }: Pick<Literal, 'type' | 'value' | 'enumType'>): string {
  if (type === 'string') return formatText(value)
  if (type === 'enum') return `${enumType ?? ''}${formatText(value)}`
  return type === 'duration' || type === 'binary' ? `${type}${formatText(value)}` : value
}

/**
 * A key value for a path: a text is quoted, then all is percent-encoded (`CUST & CO` becomes `'CUST%20%26%20CO'`). Throws `odata-syntax` for
 * NUL and halves of surrogate pairs.
 */
export function encodeKeyValue(value: string | Pick<Literal, 'type' | 'value' | 'enumType'>): string {
  const text = typeof value === 'string' ? formatText(value) : formatLiteral(value)
  guardCharacters(text)
  return encodeURIComponent(text)
}

/**
 * Whether Dataverse cannot address a key value in the path: it then goes through a parameter alias, `accounts(accountnumber=@p1)?@p1='…'`
 * (wire specification 5, DV-017).
 */
export const keyNeedsAlias = (value: string): boolean => /[/<>*%&:\\?+]/.test(value)

/** A query option, name and value percent-encoded, readable where that is safe: `$filter=name%20eq%20'A'`. */
export function encodeOption(name: string, value: string): string {
  guardCharacters(value)
  const readable = encodeURIComponent(value).replace(/%(24|28|29|2C|3A|3B|40|2F|3D)/gi, (sequence) => decodeURIComponent(sequence))
  return `${name.replaceAll('&', '%26')}=${readable}`
}

const TIGHTEST = 8

function precedenceOf(expression: Expression): number {
  if (expression.kind === 'binary') return PRECEDENCE[expression.operator]
  return expression.kind === 'not' || expression.kind === 'in' ? PRECEDENCE[expression.kind] : TIGHTEST
}

/** The text of an expression, with no more parentheses than it needs: parsed again it gives the same tree. Not percent-encoded. */
export function formatFilter(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return formatLiteral(expression)
    case 'path':
      return expression.segments.join('/')
    case 'binary': {
      const own = precedenceOf(expression)
      return `${operand(expression.left, own)} ${expression.operator} ${operand(expression.right, own + 1)}`
    }
    case 'not':
      return `not ${operand(expression.operand, 3)}`
    case 'negate':
      return formatNegation(expression.operand)
    case 'call':
      return `${expression.name}(${expression.args.map(formatFilter).join(',')})`
    case 'named-call':
      return `${expression.name}(${[...expression.args].map(([name, value]) => `${name}=${formatArgument(value)}`).join(',')})`
    case 'in':
      return `${operand(expression.left, 5)} in (${expression.values.map(formatFilter).join(',')})`
    case 'count':
      return `${expression.collection.segments.join('/')}/$count`
    case 'lambda': {
      const { collection, operator, variable, predicate } = expression
      const body = variable === undefined || predicate === undefined ? '' : `${variable}:${formatFilter(predicate)}`
      return `${collection.segments.join('/')}/${operator}(${body})`
    }
  }
}

/** In parentheses where it binds looser than its place demands. */
const operand = (expression: Expression, lowest: number): string =>
  precedenceOf(expression) < lowest ? `(${formatFilter(expression)})` : formatFilter(expression)

/** A number behind the sign would be read as a negative literal, and `-INF` as infinity. */
function formatNegation(inner: Expression): string {
  const text = formatFilter(inner)
  const plain = inner.kind === 'negate' || (inner.kind === 'path' && !text.startsWith('INF'))
  return plain ? `-${text}` : `-(${text})`
}

function formatArgument(value: JsonValue | Literal): string {
  if (isLiteral(value)) return formatLiteral(value)
  return typeof value === 'string' ? JSON.stringify(value) : formatJson(value)
}

/** JSON with texts in single quotes, as the samples of Dataverse write it. */
function formatJson(value: JsonValue): string {
  if (typeof value === 'string') return formatText(value)
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => formatJson(item)).join(',')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  return `{${Object.entries(value)
    .map(([name, member]) => `${formatText(name)}:${formatJson(member as JsonValue)}`)
    .join(',')}}`
}
