import type { SqlRunner } from '@p2c/base'
import { CommandRefusal } from '../commands/command.ts'
import { followQuotationLines } from '../inventory/line-effects.ts'
import type { StoredRow } from '../store/tracked-row.ts'

/**
 * Removes the inventory transactions of a quotation that is answered: its lines stay as they are, their lots expect nothing any more.
 * Source: Supply Chain specification, 3.1.
 */
export const removeQuotationStock = (sql: SqlRunner, lines: readonly StoredRow[], now: Date): Promise<void> =>
  followQuotationLines(
    sql,
    lines.map(({ recId, values }) => ({ recId, before: values })),
    {
      now,
      refuse: (_, ...infolog) => {
        throw new CommandRefusal(...infolog)
      },
      refuseAll: (refusals) => {
        throw new CommandRefusal(...[...refusals.values()].flat())
      },
    },
  )
