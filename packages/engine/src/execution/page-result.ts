import { comparableKey, isDeferrable, referencingField } from '../mapping/deferrable-field.ts'
import type { TaskPlan } from '../mapping/task-plan.ts'
import type { RowFailure } from '../model/connector.ts'
import type { RefusedRow } from '../pipeline/load.ts'
import type { AwaitedParent } from '../store/store.ts'

/** Days a row waits for its parent before it becomes a record error (integration specification 9.1). */
const WAITING_DAYS = 30

export interface WaitingFacts {
  readonly plan: TaskPlan
  readonly now: Date
  /** Default 30. */
  readonly waitingDays?: number
  /** What the task of the headers loads, where the rows of this task are lines. */
  readonly headerEntity?: string
  /** Whether some task on the connection set loads this entity. */
  loadsEntity(entity: string): boolean
  /** Whether this task or a later one loads it. */
  loadsLater(entity: string): boolean
  /** ISO or database time since when the row waits, where it does already. */
  since(sourceKey: string): string | undefined
}

/** What a row that was refused waits for, and what may be left out of it meanwhile. */
export interface MissingParent {
  /** One for each entity it may come from. */
  readonly parents: readonly AwaitedParent[]
  readonly deferrable?: string
}

/** Undefined where the row is one that a person must look at: it misses nothing that can still arrive, or has waited too long. */
export function missingParent(row: RefusedRow, facts: WaitingFacts): MissingParent | undefined {
  const { failure } = row
  if (failure.category !== 'reference' || failure.code === 'lookup-ambiguous') return undefined
  const since = facts.since(row.sourceKey)
  const days = facts.waitingDays ?? WAITING_DAYS
  if (since !== undefined && facts.now.getTime() - Date.parse(since) > days * 86_400_000) return undefined
  const values = row.mapped ?? {}
  const field = referencingField(failure, facts.plan, values)
  // A destination may know a header by another entity than the one that loads it: H5 loads native headers of CDS lines.
  const header = failure.code === 'header-missing' && facts.headerEntity !== undefined ? [facts.headerEntity] : []
  const entities = [...header, ...namedEntities(failure), ...(field?.relatedEntities ?? [])]
  const loaded = entities.filter((entity) => facts.loadsEntity(entity))
  if (loaded.length === 0) return undefined
  const key = comparableKey(failure.details?.value ?? (field && values[field.name]))
  const names = new Set(loaded.map((entity) => landingEntity(facts.plan.destination.environmentType, entity)))
  const mayDefer = field !== undefined && isDeferrable(field, facts.plan, { entities, isLoadedLater: facts.loadsLater })
  return {
    parents: [...names].map((entity) => ({ entity, key, ...(field !== undefined && { field: field.name }) })),
    ...(mayDefer && { deferrable: field.name }),
  }
}

/** Why a row waits has two codes only; a destination's own code for the same thing is kept beside it. */
export const asWaiting = (failure: RowFailure): RowFailure =>
  failure.code === 'header-missing' || failure.code === 'lookup-not-found'
    ? failure
    : { ...failure, code: 'lookup-not-found', details: { ...failure.details, destinationCode: failure.code } }

/** What the connector names in `details.entity` or `details.table`, several joined by ` or `. */
const namedEntities = ({ details }: RowFailure): readonly string[] =>
  [details?.entity, details?.table].flatMap((name) => (typeof name === 'string' ? name.split(' or ') : []))

/**
 * One spelling of an entity set for comparing: a system may name the same rows `CustomersV2` as an entity and `Customers` as the table
 * it misses a value in.
 */
export const comparableEntity = (name: string): string => name.toLowerCase().replace(/\s/g, '').replace(/v\d+$/, '')

/** Under which name rows of an entity land and are waited for. */
export const landingEntity = (environmentType: string, entity: string): string => `${environmentType}|${comparableEntity(entity)}`
