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
  /** Starts behind an execution of the project that is under way, instead of being refused. */
  readonly patient?: boolean
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
  const [execution] = await runSideBySide(api, context, [project], options)
  if (execution === undefined) throw new Error(`no execution of ${project}`)
  return execution
}

/** Starts an execution of each project and waits for the last one; in the order of the projects. */
export async function runSideBySide(
  api: ApiClient,
  context: CommandContext,
  projects: readonly string[],
  options: RunOptions,
): Promise<Execution[]> {
  const { messages, output, clock } = context
  const label = (done: number, rate: number): string =>
    messages.text('run.progress', { project: projects.join(', '), rows: done, rate: Math.round(rate) })
  const progress = startProgress({ clock, messages, interactive: output.interactive, label })
  const seen = new Map<string, Execution>()
  const show = (execution: Execution): void => {
    seen.set(execution.projectName, execution)
    const all = [...seen.values()]
    const read = all.reduce((total, one) => total + totalCounters(one.tasks).read, 0)
    progress.update(read, all.length < projects.length ? undefined : sumUnlessUnknown(all.map(expectedRows)))
  }
  try {
    return await Promise.all(projects.map(async (project) => waitForEnd({ api, clock }, await startExecution(api, project, options), show)))
  } finally {
    progress.stop()
  }
}

async function startExecution(api: ApiClient, project: string, options: RunOptions): Promise<Execution> {
  for (;;) {
    try {
      return await api.call(contract.postExecution, {
        params: { name: project },
        body: { allData: options.allData ?? false, rewrite: options.rewrite ?? false },
      })
    } catch (error) {
      if (!options.patient || !isAppError(error) || error.code !== 'execution-running') throw error
      await delay(POLL_MS)
    }
  }
}

/** The rows that the sources announced, undefined while one of the tasks does not know yet. */
const expectedRows = (execution: Execution): number | undefined => sumUnlessUnknown(execution.tasks.map((task) => task.expectedRows))

const sumUnlessUnknown = (counts: readonly (number | undefined)[]): number | undefined =>
  counts.reduce<number | undefined>((total, rows) => (total === undefined || rows === undefined ? undefined : total + rows), 0)

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
