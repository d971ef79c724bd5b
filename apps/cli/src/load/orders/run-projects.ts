import { setTimeout as delay } from 'node:timers/promises'
import { type Execution, totalCounters } from '@p2c/api'
import { AppError, isAppError } from '@p2c/base'
import { runSideBySide } from '../../commands/run.ts'
import { type CommandContext, connect } from '../../context.ts'

const PAUSE_MS = 1000

/**
 * Runs projects of the installation side by side, behind executions of them that are under way, and waits for their end. Gives the rows that
 * were read. An integrator that does not answer is asked again for `patienceMs`. Throws `project-failed` where a project did not end well; rows
 * that were refused stay with the project.
 */
export async function runProjects(context: CommandContext, projects: readonly string[], patienceMs: number): Promise<number> {
  const ended = await runPatiently(context, projects, patienceMs)
  const failed = ended.find(({ status }) => status !== 'completed' && status !== 'warning')
  if (failed !== undefined)
    throw new AppError({
      category: 'data',
      code: 'project-failed',
      message: `The project '${failed.projectName}' ended with status ${failed.status}: ${failed.error?.message ?? 'no reason given'}. Mend that and load again: what is done stays done.`,
      details: { project: failed.projectName, execution: failed.id },
    })
  return ended.reduce((rows, execution) => rows + totalCounters(execution.tasks).read, 0)
}

/** A start whose answer was lost may have begun an execution: the next one waits behind it, and finds less to do. */
async function runPatiently(context: CommandContext, projects: readonly string[], patienceMs: number): Promise<Execution[]> {
  const { clock } = context
  const startedAt = clock.now().getTime()
  for (;;) {
    try {
      return await runSideBySide(await connect(context), context, projects, { patient: true })
    } catch (error) {
      if (!isAppError(error) || !error.retryable || clock.now().getTime() - startedAt > patienceMs) throw error
      await delay(PAUSE_MS)
    }
  }
}
