import { setTimeout as pause } from 'node:timers/promises'
import { type Clock, type Database, isAppError, isDatabaseAway, type Logger, type SqlRunner } from '@p2c/base'
import { z } from 'zod'
import { type BatchJobClass, readJobParameters } from '../domain/batch-job.ts'
import { raiseBusinessEvent } from '../events/business-events.ts'
import { createLeadingLoop } from '../store/leading-loop.ts'
import { batchJobEvent } from './batch-events.ts'
import { JOB_FUNCTIONS, type JobFunction } from './batch-jobs.ts'

/** Parts of the batch runner. */
export interface BatchRunnerDeps {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly functions?: Readonly<Partial<Record<BatchJobClass, JobFunction>>>
}

/** Runs batch jobs that are due, while this process leads: so each runs once, however many processes there are. */
export interface BatchRunner {
  lead(isLeading: boolean): void
  /** A job may have become due. */
  wake(): void
  /** Waits 5 s at most for the job that runs; the next leader runs it again. */
  stop(): Promise<void>
}

const TICK_MS = 250
const STOP_MS = 5_000
const MAX_MESSAGE = 1000
/** A job that recurs every minute has 1,440 runs a day. */
const HISTORY_DAYS = 30

interface DueJob {
  readonly recId: string
  readonly description: string
  readonly jobClass: string
  readonly parameters: string
  readonly company: string
}

/** Jobs run one after another. */
export function createBatchRunner(deps: BatchRunnerDeps): BatchRunner {
  const stopping = new AbortController()
  let hasLeftovers = false
  const round = async (): Promise<number | undefined> => {
    // What a dead leader was at is run again: jobs may be repeated.
    if (hasLeftovers) await deps.database.query(`update batch_job set status = 'Waiting', ${CHANGED} where status = 'Executing'`)
    hasLeftovers = false
    for (;;) {
      const job = stopping.signal.aborted ? undefined : await takeDueJob(deps)
      if (job === undefined) return readNextDue(deps.database)
      await runJob(deps, job).catch((error: unknown) => {
        // Its outcome could not be recorded: it stands as executing, and only this process knows that it is not.
        hasLeftovers = true
        throw error
      })
    }
  }
  const loop = createLeadingLoop({ ...deps, failure: 'batch jobs could not be run', tickMs: TICK_MS, signal: stopping.signal, round })
  return {
    lead(isLeading) {
      hasLeftovers = isLeading
      loop.lead(isLeading)
    },
    wake: loop.wake,
    async stop() {
      loop.end()
      stopping.abort()
      const running = loop.running()
      if (running !== undefined) await Promise.race([running, pause(STOP_MS, undefined, { ref: false })])
    },
  }
}

const CHANGED = 'change_xid = pg_current_xact_id(), modified_at = now(), rec_version = rec_version + 1'
/** Jobs without a class only carry their status. */
const RUNNABLE = `status = 'Waiting' and job_class <> ''`

/** Marks the job that is due first as executing and tells of it. */
async function takeDueJob({ database, clock }: BatchRunnerDeps): Promise<DueJob | undefined> {
  return database.transaction(async (sql) => {
    const now = clock.now()
    const { rows } = await sql.query<{ id: string; description: string; job_class: string; parameters: string; company: string }>(
      `update batch_job set status = 'Executing', start_date_time = $1, end_date_time = '1900-01-01T00:00:00Z', ${CHANGED}
       where batch_job_rec_id = (select batch_job_rec_id from batch_job where ${RUNNABLE} and scheduled_start_date_time <= $1
         order by scheduled_start_date_time, batch_job_rec_id limit 1 for update skip locked)
       returning batch_job_rec_id::text as id, job_description as description, job_class, job_parameters as parameters, company_id as company`,
      [now.toISOString()],
    )
    const [row] = rows
    if (row === undefined) return undefined
    const job = { recId: row.id, description: row.description, jobClass: row.job_class, parameters: row.parameters, company: row.company }
    await raiseBusinessEvent(sql, batchJobEvent('Started', job, now))
    return job
  })
}

async function readNextDue(database: Database): Promise<number | undefined> {
  const { rows } = await database.query<{ due: string | null }>(
    `select min(scheduled_start_date_time) as due from batch_job where ${RUNNABLE}`,
  )
  const due = rows[0]?.due
  return due == null ? undefined : new Date(due).getTime()
}

interface JobOutcome {
  readonly isFailed: boolean
  readonly message: string
}

/** Runs one job to its end and records it. A database that is away leaves the job executing: it is run again. */
async function runJob(deps: BatchRunnerDeps, job: DueJob): Promise<void> {
  const outcome = await outcomeOf(deps, job)
  await deps.database.transaction((sql) => recordOutcome(sql, { job, outcome, now: deps.clock.now() }))
}

async function outcomeOf({ database, clock, log, functions = JOB_FUNCTIONS }: BatchRunnerDeps, job: DueJob): Promise<JobOutcome> {
  const run = functions[job.jobClass as BatchJobClass]
  if (run === undefined) return { isFailed: true, message: `There is no batch job class '${job.jobClass}'.` }
  try {
    const message = await run(database, {
      now: clock.now(),
      parameters: readJobParameters(job.parameters) ?? {},
      ...(job.company !== '' && { dataAreaId: job.company.toLowerCase() }),
    })
    return { isFailed: false, message }
  } catch (error) {
    if (isDatabaseAway(error)) throw error
    log.error({ err: error, batchJob: job.recId, jobClass: job.jobClass }, 'a batch job failed')
    return { isFailed: true, message: failureText(error) }
  }
}

/** Texts of the application and of checks are told; others may name what nobody should see. */
function failureText(error: unknown): string {
  if (error instanceof z.ZodError) return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
  return isAppError(error) ? error.message : 'An unexpected error occurred. See the log of the application.'
}

interface Ended {
  readonly job: DueJob
  readonly outcome: JobOutcome
  readonly now: Date
}

/** History, next start and event in one transaction. A job that recurs waits for its next start, also after a failure. */
async function recordOutcome(sql: SqlRunner, { job, outcome, now }: Ended): Promise<void> {
  const status = outcome.isFailed ? 'Error' : 'Finished'
  const message = [...outcome.message].slice(0, MAX_MESSAGE).join('')
  await sql.query(
    `with ended as (
       update batch_job set status = case when recurrence_minutes > 0 then 'Waiting' else $2 end, messages = $3, end_date_time = $4,
         scheduled_start_date_time = case when recurrence_minutes > 0 then scheduled_start_date_time + make_interval(mins => recurrence_minutes *
           greatest(1, ceil(extract(epoch from $4::timestamptz - scheduled_start_date_time) / (60.0 * recurrence_minutes))::int)) else scheduled_start_date_time end,
         ${CHANGED}
       where batch_job_rec_id = $1 and status = 'Executing' returning *)
     insert into batch_job_history (batch_job_history_rec_id, batch_job_rec_id, job_description, status, company_id, messages, start_date_time, end_date_time)
     select nextval('record_id'), batch_job_rec_id, job_description, $2, company_id, $3, start_date_time, $4 from ended`,
    [job.recId, status, message, now.toISOString()],
  )
  const forgotten = new Date(now.getTime() - HISTORY_DAYS * 24 * 3_600_000).toISOString()
  await sql.query('delete from batch_job_history where batch_job_rec_id = $1 and end_date_time < $2', [job.recId, forgotten])
  await raiseBusinessEvent(sql, batchJobEvent(outcome.isFailed ? 'Failed' : 'Finished', job, now))
}
