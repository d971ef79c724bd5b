import {
  contextUrl,
  type ExpandItem,
  type ODataRequest,
  type OrderItem,
  type PathSegment,
  type QueryOptions,
  stringifyJson,
} from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'
import { contextLists } from '../query/selection.ts'
import { type Exchange, emptyAnswer, jsonAnswer, type WireAnswer } from '../web/exchange.ts'
import { countAnswer } from '../web/read-answers.ts'
import { comparable, matchesFilter } from './filter-nodes.ts'
import type { MetadataFacts } from './metadata-document.ts'
import type { MetadataNode } from './metadata-node.ts'
import { isMetadataType, isOfType } from './metadata-types.ts'

/** Collections of several types of objects: each one says which it is. */
const TYPED = /Attributes|RelationshipDefinitions|GlobalOptionSetDefinitions/

const SETS = ['EntityDefinitions', 'RelationshipDefinitions', 'GlobalOptionSetDefinitions'] as const
const NAMESPACE = 'Microsoft.Dynamics.CRM.'

export const isMetadataSet = (name: string): boolean => SETS.some((set) => set === name)

type Found = MetadataNode | readonly MetadataNode[]

const isList = (found: Found): found is readonly MetadataNode[] => Array.isArray(found)

/** Answers the metadata sets: never paged, by name or id, with casts, keys and relationships. Source: wire specification 18, DV-117, DV-142. */
export function answerMetadata(exchange: Exchange, facts: MetadataFacts, parsed: ODataRequest): WireAnswer {
  const [first, ...path] = parsed.path
  const { options } = parsed
  assertOptions(options)
  // `/$count` counts what the path before it leads to.
  const counts = path.at(-1)?.name === '$count'
  const rest = counts ? path.slice(0, -1) : path
  const roots: Record<string, readonly MetadataNode[]> = {
    EntityDefinitions: facts.entities,
    RelationshipDefinitions: facts.relationships,
    GlobalOptionSetDefinitions: facts.optionSets,
  }
  let found = applyKey(roots[first?.name ?? ''] ?? [], first)
  let place = first?.name ?? ''
  for (const [at, segment] of rest.entries()) {
    const key = place.includes(NAMESPACE) ? '' : keyText(found)
    place = `${place}${key}/${segment.name}`
    if (at === rest.length - 1 && !isList(found) && segment.name in found.values)
      return valueAnswer(exchange, place, found.values[segment.name])
    found = step(found, segment)
  }
  if (counts && isList(found)) return countAnswer(kept(found, options).length)
  if (counts) throw wireErrors.unknownSegment('$count')
  const kind = isList(found) ? undefined : ('entity' as const)
  const context = contextUrl(exchange.root, place, { ...contextLists(options), ...(kind !== undefined && { kind }) })
  const withType = TYPED.test(place)
  if (!isList(found)) return jsonAnswer(200, stringifyJson({ '@odata.context': context, ...shape(found, options, withType) }))
  const value = listOf(found, options).map((node) => shape(node, options, withType))
  return jsonAnswer(
    200,
    stringifyJson({ '@odata.context': context, ...(options.count === true && { '@odata.count': kept(found, options).length }), value }),
  )
}

/** A row on the way to its parts is named in the context: `EntityDefinitions('account')/Attributes`. */
function keyText(found: Found): string {
  if (isList(found)) return ''
  const name = found.values.LogicalName ?? found.values.SchemaName ?? found.values.Name
  return typeof name === 'string' ? `('${name}')` : ''
}

/** What would be ignored is refused. Metadata is never paged, so that there is no token either. */
function assertOptions({ apply, skiptoken, deltatoken, skip }: QueryOptions): void {
  for (const [name, value] of Object.entries({ $apply: apply, $skiptoken: skiptoken, $deltatoken: deltatoken, $skip: skip }))
    if (value !== undefined) throw wireErrors.badQuery(`The query option ${name} is not supported on metadata.`)
}

/** One plain property of an object: `EntityDefinitions(LogicalName='account')/ObjectTypeCode`. */
const valueAnswer = (exchange: Exchange, place: string, value: unknown): WireAnswer =>
  value === null || value === undefined
    ? emptyAnswer()
    : jsonAnswer(200, stringifyJson({ '@odata.context': contextUrl(exchange.root, place, {}), value }))

function kept(nodes: readonly MetadataNode[], { filter }: QueryOptions): readonly MetadataNode[] {
  return filter === undefined ? nodes : nodes.filter((node) => matchesFilter(node, filter))
}

function listOf(nodes: readonly MetadataNode[], options: QueryOptions): readonly MetadataNode[] {
  const ordered = sorted(kept(nodes, options), options.orderby ?? [])
  return options.top === undefined ? ordered : ordered.slice(0, options.top)
}

/** By plain properties; texts without case. */
function sorted(nodes: readonly MetadataNode[], order: readonly OrderItem[]): readonly MetadataNode[] {
  const keyOf = (node: MetadataNode, { expression }: OrderItem): unknown => {
    const name = expression.kind === 'path' ? expression.segments.join('/') : ''
    if (!(name in node.values)) throw wireErrors.unknownProperty(name, node.type)
    const value = comparable(node.values[name]) ?? ''
    return typeof value === 'string' ? value.toLowerCase() : value
  }
  return nodes.toSorted((left, right) => {
    for (const item of order) {
      const [a, b] = [keyOf(left, item), keyOf(right, item)] as [string, string]
      if (a !== b) return a < b === item.descending ? 1 : -1
    }
    return 0
  })
}

/** The next path segment: a cast narrows, a navigation leads on. */
function step(found: Found, segment: PathSegment): Found {
  if (segment.name.startsWith(NAMESPACE)) {
    const type = segment.name.slice(NAMESPACE.length)
    if (isList(found) && isMetadataType(type))
      return applyKey(
        found.filter((node) => isOfType(node, type)),
        segment,
      )
    if (isList(found) || !isOfType(found, type)) throw wireErrors.unknownSegment(segment.name)
    return found
  }
  if (isList(found)) throw wireErrors.unknownSegment(segment.name)
  const next = found.navigations[segment.name]?.()
  if (next === undefined || next === null) throw wireErrors.unknownSegment(segment.name)
  return isList(next) ? applyKey(next, segment) : next
}

/** `(LogicalName='account')`, `(SchemaName='…')`, `(Name='…')` or `(metadataid)`. */
function applyKey(nodes: readonly MetadataNode[], segment: PathSegment | undefined): Found {
  const [key] = segment?.key ?? []
  if (key === undefined) return nodes
  const name = key.name ?? 'MetadataId'
  const wanted = key.value.value.toLowerCase()
  const node = nodes.find((candidate) => String(candidate.values[name] ?? '').toLowerCase() === wanted)
  if (node === undefined) throw wireErrors.metadataNotFound(name, key.value.value)
  return node
}

/** The selected members, `MetadataId` always, and the expanded ones. */
function shape(node: MetadataNode, options: QueryOptions, withType: boolean): Record<string, unknown> {
  const shaped: Record<string, unknown> = withType ? { '@odata.type': `#${NAMESPACE}${node.type}` } : {}
  if (options.select === undefined || options.select.some((item) => item.path === '*')) Object.assign(shaped, node.values)
  for (const item of options.select ?? []) {
    if (item.path === '*') continue
    // Properties of a derived type may be selected on a list of mixed types: others do not have them.
    if (item.path in node.values) shaped[item.path] = node.values[item.path]
    else if (!withType && !(item.path in node.navigations)) throw wireErrors.unknownProperty(item.path, node.type)
  }
  shaped.MetadataId = node.values.MetadataId
  for (const item of options.expand ?? []) shaped[item.navigation] = expanded(node, item)
  return shaped
}

function expanded(node: MetadataNode, item: ExpandItem): unknown {
  const next = node.navigations[item.navigation]
  if (next === undefined) throw wireErrors.unknownProperty(item.navigation, node.type)
  const found = next()
  if (found === null) return null
  const withType = item.navigation === 'Attributes'
  return isList(found)
    ? listOf(found, item.options).map((child) => shape(child, item.options, withType))
    : shape(found, item.options, false)
}
