import type { ErrorCategory } from '@p2c/base'
import type { OrganisationPair } from './connector.ts'
import type { FieldValues } from './field-value.ts'

export const RECORD_ERROR_STATES = ['open', 'resolved', 'obsolete', 'dismissed'] as const
/** `resolved` by a later success, `obsolete` when the row left the filter or the source. */
export type RecordErrorState = (typeof RECORD_ERROR_STATES)[number]

/** Why one row was not written; one open error per task, organisation and source key. Times are ISO 8601 UTC. */
export interface RecordError {
  readonly id: string
  readonly projectName: string
  readonly taskName: string
  /** Which leg of the task: `001`, `002`. */
  readonly leg: string
  readonly organisation: OrganisationPair
  readonly sourceKey: string
  readonly category: ErrorCategory
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
  /** The same for errors of the same kind and place, whatever the row: errors are grouped by it. */
  readonly fingerprint: string
  readonly source: FieldValues
  readonly mapped?: FieldValues
  readonly attempts: number
  readonly state: RecordErrorState
  readonly firstSeenAt: string
  readonly lastSeenAt: string
  readonly executionId: string
  readonly closedAt?: string
  /** While it is open, unless its task leaves that to a person. */
  readonly nextAttempt?: NextAttempt
}

/** When a row is tried again that does not change (ADR 0010): by whichever comes first. A person who runs the project tries it at once. */
export interface NextAttempt {
  /** Executions of the task from now on; 1: the next one. */
  readonly executions: number
  /** ISO 8601 UTC; the first execution from then on. */
  readonly at: string
}

/** `ready`: a parent has landed, the row is about to be tried. */
export const WAITING_STATES = ['waiting', 'ready'] as const
export type WaitingState = (typeof WAITING_STATES)[number]

/** A row for which a waiting row waits. */
export interface MissingRow {
  readonly entity: string
  /** In comparable spelling; empty where the destination does not tell which row is missing. */
  readonly key: string
  /** The destination field that names it. */
  readonly field?: string
}

/** A row that waits for its parent; tried when that lands. */
export interface WaitingRecord {
  readonly id: string
  readonly projectName: string
  readonly taskName: string
  readonly leg: string
  readonly organisation: OrganisationPair
  readonly sourceKey: string
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
  readonly source: FieldValues
  readonly mapped?: FieldValues
  readonly attempts: number
  readonly firstSeenAt: string
  readonly lastSeenAt: string
  readonly executionId: string
  readonly state: WaitingState
  readonly parents: readonly MissingRow[]
  /** Fields that are still to be written: the row is there without them. Empty where it could not be written at all. */
  readonly deferredFields: readonly string[]
  readonly nextAttempt: NextAttempt
}
