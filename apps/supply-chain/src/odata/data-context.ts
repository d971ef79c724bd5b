import type { Clock, Database, Ids, Logger } from '@p2c/base'
import type { ODataProfile } from '@p2c/odata'
import type { WriteEffects } from '../store/write-effects.ts'
import type { ActionTable } from './action-table.ts'
import type { ServiceUser } from './service-user.ts'

/** What every request handler needs. Requests are stateless: all else is in the request itself. */
export interface DataServices {
  readonly database: Database
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly actions: ActionTable
  readonly profile: ODataProfile
  /** Rows of one reply at most. */
  readonly pageSize: number
  /** What else happens when rows are written. */
  readonly effects: WriteEffects
}

/** One request on `/data`, alone or inside a batch. */
export interface DataRequest {
  readonly method: string
  /** Path and query below `/data`, still encoded, without a leading slash. */
  readonly url: string
  /** Names in lower case. */
  readonly header: (name: string) => string | undefined
  readonly body: string | undefined
  /** `{F}/data`, without a slash at the end. */
  readonly root: string
  readonly user: ServiceUser
  readonly isInBatch: boolean
}
