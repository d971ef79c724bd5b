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
  /** Every row with this value, for questions that asked for many; blank values find the rows that have none. */
  findAll(entityName: string, field: string, value: string): readonly FieldValues[]
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
  /** Today in UTC, `2025-02-11`. */
  readonly today: string
}

/** A row that a rule must see: `field` of `entityName` equals `value`. */
export interface Question {
  readonly entityName: string
  readonly field: string
  readonly value: string
  /** All rows with the value are wanted, not one. */
  readonly isMany?: boolean
}

/** A number that counts up within a parent: the creation sequence of a line within its order. */
export interface NumberedWithin {
  /** Property that a new row without a value (0) takes the next number in: the highest one so far, stored or given, and one more. */
  readonly field: string
  /** Properties that name the parent; the company is among them by itself. */
  readonly within: readonly string[]
}

/** Rows that go with their parent: the lines of a deleted order. */
export interface CascadedRows {
  readonly relation: string
  /** Property of the parent and the property of the child that names it; the company is among them by itself. */
  readonly by: readonly (readonly [parent: string, child: string])[]
}

/** The header of a line: locked before its lines are read or numbered, so that writers of one document follow each other. */
export interface ParentRow {
  readonly entityName: string
  /** Property of the line and the key property of the header. */
  readonly by: readonly (readonly [from: string, to: string])[]
}

/** The rules of one table beyond those that its description states (types, lengths, references, mandatory fields). */
export interface TableRules {
  /** Rows to load before `decide`; references of the description are loaded anyway. */
  questions?(row: FieldValues): readonly Question[]
  /** Rows that can only be named once earlier answers are there; asked again until nothing new is asked for. */
  laterQuestions?(row: FieldValues, facts: Facts): readonly Question[]
  decide(candidate: WriteCandidate): Decision
  /** Why a row cannot be deleted; empty or absent: it can, unless another row refers to it. */
  refuseDelete?(row: FieldValues, facts: Facts): readonly InfologEntry[]
  /** The header whose row is locked first. */
  readonly parent?: ParentRow
  /** Numbers within the parent. */
  readonly numberedWithin?: readonly NumberedWithin[]
  /** Rows that are deleted with this one, unless their own rules refuse it. */
  readonly cascade?: readonly CascadedRows[]
  /** Fields that take the next number of a sequence when they are blank on create, by the data type of the sequence. */
  readonly numbered?: Readonly<Record<string, string>>
}
