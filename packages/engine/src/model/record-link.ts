import type { OrganisationPair } from './connector.ts'

/** What an execution wrote of one source row: the payload itself is not kept, only a hash of it. Times are ISO 8601 UTC. */
export interface RecordLink {
  readonly projectName: string
  readonly taskName: string
  /** `001`, `002` (integration specification 6). */
  readonly leg: string
  readonly organisation: OrganisationPair
  readonly sourceKey: string
  readonly destinationKey: string
  readonly sourceVersion?: string
  /** Hexadecimal; empty between a write and its record, when nobody knows it. */
  readonly appliedHash: string
  readonly appliedAt: string
  /** The execution that wrote the row last. */
  readonly executionId: string
}
