import type { SqlRunner } from '@p2c/base'
import { refuseCommand } from '../domain/messages.ts'
import { type NumberRequest, takeNumbers } from '../store/number-sequences.ts'
import { CommandRefusal } from './command.ts'

/** As many numbers as asked for. Refuses with L08 where no sequence is set up or it has too few left. */
export async function requireNumbers(sql: SqlRunner, request: NumberRequest): Promise<readonly string[]> {
  if (request.count === 0) return []
  const numbers = await takeNumbers(sql, request)
  if (numbers === undefined) throw new CommandRefusal(refuseCommand('L08', request.dataTypeName))
  return numbers
}

/** One number; see `requireNumbers`. */
export async function requireNumber(sql: SqlRunner, request: Omit<NumberRequest, 'count'>): Promise<string> {
  const [number = ''] = await requireNumbers(sql, { ...request, count: 1 })
  return number
}
