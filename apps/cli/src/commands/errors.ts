import { contract, type RecordError } from '@p2c/api'
import { type CommandContext, connect } from '../context.ts'
import type { Column } from '../output/output.ts'

export interface ErrorsOptions {
  readonly project?: string
  readonly task?: string
  readonly code?: string
  readonly key?: string
  readonly execution?: string
  readonly fingerprint?: string
  readonly waiting?: boolean
  readonly state?: RecordError['state']
  readonly limit: number
}

const COLUMNS: readonly Column<RecordError>[] = [
  { title: 'column.project', value: (row) => row.projectName },
  { title: 'column.task', value: (row) => (row.leg === '001' ? row.taskName : `${row.taskName} / ${row.leg}`) },
  { title: 'column.key', value: (row) => row.sourceKey },
  { title: 'column.state', value: (row) => row.state },
  { title: 'column.code', value: (row) => row.code },
  { title: 'column.attempts', align: 'right', value: (row) => String(row.attempts) },
  { title: 'column.nextAttempt', value: nextAttempt },
  { title: 'column.parent', value: parent },
  { title: 'column.message', value: (row) => row.message },
]

/** Executions to go, or the time from which on the next one tries the row, whichever comes first. */
function nextAttempt({ nextAttempt: next, isReady }: RecordError): string {
  if (isReady === true) return '0'
  return next === undefined ? '' : `${next.executions} / ${next.at.slice(0, 16)}Z`
}

/** For what the row waits, and in brackets what is missing of a row that is there already. */
function parent({ parents = [], deferredFields = [] }: RecordError): string {
  const names = parents.map(({ entity, key }) => (key === '' ? entity : `${entity} ${key}`)).join(', ')
  return deferredFields.length === 0 ? names : `${names} (${deferredFields.join(', ')})`
}

/** Lists rows that were not written and why, newest first. */
export async function errors(context: CommandContext, options: ErrorsOptions): Promise<number> {
  const api = await connect(context)
  const { waiting, ...query } = options
  const { items } = await api.call(contract.listRecordErrors, { query: waiting === true ? { ...query, state: 'waiting' } : query })
  if (items.length === 0) context.output.line('errors.none')
  else context.output.table(COLUMNS, items)
  context.output.result(items)
  return 0
}
