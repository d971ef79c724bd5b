import type { SqlRunner } from '@p2c/base'
import { CommandRefusal } from '../commands/command.ts'
import { refuseCommand } from '../domain/messages.ts'
import { type NumberRequest, takeNumbers } from '../store/number-sequences.ts'

/** As many numbers as asked for. Refuses with L08 where no sequence is set up or it has too few left. */
export async function requireNumbers(sql: SqlRunner, request: NumberRequest): Promise<readonly string[]> {
  if (request.count === 0) return []
  const numbers = await takeNumbers(sql, request)
  if (numbers === undefined) throw new CommandRefusal(refuseCommand('L08', request.dataTypeName))
  return numbers
}
