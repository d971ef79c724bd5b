import type { ErrorCategory } from '@p2c/base'
import { z } from 'zod'

/** The body of every refusal of the integrator's REST API. */
export const errorBody = z
  .object({
    error: z.object({
      category: z.string(),
      code: z.string(),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
  })
  .meta({ id: 'Error' })
export type ErrorBody = z.infer<typeof errorBody>

/** Codes with a status of their own; every other code takes the status of its category. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  'request-invalid': 400,
  'token-invalid': 401,
  'route-unknown': 404,
  'project-unknown': 404,
  'execution-unknown': 404,
  'connection-set-unknown': 404,
  'explained-entity-unknown': 404,
  'record-unknown': 404,
  'database-away': 503,
}

const STATUS_OF_CATEGORY: Record<ErrorCategory, number> = {
  auth: 502,
  connectivity: 502,
  throttling: 503,
  schema: 422,
  mapping: 422,
  data: 422,
  reference: 422,
  'business-rule': 422,
  conflict: 409,
  internal: 500,
}

/** The HTTP status of an error code. Source: this table and nothing else. */
export const statusOf = (code: string, category: ErrorCategory): number => STATUS_OF_CODE[code] ?? STATUS_OF_CATEGORY[category]
