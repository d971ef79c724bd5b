import { batchError } from './batch-error.ts'
import { bodyText, boundaryOf, parseMediaType, type Range, readHeaders, readLine, splitParts, toText } from './multipart.ts'
import type { BatchResult, BatchResultPart } from './types.ts'

/** Replies to batches of reads are large: pages of 5,000 rows in each part. */
const DEFAULT_MAX_BYTES = 512 * 1024 * 1024
/** No service takes more operations than 5,000. */
const MAX_PARTS = 10_000

/**
 * The answers in a `$batch` reply, in the order of the requests; a server that stopped at a failure sends fewer. Each answer has its own
 * status: the outer one says nothing about them (DV-091). A failed change set is one answer, nested or directly in the batch (FO-070).
 * Throws `batch-media-type` for a reply that is no multipart (an error body: read the outer status first) and `batch-malformed`
 * for one that was cut off.
 */
export function readBatchResponse(
  body: Uint8Array | string,
  contentType: string | undefined,
  maxBytes = DEFAULT_MAX_BYTES,
): BatchResultPart[] {
  const boundary = boundaryOf(contentType)
  const text = toText(body, maxBytes)
  return splitParts(text, { start: 0, end: text.length }, { boundary, maxParts: MAX_PARTS }).map((range) => readPart(text, range))
}

function readPart(text: string, range: Range): BatchResultPart {
  const { headers, bodyStart } = readHeaders(text, range)
  const contentType = headers.get('content-type') ?? ''
  const content = { start: bodyStart, end: range.end }
  if (parseMediaType(contentType).type !== 'multipart/mixed') return { kind: 'operation', result: readResult(text, content, headers) }
  const inner = splitParts(text, content, { boundary: boundaryOf(contentType), maxParts: MAX_PARTS })
  return {
    kind: 'changeset',
    results: inner.map((part) => {
      const block = readHeaders(text, part)
      return readResult(text, { start: block.bodyStart, end: part.end }, block.headers)
    }),
  }
}

function readResult(text: string, content: Range, partHeaders: ReadonlyMap<string, string>): BatchResult {
  let start = content.start
  while (start < content.end && (text.charCodeAt(start) === 0x0d || text.charCodeAt(start) === 0x0a)) start += 1
  const first = readLine(text, start, content.end)
  const status = parseStatusLine(first.line, start)
  const { headers, bodyStart } = readHeaders(text, { start: first.next, end: content.end })
  const body = bodyText(text, { start: bodyStart, end: content.end })
  const contentId = partHeaders.get('content-id') ?? headers.get('content-id')
  return { status, headers, ...(body !== undefined && { body }), ...(contentId !== undefined && { contentId }) }
}

function parseStatusLine(line: string, at: number): number {
  const match = /^HTTP\/\d(?:\.\d)? +(\d{3})(?: |$)/i.exec(line.trimStart())
  if (match?.[1] === undefined) {
    const shown = JSON.stringify(line.slice(0, 60))
    throw batchError('batch-malformed', `Expected a status line such as 'HTTP/1.1 204 No Content' in the batch reply, found ${shown}.`, at)
  }
  return Number(match[1])
}
