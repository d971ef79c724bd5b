import { isAppError } from '@p2c/base'
import { expect, test } from 'vitest'
import {
  dataverseProfile,
  filterToSql,
  finOpsProfile,
  formatFilter,
  type ODataProfile,
  parseFilter,
  parseRequest,
  SqlParameters,
  type SqlScope,
} from '../index.ts'

const LIMIT_MS = 50
const SIZE = 32_000
const wide = (unit: string): string => unit.repeat(Math.floor(SIZE / unit.length))

/** Texts that grow parsers, stacks or backtracking. */
const FILTERS: Readonly<Record<string, string>> = {
  'open parentheses': wide('('),
  'nested parentheses': `${'('.repeat(15_000)}a${')'.repeat(15_000)}`,
  'parentheses that never close': `a eq ${wide('(a or ')}`,
  'calls in calls': wide('contains(a,'),
  'lambdas in lambdas': wide('a/any(b:'),
  'lists in lists': `Microsoft.Dynamics.CRM.In(PropertyName='a',PropertyValues=${'['.repeat(20_000)}`,
  'objects in objects': `Microsoft.Dynamics.CRM.In(PropertyName='a',PropertyValues=${wide("{'a':")}`,
  'a row of not': `${wide('not ')}a`,
  'a row of minus': `${wide('-')}a`,
  'comparisons of comparisons': `a${wide(' eq a')}`,
  sums: `a${wide(' add 1')}`,
  'a long path': `a${wide('/a')}`,
  'a long number': '9'.repeat(SIZE),
  'a long text without end': `a eq '${'x'.repeat(SIZE)}`,
  'many quotes': `a eq ${"'".repeat(SIZE + 1)}`,
  'many blanks': `a${' '.repeat(SIZE)}`,
  'almost a guid': wide('6f1c2a90-3b7e-4d11-9a55-0d3c8e21f00 '),
  'hidden in double quotes': `"${'('.repeat(SIZE)}"`,
  'dots and slashes': wide('a.b/c.'),
  'one megabyte': 'a eq 1 or '.repeat(100_000),
  'a NUL at the end': `${wide('a eq 1 or ')}\0`,
  'half a surrogate pair': `a eq '${'x'.repeat(SIZE)}\udc00'`,
}

const CODES = ['odata-syntax', 'odata-too-deep', 'odata-too-long', 'odata-unsupported']

/** The fastest of three, since other processes share the machine. */
function fastest(parse: () => unknown) {
  const runs = [timed(parse), timed(parse), timed(parse)]
  return { ...timed(parse), elapsedMs: Math.min(...runs.map((run) => run.elapsedMs)) }
}

function timed(parse: () => unknown): { readonly code: string; readonly position: unknown; readonly elapsedMs: number } {
  const start = performance.now()
  try {
    parse()
    return { code: 'accepted', position: undefined, elapsedMs: performance.now() - start }
  } catch (error) {
    if (!isAppError(error)) throw error
    return { code: error.code, position: error.details.position, elapsedMs: performance.now() - start }
  }
}

/** Both profiles, and one where every operator is known, so that nothing stops early. */
const PROFILES: readonly ODataProfile[] = [
  dataverseProfile,
  finOpsProfile,
  { ...dataverseProfile, operators: [...finOpsProfile.operators, 'has'], inOperator: true },
]

test.each(Object.entries(FILTERS))('hostile filter: %s', (_name, filter) => {
  for (const profile of PROFILES) {
    const result = fastest(() => parseFilter(filter, profile))
    if (result.code !== 'accepted') {
      expect(CODES).toContain(result.code)
      expect(result.position).toEqual(expect.any(Number))
    }
    expect(result.elapsedMs).toBeLessThan(LIMIT_MS)
  }
})

const URLS: Readonly<Record<string, string>> = {
  'one megabyte of path': `accounts/${'a'.repeat(1_000_000)}`,
  'one megabyte of query': `accounts?$filter=${'a'.repeat(1_000_000)}`,
  'many options': `accounts?${wide('x=1&')}`,
  'many aliases': `accounts?${Array.from({ length: 4000 }, (_, index) => `@a${index}=1`).join('&')}`,
  'many segments': wide('a/'),
  'nested keys': wide('a('),
  'nested expands': `accounts?$expand=${wide('a($expand=')}`,
  'many expands': `accounts?$expand=${wide('a,')}a`,
  'bad percent-encoding': `accounts?$filter=${wide('%20')}%`,
  'overlong encoding': 'accounts?$filter=%C0%80',
  'a surrogate in UTF-8': 'accounts?$filter=%ED%A0%80',
  'NUL in a key': "accounts(a='%00')",
  'an alias in an alias': 'accounts?$filter=a eq @b&@b=@b',
  'deep JSON': `F(a=@a)?@a=${'['.repeat(SIZE)}`,
  'many encoded slashes': `accounts(a='${wide('%2F')}')x`,
}

test.each(Object.entries(URLS))('hostile URL: %s', (_name, url) => {
  for (const profile of PROFILES) {
    const result = fastest(() => parseRequest(url, { profile }))
    if (result.code !== 'accepted') expect(result.position).toEqual(expect.any(Number))
    expect(result.elapsedMs).toBeLessThan(LIMIT_MS)
  }
})

test('what is refused names its limit', () => {
  expect(timed(() => parseRequest('a'.repeat(40_000), { profile: dataverseProfile }))).toMatchObject({
    code: 'odata-too-long',
    position: 32_768,
  })
  expect(timed(() => parseRequest(`a?x=${'a'.repeat(40_000)}`, { profile: dataverseProfile, inBatch: true })).code).toBe('accepted')
  expect(timed(() => parseFilter(`${'('.repeat(100)}a${')'.repeat(100)}`, dataverseProfile)).code).toBe('accepted')
  expect(timed(() => parseFilter(`${'('.repeat(101)}a${')'.repeat(101)}`, dataverseProfile))).toMatchObject({
    code: 'odata-too-deep',
    position: 100,
  })
})

test('thousands of alternatives give a shallow tree', () => {
  const filter = parseFilter(Array.from({ length: 3000 }, (_, index) => `a eq ${index}`).join(' or '), dataverseProfile)
  const depth = (node: unknown): number => {
    const { left, right } = Object(node)
    return left === undefined ? 1 : 1 + Math.max(depth(left), depth(right))
  }
  expect(depth(filter)).toBeLessThan(20)
})

test('any text is either parsed or refused: mutations of a good request', () => {
  const seed = Number(process.env.P2C_TEST_SEED ?? Date.now() % 1_000_000)
  let state = seed >>> 0
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const good =
    "accounts(a='x',b=@p)?$filter=contains(name,'a''b') and not (c/any(d:d/e gt 5.5)) and f eq 2025-02-01T00:00:00Z&@p=['1',{\"a\":null}]&" +
    '$expand=g($select=h;$filter=i eq null),j/$ref&$orderby=k desc&$apply=groupby((l),aggregate(m with sum as n))&$top=5'
  const alphabet = '()[]{}\'",;:=&?/@$%+-.*0aAeqT \u0000\ud800é'
  for (let round = 0; round < 5000; round++) {
    const characters = good.split('')
    for (let change = 0; change <= random(3); change++)
      characters.splice(random(characters.length), random(3), alphabet[random(alphabet.length)] ?? '')
    const url = characters.join('')
    const { code } = timed(() => parseRequest(url, { profile: PROFILES[2] ?? dataverseProfile }))
    expect(code, `seed ${seed}, round ${round}: ${JSON.stringify(url)}`).toMatch(/^(accepted|odata-)/)
  }
})

test('a tree that passes can be translated and written again without exhausting the stack', () => {
  const profile = { ...dataverseProfile, operators: [...finOpsProfile.operators] }
  const scope: SqlScope = { typeName: 'T', column: () => ({ sql: 'a', type: 'boolean', nullable: true }) }
  const levels = (count: number, chain: string): string => `${'('.repeat(count)}a${`${chain})`.repeat(count)}`
  const filters = [
    levels(99, `${' eq a'.repeat(60)} or a`),
    levels(99, `${' eq a'.repeat(3)} or a`),
    levels(99, `${' or a and a'.repeat(8)}`),
    levels(99, `${' or a'.repeat(60)} and a`),
    `${'not ('.repeat(90)}a${')'.repeat(90)}`,
  ]
  const accepted = filters.filter((filter) => {
    const { code } = timed(() => {
      const tree = parseFilter(filter, profile)
      formatFilter(tree)
      filterToSql(tree, scope, { parameters: new SqlParameters(), profile })
    })
    expect(code, filter.slice(0, 200)).toMatch(/^(accepted|odata-too-deep)$/)
    return code === 'accepted'
  })
  expect(accepted.length).toBeGreaterThan(0)
})
