import type { SqlRunner } from '@p2c/base'
import { type InfologEntry, refuseRow } from '../domain/messages.ts'

/** Modules that a period is opened and closed for one by one. */
export const PERIOD_MODULES = ['sales', 'cust', 'invent'] as const
/** A module that posts by fiscal period. */
export type PeriodModule = (typeof PERIOD_MODULES)[number]

const ACCESS_COLUMNS: Record<PeriodModule, string> = {
  sales: 'sales_access_level',
  cust: 'cust_access_level',
  invent: 'invent_access_level',
}

/** What is about to be posted, and when. */
export interface PeriodQuestion {
  readonly dataAreaId: string
  /** Days of the postings: `2025-02-11`. */
  readonly dates: readonly string[]
  /** Modules that post on each of the days; at least one. */
  readonly modules: readonly PeriodModule[]
}

/**
 * E12 for each of the days on which one of the modules may not post: the period is closed or on hold, or the module is not let in, or the company
 * has periods and none of them has the day. A company without periods (or with periods without days) is open. Access for a user group only counts
 * as none: the application has no user groups. One statement. Source: Supply Chain specification, 4.4 no. 2 and section 8.
 */
export async function checkPeriodsOpen(sql: SqlRunner, { dataAreaId, dates, modules }: PeriodQuestion): Promise<InfologEntry[]> {
  const isClosed = ["own.period_status <> 'Open'", ...modules.map((module) => `own.${ACCESS_COLUMNS[module]} <> 'All'`)].join(' or ')
  const { rows } = await sql.query<{ day: string }>(
    `with own as (select * from ledger_fiscal_period p where lower(p.legal_entity_id) = lower($1) and p.end_date > '1900-01-01')
     select d.day::text from (select distinct unnest($2::date[]) as day) d
     where exists (select 1 from own)
       and (not exists (select 1 from own where d.day between own.start_date and own.end_date)
         or exists (select 1 from own where d.day between own.start_date and own.end_date and (${isClosed})))
     order by d.day`,
    [dataAreaId, dates],
    { isPrepared: true },
  )
  return rows.map(({ day }) => refuseRow('E12', day))
}
