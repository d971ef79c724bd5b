import type { ColumnDefinition, StateOption, StatusOption } from '../model/table.ts'

/** Builders of the columns that tables of the platform have. */
export const text = (name: string, label: string, maxLength: number, required?: 'system' | 'application'): ColumnDefinition => ({
  name,
  label,
  type: 'string',
  maxLength,
  ...(required !== undefined && { required }),
})

/** A yes/no column that begins with no. */
export const flag = (name: string, label: string): ColumnDefinition => ({ name, label, type: 'boolean', default: false })

/** The same column, kept by the platform and ignored on input. */
export const kept = (column: ColumnDefinition): ColumnDefinition => ({ ...column, readOnly: true })

/** States of rows that are in use or not. */
export const ACTIVE_OR_INACTIVE: readonly StateOption[] = [
  { value: 0, label: 'Active', invariantName: 'Active', defaultStatus: 1 },
  { value: 1, label: 'Inactive', invariantName: 'Inactive', defaultStatus: 2 },
]
export const ACTIVE_OR_INACTIVE_REASONS: readonly StatusOption[] = [
  { value: 1, label: 'Active', state: 0 },
  { value: 2, label: 'Inactive', state: 1 },
]
