import { createHmac, timingSafeEqual } from 'node:crypto'

/** Path under which blobs are written and read. These addresses carry their own signature: no bearer token is asked there. */
export const BLOB_PATH = '/dmf'

/** `r`: read; `rcw`: read, create and write, as the slot of an upload has it. */
export type BlobPermission = 'r' | 'rcw'

export interface BlobAccess {
  readonly blobId: string
  readonly name: string
  readonly permission: BlobPermission
  readonly expiresAt: Date
}

const SERVICE_VERSION = '2023-11-03'

/** `https://…/dmf/<id>/<name>?sv=…&sr=b&sig=…&se=…&sp=r`, whose signature covers blob, permission and expiry. */
export function signBlobUrl(root: string, key: string, access: BlobAccess): string {
  const query = signedQuery(key, { ...access, id: access.blobId })
  return `${root}${BLOB_PATH}/${access.blobId}/${encodeURIComponent(access.name)}?${query}`
}

/** The options of an address that gives access to what `id` names, which no two things share. */
export function signedQuery(
  key: string,
  { id, permission: sp, expiresAt }: Pick<BlobAccess, 'permission' | 'expiresAt'> & { readonly id: string },
): URLSearchParams {
  const se = formatTime(expiresAt)
  return new URLSearchParams({ sv: SERVICE_VERSION, sr: 'b', sig: signature(key, { id, sp, se }), se, sp })
}

/** Why a signed address gives no access. */
export type BlobRefusal = 'signature' | 'expired' | 'permission'

export interface SignedQuery {
  readonly sig?: unknown
  readonly se?: unknown
  readonly sp?: unknown
}

/** Undefined when the address gives `wanted` at this time. The signature is compared in constant time, and before anything else. */
export function checkSignature(
  key: string,
  signed: { readonly id: string; readonly query: SignedQuery },
  wanted: { readonly write: boolean; readonly now: Date },
): BlobRefusal | undefined {
  const { sig, se, sp } = signed.query
  if (typeof sig !== 'string' || typeof se !== 'string' || typeof sp !== 'string') return 'signature'
  const expected = Buffer.from(signature(key, { id: signed.id, sp, se }))
  const given = Buffer.from(sig)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'signature'
  if (!(Date.parse(se) > wanted.now.getTime())) return 'expired'
  return wanted.write && !sp.includes('w') ? 'permission' : undefined
}

/** The blob that an address of our own names; undefined for any other address. The signature is not checked here. */
export function parseBlobUrl(url: string): { readonly id: string; readonly query: SignedQuery } | undefined {
  if (url.length > 4_096 || !URL.canParse(url)) return undefined
  const parsed = new URL(url)
  const [, folder, id] = parsed.pathname.split('/')
  if (`/${folder}` !== BLOB_PATH || id === undefined || !isBlobId(id)) return undefined
  return { id, query: Object.fromEntries(parsed.searchParams) }
}

export const isBlobId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

const formatTime = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`

const signature = (key: string, { id, sp, se }: { readonly id: string; readonly sp: string; readonly se: string }): string =>
  createHmac('sha256', key).update([SERVICE_VERSION, id, sp, se].join('\n')).digest('base64')
