import { batchError } from './batch-error.ts'
import { bodyText, boundaryOf, parseMediaType, type Range, readHeaders, readLine, splitParts, toText } from './multipart.ts'
import type { BatchLimits, BatchOperation, BatchPart, BatchRequest } from './types.ts'

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'MERGE'])
const SAFE_METHODS = new Set(['GET', 'HEAD'])
const BINARY_ENCODINGS = new Set(['binary', '8bit', '7bit'])

interface Reading {
  readonly text: string
  readonly limits: BatchLimits
  count: number
}

/**
 * Reads a `$batch` body leniently (DV-130): any boundary form, preamble, LF line ends, header names in any case, Content-ID in the part
 * or in the embedded request. Linear in the size of the body. Nothing of a batch that is refused has been run.
 * Throws AppError with a code of `BATCH_ERRORS`.
 */
export function parseBatch(body: Uint8Array | string, contentType: string | undefined, limits: BatchLimits): BatchRequest {
  const boundary = boundaryOf(contentType)
  const text = toText(body, limits.maxBodyBytes ?? DEFAULT_MAX_BYTES)
  const reading: Reading = { text, limits, count: 0 }
  const parts = splitParts(text, { start: 0, end: text.length }, { boundary, maxParts: limits.maxOperations }).map((range) =>
    readPart(reading, range),
  )
  return { parts, operationCount: reading.count }
}

function readPart(reading: Reading, range: Range): BatchPart {
  const { headers, bodyStart } = readHeaders(reading.text, range)
  const contentType = headers.get('content-type') ?? ''
  const content = { start: bodyStart, end: range.end }
  if (parseMediaType(contentType).type !== 'multipart/mixed') {
    return { kind: 'operation', operation: readOperation(reading, { headers, content, at: range.start }) }
  }
  const ranges = splitParts(reading.text, content, { boundary: boundaryOf(contentType), maxParts: reading.limits.maxOperations })
  const seen = new Set<string>()
  return { kind: 'changeset', operations: ranges.map((inner) => readChange(reading, inner, seen)) }
}

function readChange(reading: Reading, range: Range, seen: Set<string>): BatchOperation {
  const { headers, bodyStart } = readHeaders(reading.text, range)
  if (parseMediaType(headers.get('content-type') ?? '').type === 'multipart/mixed') {
    throw batchError('batch-nested', 'A change set must not hold another change set.', range.start)
  }
  const operation = readOperation(reading, { headers, content: { start: bodyStart, end: range.end }, at: range.start })
  if (SAFE_METHODS.has(operation.method)) {
    throw batchError('batch-get-in-changeset', `A change set must not hold ${operation.method} requests: put them beside it.`, range.start)
  }
  if (operation.contentId === undefined) {
    if (reading.limits.requireContentId ?? true) {
      const message = "The header with name 'Content-ID' was not present in the header collection of the batch operation."
      throw batchError('batch-content-id-missing', message, range.start)
    }
  } else if (seen.has(operation.contentId)) {
    throw batchError('batch-content-id-duplicate', `The Content-ID '${operation.contentId}' occurs twice in one change set.`, range.start)
  } else seen.add(operation.contentId)
  return operation
}

interface OperationSource {
  /** Headers of the MIME part. */
  readonly headers: ReadonlyMap<string, string>
  readonly content: Range
  readonly at: number
}

function readOperation(reading: Reading, source: OperationSource): BatchOperation {
  reading.count += 1
  if (reading.count > reading.limits.maxOperations) {
    throw batchError(
      'batch-too-many',
      `A batch may hold ${reading.limits.maxOperations} operations at most. Send several batches.`,
      source.at,
    )
  }
  assertPartHeaders(source)
  const { text } = reading
  let lineStart = source.content.start
  while (lineStart < source.content.end && isBlankLineAt(text, lineStart)) lineStart += 1
  const first = readLine(text, lineStart, source.content.end)
  const { method, url } = parseRequestLine(first.line, lineStart)
  const { headers, bodyStart } = readHeaders(text, { start: first.next, end: source.content.end })
  const body = bodyText(text, { start: bodyStart, end: source.content.end })
  const contentId = (source.headers.get('content-id') ?? headers.get('content-id'))?.trim()
  return { method, url, headers, ...(body !== undefined && { body }), ...(contentId !== undefined && contentId !== '' && { contentId }) }
}

const isBlankLineAt = (text: string, at: number): boolean => text.charCodeAt(at) === 0x0d || text.charCodeAt(at) === 0x0a

function assertPartHeaders({ headers, at }: OperationSource): void {
  const type = parseMediaType(headers.get('content-type') ?? '').type
  if (type !== 'application/http') {
    const found = type === '' ? 'none' : `'${type.slice(0, 100)}'`
    throw batchError('batch-malformed', `A part of a batch has the content type application/http or multipart/mixed; found ${found}.`, at)
  }
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase()
  if (encoding !== undefined && !BINARY_ENCODINGS.has(encoding)) {
    throw batchError(
      'batch-malformed',
      `A part of a batch is sent with Content-Transfer-Encoding: binary; found '${encoding.slice(0, 40)}'.`,
      at,
    )
  }
}

/** `POST /api/data/v9.2/accounts HTTP/1.1`; blanks inside the URL are kept and the version may be missing. */
function parseRequestLine(line: string, at: number): { readonly method: string; readonly url: string } {
  const text = line.trim()
  const blank = text.indexOf(' ')
  const method = (blank < 0 ? text : text.slice(0, blank)).toUpperCase()
  const version = text.lastIndexOf(' HTTP/')
  const url = blank < 0 ? '' : text.slice(blank + 1, version > blank ? version : version === blank ? blank + 1 : undefined).trim()
  if (!METHODS.has(method) || url === '') {
    const shown = JSON.stringify(text.slice(0, 60))
    throw batchError('batch-malformed', `Expected a request line such as 'GET accounts HTTP/1.1' in the batch, found ${shown}.`, at)
  }
  if (isBatchUrl(url)) throw batchError('batch-nested', 'A batch must not hold another batch.', at)
  return { method, url }
}

function isBatchUrl(url: string): boolean {
  const query = url.indexOf('?')
  const path = query < 0 ? url : url.slice(0, query)
  return path === '$batch' || path.endsWith('/$batch') || path.toLowerCase().endsWith('%24batch')
}
