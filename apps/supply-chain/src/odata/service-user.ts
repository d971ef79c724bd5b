import type { Entity } from '../entities/entity.ts'

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

/** True where the user may see rows of the company. */
export const mayAccessCompany = (user: ServiceUser, dataAreaId: string): boolean =>
  user.companies === undefined || user.companies.some((company) => company.toLowerCase() === dataAreaId.toLowerCase())

export const mayUseEntity = (user: ServiceUser, entity: Entity): boolean => user.deniedCollections?.includes(entity.collection) !== true

/** The companies of a call: with the option all that the user may access (`undefined`: every one), else the default company. */
export function companiesOf(user: ServiceUser, isCrossCompany: boolean): readonly string[] | undefined {
  if (isCrossCompany) return user.companies?.map((company) => company.toLowerCase())
  return mayAccessCompany(user, user.defaultCompany) ? [user.defaultCompany.toLowerCase()] : []
}
