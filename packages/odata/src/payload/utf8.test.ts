import { expect, test } from 'vitest'
import { decodeUtf8 } from './utf8.ts'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

const VALID: readonly string[] = ['', 'plain', 'Ærøskøbing', '日本語', '😀', '\u0000', '\ufeffmarked', '\ud7ff\ue000\u{10ffff}']

test.each(VALID)('text is given back as it was encoded: %j', (text) => {
  expect(decodeUtf8(Buffer.from(text))).toBe(text)
})

const WRONG: readonly (readonly [what: string, input: Uint8Array, position: number])[] = [
  ['a byte that begins nothing', bytes(0x61, 0xff, 0x62), 1],
  ['a continuation without a beginning', bytes(0x80), 0],
  ['an overlong form of two bytes', bytes(0x61, 0x62, 0xc0, 0xaf), 2],
  ['an overlong form of three bytes', bytes(0xe0, 0x80, 0xaf), 0],
  ['an overlong form of four bytes', bytes(0xf0, 0x80, 0x80, 0xaf), 0],
  ['half of a surrogate pair', bytes(0x7b, 0xed, 0xa0, 0x80), 1],
  ['a surrogate pair of two sequences', bytes(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80), 0],
  ['a code point beyond U+10FFFF', bytes(0xf4, 0x90, 0x80, 0x80), 0],
  ['a sequence cut off at the end', bytes(0xc3, 0xa6, 0xe6, 0x97), 2],
  ['a sequence that ends early', bytes(0xe6, 0x97, 0x22), 0],
  ['Latin-1', Buffer.from('Tromsø AS', 'latin1'), 5],
]

test.each(WRONG)('%s is refused with its place', (_what, input, position) => {
  expect(() => decodeUtf8(input)).toThrow(expect.objectContaining({ code: 'text-malformed', details: { position } }))
})

test('a part of a larger buffer is read alone', () => {
  const whole = Buffer.from([0xff, 0x61, 0x62, 0xff])
  expect(decodeUtf8(whole.subarray(1, 3))).toBe('ab')
})
