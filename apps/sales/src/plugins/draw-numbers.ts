import { type PluginContext, type Row, refuse } from '@p2c/dataverse'
import { counterAfter, formatRecordNumber, LONGEST_RECORD_NUMBER, SUFFIX_ALPHABET } from '../domain/record-number.ts'

const SEQUENCES = 'msdynce_p2cautonumber'

/** What drawing needs of the context of a plug-in; the installation of the solution has no more. */
export type NumberContext = Pick<PluginContext, 'service' | 'ids'>

/**
 * Draws `count` numbers of one table from its sequence, which stays locked until the transaction ends: counters never repeat and
 * a bulk call takes one statement to lock and one to move on. Source: Sales 6.3.
 */
export async function drawNumbers(context: NumberContext, entity: string, count: number): Promise<readonly string[]> {
  // All sequences are locked in one order: a write that numbers accounts and contacts cannot wait in a circle with another.
  const sequences = await context.service.find({ table: SEQUENCES, forUpdate: true })
  const sequence = sequences.find((row) => row.msdynce_entityname === entity && row.statecode === 0)
  if (sequence === undefined) {
    refuse({ message: `There is no active number sequence for table '${entity}'. Add or activate one in ${SEQUENCES}.` })
  }
  const first = Number(sequence.msdynce_numbersequence)
  const next = counterAfter(first, count)
  if (next === undefined) refuse({ message: `The number sequence for table '${entity}' is used up.` })
  await context.service.update(SEQUENCES, [{ id: String(sequence.msdynce_p2cautonumberid), values: { msdynce_numbersequence: next } }])
  return Array.from({ length: count }, (_, at) => numberOf(context, sequence, first + at))
}

function numberOf(context: NumberContext, sequence: Row, counter: number): string {
  const suffix = context.ids.text(Number(sequence.msdynce_suffixlength ?? 6), SUFFIX_ALPHABET)
  const text = formatRecordNumber({ prefix: String(sequence.msdynce_prefix ?? ''), counter, suffix })
  if (text.length > LONGEST_RECORD_NUMBER) {
    refuse({ message: `Number ${text} is longer than ${LONGEST_RECORD_NUMBER} characters. Shorten the suffix of its sequence.` })
  }
  return text
}
