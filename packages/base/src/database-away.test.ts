import { expect, test } from 'vitest'
import { AppError, toAppError } from './app-error.ts'
import { isDatabaseAway } from './database-away.ts'

const error = (message: string, code?: string): Error => Object.assign(new Error(message), code === undefined ? {} : { code })

/** A connected system, not the database. */
const unreachableSystem = new AppError({
  category: 'connectivity',
  code: 'connection-unreachable',
  message: 'connect ECONNREFUSED 127.0.0.1:4010',
  cause: error('connect ECONNREFUSED 127.0.0.1:4010', 'ECONNREFUSED'),
})

test.each<[boolean, unknown]>([
  [true, error('terminating connection due to administrator command', '57P01')],
  [true, error('the database system is in recovery mode', '57P03')],
  [true, error('sorry, too many clients already', '53300')],
  [true, error('connection failure', '08006')],
  [true, toAppError(error('connect EHOSTUNREACH 10.0.0.1:5432', 'EHOSTUNREACH'))],
  [false, toAppError(error('duplicate key value violates unique constraint', '23505'))],
  [false, unreachableSystem],
  [true, error('terminating connection due to idle-in-transaction timeout', '25P03')],
  [true, error('connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED')],
  [true, new AggregateError([error('connect ECONNREFUSED ::1:5432', 'ECONNREFUSED')])],
  [true, error('Connection terminated unexpectedly')],
  [true, error('Client has encountered a connection error and is not queryable')],
  [true, error('Client was closed and is not queryable')],
  [true, error('terminating connection due to idle-session timeout', '57P05')],
  [false, error('duplicate key value violates unique constraint', '23505')],
  [false, error('deadlock detected', '40P01')],
  [false, error('password authentication failed', '28P01')],
  [false, error('no such file', 'ENOENT')],
  [false, 'Connection terminated'],
  [false, undefined],
])('%s: the database is away with %o', (expected, thrown) => {
  expect(isDatabaseAway(thrown)).toBe(expected)
})
