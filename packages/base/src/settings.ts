import type { z } from 'zod'
import { AppError } from './app-error.ts'

/**
 * Checks a program's settings against its schema and lists every problem at once.
 * Called from `main.ts` only: nothing below reads the environment.
 * Throws `settings-invalid`.
 */
export function readSettings<Schema extends z.ZodType>(
  schema: Schema,
  source: Readonly<Record<string, unknown>>,
  program: string,
): z.output<Schema> {
  const result = schema.safeParse(source)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || '(settings)'}: ${issue.message}`)
  throw new AppError({
    category: 'schema',
    code: 'settings-invalid',
    message: `Settings of ${program} are not usable: ${problems.join('; ')}. Correct them and start again.`,
    details: { problems },
  })
}
