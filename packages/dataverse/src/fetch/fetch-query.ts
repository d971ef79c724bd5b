/** A FetchXML query as it was written, before any name is looked up. Source: wire specification 11.6. */

export const AGGREGATES = ['count', 'countcolumn', 'sum', 'avg', 'min', 'max'] as const
export type FetchAggregate = (typeof AGGREGATES)[number]

export const DATE_GROUPINGS = ['day', 'week', 'month', 'quarter', 'year', 'fiscal-period', 'fiscal-year'] as const
export type DateGrouping = (typeof DATE_GROUPINGS)[number]

/** Links whose columns can be returned, and links that only ask whether rows exist. */
export const JOINING_LINKS = ['inner', 'outer', 'matchfirstrowusingcrossapply'] as const
export const TESTING_LINKS = ['exists', 'in'] as const
/** Links inside a filter. `all` holds where rows are linked and none of them meets the link's filter, as the platform documents it. */
export const FILTER_LINKS = ['any', 'not any', 'all', 'not all'] as const

export interface FetchAttribute {
  readonly name: string
  readonly alias?: string
  readonly aggregate?: FetchAggregate
  readonly groupBy: boolean
  readonly dateGrouping?: DateGrouping
  /** Of `countcolumn`: different values count once. */
  readonly distinct: boolean
}

export interface FetchOrder {
  readonly attribute?: string
  readonly alias?: string
  /** Alias of the link whose column it is. */
  readonly entityName?: string
  readonly descending: boolean
}

export interface FetchCondition {
  readonly attribute: string
  readonly entityName?: string
  readonly operator: string
  readonly values: readonly string[]
  /** Another column, `name` or `alias.name`, in place of a value. */
  readonly otherColumn?: string
}

export interface FetchFilter {
  readonly type: 'and' | 'or'
  readonly conditions: readonly FetchCondition[]
  readonly filters: readonly FetchFilter[]
  readonly links: readonly FetchLink[]
}

export interface FetchEntity {
  readonly name: string
  readonly attributes: readonly FetchAttribute[]
  readonly allAttributes: boolean
  readonly orders: readonly FetchOrder[]
  readonly filters: readonly FetchFilter[]
  readonly links: readonly FetchLink[]
}

export interface FetchLink extends FetchEntity {
  /** Column of the linked table. */
  readonly from?: string
  /** Column of the table that the link stands in. */
  readonly to?: string
  readonly alias?: string
  readonly type: (typeof JOINING_LINKS | typeof TESTING_LINKS | typeof FILTER_LINKS)[number]
}

export interface FetchQuery {
  readonly entity: FetchEntity
  readonly distinct: boolean
  readonly aggregate: boolean
  readonly top?: number
  /** Rows of a page; absent: as many as a page may have. */
  readonly count?: number
  /** 1 or more; absent: the first. */
  readonly page?: number
  readonly pagingCookie?: string
  readonly countsTotal: boolean
  /** Choices are ordered by their numbers and not by their labels. */
  readonly rawOrder: boolean
  /** Fewer source rows of an aggregation than the platform allows. */
  readonly aggregateLimit?: number
}

const filterLinks = (filter: FetchFilter): boolean => filter.links.length > 0 || filter.filters.some(filterLinks)

/** True when a query reads more than its root table. */
export const linksTables = ({ entity }: FetchQuery): boolean => entity.links.length > 0 || entity.filters.some(filterLinks)
