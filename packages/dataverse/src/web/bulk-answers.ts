import { stringifyJson, typeContextUrl } from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'
import type { Table } from '../model/resolved-model.ts'
import { toGuid } from '../payload/convert-value.ts'
import { type EntityDraft, readEntity } from '../payload/read-entity.ts'
import { type EntityReference, readReference } from '../payload/read-reference.ts'
import { findReferences, keyValues } from '../pipeline/resolve-references.ts'
import { type RowChange, updateRows } from '../pipeline/update-rows.ts'
import { bindReferences, createDrafts } from '../pipeline/write-drafts.ts'
import { readJsonObject } from './body.ts'
import { type Exchange, emptyAnswer, jsonAnswer, type WireAnswer } from './exchange.ts'
import { raceSafe } from './write-answers.ts'

export const BULK_ACTIONS = ['CreateMultiple', 'UpdateMultiple', 'UpsertMultiple', 'DeleteMultiple'] as const
export type BulkAction = (typeof BULK_ACTIONS)[number]

export const isBulkAction = (name: string): name is BulkAction => BULK_ACTIONS.some((action) => action === name)

type Target = Readonly<Record<string, unknown>>

/** Answers a bulk action on a set: all targets or none. Source: wire specification 14, DV-093 to DV-095, DV-132, DV-144. */
export function answerBulk(exchange: Exchange, table: Table, action: BulkAction): Promise<WireAnswer> {
  if (exchange.request.method !== 'POST') throw wireErrors.wrongVerb(`${exchange.root}${exchange.request.url}`)
  // 501: standard tables have no such message, only elastic ones do.
  if (action === 'DeleteMultiple') throw wireErrors.notImplemented('DeleteMultiple has not yet been implemented.')
  const targets = readTargets(exchange, table, action)
  if (action === 'CreateMultiple') return createMultiple(exchange, table, targets)
  return action === 'UpdateMultiple' ? updateMultiple(exchange, table, targets) : upsertMultiple(exchange, table, targets)
}

function readTargets(exchange: Exchange, table: Table, action: BulkAction): readonly Target[] {
  const { Targets: targets } = readJsonObject(exchange.request, table.entitySetName)
  if (!Array.isArray(targets) || targets.length === 0)
    throw wireErrors.badPayload(table.entitySetName, `${action} takes a non-empty array 'Targets'.`)
  return targets.map((target: unknown) => {
    if (typeof target !== 'object' || target === null || Array.isArray(target))
      throw wireErrors.badPayload(table.entitySetName, 'Each of the Targets must be an object.')
    const type = '@odata.type' in target ? target['@odata.type'] : undefined
    const name = typeof type === 'string' ? type.replace(/^#/, '') : ''
    if (name !== `Microsoft.Dynamics.CRM.${table.logicalName}` && name !== `mscrm.${table.logicalName}`) {
      throw wireErrors.badPayload(
        table.entitySetName,
        `Each of the Targets of ${action} needs "@odata.type":"Microsoft.Dynamics.CRM.${table.logicalName}".`,
      )
    }
    return target as Target
  })
}

const scopeOf = (exchange: Exchange) => ({ model: exchange.core.model, rootPath: exchange.rootPath })

function createMultiple(exchange: Exchange, table: Table, targets: readonly Target[]): Promise<WireAnswer> {
  const drafts = targets.map((target) => readEntity(table, target, { ...scopeOf(exchange), message: 'create' }))
  return exchange.write(async (context) => {
    const ids = await createDrafts(context, table, drafts)
    const type = 'Microsoft.Dynamics.CRM.CreateMultipleResponse'
    return jsonAnswer(200, stringifyJson({ '@odata.context': typeContextUrl(exchange.root, type), Ids: ids }))
  })
}

interface KeyedTarget {
  readonly reference: EntityReference
  readonly draft: EntityDraft
}

/** The row that a target names: `@odata.id`, or the primary key among its values. */
function targetReference(exchange: Exchange, table: Table, target: Target): EntityReference | undefined {
  const link = target['@odata.id']
  if (link !== undefined) {
    const reference = readReference(exchange.core.model, link, { rootPath: exchange.rootPath, entitySet: table.entitySetName })
    if (reference.table !== table)
      throw wireErrors.badPayload(table.entitySetName, `The reference '${String(link)}' is not one of ${table.entitySetName}.`)
    return reference
  }
  const key = target[table.primaryId.name]
  const id = typeof key === 'string' ? toGuid(key) : undefined
  return id === undefined ? undefined : { table, id }
}

function keyedTarget(exchange: Exchange, table: Table, item: { readonly target: Target; readonly action: BulkAction }): KeyedTarget {
  const reference = targetReference(exchange, table, item.target)
  if (reference === undefined) {
    throw wireErrors.badPayload(
      table.entitySetName,
      `Each of the Targets of ${item.action} needs its primary key '${table.primaryId.name}' or '@odata.id'.`,
    )
  }
  if ('key' in reference && exchange.settings.refuseRepeatedKeyColumns) {
    const repeated = [...reference.key.keys()].find((column) => item.target[column.property] !== undefined)
    // The real service fails on this with its generic code; the status follows from the request being at fault.
    if (repeated !== undefined) throw wireErrors.repeatedKeyColumn(table.logicalName, repeated.name)
  }
  return { reference, draft: readEntity(table, item.target, { ...scopeOf(exchange), message: 'create' }) }
}

/** The values of an update: no key, no nested rows. */
function changeOf(item: KeyedTarget, id: string): RowChange {
  const { draft, reference } = item
  if (draft.children.length > 0)
    throw wireErrors.badPayload(reference.table.entitySetName, 'Deep update of navigation properties is not allowed.')
  const values = { ...draft.values }
  delete values[reference.table.primaryId.name]
  if ('key' in reference) for (const column of reference.key.keys()) delete values[column.name]
  return { id, values }
}

function updateMultiple(exchange: Exchange, table: Table, targets: readonly Target[]): Promise<WireAnswer> {
  const items = targets.map((target) => keyedTarget(exchange, table, { target, action: 'UpdateMultiple' }))
  return exchange.write(async (context) => {
    const ids = await findReferences(
      context,
      items.map((item) => item.reference),
    )
    const first = new Map<string, KeyedTarget>()
    items.forEach((item, index) => {
      const id = ids[index]
      if (id === undefined) throw wireErrors.rowNotFound(table.logicalName, 'id' in item.reference ? item.reference.id : '(key)')
      // Of a record given twice only the first counts (DV-132).
      if (!first.has(id)) first.set(id, item)
    })
    await bindReferences(
      context,
      [...first.values()].map((item) => item.draft),
    )
    await updateRows(context, table, { changes: [...first].map(([id, item]) => changeOf(item, id)) })
    return emptyAnswer()
  })
}

function upsertMultiple(exchange: Exchange, table: Table, targets: readonly Target[]): Promise<WireAnswer> {
  const items = targets.map((target) => keyedTarget(exchange, table, { target, action: 'UpsertMultiple' }))
  refuseDuplicates(items.map((item) => item.reference))
  return exchange.write(async (context) => {
    const ids = await findReferences(
      context,
      items.map((item) => item.reference),
    )
    const known = items.flatMap((item, index) => (ids[index] === undefined ? [] : [{ item, id: ids[index] }]))
    if (new Set(known.map((entry) => entry.id)).size < known.length) throw wireErrors.duplicateTargets('one record by two keys')
    await bindReferences(
      context,
      known.map((entry) => entry.item.draft),
    )
    await updateRows(context, table, { changes: known.map((entry) => changeOf(entry.item, entry.id)) })
    const created = items.filter((_, index) => ids[index] === undefined).map(newDraft)
    if (created.length > 0) await raceSafe(() => createDrafts(context, table, created))
    return emptyAnswer()
  })
}

/** A missing row takes its key columns from the reference. */
const newDraft = ({ reference, draft }: KeyedTarget): EntityDraft => ({
  ...draft,
  values:
    'id' in reference ? { ...draft.values, [reference.table.primaryId.name]: reference.id } : { ...draft.values, ...keyValues(reference) },
})

function refuseDuplicates(references: readonly EntityReference[]): void {
  const seen = new Set<string>()
  for (const reference of references) {
    const text =
      'id' in reference
        ? reference.id
        : [...reference.key]
            .map(([column, value]) => `${column.name}=${String(value).toLowerCase()}`)
            .sort()
            .join(',')
    if (seen.has(text)) throw wireErrors.duplicateTargets(text)
    seen.add(text)
  }
}
