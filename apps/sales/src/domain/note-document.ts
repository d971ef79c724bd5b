import { accept, type Decision, refused } from './refusal.ts'

/** What a file of a note may have: the service's own default. */
export const MAX_NOTE_FILE_BYTES = 5 * 1024 * 1024

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/**
 * Bytes of the file that a note holds as base64. Refused: `0x80040203` text that is no base64, `0x80043e09` a file over 5 MB.
 * Source: public reference of the table `annotation`.
 */
export function noteFileSize(body: string): Decision<number> {
  const isBase64 = body.length % 4 === 0 && BASE64.test(body)
  if (!isBase64) return refused('0x80040203', "The value of 'documentbody' is not a file in base64.")
  const padding = body.endsWith('==') ? 2 : body.endsWith('=') ? 1 : 0
  const size = (body.length / 4) * 3 - padding
  if (size > MAX_NOTE_FILE_BYTES)
    return refused(
      '0x80043e09',
      `The attachment is either not a valid type or is too large: ${size} bytes, where ${MAX_NOTE_FILE_BYTES} are allowed. It cannot be uploaded or downloaded.`,
    )
  return accept(size)
}
