import { wireErrors } from '../errors/wire-errors.ts'
import type { Row, RowReference } from '../model/plugin.ts'
import { type Navigation, type Table, tableOf } from '../model/resolved-model.ts'
import { toGuid } from '../payload/convert-value.ts'
import { type EntityDraft, readEntity } from '../payload/read-entity.ts'
import { type EntityReference, readReference } from '../payload/read-reference.ts'
import { resolveReferences } from '../pipeline/resolve-references.ts'
import type { ActionContext } from './app-action.ts'

/** A parameter of an action that is a record, as the body of the call gives it. */
export interface EntityParameter {
  readonly name: string
  readonly value: unknown
  /** Tables that the record may be of. With several the record says which: by `@odata.type`, `@odata.id` or its key. */
  readonly tables: readonly string[]
}

/** What reading a record parameter needs of an action's context. */
type ReadContext = Pick<ActionContext, 'write' | 'rootPath'>

type Members = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The values of a record parameter, ready to be created: `QuoteClose`, `OpportunityClose`. Lookups come as `x@odata.bind`, or as a
 * record with its key or `@odata.id` under the navigation property or the name of the column. Refused with 400 `0x80048d19`: another
 * table, unknown properties, values of the wrong type, new rows inside; with 404 `0x80040217`: a reference to a missing row.
 * Source: wire specification 15, Sales specification 3.
 */
export async function readEntityParameter(context: ReadContext, parameter: EntityParameter): Promise<Row> {
  const members = membersOf(parameter)
  const table = tableNamed(context, parameter, members)
  const nested = Object.entries(members).flatMap(([member, value]) => {
    const navigation = nestedNavigation(table, member, value)
    return navigation === undefined ? [] : [{ member, value, navigation }]
  })
  const names = new Set(nested.map((item) => item.member))
  const plain = Object.fromEntries(Object.entries(members).filter(([member]) => !names.has(member)))
  const draft = readEntity(table, plain, { ...scopeOf(context), message: 'create' })
  refuseNewRows(table, draft)
  const binds = [
    ...draft.binds,
    ...nested.map(({ value, navigation }) => ({
      column: navigation.column,
      reference: nestedReference(context, table, { value, navigation }),
    })),
  ]
  const resolved = await resolveReferences(
    context.write,
    binds.map((bind) => bind.reference),
  )
  const row: Row = { ...draft.values }
  binds.forEach(({ column }, index) => {
    if (!column.readOnly) row[column.name] = resolved[index] ?? null
  })
  return row
}

/** The row that a record parameter names, or undefined where it is not given. Missing rows are refused by 404 `0x80040217`. */
export async function readReferenceParameter(context: ReadContext, parameter: EntityParameter): Promise<RowReference | undefined> {
  if (parameter.value === undefined || parameter.value === null) return undefined
  const [found] = await resolveReferences(context.write, [referenceOf(context, parameter)])
  return found
}

/** The rows that a collection of records names, in its order. Missing rows are refused by 404 `0x80040217`. */
export function readReferencesParameter(context: ReadContext, parameter: EntityParameter): Promise<readonly RowReference[]> {
  if (!Array.isArray(parameter.value))
    throw wireErrors.badPayload(parameter.name, `The parameter '${parameter.name}' must be an array of records.`)
  return resolveReferences(
    context.write,
    parameter.value.map((value: unknown) => referenceOf(context, { ...parameter, value })),
  )
}

const scopeOf = (context: ReadContext) => ({ model: context.write.core.model, rootPath: context.rootPath })

function membersOf(parameter: EntityParameter): Members {
  if (!isObject(parameter.value))
    throw wireErrors.badPayload(parameter.name, `The parameter '${parameter.name}' must be a record: a JSON object.`)
  return parameter.value
}

/** The table that `@odata.type` names, with or without `#`; without it the only one that there may be. */
function tableNamed(context: ReadContext, parameter: EntityParameter, members: Members): Table {
  const typed = typeName(members)
  const name = typed ?? (parameter.tables.length === 1 ? parameter.tables[0] : keyOwner(context, parameter, members))
  if (name === undefined || !parameter.tables.includes(name)) {
    const expected = parameter.tables.map((table) => `Microsoft.Dynamics.CRM.${table}`).join(' or ')
    throw wireErrors.badPayload(parameter.name, `The parameter '${parameter.name}' must be a record of type ${expected}.`)
  }
  return tableOf(context.write.core.model, name)
}

function typeName(members: Members): string | undefined {
  const type = members['@odata.type']
  if (type === undefined) return undefined
  return typeof type === 'string' ? type.replace(/^#/, '').replace(/^(?:Microsoft\.Dynamics\.CRM|mscrm)\./, '') : ''
}

/** The one of the tables whose primary key is among the members. */
const keyOwner = (context: ReadContext, parameter: EntityParameter, members: Members): string | undefined =>
  parameter.tables.find((name) => members[tableOf(context.write.core.model, name).primaryId.name] !== undefined)

function referenceOf(context: ReadContext, parameter: EntityParameter): EntityReference {
  const members = membersOf(parameter)
  const link = members['@odata.id']
  if (link !== undefined) {
    const reference = readReference(context.write.core.model, link, { rootPath: context.rootPath, entitySet: parameter.name })
    const typed = typeName(members)
    const fits =
      parameter.tables.includes(reference.table.logicalName) && (typed ?? reference.table.logicalName) === reference.table.logicalName
    if (!fits)
      throw wireErrors.badPayload(
        parameter.name,
        `The parameter '${parameter.name}' takes no record of '${reference.table.entitySetName}'.`,
      )
    return reference
  }
  const table = tableNamed(context, parameter, members)
  const key = members[table.primaryId.name]
  const id = typeof key === 'string' ? toGuid(key) : undefined
  if (id === undefined) {
    throw wireErrors.badPayload(
      parameter.name,
      `The parameter '${parameter.name}' must name its record by '${table.primaryId.name}' or '@odata.id'.`,
    )
  }
  const unknown = Object.keys(members).find(
    (member) => !member.includes('@') && !table.byProperty.has(member) && !table.navigations.has(member),
  )
  if (unknown !== undefined) throw wireErrors.unknownBodyProperty(unknown, table.logicalName)
  return { table, id }
}

type SingleNavigation = Extract<Navigation, { kind: 'single' }>

/** A lookup that is given as a record or as a bare id: under its navigation property, or under the column's own name. */
function nestedNavigation(table: Table, member: string, value: unknown): SingleNavigation | undefined {
  if (!isObject(value) && typeof value !== 'string') return undefined
  const direct = table.navigations.get(member)
  if (direct?.kind === 'single') return direct
  const column = table.byName.get(member)
  if (column?.type !== 'lookup' || column.targets.length !== 1) return undefined
  const navigation = table.navigations.get(column.targets[0]?.navigation ?? '')
  return navigation?.kind === 'single' ? navigation : undefined
}

function nestedReference(
  context: ReadContext,
  table: Table,
  item: { readonly value: unknown; readonly navigation: SingleNavigation },
): EntityReference {
  const { navigation, value } = item
  // An owner is a user or a team under one name.
  const tables = navigation.column.targets.filter((target) => target.navigation === navigation.name).map((target) => target.table)
  if (typeof value !== 'string') return referenceOf(context, { name: navigation.name, value, tables })
  const id = toGuid(value)
  const [only, ...more] = tables
  if (id === undefined || only === undefined || more.length > 0)
    throw wireErrors.badPayload(table.entitySetName, `'${navigation.name}' must name its record by a GUID or a reference.`)
  return { table: tableOf(context.write.core.model, only), id }
}

function refuseNewRows(table: Table, draft: EntityDraft): void {
  if (draft.children.length > 0)
    throw wireErrors.badPayload(table.entitySetName, 'A record in a parameter takes references, no new records inside it.')
}
