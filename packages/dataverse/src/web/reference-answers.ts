import { type QueryOptions, stringifyJson } from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'
import { columnOf, type Navigation, type Table, tableOf } from '../model/resolved-model.ts'
import { notLeadingTo } from '../payload/read-entity.ts'
import { type EntityReference, readReference } from '../payload/read-reference.ts'
import { associateRows, disassociateRows } from '../pipeline/link-rows.ts'
import { resolveReferences } from '../pipeline/resolve-references.ts'
import { updateRows } from '../pipeline/update-rows.ts'
import type { WriteContext } from '../pipeline/write-context.ts'
import { linkRows } from '../pipeline/write-drafts.ts'
import { readPage } from '../query/read-rows.ts'
import { joinChildren } from '../query/table-scope.ts'
import { findRows } from '../storage/row-statements.ts'
import { readJsonObject } from './body.ts'
import { type Exchange, emptyAnswer, jsonAnswer, type WireAnswer } from './exchange.ts'
import { readScopeOf } from './read-answers.ts'
import { requireReadableRow } from './readable-row.ts'
import { requireRow } from './write-answers.ts'

export interface ReferencePlace {
  /** The row whose navigation property is addressed. */
  readonly parent: EntityReference
  readonly navigation: Navigation
  /** `collection(childid)/$ref` */
  readonly child: EntityReference | undefined
  readonly options: QueryOptions
}

/** Answers reads and writes of `…/$ref`. Source: wire specification 10, DV-057, DV-143. */
export function answerReference(exchange: Exchange, place: ReferencePlace): Promise<WireAnswer> {
  switch (exchange.request.method) {
    case 'POST':
    case 'PUT':
      refuseReadOnly(place)
      return associate(exchange, place)
    case 'DELETE':
      refuseReadOnly(place)
      return disassociate(exchange, place)
    case 'GET':
      return readReferences(exchange, place)
    default:
      throw wireErrors.methodNotAllowed(exchange.request.method, '$ref')
  }
}

/** Who created a row, and what else the platform keeps, is no client's to set. */
function refuseReadOnly({ navigation, parent }: ReferencePlace): void {
  if (navigation.kind !== 'many' && navigation.column.readOnly)
    throw wireErrors.badPayload(parent.table.entitySetName, `The navigation property '${navigation.name}' is read-only.`)
}

async function associate(exchange: Exchange, place: ReferencePlace): Promise<WireAnswer> {
  const { navigation, parent } = place
  const body = readJsonObject(exchange.request, parent.table.entitySetName)
  const reference = readReference(exchange.core.model, body['@odata.id'], {
    rootPath: exchange.rootPath,
    entitySet: parent.table.entitySetName,
  })
  const wanted =
    navigation.kind === 'single'
      ? navigation.column.targets.filter((target) => target.navigation === navigation.name).map((target) => target.table)
      : [navigation.source]
  if (!wanted.includes(reference.table.logicalName)) throw notLeadingTo(parent.table, navigation.name, reference.table)
  return exchange.write(async (context) => {
    const id = await requireRow(context, parent)
    if (navigation.kind === 'many') {
      const others = await resolveReferences(context, [reference])
      await associateRows(context, { navigation, id, others: others.map((row) => row.id) })
    } else if (navigation.kind === 'collection') {
      await linkRows(context, [reference], { [navigation.column.name]: { table: parent.table.logicalName, id } })
    } else {
      const [target] = await resolveReferences(context, [reference])
      if (target !== undefined) await updateRows(context, parent.table, { changes: [{ id, values: { [navigation.column.name]: target } }] })
    }
    return emptyAnswer()
  })
}

async function disassociate(exchange: Exchange, place: ReferencePlace): Promise<WireAnswer> {
  const { navigation, parent, options } = place
  const child =
    place.child ??
    (options.id === undefined
      ? undefined
      : readReference(exchange.core.model, options.id, { rootPath: exchange.rootPath, entitySet: parent.table.entitySetName }))
  if (navigation.kind !== 'single' && child === undefined) {
    throw wireErrors.badQuery(`Name the record to take out of '${navigation.name}': by its key or by $id.`)
  }
  return exchange.write(async (context) => {
    const id = await requireRow(context, parent)
    if (navigation.kind === 'single')
      await updateRows(context, parent.table, { changes: [{ id, values: { [navigation.column.name]: null } }] })
    else if (child !== undefined && navigation.kind === 'many') {
      if (child.table.logicalName !== navigation.source) throw notLeadingTo(parent.table, navigation.name, child.table)
      await disassociateRows(context, { navigation, id, others: [await requireRow(context, child)] })
    } else if (child !== undefined && navigation.kind === 'collection') await unlinkChild(context, { navigation, child, parentId: id })
    return emptyAnswer()
  })
}

async function unlinkChild(
  context: WriteContext,
  at: { readonly navigation: Extract<Navigation, { kind: 'collection' }>; readonly child: EntityReference; readonly parentId: string },
): Promise<void> {
  const source = tableOf(context.core.model, at.navigation.source)
  const childId = await requireRow(context, at.child)
  const column = columnOf(source, at.navigation.column.name)
  const linked = await findRows(context.sql, source, {
    table: source.logicalName,
    columns: [column.name],
    where: { [source.primaryId.name]: childId, [column.name]: { table: at.navigation.target.table, id: at.parentId } },
  })
  if (linked.length === 0) throw wireErrors.rowNotFound(source.logicalName, childId)
  await updateRows(context, source, { changes: [{ id: childId, values: { [column.name]: null } }] })
}

async function readReferences(exchange: Exchange, place: ReferencePlace): Promise<WireAnswer> {
  const { navigation, parent } = place
  const id = await requireReadableRow(exchange, parent)
  if (navigation.kind === 'single') {
    const target = await relatedRow(exchange, { table: parent.table, id, navigation })
    if (target === undefined) return emptyAnswer()
    const url = `${exchange.root}${target.table.entitySetName}(${target.id})`
    return jsonAnswer(200, stringifyJson({ '@odata.context': `${exchange.root}$metadata#$ref`, '@odata.id': url }))
  }
  const source = tableOf(exchange.core.model, navigation.source)
  const scope = readScopeOf(exchange, source)
  const span = { start: 0, end: 0 }
  const page = await readPage(exchange.sql, scope, {
    options: { select: [{ path: source.primaryId.name, span }] },
    path: (alias, parameters) => joinChildren(navigation, { alias, parent: parameters.add(id, 'uuid'), table: source }),
    place: undefined,
    limit: scope.pageSize,
  })
  const value = page.rows.map((row) => ({
    '@odata.id': `${exchange.root}${source.entitySetName}(${(JSON.parse(row) as Record<string, string>)[source.primaryId.name]})`,
  }))
  return jsonAnswer(200, stringifyJson({ '@odata.context': `${exchange.root}$metadata#Collection($ref)`, value }))
}

/** The row that a lookup of a row points to through one navigation property; undefined where it is empty or leads elsewhere. */
export async function relatedRow(
  exchange: Exchange,
  at: { readonly table: Table; readonly id: string; readonly navigation: Extract<Navigation, { kind: 'single' }> },
): Promise<{ readonly table: Table; readonly id: string } | undefined> {
  const { column } = at.navigation
  const [row] = await findRows(exchange.sql, at.table, {
    table: at.table.logicalName,
    columns: [column.name],
    where: { [at.table.primaryId.name]: at.id },
  })
  if (row === undefined) throw wireErrors.rowNotFound(at.table.logicalName, at.id)
  const value = row[column.name]
  if (typeof value !== 'object' || value === null) return undefined
  const fits = column.targets.some((target) => target.navigation === at.navigation.name && target.table === value.table)
  return fits ? { table: tableOf(exchange.core.model, value.table), id: value.id } : undefined
}
