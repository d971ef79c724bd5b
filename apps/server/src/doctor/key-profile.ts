/** What the values of a key field look like over all rows (integration specification 4.2). */
export interface KeyProfile {
  readonly rows: number
  readonly blanks: number
  /** Values that several rows carry, as they are spelled there. */
  readonly duplicates: readonly string[]
  /** Values that differ in case alone: one key for Supply Chain. */
  readonly caseCollisions: readonly string[]
  /** Values with blanks at their ends. */
  readonly padded: readonly string[]
  readonly longest: string
  readonly tooLong: readonly string[]
}

export interface KeyLimits {
  /** Most characters that the destination takes. */
  readonly maxLength: number
}

/** Profiles the values of a key, one for each row; a blank one is a row without a key. */
export function profileKeys(values: readonly string[], { maxLength }: KeyLimits): KeyProfile {
  const spellings = new Map<string, Map<string, number>>()
  let blanks = 0
  let longest = ''
  for (const value of values) {
    const bare = value.trim()
    if (bare === '') {
      blanks += 1
      continue
    }
    if (value.length > longest.length) longest = value
    const folded = bare.toLowerCase()
    const known = spellings.get(folded) ?? new Map<string, number>()
    spellings.set(folded, known.set(value, (known.get(value) ?? 0) + 1))
  }
  const all = [...spellings.values()].flatMap((known) => [...known])
  return {
    rows: values.length,
    blanks,
    duplicates: all.filter(([, count]) => count > 1).map(([value]) => value),
    caseCollisions: [...spellings.values()]
      .filter((known) => new Set([...known.keys()].map((value) => value.trim())).size > 1)
      .map((known) => [...known.keys()].join(' / ')),
    padded: all.map(([value]) => value).filter((value) => value !== value.trim()),
    longest,
    tooLong: all.map(([value]) => value).filter((value) => value.length > maxLength),
  }
}
