import type { Clock } from '../clock.ts'
import { type Ids, randomIds } from '../ids.ts'
import { readAccessToken, signAccessToken, signClaims } from './access-token.ts'
import { createDeviceSignIn, type DeviceBody } from './device-sign-in.ts'
import * as refusals from './token-errors.ts'
import { type TokenErrorBody, type TokenRefusal, toErrorBody } from './token-errors.ts'
import {
  checkSecret,
  field,
  isSameId,
  type KnownParties,
  readAudience,
  readClient,
  repetition,
  type TokenClient,
  type TokenForm,
  withoutSlash,
} from './token-form.ts'

/** What a token issuer needs. */
export interface TokenIssuerOptions {
  /** Address of the program that issues and takes the tokens, without a slash at its end. */
  readonly issuer: string
  /** Signs the tokens; at least 32 random bytes, the same after a restart so that tokens stay good. */
  readonly key: Uint8Array
  readonly clock: Clock
  readonly clients: readonly TokenClient[]
  /** Default 3600. */
  readonly lifetimeSeconds?: number
  /** Resources that tokens are issued and taken for; default: the issuer. Asked on each use, so a port chosen late is fine. */
  readonly resources?: () => readonly string[]
  readonly ids?: Ids
}

/** Body of a granted token request. */
export interface TokenBody {
  readonly token_type: 'Bearer'
  readonly expires_in: number
  readonly ext_expires_in: number
  readonly access_token: string
  /** Of a person's sign-in: the scopes that were asked for. */
  readonly scope?: string
  /** With `offline_access` among the scopes. */
  readonly refresh_token?: string
  /** With `openid` among the scopes. */
  readonly id_token?: string
}

/** Status and body of the reply to a token request. */
export type TokenAnswer = { readonly status: 200; readonly body: TokenBody } | { readonly status: 400 | 401; readonly body: TokenErrorBody }

/** Status and body of the reply to a device that begins to sign in. */
export type DeviceAnswer =
  | { readonly status: 200; readonly body: DeviceBody }
  | { readonly status: 400 | 401; readonly body: TokenErrorBody }

/** Status and body of the reply to who decides on the sign-in of a device. */
export type DecisionAnswer =
  | { readonly status: 200; readonly body: { readonly result: 'approved' | 'declined' } }
  | { readonly status: 400 | 401; readonly body: TokenErrorBody }

/** Why an `Authorization` header is not accepted. `unknown-client`: a good token of a client that is registered no more. */
export const TOKEN_PROBLEMS = [
  'missing',
  'malformed',
  'bad-signature',
  'not-yet-valid',
  'expired',
  'wrong-issuer',
  'wrong-audience',
  'unknown-client',
] as const
export type TokenProblem = (typeof TOKEN_PROBLEMS)[number]

/** Judgement on an `Authorization` header. */
export type TokenVerdict =
  | { readonly ok: true; readonly clientId: string; readonly audience: string; readonly expiresAt: Date }
  | { readonly ok: false; readonly reason: TokenProblem }

/** What deciding on a device needs beside its form: who decides, and when. */
export interface DecisionFacts {
  /** `Authorization` header of the request. */
  readonly authorization?: string | undefined
  readonly now?: Date
}

/** Sign-in of programs to a local application: client credentials, device codes and their renewal, and the check of all tokens. */
export interface TokenIssuer {
  /**
   * Answers a token request: fields of the v2 end point (`scope` = `<resource>/.default`) or of the v1 end point (`resource`); of a device that
   * asks for its token; of a refresh token. Sources: Dataverse specification 2.1, F&O specification 2. Never throws.
   */
  answerTokenRequest(form: TokenForm, now?: Date): TokenAnswer
  /** Begins the sign-in of a device; a person decides on it at `verificationUri`. Never throws. */
  answerDeviceRequest(form: TokenForm, at: { readonly verificationUri: string; readonly now?: Date }): DeviceAnswer
  /** Lets a device in or not: fields `user_code`, `decision` (`approve`, `decline`), and `client_secret` where no bearer token comes along. */
  answerDeviceDecision(form: TokenForm, facts: DecisionFacts): DecisionAnswer
  /** Judges the `Authorization` header of a call. */
  verifyToken(authorization: string | undefined, now?: Date): TokenVerdict
}

const SHORTEST_KEY = 32
const DEFAULT_LIFETIME_SECONDS = 3600
const REFRESH_LIFETIME_SECONDS = 90 * 86_400
/** Audience of refresh tokens: no resource takes them. */
const REFRESH_AUDIENCE = 'refresh'
/** Two clocks may differ a little; only for a token that is not good yet, never for one that has expired. */
const CLOCK_TOLERANCE_SECONDS = 60

export function createTokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  if (options.key.length < SHORTEST_KEY)
    throw new TypeError(`a token key needs at least ${SHORTEST_KEY} bytes, this one has ${options.key.length}`)
  const issuer = withoutSlash(options.issuer)
  const ids = options.ids ?? randomIds
  const known = (): KnownParties => ({
    clients: options.clients,
    resources: (options.resources?.() ?? [issuer]).map(withoutSlash),
  })
  const devices = createDeviceSignIn(ids)
  const refused = (refusal: TokenRefusal, now: Date) => ({
    status: refusal.status,
    body: toErrorBody(refusal, { now, traceId: ids.guid(), correlationId: ids.guid() }),
  })
  const signed = { issuer, key: options.key, lifetimeSeconds: options.lifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS }
  const verifyToken = (authorization: string | undefined, now: Date): TokenVerdict => judge(authorization, { ...signed, ...known(), now })

  return {
    answerTokenRequest: (form, now = options.clock.now()) => {
      const grant = readGrant(form, { ...signed, ...known(), redeem: () => devices.redeem(form, now), now })
      return 'number' in grant ? refused(grant, now) : { status: 200, body: tokenBody(grant, signed, now) }
    },
    answerDeviceRequest: (form, { verificationUri, now = options.clock.now() }) => {
      const begun = devices.begin(form, known(), { verificationUri, now })
      return 'number' in begun ? refused(begun, now) : { status: 200, body: begun }
    },
    answerDeviceDecision: (form, { authorization, now = options.clock.now() }) => {
      const verdict = verifyToken(authorization, now)
      const isSecretOf = (clientId: string): boolean => {
        const client = options.clients.find((one) => isSameId(one.clientId, clientId))
        return client !== undefined && checkSecret(form, client) === undefined
      }
      const decided =
        repetition(form) ?? devices.decide(form, { isSecretOf, signedInClient: verdict.ok ? verdict.clientId : undefined }, now)
      return typeof decided === 'string' ? { status: 200, body: { result: decided } } : refused(decided, now)
    },
    verifyToken: (authorization, now = options.clock.now()) => verifyToken(authorization, now),
  }
}

interface SigningFacts {
  readonly issuer: string
  readonly key: Uint8Array
  readonly lifetimeSeconds: number
}

type JudgingFacts = SigningFacts & KnownParties & { readonly now: Date }

function judge(authorization: string | undefined, facts: JudgingFacts): TokenVerdict {
  const token = bearerToken(authorization)
  if (token === undefined) return { ok: false, reason: authorization === undefined || authorization === '' ? 'missing' : 'malformed' }
  const reading = readAccessToken(token, facts.key)
  if (!reading.ok) return reading
  const { claims } = reading
  const seconds = facts.now.getTime() / 1000
  if (claims.nbf > seconds + CLOCK_TOLERANCE_SECONDS) return { ok: false, reason: 'not-yet-valid' }
  if (claims.exp <= seconds) return { ok: false, reason: 'expired' }
  if (claims.iss !== facts.issuer) return { ok: false, reason: 'wrong-issuer' }
  if (!facts.resources.includes(claims.aud)) return { ok: false, reason: 'wrong-audience' }
  if (!facts.clients.some((client) => isSameId(client.clientId, claims.appid))) return { ok: false, reason: 'unknown-client' }
  return { ok: true, clientId: claims.appid, audience: claims.aud, expiresAt: new Date(claims.exp * 1000) }
}

/** RFC 6750: the scheme is compared without case, one or more blanks follow. */
const BEARER = /^bearer +(\S+)$/i

function bearerToken(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : BEARER.exec(authorization.trim())?.[1]
}

/** Whom a token is for. A scope is there where a person has signed in. */
interface Grant {
  readonly clientId: string
  readonly audience: string
  readonly scope?: string
}

type GrantFacts = JudgingFacts & { readonly redeem: () => Grant | TokenRefusal }

/** The second name is an older one. */
const DEVICE_GRANTS = ['urn:ietf:params:oauth:grant-type:device_code', 'device_code']

function readGrant(form: TokenForm, facts: GrantFacts): Grant | TokenRefusal {
  const repeated = repetition(form)
  if (repeated !== undefined) return repeated
  const grant = field(form, 'grant_type')
  if (grant === undefined) return refusals.missingField('grant_type')
  if (DEVICE_GRANTS.includes(grant)) return facts.redeem()
  if (grant === 'refresh_token') return readRefreshToken(form, facts)
  if (grant !== 'client_credentials') return refusals.unsupportedGrant(grant)
  return readCredentials(form, facts)
}

function readCredentials(form: TokenForm, known: KnownParties): Grant | TokenRefusal {
  if (field(form, 'client_id') === undefined) return refusals.missingField('client_id')
  const audience = readAudience(form, known)
  if (typeof audience !== 'string') return audience
  const client = readClient(form, known)
  if ('number' in client) return client
  return checkSecret(form, client) ?? { clientId: client.clientId, audience }
}

function readRefreshToken(form: TokenForm, facts: JudgingFacts): Grant | TokenRefusal {
  const client = readClient(form, facts)
  if ('number' in client) return client
  const token = field(form, 'refresh_token')
  if (token === undefined) return refusals.missingField('refresh_token')
  const reading = readAccessToken(token, facts.key)
  if (!reading.ok) return refusals.invalidRefreshToken
  const { iss, aud, exp, appid, resource, scp } = reading.claims
  const isGood = iss === facts.issuer && aud === REFRESH_AUDIENCE && exp > facts.now.getTime() / 1000 && isSameId(appid, client.clientId)
  if (!isGood || resource === undefined || scp === undefined) return refusals.invalidRefreshToken
  if (!facts.resources.includes(withoutSlash(resource))) return refusals.unknownResource(resource)
  return { clientId: client.clientId, audience: resource, scope: scp }
}

function tokenBody({ clientId, audience, scope }: Grant, { issuer, key, lifetimeSeconds }: SigningFacts, now: Date): TokenBody {
  const seconds = Math.floor(now.getTime() / 1000)
  const times = { iat: seconds, nbf: seconds, exp: seconds + lifetimeSeconds }
  // One second is taken off for the way, as the cloud does: 3599 for an hour.
  const expires = Math.max(lifetimeSeconds - 1, 0)
  const body: TokenBody = {
    token_type: 'Bearer',
    expires_in: expires,
    ext_expires_in: expires,
    access_token: signAccessToken({ iss: issuer, aud: audience, ...times, appid: clientId }, key),
  }
  if (scope === undefined) return body
  const scopes = scope.split(' ')
  const renewal = {
    iss: issuer,
    aud: REFRESH_AUDIENCE,
    ...times,
    exp: seconds + REFRESH_LIFETIME_SECONDS,
    appid: clientId,
    resource: audience,
    scp: scope,
  }
  return {
    ...body,
    scope,
    ...(scopes.includes('offline_access') && { refresh_token: signAccessToken(renewal, key) }),
    ...(scopes.includes('openid') && { id_token: signClaims({ iss: issuer, aud: clientId, ...times, sub: clientId }, key) }),
  }
}
