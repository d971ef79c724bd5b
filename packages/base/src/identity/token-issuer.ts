import { createHash } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { type Ids, randomIds } from '../ids.ts'
import { isSameSecret, readAccessToken, signAccessToken } from './access-token.ts'
import * as refusals from './token-errors.ts'
import { type TokenErrorBody, type TokenRefusal, toErrorBody } from './token-errors.ts'

/** A program that may ask for tokens. */
export interface TokenClient {
  readonly clientId: string
  readonly clientSecret: string
}

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
}

/** Status and body of the reply to a token request. */
export type TokenAnswer = { readonly status: 200; readonly body: TokenBody } | { readonly status: 400 | 401; readonly body: TokenErrorBody }

/** A token request's fields as read from its form: parsed query text, or an object of texts (a list where a field is repeated). */
export type TokenForm = URLSearchParams | Readonly<Record<string, unknown>>

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

/** Sign-in of programs to a local application: the client credentials flow and the check of its tokens. */
export interface TokenIssuer {
  /**
   * Answers a token request: fields of the v2 end point (`scope` = `<resource>/.default`) or of the v1 end point (`resource`).
   * Sources: Dataverse specification 2.1, F&O specification 2. Never throws.
   */
  answerTokenRequest(form: TokenForm, now?: Date): TokenAnswer
  /** Judges the `Authorization` header of a call. */
  verifyToken(authorization: string | undefined, now?: Date): TokenVerdict
}

const SHORTEST_KEY = 32
const DEFAULT_LIFETIME_SECONDS = 3600
/** Two clocks may differ a little; only for a token that is not good yet, never for one that has expired. */
const CLOCK_TOLERANCE_SECONDS = 60

export function createTokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  if (options.key.length < SHORTEST_KEY)
    throw new TypeError(`a token key needs at least ${SHORTEST_KEY} bytes, this one has ${options.key.length}`)
  const issuer = withoutSlash(options.issuer)
  const lifetimeSeconds = options.lifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS
  const ids = options.ids ?? randomIds
  const resources = (): readonly string[] => (options.resources?.() ?? [issuer]).map(withoutSlash)

  return {
    answerTokenRequest(form, now = options.clock.now()) {
      const request = readRequest(form, { clients: options.clients, resources: resources() })
      if ('number' in request) {
        return { status: request.status, body: toErrorBody(request, { now, traceId: ids.guid(), correlationId: ids.guid() }) }
      }
      const seconds = Math.floor(now.getTime() / 1000)
      const times = { iat: seconds, nbf: seconds, exp: seconds + lifetimeSeconds }
      const token = signAccessToken({ iss: issuer, aud: request.audience, ...times, appid: request.clientId }, options.key)
      // One second is taken off for the way, as the cloud does: 3599 for an hour.
      const expires = Math.max(lifetimeSeconds - 1, 0)
      return { status: 200, body: { token_type: 'Bearer', expires_in: expires, ext_expires_in: expires, access_token: token } }
    },
    verifyToken(authorization, now = options.clock.now()) {
      const token = bearerToken(authorization)
      if (token === undefined) return { ok: false, reason: authorization === undefined || authorization === '' ? 'missing' : 'malformed' }
      const reading = readAccessToken(token, options.key)
      if (!reading.ok) return reading
      const { claims } = reading
      const seconds = now.getTime() / 1000
      if (claims.nbf > seconds + CLOCK_TOLERANCE_SECONDS) return { ok: false, reason: 'not-yet-valid' }
      if (claims.exp <= seconds) return { ok: false, reason: 'expired' }
      if (claims.iss !== issuer) return { ok: false, reason: 'wrong-issuer' }
      if (!resources().includes(claims.aud)) return { ok: false, reason: 'wrong-audience' }
      if (!options.clients.some((client) => isSameId(client.clientId, claims.appid))) return { ok: false, reason: 'unknown-client' }
      return { ok: true, clientId: claims.appid, audience: claims.aud, expiresAt: new Date(claims.exp * 1000) }
    },
  }
}

const withoutSlash = (address: string): string => address.replace(/\/+$/, '')

/** RFC 6750: the scheme is compared without case, one or more blanks follow. */
const BEARER = /^bearer +(\S+)$/i

function bearerToken(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : BEARER.exec(authorization.trim())?.[1]
}

interface AcceptedRequest {
  readonly clientId: string
  readonly audience: string
}

interface KnownParties {
  readonly clients: readonly TokenClient[]
  readonly resources: readonly string[]
}

function readRequest(form: TokenForm, known: KnownParties): AcceptedRequest | TokenRefusal {
  const repeated = FIELDS.find((name) => valuesOf(form, name).length > 1)
  if (repeated !== undefined) return refusals.repeatedField(repeated)
  const grant = field(form, 'grant_type')
  if (grant === undefined) return refusals.missingField('grant_type')
  if (grant !== 'client_credentials') return refusals.unsupportedGrant(grant)
  const clientId = field(form, 'client_id')
  if (clientId === undefined) return refusals.missingField('client_id')
  const audience = readAudience(form, known.resources)
  if (typeof audience !== 'string') return audience
  const client = known.clients.find((one) => isSameId(one.clientId, clientId))
  if (client === undefined) return refusals.unknownClient(clientId)
  const refusal = checkSecret(form, client)
  return refusal ?? { clientId: client.clientId, audience }
}

const FIELDS = ['grant_type', 'client_id', 'client_secret', 'client_assertion', 'client_assertion_type', 'scope', 'resource'] as const

function valuesOf(form: TokenForm, name: string): readonly string[] {
  if (form instanceof URLSearchParams) return form.getAll(name)
  const value = Object.hasOwn(form, name) ? form[name] : undefined
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string')
}

/** The value of a field; an empty one counts as absent. */
const field = (form: TokenForm, name: (typeof FIELDS)[number]): string | undefined => valuesOf(form, name)[0] || undefined

/**
 * The audience that is asked for. One slash too many before `.default` is not refused here but gives a token with that slash in its
 * audience, which no application takes, as in the cloud.
 */
function readAudience(form: TokenForm, resources: readonly string[]): string | TokenRefusal {
  const scope = field(form, 'scope')
  const resource = field(form, 'resource')
  if (scope === undefined && resource === undefined) return refusals.missingField('scope')
  const audience = scope === undefined ? resource : DEFAULT_SCOPE.exec(scope)?.[1]
  if (audience === undefined) return refusals.malformedScope(scope ?? '')
  return resources.includes(withoutSlash(audience)) ? audience : refusals.unknownResource(audience)
}

const DEFAULT_SCOPE = /^(\S+)\/\.default$/

function checkSecret(form: TokenForm, client: TokenClient): TokenRefusal | undefined {
  const secret = field(form, 'client_secret')
  if (secret !== undefined) return isSameSecret(hash(secret), hash(client.clientSecret)) ? undefined : refusals.wrongSecret(client.clientId)
  return field(form, 'client_assertion') === undefined ? refusals.missingSecret : refusals.unknownCertificate
}

/** Hashing first makes texts of any two lengths comparable in constant time. */
const hash = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest()

const isSameId = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
