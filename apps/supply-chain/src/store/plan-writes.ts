import type { SqlRunner } from '@p2c/base'
import type { FollowingRow } from '../domain/decision.ts'
import type { FieldValues } from '../domain/field-value.ts'
import { type InfologEntry, refuseField, refuseRow } from '../domain/messages.ts'
import { rulesOf } from '../domain/table-rules.ts'
import { type Table, tableByRelation } from '../entities/catalogue.ts'
import { referencesOf } from '../entities/entity.ts'
import { type ChildrenOf, loadChildren } from './cascade.ts'
import { COMPANY, initialValues } from './decide-write.ts'
import type { CompanyQuestion } from './known-facts.ts'
import { lockParents, type ParentName, type Parents } from './lock-parents.ts'
import { takeNumbers } from './number-sequences.ts'
import { numberWithinParents } from './number-within.ts'
import { createRowRegistry, type RowRegistry } from './row-registry.ts'
import type { TrackedRow } from './tracked-row.ts'
import { type Draft, draftOf, keyValue, mayCreate } from './write-draft.ts'
import type { WriteFailure, WriteOperation, WriteScope } from './write-operation.ts'

/** One operation with all that it needs to be decided. */
export interface PlannedWrite {
  readonly operation: WriteOperation
  readonly table: Table
  readonly dataAreaId: string
  /** Values of a new row that stand above what was given: its company, its key and the numbers that it took. */
  readonly ownValues: FieldValues
  /** The row as it would be without rules; questions are asked about it. */
  readonly preview: FieldValues
  /** Why the operation cannot be tried at all. */
  readonly problem?: WriteFailure
  readonly row: () => TrackedRow
  /** Why the row has no header, as the change set stands; absent where rows of the table have none. */
  readonly missingParent?: () => InfologEntry | undefined
  readonly follow: (row: FollowingRow) => void
}

/** A change set before its rules are asked. */
export interface WritePlan {
  readonly writes: readonly PlannedWrite[]
  readonly following: readonly FollowingRow[]
  rows(): readonly TrackedRow[]
  /** Rows that are deleted with this one. */
  readonly childrenOf: ChildrenOf
  /** Headers of lines, as they were locked, by relation. */
  readonly parentRows: Parents['rows']
}

/**
 * Reads the rows that the operations mean, locked, and takes the numbers that they need: one statement per entity. Headers are locked
 * before their lines, and lines that count within their header are numbered between the two.
 */
export async function planWrites(sql: SqlRunner, operations: readonly WriteOperation[], scope: WriteScope): Promise<WritePlan> {
  const unnumbered = await numberRows(
    sql,
    operations.map((operation) => draftOf(operation, scope)),
  )
  const parents = await lockParents(sql, unnumbered)
  const parentNames = unnumbered.map(parents.of)
  const drafts = await numberWithinParents(sql, unnumbered)
  const registry = createRowRegistry()
  await registry.load(sql, drafts)
  const childrenOf = await loadChildren(sql, drafts, registry)
  const following: FollowingRow[] = []
  const writes = drafts.map((draft, index): PlannedWrite => {
    const ownValues = { ...(draft.table.isCompanySpecific && { dataAreaId: draft.dataAreaId }), ...draft.numbers, ...pickKey(draft) }
    const row = registry.rowOf(draft)
    const parent = parentNames[index]
    return {
      ...draft,
      ownValues,
      // A stored row keeps its key as it is spelled there, and its numbers.
      preview:
        row.stored === undefined
          ? { ...initialValues(draft.table), ...draft.operation.values, ...ownValues }
          : { ...row.stored.values, ...draft.operation.values },
      row: () => row,
      ...(parent !== undefined && { missingParent: () => missingParent(draft, parent, { parents, registry }) }),
      follow: (each) => following.push({ ...each, values: { ...initialValuesOf(each.relation), ...each.values } }),
    }
  })
  return { writes, following, rows: registry.all, childrenOf, parentRows: parents.rows }
}

/** Why the parent of a row is not there: unknown, or deleted by an earlier operation. A parent that the change set has made counts. */
function missingParent(
  draft: Draft,
  parent: ParentName,
  { parents, registry }: { readonly parents: Parents; readonly registry: RowRegistry },
): InfologEntry | undefined {
  const known = registry.findParent(parent)
  if (known === undefined ? parents.isStored(parent) : known.after !== undefined) return undefined
  const field = rulesOf(draft.table.relation).parent?.by.at(-1)?.[0] ?? ''
  const label = draft.table.properties.get(field)?.label ?? field
  return refuseField(field, 'E01', parent.values.at(-1) ?? '', label, parent.table.tableLabel)
}

const pickKey = (draft: Draft): FieldValues =>
  Object.fromEntries(draft.operation.entity.key.filter((name) => name !== 'dataAreaId').map((name) => [name, keyValue(draft, name)]))

const initialValuesOf = (relation: string): FieldValues => initialValues(tableByRelation(relation))

/** Fills blank key fields of new rows that a sequence numbers: rows are found by them. Other fields are numbered once the row is decided. */
async function numberRows(sql: SqlRunner, drafts: readonly Draft[]): Promise<Draft[]> {
  const wanted = new Map<string, { readonly index: number; readonly field: string }[]>()
  for (const [index, draft] of drafts.entries()) {
    if (draft.problem !== undefined || !mayCreate(draft)) continue
    for (const [field, dataType] of Object.entries(rulesOf(draft.table.relation).numbered ?? {})) {
      if ((draft.operation.values[field] ?? '') !== '' || !draft.operation.entity.key.includes(field)) continue
      const name = `${draft.dataAreaId}\u0001${dataType}`
      const places = wanted.get(name)
      if (places === undefined) wanted.set(name, [{ index, field }])
      else places.push({ index, field })
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

/** What must be known to decide a write: its references and what the rules of its table ask for. */
export function questionsOf(write: PlannedWrite): CompanyQuestion[] {
  if (write.problem !== undefined || write.operation.kind === 'delete') return []
  const { dataAreaId, preview } = write
  const references = referencesOf(write.operation.entity).flatMap(({ name, references: { entity, field } }) => {
    const value = preview[name] ?? ''
    return value === '' ? [] : [{ entityName: entity, field, value, dataAreaId }]
  })
  const asked = rulesOf(write.table.relation).questions?.(preview) ?? []
  return [...companyQuestions(write), ...references, ...asked.map((question) => ({ ...question, dataAreaId }))]
}

/** A new row needs its company to be there; a stored one has shown it. */
const companyQuestions = ({ table, dataAreaId, row }: PlannedWrite): CompanyQuestion[] =>
  table.isCompanySpecific && row().stored === undefined ? [{ ...COMPANY, value: dataAreaId, dataAreaId }] : []
