import { isAppError } from '@p2c/base'
import { describe, expect, test } from 'vitest'
import {
  dataverseProfile,
  type Expression,
  finOpsProfile,
  formatFilter,
  type JsonValue,
  type Literal,
  parseFilter,
  permissiveFinOpsProfile,
} from '../index.ts'
import type { ODataProfile } from '../profile.ts'

/** Every switch on, so that the whole grammar can be tried. */
const everything: ODataProfile = {
  ...dataverseProfile,
  functions: ['contains', 'startswith', 'endswith', 'tolower', 'concat', 'now', '$count'],
  operators: [...dataverseProfile.operators, 'has', 'add', 'sub', 'mul', 'div', 'divby', 'mod'],
  inOperator: true,
}

const argument = (value: JsonValue | Literal): string =>
  typeof value === 'object' && value !== null && 'span' in value ? `~${(value as Literal).value}` : JSON.stringify(value)

/** A tree as a short text: `(and (eq name 'x') …)`; literals carry the first letters of their type. */
function show(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return `${expression.type}:${expression.enumType === undefined ? '' : `${expression.enumType}/`}${expression.value}`
    case 'path':
      return expression.segments.join('/')
    case 'binary':
      return `(${expression.operator} ${show(expression.left)} ${show(expression.right)})`
    case 'not':
    case 'negate':
      return `(${expression.kind} ${show(expression.operand)})`
    case 'call':
      return `${expression.name}[${expression.args.map(show).join(' ')}]`
    case 'named-call':
      return `${expression.name}{${[...expression.args].map(([name, value]) => `${name}=${argument(value)}`).join(' ')}}`
    case 'in':
      return `(in ${show(expression.left)} ${expression.values.map(show).join(' ')})`
    case 'count':
      return `(count ${show(expression.collection)})`
    case 'lambda':
      return `(${expression.operator} ${show(expression.collection)} ${expression.variable ?? ''}: ${expression.predicate === undefined ? '' : show(expression.predicate)})`
  }
}

const TREES: readonly (readonly [text: string, tree: string])[] = [
  // literals
  ["a eq 'O''Brien'", "(eq a string:O'Brien)"],
  ["a eq ''", '(eq a string:)'],
  ["a eq ''''", "(eq a string:')"],
  ["a eq 'not (x'", '(eq a string:not (x)'],
  ['a eq 0', '(eq a integer:0)'],
  ['a eq -12', '(eq a integer:-12)'],
  ['a eq 12.50', '(eq a decimal:12.50)'],
  ['a eq 1.5e10', '(eq a double:1.5e10)'],
  ['a eq 1E-3', '(eq a double:1E-3)'],
  ['a eq INF or a eq -INF or a eq NaN', '(or (or (eq a double:INF) (eq a double:-INF)) (eq a double:NaN))'],
  ['a eq null', '(eq a null:null)'],
  ['a eq true or a eq false', '(or (eq a boolean:true) (eq a boolean:false))'],
  ['a eq 6F1C2a90-3b7e-4d11-9a55-0d3c8e21f001', '(eq a guid:6F1C2a90-3b7e-4d11-9a55-0d3c8e21f001)'],
  ['a eq abcdefab-3b7e-4d11-9a55-0d3c8e21f001', '(eq a guid:abcdefab-3b7e-4d11-9a55-0d3c8e21f001)'],
  ['a eq 20250201-3b7e-4d11-9a55-0d3c8e21f001', '(eq a guid:20250201-3b7e-4d11-9a55-0d3c8e21f001)'],
  ['a eq 2025-02-01', '(eq a date:2025-02-01)'],
  ['a eq 2024-02-29T23:59:59.123Z', '(eq a date-time:2024-02-29T23:59:59.123Z)'],
  ['a eq 2024-02-29T10:00+02:00', '(eq a date-time:2024-02-29T10:00+02:00)'],
  ['a eq 2024-02-29T10:00:00', '(eq a date-time:2024-02-29T10:00:00)'],
  ['a eq 13:45:59.5', '(eq a time:13:45:59.5)'],
  ["a eq duration'P1DT2H3M4.5S'", '(eq a duration:P1DT2H3M4.5S)'],
  ["a eq binary'AQID_-=='", '(eq a binary:AQID_-==)'],
  ["a eq Ns.Sub.Type'Member'", '(eq a enum:Ns.Sub.Type/Member)'],
  // precedence
  ['a or b and c', '(or a (and b c))'],
  ['a and b or c', '(or (and a b) c)'],
  ['(a or b) and c', '(and (or a b) c)'],
  ['a eq b and c ne d', '(and (eq a b) (ne c d))'],
  ['a gt b eq c lt d', '(eq (gt a b) (lt c d))'],
  ['a add b mul c sub d', '(sub (add a (mul b c)) d)'],
  ['a div b mod c divby d', '(divby (mod (div a b) c) d)'],
  ['a sub -5', '(sub a integer:-5)'],
  ['-a add - b', '(add (negate a) (negate b))'],
  ['-(-(5))', '(negate (negate integer:5))'],
  ['not a eq b', '(not (eq a b))'],
  ['not a and b', '(and (not a) b)'],
  ['not not a', '(not (not a))'],
  ['not (a or b) and not(c)', '(and (not (or a b)) (not c))'],
  ['(not a) eq true', '(eq (not a) boolean:true)'],
  ['(a)or(b)and(c)', '(or a (and b c))'],
  [" \t a  eq\n'x' ", '(eq a string:x)'],
  // names that look like keywords
  ['order eq 1 and android eq 2 and notes eq 3', '(and (and (eq order integer:1) (eq android integer:2)) (eq notes integer:3))'],
  ['nullable eq null and trueish eq true', '(and (eq nullable null:null) (eq trueish boolean:true))'],
  ['anything/all_of eq 1', '(eq anything/all_of integer:1)'],
  ['_parentcustomerid_value eq null', '(eq _parentcustomerid_value null:null)'],
  ['größe eq 1', '(eq größe integer:1)'],
  ['INFO eq -INFO', '(eq INFO (negate INFO))'],
  // calls, paths, lambda
  ["contains(name,'x') and startswith( a/b , 'y' )", '(and contains[name string:x] startswith[a/b string:y])'],
  ["tolower(concat(a,'b')) eq 'c'", '(eq tolower[concat[a string:b]] string:c)'],
  ['now() gt 2025-01-01', '(gt now[] date:2025-01-01)'],
  ['$it/name eq 1', '(eq $it/name integer:1)'],
  ['a in (1,2 , 3)', '(in a integer:1 integer:2 integer:3)'],
  ["a has Ns.T'x'", '(has a enum:Ns.T/x)'],
  ['kids/any()', '(any kids : )'],
  ['kids/any(k:k/age gt 3)', '(any kids k: (gt k/age integer:3))'],
  ['a/kids/all( k : k/toys/any(t: t/x eq k/y or $it/z eq 1) )', '(all a/kids k: (any k/toys t: (or (eq t/x k/y) (eq $it/z integer:1))))'],
  ['kids/$count gt 1', '(gt (count kids) integer:1)'],
  [
    "Microsoft.Dynamics.CRM.In(PropertyName='a',PropertyValues=['1','2'])",
    'Microsoft.Dynamics.CRM.In{PropertyName=~a PropertyValues=["1","2"]}',
  ],
  [
    "Microsoft.Dynamics.CRM.Between( PropertyName = 'a' , PropertyValues = [\"O'B\",2,null,true] )",
    'Microsoft.Dynamics.CRM.Between{PropertyName=~a PropertyValues=["O\'B",2,null,true]}',
  ],
  [
    "Microsoft.Dynamics.CRM.In(PropertyName='a',PropertyValues=['O''B','C:\\d'])",
    'Microsoft.Dynamics.CRM.In{PropertyName=~a PropertyValues=["O\'B","C:\\\\d"]}',
  ],
  [
    "Microsoft.Dynamics.CRM.LastXDays(PropertyName='a',PropertyValue=7)",
    'Microsoft.Dynamics.CRM.LastXDays{PropertyName=~a PropertyValue=~7}',
  ],
]

describe('DV-059 DV-061 DV-062 FO-052 filter trees', () => {
  test.each(TREES)('%s', (text, tree) => {
    expect(show(parseFilter(text, everything))).toBe(tree)
  })
})

function refusal(text: string, profile: ODataProfile) {
  try {
    parseFilter(text, profile)
  } catch (error) {
    if (isAppError(error)) return { code: error.code, ...error.details }
    throw error
  }
  return 'accepted'
}

const BAD: readonly (readonly [text: string, position: number])[] = [
  ['', 0],
  ['   ', 3],
  ['name eq', 7],
  ['name eq ', 8],
  ["name eq 'x", 8],
  ["name eq 'x''", 8],
  ["name foo 'x'", 5],
  ["name = 'x'", 5],
  ["name eq 'x')", 11],
  ["(name eq 'x'", 12],
  ['name eq "x"', 8],
  ["'x' 'y'", 4],
  ['a eq 1a', 5],
  ['a eq 12345678-', 13],
  ['a eq {6f1c2a90-3b7e-4d11-9a55-0d3c8e21f001}', 5],
  ['a eq 2025-02-30', 5],
  ['a eq 2025-13-01', 5],
  ['a eq 0000-01-01', 5],
  ['a eq 2025-02-01T25:00:00Z', 5],
  ['a eq 2025-02-01T10:00:00+15:00', 5],
  ['a eq 24:00', 5],
  ["a eq duration'1D'", 5],
  ["a eq binary'%'", 5],
  ["a eq guid'6f1c2a90-3b7e-4d11-9a55-0d3c8e21f001'", 5],
  ['a/', 2],
  ['a//b', 2],
  ['a eq 1 and', 10],
  ['and a', 4],
  ['a eq @p', 5],
  ['kids/all()', 0],
  ['kids/any(k)', 10],
  ["a eq 'x\0y'", 7],
  ["a eq 'x\ud800y'", 7],
  ['a eq 1; drop table x', 6],
  ["a eq 'x' -- and", 9],
  ["Microsoft.Dynamics.CRM.In(PropertyName='a',PropertyName='b')", 43],
  ["Microsoft.Dynamics.CRM.In(PropertyName='a',PropertyValues=['b)", 59],
]

test('a bad filter is refused with the position of what is wrong', () => {
  const found = BAD.map(([text]) => {
    const { code, position } = Object(refusal(text, everything))
    return [text, ['odata-syntax', 'odata-alias-missing'].includes(code) ? position : code]
  })
  expect(found).toEqual(BAD)
})

const REFUSED: readonly (readonly [text: string, profile: ODataProfile, details: Readonly<Record<string, unknown>>])[] = [
  ["tolower(name) eq 'x'", dataverseProfile, { function: 'tolower', position: 0 }],
  ['a eq 1 and year(createdon) eq 2025', dataverseProfile, { function: 'year', position: 11 }],
  ["name in ('a')", dataverseProfile, { operator: 'in', position: 5 }],
  ["a has N.T'x'", dataverseProfile, { operator: 'has', position: 2 }],
  ['a add 1 eq 2', dataverseProfile, { operator: 'add', position: 2 }],
  ['-a eq 2', dataverseProfile, { operator: '-', position: 0 }],
  ['kids/$count gt 1', dataverseProfile, { function: '$count', position: 0 }],
  ["Microsoft.Dynamics.CRM.Nope(PropertyName='a')", dataverseProfile, { function: 'Microsoft.Dynamics.CRM.Nope', position: 0 }],
  ["In(PropertyName='a')", dataverseProfile, { function: 'In', position: 0 }],
  ["contains(name,'x')", finOpsProfile, { function: 'contains', position: 0 }],
  ["startswith(name,'x')", finOpsProfile, { function: 'startswith', position: 0 }],
  ["a in ('x')", finOpsProfile, { operator: 'in', position: 2 }],
  ["a has N.T'x'", finOpsProfile, { operator: 'has', position: 2 }],
  ['kids/any(k:k/a eq 1)', finOpsProfile, { operator: 'any', position: 0 }],
  ["Microsoft.Dynamics.CRM.Today(PropertyName='a')", finOpsProfile, { function: 'Microsoft.Dynamics.CRM.Today', position: 0 }],
]

test('DV-063 FO-056 what a service does not know is refused by name', () => {
  for (const [text, profile, details] of REFUSED)
    expect(refusal(text, profile), text).toMatchObject({ code: 'odata-unsupported', ...details })
  expect(refusal("contains(name,'x') and a in (1)", permissiveFinOpsProfile)).toBe('accepted')
})

test('DV-062 a query function cannot be negated', () => {
  for (const text of [
    "not Microsoft.Dynamics.CRM.Last7Days(PropertyName='a')",
    "a eq 1 and not (Microsoft.Dynamics.CRM.Last7Days(PropertyName='a'))",
  ]) {
    expect(refusal(text, dataverseProfile)).toMatchObject({ code: 'odata-not-before-query-function' })
  }
})

test('spans point into the text', () => {
  const text = "a eq 'x' and kids/any(k:k/b gt 12)"
  const tree = parseFilter(text, dataverseProfile)
  const seen: string[] = []
  const visit = (node: Expression): void => {
    seen.push(text.slice(node.span.start, node.span.end))
    if (node.kind === 'binary') [node.left, node.right].forEach(visit)
    if (node.kind === 'lambda') [node.collection, ...(node.predicate === undefined ? [] : [node.predicate])].forEach(visit)
  }
  visit(tree)
  expect(seen).toEqual([text, "a eq 'x'", 'a', "'x'", 'kids/any(k:k/b gt 12)', 'kids', 'k/b gt 12', 'k/b', '12'])
})

/** A small generator of random numbers, so that a failing seed can be tried again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const SPAN = { start: 0, end: 0 }
const NAMES = ['a', 'name', 'INF_x', 'INFO', '_x_value', 'order', 'not_x', 'eq1']
const LITERALS: readonly (readonly [Literal['type'], string])[] = [
  ['string', "O'B"],
  ['string', ''],
  ['integer', '-5'],
  ['integer', '7'],
  ['decimal', '1.50'],
  ['double', '1e5'],
  ['double', '-INF'],
  ['null', 'null'],
  ['boolean', 'true'],
  ['date', '2025-02-01'],
  ['date-time', '2025-02-01T00:00:00Z'],
  ['guid', '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f001'],
  ['time', '10:00'],
  ['duration', 'P1D'],
]
const OPERATORS = ['or', 'and', 'eq', 'ne', 'gt', 'ge', 'lt', 'le', 'has', 'add', 'sub', 'mul', 'div', 'divby', 'mod'] as const

function randomExpression(random: (below: number) => number, depth: number): Expression {
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item
  const inner = () => randomExpression(random, depth - 1)
  const path = (): Expression & { readonly kind: 'path' } => ({
    kind: 'path',
    segments: Array.from({ length: 1 + random(2) }, () => pick(NAMES)),
    span: SPAN,
  })
  const kind = depth <= 0 ? random(2) : random(10)
  if (kind === 0) {
    const [type, value] = pick(LITERALS)
    return { kind: 'literal', type, value, span: SPAN }
  }
  if (kind === 1) return path()
  if (kind === 2) return { kind: 'not', operand: inner(), span: SPAN }
  if (kind === 3) return { kind: 'negate', operand: inner(), span: SPAN }
  if (kind === 4) return { kind: 'call', name: 'contains', args: [inner(), inner()], span: SPAN }
  if (kind === 5) return { kind: 'in', left: inner(), values: [inner(), inner()], span: SPAN }
  if (kind === 6)
    return { kind: 'lambda', operator: pick(['any', 'all']), collection: path(), variable: 'v', predicate: inner(), span: SPAN }
  if (kind === 7) return { kind: 'count', collection: path(), span: SPAN }
  return { kind: 'binary', operator: pick(OPERATORS), left: inner(), right: inner(), span: SPAN }
}

test('a formatted tree parses to the same tree', () => {
  const seed = Number(process.env.P2C_TEST_SEED ?? Date.now() % 1_000_000)
  const random = randomFrom(seed)
  for (let round = 0; round < 2000; round++) {
    const tree = randomExpression(random, 5)
    const text = formatFilter(tree)
    expect(show(parseFilter(text, everything)), `seed ${seed}, round ${round}: ${text}`).toBe(show(tree))
  }
  for (const [text] of TREES) {
    const tree = parseFilter(text, everything)
    expect(show(parseFilter(formatFilter(tree), everything)), text).toBe(show(tree))
  }
})
