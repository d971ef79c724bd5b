import { checkCredit } from '../calculation/check-credit.ts'
import { type CommandContext, CommandRefusal } from '../commands/command.ts'
import type { InfologEntry } from '../domain/messages.ts'
import type { OpenOrder } from './open-orders.ts'

/** Refuses orders whose customer is over its limit; gives the warnings where the parameters let it pass. */
export async function assertCredit(
  { sql }: CommandContext,
  { dataAreaId, orders, date }: { readonly dataAreaId: string; readonly orders: readonly OpenOrder[]; readonly date: string },
): Promise<readonly InfologEntry[]> {
  const documents = orders.map(({ key }) => ({ salesOrderNumber: key.salesOrderNumber }))
  const findings = await checkCredit(sql, { dataAreaId, documents, on: date })
  const refused = findings.filter(({ isRefused }) => isRefused)
  if (refused.length > 0) throw new CommandRefusal(...refused.map(({ entry }) => entry))
  return findings.map(({ entry }) => entry)
}
