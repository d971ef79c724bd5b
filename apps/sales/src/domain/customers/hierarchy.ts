import type { RuleRefusal } from '../refusal.ts'

/**
 * The first row among `starts` from which following `parentOf` leads back to it, or undefined.
 * `parentOf` holds the links as they will be; a row without entry has no parent.
 */
export function findLoop(starts: readonly string[], parentOf: ReadonlyMap<string, string | null>): string | undefined {
  return starts.find((start) => {
    const seen = new Set<string>()
    let at = parentOf.get(start) ?? null
    while (at !== null && !seen.has(at)) {
      if (at === start) return true
      seen.add(at)
      at = parentOf.get(at) ?? null
    }
    return false
  })
}

export const ACCOUNT_LOOP = (name: string): RuleRefusal => ({
  code: '0x80040507',
  message: `Account '${name}' would be its own parent account: choose another one.`,
})
