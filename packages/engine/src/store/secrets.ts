import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { AppError } from '@p2c/base'
import type { SecretInput, StoredSecret, UsableSecret } from '../model/connection-set.ts'

/** As it lies in the database: a reference, or nonce (12 bytes), tag (16) and AES-256-GCM text in base64. */
export type SealedSecret = { readonly reference: string } | { readonly encrypted: string }

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Encrypts a value; `place` (connection set, connection, name) is bound in, so that a stored text cannot be moved elsewhere. Throws `secrets-key-missing`. */
export function sealSecret(secret: SecretInput, place: string, key: Uint8Array | undefined): SealedSecret {
  if (typeof secret !== 'string') return { reference: secret.reference }
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', needKey(key, place), nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(place))
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return { encrypted: Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64') }
}

/** The value for the maker of a connector. Throws `secrets-key-missing`, or `secret-unreadable` when it was encrypted with another key. */
export function openSecret(sealed: SealedSecret, place: string, key: Uint8Array | undefined): UsableSecret {
  if ('reference' in sealed) return { reference: sealed.reference }
  const bytes = Buffer.from(sealed.encrypted, 'base64')
  const secretsKey = needKey(key, place)
  try {
    const decipher = createDecipheriv('aes-256-gcm', secretsKey, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
    return { value: Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8') }
  } catch (cause) {
    throw new AppError({
      category: 'auth',
      code: 'secret-unreadable',
      message: `The secret ${place} was encrypted with another key: start with the former key, or enter the secret again.`,
      cause,
    })
  }
}

/** What may be shown of a secret. */
export const describeSecret = (sealed: SealedSecret): StoredSecret =>
  'reference' in sealed ? { reference: sealed.reference } : { stored: true }

function needKey(key: Uint8Array | undefined, place: string): Uint8Array {
  if (key?.length === 32) return key
  throw new AppError({
    category: 'auth',
    code: 'secrets-key-missing',
    message: `The secret ${place} needs a key of 32 bytes${key === undefined ? '' : `, this one has ${key.length}`}: give the engine a secrets key, or store a reference.`,
  })
}
