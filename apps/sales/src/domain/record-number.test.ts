import { randomIds } from '@p2c/base'
import { describe, expect, test } from 'vitest'
import { counterAfter, formatRecordNumber, LONGEST_RECORD_NUMBER, needsNumber, SUFFIX_ALPHABET } from './record-number.ts'

describe('S1 numbers of accounts and contacts', () => {
  test.each([
    ['ACC', 1000, 'BVRCPS', 'ACC-01000-BVRCPS'],
    ['CON', 1001, 'K4L2M8', 'CON-01001-K4L2M8'],
    ['ACC', 1, 'ABCD', 'ACC-00001-ABCD'],
    ['ACC', 99999, 'ABCDEF', 'ACC-99999-ABCDEF'],
    ['ACC', 123456, 'ABCDEF', 'ACC-123456-ABCDEF'],
    ['ac', 1000, 'abcd', 'AC-01000-ABCD'],
  ])('%s %d %s is written %s', (prefix, counter, suffix, expected) => {
    expect(formatRecordNumber({ prefix, counter, suffix })).toBe(expected)
  })

  test('a number of nine digits fits the column, one of ten digits needs a shorter suffix', () => {
    expect(formatRecordNumber({ prefix: 'ACC', counter: 999_999_999, suffix: 'ABCDEF' })).toHaveLength(LONGEST_RECORD_NUMBER)
    expect(formatRecordNumber({ prefix: 'ACC', counter: 2_147_483_647, suffix: 'ABCD' }).length).toBeLessThanOrEqual(LONGEST_RECORD_NUMBER)
  })

  test('a drawn suffix has upper-case letters and digits only', () => {
    expect(randomIds.text(6, SUFFIX_ALPHABET)).toMatch(/^[A-Z0-9]{6}$/)
    expect(new Set(SUFFIX_ALPHABET).size).toBe(36)
  })

  test('a sequence ends at the largest integer', () => {
    expect(counterAfter(1000, 1000)).toBe(2000)
    expect(counterAfter(2_147_483_646, 1)).toBe(2_147_483_647)
    expect(counterAfter(2_147_483_647, 1)).toBeUndefined()
  })

  test.each([
    [undefined, true],
    [null, true],
    ['', true],
    ['  ', true],
    ['HMS-1001', false],
    [0, false],
  ])('a given %j needs a number: %j', (given, expected) => {
    expect(needsNumber(given)).toBe(expected)
  })
})
