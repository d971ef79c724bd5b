import type { Database } from '@p2c/base'
import { numberText } from '@p2c/odata'
import type { Action, ActionTable } from '../odata/action-table.ts'
import { mayAccessCompany } from '../odata/service-user.ts'
import { populateDistinctProducts } from './populate-distinct-products.ts'
import { validateProduct } from './validate-product.ts'

/** The jobs that a fresh installation knows, by their record ids in `BatchJobs`. */
export const BATCH_JOBS = [{ recId: '5637144600', description: 'Populate distinct product table' }] as const

/** `POST /data/BatchJobs/{N}.PopulateDistinctProductTable` with `legalEntityId` (blank: every company): the number of rows added. */
const populateAction = (database: Database): Action => ({
  name: 'PopulateDistinctProductTable',
  collection: 'BatchJobs',
  parameters: [{ name: 'legalEntityId', type: 'Edm.String', isOptional: true }],
  returnType: 'Edm.Int32',
  async run({ parameters, user }) {
    const company = typeof parameters.legalEntityId === 'string' ? parameters.legalEntityId : ''
    if (company === '' ? user.companies !== undefined : !mayAccessCompany(user, company))
      return { ok: false, infolog: `The company ${company || '(all)'} is not accessible.` }
    return { ok: true, value: await populateDistinctProducts(database, company === '' ? undefined : company) }
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
    if (!mayAccessCompany(user, dataAreaId)) return { ok: false, infolog: `The company ${dataAreaId} is not accessible.` }
    const { rows } = await database.query<{ product_number: string }>(
      'select product_number from released_product where lower(data_area_id) = lower($1) and lower(item_number) = lower($2)',
      [dataAreaId, key.ItemNumber ?? ''],
    )
    const productNumber = rows[0]?.product_number ?? key.ItemNumber ?? ''
    const validation = await validateProduct(database, { dataAreaId, productNumber })
    return { ok: true, value: JSON.stringify(validation.messages) }
  },
})

/** `SetBatchJobToWaiting`: puts a finished or failed job back in the queue. Source: protocol specification, section 22. */
const requeueAction = (database: Database): Action => ({
  name: 'SetBatchJobToWaiting',
  collection: 'BatchJobs',
  parameters: [{ name: 'batchJobId', type: 'Edm.Int64' }],
  returnType: 'Edm.String',
  async run({ parameters }) {
    const id = numberText(parameters.batchJobId) ?? '0'
    const { rowCount } = await database.query("update batch_job set status = 'Waiting' where batch_job_rec_id = $1", [id])
    const found = rowCount === 1
    const reply = {
      ResponseStatusCode: found ? 'OK' : 'NotFound',
      IsSuccess: found,
      'Batch JobId': id,
      ExceptionDetails: '',
      reponseMessage: found ? 'The batch job is set to Waiting.' : `Batch job ${id} does not exist.`,
    }
    return { ok: true, value: JSON.stringify(reply) }
  },
})

/** All jobs that are run by actions. */
export const jobActions = (database: Database): ActionTable => [populateAction(database), validateAction(database), requeueAction(database)]
