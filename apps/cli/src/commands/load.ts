import type { CommandContext } from '../context.ts'
import { readAdventureWorks } from '../load/adventureworks/adventureworks.ts'
import { findFolder } from '../load/find-folder.ts'
import { type LoadedEntity, loadInto } from '../load/load.ts'
import type { LoadSet } from '../load/load-set.ts'
import { generateSample, type SampleOptions } from '../load/sample/sample.ts'
import { loadAdventureWorksOrders, type OrderLoadOptions } from './load-orders.ts'

/** Loads a generated sample; the same options load the same rows. */
export const loadSample = (context: CommandContext, options: SampleOptions): Promise<number> =>
  loadAndPrint(context, generateSample(options))

/** `orders` loads the orders too; the others are for them only. */
export interface AdventureWorksOptions extends OrderLoadOptions {
  readonly orders?: boolean
}

/** Loads the AdventureWorks company data from a folder of CSV files. Throws `data-set-not-found`, `data-set-incomplete`, `data-set-unreadable`. */
export async function loadAdventureWorks(
  context: CommandContext,
  given: string | undefined,
  options: AdventureWorksOptions,
): Promise<number> {
  const folder = await findFolder(given, { env: process.env, cwd: process.cwd() })
  if (options.orders === true) return loadAdventureWorksOrders(context, folder, options)
  return loadAndPrint(context, await readAdventureWorks(folder))
}

/** Exit code 1 when a row was refused: the data is not all there. */
async function loadAndPrint(context: CommandContext, set: LoadSet): Promise<number> {
  const loaded = await loadInto(context, set)
  printLoad(context, loaded)
  context.output.result(loaded.map(({ entity, written, refused, seconds }) => ({ entity, written, refused, seconds })))
  return loaded.some((entity) => entity.refused.length > 0) ? 1 : 0
}

export function printLoad({ output, messages }: CommandContext, loaded: readonly LoadedEntity[]): void {
  output.table<LoadedEntity>(
    [
      { title: 'column.entity', value: (row) => row.entity },
      { title: 'column.rows', align: 'right', value: (row) => messages.number(row.written) },
      { title: 'column.refused', align: 'right', value: (row) => messages.number(row.refused.length) },
      { title: 'column.seconds', align: 'right', value: (row) => messages.number(row.seconds, 2) },
      { title: 'column.rate', align: 'right', value: (row) => messages.number(rateOf(row.written, row.seconds)) },
    ],
    loaded,
  )
  const rows = loaded.reduce((total, entity) => total + entity.written, 0)
  const seconds = loaded.reduce((total, entity) => total + entity.seconds, 0)
  const refused = loaded.flatMap((entity) => entity.refused)
  output.line('load.finished', { rows, seconds: messages.number(seconds, 2), rate: rateOf(rows, seconds) })
  const [first] = refused
  if (first !== undefined) output.line('load.refused', { count: refused.length, reason: `${first.key}: ${first.reason}` })
}

const rateOf = (rows: number, seconds: number): number => (seconds > 0 ? Math.round(rows / seconds) : 0)
