import { isAppError, isDatabaseAway, type Logger } from '@p2c/base'
import { type InfologEntry, type InfologPlace, writeFailure } from '../domain/messages.ts'

/** An answer before it is sent, alone or as a part of a batch. */
export interface DataResponse {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

export const ODATA_VERSION = ['OData-Version', '4.0'] as const

/** How much control information a reply carries. */
export const METADATA_LEVELS = ['none', 'minimal', 'full'] as const
export type MetadataLevel = (typeof METADATA_LEVELS)[number]

/** A JSON reply. */
export function jsonResponse(
  status: number,
  body: string,
  options: { readonly level?: MetadataLevel; readonly headers?: DataResponse['headers'] } = {},
): DataResponse {
  const contentType = ['Content-Type', `application/json; odata.metadata=${options.level ?? 'minimal'}`] as const
  return { status, headers: [...(options.headers ?? []), contentType, ODATA_VERSION], body }
}

export const noContent: DataResponse = { status: 204, headers: [ODATA_VERSION] }

export const textResponse = (body: string, contentType = 'text/plain'): DataResponse => ({
  status: 200,
  headers: [['Content-Type', `${contentType};charset=utf-8`], ODATA_VERSION],
  body,
})

/** Types that the innermost error carries. Source: protocol specification, 10 and 12. */
const WRITE_EXCEPTION = 'Microsoft.Dynamics.Platform.Integration.Services.OData.AxODataWriteException'
const QUERY_EXCEPTION = 'Microsoft.OData.ODataException'
const ACTION_EXCEPTION = 'System.InvalidOperationException'

interface ErrorFacts {
  readonly status: number
  readonly message: string
  readonly inner?: { readonly message: string; readonly type: string }
}

/** The error body; the stack is always empty: what happened inside is in the log, under the activity id of the reply. */
export function errorResponse({ status, message, inner }: ErrorFacts): DataResponse {
  const innererror = inner === undefined ? undefined : { ...inner, stacktrace: '' }
  return jsonResponse(status, JSON.stringify({ error: { code: '', message, ...(innererror && { innererror }) } }))
}

const GENERAL = 'An error has occurred.'

/**
 * The reply to a failure of ours, with its cause in the log only: 503 while the database is away, else 500. Without `Retry-After`, which the
 * protocol has for 429 alone (section 2).
 */
export function serverFailure(log: Logger, error: unknown, facts: Readonly<Record<string, unknown>>): DataResponse {
  if (isDatabaseAway(error)) {
    log.warn({ err: error, ...facts }, 'the database is away: a request is answered 503')
    return errorResponse({ status: 503, message: GENERAL })
  }
  log.error({ err: error, ...facts }, 'a request failed')
  return errorResponse({ status: 500, message: GENERAL })
}

/** PATCH, PUT or DELETE of a row that does not exist, or not in a company that the call may see. */
export const noRowToUpdate = errorResponse({
  status: 400,
  message: GENERAL,
  inner: { message: 'No resources were found when selecting for update.', type: WRITE_EXCEPTION },
})

/** A refused write: 400 alone, 500 inside a batch, as current builds answer (protocol specification, open point 3). */
export const writeRefused = (place: InfologPlace, infolog: readonly InfologEntry[], isInBatch: boolean): DataResponse =>
  errorResponse({
    status: isInBatch ? 500 : 400,
    message: GENERAL,
    inner: { message: writeFailure(place, infolog), type: WRITE_EXCEPTION },
  })

/** A body that cannot be read as this entity. `problem` names the property. */
export const invalidRequest = (problem: string): DataResponse =>
  errorResponse({ status: 400, message: 'The request is invalid.', inner: { message: problem, type: QUERY_EXCEPTION } })

/** A query option that cannot be answered. */
export const badQuery = (problem: string): DataResponse =>
  errorResponse({
    status: 400,
    message: `The query specified in the URI is not valid. ${problem}`,
    inner: { message: problem, type: QUERY_EXCEPTION },
  })

/** An action that failed inside. */
export const actionFailed = (action: string, entity: string, infolog: string): DataResponse =>
  errorResponse({
    status: 400,
    message: GENERAL,
    inner: { message: `Exception occurred while executing action ${action} on Entity ${entity}: ${infolog}`, type: ACTION_EXCEPTION },
  })

/** An action without one of its parameters. */
export const missingParameter = (name: string): DataResponse =>
  errorResponse({
    status: 400,
    message: GENERAL,
    inner: { message: `Parameter '${name}' is not found within the request content body.`, type: QUERY_EXCEPTION },
  })

export const staleEtag = errorResponse({
  status: 412,
  message: GENERAL,
  inner: { message: 'The record was changed by another user. Read it again and repeat the change.', type: WRITE_EXCEPTION },
})

/** The row does not exist: a keyed read. */
export const noSuchRow = errorResponse({ status: 404, message: 'No resource was found for the given key.' })

export const forbidden = (collection: string): DataResponse =>
  errorResponse({ status: 403, message: `Access denied: the user is not permitted to use the data entity ${collection}.` })

export const methodNotAllowed = (method: string): DataResponse =>
  errorResponse({ status: 405, message: `The requested resource does not support http method '${method}'.` })

/** No route leads to this address: an unknown set, or a key that is not complete. The body has no `error`. */
export const routeMiss = (url: string): DataResponse => ({
  status: 404,
  headers: [['Content-Type', 'application/json; charset=utf-8']],
  body: JSON.stringify({
    Message: `No HTTP resource was found that matches the request URI '${url.slice(0, 2_000)}'. No route data was found for this request.`,
  }),
})

/** Status of refusals that the shared parsers throw; every other code of theirs is a bad query. */
const PARSER_STATUS: Readonly<Record<string, number>> = {
  'odata-too-long': 414,
  'batch-media-type': 415,
  'batch-too-large': 413,
  'json-too-large': 413,
}

/** A refusal of the shared parsers as a reply; undefined for anything else, which is an error of ours. */
export function parserRefusal(error: unknown): DataResponse | undefined {
  if (!isAppError(error)) return undefined
  const status = PARSER_STATUS[error.code]
  if (status !== undefined) return errorResponse({ status, message: error.message })
  if (error.code.startsWith('odata-')) return badQuery(error.message)
  if (error.code === 'text-malformed' || error.code.startsWith('batch-') || error.code.startsWith('json-'))
    return invalidRequest(error.message)
  return undefined
}
