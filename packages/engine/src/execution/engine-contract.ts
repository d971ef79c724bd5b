import type { Clock, Database, Ids, Logger } from '@p2c/base'
import type { BudgetSettings } from '../budget/budget-state.ts'
import type { ConnectedEnvironment, ConnectionSet, ConnectionSetInput } from '../model/connection-set.ts'
import type { Connector } from '../model/connector.ts'
import type { EnvironmentType, Project, Template } from '../model/documents.ts'
import type { Execution, ExecutionStatus, Trigger } from '../model/execution.ts'
import type { Issue } from '../model/issue.ts'
import type { RecordError, RecordErrorState, WaitingRecord } from '../model/record-error.ts'
import type { RecordLink } from '../model/record-link.ts'
import type { BudgetStatus, RequestBudget } from '../model/request-budget.ts'

/** What the engine gives to the maker of connectors. */
export interface ConnectorTools {
  /** The allowance of one identity (address and client id), shared by all engines on the database. */
  budgetOf(identity: string, settings?: BudgetSettings): RequestBudget
}

/** Of `EngineOptions.lanes`. */
export const DEFAULT_LANES = 2

export interface EngineOptions {
  /** The integrator's own database; the queue keeps its tables there too, in schema `pgboss`. */
  readonly database: Database
  /** Makes the connector of one environment; called once per connection set version and engine, closed when the engine stops. */
  readonly connectorFor: (environment: ConnectedEnvironment, tools: ConnectorTools) => Connector | Promise<Connector>
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  /** 32 bytes; needed as soon as a connection set carries a secret value. */
  readonly secretsKey?: Uint8Array
  /** Steps this process works on at the same time; default 2, 0 only starts and shows executions. */
  readonly workers?: number
  /** Rows of one page of a read; default 5,000. */
  readonly pageSize?: number
  /** Pages of one step; default 40. A worker is free again after each step. */
  readonly pagesPerStep?: number
  /** Pages of one step that are written side by side and saved in order; default 2. Memory and what a crash repeats grow with it. */
  readonly lanes?: number
  /** Rows to come from which on a full read is cut into ranges while other workers are there to help; default 100,000. */
  readonly splitRows?: number
  /** Pages of such a range; default 10. */
  readonly pagesPerRange?: number
  readonly retry?: Partial<RetryPolicy>
  /**
   * What `open` does with the database: `migrate` (default) brings it up to date; `check` changes nothing and refuses one that another version made,
   * or whose secrets this key does not open. For a worker that joins an installation.
   */
  readonly schema?: 'migrate' | 'check'
  /** Who this process is, to give back steps of a dead predecessor at start; default: this host and process. */
  readonly process?: HostProcess
}

/** How whole-call failures are repeated: exponential with jitter, never less than `Retry-After`. */
export interface RetryPolicy {
  readonly attempts: number
  readonly firstDelayMs: number
  readonly longestDelayMs: number
}

/** A process on a host, told apart from a later one with the same number by its start. */
export interface ProcessIdentity {
  readonly host: string
  readonly pid: number
  readonly startedAt: string
}

export interface HostProcess {
  readonly identity: ProcessIdentity
  /** Asked only of processes of the same host. */
  isAlive(other: ProcessIdentity): boolean
}

export interface StartOptions {
  /** Reads everything, whatever the source position; unchanged rows are still dropped by content hash. */
  readonly allData?: boolean
  /** Writes unchanged rows too. */
  readonly rewrite?: boolean
  readonly trigger?: Trigger
}

export interface ExecutionFilter {
  readonly projectName?: string
  readonly status?: readonly ExecutionStatus[]
  /** Newest first; default 50, at most 1,000. */
  readonly limit?: number
  readonly offset?: number
}

export interface RecordFilter {
  readonly projectName?: string
  readonly taskName?: string
  /** Errors and waiting rows last seen in this execution. */
  readonly executionId?: string
  readonly sourceKey?: string
  readonly code?: string
  readonly limit?: number
  readonly offset?: number
}

export interface RecordErrorFilter extends RecordFilter {
  /** Default: `open` only. */
  readonly states?: readonly RecordErrorState[]
  readonly fingerprint?: string
}

export interface RecordLinkFilter {
  readonly projectName?: string
  readonly taskName?: string
  /** Exact spelling, as errors and executions show them. At least one of both lists is to be given. */
  readonly sourceKeys?: readonly string[]
  readonly destinationKeys?: readonly string[]
  /** Oldest first; default 50, at most 1,000. */
  readonly limit?: number
}

/**
 * The integration engine. Several engines on one database share the work; nothing in memory counts. Operations throw `AppError`s:
 * `project-unknown`, `template-unknown`, `connection-set-unknown`, `execution-unknown`, `document-invalid`, `execution-running`
 * (category conflict), `execution-finished`, `secrets-key-missing`.
 */
export interface Engine {
  /**
   * Brings the database up to date (or checks it, as `EngineOptions.schema` says; throws `database-older`, `database-newer`, `secrets-key-wrong`): from here on documents can be saved and read, before any work begins. `start` does it too. */
  open(): Promise<void>
  /** Brings the database up to date, gives back the steps of this host's dead processes, begins to work. */
  start(): Promise<void>
  /** Finishes the page under way, then lets go; the rest goes on in another engine or at the next start. */
  stop(): Promise<void>
  saveTemplate(document: unknown): Promise<Template>
  /** The newest version of each, by name. */
  listTemplates(): Promise<readonly Template[]>
  findTemplate(name: string): Promise<Template | undefined>
  saveConnectionSet(set: ConnectionSetInput): Promise<ConnectionSet>
  /** Without secret values. */
  listConnectionSets(): Promise<readonly ConnectionSet[]>
  /**
   * One connection of a set with its secrets readable, for reads of the program itself: never shown, stored or logged. Undefined where the set has none
   * of the type. Throws `secret-unreadable`.
   */
  findEnvironment(connectionSetName: string, environmentType: EnvironmentType): Promise<ConnectedEnvironment | undefined>
  saveProject(document: unknown): Promise<Project>
  listProjects(): Promise<readonly Project[]>
  findProject(name: string): Promise<Project | undefined>
  /** All findings of the project against the entity schemas of both sides; reads both sides. */
  validateProject(name: string): Promise<readonly Issue[]>
  /** Stores the execution and its first step in one transaction; the work happens in whichever engine is free. */
  startExecution(projectName: string, options?: StartOptions): Promise<Execution>
  /** Final at once; a page under way is still recorded. */
  cancelExecution(id: string): Promise<Execution>
  findExecution(id: string): Promise<Execution | undefined>
  listExecutions(filter?: ExecutionFilter): Promise<readonly Execution[]>
  listRecordErrors(filter?: RecordErrorFilter): Promise<readonly RecordError[]>
  listWaitingRecords(filter?: RecordFilter): Promise<readonly WaitingRecord[]>
  /** What was written last of these source rows, or to these destination rows. */
  listRecordLinks(filter: RecordLinkFilter): Promise<readonly RecordLink[]>
  /** How hard each system may be used now, as all workers know it. */
  listBudgets(): Promise<readonly BudgetStatus[]>
  /** The execution after every change of it, until it is final; polls the database, so it sees the work of other engines. */
  subscribe(id: string, signal?: AbortSignal): AsyncIterable<Execution>
}
