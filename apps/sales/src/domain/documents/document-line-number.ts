/** A line as its number is settled; lines come in the order in which they keep a number that several of them have. */
export interface NumberedLine {
  readonly id: string
  readonly sequenceNumber: number | null
  /** The Freight Tax line: number 0 is its own. */
  readonly isFreightTax: boolean
}

const MAX_NUMBER = 2_147_483_647

/**
 * New numbers for lines that have none, one that an earlier line has, or one below 1: the highest and on, from 1. Where the highest
 * is the end of its range the lowest free ones are taken. Source: Templates 9.6, Sales 1.9.
 */
export function missingLineNumbers(lines: readonly NumberedLine[]): ReadonlyMap<string, number> {
  const taken = new Set<number>()
  const without: string[] = []
  let highest = 0
  for (const { id, sequenceNumber, isFreightTax } of lines) {
    if (isFreightTax) continue
    if (sequenceNumber === null || sequenceNumber < 1 || taken.has(sequenceNumber)) without.push(id)
    else taken.add(sequenceNumber)
    if (sequenceNumber !== null) highest = Math.max(highest, sequenceNumber)
  }
  const free = freeNumbers(taken, highest)
  return new Map(without.map((id) => [id, free()]))
}

function freeNumbers(taken: ReadonlySet<number>, highest: number): () => number {
  let next = highest
  return () => {
    do next = next >= MAX_NUMBER ? 1 : next + 1
    while (taken.has(next))
    return next
  }
}
