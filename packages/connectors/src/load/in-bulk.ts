import { AppError } from '@p2c/base'

export interface BulkPlan<Item> {
  /** Calls at once at most. */
  readonly parallel: number
  /** Items for the next call; asked anew for each, since earlier calls teach. */
  readonly sizeOf: () => number
  /** Items of different kinds never share a call. */
  readonly kindOf?: (item: Item) => string
  /**
   * Key of an item; of a key of several parts the last one counts inside the others, as the number of a line does in its document. Lines of one
   * document that follow each other share a call: two calls at once that write to one document wait for each other at the service.
   */
  readonly keyOf?: (item: Item) => string
}

/** Smaller shares are not made for the sake of idle lanes: a call costs as much as some rows. */
const LEAST_SHARE = 100

/**
 * Hands the items in pieces to `work`, several pieces at once, and gives one result for each item, in order. After the first failure no
 * further piece is started; those under way end before it is thrown. Throws `outcome-missing` where a piece gave too few results.
 */
export async function inBulk<Item, Result>(
  items: readonly Item[],
  plan: BulkPlan<Item>,
  work: (piece: readonly Item[]) => Promise<readonly Result[]>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length)
  const failures: unknown[] = []
  let next = 0
  const lane = async () => {
    while (next < items.length && failures.length === 0) {
      const start = next
      const piece = items.slice(start, pieceEnd(items, start, plan))
      next += piece.length
      try {
        const done = await work(piece)
        if (done.length !== piece.length) throw outcomeMissing(done.length, piece.length)
        for (const [at, result] of done.entries()) results[start + at] = result
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(plan.parallel, items.length) }, lane))
  if (failures.length > 0) throw failures[0]
  return results
}

function pieceEnd<Item>(items: readonly Item[], start: number, plan: BulkPlan<Item>): number {
  const { parallel, sizeOf, kindOf } = plan
  // What is left is shared by the lanes, so that none carries the last thousand alone.
  const share = Math.max(LEAST_SHARE, Math.ceil((items.length - start) / parallel))
  const end = Math.min(items.length, start + Math.max(1, Math.min(sizeOf(), share)))
  const first = items[start]
  if (kindOf !== undefined && first !== undefined)
    for (let at = start + 1; at < end; at += 1) if (kindOf(items[at] as Item) !== kindOf(first)) return at
  return documentEnd(items, { start, end }, plan)
}

/** Not behind `end`, and not inside of a document, unless it fills the whole piece. */
function documentEnd<Item>(items: readonly Item[], { start, end }: { start: number; end: number }, { keyOf }: BulkPlan<Item>): number {
  if (keyOf === undefined || end >= items.length) return end
  const documentOf = (at: number): string => headOf(keyOf(items[at] as Item))
  const next = documentOf(end)
  if (next === '') return end
  let at = end
  while (at > start && documentOf(at - 1) === next) at -= 1
  return at > start ? at : end
}

/** The document that a key of several parts is a line of: all but the last part; nothing of a key that has one part. */
export const headOf = (key: string): string => key.slice(0, Math.max(0, key.lastIndexOf('|')))

/** Every row has a result: one that lacks it would be a row that nobody accounts for. */
const outcomeMissing = (given: number, expected: number): AppError =>
  new AppError({
    category: 'internal',
    code: 'outcome-missing',
    message: `A bulk write gave ${given} results, expected ${expected}.`,
  })
