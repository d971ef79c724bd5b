import type { Clock, Ids, SqlRunner } from '@p2c/base'

/** A reference to a row, as plug-ins and stored rows hold it. */
export interface RowReference {
  readonly table: string
  readonly id: string
}

/**
 * A stored value. Decimals and money are plain decimal text, dates `YYYY-MM-DD`, date-times ISO 8601 UTC;
 * choices, states and integers are numbers; lookups are references.
 */
export type ColumnValue = string | number | boolean | null | RowReference

/** Values by logical column name (a lookup under its column name, not `_x_value`). */
export type Row = Record<string, ColumnValue>

export const MESSAGES = ['create', 'update', 'delete'] as const
export type Message = (typeof MESSAGES)[number]

/** One row in one write. A bulk message gives many to a plug-in at once. */
export interface TableEvent {
  readonly id: string
  /** Create: all given columns with defaults; update: the changed columns; delete: empty. A pre-operation plug-in may change it. */
  readonly target: Row
  /** The row before an update or delete; absent on create. */
  readonly before?: Readonly<Row>
  /** The row as stored; only after the operation of create and update. */
  readonly after?: Readonly<Row>
}

/** A simple query of plug-ins: equality on columns, joined by and; an array means any of its values. */
export interface RowQuery {
  readonly table: string
  readonly columns?: readonly string[]
  readonly where?: Readonly<Record<string, ColumnValue | readonly ColumnValue[]>>
  readonly orderBy?: readonly { readonly column: string; readonly descending?: boolean }[]
  readonly limit?: number
  /** Locks the rows until the transaction ends. */
  readonly forUpdate?: boolean
}

/** The table service inside the transaction of the write: its own writes run plug-ins too. */
export interface TableService {
  find(query: RowQuery): Promise<readonly Row[]>
  create(table: string, rows: readonly Row[]): Promise<readonly string[]>
  update(table: string, changes: readonly { readonly id: string; readonly values: Row }[]): Promise<void>
  delete(table: string, ids: readonly string[]): Promise<void>
}

/** `client`: a write as a client sent it; `application`: one of a plug-in, an action or the application itself. */
export type WriteOrigin = 'client' | 'application'

export interface PluginContext {
  readonly message: Message
  readonly table: string
  /** 1 for a write of a client, more for a write of a plug-in. */
  readonly depth: number
  readonly userId: string
  /** The caller is the user of an integration (`systemuser.isintegrationuser`). */
  readonly isIntegrationUser: boolean
  /** Rules about what clients may write look at this: an action may do to a document what a client may not. */
  readonly origin: WriteOrigin
  /** True when the caller has a privilege: `hasPrivilege('prvCreateAccount')`. */
  hasPrivilege(name: string): boolean
  /** Writes without asking for the caller's rights. */
  readonly service: TableService
  /** The transaction itself, for set-based statements. */
  readonly sql: SqlRunner
  readonly clock: Clock
  readonly ids: Ids
}

/** A rule bound to a many-to-many relationship; it runs in the transaction of the write and refuses with `refuse()`. */
export interface LinkRule {
  readonly name: string
  /** Schema name: `systemuserroles_association`. */
  readonly relationship: string
  readonly message: 'associate' | 'disassociate'
  /** Ids of the paired rows, in the order of the relationship's sides. */
  run(pairs: readonly { readonly first: string; readonly second: string }[], context: LinkContext): Promise<void>
}

export interface LinkContext {
  readonly origin: WriteOrigin
  readonly userId: string
  hasPrivilege(name: string): boolean
  readonly sql: SqlRunner
}

/** A rule bound to a table event; it runs in the transaction of the write. Refuse with `refuse()` (a `PlatformError`): the write rolls back. */
export interface Plugin {
  readonly name: string
  readonly table: string
  readonly message: Message
  readonly stage: 'pre-operation' | 'post-operation'
  /** Update only: runs for events whose target has one of these columns; absent means every update. */
  readonly columns?: readonly string[]
  /**
   * Update only: the stored columns that `run` looks at; absent means all. `before` and `after` may lack every other one, which spares
   * a bulk write from reading wide rows.
   */
  readonly reads?: readonly string[]
  run(events: readonly TableEvent[], context: PluginContext): Promise<void>
}
