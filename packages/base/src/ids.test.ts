import { expect, test } from 'vitest'
import { randomIds } from './ids.ts'

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

test('a guid is lower case with hyphens and new each time', () => {
  const guids = Array.from({ length: 1000 }, () => randomIds.guid())
  expect(guids.every((guid) => GUID.test(guid))).toBe(true)
  expect(new Set(guids).size).toBe(guids.length)
})

test('a guid of time is version 7, carries its milliseconds and sorts by them', () => {
  const times = ['1970-01-01T00:00:00.000Z', '2024-03-01T08:00:00.000Z', '2024-03-01T08:00:00.001Z', '2999-12-31T23:59:59.999Z']
  const guids = times.map((time) => randomIds.timeGuid(new Date(time)))
  expect(guids.every((guid) => GUID.test(guid) && guid[14] === '7' && '89ab'.includes(guid.charAt(19)))).toBe(true)
  expect([...guids].sort()).toEqual(guids)
  expect(guids.map((guid) => new Date(Number.parseInt(guid.replace('-', '').slice(0, 12), 16)).toISOString())).toEqual(times)
})

test('text has the length and the alphabet that are asked for, and uses all of it', () => {
  const text = randomIds.text(2000, 'ABC')
  expect(text).toMatch(/^[ABC]{2000}$/)
  expect(new Set(text)).toEqual(new Set('ABC'))
  expect(randomIds.text(0, 'ABC')).toBe('')
})
