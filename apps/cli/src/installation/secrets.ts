import { randomBytes } from 'node:crypto'
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, randomIds } from '@p2c/base'
import { z } from 'zod'
import { createPrivateFile, replacePrivateFile } from './private-file.ts'

const partSecrets = z.object({
  /** The client that may ask this program for tokens. */
  clientId: z.string().min(1),
  clientSecret: z.string().min(16),
  /** Signs this program's tokens; 32 bytes in base64. */
  tokenKey: z.base64().min(43),
})

const secretsSchema = z.object({
  sales: partSecrets,
  supplyChain: partSecrets,
  server: partSecrets,
  /** Installations from before this program have none: they get it at a start. */
  commonDataService: partSecrets.exactOptional(),
  /** Encrypts the secrets that the integrator stores; 32 bytes in base64. */
  encryptionKey: z.base64().min(43),
})
export type Secrets = z.output<typeof secretsSchema>
export type PartSecrets = z.output<typeof partSecrets>

const SECRET_BYTES = 32

const newPart = (): PartSecrets => ({
  clientId: randomIds.guid(),
  clientSecret: randomBytes(SECRET_BYTES).toString('base64url'),
  tokenKey: randomBytes(SECRET_BYTES).toString('base64'),
})

const newSecrets = (): Secrets => ({
  sales: newPart(),
  supplyChain: newPart(),
  server: newPart(),
  commonDataService: newPart(),
  encryptionKey: randomBytes(SECRET_BYTES).toString('base64'),
})

const secretsPath = (dataDir: string): string => join(dataDir, 'secrets.json')

/**
 * The secrets of the installation in `dataDir`, made at its first start and never changed.
 * Throws `secrets-missing` where there is data already: what is encrypted with the lost key could not be read; and `secrets-unusable`.
 */
export async function openSecrets(dataDir: string): Promise<Secrets> {
  const known = await readSecrets(dataDir)
  if (known !== undefined) return known
  if (await exists(join(dataDir, 'postgres', 'cluster'))) throw missing(dataDir)
  const secrets = newSecrets()
  const created = await createPrivateFile(secretsPath(dataDir), `${JSON.stringify(secrets, undefined, 2)}\n`)
  return created ? secrets : openSecrets(dataDir)
}

/**
 * The same with those of every program of today. Call while the folder is claimed: of two starts at once only one may write.
 * Throws what `openSecrets` throws.
 */
export async function completeSecrets(dataDir: string): Promise<Required<Secrets>> {
  const known = await openSecrets(dataDir)
  if (known.commonDataService !== undefined) return { ...known, commonDataService: known.commonDataService }
  const complete = { ...known, commonDataService: newPart() }
  await replacePrivateFile(secretsPath(dataDir), `${JSON.stringify(complete, undefined, 2)}\n`)
  return complete
}

/** The secrets as they are; undefined before the first start. Throws `secrets-unusable`. */
export async function readSecrets(dataDir: string): Promise<Secrets | undefined> {
  const path = secretsPath(dataDir)
  if (!(await exists(path))) return undefined
  try {
    return secretsSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    // The cause is kept out: a parser's message may quote the file.
    throw new AppError({
      category: 'auth',
      code: 'secrets-unusable',
      message: `The secrets of the installation cannot be read from ${path}. Put the file back as it was, readable for this account, or choose another data folder with --data.`,
    })
  }
}

const missing = (dataDir: string): AppError =>
  new AppError({
    category: 'auth',
    code: 'secrets-missing',
    message: `The data folder ${dataDir} holds a database but no secrets.json to open it with. Put that file back, or choose another data folder with --data.`,
  })

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
