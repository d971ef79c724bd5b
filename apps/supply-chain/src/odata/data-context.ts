import type { Clock, Database, Ids, Logger } from '@p2c/base'
import type { ODataProfile } from '@p2c/odata'
import type { Entity } from '../entities/entity.ts'
import type { ActionTable } from './actions.ts'

/** The user that a client is mapped to. Source: protocol specification, section 2. */
export interface ServiceUser {
  readonly userId: string
  /** Company of reads without `cross-company`, and of new rows that name none. */
  readonly defaultCompany: string
  /** Companies that the user may read and write; absent: all. */
  readonly companies?: readonly string[]
  /** Sets that the user may not use. */
  readonly deniedCollections?: readonly string[]
}

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

/** True where the user may see rows of the company. */
export const mayAccessCompany = (user: ServiceUser, dataAreaId: string): boolean =>
  user.companies === undefined || user.companies.some((company) => company.toLowerCase() === dataAreaId.toLowerCase())

export const mayUseEntity = (user: ServiceUser, entity: Entity): boolean => user.deniedCollections?.includes(entity.collection) !== true

/** The companies of a call: with the option all that the user may access (`undefined`: every one), else the default company. */
export function companiesOf(user: ServiceUser, isCrossCompany: boolean): readonly string[] | undefined {
  if (isCrossCompany) return user.companies?.map((company) => company.toLowerCase())
  return mayAccessCompany(user, user.defaultCompany) ? [user.defaultCompany.toLowerCase()] : []
}
