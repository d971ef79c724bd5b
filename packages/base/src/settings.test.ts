import { expect, test } from 'vitest'
import { z } from 'zod'
import { isAppError } from './app-error.ts'
import { readSettings } from './settings.ts'

const schema = z.object({
  P2C_PORT: z.coerce.number().int().min(0).max(65_535),
  P2C_NAME: z.string(),
  P2C_MODE: z.enum(['a', 'b']).default('a'),
})

function problemOf(source: Record<string, unknown>): unknown {
  try {
    return readSettings(schema, source, 'server')
  } catch (error) {
    return error
  }
}

test('settings are read, converted and filled with defaults; other names are ignored', () => {
  expect(readSettings(schema, { P2C_PORT: '4000', P2C_NAME: 'x', PATH: '/bin' }, 'server')).toEqual({
    P2C_PORT: 4000,
    P2C_NAME: 'x',
    P2C_MODE: 'a',
  })
})

test('every problem is listed at once, with the name of its setting and of the program', () => {
  const problem = problemOf({ P2C_PORT: '70000', P2C_MODE: 'c' })
  expect(isAppError(problem) && problem).toMatchObject({ code: 'settings-invalid', category: 'schema' })
  expect(String(problem)).toMatch(/server.*P2C_PORT: .*P2C_NAME: .*P2C_MODE: /s)
})

test('the value of a refused setting does not appear: it may be a secret', () => {
  expect(String(problemOf({ P2C_PORT: 'pa55word', P2C_NAME: 'x' }))).not.toContain('pa55word')
})
