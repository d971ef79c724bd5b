import type { ConnectionSet } from '../model/connection-set.ts'
import { type EnvironmentType, type Leg, toPointer } from '../model/documents.ts'
import type { EntitySchema } from '../model/entity-schema.ts'
import type { Filter } from '../model/filter.ts'
import type { Issue, Severity } from '../model/issue.ts'

/** What validation may look at; all of it is data, so the same function runs in an editor, in CI and before an execution. */
export interface ValidationFacts {
  findSchema(environmentType: EnvironmentType, entity: string): EntitySchema | undefined
  /** Absent while a template is checked on its own. */
  readonly connectionSet?: ConnectionSet
  /** The parser of the source's connector; throws `filter-invalid`. */
  parseFilter(environmentType: EnvironmentType, text: string): Filter
}

export interface LegCheck {
  readonly leg: Leg
  readonly path: readonly PropertyKey[]
  readonly source: EntitySchema
  readonly destination: EntitySchema
  readonly facts: ValidationFacts
}

export const issueAt = (code: string, severity: Severity, path: readonly PropertyKey[], message: string): Issue => ({
  code,
  severity,
  pointer: toPointer(path),
  message,
})

/** The finding where `condition` holds, nothing otherwise. */
export const issueIf = (condition: boolean, ...finding: Parameters<typeof issueAt>): readonly Issue[] =>
  condition ? [issueAt(...finding)] : []
