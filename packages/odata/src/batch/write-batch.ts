import { STATUS_CODES } from 'node:http'
import type { BatchAnswer, BatchAnswerPart, MultipartMessage, OutgoingOperation, OutgoingPart } from './types.ts'

const CRLF = '\r\n'
const PART_HEADERS = `Content-Type: application/http${CRLF}Content-Transfer-Encoding: binary${CRLF}`

/**
 * The body of a `$batch` reply, strict as DV-131: delimiter first, one header on a nested part, reason phrase of letters and blanks,
 * `Name: value` headers, JSON on one line, no body on 204, CRLF throughout. `guid` makes the boundaries.
 */
export function writeBatchResponse(parts: readonly BatchAnswerPart[], guid: () => string): MultipartMessage {
  const boundary = `batchresponse_${guid()}`
  const written = parts.map(
    (part) => `--${boundary}${CRLF}${part.kind === 'operation' ? answer(part.answer) : changeset(part.answers, guid())}`,
  )
  return { contentType: `multipart/mixed; boundary=${boundary}`, body: `${written.join('')}--${boundary}--${CRLF}` }
}

function changeset(answers: readonly BatchAnswer[], guid: string): string {
  const boundary = `changesetresponse_${guid}`
  const parts = answers.map((item) => `--${boundary}${CRLF}${answer(item)}`)
  return `Content-Type: multipart/mixed; boundary=${boundary}${CRLF}${CRLF}${parts.join('')}--${boundary}--${CRLF}`
}

function answer({ status, headers, body, contentId }: BatchAnswer): string {
  const id = contentId === undefined ? '' : `Content-ID: ${oneLine(contentId)}${CRLF}`
  const lines = headers.map(([name, value]) => `${oneLine(name)}: ${oneLine(value)}${CRLF}`).join('')
  const text = status === 204 || status === 304 || body === undefined ? '' : oneLine(body)
  return `${PART_HEADERS}${id}${CRLF}HTTP/1.1 ${status} ${reasonPhrase(status)}${CRLF}${lines}${CRLF}${text}${CRLF}`
}

/** Line ends inside JSON are white space; inside a header they would start another one. */
const oneLine = (text: string): string => (text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]+/g, ' ') : text)

const reasonPhrase = (status: number): string => (STATUS_CODES[status] ?? 'Unknown').replace(/[^A-Za-z ]/g, '')

/**
 * The body of a `$batch` request: `Content-Length` on inner bodies, `Content-ID` on every operation of a change set, unique in the
 * whole batch (DV-092). `guid` makes the boundaries. URLs are written as given and must be percent-encoded.
 */
export function writeBatchRequest(parts: readonly OutgoingPart[], guid: () => string): MultipartMessage {
  const boundary = `batch_${guid()}`
  const nextId = contentIdsBeside(parts)
  const written = parts.map((part) => {
    const content =
      part.kind === 'operation' ? operation(part.operation, part.operation.contentId) : changes(part.operations, guid(), nextId)
    return `--${boundary}${CRLF}${content}`
  })
  return { contentType: `multipart/mixed; boundary=${boundary}`, body: `${written.join('')}--${boundary}--${CRLF}` }
}

function changes(operations: readonly OutgoingOperation[], guid: string, nextId: () => string): string {
  const boundary = `changeset_${guid}`
  const parts = operations.map((item) => `--${boundary}${CRLF}${operation(item, item.contentId ?? nextId())}`)
  return `Content-Type: multipart/mixed; boundary=${boundary}${CRLF}${CRLF}${parts.join('')}--${boundary}--${CRLF}`
}

function operation({ method, url, headers = {}, body }: OutgoingOperation, contentId: string | undefined): string {
  const id = contentId === undefined ? '' : `Content-ID: ${oneLine(contentId)}${CRLF}`
  const given = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length')
  const lines = given.map(([name, value]) => `${oneLine(name)}: ${oneLine(value)}${CRLF}`).join('')
  const start = `${PART_HEADERS}${id}${CRLF}${method} ${url.replace(/[\r\n]/g, '')} HTTP/1.1${CRLF}${lines}`
  if (body === undefined) return `${start}${CRLF}${CRLF}`
  const typed = given.some(([name]) => name.toLowerCase() === 'content-type') ? '' : `Content-Type: application/json${CRLF}`
  return `${start}${typed}Content-Length: ${Buffer.byteLength(body)}${CRLF}${CRLF}${body}${CRLF}`
}

/** Counts up, past every Content-ID that the caller chose. */
function contentIdsBeside(parts: readonly OutgoingPart[]): () => string {
  const operations = parts.flatMap((part) => (part.kind === 'operation' ? [part.operation] : part.operations))
  const taken = new Set(operations.map((item) => item.contentId))
  let last = 0
  return () => {
    do last += 1
    while (taken.has(String(last)))
    return String(last)
  }
}
