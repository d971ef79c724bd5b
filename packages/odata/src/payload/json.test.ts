import { isAppError } from '@p2c/base'
import { describe, expect, test } from 'vitest'
import { isRawNumber, numberText, type ParseJsonOptions, parseJson, rawNumber, stringifyJson } from './json.ts'

function failure(text: string, options?: ParseJsonOptions): { code: string; position: unknown } {
  try {
    parseJson(text, options)
  } catch (error) {
    if (isAppError(error)) return { code: error.code, position: error.details.position }
    throw error
  }
  throw new Error(`was read: ${text.slice(0, 40)}`)
}

describe('FO-032 numbers keep their digits', () => {
  test.each([
    '9223372036854775807',
    '-9223372036854775808',
    '0.12345678901234567890',
    '1e400',
    '1E-7',
    '12345678901234567.5',
    '1.0000000000000000',
  ])('%s goes through unchanged', (digits) => {
    const text = `{"a":[${digits}],"b":"${digits}"}`
    const value = parseJson(text) as { a: unknown[] }
    expect(isRawNumber(value.a[0])).toBe(true)
    expect(numberText(value.a[0])).toBe(digits)
    expect(stringifyJson(value)).toBe(text)
  })

  test('short numbers are plain numbers, also beside long ones', () => {
    expect(parseJson('{"a":12480.5,"b":-0.05,"c":123456789012345}')).toEqual({ a: 12480.5, b: -0.05, c: 123456789012345 })
    expect(parseJson('[1,2.50,9007199254740993]')).toEqual([1, 2.5, rawNumber('9007199254740993')])
    expect(parseJson('[0.000000000012345]')).toEqual([0.000000000012345])
  })

  test('every number raw when asked', () => {
    const value = parseJson('[12480.50,0,{"a":-1}]', { numbers: 'raw' }) as unknown[]
    expect(stringifyJson(value)).toBe('[12480.50,0,{"a":-1}]')
    expect(numberText(value[0])).toBe('12480.50')
  })

  test('only JSON numbers are written raw', () => {
    expect(stringifyJson({ total: rawNumber('12480.5000') })).toBe('{"total":12480.5000}')
    for (const text of ['', '01', '1.', '.5', 'NaN', '1,2', '1}', '"1"', ' 1', '1\n']) expect(() => rawNumber(text)).toThrow(TypeError)
  })

  test('JSON that looks like a raw number is an object', () => {
    const value = parseJson('{"rawJSON":"1}{"}')
    expect(isRawNumber(value)).toBe(false)
    expect(stringifyJson(value)).toBe('{"rawJSON":"1}{"}')
  })
})

describe('JSON that is refused', () => {
  test.each([
    ['', 0],
    ['   ', 3],
    ['{', 1],
    ['{"a":1', 6],
    ['{"a" 1}', 5],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['{a:1}', 1],
    ["{'a':1}", 1],
    ['{"a":01}', 6],
    ['{"a":+1}', 5],
    ['{"a":.5}', 5],
    ['{"a":1.}', 6],
    ['{"a":tru}', 5],
    ['{"a":NaN}', 5],
    ['"abc', 4],
    ['"a\nb"', 2],
    ['"\\x"', 0],
    ['{} x', 3],
    ['undefined', 0],
  ])('%j at position %i', (text, position) => {
    expect(failure(text)).toEqual({ code: 'json-malformed', position })
    expect(failure(text, { numbers: 'raw' })).toEqual({ code: 'json-malformed', position })
  })

  test('what is too deep, at the bracket that goes too far', () => {
    expect(parseJson('[[[1]]]', { maxDepth: 3 })).toEqual([[[1]]])
    expect(failure('[[[1]]]', { maxDepth: 2 })).toEqual({ code: 'json-too-deep', position: 2 })
    expect(parseJson('["[[[[", "\\"[[["]', { maxDepth: 1 })).toEqual(['[[[[', '"[[['])
    const started = performance.now()
    expect(failure('['.repeat(5_000_000)).code).toBe('json-too-deep')
    expect(failure('{"a":'.repeat(1_000_000)).code).toBe('json-too-deep')
    expect(performance.now() - started).toBeLessThan(500)
  })

  test('what is too large, before it is read', () => {
    expect(failure('[1,2,3]', { maxLength: 6 }).code).toBe('json-too-large')
  })

  test('one number of a megabyte', () => {
    expect(failure(`[${'9'.repeat(1_000_000)}]`).code).toBe('json-malformed')
  })

  test.each(['{"__proto__":{"admin":true}}', '{"a":{"\\u005f_proto__":1}}'])('a prototype key: %s', (text) => {
    expect(failure(text).code).toBe('json-malformed')
    expect(({} as Record<string, unknown>).admin).toBeUndefined()
  })

  test('the message names position and what was found', () => {
    expect(() => parseJson('{"name":"Ada" "x":1}')).toThrow(/position 14: expected ',', found "\\"x\\":1}"/)
  })
})

test('texts, escapes, repeated names and a byte-order mark', () => {
  expect(parseJson('\ufeff{"a":"Øre \\u00e9 \\"q\\" \\n","a2":"__proto__"}')).toEqual({ a: 'Øre é "q" \n', a2: '__proto__' })
  expect(parseJson('{"a":1,"a":2}')).toEqual({ a: 2 })
  expect(parseJson('{"constructor":1,"toString":2,"n":12345678901234567890}')).toMatchObject({ constructor: 1, toString: 2 })
  expect(parseJson(' [ true , false , null , "\\\\" , 12345678901234567890 ] ')).toEqual([
    true,
    false,
    null,
    '\\',
    rawNumber('12345678901234567890'),
  ])
})

test('both parsers read random documents alike', () => {
  let seed = 20250211
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed % below
  }
  const make = (depth: number): unknown => {
    const kind = random(depth > 4 ? 5 : 7)
    if (kind === 0) return null
    if (kind === 1) return random(2) === 0
    if (kind === 2) return (random(2_000_000) - 1_000_000) / 100
    if (kind < 5) return String.fromCharCode(random(0x2fff) + 1, random(90) + 32, 0x22)
    const items = Array.from({ length: random(5) }, () => make(depth + 1))
    return kind === 5 ? items : Object.fromEntries(items.map((item, index) => [`${index}\\"`, item]))
  }
  for (let round = 0; round < 300; round += 1) {
    const text = JSON.stringify(make(0), null, random(3))
    expect(stringifyJson(parseJson(text, { numbers: 'raw' })), `seed 20250211, round ${round}`).toBe(JSON.stringify(JSON.parse(text)))
  }
})
