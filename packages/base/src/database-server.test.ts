import { expect, test } from 'vitest'
import { assertSupported, databaseUrl, ensureDatabase, localeClauses } from './database-server.ts'

const VERSIONS: readonly (readonly [number, 'refused' | 'builtin' | 'libc'])[] = [
  [90_624, 'refused'],
  [140_012, 'refused'],
  [149_999, 'refused'],
  [150_000, 'libc'],
  [160_003, 'libc'],
  [170_000, 'builtin'],
  [180_004, 'builtin'],
]

test.each(VERSIONS)('server version %i: %s', (version, expected) => {
  if (expected === 'refused') {
    expect(() => assertSupported(version)).toThrow(
      expect.objectContaining({ code: 'database-too-old', message: expect.stringMatching(/version 15 or newer/) }),
    )
    return
  }
  expect(() => assertSupported(version)).not.toThrow()
  const clauses = localeClauses(version)
  expect(clauses.every((clause) => clause.includes(`locale_provider ${expected}`) && clause.includes("lc_collate 'C'"))).toBe(true)
})

test.each(['', 'Upper', '1st', 'a-b', 'a"b', 'a; drop table x', 'é', 'a'.repeat(64)])('%j is no database name', async (name) => {
  await expect(ensureDatabase('postgres://127.0.0.1:1/postgres', name)).rejects.toThrow(/not a database name/)
})

test('the address of a database keeps account, host, port and options of the server', () => {
  expect(databaseUrl('postgres://u:p%40@h:5433/postgres?sslmode=require', 'p2c_sales')).toBe(
    'postgres://u:p%40@h:5433/p2c_sales?sslmode=require',
  )
  expect(databaseUrl('postgres://h', 'x')).toBe('postgres://h/x')
})
