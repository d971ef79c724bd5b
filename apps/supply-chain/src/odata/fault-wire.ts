import { type FaultWire, limitMessage } from '@p2c/faults'
import type { FastifyReply } from 'fastify'
import { actionFailed, type DataResponse, errorResponse } from './response.ts'

/** Paths that need a bearer token; everything else is open: health, tokens, signed package addresses. */
export const isProtected = (url: string): boolean => /^\/(?:data|metadata|api)(?:[/?]|$)/.test(url)

/** Actions of data packages and files of recurring integrations, which service protection leaves alone. Source: protocol specification 21, FO-111. */
const PACKAGE_CALLS = /^\/(?:data\/DataManagementDefinitionGroups(?:[/?(]|$)|api\/connector\/)/
/** An increment is the next export of a data project with change tracking. Source: protocol specification 18. */
const EXPORT = /^\/data\/DataManagementDefinitionGroups\/[\w.]*\.(ExportToPackage(?:Async|Preview)?)(?:[?(]|$)/

/** The answer to a call without a token that is good, or of a client that is mapped to no user. */
export const unauthorized: DataResponse = withChallenge(
  errorResponse({
    status: 401,
    message: 'The request needs a bearer token of this application, issued to a client that is mapped to a user.',
  }),
)

function withChallenge(response: DataResponse): DataResponse {
  return { ...response, headers: [...response.headers, ['WWW-Authenticate', 'Bearer']] }
}

/** Faults and limits in the words of F&O. Source: protocol specification 12, 18, 21; FO-111, FO-113, FO-114. */
export const finOpsFaultWire = (send: (reply: FastifyReply, answer: DataResponse) => FastifyReply): FaultWire => ({
  classOf: (url) => (isProtected(url) ? (PACKAGE_CALLS.test(url) ? 'exempt' : 'service') : 'open'),
  isIncrement: (method, url) => method === 'POST' && EXPORT.test(url),
  isBatch: (url) => /^\/data\/(?:\$|%24)batch(?:\?|$)/i.test(url),
  tooManyRequests: (_request, { reason, seconds, isInjected, limits }) =>
    isInjected ? tooBusy(seconds) : errorResponse({ status: 429, message: limitMessage(reason, limits) }),
  serverError: () => errorResponse({ status: 500, message: 'An error has occurred.' }),
  unauthorized: () => unauthorized,
  expiredIncrement: (request) =>
    actionFailed(
      EXPORT.exec(request.url)?.[1] ?? '',
      'DataManagementDefinitionGroup',
      'Change tracking of the definition group is no longer valid. Export everything once and continue from there.',
    ),
  send,
  sendsLimitHeaders: false,
})

const tooBusy = (seconds: number): DataResponse =>
  errorResponse({
    status: 429,
    message: `This request could not be processed at this time due to system experiencing high resource utilization. Please retry the request after ${seconds} seconds`,
  })

/** 429 of a part of a batch, with its own `Retry-After`. Source: protocol specification 11, FO-073. */
export function throttledPart(seconds: number): DataResponse {
  const response = tooBusy(seconds)
  return { ...response, headers: [...response.headers, ['Retry-After', String(seconds)]] }
}
