import { type ODataRequest, parseRequest } from '@p2c/odata'
import { findEntityByCollection } from '../entities/catalogue.ts'
import type { Entity } from '../entities/entity.ts'
import { runAction } from './actions.ts'
import type { DataRequest, DataServices } from './data-context.ts'
import { metadataDocument, serviceDocument } from './documents.ts'
import { NAMESPACE } from './names.ts'
import { countSet, type EntityRequest, readRow, readSet } from './read-handlers.ts'
import {
  badQuery,
  type DataResponse,
  forbidden,
  METADATA_LEVELS,
  type MetadataLevel,
  methodNotAllowed,
  parserRefusal,
  routeMiss,
  textResponse,
} from './response.ts'
import { mayUseEntity } from './service-user.ts'
import { type PreparedWrite, prepareWrite, runWrite } from './write-handlers.ts'

/** How much control information the caller wants; undefined where only another format would do. */
function metadataLevel(accept: string | undefined, format: string | undefined): MetadataLevel {
  const wanted = /odata\.metadata=([a-z]+)/i.exec(format ?? '')?.[1] ?? /odata\.metadata=([a-z]+)/i.exec(accept ?? '')?.[1]
  return METADATA_LEVELS.find((level) => level === wanted?.toLowerCase()) ?? 'minimal'
}

/** `cross-company=true` anywhere among the options, in any case. */
const isCrossCompany = (parsed: ODataRequest): boolean =>
  [...parsed.custom].some(([name, value]) => name.toLowerCase() === 'cross-company' && value.trim().toLowerCase() === 'true')

/** Replies are JSON; nothing else can be asked for. */
const isSupportedFormat = (format: string | undefined): boolean =>
  format === undefined || /^(?:json|application\/json(?:;.*)?)$/i.test(format)

type Parsed = { readonly ok: true; readonly parsed: ODataRequest } | { readonly ok: false; readonly response: DataResponse }

/** Reads path and options. A path that no grammar knows leads nowhere: 404; a bad option is a bad request. */
function parseDataRequest(services: DataServices, request: DataRequest): Parsed {
  try {
    return { ok: true, parsed: parseRequest(request.url, { profile: services.profile, inBatch: request.isInBatch }) }
  } catch (error) {
    const refusal = parserRefusal(error)
    if (refusal === undefined) throw error
    const isPathOnly = !request.url.includes('?') && refusal.status === 400
    return { ok: false, response: isPathOnly ? routeMiss(`${request.root}/${request.url}`) : refusal }
  }
}

/** Answers one request on `/data` except `$batch`. Refusals of parsers become replies; other errors are thrown. */
export async function answerDataRequest(services: DataServices, request: DataRequest): Promise<DataResponse> {
  const reading = parseDataRequest(services, request)
  if (!reading.ok) return reading.response
  try {
    return await route(services, request, reading.parsed)
  } catch (error) {
    const refusal = parserRefusal(error)
    if (refusal === undefined) throw error
    return refusal
  }
}

async function route(services: DataServices, request: DataRequest, parsed: ODataRequest): Promise<DataResponse> {
  const [first, second] = parsed.path
  if (!isSupportedFormat(parsed.options.format)) return badQuery(`The format '${parsed.options.format}' is not supported; use json.`)
  if (first === undefined || (first.name === '' && second === undefined))
    return request.method === 'GET' ? serviceDocument(request) : methodNotAllowed(request.method)
  if (first.name === '$metadata')
    return request.method === 'GET' ? textResponse(metadataDocument(services.actions), 'application/xml') : methodNotAllowed(request.method)
  const entity = findEntityByCollection(first.name)
  if (entity === undefined) {
    if (request.method === 'POST' && second === undefined && first.key === undefined)
      return runAction(services, { request, parsed, name: first.name, isCrossCompany: isCrossCompany(parsed) })
    return routeMiss(`${request.root}/${request.url}`)
  }
  if (!mayUseEntity(request.user, entity)) return forbidden(entity.collection)
  return routeEntity(services, request, { parsed, entity })
}

interface EntityTarget {
  readonly parsed: ODataRequest
  readonly entity: Entity
}

async function routeEntity(services: DataServices, request: DataRequest, { parsed, entity }: EntityTarget): Promise<DataResponse> {
  const last = parsed.path.at(-1)
  const actionName = parsed.path.length === 2 && last?.name.startsWith(`${NAMESPACE}.`) ? last.name.slice(NAMESPACE.length + 1) : undefined
  if (actionName !== undefined)
    return request.method === 'POST'
      ? runAction(services, { request, parsed, entity, name: actionName, isCrossCompany: isCrossCompany(parsed) })
      : methodNotAllowed(request.method)
  if (request.method === 'GET') return routeRead(toEntityRequest(services, request, { parsed, entity }))
  if (parsed.path.length > 1) return routeMiss(`${request.root}/${request.url}`)
  return runWrite(services, prepareEntityWrite(request, { parsed, entity }))
}

const toEntityRequest = (services: DataServices, request: DataRequest, { parsed, entity }: EntityTarget): EntityRequest => ({
  services,
  request,
  parsed,
  entity,
  isCrossCompany: isCrossCompany(parsed),
  level: metadataLevel(request.header('accept'), parsed.options.format),
})

function routeRead(input: EntityRequest): Promise<DataResponse> | DataResponse {
  const [first, second, third] = input.parsed.path
  const miss = routeMiss(`${input.request.root}/${input.request.url}`)
  if (first?.parameters !== undefined) return miss
  if (first?.key === undefined) {
    if (second === undefined) return readSet(input)
    return second.name === '$count' && third === undefined ? countSet(input) : miss
  }
  if (second === undefined) return readRow(input)
  if (second.key !== undefined || (third !== undefined && third.name !== '$value')) return miss
  return readRow(input, { name: second.name, isRaw: third !== undefined })
}

const WRITES = ['POST', 'PATCH', 'PUT', 'DELETE', 'MERGE']

function prepareEntityWrite(request: DataRequest, { parsed, entity }: EntityTarget): PreparedWrite {
  if (!WRITES.includes(request.method)) return { ok: false, response: methodNotAllowed(request.method) }
  if (request.method !== 'POST' && parsed.path[0]?.key === undefined) return { ok: false, response: methodNotAllowed(request.method) }
  return prepareWrite({
    request,
    parsed,
    entity,
    isCrossCompany: isCrossCompany(parsed),
    level: metadataLevel(request.header('accept'), parsed.options.format),
  })
}

/** A write inside a change set: prepared now, run with the others. Anything but a row write is refused. */
export function prepareChangeSetWrite(services: DataServices, request: DataRequest): PreparedWrite {
  const reading = parseDataRequest(services, request)
  if (!reading.ok) return reading
  const [first, second] = reading.parsed.path
  const entity = first === undefined ? undefined : findEntityByCollection(first.name)
  if (entity === undefined || second !== undefined) return { ok: false, response: routeMiss(`${request.root}/${request.url}`) }
  try {
    return prepareEntityWrite(request, { parsed: reading.parsed, entity })
  } catch (error) {
    const refusal = parserRefusal(error)
    if (refusal === undefined) throw error
    return { ok: false, response: refusal }
  }
}
