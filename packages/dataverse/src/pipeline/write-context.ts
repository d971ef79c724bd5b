import type { Clock, Database, Decimal, Ids, Logger, SqlRunner } from '@p2c/base'
import type { LinkRule, Message, Plugin, RowReference, TableService, WriteOrigin } from '../model/plugin.ts'
import type { Model, Table } from '../model/resolved-model.ts'
import type { Holder } from '../security/access.ts'
import type { CustomLogicLedger, MessageSteps } from './custom-logic.ts'
import type { Invocation } from './invocation.ts'

/** The user that a request runs as. Without rights: the program itself, which may do everything. */
export interface Caller extends Holder {
  readonly userId: string
  readonly businessUnitId: string
  /** `systemuser.isintegrationuser`: rules that lock what another system keeps let it pass. */
  readonly isIntegrationUser: boolean
  /** The signed-in user, where it runs as another one. */
  readonly signedInUserId?: string
}

/** What every part of the platform works with; made once at start. */
export interface PlatformCore {
  readonly model: Model
  readonly plugins: readonly Plugin[]
  /** Rules of many-to-many relationships. */
  readonly linkRules: readonly LinkRule[]
  readonly database: Database
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly organizationId: string
  readonly customLogic: CustomLogic
}

/** A currency as the money rules use it. */
export interface CurrencyFacts {
  readonly id: string
  readonly exchangeRate: Decimal
  readonly precision: number
  readonly symbol: string
}

/** Organisation settings and currencies that money rules need. */
export interface MoneyFacts {
  readonly baseCurrencyId: string
  readonly pricingPrecision: number
  readonly currencies: ReadonlyMap<string, CurrencyFacts>
}

/** One write: its transaction, its user and its time. Plug-in writes share it with a greater depth. */
export interface WriteContext {
  readonly core: PlatformCore
  readonly sql: SqlRunner
  readonly caller: Caller
  /** ISO 8601 UTC, whole seconds: the same for all rows of the write. */
  readonly now: string
  readonly depth: number
  /** `client`: a write as a client sent it; `application`: one of a plug-in, an action or the application itself. */
  readonly origin: WriteOrigin
  /** Written by the program or a plug-in: the rights of the caller are not asked. */
  readonly isTrusted: boolean
  /** Seeds may load rows as they are. */
  readonly runPlugins: boolean
  /** Read once per transaction, forgotten when a currency or the organisation is written. */
  readonly money: { facts: MoneyFacts | undefined }
  readonly invocation: Invocation
  /** Shared by all writes of the transaction. */
  readonly ledger: CustomLogicLedger
  /** The table service of a context; handed in so that plug-ins, which the pipeline runs, can call the pipeline. */
  readonly serviceOf: (context: WriteContext) => TableService
}

/** Custom logic around the writes of the pipeline: webhooks. Handed in, since it builds on the pipeline's own types. */
export interface CustomLogic {
  /** Undefined at once where nothing is registered, which is what a write without webhooks costs. */
  stepsOf(context: WriteContext, table: Table, message: Message): Promise<MessageSteps | undefined> | undefined
  /** Told of each write, so that registrations are known from then on. */
  wrote(context: WriteContext, table: Table): Promise<unknown> | undefined
  /** The transaction is committed. */
  committed(ledger: CustomLogicLedger): void
}

/** Whole seconds: date-times have no fractions on this wire. */
export const momentText = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`

/** Who writes: the columns of an author and of the one on whose behalf it is written (DV-124). */
export const authorOf = (caller: Caller): { readonly by: RowReference; readonly onBehalf: RowReference | null } => ({
  by: { table: 'systemuser', id: caller.userId },
  onBehalf: caller.signedInUserId === undefined ? null : { table: 'systemuser', id: caller.signedInUserId },
})
