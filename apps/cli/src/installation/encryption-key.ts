import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AppError } from '@p2c/base'
import type { Environment } from './programs.ts'
import { readSecrets } from './secrets.ts'

const KEY_BYTES = 32

export interface KeySources {
  /** A copy of the installation's `secrets.json`, or a file that holds nothing but the key in base64. */
  readonly keyFile?: string | undefined
  /** `P2C_ENCRYPTION_KEY`: the key in base64. */
  readonly env: Environment
  /** The `secrets.json` in it is used where neither of the others is given. */
  readonly dataDir: string
}

/**
 * The key of the installation that a worker joins, in base64, from the first of the places that is given. Undefined where there is none.
 * Throws `encryption-key-invalid`, `secrets-unusable`.
 */
export async function findEncryptionKey({ keyFile, env, dataDir }: KeySources): Promise<string | undefined> {
  if (keyFile !== undefined) return readKeyFile(resolve(keyFile))
  if (env.P2C_ENCRYPTION_KEY) return checked(env.P2C_ENCRYPTION_KEY, 'P2C_ENCRYPTION_KEY')
  const secrets = await readSecrets(dataDir)
  return secrets && checked(secrets.encryptionKey, `secrets.json in ${dataDir}`)
}

async function readKeyFile(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw invalid(`The key file ${path} cannot be read (${cause instanceof Error && 'code' in cause ? cause.code : 'unknown reason'}).`)
  })
  return checked(keyIn(text), path)
}

/** The text is a secret: nothing of it may show in a message. */
function keyIn(text: string): string {
  try {
    const document: unknown = JSON.parse(text)
    if (typeof document === 'object' && document !== null && 'encryptionKey' in document) return String(document.encryptionKey)
    return ''
  } catch {
    return text.trim() // no JSON: then it is the key itself
  }
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

function checked(key: string, place: string): string {
  if (BASE64.test(key) && Buffer.from(key, 'base64').length === KEY_BYTES) return key
  throw invalid(`${place} holds no key of ${KEY_BYTES} bytes in base64.`)
}

const invalid = (problem: string): AppError =>
  new AppError({
    category: 'auth',
    code: 'encryption-key-invalid',
    message: `${problem} Give a copy of secrets.json of the installation, or the value of encryptionKey in it.`,
  })
