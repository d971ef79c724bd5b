/** Chance that can be had again: every random choice of a test comes from one seed that the test prints first. */
export interface Chance {
  /** 0 included, `limit` excluded, with fractions. */
  below(limit: number): number
  pick<Item>(items: readonly Item[]): Item
  /** The same items in another order. */
  shuffled<Item>(items: readonly Item[]): Item[]
}

const LARGEST_SEED = 2 ** 31

/** `P2C_TEST_SEED`, else a new one. Printed with what it is for, so that a failure can be played again. */
export function printedSeed(purpose: string): number {
  const { P2C_TEST_SEED: given } = process.env
  const seed = given === undefined || given === '' ? Math.floor(Math.random() * LARGEST_SEED) : Number(given)
  if (!Number.isInteger(seed) || seed < 0) throw new TypeError(`P2C_TEST_SEED is ${JSON.stringify(given)}, expected a whole number from 0`)
  tell(`${purpose}: P2C_TEST_SEED=${seed}`)
  return seed
}

/** One line on standard output, past the reporter: a suite that takes minutes says where it is. */
export const tell = (line: string): void => void process.stdout.write(`  ${line}\n`)

/** A linear congruential generator with scrambled output (PCG32 reduced to 32 bits of state): every seed is good. */
export function createChance(seed: number): Chance {
  let state = (seed ^ 0x5deece66) >>> 0
  const below = (limit: number): number => {
    state = (Math.imul(state, 0x2c9277b5) + 0xac564b05) >>> 0
    const mixed = Math.imul(state ^ (state >>> ((state >>> 28) + 4)), 0x108ef2d9) >>> 0
    return ((((mixed >>> 22) ^ mixed) >>> 0) / 0x1_0000_0000) * limit
  }
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(below(items.length))]
    if (item === undefined) throw new RangeError('nothing to pick from')
    return item
  }
  return {
    below,
    pick,
    shuffled: (items) => {
      const rest = [...items]
      for (let last = rest.length - 1; last > 0; last--) {
        const other = Math.floor(below(last + 1))
        const held = rest[last]
        rest[last] = rest[other] as (typeof rest)[number]
        rest[other] = held as (typeof rest)[number]
      }
      return rest
    },
  }
}

/** A whole number from the environment, else `otherwise`. */
export function countFromEnvironment(name: string, otherwise: number): number {
  const given = process.env[name]
  if (given === undefined || given === '') return otherwise
  const count = Number(given)
  if (Number.isInteger(count) && count > 0) return count
  throw new TypeError(`${name} is ${JSON.stringify(given)}, expected a whole number above 0`)
}
