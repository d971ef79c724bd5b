import type { FieldValues } from '../domain/field-value.ts'

/** Which version of a row it is: shown to clients as the ETag. */
export interface RecordIdentity {
  readonly recId: string
  readonly recVersion: string
}

/** A row as it is stored, with its identity. */
export interface StoredRow extends RecordIdentity {
  readonly values: FieldValues
}

/** One row during a change set: what is stored, and what it is to become. Both absent: born and gone within the change set. */
export interface TrackedRow {
  readonly relation: string
  readonly stored?: StoredRow
  after: FieldValues | undefined
  /** Set once the change set is written. */
  identity?: RecordIdentity
  /** The row that took this one with it when it was deleted. */
  deletedWith?: TrackedRow
}

/** Joins the parts of a key into one text; the parts hold no control characters that a field could store. */
export const joinKey = (parts: readonly string[]): string => parts.map((part) => part.toLowerCase()).join('\u0001')
