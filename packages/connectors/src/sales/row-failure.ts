import type { AppError } from '@p2c/base'
import type { RowFailure } from '@p2c/engine'
import type { DestinationPlan } from './destination-plan.ts'

/** What the history keeps of a refusal. */
export const rowFailure = (error: AppError, plan: DestinationPlan): RowFailure => ({
  category: error.category,
  code: error.code,
  message: error.message,
  details: { ...error.details, ...(error.category === 'reference' && missingTarget(error.message, plan)) },
})

const NOT_THERE = /^(\w+) With Id = \S+ Does Not Exist/i

/** A row that was there when the lookup was resolved and is gone now: named as the lookup names it, so that it can be waited for. */
function missingTarget(text: string, plan: DestinationPlan): { readonly entity: string; readonly field: string } | undefined {
  const table = NOT_THERE.exec(text)?.[1]?.toLowerCase()
  for (const lookup of plan.lookups) {
    const target = lookup.targets.find((candidate) => candidate.table.logicalName === table)
    if (target !== undefined) return { entity: target.table.entitySetName, field: lookup.field }
  }
  return undefined
}
