import assert from 'node:assert/strict'
import { act, expectStatus, get, NS, post, refused } from '../calls.ts'
import { area, notOffered, works } from '../operation.ts'
import { HOME } from '../trade.ts'

const REQUEUE = `BatchJobs/${NS}.SetBatchJobToWaiting`

export const ACTIONS = area('Actions', [
  works({ name: 'on a set', request: 'POST BatchJobs/…SetBatchJobToWaiting', points: 'FO-065 FO-115' }, async (fo) => {
    const reply = await expectStatus(200, post(fo, REQUEUE, { batchJobId: 5637144600 }))
    assert.equal(reply.json['@odata.context'], `${fo.root}/$metadata#Edm.String`)
    assert.equal(typeof reply.json.value, 'string')
  }),
  works(
    { name: 'on a row', request: 'POST ReleasedProductsV2({key})/…ValidateReleasedProduct', points: 'FO-065 FO-121' },
    async (fo, trade) => {
      const row = `ReleasedProductsV2(dataAreaId='${HOME}',ItemNumber='${trade.item}')`
      assert.equal(await act(fo, row, 'ValidateReleasedProduct'), '[]')
    },
  ),
  works({ name: 'without a body', request: 'POST DataManagementEntities/…GetApplicationVersion', points: 'FO-065' }, async (fo) => {
    await expectStatus(200, fo.call('POST', `/DataManagementEntities/${NS}.GetApplicationVersion`))
    await expectStatus(200, post(fo, `DataManagementEntities/${NS}.GetApplicationVersion`, ''))
  }),
  works(
    { name: 'that gives nothing', request: 'POST DataManagementDefinitionGroups/…InitializeDataManagement', points: 'FO-065' },
    async (fo) => {
      const reply = await post(fo, `DataManagementDefinitionGroups/${NS}.InitializeDataManagement`, {})
      assert.deepEqual([reply.status, reply.text], [204, ''])
    },
  ),
  works(
    { name: 'a boolean result', request: 'POST DataManagementDefinitionGroups/…GenerateImportTargetErrorKeysFile', points: 'FO-065' },
    async (fo) => {
      await refused(
        400,
        post(fo, `DataManagementDefinitionGroups/${NS}.GenerateImportTargetErrorKeysFile`, {
          executionId: 'none',
          entityName: 'Customers V3',
        }),
        'not found',
      )
    },
  ),
  works({ name: 'a parameter that is missing', request: 'POST BatchJobs/…SetBatchJobToWaiting {}', points: 'FO-066' }, async (fo) => {
    await refused(400, post(fo, REQUEUE, {}), "Parameter 'batchJobId' is not found within the request content body.")
  }),
  works(
    { name: 'names of parameters know case', request: 'POST BatchJobs/…SetBatchJobToWaiting { batchjobid }', points: 'FO-066' },
    async (fo) => {
      await refused(400, post(fo, REQUEUE, { batchjobid: 1 }), "Parameter 'batchJobId' is not found within the request content body.")
    },
  ),
  works(
    { name: 'a parameter of another type', request: "POST BatchJobs/…SetBatchJobToWaiting { batchJobId: 'x' }", points: 'FO-066' },
    async (fo) => {
      for (const batchJobId of ['x', 1.5, true])
        await refused(400, post(fo, REQUEUE, { batchJobId }), "Parameter 'batchJobId' must be of type Edm.Int64.")
    },
  ),
  works(
    {
      name: 'an Int64 beyond what a double holds',
      request: 'POST BatchJobs/…SetBatchJobToWaiting { batchJobId: 9223372036854775807 }',
    },
    async (fo) => {
      const reply = await expectStatus(200, post(fo, REQUEUE, '{"batchJobId":9223372036854775807}'))
      assert.equal(JSON.parse(reply.json.value)['Batch JobId'], '9223372036854775807')
    },
  ),
  works({ name: 'that fails', request: 'POST DataManagementDefinitionGroups/…GetExecutionSummaryStatus', points: 'FO-067' }, async (fo) => {
    const reply = await post(fo, `DataManagementDefinitionGroups/${NS}.GetExecutionSummaryStatus`, { executionId: 'none' })
    const says = 'Exception occurred while executing action GetExecutionSummaryStatus on Entity DMFDefinitionGroupEntity: '
    await refused(400, Promise.resolve(reply), says)
    assert.equal(reply.json.error.innererror.type, 'System.InvalidOperationException')
  }),
  works({ name: 'that there is not', request: 'POST BatchJobs/…Nope, POST Nope', points: 'FO-118 FO-121' }, async (fo) => {
    for (const path of [`BatchJobs/${NS}.Nope`, `BatchJobs(5637144600)/${NS}.SetBatchJobToWaiting`, 'Nope', `${NS}.Nope`])
      await refused(404, post(fo, path, {}), 'No HTTP resource was found')
  }),
  works({ name: 'by the wrong verb', request: 'GET BatchJobs/…SetBatchJobToWaiting', points: 'FO-065' }, async (fo) => {
    for (const method of ['GET', 'PATCH', 'DELETE']) await expectStatus(405, fo.call(method, `/${REQUEUE}`))
  }),
  works({ name: 'a body that is no object', request: 'POST BatchJobs/…SetBatchJobToWaiting []', points: 'FO-066' }, async (fo) => {
    for (const body of ['[]', '5', '{']) assert.equal((await post(fo, REQUEUE, body)).status, 400)
  }),
  works({ name: 'names of actions know case', request: 'POST BatchJobs/…setbatchjobtowaiting', points: 'FO-118' }, async (fo) => {
    await refused(404, post(fo, `BatchJobs/${NS}.setbatchjobtowaiting`, { batchJobId: 1 }), 'No HTTP resource was found')
  }),
  notOffered(
    {
      name: 'without its namespace',
      request: 'POST BatchJobs/SetBatchJobToWaiting',
      points: 'FO-065 FO-121',
      status: 404,
      says: 'No HTTP resource was found',
      instead: 'the qualified name',
    },
    (fo) => post(fo, 'BatchJobs/SetBatchJobToWaiting', { batchJobId: 1 }),
  ),
  notOffered(
    {
      name: 'unbound',
      request: 'POST {Action}',
      points: 'FO-121',
      status: 404,
      says: 'No HTTP resource was found',
      instead: 'the action of its set: every action here belongs to one',
    },
    (fo) => post(fo, 'GetApplicationVersion', {}),
  ),
  notOffered(
    { name: 'functions', request: 'GET BatchJobs/…GetStatus()', points: 'FO-121', status: 404, says: 'No HTTP resource was found' },
    (fo) => get(fo, `BatchJobs/GetStatus()`),
  ),
])
