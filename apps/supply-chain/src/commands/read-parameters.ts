import { isRawNumber, type RawNumber } from '@p2c/odata'
import { z } from 'zod'

/** Parameters as the command wants them, or what is wrong with them, one sentence per member. */
export type ParameterReading<Output> =
  | { readonly ok: true; readonly parameters: Output }
  | { readonly ok: false; readonly problems: readonly string[] }

/**
 * Checks the members of a body by the schema of a command. Members that the command does not know are refused: a misspelt quantity
 * must not post everything. Texts that cannot be stored are refused here for all commands.
 */
export function readParameters<Schema extends z.ZodType>(
  schema: Schema,
  body: Readonly<Record<string, unknown>>,
): ParameterReading<z.output<Schema>> {
  const unstorable = findUnstorable(body, [])
  if (unstorable !== undefined)
    return { ok: false, problems: [`Parameter '${pathText(unstorable)}' contains a character that cannot be stored.`] }
  const plain = withPlainNumbers(body)
  const strict = schema instanceof z.ZodObject ? schema.strict() : schema
  const parsed = strict.safeParse(plain)
  if (parsed.success) return { ok: true, parameters: parsed.data as z.output<Schema> }
  return { ok: false, problems: parsed.error.issues.slice(0, MOST_PROBLEMS).map((issue) => describeIssue(issue, plain)) }
}

const MOST_PROBLEMS = 10
const SHOWN_CHARACTERS = 100

type Path = readonly PropertyKey[]

/** `lines[0].quantity`. */
const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}${text === '' ? '' : '.'}${String(part)}`),
    '',
  )

/** NUL and halves of surrogate pairs: PostgreSQL refuses them. */
const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed()

function findUnstorable(value: unknown, path: Path): Path | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : path
  if (Array.isArray(value)) return firstOf(value.entries(), path)
  return isRecord(value) ? firstOf(Object.entries(value), path) : undefined
}

function firstOf(entries: Iterable<readonly [PropertyKey, unknown]>, path: Path): Path | undefined {
  for (const [name, value] of entries) {
    const found = findUnstorable(value, [...path, name])
    if (found !== undefined) return found
  }
  return undefined
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !isRawNumber(value)

/** Numbers that a double would round become their text: quantities and amounts read both. */
function withPlainNumbers(value: unknown): unknown {
  if (isRawNumber(value)) return (value as RawNumber).rawJSON
  if (Array.isArray(value)) return value.map(withPlainNumbers)
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withPlainNumbers(each)])) : value
}

function valueAt(body: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) => (isRecord(value) || Array.isArray(value) ? (value as Record<PropertyKey, unknown>)[part] : undefined),
    body,
  )
}

/** Member, value and expectation of one problem. */
function describeIssue(issue: z.core.$ZodIssue, body: unknown): string {
  if (issue.code === 'unrecognized_keys')
    return `Parameter '${pathText([...issue.path, issue.keys[0] ?? ''])}' is not known. Make sure to only use names that the command defines.`
  const value = valueAt(body, issue.path)
  const name = issue.path.length === 0 ? 'the body' : `Parameter '${pathText(issue.path)}'`
  if (value === undefined && issue.path.length > 0) return `${name} is not found within the request content body: ${expectation(issue)}.`
  const shown = JSON.stringify(value) ?? 'nothing'
  return `${name} has the value ${shown.length > SHOWN_CHARACTERS ? `${shown.slice(0, SHOWN_CHARACTERS)}...` : shown}: ${expectation(issue)}.`
}

/** What would have been right: `expected one of All, DeliverNow`. */
function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}`
    case 'invalid_union':
      return `expected ${[...new Set(issue.errors.flat().map((each) => expectation(each).replace(/^expected /, '')))].join(' or ')}`
    case 'invalid_format':
      return `expected ${issue.format}`
    case 'too_small':
      return `expected ${issue.origin} of at least ${issue.minimum}`
    case 'too_big':
      return `expected ${issue.origin} of at most ${issue.maximum}`
    default:
      return issue.message
  }
}
