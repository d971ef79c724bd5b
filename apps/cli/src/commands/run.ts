import { setTimeout as delay } from 'node:timers/promises'
import { type ApiClient, contract, type Execution, FINAL_STATUSES, totalCounters } from '@p2c/api'
import type { CommandContext } from '../context.ts'
import { connect } from '../context.ts'
import { startProgress } from '../output/progress.ts'
import { printExecution } from './execution-table.ts'

export interface RunOptions {
  readonly allData?: boolean
  readonly rewrite?: boolean
}

/** How often a running execution is looked at. */
const POLL_MS = 200

/** Starts an execution, shows its progress, prints its counters. Exit code 0 for completed and warning, 1 for error and cancelled. */
export async function run(context: CommandContext, project: string, options: RunOptions): Promise<number> {
  const api = await connect(context)
  const execution = await runToEnd(api, context, project, options)
  printExecution(context, execution)
  context.output.result(execution)
  return execution.status === 'completed' || execution.status === 'warning' ? 0 : 1
}

/** Starts an execution and waits for its end; the progress bar appears on a terminal only. */
export async function runToEnd(api: ApiClient, context: CommandContext, project: string, options: RunOptions): Promise<Execution> {
  const started = await api.call(contract.postExecution, {
    params: { name: project },
    body: { allData: options.allData ?? false, rewrite: options.rewrite ?? false },
  })
  const { messages, output, clock } = context
  const label = (done: number, rate: number): string => messages.text('run.progress', { project, rows: done, rate: Math.round(rate) })
  const progress = startProgress({ clock, messages, interactive: output.interactive, label })
  try {
    return await waitForEnd(api, started, (execution) => progress.update(totalCounters(execution.tasks).read, expectedRows(execution)))
  } finally {
    progress.stop()
  }
}

/** The rows that the sources announced, undefined while one of the tasks does not know yet. */
function expectedRows(execution: Execution): number | undefined {
  const expected = execution.tasks.map((task) => task.expectedRows)
  return expected.every((rows) => rows !== undefined) ? expected.reduce((total, rows) => total + rows, 0) : undefined
}

async function waitForEnd(api: ApiClient, started: Execution, onChange: (execution: Execution) => void): Promise<Execution> {
  let execution = started
  while (!FINAL_STATUSES.includes(execution.status)) {
    await delay(POLL_MS)
    execution = await api.call(contract.getExecution, { params: { id: execution.id } })
    onChange(execution)
  }
  return execution
}
