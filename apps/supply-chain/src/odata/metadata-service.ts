import { contextUrl, type KeyPart, type ODataRequest, parseRequest } from '@p2c/odata'
import type { ActionTable } from './action-table.ts'
import { type MetadataRow, metadataProfile, queryMetadata } from './metadata-query.ts'
import { dataEntityRows, enumerationRows, labelTexts, publicEntityRows } from './metadata-rows.ts'
import { type DataResponse, errorResponse, jsonResponse, methodNotAllowed, parserRefusal, routeMiss } from './response.ts'

interface MetadataSet {
  readonly rows: readonly MetadataRow[]
  readonly keyName: string
}

/** Answers requests below `/metadata`. */
export interface MetadataService {
  answer(request: MetadataRequest): DataResponse
}

export interface MetadataRequest {
  readonly method: string
  /** Path and query below `/metadata`, encoded, without a leading slash. */
  readonly url: string
  /** `{F}/metadata`. */
  readonly root: string
}

/** All metadata of one application; it does not change while it runs. */
export function createMetadataService(actions: ActionTable): MetadataService {
  const labels = labelTexts()
  const sets: Readonly<Record<string, MetadataSet>> = {
    DataEntities: { rows: dataEntityRows(), keyName: 'Name' },
    PublicEntities: { rows: publicEntityRows(actions), keyName: 'Name' },
    PublicEnumerations: { rows: enumerationRows(), keyName: 'Name' },
  }
  return {
    answer(request) {
      if (request.method !== 'GET') return methodNotAllowed(request.method)
      try {
        return route(request, sets, labels)
      } catch (error) {
        const refusal = parserRefusal(error)
        if (refusal === undefined) throw error
        return refusal.status === 400 && !request.url.includes('?') ? routeMiss(`${request.root}/${request.url}`) : refusal
      }
    },
  }
}

function route(request: MetadataRequest, sets: Readonly<Record<string, MetadataSet>>, labels: ReadonlyMap<string, string>): DataResponse {
  const parsed = parseRequest(request.url, { profile: metadataProfile })
  const [first, second] = parsed.path
  const miss = routeMiss(`${request.root}/${request.url}`)
  if (first === undefined || first.name === '') return rootDocument(request, [...Object.keys(sets), 'Labels'])
  if (first.name === 'Labels') return second === undefined ? labelResponse(request, first.key ?? [], labels) : miss
  const set = Object.hasOwn(sets, first.name) ? sets[first.name] : undefined
  if (set === undefined) return miss
  if (first.key !== undefined) return second === undefined ? rowResponse(request, parsed, set) : miss
  if (second === undefined) return setResponse(request, parsed, set)
  return second.name === '$count'
    ? { status: 200, headers: [['Content-Type', 'text/plain;charset=utf-8']], body: String(queryMetadata(set.rows, parsed.options).count) }
    : miss
}

const rootDocument = ({ root }: MetadataRequest, names: readonly string[]): DataResponse =>
  jsonResponse(
    200,
    JSON.stringify({ '@odata.context': `${root}/$metadata`, value: names.map((name) => ({ name, kind: 'EntitySet', url: name })) }),
  )

const notFound = errorResponse({ status: 404, message: 'No metadata was found for the given key.' })

const selectOf = (parsed: ODataRequest) => {
  const select = parsed.options.select?.map((item) => item.path)
  return select === undefined ? {} : { select }
}

function setResponse({ root }: MetadataRequest, parsed: ODataRequest, set: MetadataSet): DataResponse {
  const { rows, count } = queryMetadata(set.rows, parsed.options)
  const context = contextUrl(root, parsed.path[0]?.name ?? '', selectOf(parsed))
  return jsonResponse(
    200,
    JSON.stringify({ '@odata.context': context, ...(parsed.options.count === true && { '@odata.count': count }), value: rows }),
  )
}

function rowResponse({ root }: MetadataRequest, parsed: ODataRequest, set: MetadataSet): DataResponse {
  const [part, other] = parsed.path[0]?.key ?? []
  if (part === undefined || other !== undefined || (part.name !== undefined && part.name !== set.keyName)) return notFound
  const row = set.rows.find((each) => String(each[set.keyName]).toLowerCase() === part.value.value.toLowerCase())
  if (row === undefined) return notFound
  const { rows } = queryMetadata([row], parsed.options.select === undefined ? {} : { select: parsed.options.select })
  const context = contextUrl(root, parsed.path[0]?.name ?? '', { ...selectOf(parsed), kind: 'entity' })
  return jsonResponse(200, JSON.stringify({ '@odata.context': context, ...rows[0] }))
}

/** Texts exist in English; other languages get them as the product does where a translation is missing. */
function labelResponse({ root }: MetadataRequest, key: readonly KeyPart[], labels: ReadonlyMap<string, string>): DataResponse {
  const id = key.find((part) => part.name === 'Id')?.value.value
  const language = key.find((part) => part.name === 'Language')?.value.value ?? 'en-us'
  const text = id === undefined ? undefined : labels.get(id.toLowerCase())
  if (text === undefined) return notFound
  return jsonResponse(
    200,
    JSON.stringify({ '@odata.context': contextUrl(root, 'Labels', { kind: 'entity' }), Id: id, Language: language, Value: text }),
  )
}
