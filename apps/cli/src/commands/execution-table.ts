import { type Counters, type Execution, totalCounters } from '@p2c/api'
import type { CommandContext } from '../context.ts'
import type { MessageKey } from '../messages/messages.ts'
import type { Column } from '../output/output.ts'

const SHOWN: readonly (keyof Counters)[] = ['read', 'inserted', 'updated', 'unchanged', 'filtered', 'skipped', 'failed', 'waiting']

/** How long an execution took, in seconds; 0 until it has begun. */
export function secondsOf(execution: Pick<Execution, 'startedAt' | 'finishedAt'>, now: Date): number {
  if (execution.startedAt === undefined) return 0
  const end = execution.finishedAt === undefined ? now.getTime() : new Date(execution.finishedAt).getTime()
  return Math.max(0, (end - new Date(execution.startedAt).getTime()) / 1000)
}

interface CounterRow {
  readonly name: string
  readonly status: string
  readonly counters: Counters
}

const counterColumns = (context: CommandContext): Column<CounterRow>[] =>
  SHOWN.map((name) => ({
    title: `counter.${name}` as MessageKey,
    align: 'right' as const,
    value: (row: CounterRow) => context.messages.number(row.counters[name]),
  }))

/** The name of a task, with the leg where it has more than one. */
export const taskTitle = (all: Execution['tasks'], { name, leg }: Execution['tasks'][number]): string =>
  all.some((other) => other.name === name && other.leg !== leg) ? `${name} / ${leg}` : name

/** One execution with a line for each task, the summary line, and where to look when rows failed. */
export function printExecution(context: CommandContext, execution: Execution): void {
  const { output, messages, clock } = context
  const rows = execution.tasks.map((task) => ({ name: taskTitle(execution.tasks, task), status: task.status, counters: task.counters }))
  output.table<CounterRow>(
    [
      { title: 'column.task', value: (row) => row.name },
      { title: 'column.status', value: (row) => output.status(row.status) },
      ...counterColumns(context),
    ],
    rows,
  )
  const total = totalCounters(execution.tasks)
  const seconds = secondsOf(execution, clock.now())
  const rate = seconds > 0 ? Math.round(total.read / seconds) : 0
  output.line('run.finished', {
    project: execution.projectName,
    status: output.status(execution.status),
    rows: total.read,
    seconds: messages.number(seconds, 2),
    rate,
  })
  if (execution.error !== undefined) output.text(`${execution.error.message} (${execution.error.code})`)
  if (total.failed + total.waiting > 0)
    output.line('run.failed-hint', { count: total.failed + total.waiting, project: execution.projectName })
}

/** Many executions, one line each. */
export function printExecutions(context: CommandContext, executions: readonly Execution[]): void {
  const { output, messages, clock } = context
  const rows = executions.map((execution) => ({
    execution,
    name: execution.projectName,
    status: execution.status,
    counters: totalCounters(execution.tasks),
  }))
  output.table<(typeof rows)[number]>(
    [
      { title: 'column.execution', value: (row) => row.execution.id },
      { title: 'column.project', value: (row) => row.name },
      { title: 'column.status', value: (row) => output.status(row.status) },
      { title: 'column.started', value: (row) => messages.time(row.execution.startedAt ?? row.execution.createdAt) },
      { title: 'column.seconds', align: 'right', value: (row) => messages.number(secondsOf(row.execution, clock.now()), 2) },
      ...counterColumns(context),
    ],
    rows,
  )
}
