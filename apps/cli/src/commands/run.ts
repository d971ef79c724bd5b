import { setTimeout as delay } from 'node:timers/promises'
import { type ApiClient, contract, type Execution, FINAL_STATUSES, totalCounters } from '@p2c/api'
import { AppError, type Clock, isAppError } from '@p2c/base'
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
    return await waitForEnd({ api, clock }, started, (execution) =>
      progress.update(totalCounters(execution.tasks).read, expectedRows(execution)),
    )
  } finally {
    progress.stop()
  }
}

/** The rows that the sources announced, undefined while one of the tasks does not know yet. */
function expectedRows(execution: Execution): number | undefined {
  const expected = execution.tasks.map((task) => task.expectedRows)
  return expected.every((rows) => rows !== undefined) ? expected.reduce((total, rows) => total + rows, 0) : undefined
}

/** An integrator that was stopped is back long before this: its supervisor starts it again at once. */
const LONGEST_ABSENCE_MS = 60_000

async function waitForEnd(
  { api, clock }: { readonly api: ApiClient; readonly clock: Clock },
  started: Execution,
  onChange: (execution: Execution) => void,
): Promise<Execution> {
  let execution = started
  let lastSeen = clock.now().getTime()
  while (!FINAL_STATUSES.includes(execution.status)) {
    await delay(POLL_MS)
    const found = await findUnlessAway(api, execution.id)
    const now = clock.now().getTime()
    if (found instanceof AppError) {
      if (now - lastSeen > LONGEST_ABSENCE_MS) throw found
      continue
    }
    lastSeen = now
    execution = found
    onChange(execution)
  }
  return execution
}

/** The execution, or the error where the integrator does not answer just now: the execution goes on when it is back. */
async function findUnlessAway(api: ApiClient, id: string): Promise<Execution | AppError> {
  try {
    return await api.call(contract.getExecution, { params: { id } })
  } catch (error) {
    if (isAppError(error) && error.retryable) return error
    throw error
  }
}
