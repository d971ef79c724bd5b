import { expect, test } from 'vitest'
import { MAX_NOTE_FILE_BYTES, noteFileSize } from './note-document.ts'

const base64 = (bytes: number): string => Buffer.alloc(bytes, 7).toString('base64')

test.each([1, 2, 3, 4, 1000, MAX_NOTE_FILE_BYTES])('a file of %i bytes has this size', (bytes) => {
  expect(noteFileSize(base64(bytes))).toEqual({ ok: true, value: bytes })
})

test.each([
  ['no base64', 'SGk', '0x80040203'],
  ['other letters', 'SG*=', '0x80040203'],
  ['padding inside', 'SG==SGk=', '0x80040203'],
  ['too large', base64(MAX_NOTE_FILE_BYTES + 1), '0x80043e09'],
])('a file is refused: %s', (_name, body, code) => {
  expect(noteFileSize(body)).toMatchObject({ ok: false, refusal: { code } })
})
