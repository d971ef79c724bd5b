import { isAppError } from '@p2c/base'
import { filterFields } from '../model/filter.ts'
import type { Issue } from '../model/issue.ts'
import { findField } from './field-path.ts'
import { issueAt, type LegCheck } from './validation-facts.ts'

/** DIPV1012: the filter does not parse, or names a field that the source does not have. */
export function checkFilter({ leg, path, source, facts }: LegCheck): readonly Issue[] {
  if (leg.sourceFilter === undefined) return []
  const at = [...path, 'sourceFilter']
  try {
    const filter = facts.parseFilter(leg.sourceEnvironmentType, leg.sourceFilter)
    const unknown = filterFields(filter).filter((field) => findField(source, field) === undefined)
    return unknown.map((field) =>
      issueAt(
        'DIPV1012',
        'error',
        at,
        `The filter names '${field}', which '${source.name}' does not have: correct the filter, or refresh the entities.`,
      ),
    )
  } catch (error) {
    if (!isAppError(error)) throw error
    return [issueAt('DIPV1012', 'error', at, error.message)]
  }
}
