import { type EtagCondition, formatDataverseEtag, parseIfMatch, type QueryOptions } from '@p2c/odata'
import { DUPLICATE_FOUND } from '../duplicates/find-duplicates.ts'
import { isPlatformError } from '../errors/platform-error.ts'
import { wireErrors } from '../errors/wire-errors.ts'
import { columnOf, type ManyNavigation, type Table, tableOf } from '../model/resolved-model.ts'
import { convertValue } from '../payload/convert-value.ts'
import { type EntityDraft, readEntity } from '../payload/read-entity.ts'
import type { EntityReference } from '../payload/read-reference.ts'
import { deleteRows } from '../pipeline/delete-rows.ts'
import { findReferences, keyValues, type SqlScoped } from '../pipeline/resolve-references.ts'
import { RaceLost } from '../pipeline/transaction.ts'
import { updateRows } from '../pipeline/update-rows.ts'
import type { WriteContext } from '../pipeline/write-context.ts'
import { bindReferences, createDrafts, createRelated } from '../pipeline/write-drafts.ts'
import { readRow } from '../query/read-rows.ts'
import { readJsonBody, readJsonObject } from './body.ts'
import { type Exchange, emptyAnswer, jsonAnswer, type WireAnswer } from './exchange.ts'
import { preferenceApplied } from './preference-applied.ts'
import { entityBody, readScopeOf } from './read-answers.ts'

/** `OData-EntityId` of a row. */
export const entityId = (exchange: Exchange, table: Table, id: string): readonly [string, string] => [
  'OData-EntityId',
  `${exchange.root}${table.entitySetName}(${id})`,
]

/** An environment has one organisation, made when it starts. */
function refuseOrganization(exchange: Exchange, table: Table): void {
  if (table.logicalName === 'organization') throw wireErrors.methodNotAllowed(exchange.request.method, table.entitySetName)
}

/** Answers `POST set`. Source: wire specification 7, DV-031, DV-032. */
export async function answerCreate(exchange: Exchange, table: Table, options: QueryOptions): Promise<WireAnswer> {
  const draft = readNew(exchange, table)
  return exchange.write(async (context) => {
    const [id = ''] = await createDrafts(context, table, [draft])
    return created(exchange, context, { table, id, options })
  })
}

export interface CollectionPlace {
  readonly parent: EntityReference
  readonly navigation: ManyNavigation
  readonly options: QueryOptions
}

/**
 * Answers `POST set(key)/collection`: a create whose row is linked to the one of the path. Source: OData 4.0 Part 1, 11.4.2.1; that the
 * service takes it is derived from field reports.
 */
export async function answerCreateRelated(exchange: Exchange, { parent, navigation, options }: CollectionPlace): Promise<WireAnswer> {
  if (navigation.kind === 'collection' && navigation.column.readOnly)
    throw wireErrors.badPayload(parent.table.entitySetName, `The navigation property '${navigation.name}' is read-only.`)
  const table = tableOf(exchange.core.model, navigation.source)
  const draft = readNew(exchange, table)
  return exchange.write(async (context) => {
    const from = { table: parent.table.logicalName, id: await requireRow(context, parent) }
    return created(exchange, context, { table, id: await createRelated(context, { parent: from, navigation, draft }), options })
  })
}

function readNew(exchange: Exchange, table: Table): EntityDraft {
  refuseOrganization(exchange, table)
  return readEntity(table, readJsonBody(exchange.request, table.entitySetName), { ...bodyScope(exchange), message: 'create' })
}

async function created(exchange: Exchange, context: WriteContext, written: Omit<Represented, 'status'>): Promise<WireAnswer> {
  if (!exchange.preferences.returnRepresentation) return emptyAnswer([entityId(exchange, written.table, written.id)])
  return representation(exchange, context, { ...written, status: 201 })
}

const bodyScope = (exchange: Exchange) => ({ model: exchange.core.model, rootPath: exchange.rootPath })

interface Represented {
  readonly table: Table
  readonly id: string
  readonly options: QueryOptions
  readonly status: 200 | 201
}

async function representation(exchange: Exchange, context: WriteContext, written: Represented): Promise<WireAnswer> {
  const row = await readRow(context.sql, readScopeOf(exchange, written.table), written)
  if (row === undefined) throw wireErrors.rowNotFound(written.table.logicalName, written.id)
  // Documentation leaves `OData-EntityId` out of a 201; later parts of a change set need it for their references.
  const entity = exchange.request.inBatch ? [entityId(exchange, written.table, written.id)] : []
  const headers = [
    ['ETag', formatDataverseEtag(row.version)] as const,
    ...entity,
    ...preferenceApplied(exchange, ['return', 'odata.include-annotations']),
  ]
  return jsonAnswer(written.status, entityBody(exchange, written.table, { json: row.json, options: written.options }), headers)
}

/** `If-Match` of a request; an ETag needs a table that keeps versions. */
export function matchCondition(exchange: Exchange, table: Table): EtagCondition | undefined {
  const condition = parseIfMatch(exchange.request.header('if-match'))
  if (condition !== undefined && condition !== '*' && !table.definition.optimisticConcurrency)
    throw wireErrors.concurrencyNotEnabled(table.logicalName)
  return condition
}

export const notFound = (reference: EntityReference): Error =>
  'id' in reference
    ? wireErrors.rowNotFound(reference.table.logicalName, reference.id)
    : wireErrors.keyNotFound(reference.table.logicalName)

/** Answers `PATCH set(key)`: update, or create where the row is missing. Source: the table of wire specification 9, DV-039 to DV-046. */
export async function answerPatch(exchange: Exchange, reference: EntityReference, options: QueryOptions): Promise<WireAnswer> {
  const body = readJsonBody(exchange.request, reference.table.entitySetName)
  const ifMatch = matchCondition(exchange, reference.table)
  const ifNoneMatch = parseIfMatch(exchange.request.header('if-none-match'))
  const { expand: _, ...shape } = options
  return exchange.write(async (context) => {
    const [found] = await findReferences(context, [reference])
    if (found !== undefined && ifNoneMatch === '*') throw wireErrors.duplicateRow()
    if (found === undefined && ifMatch !== undefined) throw notFound(reference)
    const id =
      found === undefined
        ? await createByReference(exchange, context, { reference, body })
        : await updateByReference(exchange, context, { reference, body, id: found, condition: ifMatch === '*' ? undefined : ifMatch })
    if (exchange.preferences.returnRepresentation) {
      return representation(exchange, context, { table: reference.table, id, options: shape, status: found === undefined ? 201 : 200 })
    }
    return emptyAnswer(['key' in reference ? (['OData-EntityId', requestUrl(exchange)] as const) : entityId(exchange, reference.table, id)])
  })
}

/** With an alternate key in the URL the answer names the row by that URL (DV-046). */
const requestUrl = (exchange: Exchange): string => `${exchange.root}${exchange.request.url.split('?')[0] ?? ''}`

async function createByReference(
  exchange: Exchange,
  context: WriteContext,
  at: { readonly reference: EntityReference; readonly body: unknown },
): Promise<string> {
  const { reference } = at
  refuseOrganization(exchange, reference.table)
  const draft = readEntity(reference.table, at.body, { ...bodyScope(exchange), message: 'create' })
  const fromUrl = 'id' in reference ? { [reference.table.primaryId.name]: reference.id } : keyValues(reference)
  const values = 'id' in reference ? { ...draft.values, ...fromUrl } : { ...fromUrl, ...draft.values }
  const [id = ''] = await raceSafe(() => createDrafts(context, reference.table, [{ ...draft, values }]))
  return id
}

/** Between the look-up and the insert another write may have created the row: then the whole request is repeated and updates it. */
export async function raceSafe<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (isPlatformError(error) && error.status === 412 && error.code !== DUPLICATE_FOUND) throw new RaceLost(error)
    throw error
  }
}

async function updateByReference(
  exchange: Exchange,
  context: WriteContext,
  at: { readonly reference: EntityReference; readonly body: unknown; readonly id: string; readonly condition: EtagCondition | undefined },
): Promise<string> {
  const { table } = at.reference
  const draft = readEntity(table, at.body, { ...bodyScope(exchange), message: 'update' })
  const keyColumns = 'key' in at.reference ? [...at.reference.key.keys()] : []
  const binds = draft.binds.filter((bind) => !keyColumns.includes(bind.column))
  await bindReferences(context, [{ ...draft, binds }])
  // A key is never changed by its own upsert.
  for (const column of keyColumns) delete draft.values[column.name]
  await updateRows(context, table, {
    changes: [{ id: at.id, values: draft.values }],
    ...(at.condition !== undefined && { condition: at.condition }),
  })
  return at.id
}

/** The row that a reference leads to; 404 where it is missing. */
export async function requireRow(context: SqlScoped, reference: EntityReference): Promise<string> {
  const [id] = await findReferences(context, [reference])
  if (id === undefined) throw notFound(reference)
  return id
}

/** Answers `DELETE set(key)`. */
export async function answerDelete(exchange: Exchange, reference: EntityReference): Promise<WireAnswer> {
  refuseOrganization(exchange, reference.table)
  const condition = matchCondition(exchange, reference.table)
  return exchange.write(async (context) => {
    const id = await requireRow(context, reference)
    await deleteRows(context, reference.table, { ids: [id], ...(condition !== undefined && condition !== '*' && { condition }) })
    return emptyAnswer()
  })
}

/** Answers `PUT` and `DELETE` of one property. Source: wire specification 9, DV-038. */
export async function answerPropertyWrite(exchange: Exchange, reference: EntityReference, property: string): Promise<WireAnswer> {
  const { table } = reference
  const column = table.byName.get(property)
  if (column === undefined || column.type === 'lookup') throw wireErrors.unknownSegment(property)
  const value = exchange.request.method === 'DELETE' ? null : propertyValue(exchange, table, property)
  const condition = matchCondition(exchange, table)
  return exchange.write(async (context) => {
    const id = await requireRow(context, reference)
    const values = column.readOnly ? {} : { [column.name]: value }
    await updateRows(context, table, { changes: [{ id, values }], ...(condition !== undefined && condition !== '*' && { condition }) })
    return emptyAnswer()
  })
}

function propertyValue(exchange: Exchange, table: Table, property: string) {
  const body = readJsonObject(exchange.request, table.entitySetName)
  if (!('value' in body)) throw wireErrors.badPayload(table.entitySetName, `The body of a property write is {"value":…}: '${property}'.`)
  return convertValue(table, columnOf(table, property), body.value)
}
