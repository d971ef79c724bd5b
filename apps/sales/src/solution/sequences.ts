/** A number sequence as the solution brings it. */
export interface SequenceSeed {
  readonly entity: string
  readonly name: string
  readonly prefix: string
  readonly first: number
  readonly suffixLength: number
}

/** Source: Sales 6.3. */
export const SEQUENCE_SEEDS: readonly SequenceSeed[] = [
  { entity: 'account', name: 'Account Number', prefix: 'ACC', first: 1000, suffixLength: 6 },
  { entity: 'contact', name: 'Contact Number', prefix: 'CON', first: 1000, suffixLength: 6 },
]
