import type { SqlRunner } from '@p2c/base'
import { type CreditCheck, checkCredit } from '../calculation/check-credit.ts'
import { CommandRefusal } from '../commands/command.ts'
import type { InfologEntry } from '../domain/messages.ts'

/** Refuses documents whose customer is over its limit (E19, E29); gives the warnings where the parameters let it pass. */
export async function assertCredit(sql: SqlRunner, check: CreditCheck): Promise<readonly InfologEntry[]> {
  const findings = await checkCredit(sql, check)
  const refused = findings.filter(({ isRefused }) => isRefused)
  if (refused.length > 0) throw new CommandRefusal(...refused.map(({ entry }) => entry))
  return findings.map(({ entry }) => entry)
}
