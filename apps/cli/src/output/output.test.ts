import { PassThrough } from 'node:stream'
import { createManualClock } from '@p2c/base'
import { expect, test } from 'vitest'
import { createMessages } from '../messages/messages.ts'
import { createOutput } from './output.ts'
import { estimate, startProgress } from './progress.ts'

function anOutput(options: { json?: boolean; colour?: boolean; terminal?: boolean } = {}) {
  const stdout = Object.assign(new PassThrough(), { isTTY: options.terminal ?? false })
  const output = createOutput({ stdout, messages: createMessages('en'), json: options.json ?? false, colour: options.colour ?? false })
  return { output, printed: () => String(stdout.read() ?? '') }
}

test.each([
  [0, undefined, 0, 0, undefined],
  [0, 100, 0, 0, undefined],
  [0, 100, 1000, 0, undefined],
  [50, 100, 1000, 50, 1],
  [50, undefined, 1000, 50, undefined],
  [100, 100, 2000, 50, 0],
  [120, 100, 2000, 60, 0],
])('%d of %s rows after %d ms', (done, total, elapsed, rate, left) => {
  expect(estimate(done, total, elapsed)).toEqual({ rate, secondsLeft: left })
})

test('with --json nothing but the result is printed, as one line', () => {
  const { output, printed } = anOutput({ json: true, terminal: true })
  output.line('errors.none')
  output.text('text')
  output.table([{ title: 'column.key', value: String }], ['row'])
  output.result({ name: 'two\nlines', list: [1] })
  expect(output.interactive).toBe(false)
  expect(printed()).toBe('{"name":"two\\nlines","list":[1]}\n')
})

test('without --json the result is not printed a second time', () => {
  const { output, printed } = anOutput()
  output.line('errors.none')
  output.result([])
  expect(printed()).toBe('No record errors.\n')
})

test('a table has one line for each row, aligned, without borders', () => {
  const { output, printed } = anOutput()
  output.table<{ name: string; count: string }>(
    [
      { title: 'column.task', value: (row) => row.name },
      { title: 'counter.read', value: (row) => row.count, align: 'right' },
    ],
    [
      { name: 'Конт', count: '5' },
      { name: 'Accounts', count: '1,200' },
    ],
  )
  expect(printed().split('\n')).toEqual(['Task       Read', 'Конт          5', 'Accounts  1,200', ''])
})

test('colours come on request only', () => {
  expect(anOutput().output.status('completed')).toBe('Completed')
  expect(anOutput({ colour: true }).output.status('completed')).toBe('\u001B[32mCompleted\u001B[39m')
  expect(anOutput({ colour: true }).output.status('queued')).toBe('Queued')
})

test('no progress bar is drawn where nobody watches', () => {
  const label = (): string => {
    throw new Error('asked for a label')
  }
  const clock = createManualClock('2024-03-01T08:00:00Z')
  const progress = startProgress({ clock, messages: createMessages('en'), interactive: false, label })
  progress.update(5, 10)
  progress.stop()
})
