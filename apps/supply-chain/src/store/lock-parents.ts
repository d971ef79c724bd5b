import type { SqlRunner } from '@p2c/base'
import type { ParentRow } from '../domain/decision.ts'
import type { FieldValues } from '../domain/field-value.ts'
import { rulesOf } from '../domain/table-rules.ts'
import { findEntityByName, type Table, tableOfEntity } from '../entities/catalogue.ts'
import type { Entity } from '../entities/entity.ts'
import { findRows } from './rows.ts'
import { joinKey } from './tracked-row.ts'
import { type Draft, keyOf, keyValue } from './write-draft.ts'

/** The header that a row belongs to. */
export interface ParentName {
  readonly table: Table
  /** Company and the key fields of the header, in one order. */
  readonly fields: readonly string[]
  readonly values: readonly string[]
}

/** The parents of the rows of a change set: which row belongs to which, and which of them are stored. */
export interface Parents {
  /** The parent that a draft names; undefined where its table has none or the row is not known. */
  of(draft: Draft): ParentName | undefined
  isStored(parent: ParentName): boolean
  /** The stored ones, locked, by relation. */
  readonly rows: ReadonlyMap<string, readonly FieldValues[]>
}

const parentText = ({ table, values }: ParentName): string => `${table.relation}\u0001${joinKey(values)}`

function parentTable({ entityName }: ParentRow): Table {
  const entity = findEntityByName(entityName)
  if (entity === undefined) throw new TypeError(`no entity ${entityName}`)
  return tableOfEntity(entity)
}

const fieldsOf = ({ by }: ParentRow): readonly string[] => ['dataAreaId', ...by.map(([, to]) => to)]

/**
 * Locks the headers of all lines that the drafts write, in key order and together with the headers that the drafts change themselves:
 * writers of one document follow each other, and two of them never hold what the other wants. No statement where no table has a parent.
 */
export async function lockParents(sql: SqlRunner, drafts: readonly Draft[]): Promise<Parents> {
  const children = drafts.filter((draft) => draft.problem === undefined && rulesOf(draft.table.relation).parent !== undefined)
  const named = await nameParents(sql, children)
  const stored = new Set<string>()
  const rows = new Map<string, readonly FieldValues[]>()
  const byRelation = [...Map.groupBy(named.values(), ({ table }) => table.relation)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  for (const [, names] of byRelation) {
    const [first] = names
    if (first === undefined) continue
    const { table, fields } = first
    const keys = new Map(names.map((name) => [parentText(name), name.values]))
    for (const draft of drafts)
      if (
        draft.problem === undefined &&
        draft.table === table &&
        draft.operation.kind !== 'create' &&
        isKey(draft.operation.entity, fields)
      )
        keys.set(parentText({ table, fields, values: ownKey(draft, fields) }), ownKey(draft, fields))
    const found = (await findRows(sql, { table, fields, keys: [...keys.values()], isForUpdate: true })).map(({ values }) => values)
    rows.set(table.relation, found)
    for (const row of found) stored.add(parentText({ table, fields, values: fields.map((field) => row[field] ?? '') }))
  }
  return { of: (draft) => named.get(draft), isStored: (parent) => stored.has(parentText(parent)), rows }
}

const isKey = (entity: Entity, fields: readonly string[]): boolean =>
  entity.key.length === fields.length && fields.every((field) => entity.key.includes(field))

const ownKey = (draft: Draft, fields: readonly string[]): string[] => fields.map((field) => keyValue(draft, field))

/** The parent of each line: as the operation names it, else as the stored line does. */
async function nameParents(sql: SqlRunner, children: readonly Draft[]): Promise<ReadonlyMap<Draft, ParentName>> {
  const names = new Map<Draft, ParentName>()
  const byLine: Draft[] = []
  for (const draft of children) {
    const parent = rulesOf(draft.table.relation).parent
    if (parent === undefined) continue
    const given = parent.by.map(([from]) => givenValue(draft, from))
    if (given.includes('')) byLine.push(draft)
    else names.set(draft, { table: parentTable(parent), fields: fieldsOf(parent), values: [draft.dataAreaId, ...given] })
  }
  for (const [entity, drafts] of Map.groupBy(byLine, (draft) => draft.operation.entity)) {
    for (const [draft, name] of await nameByStoredLine(sql, entity, drafts)) names.set(draft, name)
  }
  return names
}

/** A key part of the line names its parent also where the row is changed; other fields only where it is new. */
function givenValue(draft: Draft, field: string): string {
  if (draft.operation.entity.key.includes(field)) return keyValue(draft, field)
  return draft.operation.kind === 'create' ? (draft.operation.values[field] ?? '') : ''
}

async function nameByStoredLine(sql: SqlRunner, entity: Entity, drafts: readonly Draft[]): Promise<(readonly [Draft, ParentName])[]> {
  const table = tableOfEntity(entity)
  const parent = rulesOf(table.relation).parent
  if (parent === undefined) return []
  const from = parent.by.map(([field]) => field)
  const keys = [...new Map(drafts.map((draft) => [joinKey(keyOf(draft)), keyOf(draft)])).values()]
  const rows = await findRows(sql, { table, fields: entity.key, keys, only: [...new Set([...entity.key, ...from])] })
  const byKey = new Map(rows.map(({ values }) => [joinKey(entity.key.map((name) => values[name] ?? '')), values]))
  return drafts.flatMap((draft) => {
    const stored = byKey.get(joinKey(keyOf(draft)))
    const values = from.map((field) => stored?.[field] ?? draft.operation.values[field] ?? '')
    if (values.includes('')) return []
    return [[draft, { table: parentTable(parent), fields: fieldsOf(parent), values: [draft.dataAreaId, ...values] }] as const]
  })
}
