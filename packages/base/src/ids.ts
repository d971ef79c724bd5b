import { randomBytes, randomInt, randomUUID } from 'node:crypto'

/** Where ids and random text come from; a test hands in a counting one. */
export interface Ids {
  /** A random GUID, lower case with hyphens. */
  guid(): string
  /** A GUID that grows with time (UUID version 7): rows made later sort later. */
  timeGuid(now: Date): string
  /** `length` characters of `alphabet`, each equally likely. */
  text(length: number, alphabet: string): string
}

/** Ids from the system's source of randomness. */
export const randomIds: Ids = {
  guid: () => randomUUID(),
  timeGuid: (now) => uuid7(now.getTime(), randomBytes(10)),
  text: (length, alphabet) => Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join(''),
}

/** RFC 9562, section 5.7: 48 bits of Unix milliseconds, then version, variant and 74 random bits. */
function uuid7(ms: number, random: Uint8Array): string {
  const bytes = new Uint8Array(16)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(ms) << 16n)
  bytes.set(random, 6)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Buffer.from(bytes).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
