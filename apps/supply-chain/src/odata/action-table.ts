import type { FieldValues } from '../domain/field-value.ts'
import type { ServiceUser } from './service-user.ts'

/** Edm types of action parameters and results. */
export type ActionType = 'Edm.String' | 'Edm.Boolean' | 'Edm.Int32' | 'Edm.Int64'

/** What an action is called with: its parameters by name, and the row that it is bound to. */
export interface ActionCall {
  readonly parameters: Readonly<Record<string, unknown>>
  readonly key?: FieldValues
  readonly user: ServiceUser
  /** `{F}`, without a slash at the end. */
  readonly baseUrl: string
}

/** An action's result; a refusal by a rule carries the Infolog text. */
export type ActionResult =
  | { readonly ok: true; readonly value?: string | number | boolean }
  | { readonly ok: false; readonly infolog: string }

export interface Action {
  readonly name: string
  /** Collection that it is bound to; absent: unbound. */
  readonly collection?: string
  /** Bound to one row instead of the set. */
  readonly isBoundToRow?: boolean
  readonly parameters: readonly { readonly name: string; readonly type: ActionType; readonly isOptional?: boolean }[]
  readonly returnType?: ActionType
  run(call: ActionCall): Promise<ActionResult>
}

/** All actions of the application; parts of it bring their own. */
export type ActionTable = readonly Action[]
