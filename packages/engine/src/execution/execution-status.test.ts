import { expect, test } from 'vitest'
import { type Counters, type ExecutionStatus, NO_COUNTERS } from '../model/execution.ts'
import { EXECUTION_EVENTS, type ExecutionEvent, nextExecutionStatus, type SettledStatus, settledStatus } from './execution-status.ts'

const no = 'refused'
type Expected = Readonly<Record<ExecutionEvent, ExecutionStatus | typeof no>>
const FINAL: Expected = {
  begin: no,
  run: no,
  pause: no,
  resume: no,
  settle: no,
  fail: no,
  cancel: no,
  'end-completed': no,
  'end-warning': no,
  'end-error': no,
}

const TABLE: Readonly<Record<ExecutionStatus, Expected>> = {
  queued: { ...FINAL, begin: 'validating', cancel: 'cancelled' },
  validating: { ...FINAL, run: 'running', fail: 'error', cancel: 'cancelled' },
  running: { ...FINAL, settle: 'settling', pause: 'paused', fail: 'error', cancel: 'cancelled' },
  paused: { ...FINAL, resume: 'running', cancel: 'cancelled' },
  settling: { ...FINAL, 'end-completed': 'completed', 'end-warning': 'warning', 'end-error': 'error' },
  completed: FINAL,
  warning: FINAL,
  error: FINAL,
  cancelled: FINAL,
}

test.each(Object.entries(TABLE))('every event at %s leads where integration specification 14.1 says', (from, expected) => {
  for (const event of EXECUTION_EVENTS)
    expect([event, nextExecutionStatus(from as ExecutionStatus, event) ?? no]).toEqual([event, expected[event]])
})

test.each<[SettledStatus, Partial<Counters>]>([
  ['completed', {}],
  ['completed', { read: 5, inserted: 5 }],
  ['completed', { read: 5, filtered: 5 }],
  ['completed', { read: 1, skipped: 1 }],
  ['warning', { read: 2, inserted: 1, failed: 1 }],
  ['warning', { read: 2, updated: 1, failed: 1 }],
  ['warning', { read: 2, unchanged: 1, failed: 1 }],
  ['warning', { read: 1, waiting: 1 }],
  ['error', { read: 1, failed: 1 }],
  ['error', { read: 2, failed: 1, waiting: 1 }],
  ['error', { read: 2, failed: 1, filtered: 1 }],
])('R13 it ends %s with %j', (status, counters) => {
  expect(settledStatus({ ...NO_COUNTERS, ...counters })).toBe(status)
})
