import type { Clock, Database } from '@p2c/base'
import { numberText } from '@p2c/odata'
import type { Action, ActionCall, ActionTable } from '../odata/action-table.ts'
import { mayAccessCompany, type ServiceUser } from '../odata/service-user.ts'
import { BATCH_JOBS_CHANNEL } from './batch-effects.ts'
import { calculateTotals, countCalculated } from './calculate-sales-totals.ts'
import { populateDistinctProducts } from './populate-distinct-products.ts'
import { countPopulated, populateProspectToCash } from './populate-prospect-to-cash.ts'
import { validateProduct } from './validate-product.ts'

/** The company that a job is run for; blank: every company. */
const companyOf = ({ legalEntityId }: ActionCall['parameters']): string => (typeof legalEntityId === 'string' ? legalEntityId : '')

/** Every company is for users of every company alone. */
const mayRunFor = (user: ServiceUser, company: string): boolean =>
  company === '' ? user.companies === undefined : mayAccessCompany(user, company)

const noAccess = (company: string) => ({ ok: false, infolog: `The company ${company || '(all)'} is not accessible.` }) as const

const COMPANY_PARAMETER = { name: 'legalEntityId', type: 'Edm.String', isOptional: true } as const

/** `POST /data/BatchJobs/{N}.PopulateDistinctProductTable` with `legalEntityId` (blank: every company): the number of rows added. */
const populateAction = (database: Database): Action => ({
  name: 'PopulateDistinctProductTable',
  collection: 'BatchJobs',
  parameters: [COMPANY_PARAMETER],
  returnType: 'Edm.Int32',
  async run({ parameters, user }) {
    const company = companyOf(parameters)
    if (!mayRunFor(user, company)) return noAccess(company)
    return { ok: true, value: await populateDistinctProducts(database, company === '' ? undefined : company) }
  },
})

/** `POST /data/BatchJobs/{N}.SalesPopulateProspectToCash` with `legalEntityId` (blank: every company): the number of rows changed. */
const populateProspectToCashAction = (database: Database): Action => ({
  name: 'SalesPopulateProspectToCash',
  collection: 'BatchJobs',
  parameters: [COMPANY_PARAMETER],
  returnType: 'Edm.Int32',
  async run({ parameters, user }) {
    const company = companyOf(parameters)
    if (!mayRunFor(user, company)) return noAccess(company)
    return { ok: true, value: countPopulated(await populateProspectToCash(database, company === '' ? {} : { dataAreaId: company })) }
  },
})

/**
 * `POST /data/BatchJobs/{N}.CalculateSalesTotals`: the number of documents whose totals were calculated. All parameters are optional; blank
 * `legalEntityId`: every company. Source: Supply Chain specification, 7.
 */
const calculateTotalsAction = ({ database, clock }: JobActionDeps): Action => ({
  name: 'CalculateSalesTotals',
  collection: 'BatchJobs',
  parameters: [
    { name: 'ignoreDocumentsUpdatedBeforeDays', type: 'Edm.Int32', isOptional: true },
    { name: 'calculateSalesOrders', type: 'Edm.Boolean', isOptional: true },
    { name: 'calculateSalesQuotations', type: 'Edm.Boolean', isOptional: true },
    { name: 'numberOfThreads', type: 'Edm.Int32', isOptional: true },
    COMPANY_PARAMETER,
  ],
  returnType: 'Edm.Int32',
  async run({ parameters, user }) {
    const company = companyOf(parameters)
    if (!mayRunFor(user, company)) return noAccess(company)
    const days = numberText(parameters.ignoreDocumentsUpdatedBeforeDays)
    const threads = numberText(parameters.numberOfThreads)
    const outcome = await calculateTotals(database, {
      now: clock.now(),
      calculateSalesOrders: parameters.calculateSalesOrders !== false,
      calculateSalesQuotations: parameters.calculateSalesQuotations !== false,
      ...(company !== '' && { dataAreaId: company }),
      ...(days !== undefined && { ignoreDocumentsUpdatedBeforeDays: Number(days) }),
      ...(threads !== undefined && { numberOfThreads: Number(threads) }),
    })
    return { ok: true, value: countCalculated(outcome) }
  },
})

/** `POST /data/ReleasedProductsV2({key})/{N}.ValidateReleasedProduct`: a text of JSON, one entry per rule that does not hold. */
const validateAction = (database: Database): Action => ({
  name: 'ValidateReleasedProduct',
  collection: 'ReleasedProductsV2',
  isBoundToRow: true,
  parameters: [],
  returnType: 'Edm.String',
  async run({ key = {}, user }) {
    const dataAreaId = key.dataAreaId ?? ''
    if (!mayAccessCompany(user, dataAreaId)) return noAccess(dataAreaId)
    const { rows } = await database.query<{ product_number: string }>(
      'select product_number from released_product where lower(data_area_id) = lower($1) and lower(item_number) = lower($2)',
      [dataAreaId, key.ItemNumber ?? ''],
    )
    const productNumber = rows[0]?.product_number ?? key.ItemNumber ?? ''
    const validation = await validateProduct(database, { dataAreaId, productNumber })
    return { ok: true, value: JSON.stringify(validation.messages) }
  },
})

/**
 * `SetBatchJobToWaiting`: puts a finished, failed, cancelled or held job back in the queue; it runs at once. One that waits or executes
 * stays as it is. Source: protocol specification, section 22.
 */
const requeueAction = ({ database, clock }: JobActionDeps): Action => ({
  name: 'SetBatchJobToWaiting',
  collection: 'BatchJobs',
  parameters: [{ name: 'batchJobId', type: 'Edm.Int64' }],
  returnType: 'Edm.String',
  async run({ parameters }) {
    const id = numberText(parameters.batchJobId) ?? '0'
    const { rows } = await database.query<{ status: string }>(
      `with found as (select rec_id, status from batch_job where batch_job_rec_id = $1::numeric for update),
         queued as (update batch_job b set status = 'Waiting', scheduled_start_date_time = $2, change_xid = pg_current_xact_id(), modified_at = now(),
             rec_version = b.rec_version + 1
           from found f where b.rec_id = f.rec_id and f.status not in ('Waiting', 'Executing') returning 1),
         told as (select pg_notify('${BATCH_JOBS_CHANNEL}', '') from queued)
       select f.status from found f left join told on true`,
      [id, clock.now().toISOString()],
    )
    const status = rows[0]?.status
    return { ok: true, value: JSON.stringify(requeueReply(id, status)) }
  },
})

/** The answer as the product spells it, `reponseMessage` included. */
function requeueReply(id: string, status: string | undefined) {
  const isQueued = status !== undefined && status !== 'Executing'
  const problem = status === undefined ? `Batch job ${id} does not exist.` : `Batch job ${id} is executing.`
  return {
    ResponseStatusCode: isQueued ? 'OK' : status === undefined ? 'NotFound' : 'Conflict',
    IsSuccess: isQueued,
    'Batch JobId': id,
    ExceptionDetails: '',
    reponseMessage: isQueued ? 'The batch job is set to Waiting.' : problem,
  }
}

/** What the actions of jobs work on. */
export interface JobActionDeps {
  readonly database: Database
  readonly clock: Clock
}

/** All jobs that are run by actions. */
export const jobActions = (deps: JobActionDeps): ActionTable => [
  populateAction(deps.database),
  populateProspectToCashAction(deps.database),
  calculateTotalsAction(deps),
  validateAction(deps.database),
  requeueAction(deps),
]
