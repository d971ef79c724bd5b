import { expect, test } from 'vitest'
import { decodePosition, encodePosition, formatDeltaToken, parseDeltaToken } from './change-position.ts'

test('a position is digits and leads back to its snapshot', () => {
  for (const snapshot of ['100:100:', '100:105:100,103', '7:9:7', '1:18446744073:1,2,3,44']) {
    const digits = encodePosition(snapshot)
    expect(digits).toMatch(/^\d+$/)
    expect(decodePosition(digits)).toBe(snapshot)
  }
  expect(encodePosition('503115:503115:')).toBe('503115')
  for (const bad of ['', 'x', '-1', '0', '1'.repeat(25), '9'.repeat(30_000)]) expect(decodePosition(bad)).toBeUndefined()
})

test('a delta token has digits and a time', () => {
  const issuedAt = new Date('2025-02-11T09:30:00Z')
  expect(formatDeltaToken({ position: '503115', issuedAt })).toBe('503115!02/11/2025 09:30:00')
  expect(parseDeltaToken('503115!02/11/2025 09:30:00')).toEqual({ position: '503115', issuedAt })
  for (const bad of ['', '1', '1!', '1!2025-02-11', '1!13/45/2025 00:00:00', 'x!02/11/2025 09:30:00'])
    expect(parseDeltaToken(bad)).toBeUndefined()
})
