/** A limit of design section 6: `least` where more is better, `most` where less is. */
export type Bound = { readonly least: number } | { readonly most: number }

/** One row of the table. */
export interface Result {
  readonly measure: string
  /** The bound in words, with its unit; absent for a row that only tells. */
  readonly bound?: string
  readonly measured: string
  /** What is held against the bound, or a ratio to the bare loop. */
  readonly ratio?: number
  /** Absent where there is no bound. */
  readonly met?: boolean
  /** Everything behind the row, for the JSON. */
  readonly details: Readonly<Record<string, unknown>>
}

/** Whether `value` keeps the bound; what is no number keeps none. */
export const isMet = (value: number, bound: Bound): boolean => ('least' in bound ? value >= bound.least : value <= bound.most)

/** The middle one; the mean of the two in the middle where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/** The value that `share` (0 to 1) of all values do not exceed: nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export const thousands = (value: number): string => Math.round(value).toLocaleString('en-US')
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`
