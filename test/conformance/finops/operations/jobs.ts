import assert from 'node:assert/strict'
import type { OutsideClient } from '../../../support/outside-client.ts'
import { act, column, create, expectStatus, type Json, patch, post, read, refused, remove, rows } from '../calls.ts'
import { area, differs, notOffered, works } from '../operation.ts'
import { addProject, download, exportProject, unpack } from '../package-file.ts'
import { HOME, type Trade } from '../trade.ts'

const JOB = { JobDescription: 'Conformance', JobClass: 'PopulateDistinctProductTable', Status: 'Hold' }

/** The runs of a job once there are so many. */
async function runs(fo: OutsideClient, id: number, count: number): Promise<readonly Json[]> {
  for (;;) {
    const found = await rows(fo, `BatchJobHistories?$filter=BatchJobRecId eq ${id}&$orderby=BatchJobHistoryRecId`)
    if (found.length >= count) return found
  }
}

const requeue = async (fo: OutsideClient, batchJobId: number): Promise<Json> =>
  JSON.parse(String(await act(fo, 'BatchJobs', 'SetBatchJobToWaiting', { batchJobId })))

export const JOBS = area('Batch jobs', [
  works({ name: 'a job is queued again', request: 'POST BatchJobs/…SetBatchJobToWaiting', points: 'FO-115' }, async (fo) => {
    const { BatchJobRecId: id } = await create(fo, 'BatchJobs', JOB)
    assert.deepEqual(await requeue(fo, id), {
      ResponseStatusCode: 'OK',
      IsSuccess: true,
      'Batch JobId': String(id),
      ExceptionDetails: '',
      reponseMessage: 'The batch job is set to Waiting.',
    })
    const [run] = await runs(fo, id, 1)
    assert.deepEqual([run?.Status, typeof run?.Messages], ['Finished', 'string'])
    assert.equal((await read(fo, `BatchJobs(${id})`)).Status, 'Finished')
  }),
  works(
    { name: 'a job that there is not', request: 'POST BatchJobs/…SetBatchJobToWaiting { batchJobId: 1 }', points: 'FO-115' },
    async (fo) => {
      const answer = await requeue(fo, 1)
      assert.deepEqual([answer.IsSuccess, answer.ResponseStatusCode], [false, 'NotFound'])
    },
  ),
  works({ name: 'jobs of the set-up', request: 'GET BatchJobs', points: 'FO-115' }, async (fo) => {
    const classes = (await rows(fo, 'BatchJobs')).map((job) => job.JobClass)
    for (const name of [
      'PopulateDistinctProductTable',
      'CalculateSalesTotals',
      'SalesPopulateProspectToCash',
      'CustomerAgingSnapshot',
      'RecalculateOnHand',
    ])
      assert.ok(classes.includes(name), name)
  }),
  works({ name: 'a job with parameters', request: 'POST BatchJobs { JobParameters }', points: 'FO-115' }, async (fo) => {
    const { BatchJobRecId: id } = await create(fo, 'BatchJobs', {
      ...JOB,
      JobClass: 'CalculateSalesTotals',
      JobParameters: '{"numberOfThreads":2}',
      CompanyId: HOME,
    })
    await requeue(fo, id)
    assert.equal((await runs(fo, id, 1))[0]?.Status, 'Finished')
  }),
  works({ name: 'a job that fails', request: 'GET BatchJobHistories', points: 'FO-115' }, async (fo) => {
    const { BatchJobRecId: id } = await create(fo, 'BatchJobs', { ...JOB, JobClass: 'RecalculateOnHand', JobParameters: '{"itemNo":"X"}' })
    await requeue(fo, id)
    const [run] = await runs(fo, id, 1)
    assert.equal(run?.Status, 'Error')
    assert.match(run?.Messages, /itemNo/)
  }),
  works({ name: 'a job that is held and cancelled', request: 'PATCH BatchJobs({key}) { Status }', points: 'FO-115' }, async (fo) => {
    const { BatchJobRecId: id } = await create(fo, 'BatchJobs', JOB)
    await expectStatus(204, patch(fo, `BatchJobs(${id})`, { Status: 'Canceled' }))
    assert.equal((await read(fo, `BatchJobs(${id})`)).Status, 'Canceled')
    assert.equal((await requeue(fo, id)).IsSuccess, true)
    await runs(fo, id, 1)
  }),
  works({ name: 'jobs that cannot be', request: "POST BatchJobs { JobClass: 'Nope' }", points: 'FO-043' }, async (fo) => {
    for (const values of [
      { JobClass: 'Nope' },
      { JobParameters: '[1]' },
      { RecurrenceMinutes: -1 },
      { CompanyId: 'nope' },
      { Status: 'Executing' },
    ])
      await expectStatus(400, post(fo, 'BatchJobs', { ...JOB, ...values }))
  }),
  works({ name: 'work at once, by actions', request: 'POST BatchJobs/…PopulateDistinctProductTable', points: 'FO-065' }, async (fo) => {
    assert.equal(await act(fo, 'BatchJobs', 'PopulateDistinctProductTable', { legalEntityId: HOME }), 0)
  }),
  differs(
    {
      name: 'a menu item that runs a job',
      request: 'GET /?cmp=USMF&mi=action:SalesPopulateProspectToCash',
      difference: 'the page asks and runs it; the other menu items of the product are not here',
    },
    async (fo, trade) => {
      const page = await expectStatus(200, fo.call('GET', `${trade.url}/?cmp=USMF&mi=action:SalesPopulateProspectToCash`, { token: '' }))
      assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
    },
  ),
  notOffered(
    {
      name: 'classes of X++',
      request: "POST BatchJobs { JobClass: 'SalesFormLetter' }",
      status: 400,
      says: "There is no batch job class 'SalesFormLetter'.",
      instead: 'the jobs of this application',
    },
    (fo) => post(fo, 'BatchJobs', { ...JOB, JobClass: 'SalesFormLetter' }),
  ),
])

/** A project that exports an entity incrementally; gives what the next export holds, by its first field. */
async function tracked(
  fo: OutsideClient,
  trade: Trade,
  entityName = 'Terms of delivery',
  field = 'TermsCode',
): Promise<() => Promise<readonly string[]>> {
  const name = trade.fresh('Track')
  await addProject(fo, name, [{ EntityName: entityName, DefaultRefreshType: 'IncrementalPush', FieldNames: field }])
  return async () => {
    const files = unpack(await download(await exportProject(fo, name)))
    const text = Buffer.from(files[`${entityName}.csv`] ?? []).toString()
    return text
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(',')[0]?.replaceAll('"', '') ?? '')
  }
}

const TRACKING = "EntityChangeTrackings(EntityName='Terms of delivery')"

export const TRACKING_MODES = area('Change tracking', [
  works(
    { name: 'what is new since the last export', request: 'POST DataManagementDefinitionGroups/…ExportToPackage', points: 'FO-105 FO-125' },
    async (fo, trade) => {
      const next = await tracked(fo, trade)
      const TermsCode = trade.fresh('D').slice(-10)
      await next()
      assert.deepEqual(await next(), [])
      await create(fo, 'DeliveryTerms', { dataAreaId: HOME, TermsCode })
      assert.deepEqual(await next(), [TermsCode])
      await expectStatus(204, patch(fo, `DeliveryTerms(dataAreaId='${HOME}',TermsCode='${TermsCode}')`, { TermsDescription: 'changed' }))
      assert.deepEqual(await next(), [TermsCode])
      await expectStatus(204, remove(fo, `DeliveryTerms(dataAreaId='${HOME}',TermsCode='${TermsCode}')`))
      assert.deepEqual(await next(), [])
    },
  ),
  works(
    { name: 'each project by itself', request: 'POST DataManagementDefinitionGroups/…ExportToPackage (two projects)', points: 'FO-125' },
    async (fo, trade) => {
      const [one, other] = [await tracked(fo, trade), await tracked(fo, trade)]
      await one()
      assert.deepEqual(await one(), [])
      assert.notDeepEqual(await other(), [])
    },
  ),
  works({ name: 'none', request: "POST EntityChangeTrackings { TrackingMode: 'None' }", points: 'FO-105' }, async (fo, trade) => {
    const next = await tracked(fo, trade)
    await create(fo, 'EntityChangeTrackings', { EntityName: 'Terms of delivery', TrackingMode: 'None' })
    try {
      const first = await next()
      assert.deepEqual([first.length > 0, await next()], [true, first])
    } finally {
      await expectStatus(204, remove(fo, TRACKING))
    }
  }),
  works(
    { name: 'the primary table, the entire entity', request: 'PATCH EntityChangeTrackings({key}) { TrackingMode }', points: 'FO-105' },
    async (fo, trade) => {
      const next = await tracked(fo, trade)
      await create(fo, 'EntityChangeTrackings', { EntityName: 'Terms of delivery', TrackingMode: 'PrimaryTable' })
      try {
        // After a change of the mode the next export is a full one.
        for (const TrackingMode of ['EntireEntity', 'PrimaryTable']) {
          await expectStatus(204, patch(fo, TRACKING, { TrackingMode }))
          assert.notDeepEqual(await next(), [], TrackingMode)
          assert.deepEqual(await next(), [], TrackingMode)
        }
      } finally {
        await expectStatus(204, remove(fo, TRACKING))
      }
    },
  ),
  works(
    { name: 'a query over related rows', request: "POST EntityChangeTrackings { TrackingMode: 'CustomQuery' }", points: 'FO-105' },
    async (fo, trade) => {
      const next = await tracked(fo, trade, 'Warehouses', 'WarehouseId')
      await create(fo, 'EntityChangeTrackings', {
        EntityName: 'Warehouses',
        TrackingMode: 'CustomQuery',
        CustomQuerySources: 'OperationalSite',
      })
      try {
        await next()
        assert.deepEqual(await next(), [])
        const site = `OperationalSitesV2(dataAreaId='${HOME}',SiteId='2')`
        const { SiteName } = await read(fo, site)
        for (const name of [`${SiteName}.`, SiteName]) {
          await expectStatus(204, patch(fo, site, { SiteName: name }))
          assert.deepEqual(await next(), await column(fo, "Warehouses?$filter=OperationalSiteId eq '2'", 'WarehouseId'))
        }
      } finally {
        await expectStatus(204, remove(fo, "EntityChangeTrackings(EntityName='Warehouses')"))
      }
    },
  ),
  works(
    { name: 'an entity that there is not', request: "POST EntityChangeTrackings { EntityName: 'Nope' }", points: 'FO-105' },
    async (fo) => {
      await refused(400, post(fo, 'EntityChangeTrackings', { EntityName: 'Nope' }), 'Nope')
    },
  ),
  notOffered(
    {
      name: 'delta links',
      request: 'GET CustomersV3 (Prefer: odata.track-changes)',
      points: 'FO-105',
      status: 400,
      says: 'The query option "$deltatoken" is not supported.',
      instead: 'exports with change tracking',
    },
    async (fo) => {
      const page = await read(fo, 'Currencies', { prefer: 'odata.track-changes' })
      assert.ok(!('@odata.deltaLink' in page))
      return fo.call('GET', '/Currencies?$deltatoken=x')
    },
  ),
])
