import { samePath } from '../mapping/field-path.ts'
import type { TaskPlan } from '../mapping/task-plan.ts'
import type { RowFailure } from '../model/connector.ts'
import type { LoadedPage, RefusedRow } from '../pipeline/load.ts'

/** Days a row waits for its parent before it becomes a record error (integration specification 9.1). */
const WAITING_DAYS = 30

export interface WaitingFacts {
  readonly plan: TaskPlan
  readonly now: Date
  loadsEntity(entity: string): boolean
  /** ISO or database time by source key, for rows that wait already. */
  readonly waitingSince: ReadonlyMap<string, string>
}

export interface SortedRefusals {
  readonly errors: readonly RefusedRow[]
  readonly waiting: readonly RefusedRow[]
  readonly counters: LoadedPage['counters']
}

/** Parts rows that miss a parent which can still arrive from rows that a person must look at. */
export function sortRefusals(page: LoadedPage, facts: WaitingFacts): SortedRefusals {
  const errors: RefusedRow[] = []
  const waiting: RefusedRow[] = []
  for (const row of page.refused) {
    if (mayArrive(row, facts)) waiting.push({ ...row, failure: asWaiting(row.failure) })
    else errors.push(row)
  }
  const { counters } = page
  return { errors, waiting, counters: { ...counters, failed: counters.failed - waiting.length, waiting: waiting.length } }
}

function mayArrive(row: RefusedRow, facts: WaitingFacts): boolean {
  if (row.failure.category !== 'reference' || row.failure.code === 'lookup-ambiguous') return false
  const since = facts.waitingSince.get(row.sourceKey)
  if (since !== undefined && facts.now.getTime() - Date.parse(since) > WAITING_DAYS * 86_400_000) return false
  return parentEntities(row.failure, facts.plan).some((entity) => facts.loadsEntity(entity))
}

/** Why a row waits has two codes only; a destination's own code for the same thing is kept beside it. */
const asWaiting = (failure: RowFailure): RowFailure =>
  failure.code === 'header-missing' || failure.code === 'lookup-not-found'
    ? failure
    : { ...failure, code: 'lookup-not-found', details: { ...failure.details, destinationCode: failure.code } }

/**
 * Where the missing parent may come from: what the connector names in `details.entity` or `details.table` (several joined by ` or `), and
 * what the field's lookup may point to.
 */
export function parentEntities({ details }: RowFailure, plan: TaskPlan): readonly string[] {
  const named = [details?.entity, details?.table].flatMap((name) => (typeof name === 'string' ? name.split(' or ') : []))
  const path = details?.field ?? details?.lookup
  const field =
    typeof path === 'string' ? plan.fields.find(({ name }) => samePath(name, path) || samePath(name.split('.')[0] ?? '', path)) : undefined
  return [...named, ...(field?.relatedEntities ?? [])]
}

/**
 * One spelling of an entity set for comparing: a system may name the same rows `CustomersV2` as an entity and `Customers` as the table
 * it misses a value in.
 */
export const comparableEntity = (name: string): string => name.toLowerCase().replace(/\s/g, '').replace(/v\d+$/, '')
