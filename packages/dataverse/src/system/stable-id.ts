import { createHash } from 'node:crypto'

/** The same GUID for the same names on every machine (RFC 9562, version 8): ids of metadata and of seeded rows. */
export function stableId(...names: readonly string[]): string {
  const hash = createHash('sha256').update(names.join('\u0000')).digest()
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** `applicationid` of a client: its id where that is a GUID, else a stable one made of it. */
export const applicationIdOf = (clientId: string): string => (GUID.test(clientId) ? clientId.toLowerCase() : stableId('client', clientId))
