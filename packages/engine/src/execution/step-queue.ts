import { AppError, connectionSettings, type Database, type Logger, type SqlRunner, WORKER_LIMITS } from '@p2c/base'
import { type Job, PgBoss } from 'pg-boss'

/** What one step is about; everything else is in the database. */
export type Step =
  | { readonly kind: 'begin'; readonly executionId: string }
  | { readonly kind: 'partition'; readonly executionId: string; readonly partitionId: string }
  | { readonly kind: 'advance'; readonly executionId: string }

/** One attempt at one step. A step that was lost and taken over has another attempt. */
export interface StepAttempt {
  readonly id: string
  readonly retryCount: number
}

export interface StepJob extends StepAttempt {
  readonly step: Step
  /** Aborts when the queue finds that this attempt no longer counts. */
  readonly signal: AbortSignal
}

export interface StepQueue {
  start(): Promise<void>
  /** Begins to take steps. */
  work(workers: number, handle: (job: StepJob) => Promise<void>): Promise<void>
  /** Waits for the steps under way. */
  stop(): Promise<void>
  /** In the transaction of `runner`: no commit, no step. */
  send(steps: readonly Step[], runner: SqlRunner): Promise<void>
  /** Ends this attempt in the transaction of `runner`. Throws `step-lost` when another attempt has begun: the transaction must not commit. */
  complete(attempt: StepAttempt, runner: SqlRunner): Promise<void>
  /** Confirms in the transaction of `runner` that this attempt still counts, and keeps others from taking it before the commit. Throws `step-lost`. */
  confirm(attempt: StepAttempt, runner: SqlRunner): Promise<void>
  /** Hands steps of a dead process to the next worker at once. */
  giveBack(attempts: readonly StepAttempt[]): Promise<void>
  /** Whether any step of this execution is still to come or under way. */
  hasSteps(executionId: string): Promise<boolean>
  /** Executions of which a worker holds a step. */
  listActive(): Promise<readonly string[]>
}

const QUEUE = 'execution-step'

/** The queue refuses less than 10 s. With supervision every 5 s a killed worker's step is taken over elsewhere after 15 s at the latest. */
const HEARTBEAT_SECONDS = 10
const SUPERVISE_SECONDS = 5
/** A step is bounded by its pages; a page that takes longer than this is beyond hope. */
const EXPIRE_SECONDS = 3_600
/** Attempts of one step. Each kill of a process costs one, so this must never be what ends an execution. */
const ATTEMPTS = 10_000

export interface StepQueueOptions {
  /** Steps that this process works on side by side. */
  readonly workers: number
  /** Whether the queue's tables are brought up to date at the start; where not, others than expected are refused. */
  readonly migrate: boolean
}

/** Steps of executions as jobs of pg-boss, in schema `pgboss` of the same database. */
export function createStepQueue(database: Database, log: Logger, options: StepQueueOptions): StepQueue {
  const boss = createBoss(database, log, options)
  return {
    start: async () => {
      await boss.start()
      await boss.createQueue(QUEUE, {
        notify: true,
        heartbeatSeconds: HEARTBEAT_SECONDS,
        expireInSeconds: EXPIRE_SECONDS,
        retryLimit: ATTEMPTS,
        retryDelay: 0,
        deleteAfterSeconds: 3_600,
      })
    },
    work: async (count, handle) => {
      const options = {
        localConcurrency: 1,
        pollingIntervalSeconds: 0.5,
        notifyPollingIntervalSeconds: 0.5,
        heartbeatRefreshSeconds: 2,
      }
      for (let slot = 0; slot < count; slot++) {
        const id = await boss.work<Step>(QUEUE, options, async ([job]) => {
          try {
            if (job !== undefined) await handle(toStepJob(job))
          } finally {
            // Who had a step looks for the next at once: of those that wait already nobody tells, and the pause would make it two steps a second.
            boss.notifyWorker(id)
          }
        })
      }
    },
    stop: () => boss.stop({ graceful: true, timeout: 60_000 }),
    ...stepOperations(boss),
    giveBack: async (attempts) => {
      if (attempts.length > 0) await boss.fail(QUEUE, [...attempts], { message: 'its process is gone' })
    },
    hasSteps: async (executionId) => {
      const { rows } = await database.query(
        `select 1 from pgboss.job where name = $1 and state < 'completed' and data->>'executionId' = $2 limit 1`,
        [QUEUE, executionId],
      )
      return rows.length > 0
    },
    listActive: async () => {
      const { rows } = await database.query<{ id: string }>(
        `select distinct data->>'executionId' as id from pgboss.job where name = $1 and state = 'active'`,
        [QUEUE],
      )
      return rows.map((row) => row.id)
    },
  }
}

function createBoss(database: Database, log: Logger, { workers, migrate }: StepQueueOptions): PgBoss {
  const boss = new PgBoss({
    ...connectionSettings({ connectionString: database.connectionString, applicationName: 'p2c-queue', limits: WORKER_LIMITS }),
    schema: 'pgboss',
    migrate,
    max: Math.max(2, workers),
    useListenNotify: true,
    schedule: false,
    supervise: true,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
    monitorVacuum: false,
  })
  boss.on('error', (error) => log.warn({ err: error }, 'the queue met an error; it goes on'))
  boss.on('warning', (warning) => log.debug({ warning: warning.message }, 'the queue warns'))
  return boss
}

const stepOperations = (boss: PgBoss): Pick<StepQueue, 'send' | 'complete' | 'confirm'> => ({
  send: async (steps, runner) => {
    if (steps.length > 0)
      await boss.insert(
        QUEUE,
        steps.map((step) => ({ data: step })),
        { db: joined(runner) },
      )
  },
  complete: async (attempt, runner) => assertHeld(await boss.complete(QUEUE, [attempt], null, { db: joined(runner) })),
  confirm: async (attempt, runner) => assertHeld(await boss.touch(QUEUE, [attempt], { db: joined(runner) })),
})

const toStepJob = (job: Job<Step>): StepJob => ({ id: job.id, retryCount: job.retryCount, step: job.data, signal: job.signal })

/** The queue's statements inside our own transaction. */
const joined = (runner: SqlRunner) => ({ executeSql: (text: string, values?: unknown[]) => runner.query(text, values) })

/** `affected` is there at run time and missing in the published type. */
function assertHeld(response: object): void {
  if ('affected' in response && response.affected === 1) return
  throw new AppError({
    category: 'conflict',
    code: 'step-lost',
    message: 'Another worker has taken this step over: what this one did since is not recorded, the other repeats it.',
  })
}

export const isStepLost = (error: unknown): boolean => error instanceof AppError && error.code === 'step-lost'
