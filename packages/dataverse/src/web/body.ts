import { parseJson } from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'
import type { WireRequest } from './exchange.ts'

/** The JSON body of a request. A missing body, another media type or broken JSON is refused. */
export function readJsonBody(request: WireRequest, entitySet: string): unknown {
  if (request.body === undefined || request.body.trim() === '') throw wireErrors.badPayload(entitySet, 'The request has no body.')
  const type = request.header('content-type')
  if (type !== undefined && !/^application\/(?:[\w.+-]*\+)?json\b/i.test(type.trim())) {
    throw wireErrors.badPayload(entitySet, `The media type '${type.slice(0, 100)}' is not supported: send application/json.`)
  }
  return parseJson(request.body)
}

/** The JSON body as an object. */
export function readJsonObject(request: WireRequest, entitySet: string): Readonly<Record<string, unknown>> {
  const body = readJsonBody(request, entitySet)
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw wireErrors.badPayload(entitySet, 'The body must be a JSON object.')
  return body as Record<string, unknown>
}
