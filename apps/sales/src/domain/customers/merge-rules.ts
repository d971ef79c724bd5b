import type { RuleRefusal } from '../refusal.ts'

/** What a table says about merging its rows. Source: public reference of the action `Merge`; states Sales 2.1 and 2.7. */
export interface MergeRule {
  /** State and reason of the row that was merged into another one. */
  readonly merged: { readonly statecode: number; readonly statuscode: number }
  /** Lookups to the rows above: those that `PerformParentingChecks` compares. */
  readonly parents: readonly string[]
}

export const MERGE_RULES: Readonly<Record<string, MergeRule>> = {
  account: { merged: { statecode: 1, statuscode: 2 }, parents: ['parentaccountid'] },
  contact: { merged: { statecode: 1, statuscode: 2 }, parents: ['parentcustomerid'] },
  lead: { merged: { statecode: 2, statuscode: 7 }, parents: ['parentaccountid', 'parentcontactid'] },
}

/** A row of a merge as the rules see it. */
export interface MergedRow {
  readonly table: string
  readonly id: string
  readonly statecode: number
  /** Ids of the rows above, in the order of the rule's lookups. */
  readonly parents: readonly (string | null)[]
}

const INVALID = '0x80040203'

/** Why two rows cannot be merged; undefined where they can. */
export function mergeRefusal(target: MergedRow, subordinate: MergedRow, checkParents: boolean): RuleRefusal | undefined {
  if (target.id === subordinate.id) return { code: INVALID, message: `A ${target.table} cannot be merged into itself.` }
  const inactive = [target, subordinate].find((row) => row.statecode !== 0)
  if (inactive !== undefined)
    return { code: INVALID, message: `The ${inactive.table} With Id = ${inactive.id} is not active: only active rows are merged.` }
  const differ = target.parents.some((parent, at) => parent !== (subordinate.parents[at] ?? null))
  if (checkParents && differ) return { code: INVALID, message: `The two rows of ${target.table} belong to different parents.` }
  return undefined
}
