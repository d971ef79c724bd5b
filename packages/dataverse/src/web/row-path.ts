import type { PathSegment, QueryOptions } from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'
import { type ManyNavigation, type Navigation, type Table, tableOf } from '../model/resolved-model.ts'
import { type EntityReference, readKey } from '../payload/read-reference.ts'
import type { PathCondition } from '../query/read-rows.ts'
import { joinChildren } from '../query/table-scope.ts'
import { answerApply } from './apply-answers.ts'
import { type Exchange, emptyAnswer, type WireAnswer } from './exchange.ts'
import { answerPredefined, type PredefinedQuery, refusePredefined } from './fetch-answers.ts'
import { answerCollection, answerCount, answerProperty, answerRow } from './read-answers.ts'
import { requireReadableRow } from './readable-row.ts'
import { answerReference, relatedRow } from './reference-answers.ts'
import { answerCreateRelated, answerDelete, answerPatch, answerPropertyWrite, requireRow } from './write-answers.ts'

export interface RowPath {
  readonly reference: EntityReference
  /** Segments behind the row. */
  readonly rest: readonly PathSegment[]
  readonly options: QueryOptions
  /** A bound action ends the path. */
  readonly onAction?: (id: string) => Promise<WireAnswer>
  /** FetchXML of the request; only a collection of children answers it. */
  readonly query?: PredefinedQuery
}

/** Answers a path that begins with one row: the row itself, a property, what it points to or what points to it. Source: wire specification 5. */
export async function answerOnRow(exchange: Exchange, path: RowPath): Promise<WireAnswer> {
  const { reference, options } = path
  const [next, ...further] = path.rest
  if (path.onAction !== undefined) return path.onAction(await requireReadableRow(exchange, reference))
  const navigation = next === undefined ? undefined : reference.table.navigations.get(next.name)
  if (next !== undefined && navigation !== undefined)
    return onNavigation(exchange, { reference, navigation, segment: next, rest: further, options, query: path.query })
  refusePredefined(path.query)
  if (next === undefined) return onRowItself(exchange, reference, options)
  return onProperty(exchange, { reference, property: next.name, rest: further })
}

async function onRowItself(exchange: Exchange, reference: EntityReference, options: QueryOptions): Promise<WireAnswer> {
  const { method } = exchange.request
  if (method === 'GET') return answerRow(exchange, reference.table, { id: await requireRow({ sql: exchange.sql }, reference), options })
  if (method === 'PATCH') return answerPatch(exchange, reference, options)
  if (method === 'DELETE') return answerDelete(exchange, reference)
  throw wireErrors.methodNotAllowed(method, reference.table.entitySetName)
}

async function onProperty(
  exchange: Exchange,
  at: { readonly reference: EntityReference; readonly property: string; readonly rest: readonly PathSegment[] },
): Promise<WireAnswer> {
  const { reference, property, rest } = at
  const { method } = exchange.request
  const raw = rest.length === 1 && rest[0]?.name === '$value'
  if (!reference.table.byProperty.has(property)) throw wireErrors.unknownSegment(property)
  if (rest.length > 0 && !raw) throw wireErrors.unknownSegment(rest[0]?.name ?? '')
  if (method === 'GET')
    return answerProperty(exchange, reference.table, { id: await requireRow({ sql: exchange.sql }, reference), property, raw })
  if (!raw && (method === 'PUT' || method === 'DELETE')) return answerPropertyWrite(exchange, reference, property)
  throw wireErrors.methodNotAllowed(method, property)
}

interface NavigationPath {
  readonly reference: EntityReference
  readonly navigation: Navigation
  readonly segment: PathSegment
  readonly rest: readonly PathSegment[]
  readonly options: QueryOptions
  readonly query: PredefinedQuery | undefined
}

async function onNavigation(exchange: Exchange, at: NavigationPath): Promise<WireAnswer> {
  const { navigation, reference, options } = at
  const child = childReference(exchange, at)
  if (navigation.kind === 'single' || child !== undefined || at.rest.length > 0) refusePredefined(at.query)
  if (at.rest.length === 1 && at.rest[0]?.name === '$ref')
    return answerReference(exchange, { parent: reference, navigation, child, options })
  if (navigation.kind !== 'single' && child === undefined) return onChildren(exchange, { ...at, navigation })
  if (exchange.request.method !== 'GET' && at.rest.length === 0) throw wireErrors.methodNotAllowed(exchange.request.method, navigation.name)
  if (child !== undefined) {
    await requireChild(exchange, { ...at, child })
    return answerOnRow(exchange, { reference: child, rest: at.rest, options })
  }
  if (navigation.kind !== 'single') throw wireErrors.unknownSegment(navigation.name)
  const id = await requireReadableRow(exchange, reference)
  const target = await relatedRow(exchange, { table: reference.table, id, navigation })
  if (target === undefined) return emptyAnswer()
  return answerOnRow(exchange, { reference: target, rest: at.rest, options })
}

function childReference(exchange: Exchange, at: NavigationPath): EntityReference | undefined {
  if (at.segment.key === undefined || at.segment.key.length === 0) return undefined
  if (at.navigation.kind === 'single') throw wireErrors.keyNotDefined(at.reference.table.logicalName)
  return readKey(tableOf(exchange.core.model, at.navigation.source), at.segment.key)
}

/** `accounts(a)/contact_customer_accounts(c)` names a contact of that account, no other. */
async function requireChild(exchange: Exchange, at: NavigationPath & { readonly child: EntityReference }): Promise<void> {
  if (at.navigation.kind === 'single') return
  const parent = await requireReadableRow(exchange, at.reference)
  const id = await requireRow({ sql: exchange.sql }, at.child)
  const table: Table = at.child.table
  const found = await exchange.sql.query(
    `select 1 from ${table.sql} t where t.${table.primaryId.sql} = $1 and ${joinChildren(at.navigation, { alias: 't', parent: '$2::uuid', table })}`,
    [id, parent],
  )
  if (found.rowCount === 0) throw wireErrors.rowNotFound(table.logicalName, id)
}

async function onChildren(exchange: Exchange, at: NavigationPath & { readonly navigation: ManyNavigation }): Promise<WireAnswer> {
  const table = tableOf(exchange.core.model, at.navigation.source)
  const [next, ...further] = at.rest
  if (exchange.request.method === 'POST' && next === undefined) {
    refusePredefined(at.query)
    return answerCreateRelated(exchange, { parent: at.reference, navigation: at.navigation, options: at.options })
  }
  if (exchange.request.method !== 'GET') throw wireErrors.methodNotAllowed(exchange.request.method, at.navigation.name)
  const parent = await requireReadableRow(exchange, at.reference)
  const path: PathCondition = (alias, parameters) => joinChildren(at.navigation, { alias, parent: parameters.add(parent, 'uuid'), table })
  if (next === undefined && at.query !== undefined)
    return answerPredefined(exchange, { table, path }, { query: at.query, options: at.options })
  if (next === undefined) {
    return at.options.apply === undefined
      ? answerCollection(exchange, { table, path }, at.options)
      : answerApply(exchange, { table, path }, at.options)
  }
  if (next.name !== '$count' || further.length > 0) throw wireErrors.unknownSegment(next.name)
  return answerCount(exchange, { table, path }, at.options)
}
