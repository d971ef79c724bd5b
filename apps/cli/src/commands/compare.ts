import { type ApiClient, type ComparedTask, type Comparison, contract, type Difference } from '@p2c/api'
import { type CommandContext, connect } from '../context.ts'
import type { Column } from '../output/output.ts'

export interface CompareOptions {
  readonly limit: number
}

const DIFFERENCE_COLUMNS: readonly Column<Difference>[] = [
  { title: 'column.task', value: (row) => row.task },
  { title: 'column.kind', value: (row) => row.kind },
  { title: 'column.key', value: (row) => row.key },
  { title: 'column.field', value: (row) => row.field ?? '' },
  { title: 'column.expected', value: (row) => row.expected ?? '' },
  { title: 'column.found', value: (row) => row.found ?? '' },
]

/** Reads both sides and prints where they differ; exit code 0 when they agree, 1 when not. */
export async function compare(context: CommandContext, project: string, options: CompareOptions): Promise<number> {
  const api = await connect(context)
  const comparison = await compareProject(api, project, options.limit)
  printComparison(context, comparison)
  context.output.result(comparison)
  return comparison.clean ? 0 : 1
}

export const compareProject = (api: ApiClient, project: string, differences: number): Promise<Comparison> =>
  api.call(contract.postComparison, { params: { name: project }, body: { differences } })

export function printComparison(context: CommandContext, comparison: Comparison): void {
  const { output, messages } = context
  const count = (title: Column<ComparedTask>['title'], value: (task: ComparedTask) => number): Column<ComparedTask> => ({
    title,
    align: 'right',
    value: (task) => messages.number(value(task)),
  })
  output.table<ComparedTask>(
    [
      { title: 'column.task', value: (task) => `${task.source} > ${task.destination}` },
      count('column.source-rows', (task) => task.sourceRows),
      count('counter.filtered', (task) => task.filteredRows),
      count('column.compared', (task) => task.comparedRows),
      count('column.equal', (task) => task.equalRows),
      count('column.different', (task) => task.differentRows),
      count('column.missing', (task) => task.missingRows),
      count('column.refused', (task) => task.refusedRows),
    ],
    comparison.tasks,
  )
  const shown = comparison.differences.filter((difference) => difference.kind !== 'refused')
  if (shown.length > 0) output.table(DIFFERENCE_COLUMNS, shown)
  const refused = comparison.tasks.reduce((total, task) => total + task.refusedRows, 0)
  const wrong = comparison.tasks.reduce((total, task) => total + task.missingRows + task.differentRows, 0)
  if (comparison.clean) output.line('compare.clean', { project: comparison.projectName })
  else output.line('compare.different', { project: comparison.projectName, count: wrong })
  if (refused > 0) output.line('compare.refused', { project: comparison.projectName, count: refused })
}
