import { type FaultWire, type LimitReason, limitMessage } from '@p2c/faults'
import { parsePrefer } from '@p2c/odata'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { PlatformError } from '../errors/platform-error.ts'
import { wireErrors } from '../errors/wire-errors.ts'
import { errorAnswer } from './error-answer.ts'
import type { WireAnswer } from './exchange.ts'

/** Where callers sign in. */
export interface SignIn {
  /** `https://host`, without a path. */
  readonly base: string
  readonly tenant: string
}

/** The answer to a call without a token that is good. Source: wire specification 2.1, DV-004. */
export function unauthorized({ base, tenant }: SignIn): WireAnswer {
  const challenge = `Bearer authorization_uri=${base}/${tenant}/oauth2/authorize, resource_id=${base}/`
  const refused = errorAnswer(
    new PlatformError(401, '', 'The request has no valid bearer token: ask the token end point for one.'),
    () => false,
  )
  return { ...refused, headers: [...refused.headers, ['WWW-Authenticate', challenge]] }
}

/** Source: wire specification 17. */
const CODES: Record<LimitReason, string> = { requests: '0x80072322', 'execution-time': '0x80072321', concurrency: '0x80072326' }

export interface FaultWireOptions {
  readonly signInOf: (request: FastifyRequest) => SignIn
  readonly send: (reply: FastifyReply, answer: WireAnswer) => FastifyReply
}

/** Faults and limits in the words of the Dataverse Web API. Source: wire specification 12, 16, 17. */
export const dataverseFaultWire = ({ signInOf, send }: FaultWireOptions): FaultWire => ({
  classOf: (url) => (url.startsWith('/api/data/') ? 'service' : 'open'),
  isIncrement: (method, url) => method === 'GET' && /[?&](?:\$|%24)deltatoken=/i.test(url),
  isBatch: (url) => /^\/api\/data\/[^/?]+\/(?:\$|%24)batch(?:\?|$)/i.test(url),
  tooManyRequests: (request, { reason, limits }) => refusal(request, new PlatformError(429, CODES[reason], limitMessage(reason, limits))),
  serverError: (request) => refusal(request, wireErrors.unexpected()),
  unauthorized: (request) => unauthorized(signInOf(request)),
  expiredIncrement: (request) => refusal(request, wireErrors.deltaExpired()),
  send,
  sendsLimitHeaders: true,
})

/** Annotations of the error only for those who asked for them, as everywhere (DV-109). */
function refusal(request: FastifyRequest, error: PlatformError): WireAnswer {
  const { includeAnnotations } = parsePrefer(request.headers.prefer)
  return errorAnswer(error, (name) => includeAnnotations?.(name) ?? false)
}
