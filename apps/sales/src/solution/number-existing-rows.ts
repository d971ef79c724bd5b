import { drawNumbers, type NumberContext } from '../plugins/draw-numbers.ts'

/** Rows that get their numbers by one statement. */
const CHUNK = 1000

/** Numbers the rows that have none, oldest first; existing numbers are kept. Gives the count. Source: Sales 6.2 and 6.3, install script. */
export async function numberExistingRows(
  context: NumberContext,
  rows: { readonly table: string; readonly column: string },
): Promise<number> {
  const unnumbered = await context.service.find({
    table: rows.table,
    columns: [],
    where: { [rows.column]: null },
    orderBy: [{ column: 'createdon' }],
  })
  for (let start = 0; start < unnumbered.length; start += CHUNK) {
    const chunk = unnumbered.slice(start, start + CHUNK)
    const numbers = await drawNumbers(context, rows.table, chunk.length)
    await context.service.update(
      rows.table,
      chunk.map((row, at) => ({ id: String(row[`${rows.table}id`]), values: { [rows.column]: numbers[at] ?? null } })),
    )
  }
  return unnumbered.length
}
