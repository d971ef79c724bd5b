import type { ErrorBody } from '@p2c/api'
import { refuseUnreadable } from '@p2c/base'

const MESSAGES = {
  'head-too-large': 'The address and headers of the request are too long. Shorten the query.',
  'not-http': 'These bytes are no HTTP request. The contract is at /openapi.json.',
} as const

/** Answers bytes that are no HTTP request, and a head beyond the limit, with the error body of the contract. */
export const answerUnreadable = refuseUnreadable((problem) => ({
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify({ error: { category: 'schema', code: 'request-invalid', message: MESSAGES[problem] } } satisfies ErrorBody),
}))
