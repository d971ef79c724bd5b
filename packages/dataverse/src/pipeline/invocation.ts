/** Which custom logic a request asks to be left out. Rules of the application are no custom logic: they always run. */
export interface CustomLogicBypass {
  readonly sync: boolean
  readonly async: boolean
  readonly stepIds: ReadonlySet<string>
}

export const NO_BYPASS: CustomLogicBypass = { sync: false, async: false, stepIds: new Set() }

/** What a request says about how its writes are carried out. Source: wire specification 19 and 20. */
export interface Invocation {
  /** One per request; all operations of a batch share it. */
  readonly correlationId: string
  /** Host that the client called; absent for writes of the application itself. */
  readonly host?: string
  /** `?tag=`: handed on to custom logic. */
  readonly tag?: string
  readonly bypass: CustomLogicBypass
  /** `MSCRM.SuppressDuplicateDetection: false` */
  readonly detectDuplicates: boolean
}

/** Of writes that no request asked for. */
export const ownInvocation = (correlationId: string): Invocation => ({ correlationId, bypass: NO_BYPASS, detectDuplicates: false })
