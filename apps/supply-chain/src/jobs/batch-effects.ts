import { raiseBusinessEvents } from '../events/business-events.ts'
import type { WriteEffect } from '../store/write-effects.ts'
import { batchJobEvent } from './batch-events.ts'

/** A transaction that wrote batch jobs says so here once it is committed. */
export const BATCH_JOBS_CHANNEL = 'batch_jobs'

/** A cancelled job is told of; the runner looks at what was written. */
export const noteBatchJobs: WriteEffect = async (sql, changes, { now }) => {
  const canceled = changes.flatMap(({ before, after }) =>
    before !== undefined && before.Status !== 'Canceled' && after?.Status === 'Canceled' ? [after] : [],
  )
  await raiseBusinessEvents(
    sql,
    canceled.map((row) =>
      batchJobEvent(
        'Canceled',
        { recId: row.BatchJobRecId ?? '', description: row.JobDescription ?? '', company: row.CompanyId ?? '' },
        now,
      ),
    ),
  )
  await sql.query(`select pg_notify('${BATCH_JOBS_CHANNEL}', '')`)
}
