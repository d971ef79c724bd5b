import type { TableEvent } from '../model/plugin.ts'

/** The steps that administrators registered for one message of one table, for the rows of one write. */
export interface MessageSteps {
  /** Stored columns that the steps hand on; `all` where an image has no list. */
  readonly reads: readonly string[] | 'all'
  /** Stage 10: before any rule has run. Remembers what was sent. */
  preValidation(events: readonly TableEvent[]): Promise<void>
  /** Stage 20: rules have run, nothing is written. Remembers what they added. */
  preOperation(events: readonly TableEvent[]): Promise<void>
  /** Stage 40, in the transaction; asynchronous steps are put down for after it. `events` carry the rows before the write. */
  postOperation(events: readonly TableEvent[]): Promise<void>
}

/** What a transaction has done that custom logic must know when it is over. */
export interface CustomLogicLedger {
  /** It wrote registrations: it must not use, and afterwards nobody may use, what was known of them before. */
  registrationsChanged: boolean
  /** End points that have deliveries waiting because of it. */
  readonly endpoints: Set<string>
}

export const newLedger = (): CustomLogicLedger => ({ registrationsChanged: false, endpoints: new Set() })
