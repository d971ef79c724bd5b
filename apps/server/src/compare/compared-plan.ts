import type { ExtraRow, TaskInput, TaskOutcome } from './compare-task.ts'
import type { FieldDifferences } from './list-field-differences.ts'

/** A task that was compared in one company. */
export interface ComparedPlan {
  readonly input: TaskInput
  readonly outcome: TaskOutcome
  readonly fields: FieldDifferences
}

/** Rows that nothing ever wrote, and how many were written once and have lost their source: templates delete nothing. */
export interface FoundExtras {
  readonly extra: readonly ExtraRow[]
  readonly orphaned: number
}
