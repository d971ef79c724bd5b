import { randomUUID } from 'node:crypto'
import { AppError } from '@p2c/base'
import { type BatchResult, type OutgoingOperation, parseJson, readBatchResponse, stringifyJson, writeBatchRequest } from '@p2c/odata'
import { checkFeedLink } from '../http/feed-link.ts'
import type { HttpClient } from '../http/http-client.ts'
import type { HttpResponse } from '../http/http-message.ts'
import { readAgain } from '../load/lost-answer.ts'
import { salesError } from './sales-error.ts'

export type JsonObject = Readonly<Record<string, unknown>>

export interface SalesRequest {
  /** Below the service root, or a link of an answer. */
  readonly path: string
  readonly prefer?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The Dataverse Web API of one connection. Refusals are thrown as `AppError` (`salesError`). */
export interface SalesClient {
  readonly serviceRoot: string
  get(request: SalesRequest, signal: AbortSignal): Promise<{ readonly body: JsonObject; readonly headers: HttpResponse['headers'] }>
  /** A plain number (`/$count`), which begins with a byte-order mark (DV-071); undefined where the answer is none. */
  getCount(path: string, signal: AbortSignal): Promise<number | undefined>
  /** Follows `@odata.nextLink` to the end and gives all rows: for answers that are known to be small. */
  getAll(request: SalesRequest, signal: AbortSignal): Promise<readonly JsonObject[]>
  write(method: 'POST' | 'PATCH', request: SalesRequest, body: unknown, signal: AbortSignal): Promise<JsonObject>
  /** Independent operations in one `$batch`: one result each, in order; undefined where the service did not get that far (DV-091). */
  batch(operations: readonly SalesOperation[], signal: AbortSignal): Promise<readonly (BatchResult | undefined)[]>
  pause: HttpClient['pause']
}

/** One operation of a batch; `path` is below the service root. */
export interface SalesOperation {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

const COMMON_HEADERS = { accept: 'application/json', 'odata-version': '4.0', 'odata-maxversion': '4.0', 'if-none-match': 'null' }

/** Version and path of the Web API (Dataverse Web API 1): a client pins one. */
export const API_PATH = '/api/data/v9.2/'

export function createSalesClient(http: HttpClient, root: string): SalesClient {
  const serviceRoot = `${root.replace(/\/+$/, '')}${API_PATH}`
  const urlOf = (path: string) => checkFeedLink(path.startsWith('http') ? path : `${serviceRoot}${path}`, serviceRoot)
  const getOnce: SalesClient['get'] = async (request, signal) => {
    const response = await http.send({ method: 'GET', url: urlOf(request.path), headers: headersOf(request) }, signal)
    return { body: bodyOf(response, request.path), headers: response.headers }
  }
  const get: SalesClient['get'] = (request, signal) => readAgain(http, () => getOnce(request, signal), signal)
  return {
    serviceRoot,
    get,
    async getCount(path, signal) {
      const headers = { ...COMMON_HEADERS, accept: 'text/plain' }
      const response = await http.send({ method: 'GET', url: urlOf(path), headers }, signal)
      if (response.status !== 200) throw salesError(response.status, readBody(response, path), { path })
      const text = response.text.replace(/^\ufeff/, '').trim()
      return /^\d{1,15}$/.test(text) ? Number(text) : undefined
    },
    async getAll(request, signal) {
      const rows: JsonObject[] = []
      let path: string | undefined = request.path
      while (path !== undefined) {
        const { body } = await get({ ...request, path }, signal)
        rows.push(...rowsOf(body))
        path = linkOf(body, '@odata.nextLink')
      }
      return rows
    },
    async write(method, request, body, signal) {
      const headers = { ...headersOf(request), 'content-type': 'application/json' }
      const response = await http.send({ method, url: urlOf(request.path), headers, body: stringifyJson(body) }, signal)
      return response.status === 204 ? {} : bodyOf(response, request.path)
    },
    batch: (operations, signal) => sendBatch({ http, serviceRoot }, operations, signal),
    pause: http.pause,
  }
}

async function sendBatch(
  target: { readonly http: HttpClient; readonly serviceRoot: string },
  operations: readonly SalesOperation[],
  signal: AbortSignal,
): Promise<readonly (BatchResult | undefined)[]> {
  const base = new URL(target.serviceRoot).pathname
  const parts = operations.map((operation) => ({ kind: 'operation', operation: toOutgoing(operation, base) }) as const)
  const message = writeBatchRequest(parts, randomUUID)
  const headers = { ...COMMON_HEADERS, prefer: 'odata.continue-on-error', 'content-type': message.contentType }
  const response = await target.http.send({ method: 'POST', url: `${target.serviceRoot}$batch`, headers, body: message.body }, signal)
  const contentType = String(response.headers['content-type'] ?? '')
  if (!contentType.startsWith('multipart/mixed')) throw salesError(response.status, readBody(response, '$batch'), { path: '$batch' })
  const results = readParts(response, contentType)
  return operations.map((_, index) => results[index])
}

function readParts(response: HttpResponse, contentType: string): readonly (BatchResult | undefined)[] {
  try {
    return readBatchResponse(response.text, contentType).map((part) => (part.kind === 'operation' ? part.result : part.results[0]))
  } catch (error) {
    throw unreadable('$batch', error)
  }
}

const toOutgoing = (operation: SalesOperation, base: string): OutgoingOperation => ({
  method: operation.method,
  url: `${base}${operation.path}`,
  headers: {
    Accept: 'application/json',
    ...operation.headers,
    ...(operation.body !== undefined && { 'Content-Type': 'application/json; type=entry' }),
  },
  ...(operation.body !== undefined && { body: stringifyJson(operation.body) }),
})

/** The refusal that one result of a batch holds, or undefined where it succeeded. */
export function batchFailure(result: BatchResult, path: string): AppError | undefined {
  if (result.status >= 200 && result.status < 300) return undefined
  return salesError(result.status, parseObject(result.body ?? '') ?? {}, { path })
}

/** The rows of a feed; an answer without `value` has none (Dataverse Web API 12). */
export const rowsOf = (body: JsonObject): readonly JsonObject[] => (Array.isArray(body.value) ? (body.value as JsonObject[]) : [])

/** A link of a feed, or undefined where it has none. */
export function linkOf(body: JsonObject, name: '@odata.nextLink' | '@odata.deltaLink'): string | undefined {
  const link = body[name]
  return typeof link === 'string' && link !== '' ? link : undefined
}

const headersOf = (request: SalesRequest): Record<string, string> => ({
  ...COMMON_HEADERS,
  ...(request.prefer !== undefined && { prefer: request.prefer }),
  ...request.headers,
})

function bodyOf(response: HttpResponse, path: string): JsonObject {
  const body = readBody(response, path)
  if (response.status >= 200 && response.status < 300) return body
  throw salesError(response.status, body, { path })
}

/** A failure with a page of a gateway in place of JSON: the status says enough. */
function readBody(response: HttpResponse, path: string): JsonObject {
  const body = response.text === '' ? {} : parseObject(response.text)
  if (body !== undefined) return body
  if (response.status >= 400) return {}
  throw unreadable(path)
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const body = parseJson(text)
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as JsonObject) : undefined
  } catch {
    return undefined // the caller says what is wrong with the answer
  }
}

/** Cut off or not JSON: a write may have been carried out all the same. */
const unreadable = (path: string, cause?: unknown): AppError =>
  new AppError({
    category: 'connectivity',
    code: 'response-invalid',
    message: `The answer to ${path.split('?')[0]} is not a JSON object: it was cut off, or this is not the service. Check the address of the connection.`,
    details: { ambiguous: true },
    retryable: true,
    cause,
  })
