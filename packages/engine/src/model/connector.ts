import type { ErrorCategory } from '@p2c/base'
import type { EnvironmentType } from './documents.ts'
import type { EntitySchema } from './entity-schema.ts'
import type { FieldValues } from './field-value.ts'
import type { Filter } from './filter.ts'

/** One row of an organisation mapping: the partition that a read or write happens in. */
export interface OrganisationPair {
  readonly businessUnit: string
  readonly legalEntity: string
}

/** Where the next incremental read of a source starts; only the connector that made it can read it. */
export type SourcePosition = string

export interface SourceRow {
  /** The values of the integration key, joined by `|`; empty where the row has none of them (then it is skipped). */
  readonly key: string
  /** Grows with each change of the row where the source has such a number. */
  readonly version?: string
  readonly values: FieldValues
}

export interface ReadRequest {
  /** Entity set name, as in a template: `accounts`, `SellableReleasedProducts`. */
  readonly entity: string
  readonly keyFields: readonly string[]
  /** Every field path that mapping, filter and keys need; looked-up fields are dotted paths. */
  readonly fields: readonly string[]
  readonly organisation: OrganisationPair
  /** May narrow what the source sends; the engine evaluates it again on every row, so a source that cannot filter ignores it. */
  readonly filter?: Filter
  /** Absent: read everything, and say with the last page where the next incremental read starts. */
  readonly position?: SourcePosition
  /** Continues a read behind an earlier page of it (`SourcePage.pageLink`), possibly in another process. */
  readonly pageLink?: string
  readonly pageSize: number
  /** The same for every step of one partition of one execution: a source that must name what it makes (an export) uses it. */
  readonly readId: string
}

/** Tuples of values to look for; each has one for each field. */
export interface FieldSearch {
  readonly fields: readonly string[]
  readonly tuples: readonly (readonly string[])[]
}

export interface SourcePage {
  readonly rows: readonly SourceRow[]
  /** Keys of rows that were deleted at the source, where the source tells; ids it cannot translate are left out. */
  readonly deletedKeys?: readonly string[]
  /** Where this read goes on; absent on the last page. */
  readonly pageLink?: string
  /** Only on the last page, and only where the source can read incrementally. */
  readonly position?: SourcePosition
}

export interface DestinationRow {
  /** The values of the integration key, joined by `|`. */
  readonly key: string
  readonly values: FieldValues
  /** True when the engine wrote this key before: a hint which of update and insert to try first, never a promise. */
  readonly known: boolean
}

export interface UpsertRequest {
  readonly entity: string
  readonly keyFields: readonly string[]
  readonly organisation: OrganisationPair
  readonly rows: readonly DestinationRow[]
}

/**
 * Why one row was not written: data, not an exception. Where the category is `reference`, `details.entity` or `details.table` names the entity set
 * (or several, joined by ` or `) whose row is missing, or `details.field` the lookup: the engine decides by it whether the row waits.
 */
export interface RowFailure {
  readonly category: ErrorCategory
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}

export type UpsertOutcome =
  | { readonly outcome: 'inserted' | 'updated' | 'unchanged'; readonly key: string }
  | { readonly outcome: 'failed'; readonly key: string; readonly failure: RowFailure }

/**
 * One system, seen by the engine. Whole calls fail by a thrown `AppError` (`retryable` says whether a repeat may help);
 * single rows fail by an outcome. Every connector passes `connector.case.ts`.
 */
export interface Connector {
  /** `sales`, `supply-chain`, `common-data-service`. */
  readonly name: string
  /** The code of this kind of system in template files. */
  readonly environmentType: EnvironmentType
  /** The connection test of its API; throws `connection-refused`, `sign-in-refused` or `connection-unreachable`. */
  checkConnection(signal: AbortSignal): Promise<{ readonly description: string }>
  /** The fields and keys of one entity set; throws `entity-unknown`. */
  describeEntity(entity: string, signal: AbortSignal): Promise<EntitySchema>
  /** Reads the text of a `sourceFilter`; throws `filter-invalid` with the position in `details.position`. */
  parseFilter(text: string): Filter
  /** Page after page until the end of the read. Throws `source-position-expired` when `position` is too old to be used. */
  read(request: ReadRequest, signal: AbortSignal): AsyncGenerator<SourcePage>
  /**
   * About how many rows `read` will give, where the source can tell by one cheap request: shown as progress, nothing depends on it.
   * Undefined where it is not known.
   */
  count?(request: ReadRequest, signal: AbortSignal): Promise<number | undefined>
  /** The current rows of these keys, for rows that failed or waited; a key that no longer exists is left out. */
  readByKeys(
    request: Omit<ReadRequest, 'position' | 'pageLink' | 'filter'>,
    keys: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly SourceRow[]>
  /**
   * The current rows that hold one of these tuples of values in these fields, with their own keys as `read` gives them: for the lines of some headers.
   * Further rows may come along; a blank value is an empty text.
   */
  readByFields(
    request: Omit<ReadRequest, 'position' | 'pageLink' | 'filter'>,
    search: FieldSearch,
    signal: AbortSignal,
  ): Promise<readonly SourceRow[]>
  /** One outcome per row, in the order given. Keys within one request are distinct. */
  upsert(request: UpsertRequest, signal: AbortSignal): Promise<readonly UpsertOutcome[]>
  close(): Promise<void>
}
