import { AppError } from '@p2c/base'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The text of UTF-8 bytes, exactly: a byte-order mark stays. Overlong forms, halves of surrogate pairs, code points beyond U+10FFFF and
 * a sequence that is cut off are refused, where `Buffer.toString` would put U+FFFD in their place and change the caller's data.
 * Throws `text-malformed` (details.position: offset in bytes of the first wrong sequence). Source: RFC 3629, section 3.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    const position = firstWrongByte(bytes)
    const found = Array.from(bytes.subarray(position, position + 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    throw new AppError({
      category: 'data',
      code: 'text-malformed',
      message: `The text is not valid UTF-8 at byte ${position} (${found}). Send it encoded in UTF-8.`,
      details: { position },
    })
  }
}

/** First bytes of the well-formed sequences of more than one byte: lead bytes from and to, length, and range of the second byte. */
const SEQUENCES = [
  { from: 0xc2, to: 0xdf, length: 2, low: 0x80, high: 0xbf },
  { from: 0xe0, to: 0xe0, length: 3, low: 0xa0, high: 0xbf },
  { from: 0xe1, to: 0xec, length: 3, low: 0x80, high: 0xbf },
  { from: 0xed, to: 0xed, length: 3, low: 0x80, high: 0x9f },
  { from: 0xee, to: 0xef, length: 3, low: 0x80, high: 0xbf },
  { from: 0xf0, to: 0xf0, length: 4, low: 0x90, high: 0xbf },
  { from: 0xf1, to: 0xf3, length: 4, low: 0x80, high: 0xbf },
  { from: 0xf4, to: 0xf4, length: 4, low: 0x80, high: 0x8f },
]

/** Only called for bytes that are known to be wrong somewhere. */
function firstWrongByte(bytes: Uint8Array): number {
  let at = 0
  for (let length = sequenceLength(bytes, at); length > 0; length = sequenceLength(bytes, at)) at += length
  return at
}

/** Length of the well-formed sequence at `at`, 0 where there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]
  if (lead === undefined) return 0
  if (lead < 0x80) return 1
  const sequence = SEQUENCES.find(({ from, to }) => lead >= from && lead <= to)
  if (sequence === undefined) return 0
  const second = bytes[at + 1] ?? 0
  if (second < sequence.low || second > sequence.high) return 0
  for (let index = 2; index < sequence.length; index += 1) if (((bytes[at + index] ?? 0) & 0xc0) !== 0x80) return 0
  return sequence.length
}
