import { contextUrl, type ExpandItem, type ODataRequest, type PathSegment, type QueryOptions, stringifyJson } from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'
import { contextLists } from '../query/selection.ts'
import { type Exchange, jsonAnswer, type WireAnswer } from '../web/exchange.ts'
import { matchesFilter } from './filter-nodes.ts'
import type { MetadataFacts } from './metadata-document.ts'
import type { MetadataNode } from './metadata-node.ts'

const SETS = ['EntityDefinitions', 'RelationshipDefinitions', 'GlobalOptionSetDefinitions'] as const
const NAMESPACE = 'Microsoft.Dynamics.CRM.'

export const isMetadataSet = (name: string): boolean => SETS.some((set) => set === name)

type Found = MetadataNode | readonly MetadataNode[]

const isList = (found: Found): found is readonly MetadataNode[] => Array.isArray(found)

/** Answers the metadata sets: never paged, by name or id, with casts, keys and relationships. Source: wire specification 18, DV-117, DV-142. */
export function answerMetadata(exchange: Exchange, facts: MetadataFacts, parsed: ODataRequest): WireAnswer {
  const [first, ...rest] = parsed.path
  const roots: Record<string, readonly MetadataNode[]> = { EntityDefinitions: facts.entities, RelationshipDefinitions: facts.relationships }
  let found = applyKey(roots[first?.name ?? ''] ?? [], first)
  let place = first?.name ?? ''
  for (const segment of rest) {
    place = `${place}${keyText(found)}/${segment.name}`
    found = step(found, segment)
  }
  const { options } = parsed
  const kind = isList(found) ? undefined : ('entity' as const)
  const context = contextUrl(exchange.root, place, { ...contextLists(options), ...(kind !== undefined && { kind }) })
  const withType = place.includes('Attributes')
  if (!isList(found)) return jsonAnswer(200, stringifyJson({ '@odata.context': context, ...shape(found, options, withType) }))
  const value = listOf(found, options).map((node) => shape(node, options, withType))
  return jsonAnswer(
    200,
    stringifyJson({ '@odata.context': context, ...(options.count === true && { '@odata.count': value.length }), value }),
  )
}

/** A row on the way to its parts is named in the context: `EntityDefinitions('account')/Attributes`. */
function keyText(found: Found): string {
  if (isList(found)) return ''
  const name = found.values.LogicalName ?? found.values.SchemaName
  return typeof name === 'string' ? `('${name}')` : ''
}

function listOf(nodes: readonly MetadataNode[], options: QueryOptions): readonly MetadataNode[] {
  const { filter } = options
  const kept = filter === undefined ? nodes : nodes.filter((node) => matchesFilter(node, filter))
  return options.top === undefined ? kept : kept.slice(0, options.top)
}

/** The next path segment: a cast narrows, a navigation leads on. */
function step(found: Found, segment: PathSegment): Found {
  if (segment.name.startsWith(NAMESPACE)) {
    const type = segment.name.slice(NAMESPACE.length)
    const fits = (node: MetadataNode): boolean => node.type === type || type === 'AttributeMetadata' || type === 'EnumAttributeMetadata'
    if (isList(found)) return applyKey(found.filter(fits), segment)
    if (!fits(found)) throw wireErrors.unknownSegment(segment.name)
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
