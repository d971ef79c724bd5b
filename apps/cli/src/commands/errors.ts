import { contract, type RecordError } from '@p2c/api'
import { type CommandContext, connect } from '../context.ts'
import type { Column } from '../output/output.ts'

export interface ErrorsOptions {
  readonly project?: string
  readonly task?: string
  readonly code?: string
  readonly key?: string
  readonly state?: RecordError['state']
  readonly limit: number
}

const COLUMNS: readonly Column<RecordError>[] = [
  { title: 'column.project', value: (row) => row.projectName },
  { title: 'column.task', value: (row) => row.taskName },
  { title: 'column.key', value: (row) => row.sourceKey },
  { title: 'column.state', value: (row) => row.state },
  { title: 'column.code', value: (row) => row.code },
  { title: 'column.attempts', align: 'right', value: (row) => String(row.attempts) },
  { title: 'column.message', value: (row) => row.message },
]

/** Lists rows that were not written and why, newest first. */
export async function errors(context: CommandContext, options: ErrorsOptions): Promise<number> {
  const api = await connect(context)
  const { items } = await api.call(contract.listRecordErrors, { query: options })
  if (items.length === 0) context.output.line('errors.none')
  else context.output.table(COLUMNS, items)
  context.output.result(items)
  return 0
}
