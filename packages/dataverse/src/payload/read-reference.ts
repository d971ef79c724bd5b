import { belowServiceRoot, dataverseProfile, type KeyPart, type Literal, parseRequest, rawNumber } from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'
import type { ColumnValue } from '../model/plugin.ts'
import type { Column, Model, Table } from '../model/resolved-model.ts'
import { convertValue, toGuid } from './convert-value.ts'

/** A row named by a URL: by its id, or by the columns of an alternate key. */
export type EntityReference =
  | { readonly table: Table; readonly id: string }
  | { readonly table: Table; readonly key: ReadonlyMap<Column, ColumnValue> }

/** `accounts(6f1c…)` and `accounts(accountnumber='A-1')` in bulk bodies: read without the grammar, which is what a bulk call would spend its time in. */
const BY_ID = /^\/?([A-Za-z0-9_]+)\(([0-9a-fA-F-]{36})\)$/
const BY_TEXT = /^\/?([A-Za-z0-9_]+)\(([a-z0-9_]+)='((?:[^'%]|'')*)'\)$/

/**
 * Reads a reference of a bind, `@odata.id` or `$ref` body: relative, with a leading slash or absolute, by id or alternate key (DV-052).
 * `entitySet` is the set of the body, for the error text.
 */
export function readReference(
  model: Model,
  url: unknown,
  scope: { readonly rootPath: string; readonly entitySet: string },
): EntityReference {
  if (typeof url !== 'string')
    throw wireErrors.badPayload(scope.entitySet, `A reference must be a URL in a string, not ${JSON.stringify(url)}.`)
  const byId = BY_ID.exec(url)
  const fastTable = byId === null ? undefined : model.bySet.get(byId[1] ?? '')
  const fastId = byId === null ? undefined : toGuid(byId[2] ?? '')
  if (fastTable !== undefined && fastId !== undefined) return { table: fastTable, id: fastId }
  const byText = BY_TEXT.exec(url)
  const keyTable = byText === null ? undefined : model.bySet.get(byText[1] ?? '')
  const keyColumn = keyTable?.byProperty.get(byText?.[2] ?? '')
  if (keyTable !== undefined && keyColumn?.type === 'string' && isKey(keyTable, [keyColumn])) {
    return { table: keyTable, key: new Map([[keyColumn, (byText?.[3] ?? '').replaceAll("''", "'")]]) }
  }
  return parseReference(model, url, scope)
}

function parseReference(model: Model, url: string, scope: { readonly rootPath: string; readonly entitySet: string }): EntityReference {
  const relative = belowServiceRoot(url.startsWith('/') && !url.startsWith('/api/') ? url.replace(/^\/+/, '') : url, scope.rootPath)
  const request = relative === undefined ? undefined : parseRequest(relative, { profile: dataverseProfile })
  const segment = request?.path[0]
  if (segment === undefined || request?.path.length !== 1 || segment.key === undefined || segment.key.length === 0) {
    throw wireErrors.badPayload(scope.entitySet, `The reference '${url.slice(0, 200)}' does not name one record.`)
  }
  const table = model.bySet.get(segment.name)
  if (table === undefined) throw wireErrors.unknownSegment(segment.name)
  return readKey(table, segment.key)
}

/** The row that the parentheses of a path segment name. Refuses a tuple that is no key of the table (DV-016). */
export function readKey(table: Table, parts: readonly KeyPart[]): EntityReference {
  const [only] = parts
  if (parts.length === 1 && only !== undefined && (only.name === undefined || only.name === table.primaryId.name)) {
    const namedIsRefused = only.name !== undefined && (table.logicalName === 'systemuser' || table.logicalName === 'team')
    const id = only.value.type === 'guid' || only.value.type === 'string' ? toGuid(only.value.value) : undefined
    if (namedIsRefused || id === undefined || (only.value.type === 'string' && only.name === undefined))
      throw wireErrors.keyNotDefined(table.logicalName)
    return { table, id }
  }
  const key = new Map<Column, ColumnValue>()
  for (const part of parts) {
    const column = table.byProperty.get(part.name ?? '')
    if (column === undefined || key.has(column)) throw wireErrors.keyNotDefined(table.logicalName)
    key.set(column, literalValue(table, column, part.value))
  }
  if (!isKey(table, [...key.keys()])) throw wireErrors.keyNotDefined(table.logicalName)
  return { table, key }
}

/** True when the columns are exactly those of one alternate key, in any order. */
export const isKey = (table: Table, columns: readonly Column[]): boolean =>
  table.keys.some((key) => key.columns.length === columns.length && columns.every((column) => key.columns.includes(column.name)))

/** A literal of a URL as the value of a column; the wrong type is no key value. */
export function literalValue(table: Table, column: Column, literal: Literal): ColumnValue {
  try {
    return convertValue(table, column, jsonOf(literal))
  } catch {
    throw wireErrors.keyNotDefined(table.logicalName)
  }
}

function jsonOf(literal: Literal): unknown {
  if (literal.type === 'null') return null
  if (literal.type === 'boolean') return literal.value === 'true'
  if (literal.type === 'integer' || literal.type === 'decimal' || literal.type === 'double') return rawNumber(literal.value)
  return literal.value
}
