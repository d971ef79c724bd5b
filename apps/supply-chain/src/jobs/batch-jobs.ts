import { AppError, type Database } from '@p2c/base'
import { z } from 'zod'
import type { BatchJobClass } from '../domain/batch-job.ts'
import { dayOf } from '../domain/field-value.ts'
import { recalculateOnHand } from '../inventory/recalculate-on-hand.ts'
import { AGED_BY, createAgingSnapshot } from '../receivables/aging-snapshot.ts'
import { calculateSalesTotals } from './calculate-sales-totals.ts'
import { populateDistinctProducts } from './populate-distinct-products.ts'
import { runPopulateProspectToCash } from './populate-prospect-to-cash.ts'

/** What a job runs with. */
export interface JobCall {
  readonly now: Date
  /** Of one company; absent: of every one. */
  readonly dataAreaId?: string
  /** Unknown members are refused, so that a misspelt one does not pass for a default. */
  readonly parameters: Readonly<Record<string, unknown>>
}

/** Runs a job and gives its message. Throws what makes the job fail. */
export type JobFunction = (database: Database, call: JobCall) => Promise<string>

const NO_PARAMETERS = z.strictObject({})

const populate: JobFunction = async (database, { dataAreaId, parameters }) => {
  NO_PARAMETERS.parse(parameters)
  return `${await populateDistinctProducts(database, dataAreaId)} distinct products were added.`
}

const TOTALS_PARAMETERS = z.strictObject({
  ignoreDocumentsUpdatedBeforeDays: z.int().min(0).exactOptional(),
  calculateSalesOrders: z.boolean().exactOptional(),
  calculateSalesQuotations: z.boolean().exactOptional(),
  numberOfThreads: z.int().min(1).max(8).exactOptional(),
})

const calculateTotals: JobFunction = (database, { parameters, now, dataAreaId }) =>
  calculateSalesTotals(database, { now, ...TOTALS_PARAMETERS.parse(parameters), ...(dataAreaId !== undefined && { dataAreaId }) })

const populateSequences: JobFunction = (database, { parameters, now, dataAreaId }) => {
  NO_PARAMETERS.parse(parameters)
  return runPopulateProspectToCash(database, { now, ...(dataAreaId !== undefined && { dataAreaId }) })
}

const AGING_PARAMETERS = z.strictObject({
  agingPeriodDefinition: z.string().exactOptional(),
  agedBy: z.enum(AGED_BY).default('DueDate'),
  hasPaymentPositioning: z.boolean().default(false),
})

/** A snapshot of every aging period definition as of today, each in a transaction of its own. */
const ageBalances: JobFunction = async (database, { parameters, now, dataAreaId }) => {
  const { agingPeriodDefinition, ...options } = AGING_PARAMETERS.parse(parameters)
  const { rows } = await database.query<{ company: string; definition: string }>(
    `select distinct data_area_id as company, aging_period_definition as definition from aging_period_definition
     where ($1::text is null or lower(data_area_id) = $1) and ($2::text is null or lower(aging_period_definition) = lower($2)) order by 1, 2`,
    [dataAreaId ?? null, agingPeriodDefinition ?? null],
  )
  const date = dayOf(now)
  for (const { company, definition } of rows) {
    const input = { dataAreaId: company, agingPeriodDefinition: definition, date, ...options }
    const result = await database.transaction((sql) => createAgingSnapshot(sql, input))
    if (!result.ok) throw refusedJob(result.infolog.map(({ text }) => text).join(' '))
  }
  return `${rows.length} aging snapshots were made.`
}

const ON_HAND_PARAMETERS = z.strictObject({ itemNumber: z.string().exactOptional() })

/** Company by company, each in a transaction of its own. */
const recalculate: JobFunction = async (database, { parameters, dataAreaId }) => {
  const item = ON_HAND_PARAMETERS.parse(parameters)
  const { rows } = await database.query<{ company: string }>(
    'select distinct lower(data_area_id) as company from inventory_sum where $1::text is null or lower(data_area_id) = $1 order by 1',
    [dataAreaId ?? null],
  )
  let corrected = 0
  for (const { company } of rows) corrected += await database.transaction((sql) => recalculateOnHand(sql, { dataAreaId: company, ...item }))
  return `${corrected} on-hand rows were corrected.`
}

const refusedJob = (message: string): AppError => new AppError({ category: 'business-rule', code: 'batch-job-refused', message })

/** The jobs of the application by class. */
export const JOB_FUNCTIONS: Readonly<Record<BatchJobClass, JobFunction>> = {
  PopulateDistinctProductTable: populate,
  CalculateSalesTotals: calculateTotals,
  SalesPopulateProspectToCash: populateSequences,
  CustomerAgingSnapshot: ageBalances,
  RecalculateOnHand: recalculate,
}
