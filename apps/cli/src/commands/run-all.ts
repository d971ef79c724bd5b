import { type ApiClient, contract, type Execution, type Project } from '@p2c/api'
import { AppError } from '@p2c/base'
import { type CommandContext, connect } from '../context.ts'
import { readPeakMemory } from '../load/peak-memory.ts'
import { printExecution } from './execution-table.ts'
import { printMemory } from './load-orders.ts'
import { type RunOptions, runSideBySide } from './run.ts'
import { wavesOf } from './waves.ts'

export interface RunAllOptions extends RunOptions {
  /** Whose projects are run. */
  readonly connectionSet: string
}

/**
 * Runs every project of a connection set, those behind it that depend on it (templates specification 3). A project that fails stops no other:
 * rows that miss a parent wait for it. Exit code 1 when one ended with error or was cancelled.
 */
export async function runAll(context: CommandContext, options: RunAllOptions): Promise<number> {
  const { clock, messages, output } = context
  const api = await connect(context)
  const startedAt = clock.now().getTime()
  const executions = await runInWaves(api, context, options)
  const seconds = (clock.now().getTime() - startedAt) / 1000
  output.line('run.all-finished', { projects: executions.length, seconds: messages.number(seconds, 1) })
  const peakMemory = await readPeakMemory(context.dataDir)
  printMemory(context, peakMemory)
  output.result({ connectionSetName: options.connectionSet, seconds, executions, peakMemory })
  return executions.every(({ status }) => status === 'completed' || status === 'warning') ? 0 : 1
}

/** The executions in the order of the waves, each printed when its wave has ended. Throws `connection-set-without-projects`, `project-cycle`. */
async function runInWaves(api: ApiClient, context: CommandContext, options: RunAllOptions): Promise<Execution[]> {
  const waves = wavesOf(await projectsOf(api, options.connectionSet))
  const executions: Execution[] = []
  for (const [index, wave] of waves.entries()) {
    const projects = wave.map(({ name }) => name)
    context.output.line('run.wave', { number: index + 1, total: waves.length, projects: projects.join(', ') })
    const ended = await runSideBySide(api, context, projects, { ...options, patient: true })
    for (const execution of ended) printExecution(context, execution)
    executions.push(...ended)
  }
  return executions
}

async function projectsOf(api: ApiClient, connectionSet: string): Promise<readonly Project[]> {
  const { items } = await api.call(contract.listProjects, {})
  const wanted = connectionSet.toLowerCase()
  const found = items.filter(({ connectionSetName }) => connectionSetName.toLowerCase() === wanted)
  if (found.length > 0) return found
  const sets = [...new Set(items.map(({ connectionSetName }) => connectionSetName))].sort()
  throw new AppError({
    category: 'schema',
    code: 'connection-set-without-projects',
    message: `No project belongs to connection set '${connectionSet}'. Choose with --connection-set one of: ${sets.join(', ')}.`,
    details: { connectionSet, sets },
  })
}
