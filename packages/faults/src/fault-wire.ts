import type { TokenIssuer } from '@p2c/base'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FaultControl } from './fault-control.ts'
import type { LimitReason, Limits } from './limits.ts'

/** An answer in the words of an API. */
export interface FaultAnswer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

/** Whom an address belongs to: `service`: secured and throttled; `exempt`: secured, never throttled; `open`: neither. */
export type AddressClass = 'service' | 'exempt' | 'open'

/** Why a 429 is sent. */
export interface ThrottleFacts {
  readonly reason: LimitReason
  readonly seconds: number
  /** By a rule; otherwise by the limits. */
  readonly isInjected: boolean
  readonly limits: Limits
}

/** How one API looks from outside, so that a fault looks like the API's own. `url` is path and query as sent. */
export interface FaultWire {
  classOf(url: string): AddressClass
  /** True for a request whose answer continues an earlier read, and so can have expired. */
  isIncrement(method: string, url: string): boolean
  isBatch(url: string): boolean
  /** 429; the caller adds `Retry-After`. */
  tooManyRequests(request: FastifyRequest, facts: ThrottleFacts): FaultAnswer
  /** 500. */
  serverError(request: FastifyRequest): FaultAnswer
  /** 401, as for a token that has expired. */
  unauthorized(request: FastifyRequest): FaultAnswer
  /** An increment whose start is too long ago. */
  expiredIncrement(request: FastifyRequest): FaultAnswer
  /** Sends with the headers that all answers of the API carry. */
  send(reply: FastifyReply, answer: FaultAnswer): FastifyReply
  /** Replies carry the headers of service protection, unless the limits say otherwise. */
  readonly sendsLimitHeaders: boolean
}

/** What faults need of the application they belong to. */
export interface FaultDeps {
  readonly control: FaultControl
  /** Judges tokens by the time that it is given. */
  readonly identity: TokenIssuer
  readonly wire: FaultWire
}

/** The issuer with the clock of `control`: its tokens begin and end by the time that clients see. */
export const shiftedIssuer = (identity: TokenIssuer, { clock }: Pick<FaultControl, 'clock'>): TokenIssuer => ({
  answerTokenRequest: (form, now = clock.now()) => identity.answerTokenRequest(form, now),
  answerDeviceRequest: (form, { verificationUri, now = clock.now() }) => identity.answerDeviceRequest(form, { verificationUri, now }),
  answerDeviceDecision: (form, { authorization, now = clock.now() }) => identity.answerDeviceDecision(form, { authorization, now }),
  verifyToken: (authorization, now = clock.now()) => identity.verifyToken(authorization, now),
})
