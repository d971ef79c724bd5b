import { type ApiClient, type ComparedSum, type ComparedTask, type Comparison, contract, type Difference } from '@p2c/api'
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

type TaskSum = ComparedSum & { readonly task: string }
const sumColumns = ({ messages }: CommandContext): readonly Column<TaskSum>[] => [
  { title: 'column.task', value: (row) => row.task },
  { title: 'column.currency', value: (row) => row.currency },
  { title: 'column.source-sum', align: 'right', value: (row) => messages.amount(row.source, row.currency) },
  { title: 'column.destination-sum', align: 'right', value: (row) => messages.amount(row.destination, row.currency) },
]

/** Differences that an open error or a missing parent explains: they are counted, and listed by `p2c errors`. */
const EXPLAINED: readonly string[] = ['refused', 'waiting']

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
  const { documents, projectName: project } = comparison
  printTasks(context, comparison.tasks)
  const sums = comparison.tasks.flatMap(({ source, destination, sums: own }) =>
    own.map((sum) => ({ ...sum, task: `${source} > ${destination}` })),
  )
  if (sums.length > 0) output.table(sumColumns(context), sums)
  output.line('compare.documents', {
    compared: documents.compared,
    equal: documents.equal,
    different: documents.different,
    statement: comparison.statement ?? messages.text('compare.by-mapping'),
  })
  const shown = comparison.differences.filter(({ kind }) => !EXPLAINED.includes(kind))
  if (shown.length > 0) output.table(DIFFERENCE_COLUMNS, shown)
  for (const { key, sourceHash, destinationHash } of documents.differing)
    output.line('compare.document', { key, source: sourceHash, destination: destinationHash })
  const total = (count: (task: ComparedTask) => number): number => comparison.tasks.reduce((sum, task) => sum + count(task), 0)
  const wrong = total((task) => task.missingRows + task.differentRows + task.extraRows + task.differentTotals)
  if (comparison.clean) output.line('compare.clean', { project })
  else output.line('compare.different', { project, count: wrong })
  const refused = total((task) => task.refusedRows)
  if (refused > 0) output.line('compare.refused', { project, count: refused })
  const waiting = total((task) => task.waitingRows)
  if (waiting > 0) output.line('compare.waiting', { project, count: waiting })
  const orphaned = total((task) => task.orphanedRows)
  if (orphaned > 0) output.line('compare.orphaned', { count: orphaned })
}

function printTasks({ output, messages }: CommandContext, tasks: readonly ComparedTask[]): void {
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
      count('column.destination-rows', (task) => task.destinationRows),
      count('column.compared', (task) => task.comparedRows),
      count('column.equal', (task) => task.equalRows),
      count('column.different', (task) => task.differentRows),
      count('column.missing', (task) => task.missingRows),
      count('column.extra', (task) => task.extraRows),
      count('column.total', (task) => task.differentTotals),
      count('column.refused', (task) => task.refusedRows),
      count('column.waiting', (task) => task.waitingRows),
    ],
    tasks,
  )
}
