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
}

/** A row that waits for its parent; tried again by every execution of its task. */
export interface WaitingRecord {
  readonly id: string
  readonly projectName: string
  readonly taskName: string
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
}
