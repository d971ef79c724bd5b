/** What a field holds, in the words both sides share. */
export const FIELD_TYPES = [
  'text',
  'integer',
  'decimal',
  'boolean',
  'date',
  'date-time',
  'guid',
  'choice',
  'enumeration',
  'lookup',
] as const
export type FieldType = (typeof FIELD_TYPES)[number]

export interface FieldSchema {
  /** As the system spells it; compared without regard to case. */
  readonly name: string
  readonly type: FieldType
  readonly required: boolean
  readonly readOnly: boolean
  readonly maxLength?: number
  /** Decimals behind the point. */
  readonly precision?: number
  /** Choice values as integers, or enumeration member names. */
  readonly options?: readonly (string | number)[]
  /** Entity sets that a lookup may point to. */
  readonly relatedEntities?: readonly string[]
}

/** The cached description of one entity set. */
export interface EntitySchema {
  readonly name: string
  readonly fields: readonly FieldSchema[]
  /** Key fields by name of the key; the partition field (`dataAreaId`) is not among them. */
  readonly keys: readonly { readonly name: string; readonly fields: readonly string[] }[]
}
