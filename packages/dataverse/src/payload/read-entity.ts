import { splitAnnotation } from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'
import type { Row } from '../model/plugin.ts'
import type { Column, ManyNavigation, Model, Navigation, Table } from '../model/resolved-model.ts'
import { convertValue } from './convert-value.ts'
import { type EntityReference, readReference } from './read-reference.ts'

/** A body as the pipeline takes it: typed values, references to resolve and new rows around it. */
export interface EntityDraft {
  readonly table: Table
  readonly values: Row
  readonly binds: readonly { readonly column: Column; readonly reference: EntityReference }[]
  readonly children: readonly NestedDraft[]
}

export type NestedDraft =
  | { readonly kind: 'single'; readonly column: Column; readonly draft: EntityDraft }
  | {
      readonly kind: 'collection'
      readonly navigation: ManyNavigation
      readonly drafts: readonly EntityDraft[]
      readonly references: readonly EntityReference[]
    }

export interface ReadEntityOptions {
  readonly model: Model
  /** `/api/data/v9.2`, to read absolute references. */
  readonly rootPath: string
  /** An update takes no new rows in navigation properties. */
  readonly message: 'create' | 'update'
}

interface Draft {
  readonly table: Table
  readonly values: Row
  readonly binds: { column: Column; reference: EntityReference }[]
  readonly children: NestedDraft[]
}

/**
 * Reads a JSON body of one row. Read-only columns are ignored; an unknown property, a wrong bind name, a written `_x_value` or a value
 * of the wrong type is refused with 400 `0x80048d19`. Source: wire specification 7 and 10.
 */
export function readEntity(table: Table, body: unknown, options: ReadEntityOptions): EntityDraft {
  if (!isObject(body)) throw wireErrors.badPayload(table.entitySetName, 'The body must be a JSON object with the properties of one record.')
  const draft: Draft = { table, values: {}, binds: [], children: [] }
  for (const [member, value] of Object.entries(body)) readMember(draft, { member, value }, options)
  return draft
}

function readMember(draft: Draft, item: { readonly member: string; readonly value: unknown }, options: ReadEntityOptions): void {
  const { table, values } = draft
  const column = table.byName.get(item.member)
  if (column !== undefined && column.type !== 'lookup') {
    if (!column.readOnly) values[column.name] = convertValue(table, column, item.value)
    return
  }
  const annotation = item.member.includes('@') ? splitAnnotation(item.member) : undefined
  if (annotation !== undefined) {
    if (annotation.property !== '' && annotation.annotation === 'odata.bind')
      readBind(draft, { name: annotation.property, value: item.value }, options)
    return
  }
  const navigation = table.navigations.get(item.member)
  if (navigation !== undefined) {
    readNavigation(draft, { navigation, value: item.value }, options)
    return
  }
  const lookup = table.byProperty.get(item.member)
  if (lookup === undefined) throw wireErrors.unknownBodyProperty(item.member, table.logicalName)
  if (lookup.readOnly) return
  throw wireErrors.badPayload(
    table.entitySetName,
    `The property '${item.member}' cannot be written: set '${lookup.targets[0]?.navigation ?? lookup.name}@odata.bind' instead.`,
  )
}

function readBind(draft: Draft, item: { readonly name: string; readonly value: unknown }, options: ReadEntityOptions): void {
  const { table } = draft
  const navigation = table.navigations.get(item.name)
  if (navigation === undefined) throw undeclared(table, item.name)
  const scope = { rootPath: options.rootPath, entitySet: table.entitySetName }
  if (navigation.kind !== 'single') {
    if (options.message === 'update' || !Array.isArray(item.value)) {
      throw wireErrors.badPayload(table.entitySetName, `'${item.name}@odata.bind' takes an array of references, on create only.`)
    }
    const references = item.value.map((url) => readReference(options.model, url, scope))
    const stray = references.find((reference) => reference.table.logicalName !== navigation.source)
    if (stray !== undefined) throw notLeadingTo(table, item.name, stray.table)
    draft.children.push({ kind: 'collection', navigation, drafts: [], references })
    return
  }
  if (item.value === null) {
    clear(draft, navigation.column)
    return
  }
  const reference = readReference(options.model, item.value, scope)
  const fits = navigation.column.targets.some((target) => target.navigation === item.name && target.table === reference.table.logicalName)
  if (!fits) throw notLeadingTo(table, item.name, reference.table)
  if (!navigation.column.readOnly) draft.binds.push({ column: navigation.column, reference })
}

/** Clearing one member of a polymorphic set never undoes the bind of another one in the same body. */
function clear(draft: Draft, column: Column): void {
  const isBound = draft.binds.some((bind) => bind.column === column)
  if (!isBound && !column.readOnly) draft.values[column.name] = null
}

function readNavigation(
  draft: Draft,
  item: { readonly navigation: Navigation; readonly value: unknown },
  options: ReadEntityOptions,
): void {
  const { navigation, value } = item
  const { table } = draft
  if (navigation.kind === 'single' && value === null) {
    clear(draft, navigation.column)
    return
  }
  if (options.message === 'update') {
    throw wireErrors.badPayload(table.entitySetName, `Deep update of navigation properties is not allowed: '${navigation.name}'.`)
  }
  const other = options.model.tables.get(navigation.kind === 'single' ? navigation.target.table : navigation.source)
  if (other === undefined) throw undeclared(table, navigation.name)
  if (navigation.kind === 'single') {
    draft.children.push({ kind: 'single', column: navigation.column, draft: readEntity(other, value, options) })
    return
  }
  if (!Array.isArray(value))
    throw wireErrors.badPayload(table.entitySetName, `The navigation property '${navigation.name}' takes an array of records.`)
  draft.children.push({
    kind: 'collection',
    navigation,
    drafts: value.map((row) => readEntity(other, row, options)),
    references: [],
  })
}

/** A reference to a row of another table than the navigation property leads to. */
export const notLeadingTo = (table: Table, navigation: string, other: Table) =>
  wireErrors.badPayload(table.entitySetName, `The navigation property '${navigation}' does not lead to '${other.entitySetName}'.`)

const undeclared = (table: Table, name: string) =>
  wireErrors.badPayload(
    table.entitySetName,
    `An undeclared property '${name}' which only has property annotations in the payload but no property value was found in the payload. In OData, only declared navigation properties and declared named streams can be represented as properties without values.`,
  )

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
