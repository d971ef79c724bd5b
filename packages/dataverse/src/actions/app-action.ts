import type { JsonValue } from '@p2c/odata'
import type { Row, TableService } from '../model/plugin.ts'
import type { WriteContext } from '../pipeline/write-context.ts'

export interface ActionParameter {
  readonly name: string
  /** `Edm.Guid`, `Edm.Int32`, `mscrm.quoteclose`, `Collection(Edm.String)` … as `$metadata` says. */
  readonly type: string
  readonly optional?: boolean
}

/** What an action answers: 204, one record limited to columns, or a complex value with its type name. */
export type ActionResult =
  | undefined
  | {
      readonly kind: 'record'
      readonly table: string
      readonly id: string
      readonly columns?: readonly string[]
      /** The answer says its type: the action may be declared to give any record. */
      readonly typed?: boolean
    }
  | { readonly kind: 'records'; readonly records: readonly { readonly table: string; readonly id: string }[] }
  /** A row that is not stored: lookups are answered as binds. */
  | { readonly kind: 'draft'; readonly table: string; readonly values: Readonly<Row> }
  | { readonly kind: 'value'; readonly type: string; readonly value: Readonly<Record<string, unknown>> }

export interface ActionContext {
  /** True when the caller has a privilege: `hasPrivilege('prvCreateAccount')`. */
  hasPrivilege(name: string): boolean
  /** The table service inside the transaction of the call: its writes ask for the caller's rights, its reads do not. */
  readonly service: TableService
  readonly write: WriteContext
  readonly userId: string
  readonly businessUnitId: string
  readonly organizationId: string
  /** `/api/data/v9.2`, to read absolute references in parameters. */
  readonly rootPath: string
  /** `https://host/api/data/v9.2/`, with its slash. */
  readonly root: string
  /** Id of the row that a bound action was called on. */
  readonly boundId?: string
}

/**
 * An action or function of an application. Bound ones are called with their namespace on a row, or on the collection of their table.
 * `run` works in one transaction; it refuses with `refuse()`. Source: wire specification 15.
 */
export interface AppAction {
  readonly name: string
  /** A function is called by GET; default is an action, called by POST. */
  readonly kind?: 'action' | 'function'
  readonly binding: 'unbound' | { readonly table: string; readonly collection?: boolean }
  readonly parameters: readonly ActionParameter[]
  /** Type of the answer for `$metadata`; absent: none. */
  readonly returns?: string
  /** Members of the complex type that `returns` names, where it is the action's own; `$metadata` describes it by them. */
  readonly returnMembers?: readonly { readonly name: string; readonly type: string }[]
  run(context: ActionContext, parameters: Readonly<Record<string, JsonValue>>): Promise<ActionResult>
}
