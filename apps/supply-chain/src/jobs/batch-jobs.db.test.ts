import { createManualClock, type Database, openScratchDatabase, silentLogger } from '@p2c/base'
import { expect, test } from 'vitest'
import { startReceiver } from '../events/event-receiver.fixture.ts'
import { D, startGolden, startTestApp, type TestApp } from '../supply-chain-app.fixture.ts'
import { createBatchRunner } from './batch-runner.ts'

const N = 'Microsoft.Dynamics.DataEntities'

const jobOf = async (app: TestApp, id: string) => (await app.get(`${D}/BatchJobs(${id})`)).json
const historyOf = async (app: TestApp, id: string) =>
  (await app.get(`${D}/BatchJobHistories?$filter=BatchJobRecId eq ${id}&$orderby=BatchJobHistoryRecId`)).json.value

/** Until the job has run so often. */
async function ranTimes(app: TestApp, id: string, count: number) {
  for (;;) {
    const rows = await historyOf(app, id)
    if (rows.length >= count) return rows
  }
}

const addJob = async (app: TestApp, values: object = {}): Promise<string> => {
  const reply = await app.post(`${D}/BatchJobs`, { JobDescription: 'Products', JobClass: 'populatedistinctproducttable', ...values })
  expect(reply.status, reply.text).toBe(201)
  return String(reply.json.BatchJobRecId)
}

test('FO-115 a job runs when it is put back in the queue, once, with history and business events', async (t) => {
  const app = await startGolden(t)
  const receiver = await startReceiver(t)
  await app.post(`${D}/BusinessEventEndpoints`, { EndpointId: 'hub', EndpointUrl: receiver.url })
  for (const what of ['Started', 'Finished', 'Failed', 'Canceled'])
    await app.post(`${D}/BusinessEventActivations`, { EndpointId: 'hub', BusinessEventId: `BatchJob${what}BusinessEvent` })
  const id = await addJob(app, { Status: 'Finished', CompanyId: 'hms1' })
  expect(id).toBe('5637201200')
  const reply = await app.post(`${D}/BatchJobs/${N}.SetBatchJobToWaiting`, { batchJobId: Number(id) })
  expect(JSON.parse(reply.json.value)).toEqual({
    ResponseStatusCode: 'OK',
    IsSuccess: true,
    'Batch JobId': id,
    ExceptionDetails: '',
    reponseMessage: 'The batch job is set to Waiting.',
  })
  const [run] = await ranTimes(app, id, 1)
  expect(run).toMatchObject({
    Status: 'Finished',
    CompanyId: 'hms1',
    Messages: '0 distinct products were added.',
    StartDateTime: '2025-02-11T09:30:00Z',
    EndDateTime: '2025-02-11T09:30:00Z',
  })
  expect(await jobOf(app, id)).toMatchObject({ Status: 'Finished', JobClass: 'PopulateDistinctProductTable' })
  const events = await receiver.waitFor(2)
  expect(events.map(({ json }) => [json.BusinessEventId, json.BatchJobId, json.BatchJobStatus]).sort()).toEqual([
    ['BatchJobFinishedBusinessEvent', 5637201200, 'Finished'],
    ['BatchJobStartedBusinessEvent', 5637201200, 'Executing'],
  ])
  const held = await addJob(app, { Status: 'Hold' })
  expect((await app.patch(`${D}/BatchJobs(${held})`, { Status: 'Canceled' })).status).toBe(204)
  expect((await receiver.waitFor(3))[2]?.json).toMatchObject({
    BusinessEventId: 'BatchJobCanceledBusinessEvent',
    BatchJobStatus: 'Canceled',
  })
  const unknown = await app.post(`${D}/BatchJobs/${N}.SetBatchJobToWaiting`, { batchJobId: 1 })
  expect(JSON.parse(unknown.json.value)).toMatchObject({ IsSuccess: false, ResponseStatusCode: 'NotFound' })
})

test('a recurring job runs by the clock and keeps its rhythm; a job that fails says why', async (t) => {
  const app = await startTestApp(t)
  const id = await addJob(app, { RecurrenceMinutes: 10, ScheduledStartDateTime: '2025-02-11T09:40:00Z' })
  expect(await historyOf(app, id)).toEqual([])
  app.clock.set('2025-02-11T09:40:00Z')
  await ranTimes(app, id, 1)
  expect(await jobOf(app, id)).toMatchObject({ Status: 'Waiting', ScheduledStartDateTime: '2025-02-11T09:50:00Z' })
  // Later than three starts: it runs once and goes on in its rhythm.
  app.clock.set('2025-02-11T10:15:00Z')
  await ranTimes(app, id, 2)
  expect(await jobOf(app, id)).toMatchObject({ Status: 'Waiting', ScheduledStartDateTime: '2025-02-11T10:20:00Z' })
})

test('each job of the set-up runs when it is put back in the queue', async (t) => {
  const app = await startTestApp(t)
  const jobs = (await app.get(`${D}/BatchJobs?$orderby=BatchJobRecId`)).json.value
  expect(jobs.map((job: { JobClass: string }) => job.JobClass)).toEqual([
    'PopulateDistinctProductTable',
    'CalculateSalesTotals',
    'SalesPopulateProspectToCash',
    'CustomerAgingSnapshot',
    'RecalculateOnHand',
  ])
  // Totals recur, and run by the clock: their first start is five minutes away.
  expect(jobs[1]).toMatchObject({ Status: 'Waiting', RecurrenceMinutes: 5, ScheduledStartDateTime: '2025-02-11T09:35:00Z' })
  app.clock.advance(5 * 60_000)
  for (const { BatchJobRecId } of jobs) await app.post(`${D}/BatchJobs/${N}.SetBatchJobToWaiting`, { batchJobId: BatchJobRecId })
  const runs = await Promise.all(jobs.map(({ BatchJobRecId }: { BatchJobRecId: number }) => ranTimes(app, String(BatchJobRecId), 1)))
  expect(runs.map(([run]) => [run.Status, run.Messages])).toEqual([
    ['Finished', '0 distinct products were added.'],
    ['Finished', 'Totals calculated: 0 of sales orders, 0 of quotations.'],
    ['Finished', expect.stringContaining('Lines numbered: 0')],
    ['Finished', '2 aging snapshots were made.'],
    ['Finished', '0 on-hand rows were corrected.'],
  ])
  await app.patch(`${D}/BatchJobs(5637144604)`, { JobParameters: '{"itemNo":"X"}' })
  await app.post(`${D}/BatchJobs/${N}.SetBatchJobToWaiting`, { batchJobId: 5637144604 })
  const [, misspelt] = await ranTimes(app, '5637144604', 2)
  expect(misspelt).toMatchObject({ Status: 'Error', Messages: expect.stringContaining('itemNo') })
})

test('jobs are checked when they are written', async (t) => {
  const app = await startTestApp(t)
  const refused = [
    { Status: 'Executing' },
    { Status: 'Dreaming' },
    { JobClass: 'Nope' },
    { JobParameters: '[1]' },
    { JobParameters: '{' },
    { RecurrenceMinutes: -1 },
    { CompanyId: 'nope' },
  ]
  for (const values of refused) expect([values, (await app.post(`${D}/BatchJobs`, values)).status]).toEqual([values, 400])
  expect((await app.delete(`${D}/BatchJobs(5637144600)`)).status).not.toBe(204)
})

/** A table of jobs alone: what the runner needs. */
async function withJobs(database: Database): Promise<void> {
  const { prepareSchema } = await import('../store/schema.ts')
  await prepareSchema(database)
  await database.query(
    `insert into batch_job (batch_job_rec_id, job_description, job_class, status, scheduled_start_date_time)
     values (1, 'Products', 'PopulateDistinctProductTable', 'Waiting', '2025-01-01')`,
  )
}

test('a failed job is an error with its message, and a job that a dead leader left executing runs again', async (t) => {
  const database = await openScratchDatabase(t)
  await withJobs(database)
  await database.query(`update batch_job set status = 'Executing'`)
  let runs = 0
  const ended = Promise.withResolvers<void>()
  const failing = async () => {
    runs += 1
    throw new Error('secret of the database')
  }
  const runner = createBatchRunner({
    database,
    clock: createManualClock('2025-02-11T09:30:00Z'),
    log: silentLogger,
    functions: { PopulateDistinctProductTable: failing },
  })
  t.onTestFinished(() => runner.stop())
  runner.lead(true)
  const look = async (): Promise<void> => {
    const { rows } = await database.query('select status, messages from batch_job_history')
    if (rows.length === 0) return look()
    expect(rows).toEqual([{ status: 'Error', messages: 'An unexpected error occurred. See the log of the application.' }])
    ended.resolve()
  }
  await Promise.all([look(), ended.promise])
  expect(runs).toBe(1)
})

test('R19 a job whose outcome could not be recorded, since its connection broke, runs again and does not stay executing', async (t) => {
  const database = await openScratchDatabase(t)
  await withJobs(database)
  let runs = 0
  const breaking = async () => {
    runs += 1
    if (runs === 1) throw Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' })
    return 'Done.'
  }
  const runner = createBatchRunner({
    database,
    clock: createManualClock('2025-02-11T09:30:00Z'),
    log: silentLogger,
    functions: { PopulateDistinctProductTable: breaking },
  })
  t.onTestFinished(() => runner.stop())
  runner.lead(true)
  const history = async (): Promise<readonly object[]> => {
    const { rows } = await database.query('select status, messages from batch_job_history')
    return rows.length > 0 ? rows : history()
  }
  expect(await history()).toEqual([{ status: 'Finished', messages: 'Done.' }])
  expect((await database.query('select status from batch_job')).rows).toEqual([{ status: 'Finished' }])
})
