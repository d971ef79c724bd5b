import { z } from 'zod'

const count = z.int().nonnegative()

/** `missing`: in the source, not in the destination; `different`: a mapped field differs; `refused`: missing, and an open error says why. */
export const DIFFERENCE_KINDS = ['missing', 'refused', 'different'] as const

export const difference = z.object({
  task: z.string(),
  kind: z.enum(DIFFERENCE_KINDS),
  key: z.string(),
  field: z.string().optional(),
  expected: z.string().optional(),
  found: z.string().optional(),
})
export type Difference = z.infer<typeof difference>

export const comparedTask = z.object({
  task: z.string(),
  source: z.string(),
  destination: z.string(),
  legalEntity: z.string(),
  sourceRows: count.describe('rows read at the source'),
  filteredRows: count.describe('rows that the filter keeps back'),
  comparedRows: count,
  equalRows: count,
  missingRows: count,
  refusedRows: count.describe('missing, explained by an open record error'),
  differentRows: count,
})
export type ComparedTask = z.infer<typeof comparedTask>

export const comparison = z
  .object({
    projectName: z.string(),
    clean: z.boolean().describe('no row is missing without a reason and none differs'),
    tasks: z.array(comparedTask),
    differences: z.array(difference).describe('the first of them, at most the number asked for'),
    seconds: z.number(),
  })
  .meta({ id: 'Comparison' })
export type Comparison = z.infer<typeof comparison>

export const startComparison = z.object({ differences: z.int().min(0).max(10_000).default(100) })
