import { contract, type EXECUTION_STATUSES } from '@p2c/api'
import { type CommandContext, connect } from '../context.ts'
import { printExecution, printExecutions } from './execution-table.ts'

export interface ExecutionsOptions {
  readonly project?: string
  readonly status?: (typeof EXECUTION_STATUSES)[number]
  readonly limit: number
}

/** Lists executions, newest first. */
export async function executions(context: CommandContext, options: ExecutionsOptions): Promise<number> {
  const api = await connect(context)
  const { items } = await api.call(contract.listExecutions, { query: options })
  if (items.length === 0) context.output.line('executions.none')
  else printExecutions(context, items)
  context.output.result(items)
  return 0
}

/** One execution with its tasks. */
export async function execution(context: CommandContext, id: string): Promise<number> {
  const api = await connect(context)
  const found = await api.call(contract.getExecution, { params: { id } })
  printExecution(context, found)
  context.output.result(found)
  return 0
}
