import { dataverseProfile, type PathSegment, parseRequest, type QueryOptions, stringifyJson } from '@p2c/odata'
import { answerAction } from '../actions/action-answers.ts'
import type { AppAction } from '../actions/app-action.ts'
import { wireErrors } from '../errors/wire-errors.ts'
import { answerMetadata, isMetadataSet } from '../metadata/metadata-answers.ts'
import { type MetadataFacts, metadataDocument } from '../metadata/metadata-document.ts'
import type { Table } from '../model/resolved-model.ts'
import { type EntityReference, readKey } from '../payload/read-reference.ts'
import { answerApply } from './apply-answers.ts'
import { answerBulk, isBulkAction } from './bulk-answers.ts'
import { answerBaseline, answerChangeCount, answerChanges } from './change-answers.ts'
import { type Exchange, jsonAnswer, type WireAnswer } from './exchange.ts'
import { answerPredefined, type PredefinedQuery, predefinedQuery, refusePredefined } from './fetch-answers.ts'
import { answerCollection, answerCount } from './read-answers.ts'
import { answerOnRow } from './row-path.ts'
import { answerCreate } from './write-answers.ts'

/** Everything that one service root serves. */
export interface Service {
  readonly actions: readonly AppAction[]
  readonly metadata: MetadataFacts
}

const NAMESPACE = 'Microsoft.Dynamics.CRM.'

/** Answers one request below the service root, a batch excepted. Throws what `toWireError` turns into an answer. */
export async function dispatch(exchange: Exchange, service: Service): Promise<WireAnswer> {
  const { request } = exchange
  const parsed = parseRequest(request.url, { profile: dataverseProfile, inBatch: request.inBatch })
  const [first, ...rest] = parsed.path
  if (first === undefined) return only(exchange, 'GET', () => serviceDocument(exchange))
  if (first.name === '$metadata' && rest.length === 0) {
    return only(exchange, 'GET', () => ({
      status: 200,
      headers: [['Content-Type', 'application/xml']],
      body: metadataDocument(service.metadata, parsed.custom.get('annotations') === 'true'),
    }))
  }
  if (isMetadataSet(first.name)) return only(exchange, 'GET', () => answerMetadata(exchange, service.metadata, parsed))
  const table = exchange.core.model.bySet.get(first.name)
  if (table === undefined) return unboundAction(exchange, service, { first, rest })
  const at = { table, rest, options: parsed.options, query: predefinedQuery(parsed.custom) }
  if (first.key !== undefined && first.key.length > 0) return onRow(exchange, service, { ...at, first })
  return onSet(exchange, service, at)
}

function only(exchange: Exchange, method: string, answer: () => WireAnswer): WireAnswer {
  if (exchange.request.method !== method) throw wireErrors.methodNotAllowed(exchange.request.method, exchange.request.url.slice(0, 100))
  return answer()
}

function serviceDocument(exchange: Exchange): WireAnswer {
  const value = [...exchange.core.model.bySet.keys()].map((name) => ({ name, kind: 'EntitySet', url: name }))
  return jsonAnswer(200, stringifyJson({ '@odata.context': `${exchange.root}$metadata`, value }))
}

function unboundAction(
  exchange: Exchange,
  service: Service,
  path: { readonly first: PathSegment; readonly rest: readonly PathSegment[] },
): Promise<WireAnswer> {
  const action = service.actions.find((candidate) => candidate.name === path.first.name && candidate.binding === 'unbound')
  if (action === undefined || path.rest.length > 0)
    throw wireErrors.unknownSegment(path.rest.length > 0 && action !== undefined ? (path.rest[0]?.name ?? '') : path.first.name)
  return answerAction(exchange, { action, segment: path.first })
}

interface SetPath {
  readonly table: Table
  readonly rest: readonly PathSegment[]
  readonly options: QueryOptions
  readonly query: PredefinedQuery | undefined
}

function onSet(exchange: Exchange, service: Service, at: SetPath): Promise<WireAnswer> {
  const { table, options, query } = at
  const [next, ...further] = at.rest
  const { method } = exchange.request
  if (query !== undefined && next === undefined && method === 'GET') return answerPredefined(exchange, { table }, { query, options })
  refusePredefined(query)
  if (next === undefined) {
    if (method === 'GET') return queryAnswer(exchange, table, options)
    if (method === 'POST') return answerCreate(exchange, table, options)
    throw wireErrors.methodNotAllowed(method, table.entitySetName)
  }
  if (further.length > 0) throw wireErrors.unknownSegment(further[0]?.name ?? '')
  if (next.name === '$count' && method === 'GET') {
    return options.deltatoken === undefined ? answerCount(exchange, { table }, options) : answerChangeCount(exchange, table, options)
  }
  const bound = boundName(next)
  if (bound !== undefined && isBulkAction(bound)) return answerBulk(exchange, table, bound)
  const action = bound === undefined ? undefined : findBound(service, { table, name: bound, collection: true })
  if (action === undefined) throw wireErrors.unknownSegment(next.name)
  return answerAction(exchange, { action, segment: next })
}

const boundName = (segment: PathSegment): string | undefined =>
  segment.name.startsWith(NAMESPACE) ? segment.name.slice(NAMESPACE.length) : undefined

const findBound = (
  service: Service,
  wanted: { readonly table: Table; readonly name: string; readonly collection: boolean },
): AppAction | undefined =>
  service.actions.find(
    ({ name, binding }) =>
      name === wanted.name &&
      binding !== 'unbound' &&
      binding.table === wanted.table.logicalName &&
      (binding.collection ?? false) === wanted.collection,
  )

function queryAnswer(exchange: Exchange, table: Table, options: QueryOptions): Promise<WireAnswer> {
  if (options.apply !== undefined) return answerApply(exchange, { table }, options)
  if (options.deltatoken !== undefined) return answerChanges(exchange, table, options)
  // A table without change tracking ignores the preference: no Preference-Applied tells the client so (DV-085).
  if (exchange.preferences.trackChanges && table.definition.changeTracking) return answerBaseline(exchange, table, options)
  return answerCollection(exchange, { table }, options)
}

async function onRow(exchange: Exchange, service: Service, at: SetPath & { readonly first: PathSegment }): Promise<WireAnswer> {
  const reference: EntityReference = readKey(at.table, at.first.key ?? [])
  const [next] = at.rest
  if (at.query !== undefined) return answerOnRow(exchange, { reference, rest: at.rest, options: at.options, query: at.query })
  const bound = next === undefined ? undefined : boundName(next)
  if (next !== undefined && bound !== undefined) {
    const action = findBound(service, { table: at.table, name: bound, collection: false })
    if (action === undefined || at.rest.length > 1) throw wireErrors.unknownSegment(next.name)
    return answerOnRow(exchange, {
      reference,
      rest: [],
      options: at.options,
      onAction: (id) => answerAction(exchange, { action, segment: next, boundId: id }),
    })
  }
  // A bound action without its namespace has parameters that nothing resolves: 400 (DV-097).
  const unqualified = next === undefined ? undefined : findBound(service, { table: at.table, name: next.name, collection: false })
  if (unqualified !== undefined)
    throw wireErrors.badQuery(
      `Resource not found for the segment '${unqualified.name}': a bound operation is called by its full name '${NAMESPACE}${unqualified.name}'.`,
    )
  return answerOnRow(exchange, { reference, rest: at.rest, options: at.options })
}
