/** A repeatable stream of chance: the same seed gives the same sample on every machine. */
export interface Random {
  /** 0 included, `limit` excluded. */
  below(limit: number): number
  pick<Item>(items: readonly Item[]): Item
  chance(percent: number): boolean
  /** Text in which every `#` is replaced by a digit and every `@` by a capital letter. */
  pattern(text: string): string
}

/** SplitMix32: 32 bits of state, every seed good; not for secrets. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }
  const below = (limit: number): number => Math.floor((next() / 0x1_0000_0000) * limit)
  return {
    below,
    pick: (items) => {
      const item = items[below(items.length)]
      if (item === undefined) throw new RangeError('nothing to pick from')
      return item
    },
    chance: (percent) => below(100) < percent,
    pattern: (text) => text.replaceAll(/[#@]/g, (sign) => (sign === '#' ? String(below(10)) : String.fromCharCode(65 + below(26)))),
  }
}
