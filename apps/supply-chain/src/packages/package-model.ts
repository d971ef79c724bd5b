import type { SqlRunner } from '@p2c/base'
import type { Entity } from '../entities/entity.ts'

/** Execution status of data management; the last four are final. Source: F&O protocol specification, section 15. */
export const EXECUTION_STATUSES = ['Unknown', 'NotRun', 'Executing', 'Succeeded', 'PartiallySucceeded', 'Failed', 'Canceled'] as const
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number]

/** Formats of data files that are read and written; a project that names another one is refused. */
export const SOURCE_FORMATS = ['CSV-Unicode', 'CSV', 'XML-Element', 'XML-Attribute'] as const
export type SourceFormat = (typeof SOURCE_FORMATS)[number]

/** `FullPush`: every row each time. `IncrementalPush`: after the first one, the rows changed since the last successful export. */
export const REFRESH_TYPES = ['FullPush', 'IncrementalPush'] as const
export type RefreshType = (typeof REFRESH_TYPES)[number]

export type OperationType = 'Export' | 'Import'

/** A data project, on the wire a definition group. */
export interface DataProject {
  readonly name: string
  readonly description: string
}

/** One entity of a project. */
export interface ProjectEntity {
  /** Data management label: `Customers V3`. */
  readonly entityName: string
  readonly sourceFormat: SourceFormat
  readonly refreshType: RefreshType
  readonly executionUnit: number
  readonly levelInExecutionUnit: number
  readonly sequenceInLevel: number
  /** Fields of the file in order; empty: all of them. */
  readonly fields: readonly string[]
}

/** What started an execution and what became of it. */
export interface Execution {
  readonly id: string
  readonly kind: OperationType
  readonly project: string
  /** Company in lower case. */
  readonly legalEntity: string
  readonly status: ExecutionStatus
  /** File name of an exported package. */
  readonly packageName: string
  readonly blobId: string | undefined
  /** False stops at the definition of the project. */
  readonly execute: boolean
  /** Why it failed as a whole; blank otherwise. */
  readonly message: string
}

/** One row of a data file on its way into an entity: cells by property name, as they stand in the file. */
export interface ImportRow {
  readonly values: Readonly<Record<string, string>>
}

/** A document of a composite entity: its rows in order, the header first, each with its entity. Written as a whole or not at all. */
export type ImportDocument = readonly (ImportRow & { readonly entity: Entity })[]

/** What became of one row. `field` is blank where the row as a whole is refused. */
export type ImportOutcome = { readonly ok: true } | { readonly ok: false; readonly field: string; readonly message: string }

/** Stores what became of rows in the transaction that writes them. */
export type StoreOutcomes = (sql: SqlRunner, outcomes: readonly ImportOutcome[]) => Promise<void>

/**
 * The write path of the application for data files: insert or update by the entity's key in one company, the same rules as over OData,
 * all rows in one transaction. A blank cell is the default on insert and the empty value on update. One outcome per row, in order; a bad
 * row stops no other.
 */
export type ImportRows = (
  entity: Entity,
  legalEntity: string,
  rows: readonly ImportRow[],
  options?: { readonly onWritten?: StoreOutcomes },
) => Promise<readonly ImportOutcome[]>

/** The same for a document: it is written as a whole or not at all. */
export type ImportDocuments = (legalEntity: string, document: ImportDocument, onWritten: StoreOutcomes) => Promise<ImportOutcome>
