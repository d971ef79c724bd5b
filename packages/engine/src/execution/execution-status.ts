import type { Counters, ExecutionStatus } from '../model/execution.ts'

export const EXECUTION_EVENTS = [
  'begin',
  'run',
  'pause',
  'resume',
  'settle',
  'fail',
  'cancel',
  'end-completed',
  'end-warning',
  'end-error',
] as const
export type ExecutionEvent = (typeof EXECUTION_EVENTS)[number]

const TRANSITIONS: Readonly<Record<ExecutionStatus, Readonly<Partial<Record<ExecutionEvent, ExecutionStatus>>>>> = {
  queued: { begin: 'validating', cancel: 'cancelled' },
  validating: { run: 'running', fail: 'error', cancel: 'cancelled' },
  running: { settle: 'settling', pause: 'paused', fail: 'error', cancel: 'cancelled' },
  paused: { resume: 'running', cancel: 'cancelled' },
  settling: { 'end-completed': 'completed', 'end-warning': 'warning', 'end-error': 'error' },
  completed: {},
  warning: {},
  error: {},
  cancelled: {},
}

/** Status after `event`, or undefined where `from` does not allow it. Source: integration specification 14.1. */
export const nextExecutionStatus = (from: ExecutionStatus, event: ExecutionEvent): ExecutionStatus | undefined => TRANSITIONS[from][event]

export type SettledStatus = 'completed' | 'warning' | 'error'

/**
 * How a task or an execution ends that ran to its end, in this order: `error` when rows failed and none was inserted, updated or
 * unchanged; `warning` when a row failed or waits; else `completed`, also when nothing was read. Source: integration specification 17.1.
 */
export function settledStatus(counters: Counters): SettledStatus {
  const through = counters.inserted + counters.updated + counters.unchanged
  if (counters.failed > 0 && through === 0) return 'error'
  return counters.failed > 0 || counters.waiting > 0 ? 'warning' : 'completed'
}
