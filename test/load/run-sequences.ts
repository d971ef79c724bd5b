import type { TestScope } from '@p2c/base'
import { expect } from 'vitest'
import { createChance, tell } from '../support/chance.ts'
import { startLocalSupplyChain } from '../support/local-supply-chain.ts'
import { neverDone, runSequence, type Tally } from './command-sequences.ts'
import { openMarket } from './open-market.ts'
import { brokenRules } from './supply-chain-books.ts'

/** Sequences that are under way at once: they meet on the same stock and customers. */
const LANES = 4
/** The books are looked into after each so many sequences. */
const CHECK_EVERY = 25
/** Of so many sequences each step must have succeeded at least once. */
const ENOUGH_FOR_EVERY_STEP = 200

/** Runs random sequences of at least `length` commands on few items and customers, and holds the books against the rules as they grow. */
export async function expectBooksToHold(
  scope: TestScope,
  options: { readonly seed: number; readonly sequences: number; readonly length: number },
): Promise<void> {
  const { client, database } = await startLocalSupplyChain(scope)
  const market = await openMarket(client, { items: 6, customers: 5, stock: 100 })
  const tally: Tally = new Map()
  let started = 0
  const lane = async (limit: number): Promise<void> => {
    while (started < limit) {
      started += 1
      const at = started
      await runSequence(client, { chance: createChance(options.seed + at), market, number: `SEQ-${at}`, length: options.length, tally })
    }
  }
  for (let upTo = CHECK_EVERY; started < options.sequences; upTo += CHECK_EVERY) {
    const limit = Math.min(upTo, options.sequences)
    await Promise.all(Array.from({ length: LANES }, () => lane(limit)))
    expect(await brokenRules(database), `seed ${options.seed}, after ${started} sequences`).toEqual([])
    if (started % 100 === 0) tell(`${started} sequences`)
  }
  tell(
    [...tally]
      .sort()
      .map((pair) => pair.join(' × '))
      .join(', '),
  )
  // In a few sequences a step may be refused each time by chance: rare ones are held to only where there are many.
  if (options.sequences >= ENOUGH_FOR_EVERY_STEP) expect(neverDone(tally), 'steps that were never done').toEqual([])
}
