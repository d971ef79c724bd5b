import type { SqlRunner } from '@p2c/base'
import type { FollowingRow } from '../domain/decision.ts'
import type { FieldValues } from '../domain/field-value.ts'
import { refuseField, refuseRow } from '../domain/messages.ts'
import { rulesOf } from '../domain/table-rules.ts'
import { type Table, tableByRelation, tableOfEntity } from '../entities/catalogue.ts'
import { type Entity, referencesOf } from '../entities/entity.ts'
import { initialValues } from './decide-write.ts'
import type { CompanyQuestion } from './known-facts.ts'
import { takeNumbers } from './number-sequences.ts'
import { findRows } from './rows.ts'
import { joinKey, type StoredRow, type TrackedRow } from './tracked-row.ts'
import type { WriteFailure, WriteOperation, WriteScope } from './write-operation.ts'

/** One operation with all that it needs to be decided. */
export interface PlannedWrite {
  readonly operation: WriteOperation
  readonly table: Table
  readonly dataAreaId: string
  /** Key values of a new row: the company and the numbers that sequences gave. */
  readonly keyValues: FieldValues
  /** The row as it would be without rules; questions are asked about it. */
  readonly preview: FieldValues
  /** Why the operation cannot be tried at all. */
  readonly problem?: WriteFailure
  readonly row: () => TrackedRow
  readonly follow: (row: FollowingRow) => void
}

export interface WritePlan {
  readonly writes: readonly PlannedWrite[]
  readonly following: readonly FollowingRow[]
  rows(): readonly TrackedRow[]
}

/** Everything known of an operation before rows are read. */
interface Draft {
  readonly operation: WriteOperation
  readonly table: Table
  readonly dataAreaId: string
  /** Key fields that sequences filled. */
  readonly numbers: FieldValues
  readonly problem?: WriteFailure
}

/** Reads the rows that the operations mean, locked, and takes the numbers that they need: one statement per entity. */
export async function planWrites(sql: SqlRunner, operations: readonly WriteOperation[], scope: WriteScope): Promise<WritePlan> {
  const drafts = await numberRows(
    sql,
    operations.map((operation) => draftOf(operation, scope)),
  )
  const registry = createRowRegistry()
  await registry.load(sql, drafts)
  const following: FollowingRow[] = []
  const writes = drafts.map((draft): PlannedWrite => {
    const keyValues = draft.operation.entity.isCompanySpecific ? { dataAreaId: draft.dataAreaId, ...pickKey(draft) } : pickKey(draft)
    const row = registry.rowOf(draft)
    return {
      ...draft,
      keyValues,
      // A stored row keeps its key as it is spelled there, and its numbers.
      preview:
        row.stored === undefined
          ? { ...initialValues(draft.table), ...draft.operation.values, ...keyValues }
          : { ...row.stored.values, ...draft.operation.values },
      row: () => row,
      follow: (each) => following.push({ ...each, values: { ...initialValuesOf(each.relation), ...each.values } }),
    }
  })
  return { writes, following, rows: registry.all }
}

const initialValuesOf = (relation: string): FieldValues => initialValues(tableByRelation(relation))

function draftOf(operation: WriteOperation, scope: WriteScope): Draft {
  const table = tableOfEntity(operation.entity)
  const named = ('key' in operation ? operation.key.dataAreaId : operation.values.dataAreaId) ?? ''
  const dataAreaId = table.isCompanySpecific ? (named === '' ? scope.defaultCompany : named.toLowerCase()) : ''
  const draft = { operation, table, dataAreaId, numbers: {} }
  if (!table.isCompanySpecific || scope.mayAccess(dataAreaId)) return draft
  if ('key' in operation) return { ...draft, problem: { kind: 'not-found' } }
  return { ...draft, problem: { kind: 'refused', infolog: [refuseField('dataAreaId', 'L07', dataAreaId)] } }
}

const keyValue = (draft: Draft, name: string): string => {
  if (name === 'dataAreaId') return draft.dataAreaId
  const { operation, table } = draft
  const given = 'key' in operation ? operation.key[name] : operation.values[name]
  return given !== undefined && given !== ''
    ? given
    : (draft.numbers[name] ?? table.properties.get(name)?.defaultValue ?? initialValues(table)[name] ?? '')
}

const pickKey = (draft: Draft): FieldValues =>
  Object.fromEntries(draft.operation.entity.key.filter((name) => name !== 'dataAreaId').map((name) => [name, keyValue(draft, name)]))

/** Fills blank key fields of new rows that a sequence numbers: rows are found by them. Other fields are numbered once the row is decided. */
async function numberRows(sql: SqlRunner, drafts: readonly Draft[]): Promise<Draft[]> {
  const wanted = new Map<string, { readonly index: number; readonly field: string }[]>()
  for (const [index, draft] of drafts.entries()) {
    if (draft.problem !== undefined || (draft.operation.kind !== 'create' && draft.operation.kind !== 'upsert')) continue
    for (const [field, dataType] of Object.entries(rulesOf(draft.table.relation).numbered ?? {})) {
      if ((draft.operation.values[field] ?? '') !== '' || !draft.operation.entity.key.includes(field)) continue
      const name = `${draft.dataAreaId}\u0001${dataType}`
      wanted.set(name, [...(wanted.get(name) ?? []), { index, field }])
    }
  }
  const numbered = drafts.map((draft) => ({ ...draft }))
  for (const [name, places] of wanted) {
    const [dataAreaId = '', dataTypeName = ''] = name.split('\u0001')
    const numbers = await takeNumbers(sql, { dataAreaId, dataTypeName, count: places.length })
    for (const [order, { index, field }] of places.entries()) assignNumber(numbered, { index, field, number: numbers?.[order] })
  }
  return numbered
}

function assignNumber(drafts: Draft[], { index, field, number }: { index: number; field: string; number: string | undefined }): void {
  const draft = drafts[index]
  if (draft === undefined) return
  if (number !== undefined) drafts[index] = { ...draft, numbers: { ...draft.numbers, [field]: number } }
  else {
    const label = draft.table.properties.get(field)?.label ?? field
    drafts[index] = { ...draft, problem: { kind: 'refused', infolog: [refuseRow('E02', label), refuseRow('L08', label)] } }
  }
}

interface RowRegistry {
  load(sql: SqlRunner, drafts: readonly Draft[]): Promise<void>
  rowOf(draft: Draft): TrackedRow
  all(): readonly TrackedRow[]
}

/** Rows by the key of the entity that names them; two entities over one table meet by record id. */
function createRowRegistry(): RowRegistry {
  const byKey = new Map<string, TrackedRow>()
  const byRecId = new Map<string, TrackedRow>()
  const rows: TrackedRow[] = []
  const nameOf = (entity: Entity, parts: readonly string[]) => `${entity.name}\u0001${joinKey(parts)}`
  return {
    async load(sql, drafts) {
      const groups = Map.groupBy(
        drafts.filter((draft) => draft.problem === undefined),
        (draft) => draft.operation.entity,
      )
      for (const [entity, group] of groups) {
        for (const stored of await findStored(sql, entity, group)) {
          const known = byRecId.get(stored.recId)
          const row = known ?? { relation: entity.storage.relation, stored, after: stored.values }
          if (known === undefined) rows.push(row)
          byRecId.set(stored.recId, row)
          byKey.set(
            nameOf(
              entity,
              entity.key.map((name) => stored.values[name] ?? ''),
            ),
            row,
          )
        }
      }
    },
    rowOf(draft) {
      const name = nameOf(
        draft.operation.entity,
        draft.operation.entity.key.map((part) => keyValue(draft, part)),
      )
      const known = byKey.get(name)
      if (known !== undefined) return known
      const row: TrackedRow = { relation: draft.table.relation, after: undefined }
      byKey.set(name, row)
      rows.push(row)
      return row
    },
    all: () => rows,
  }
}

/**
 * The stored rows that the operations name. A row that is only created needs no more than its key to be refused as a duplicate:
 * rows are wide, and in a first load none of them exists. Only those that are changed are locked.
 */
async function findStored(sql: SqlRunner, entity: Entity, drafts: readonly Draft[]): Promise<StoredRow[]> {
  const table = tableOfEntity(entity)
  const changed = new Set(drafts.filter((draft) => draft.operation.kind !== 'create').map(keyName))
  const keysOf = (isWanted: (name: string) => boolean) => [
    ...new Map(
      drafts.flatMap((draft) => {
        const name = keyName(draft)
        return isWanted(name) ? [[name, entity.key.map((part) => keyValue(draft, part))] as const] : []
      }),
    ).values(),
  ]
  const common = { table, fields: entity.key }
  return [
    ...(await findRows(sql, { ...common, keys: keysOf((name) => !changed.has(name)), only: entity.key })),
    ...(await findRows(sql, { ...common, keys: keysOf((name) => changed.has(name)), isForUpdate: true })),
  ]
}

const keyName = (draft: Draft): string => joinKey(draft.operation.entity.key.map((name) => keyValue(draft, name)))

/** What must be known to decide a write: its references and what the rules of its table ask for. */
export function questionsOf(write: PlannedWrite): CompanyQuestion[] {
  if (write.problem !== undefined || write.operation.kind === 'delete') return []
  const { dataAreaId, preview } = write
  const references = referencesOf(write.operation.entity).flatMap(({ name, references: { entity, field } }) => {
    const value = preview[name] ?? ''
    return value === '' ? [] : [{ entityName: entity, field, value, dataAreaId }]
  })
  const asked = rulesOf(write.table.relation).questions?.(preview) ?? []
  return [...references, ...asked.map((question) => ({ ...question, dataAreaId }))]
}
