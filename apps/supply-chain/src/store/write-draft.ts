import type { FieldValues } from '../domain/field-value.ts'
import { refuseField } from '../domain/messages.ts'
import { type Table, tableOfEntity } from '../entities/catalogue.ts'
import { initialValues } from './decide-write.ts'
import type { WriteFailure, WriteOperation, WriteScope } from './write-operation.ts'

/** Everything known of an operation before rows are read. */
export interface Draft {
  readonly operation: WriteOperation
  readonly table: Table
  readonly dataAreaId: string
  /** Fields of a new row that sequences and the numbering within a parent filled. */
  readonly numbers: FieldValues
  readonly problem?: WriteFailure
}

/** An operation with its table and company, or why it cannot be tried. */
export function draftOf(operation: WriteOperation, scope: WriteScope): Draft {
  const table = tableOfEntity(operation.entity)
  const values = 'key' in operation ? operation.key : operation.values
  const named = values[operation.entity.companyField ?? ''] ?? ''
  const dataAreaId = table.isCompanySpecific ? (named === '' ? scope.defaultCompany : named.toLowerCase()) : ''
  const draft = { operation, table, dataAreaId, numbers: {} }
  if (!table.isCompanySpecific || scope.mayAccess(dataAreaId)) return draft
  if ('key' in operation) return { ...draft, problem: { kind: 'not-found' } }
  return { ...draft, problem: { kind: 'refused', infolog: [refuseField('dataAreaId', 'L07', dataAreaId)] } }
}

/** Whether the operation may bring a new row. */
export const mayCreate = ({ operation }: Draft): boolean => operation.kind === 'create' || operation.kind === 'upsert'

/** The value of a key part: as given, else the number that was taken for it, else the default of the field. */
export function keyValue(draft: Draft, name: string): string {
  if (name === 'dataAreaId') return draft.dataAreaId
  const { operation, table } = draft
  // A number that was taken stands for a given 0, too.
  const taken = draft.numbers[name]
  if (taken !== undefined) return taken
  const given = 'key' in operation ? operation.key[name] : operation.values[name]
  return given !== undefined && given !== '' ? given : (table.properties.get(name)?.defaultValue ?? initialValues(table)[name] ?? '')
}

/** The whole key of the row that the operation means, in the order of its entity. */
export const keyOf = (draft: Draft): string[] => draft.operation.entity.key.map((name) => keyValue(draft, name))
