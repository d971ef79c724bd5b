import type { FieldValues } from './field-value.ts'
import type { InfologEntry } from './messages.ts'

/** A row of another table that a write brings with it: created when absent, never changed. */
export interface FollowingRow {
  readonly relation: string
  readonly values: FieldValues
}

/** What a rule decided: the row as it is to be stored, and what follows from it; or the reasons against it. */
export type Decision =
  | { readonly ok: true; readonly row: FieldValues; readonly following?: readonly FollowingRow[] }
  | { readonly ok: false; readonly infolog: readonly InfologEntry[] }

export const accept = (row: FieldValues, following?: readonly FollowingRow[]): Decision =>
  following === undefined ? { ok: true, row } : { ok: true, row, following }

export const refuse = (...infolog: readonly InfologEntry[]): Decision => ({ ok: false, infolog })

/** Rows of other tables that a rule asked for, found by one field within the company of the row, without regard to case. */
export interface Facts {
  find(entityName: string, field: string, value: string): FieldValues | undefined
}

/** One row that is about to be written. */
export interface WriteCandidate {
  /** The stored row, on an update. */
  readonly before?: FieldValues
  /** Stored or initial values with the given ones over them; every property of the table is present. */
  readonly row: FieldValues
  /** Names of the properties that the caller gave. */
  readonly given: ReadonlySet<string>
  readonly facts: Facts
  /** Public name of the entity through which the row is written: several entities may share one table. */
  readonly entityName: string
}

/** A row that a rule must see: `field` of `entityName` equals `value`. */
export interface Question {
  readonly entityName: string
  readonly field: string
  readonly value: string
}

/** The rules of one table beyond those that its description states (types, lengths, references, mandatory fields). */
export interface TableRules {
  /** Rows to load before `decide`; references of the description are loaded anyway. */
  questions?(row: FieldValues): readonly Question[]
  /** Rows that can only be named once the first answers are there. */
  laterQuestions?(row: FieldValues, facts: Facts): readonly Question[]
  decide(candidate: WriteCandidate): Decision
  /** Fields that take the next number of a sequence when they are blank on create, by the data type of the sequence. */
  readonly numbered?: Readonly<Record<string, string>>
}
