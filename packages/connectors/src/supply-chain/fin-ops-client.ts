import { randomUUID } from 'node:crypto'
import { AppError, type Logger } from '@p2c/base'
import { type BatchResultPart, type OutgoingPart, parseJson, readBatchResponse, stringifyJson, writeBatchRequest } from '@p2c/odata'
import { checkFeedLink } from '../http/feed-link.ts'
import type { HttpClient } from '../http/http-client.ts'
import type { HttpRequest, HttpResponse } from '../http/http-message.ts'
import { readAgain } from '../load/lost-answer.ts'
import { faultError, readFault } from './fin-ops-error.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** The service of one environment: `/data`, `/metadata` and blobs. Refusals are thrown as `AppError` (`faultError`). */
export interface FinOpsClient {
  /** `{root}/data/` */
  readonly dataRoot: string
  /** `path` is below the environment root (`data/…`, `metadata/…`) or a link of an answer. */
  get(path: string, options: { readonly prefer?: string; readonly signal: AbortSignal }): Promise<JsonObject>
  /** A plain number (`/$count`); undefined where the answer is none. */
  getCount(path: string, signal: AbortSignal): Promise<number | undefined>
  /** Follows next links to the end: for answers that are known to be small. */
  getAll(path: string, signal: AbortSignal): Promise<readonly JsonObject[]>
  /** An action; `repeatable` where a second call does no harm. */
  call(path: string, body: unknown, options: { readonly repeatable: boolean; readonly signal: AbortSignal }): Promise<JsonObject>
  /** Address of the environment with a slash at its end. */
  readonly root: string
  /** A `$batch`: the parts that came back, in order. Inner URLs are relative to `/data`. */
  batch(parts: readonly OutgoingPart[], signal: AbortSignal): Promise<readonly BatchResultPart[]>
  /** A blob by its signed address: without the bearer token (FO-004). */
  download(url: string, signal: AbortSignal): Promise<Uint8Array>
  /** Stores a package at its signed address, without the bearer token (FO-084); a repeat only writes the same again. */
  upload(url: string, bytes: Uint8Array, signal: AbortSignal): Promise<void>
  pause: HttpClient['pause']
}

/** Nothing tells which company a request means but the request itself (FO-016). */
export const CROSS_COMPANY = 'cross-company=true'

/** Service protection leaves data packages alone (FO-111). */
const PACKAGE_ACTIONS = /^data\/DataManagementDefinitionGroups\b/

const COMMON_HEADERS = { accept: 'application/json', 'odata-version': '4.0', 'odata-maxversion': '4.0' }

export function createFinOpsClient(http: HttpClient, options: { readonly root: string; readonly log: Logger }): FinOpsClient {
  const root = `${options.root.replace(/\/+$/, '')}/`
  const urlOf = (path: string) => checkFeedLink(path.startsWith('http') ? path : `${root}${path}`, root)
  const send = createSender(http, options.log)
  const getOnce: FinOpsClient['get'] = async (path, { prefer, signal }) => {
    const response = await send({ method: 'GET', url: urlOf(path), headers: prefer === undefined ? {} : { prefer } }, signal)
    return bodyOf(response, path)
  }
  const get: FinOpsClient['get'] = (path, options) => readAgain(http, () => getOnce(path, options), options.signal)
  return {
    root,
    dataRoot: `${root}data/`,
    get,
    async getCount(path, signal) {
      const response = await send({ method: 'GET', url: urlOf(path), headers: { accept: 'text/plain' } }, signal)
      if (response.status >= 400) throw faultError(readFault(response.status, response.text), { path })
      const text = response.text.replace(/^\ufeff/, '').trim()
      return /^\d{1,15}$/.test(text) ? Number(text) : undefined
    },
    getAll: (path, signal) => followLinks(get, path, signal),
    async call(path, body, { repeatable, signal }) {
      const headers = { 'content-type': 'application/json; charset=utf-8' }
      const isExempt = PACKAGE_ACTIONS.test(path)
      const callOnce = async () =>
        bodyOf(await send({ method: 'POST', url: urlOf(path), headers, body: stringifyJson(body), repeatable, isExempt }, signal), path)
      return repeatable ? readAgain(http, callOnce, signal) : callOnce()
    },
    async batch(parts, signal) {
      const message = writeBatchRequest(parts, randomUUID)
      const headers = { 'content-type': message.contentType }
      const response = await send({ method: 'POST', url: `${root}data/$batch`, headers, body: message.body }, signal)
      const contentType = headerOf(response, 'content-type') ?? ''
      if (!contentType.startsWith('multipart/mixed')) throw faultError(readFault(response.status, response.text), { path: 'data/$batch' })
      return readParts(response, contentType)
    },
    async download(url, signal) {
      const response = await http.send({ method: 'GET', url, withoutToken: true }, signal)
      if (response.status !== 200) throw faultError(readFault(response.status, ''), { path: 'blob' })
      return response.bytes
    },
    async upload(url, bytes, signal) {
      const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/zip' }
      const response = await http.send({ method: 'PUT', url, headers, body: bytes, withoutToken: true, repeatable: true }, signal)
      if (response.status >= 300) throw faultError(readFault(response.status, ''), { path: 'blob' })
    },
    pause: http.pause,
  }
}

/** Every request has an id of its own; of a refused one both ids are logged: the system's own diagnostics are searched by them (FO-009). */
const createSender =
  (http: HttpClient, log: Logger) =>
  async (request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> => {
    const requestId = randomUUID()
    const headers = { ...COMMON_HEADERS, 'x-ms-client-request-id': requestId, ...request.headers }
    const response = await http.send({ ...request, headers }, signal)
    const activityId = headerOf(response, 'ms-dyn-aid')
    if (response.status >= 400)
      log.warn({ status: response.status, activityId, requestId, path: new URL(request.url).pathname }, 'a request was refused')
    return response
  }

async function followLinks(get: FinOpsClient['get'], first: string, signal: AbortSignal): Promise<readonly JsonObject[]> {
  const rows: JsonObject[] = []
  let next: string | undefined = first
  while (next !== undefined) {
    const body = await get(next, { signal })
    rows.push(...rowsOf(body))
    next = nextLinkOf(body)
  }
  return rows
}

export const rowsOf = (body: JsonObject): readonly JsonObject[] => (Array.isArray(body.value) ? (body.value as JsonObject[]) : [])

export function nextLinkOf(body: JsonObject): string | undefined {
  const link = body['@odata.nextLink']
  return typeof link === 'string' && link !== '' ? link : undefined
}

function headerOf(response: HttpResponse, name: string): string | undefined {
  const value = response.headers[name]
  return typeof value === 'string' ? value : value?.[0]
}

function bodyOf(response: HttpResponse, path: string): JsonObject {
  if (response.status >= 400) {
    const activityId = headerOf(response, 'ms-dyn-aid')
    throw faultError(readFault(response.status, response.text), { path, ...(activityId !== undefined && { activityId }) })
  }
  if (response.text === '') return {}
  try {
    const body = parseJson(response.text)
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as JsonObject
  } catch (error) {
    throw unreadable(path, error)
  }
  throw unreadable(path)
}

function readParts(response: HttpResponse, contentType: string): readonly BatchResultPart[] {
  try {
    return readBatchResponse(response.bytes, contentType)
  } catch (error) {
    throw unreadable('data/$batch', error)
  }
}

/** Cut off or not JSON: a write may have been carried out all the same. */
const unreadable = (path: string, cause?: unknown): AppError =>
  new AppError({
    category: 'connectivity',
    code: 'response-invalid',
    message: `The answer to ${path.split('?')[0]} cannot be read: it was cut off, or this is not the service. Check the address of the connection.`,
    details: { ambiguous: true },
    retryable: true,
    cause,
  })
