import { contract, type ExplainedReason, type ExplainedRow, type ExplainedSide, type Explanation, type TimelineEvent } from '@p2c/api'
import { type CommandContext, connect } from '../context.ts'
import { en, type MessageKey } from '../messages/en.ts'
import type { Column } from '../output/output.ts'

export interface ExplainOptions {
  readonly line?: number
  readonly connectionSet?: string
}

/** Says what happened to one record. Exit code 0; a record that nobody knows is `record-unknown`. */
export async function explain(
  context: CommandContext,
  { entity, key }: { readonly entity: string; readonly key: string },
  options: ExplainOptions,
): Promise<number> {
  const api = await connect(context)
  const explanation = await api.call(contract.getExplanation, { query: { entity, key, ...options } })
  for (const row of explanation.rows) printRow(context, row, { isLineAskedFor: options.line !== undefined })
  printTimeline(context, explanation)
  context.output.result(explanation)
  return 0
}

const SIDE_KEYS: Readonly<Record<ExplainedSide, MessageKey>> = {
  sales: 'part.sales',
  'supply-chain': 'part.supply-chain',
  'common-data-service': 'part.common-data-service',
  integrator: 'part.server',
}

/** Dated events of a record across both sides, in the order of time; prints nothing where there are none. */
export function printTimeline(context: CommandContext, { entity, key, timeline }: Explanation): void {
  const { output, messages } = context
  if (timeline.length === 0) return
  const columns: readonly Column<TimelineEvent>[] = [
    { title: 'column.when', value: (event) => whenOf(context, event) },
    { title: 'column.side', value: ({ side }) => messages.text(SIDE_KEYS[side]) },
    { title: 'column.event', value: (event) => eventText(context, event) },
    { title: 'column.document', value: ({ document }) => document },
    {
      title: 'column.amount',
      align: 'right',
      value: ({ amount, currency }) => [amount === undefined ? '' : messages.amount(amount, currency), currency].filter(Boolean).join(' '),
    },
  ]
  output.line('explain.timeline', { entity, key })
  output.table(columns, timeline)
}

function whenOf({ messages }: CommandContext, { at, isLatest }: TimelineEvent): string {
  const time = at.includes('T') ? messages.time(at) : at
  return isLatest === true ? messages.text('explain.at-latest', { time }) : time
}

/** An event of a newer server keeps its own name. */
function eventText({ messages }: CommandContext, { event, status, text, project }: TimelineEvent): string {
  const key = `event.${event}`
  const name = Object.hasOwn(en, key) ? messages.text(key as MessageKey) : event
  return [name, status, text, project].filter((part) => part !== undefined && part !== '').join(', ')
}

function printRow(context: CommandContext, row: ExplainedRow, { isLineAskedFor }: { readonly isLineAskedFor: boolean }): void {
  const { output, messages } = context
  const side = ({ side: name, entity, key }: ExplainedRow['source']): string => `${messages.text(SIDE_KEYS[name])} ${entity} ${key}`
  output.line('explain.row', { project: row.project, task: row.task, source: side(row.source), destination: side(row.destination) })
  output.line(`explain.outcome-${row.outcome}`)
  for (const reason of row.reasons) printReason(context, reason)
  if (row.sent !== undefined) output.line('explain.sent', { time: messages.time(row.sent.at), execution: row.sent.executionId })
  output.line(row.destination.found ? 'explain.there' : 'explain.not-there', { url: row.destination.url })
  for (const error of row.errors)
    output.line('explain.error', {
      state: error.state,
      code: error.code,
      time: messages.time(error.lastSeenAt),
      text: error.message,
      execution: error.executionId,
    })
  const isWhole = isLineAskedFor || !row.source.key.includes('|')
  printFields(context, row, isWhole)
}

function printReason({ output }: CommandContext, { code, text, clause, field, value }: ExplainedReason): void {
  output.line('explain.reason', { code, text })
  if (clause !== undefined)
    output.line('explain.clause', { clause, field: field ?? '', value: value === undefined || value === '' ? '""' : value })
}

type Field = ExplainedRow['fields'][number]

/** Both sides side by side; of the lines of a document only what differs. */
function printFields({ output, messages }: CommandContext, { fields, payload }: ExplainedRow, isWhole: boolean): void {
  const shown = fields.filter(({ expected = '', found, isDifferent }) => isDifferent || (isWhole && (expected !== '' || found !== '')))
  if (shown.length === 0) return
  if (payload !== undefined) output.line(payload.origin === 'mapped-now' ? 'explain.payload-now' : 'explain.payload-kept')
  const columns: readonly Column<Field>[] = [
    { title: 'column.field', value: ({ field }) => field },
    { title: 'column.expected', value: ({ expected }) => expected ?? messages.text('explain.not-written') },
    { title: 'column.found', value: ({ found }) => found },
    { title: 'column.kind', value: ({ isDifferent }) => (isDifferent ? messages.text('explain.differs') : '') },
  ]
  output.table(columns, shown)
}
