import type { SqlRunner } from '@p2c/base'
import type { ConnectedEnvironment, ConnectionSet, ParsedConnectionSet } from '../model/connection-set.ts'
import type { OrganisationPair, RowFailure } from '../model/connector.ts'
import type { EnvironmentType, Project, Template } from '../model/documents.ts'
import type { Counters, Execution, ExecutionError, ExecutionStatus, TaskExecutionStatus, Trigger } from '../model/execution.ts'
import type { FieldValues } from '../model/field-value.ts'
import type { RecordError, RecordErrorState, WaitingRecord } from '../model/record-error.ts'

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
}

/** An execution as its steps need it. */
export interface ExecutionState {
  readonly id: string
  readonly status: ExecutionStatus
  readonly allData: boolean
  readonly rewrite: boolean
  readonly project: Project
  readonly tasks: readonly { readonly id: string; readonly name: string; readonly order: number; readonly status: TaskExecutionStatus }[]
}

export const PARTITION_PHASES = ['retry', 'read', 'done'] as const
export type PartitionPhase = (typeof PARTITION_PHASES)[number]

export interface Partition {
  readonly id: string
  readonly executionId: string
  readonly taskExecutionId: string
  readonly taskName: string
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
}

/** Where a partition stands after a page. */
export interface PartitionProgress {
  readonly phase: PartitionPhase
  readonly fullRead: boolean
  readonly readFrom?: string
  readonly pageLink?: string
  readonly retryAfter?: string
}

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
  /** Live executions, oldest first. */
  listLiveIds(): Promise<readonly string[]>
  setStatus(executionId: string, status: ExecutionStatus, error?: ExecutionError): Promise<void>
  setTaskStatus(taskExecutionId: string, status: TaskExecutionStatus): Promise<void>
  /** Ends what is not final yet: tasks not begun become `rest`, running ones `current`. */
  endOpenTasks(executionId: string, statuses: { readonly current: TaskExecutionStatus; readonly rest: TaskExecutionStatus }): Promise<void>
  /** One partition per organisation; gives their ids. Already made ones stay as they are. */
  createPartitions(taskExecutionId: string, organisations: readonly OrganisationPair[], allData: boolean): Promise<readonly string[]>
  listPartitions(
    taskExecutionId: string,
  ): Promise<readonly { readonly id: string; readonly phase: PartitionPhase; readonly counters: Counters }[]>
  findPartition(id: string): Promise<Partition | undefined>
  /** False where another step has moved the partition on since it was read. */
  savePartition(partition: Partition, progress: PartitionProgress, counters: Counters): Promise<boolean>
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

export interface KnownLink {
  readonly destinationKey: string
  readonly appliedHash: Buffer
}

export interface LinkWrite {
  readonly sourceKey: string
  readonly destinationKey: string
  readonly sourceVersion?: string
  readonly appliedHash: Buffer
}

export interface FailedRow {
  readonly sourceKey: string
  readonly failure: RowFailure
  readonly source: FieldValues
  readonly mapped?: FieldValues
}

export interface RecordQuery {
  readonly projectName?: string
  readonly taskName?: string
  readonly executionId?: string
  readonly sourceKey?: string
  readonly limit: number
  readonly offset: number
}

export interface RecordSession {
  /** One statement for a page of keys. */
  findLinks(scopeId: string, sourceKeys: readonly string[]): Promise<ReadonlyMap<string, KnownLink>>
  saveLinks(scopeId: string, executionId: string, links: readonly LinkWrite[]): Promise<void>
  /** Opens an error or counts one attempt more; the row stops waiting. Keys are distinct. */
  saveErrors(scopeId: string, executionId: string, rows: readonly FailedRow[]): Promise<void>
  /** The row waits (again); its open error becomes obsolete. Keys are distinct. */
  saveWaiting(scopeId: string, executionId: string, rows: readonly FailedRow[]): Promise<void>
  /** Closes errors and ends the waiting of these rows. */
  closeRows(scopeId: string, sourceKeys: readonly string[], state: 'resolved' | 'obsolete'): Promise<void>
  /** Closes what this execution's complete read did not meet: the rows are gone or left the filter long ago. */
  closeUnmet(scopeId: string, executionId: string): Promise<void>
  hasOpenRows(scopeId: string): Promise<boolean>
  /** Keys with an open error or waiting, last tried by another execution, in order, behind `after`. */
  listRetryKeys(
    scopeId: string,
    query: { readonly executionId: string; readonly after: string; readonly limit: number },
  ): Promise<readonly string[]>
  /** Of these keys, those this execution's retry phase failed on already, with the source values it saw. */
  findTried(scopeId: string, executionId: string, sourceKeys: readonly string[]): Promise<ReadonlyMap<string, FieldValues>>
  /** Of these keys, since when they wait. */
  findWaitingSince(scopeId: string, sourceKeys: readonly string[]): Promise<ReadonlyMap<string, string>>
  listErrors(query: RecordQuery & { readonly states: readonly RecordErrorState[]; readonly code?: string }): Promise<readonly RecordError[]>
  listWaiting(query: RecordQuery): Promise<readonly WaitingRecord[]>
}

/** Everything that can be done in one connection or transaction. */
export interface StoreSession extends SetupSession, ExecutionSession, RecordSession {
  /** For the queue, which joins the same transaction. */
  readonly runner: SqlRunner
}

export interface Store extends StoreSession {
  migrate(): Promise<void>
  /** Commits when `work` resolves, rolls back when it throws. */
  transaction<Result>(work: (session: StoreSession) => Promise<Result>): Promise<Result>
}
