import type { Message } from '../model/plugin.ts'

/** `serviceendpoint.authtype` of a webhook. */
export const AUTH_TYPES = { webhookKey: 4, httpHeader: 5, httpQueryString: 6 } as const

/** `sdkmessageprocessingstep.stage` */
export const STAGES = { preValidation: 10, preOperation: 20, postOperation: 40 } as const
export type Stage = (typeof STAGES)[keyof typeof STAGES]

/** `sdkmessageprocessingstepimage.imagetype` */
export const IMAGE_TYPES = { pre: 0, post: 1, both: 2 } as const

/** Messages that steps may be registered on, and the write that each of them comes from. `Assign` and `SetState` are updates of certain columns. */
export const STEP_MESSAGES: Readonly<Record<string, { readonly message: Message; readonly columns?: readonly string[] }>> = {
  Create: { message: 'create' },
  Update: { message: 'update' },
  Delete: { message: 'delete' },
  Assign: { message: 'update', columns: ['ownerid'] },
  SetState: { message: 'update', columns: ['statecode', 'statuscode'] },
}

/** Tables that hold registrations: a change of one of them is known from the next write on. */
export const REGISTRATION_TABLES: readonly string[] = ['serviceendpoint', 'sdkmessageprocessingstep', 'sdkmessageprocessingstepimage']

/** Tables whose events are nobody's: registrations, with their secrets, and what tells of deliveries. */
export const SILENT_TABLES: readonly string[] = [...REGISTRATION_TABLES, 'asyncoperation', 'sdkmessage', 'sdkmessagefilter']

/** Where deliveries of a step go. `authvalue` is a secret. */
export interface Endpoint {
  readonly id: string
  readonly url: string
  readonly authtype: number
  readonly authvalue: string | null
}

export interface StepImage {
  readonly alias: string
  readonly isPre: boolean
  readonly isPost: boolean
  /** Empty: all columns. */
  readonly columns: readonly string[]
}

/** One enabled step with everything that running it needs. */
export interface Step {
  readonly id: string
  readonly name: string
  /** Name of the message as it was registered. */
  readonly messageName: string
  /** Absent: events of all tables. */
  readonly table?: string
  readonly stage: Stage
  readonly isAsync: boolean
  readonly rank: number
  /** Update only: the step runs where one of these is written; empty: always. */
  readonly filter: readonly string[]
  readonly deletesOperation: boolean
  readonly impersonatingUserId?: string
  readonly endpoint: Endpoint
  readonly images: readonly StepImage[]
}

/** Steps in the order they run. */
export interface StepIndex {
  /** Steps of a table and write; `undefined` where there are none. */
  find(table: string, message: Message): readonly Step[] | undefined
}

/** Columns of a comma-separated list, without blanks. */
export const columnList = (text: string | null | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
