import type { SqlRunner } from '@p2c/base'
import type { ConnectedEnvironment, ConnectionSet, ParsedConnectionSet } from '../model/connection-set.ts'
import type { OrganisationPair, RowFailure } from '../model/connector.ts'
import type { EnvironmentType, Project, Template } from '../model/documents.ts'
import type { Counters, Execution, ExecutionError, ExecutionStatus, TaskExecutionStatus, Trigger } from '../model/execution.ts'
import type { FieldValues } from '../model/field-value.ts'
import type { RecordError, RecordErrorState, WaitingRecord } from '../model/record-error.ts'
import type { RecordLink } from '../model/record-link.ts'

/** Connection sets, templates and projects. */
export interface SetupSession {
  saveConnectionSet(set: ParsedConnectionSet): Promise<ConnectionSet>
  listConnectionSets(): Promise<readonly ConnectionSet[]>
  findConnectionSet(name: string): Promise<ConnectionSet | undefined>
  /** With secrets that can be used, and the version that changes with every save. */
  findEnvironment(
    connectionSetName: string,
    type: EnvironmentType,
  ): Promise<{ readonly version: number; readonly environment: ConnectedEnvironment } | undefined>
  saveTemplate(template: Template): Promise<void>
  listTemplates(): Promise<readonly Template[]>
  /**
   * A changed leg forgets its source positions; another connection set forgets all links too: they belong to other systems. Throws
   * `execution-running` when the connection set changes under a live execution.
   */
  saveProject(project: Project): Promise<void>
  listProjects(): Promise<readonly Project[]>
  findProject(name: string): Promise<{ readonly id: string; readonly project: Project } | undefined>
}

export interface NewExecution {
  readonly id: string
  readonly projectId: string
  readonly project: Project
  readonly trigger: Trigger
  readonly allData: boolean
  readonly rewrite: boolean
  /** Tries rows whose parent has landed and reads nothing else. */
  readonly releaseOnly?: boolean
}

/** An execution as its steps need it. */
export interface ExecutionState {
  readonly id: string
  readonly status: ExecutionStatus
  readonly trigger: Trigger
  readonly allData: boolean
  readonly rewrite: boolean
  readonly releaseOnly: boolean
  readonly project: Project
  /** One for each leg of each task, in the order in which they run. */
  readonly tasks: readonly TaskState[]
}

export interface TaskState {
  readonly id: string
  readonly name: string
  readonly leg: string
  readonly order: number
  readonly status: TaskExecutionStatus
}

/** Behind the end of the read, `header-lines`: lines of headers that have changed; `release`: rows whose parent has landed. */
export const PARTITION_PHASES = ['retry', 'read', 'header-lines', 'release', 'done'] as const
export type PartitionPhase = (typeof PARTITION_PHASES)[number]

export interface Partition {
  readonly id: string
  readonly executionId: string
  readonly taskExecutionId: string
  readonly taskName: string
  readonly leg: string
  /** Owns links, errors and position across executions. */
  readonly scopeId: string
  readonly organisation: OrganisationPair
  readonly phase: PartitionPhase
  readonly fullRead: boolean
  readonly readFrom?: string
  readonly pageLink?: string
  readonly retryAfter?: string
  readonly pageNumber: number
  /** Rows read so far. */
  readonly readRows: number
  /** About how many rows the read will give, where it is known. */
  readonly expectedRows?: number
  /** A piece of a larger read: it ends where the next range begins, and the end of the read is none of its business. */
  readonly isRange: boolean
  /** Counts ranges in the order of the source; 0 for the partition itself. */
  readonly rangeNumber: number
  /** Ranges were cut off this read: what its end means is settled when all of them are loaded. */
  readonly isSplit: boolean
}

/** Where a partition stands after a page. */
export interface PartitionProgress {
  readonly phase: PartitionPhase
  readonly fullRead: boolean
  readonly readFrom?: string
  readonly pageLink?: string
  readonly retryAfter?: string
}

export interface SavedProgress {
  readonly progress: PartitionProgress
  readonly counters: Counters
  /** Where the page has brought rows to. */
  readonly landing?: LandingPlace
}

/** An entity of a system of a connection set; `entity` as in `AwaitedParent`. */
export interface LandingPlace {
  readonly connectionSetName: string
  readonly entity: string
}

/** What a partition reads: everything, what has changed, or only rows whose parent has landed. */
export type PartitionReads = 'all' | 'changed' | 'released'

export interface ExecutionFilterQuery {
  readonly id?: string
  readonly projectName?: string
  readonly status?: readonly ExecutionStatus[]
  readonly limit: number
  readonly offset: number
}

export interface ExecutionSession {
  /** Throws `execution-running` while the project has a live execution. */
  insertExecution(execution: NewExecution): Promise<void>
  listExecutions(filter: ExecutionFilterQuery): Promise<readonly Execution[]>
  /** With `lock`, other transactions that lock it wait. */
  findState(executionId: string, lock?: 'lock'): Promise<ExecutionState | undefined>
  findStatus(executionId: string): Promise<ExecutionStatus | undefined>
  /** Whether one of these is another execution of the same project: none but an earlier one, since only one is live. */
  hasPredecessor(executionId: string, among: readonly string[]): Promise<boolean>
  /** Live executions, oldest first. */
  listLiveIds(): Promise<readonly string[]>
  setStatus(executionId: string, status: ExecutionStatus, error?: ExecutionError): Promise<void>
  setTaskStatus(taskExecutionId: string, status: TaskExecutionStatus): Promise<void>
  /** Ends what is not final yet: tasks not begun become `rest`, running ones `current`. */
  endOpenTasks(executionId: string, statuses: { readonly current: TaskExecutionStatus; readonly rest: TaskExecutionStatus }): Promise<void>
  /** One partition per organisation; gives their ids. Already made ones stay as they are. */
  createPartitions(taskExecutionId: string, organisations: readonly OrganisationPair[], reads: PartitionReads): Promise<readonly string[]>
  listPartitions(
    taskExecutionId: string,
  ): Promise<readonly { readonly id: string; readonly phase: PartitionPhase; readonly counters: Counters }[]>
  findPartition(id: string): Promise<Partition | undefined>
  /** `isSaved` is false where another step has moved the partition on since it was read; `isAwaited`: rows wait for rows of the entity that the page has brought. */
  savePartition(partition: Partition, page: SavedProgress): Promise<{ readonly isSaved: boolean; readonly isAwaited: boolean }>
  /** For progress only; a partition that is done has its own number already. */
  saveExpectedRows(partitionId: string, rows: number): Promise<void>
  /** Nothing is saved where the project has changed since the partition began: its next execution must read everything. */
  saveSourcePosition(partition: Partition, position: string): Promise<void>
  holdStep(step: {
    readonly jobId: string
    readonly attempt: number
    readonly host: string
    readonly pid: number
    readonly startedAt: string
  }): Promise<void>
  releaseStep(jobId: string): Promise<void>
  listHeldSteps(
    host: string,
  ): Promise<readonly { readonly jobId: string; readonly attempt: number; readonly pid: number; readonly startedAt: string }[]>
}

export interface WorkerProcess extends ProcessOfHost {
  /** Steps that it works on side by side. */
  readonly steps: number
  /** ISO 8601 UTC. */
  readonly seenAt: string
}

interface ProcessOfHost {
  readonly host: string
  readonly pid: number
  readonly startedAt: string
}

export interface RangeSession {
  /**
   * Cuts a range off a read, from where `begin` stands to `stopLink` (the end of the source where there is none), and moves the read behind it.
   * Gives the range's id. Throws `step-lost` where the read has been moved on since `begin` was loaded.
   */
  addRange(begin: Partition, range: { readonly rows: number; readonly stopLink?: string; readonly stop?: string }): Promise<string>
  /** Where a range ends: at any of these links, or before any of these rows. */
  listStops(range: Partition): Promise<{ readonly links: ReadonlySet<string>; readonly ids: ReadonlySet<string> }>
  /** The walk over a split read is over: `settleSplitReads` makes the position count. */
  saveFoundPosition(partition: Partition, position: string | undefined): Promise<void>
  /** To be called when all partitions of the task execution are done; `lineTasks` as in `forgetLinePositions`. */
  settleSplitReads(taskExecutionId: string, lineTasks: readonly string[]): Promise<void>
  /** A sign of life of a process that takes steps. */
  saveWorker(worker: ProcessOfHost & { readonly steps: number }): Promise<void>
  removeWorker(worker: ProcessOfHost): Promise<void>
  hasOtherWorkers(self: ProcessOfHost): Promise<boolean>
  listWorkers(): Promise<readonly WorkerProcess[]>
}

export interface KnownLink {
  readonly destinationKey: string
  /** Hexadecimal. */
  readonly appliedHash: string
}

export interface LinkWrite {
  readonly sourceKey: string
  readonly destinationKey: string
  readonly sourceVersion?: string
  /** Hexadecimal. */
  readonly appliedHash: string
  /** The row owns its destination key: one of another source key is refused. */
  readonly isOwner?: boolean
}

export interface FailedRow {
  readonly sourceKey: string
  readonly failure: RowFailure
  readonly source: FieldValues
  readonly mapped?: FieldValues
}

export interface RecordErrorQuery extends RecordQuery {
  readonly states: readonly RecordErrorState[]
  readonly code?: string
  readonly fingerprint?: string
}

/** A row that others wait for. */
export interface AwaitedParent {
  /** Kind of system and comparable entity: `AX|customers`. */
  readonly entity: string
  /** Trimmed and in lower case; empty where nothing tells which row is missing: then any row of the entity will do. */
  readonly key: string
  /** The field that names it. */
  readonly field?: string
}

/** Links of these source rows, or to these destination rows; both where both are given. */
export interface RecordLinkQuery {
  readonly projectName?: string
  readonly taskName?: string
  readonly sourceKeys?: readonly string[]
  readonly destinationKeys?: readonly string[]
  readonly limit: number
}

export type FirstWrite = 'inserted' | 'updated' | 'unchanged'

export interface WaitingRow extends FailedRow {
  readonly parents: readonly AwaitedParent[]
  /** Fields that were left out of the row which is there already; empty where the row could not be written at all. */
  readonly deferred: readonly string[]
  readonly firstWrite?: FirstWrite
  /** What `registerWaiting` gave. */
  readonly seenReleases: number
}

/** What is known of a row that waited before. */
export interface KnownWaiting {
  /** ISO or database time. */
  readonly since: string
  /** The execution that counted it last. */
  readonly executionId: string
  readonly deferred: readonly string[]
  readonly parents: readonly AwaitedParent[]
  readonly firstWrite?: FirstWrite
}

/** Rows that wait for a parent. Keys of one call are distinct. */
export interface WaitingSession {
  /**
   * Makes it known for whom these rows wait before they are tried once more, so that no parent can land unseen in between. Gives by source key how often
   * the row was released so far. To be committed before that attempt.
   */
  registerWaiting(scopeId: string, rows: readonly WaitingRow[]): Promise<ReadonlyMap<string, number>>
  /** The row waits (again), or is ready where a parent has landed since it was registered; its open error becomes obsolete. */
  saveWaiting(scopeId: string, executionId: string, rows: readonly WaitingRow[]): Promise<void>
  findWaiting(scopeId: string, sourceKeys: readonly string[]): Promise<ReadonlyMap<string, KnownWaiting>>
  listReadyKeys(scopeId: string, limit: number): Promise<readonly string[]>
  /** Makes the rows ready that wait for one of these keys; gives the projects they belong to, but for the one of this execution. */
  releaseWaiting(place: LandingPlace & { readonly executionId: string }, keys: readonly string[]): Promise<readonly string[]>
  /** An execution for the ready rows of each of these projects that has no live one; gives their ids. */
  startReleases(projectIds: readonly string[]): Promise<readonly string[]>
  /**
   * Opens the partitions of an execution again that have ready rows, and notes for the leg behind each of them that it has to read again; gives their
   * ids.
   */
  beginReleases(executionId: string): Promise<readonly string[]>
  /** Opens the partitions again of legs whose leg before has brought rows since; gives their ids. */
  beginReadsAgain(executionId: string): Promise<readonly string[]>
}

/** Lines that are read because their header has changed. Keys of headers are the values of their key fields in the source. */
export interface HeaderSession {
  /** Has the lines of these headers read, by the same leg of these tasks and for the same organisation row, whatever becomes of this execution. */
  addChangedHeaders(headerScopeId: string, lineTasks: readonly string[], keys: readonly (readonly string[])[]): Promise<void>
  /** A complete read of headers concerns every line: these tasks read everything next time. */
  forgetLinePositions(headerScopeId: string, lineTasks: readonly string[]): Promise<void>
  listChangedHeaders(scopeId: string, limit: number): Promise<readonly (readonly string[])[]>
  removeChangedHeaders(scopeId: string, keys: readonly (readonly string[])[]): Promise<void>
  /** Opens the partitions of an execution again that have such headers; gives their ids. */
  beginHeaderLines(executionId: string): Promise<readonly string[]>
}

/** Which rows are tried again: all, those whose distance is over, or none. */
export type RetryChoice = 'all' | 'due' | 'none'

export interface RecordQuery {
  readonly projectName?: string
  readonly taskName?: string
  readonly executionId?: string
  readonly sourceKey?: string
  readonly limit: number
  readonly offset: number
}

export interface RecordSession extends WaitingSession {
  /** One statement for a page of keys. */
  findLinks(scopeId: string, sourceKeys: readonly string[]): Promise<ReadonlyMap<string, KnownLink>>
  saveLinks(scopeId: string, executionId: string, links: readonly LinkWrite[]): Promise<void>
  /** By destination key in comparable spelling: the source key that owns it, of rows that were saved as owners. */
  findOwners(scopeId: string, destinationKeys: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Forgets what was last written of these rows, until `saveLinks` tells: between a write and its record nobody knows it. */
  doubtLinks(scopeId: string, sourceKeys: readonly string[]): Promise<void>
  /** Opens an error or counts one attempt more; the row stops waiting. Keys are distinct. */
  saveErrors(scopeId: string, executionId: string, rows: readonly FailedRow[]): Promise<void>
  /** Closes errors and ends the waiting of these rows. */
  closeRows(scopeId: string, sourceKeys: readonly string[], state: 'resolved' | 'obsolete'): Promise<void>
  /** Closes what this execution's complete read did not meet: the rows are gone or left the filter long ago. */
  closeUnmet(scopeId: string, executionId: string): Promise<void>
  hasOpenRows(scopeId: string): Promise<boolean>
  /** Keys with an open error or waiting, last tried by another execution, in order, behind `after`; rows that are ready always. */
  listRetryKeys(
    scopeId: string,
    query: {
      readonly executionId: string
      readonly after: string
      readonly limit: number
      readonly errors: RetryChoice
      readonly waiting: RetryChoice
    },
  ): Promise<readonly string[]>
  /** Of these keys, those this execution's retry phase failed on already, with the source values it saw. */
  findTried(scopeId: string, executionId: string, sourceKeys: readonly string[]): Promise<ReadonlyMap<string, FieldValues>>
  listRecordLinks(query: RecordLinkQuery): Promise<readonly RecordLink[]>
  listErrors(query: RecordErrorQuery): Promise<readonly RecordError[]>
  listWaiting(query: RecordQuery & { readonly code?: string }): Promise<readonly WaitingRecord[]>
}

/** Everything that can be done in one connection or transaction. */
export interface StoreSession extends SetupSession, ExecutionSession, RangeSession, RecordSession, HeaderSession {
  /** For the queue, which joins the same transaction. */
  readonly runner: SqlRunner
}

export interface Store extends StoreSession {
  migrate(): Promise<void>
  /** Changes nothing. Throws `database-older`, `database-newer`, and `secrets-key-wrong` where the key opens none of the stored secrets. */
  checkReady(): Promise<void>
  /** Commits when `work` resolves, rolls back when it throws. */
  transaction<Result>(work: (session: StoreSession) => Promise<Result>): Promise<Result>
}
