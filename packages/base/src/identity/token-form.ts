import { createHash } from 'node:crypto'
import { isSameSecret } from './access-token.ts'
import type { TokenRefusal } from './token-errors.ts'
import * as refusals from './token-errors.ts'

/** A program that may ask for tokens. */
export interface TokenClient {
  readonly clientId: string
  readonly clientSecret: string
}

/** A token request's fields as read from its form: parsed query text, or an object of texts (a list where a field is repeated). */
export type TokenForm = URLSearchParams | Readonly<Record<string, unknown>>

/** Who and what tokens are issued for. */
export interface KnownParties {
  readonly clients: readonly TokenClient[]
  /** Without a slash at the end. */
  readonly resources: readonly string[]
}

export const FIELDS = [
  'grant_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'scope',
  'resource',
  'device_code',
  'user_code',
  'decision',
  'refresh_token',
] as const

function valuesOf(form: TokenForm, name: string): readonly string[] {
  if (form instanceof URLSearchParams) return form.getAll(name)
  const value = Object.hasOwn(form, name) ? form[name] : undefined
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string')
}

/** The value of a field; an empty one counts as absent. */
export const field = (form: TokenForm, name: (typeof FIELDS)[number]): string | undefined => valuesOf(form, name)[0] || undefined

/** A field that is there twice means two things: none of them is taken. */
export function repetition(form: TokenForm): TokenRefusal | undefined {
  const repeated = FIELDS.find((name) => valuesOf(form, name).length > 1)
  return repeated === undefined ? undefined : refusals.repeatedField(repeated)
}

export const withoutSlash = (address: string): string => address.replace(/\/+$/, '')

export const isSameId = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** The client that a form names. */
export function readClient(form: TokenForm, { clients }: KnownParties): TokenClient | TokenRefusal {
  const repeated = repetition(form)
  if (repeated !== undefined) return repeated
  const clientId = field(form, 'client_id')
  if (clientId === undefined) return refusals.missingField('client_id')
  return clients.find((one) => isSameId(one.clientId, clientId)) ?? refusals.unknownClient(clientId)
}

const DEFAULT_SCOPE = /^(\S+)\/\.default$/

/**
 * The audience that a client asks for itself. One slash too many before `.default` is not refused here but gives a token with that slash in its
 * audience, which no application takes, as in the cloud.
 */
export function readAudience(form: TokenForm, { resources }: KnownParties): string | TokenRefusal {
  const scope = field(form, 'scope')
  const resource = field(form, 'resource')
  if (scope === undefined && resource === undefined) return refusals.missingField('scope')
  const audience = scope === undefined ? resource : DEFAULT_SCOPE.exec(scope)?.[1]
  if (audience === undefined) return refusals.malformedScope(scope ?? '')
  return resources.includes(withoutSlash(audience)) ? audience : refusals.unknownResource(audience)
}

/** Scopes of the sign-in itself, beside that of the resource. */
const OWN_SCOPES = ['openid', 'profile', 'email', 'offline_access']
const DELEGATED_SCOPE = /^(\S+)\/(?:\.default|user_impersonation)$/

/** The audience that a person's sign-in is for: one resource, and scopes of the sign-in itself in any order. */
export function readDelegatedScope(
  form: TokenForm,
  { resources }: KnownParties,
): { readonly audience: string; readonly scope: string } | TokenRefusal {
  const scope = field(form, 'scope')
  if (scope === undefined) return refusals.missingField('scope')
  const [named, ...others] = scope
    .split(' ')
    .filter((part) => part !== '')
    .filter((part) => !OWN_SCOPES.includes(part))
  const audience = others.length === 0 ? DELEGATED_SCOPE.exec(named ?? '')?.[1] : undefined
  if (audience === undefined) return refusals.malformedScope(scope)
  return resources.includes(withoutSlash(audience)) ? { audience, scope } : refusals.unknownResource(audience)
}

export function checkSecret(form: TokenForm, client: TokenClient): TokenRefusal | undefined {
  const secret = field(form, 'client_secret')
  if (secret !== undefined) return isSameSecret(hash(secret), hash(client.clientSecret)) ? undefined : refusals.wrongSecret(client.clientId)
  return field(form, 'client_assertion') === undefined ? refusals.missingSecret : refusals.unknownCertificate
}

/** Hashing first makes texts of any two lengths comparable in constant time. */
const hash = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest()
