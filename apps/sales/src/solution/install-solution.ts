import type { Row } from '@p2c/dataverse'
import type { NumberContext } from '../plugins/draw-numbers.ts'
import { NUMBERED_TABLES } from '../plugins/record-numbers.ts'
import { numberExistingRows } from './number-existing-rows.ts'
import { SEQUENCE_SEEDS, type SequenceSeed } from './sequences.ts'

const toRow = (seed: SequenceSeed): Row => ({
  msdynce_name: seed.name,
  msdynce_entityname: seed.entity,
  msdynce_prefix: seed.prefix,
  msdynce_numbersequence: seed.first,
  msdynce_suffixlength: seed.suffixLength,
})

/**
 * What installing the Prospect to Cash solution does to data: its number sequences, and numbers for rows that have none.
 * Where there are sequences it is installed, and nothing happens. Source: Sales 6.
 */
export async function installSolution(context: NumberContext): Promise<void> {
  const installed = await context.service.find({ table: 'msdynce_p2cautonumber', columns: [], limit: 1 })
  if (installed.length > 0) return
  await context.service.create('msdynce_p2cautonumber', SEQUENCE_SEEDS.map(toRow))
  for (const rows of NUMBERED_TABLES) await numberExistingRows(context, rows)
}
