import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

/** What a token of ours says. Times are seconds since 1970. */
const claimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  iat: z.number(),
  nbf: z.number(),
  exp: z.number(),
  appid: z.string(),
  /** Of a refresh token: what it renews tokens for, and the scopes. */
  resource: z.string().optional(),
  scp: z.string().optional(),
})
export type AccessTokenClaims = z.output<typeof claimsSchema>

export type TokenReading =
  | { readonly ok: true; readonly claims: AccessTokenClaims }
  | { readonly ok: false; readonly reason: 'malformed' | 'bad-signature' }

/** RFC 7519 in its compact form, signed with HMAC SHA-256; the only algorithm there is here, so a token cannot choose another. */
const HEADER = { alg: 'HS256', typ: 'JWT' } as const

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const sign = (text: string, key: Uint8Array): Buffer => createHmac('sha256', key).update(text).digest()

/** A signed token. `key` has at least 32 bytes. */
export const signAccessToken = (claims: AccessTokenClaims, key: Uint8Array): string => signClaims(claims, key)

/** The same for claims of other tokens: who a person is. */
export function signClaims(claims: object, key: Uint8Array): string {
  const text = `${encode(HEADER)}.${encode(claims)}`
  return `${text}.${sign(text, key).toString('base64url')}`
}

/** Far above any token of ours; a longer text is not worth a hash. */
const LONGEST_TOKEN = 8192
const TOKEN_SHAPE = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/

/** Reads a token whose signature holds; times, issuer and audience are the caller's to judge. */
export function readAccessToken(token: string, key: Uint8Array): TokenReading {
  const parts = token.length > LONGEST_TOKEN ? null : TOKEN_SHAPE.exec(token)
  const [, header = '', payload = '', signature = ''] = parts ?? []
  const kind = headerSchema.safeParse(decode(header))
  if (!kind.success) return { ok: false, reason: 'malformed' }
  if (!isSameSecret(Buffer.from(signature, 'base64url'), sign(`${header}.${payload}`, key))) return { ok: false, reason: 'bad-signature' }
  const claims = claimsSchema.safeParse(decode(payload))
  return claims.success ? { ok: true, claims: claims.data } : { ok: false, reason: 'malformed' }
}

const headerSchema = z.object({ alg: z.literal('HS256'), typ: z.literal('JWT').optional() })

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

/** Equal content, compared in a time that does not depend on where the first difference is. */
export const isSameSecret = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b)
