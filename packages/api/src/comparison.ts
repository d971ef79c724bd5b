import { z } from 'zod'

const count = z.int().nonnegative()

/**
 * `missing`: at the source, not in the destination; `refused`: an open error says why it is not there as it is now; `waiting`: it waits for a
 * parent; `different`: a field differs; `extra`: the destination says that it came from the source, which has no such row; `total`: the
 * destination reaches another total by its own arithmetic.
 */
export const DIFFERENCE_KINDS = ['missing', 'refused', 'waiting', 'different', 'extra', 'total'] as const

export const difference = z.object({
  task: z.string(),
  kind: z.enum(DIFFERENCE_KINDS),
  key: z.string(),
  field: z.string().optional(),
  expected: z.string().optional(),
  found: z.string().optional(),
})
export type Difference = z.infer<typeof difference>

const sum = z.object({ currency: z.string(), source: z.string(), destination: z.string() })
export type ComparedSum = z.infer<typeof sum>

export const comparedTask = z.object({
  task: z.string(),
  source: z.string(),
  destination: z.string(),
  legalEntity: z.string(),
  sourceRows: count.describe('rows read at the source'),
  filteredRows: count.describe('rows that are not to be carried'),
  comparedRows: count.describe('rows that must be there: equal, different, missing, refused or waiting'),
  equalRows: count,
  missingRows: count,
  refusedRows: count.describe('missing or different, explained by an open record error'),
  waitingRows: count.describe('missing or different, because they wait for a parent'),
  differentRows: count,
  destinationRows: count.describe('rows read at the destination, whatever their origin'),
  extraRows: count.describe('say that they came from the source, which has no such row, and no execution wrote them'),
  orphanedRows: count.describe('written once, their source row is gone: templates delete nothing'),
  movedOnRows: count.describe('equal rows of which the destination has become the master: only their identity is compared'),
  differentTotals: count.describe('documents whose rows agree and whose totals do not'),
  sums: z.array(sum).describe('amounts of the rows that are on both sides, by currency; decimals as text'),
})
export type ComparedTask = z.infer<typeof comparedTask>

const hash = z.string().describe('hexadecimal; equal where everything that must be equal is')

export const comparedDocuments = z.object({
  compared: count.describe('documents: a header with its lines, or a single record'),
  equal: count,
  different: count,
  sourceHash: hash,
  destinationHash: hash,
  differing: z.array(z.object({ key: z.string(), sourceHash: hash, destinationHash: hash })).describe('the first of them'),
})

export const comparison = z
  .object({
    projectName: z.string(),
    statement: z
      .string()
      .optional()
      .describe('the statement of what must be equal: D1 to D8, H1 to H8; absent: the mapping of the project says it'),
    clean: z.boolean().describe('no row is missing or extra without a reason, and none differs'),
    tasks: z.array(comparedTask),
    documents: comparedDocuments,
    differences: z.array(difference).describe('the first of them, at most the number asked for'),
    seconds: z.number(),
  })
  .meta({ id: 'Comparison' })
export type Comparison = z.infer<typeof comparison>

export const startComparison = z.object({ differences: z.int().min(0).max(10_000).default(100) })
