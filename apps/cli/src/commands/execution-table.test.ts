import { PassThrough } from 'node:stream'
import type { Execution } from '@p2c/api'
import { createManualClock } from '@p2c/base'
import { expect, test } from 'vitest'
import type { CommandContext } from '../context.ts'
import { createMessages, type Locale } from '../messages/messages.ts'
import { createOutput } from '../output/output.ts'
import { printExecution, printExecutions, secondsOf } from './execution-table.ts'

function aContext(locale: Locale = 'en'): { context: CommandContext; printed: () => string } {
  const stdout = new PassThrough()
  const messages = createMessages(locale)
  const context = {
    dataDir: 'x',
    clock: createManualClock('2024-03-01T08:00:10Z'),
    messages,
    output: createOutput({ stdout, messages, json: false, colour: false }),
    stderr: new PassThrough(),
  }
  return { context, printed: () => String(stdout.read() ?? '') }
}

const NONE = { read: 0, filtered: 0, skipped: 0, unchanged: 0, inserted: 0, updated: 0, failed: 0, waiting: 0, deleted: 0 }

const anExecution = (changes: Partial<Execution> = {}, counters: Partial<typeof NONE> = {}): Execution => ({
  id: '0193a2c4-0000-7000-8000-000000000001',
  projectName: 'accounts',
  trigger: 'manual',
  allData: false,
  status: 'completed',
  createdAt: '2024-03-01T08:00:00Z',
  startedAt: '2024-03-01T08:00:00Z',
  finishedAt: '2024-03-01T08:00:04Z',
  tasks: [{ id: 't', name: 'Accounts - Customers', leg: '001', order: 1, status: 'completed', counters: { ...NONE, ...counters } }],
  ...changes,
})

test.each([
  [{}, 0],
  [{ startedAt: '2024-03-01T08:00:00Z' }, 10],
  [{ startedAt: '2024-03-01T08:00:00Z', finishedAt: '2024-03-01T08:00:02.500Z' }, 2.5],
  [{ startedAt: '2024-03-01T09:00:00Z' }, 0],
])('the seconds of %o', (times, seconds) => {
  expect(secondsOf(times, new Date('2024-03-01T08:00:10Z'))).toBe(seconds)
})

test('an execution shows its tasks, its rate, and nothing more when all went well', () => {
  const { context, printed } = aContext()
  printExecution(context, anExecution({}, { read: 2000, inserted: 1500, unchanged: 500 }))
  const lines = printed().trimEnd().split('\n')
  expect(lines).toHaveLength(3)
  expect(lines[0]).toMatch(/^Task +Status +Read +Inserted +Updated +Unchanged +Filtered +Skipped +Failed +Waiting$/)
  expect(lines[1]).toMatch(/^Accounts - Customers +Completed +2,000 +1,500 +0 +500 +0 +0 +0 +0$/)
  expect(lines[2]).toBe(
    context.messages.text('run.finished', { project: 'accounts', status: 'Completed', rows: 2000, seconds: '4', rate: 500 }),
  )
})

test('failed and waiting rows come with the command that tells why', () => {
  const { context, printed } = aContext()
  printExecution(context, anExecution({ status: 'warning' }, { read: 5, inserted: 2, failed: 2, waiting: 1 }))
  expect(printed()).toContain(context.messages.text('run.failed-hint', { count: 3, project: 'accounts' }))
})

test('an execution that failed as a whole shows the reason; one that has not begun shows no rate', () => {
  const { context, printed } = aContext()
  const { startedAt: _started, finishedAt: _finished, ...waiting } = anExecution({ status: 'error' })
  printExecution(context, { ...waiting, error: { category: 'auth', code: 'sign-in-refused', message: 'The secret expired.' } })
  const text = printed()
  expect(text).toContain(context.messages.text('run.finished', { project: 'accounts', status: 'Error', rows: 0, seconds: '0', rate: 0 }))
  expect(text).toContain('\nThe secret expired. (sign-in-refused)\n')
  expect(text).not.toMatch(/NaN|Infinity/)
})

test('a list has one line for each execution, in the words of the language', () => {
  const { context, printed } = aContext('fr')
  printExecutions(context, [anExecution({}, { read: 1234, inserted: 1234 }), anExecution({ projectName: 'contacts', status: 'paused' })])
  const lines = printed().trimEnd().split('\n')
  expect(lines).toHaveLength(3)
  expect(lines[0]).toContain('Exécution')
  expect(lines[1]).toMatch(/accounts +Terminé .* 1\u202f234 /)
  expect(lines[2]).toMatch(/contacts +En pause/)
})

test('a task with two legs has a line for each, told apart; one with a single leg has its name alone', () => {
  const { context, printed } = aContext()
  const task = (name: string, leg: string, order: number) => ({
    id: `${order}`,
    name,
    leg,
    order,
    status: 'completed' as const,
    counters: NONE,
  })
  printExecution(
    context,
    anExecution({ tasks: [task('OrderHeader', '001', 1), task('OrderHeader', '002', 2), task('OrderLine', '001', 3)] }),
  )
  const lines = printed().split('\n')
  expect(lines.filter((line) => line.startsWith('Order')).map((line) => line.split(/ {2,}/)[0])).toEqual([
    'OrderHeader / 001',
    'OrderHeader / 002',
    'OrderLine',
  ])
})
