import type { Message, Row, TableEvent } from '../model/plugin.ts'
import type { Table } from '../model/resolved-model.ts'
import type { MessageSteps } from '../pipeline/custom-logic.ts'
import type { WriteContext } from '../pipeline/write-context.ts'
import { bodyOf, type RowFacts, type WriteFacts } from './execution-context.ts'
import { enqueue, type WaitingDelivery } from './outbox.ts'
import type { Delivery, Poster } from './post.ts'
import { STAGES, STEP_MESSAGES, type Stage, type Step } from './registration.ts'
import { webhookVeto } from './webhook-veto.ts'

export interface StepRun {
  readonly context: WriteContext
  readonly table: Table
  readonly message: Message
  /** In the order they run. */
  readonly steps: readonly Step[]
  readonly post: Poster
  /** Ends what is under way when the program stops. */
  readonly signal: AbortSignal
}

/** Columns that every update writes. Receivers get the time alone. */
const OF_EVERY_UPDATE = new Set(['modifiedon', 'modifiedby', 'modifiedonbehalfby'])

/** Runs the steps of one write. Bodies are made where the stage is, from what the row then is. */
export function createMessageSteps(run: StepRun): MessageSteps {
  const { message, steps } = run
  const sent = new Map<string, readonly string[]>()
  const written = new Map<string, readonly string[]>()
  let facts: Promise<WriteFacts> | undefined
  const stage = async (at: Stage, events: readonly TableEvent[]): Promise<void> => {
    const due = steps.filter((step) => step.stage === at)
    if (due.length === 0) return
    const rows = events.map((event) => rowOf(event, { sent, written }))
    facts ??= readFacts(run)
    await runStage({ ...run, facts: await facts }, due, rows)
  }
  return {
    reads: message === 'update' ? updateReads(run) : [],
    preValidation: async (events) => {
      for (const event of events) sent.set(event.id, columnsOf(event.target))
      await stage(STAGES.preValidation, events)
    },
    preOperation: async (events) => {
      for (const event of events) written.set(event.id, columnsOf(event.target))
      await stage(STAGES.preOperation, events)
    },
    postOperation: (events) => stage(STAGES.postOperation, events),
  }
}

const columnsOf = (target: Readonly<Row>): readonly string[] => Object.keys(target).filter((name) => !OF_EVERY_UPDATE.has(name))

/** The columns that images need; a default image needs the name. */
function updateReads({ table, steps }: StepRun): readonly string[] | 'all' {
  const images = steps.flatMap((step) => step.images)
  if (images.some((image) => image.columns.length === 0)) return 'all'
  return [...images.flatMap((image) => image.columns), ...(table.primaryName === undefined ? [] : [table.primaryName.name])]
}

interface Remembered {
  readonly sent: ReadonlyMap<string, readonly string[]>
  readonly written: ReadonlyMap<string, readonly string[]>
}

function rowOf(event: TableEvent, { sent, written }: Remembered): RowFacts {
  const given = sent.get(event.id) ?? []
  return {
    id: event.id,
    columns: written.get(event.id) ?? given,
    sent: given,
    values: event.target,
    ...(event.before !== undefined && { before: event.before }),
  }
}

async function readFacts({ context, table, message }: StepRun): Promise<WriteFacts> {
  const { core, caller } = context
  const initiatingUserId = caller.signedInUserId ?? caller.userId
  const found = await context.sql.query<{ name: string | null; directory: string | null }>(
    `select o.name, (select azureactivedirectoryobjectid from systemuser where systemuserid = $2) as directory
     from organization o where o.organizationid = $1`,
    [core.organizationId, initiatingUserId],
  )
  return {
    table,
    message,
    depth: context.depth,
    requestId: core.ids.guid(),
    now: new Date(context.now),
    invocation: context.invocation,
    userId: caller.userId,
    initiatingUserId,
    initiatingDirectoryId: found.rows[0]?.directory ?? null,
    businessUnitId: caller.businessUnitId,
    organizationId: core.organizationId,
    organizationName: found.rows[0]?.name ?? '',
  }
}

interface StageRun extends StepRun {
  readonly facts: WriteFacts
}

/** Synchronous steps in their order, each for all rows; asynchronous ones are put down at the end, in one go. */
async function runStage(run: StageRun, due: readonly Step[], rows: readonly RowFacts[]): Promise<void> {
  const waiting: WaitingDelivery[] = []
  for (const step of due) {
    for (const row of rows.filter((candidate) => concerns(step, candidate))) {
      const operationId = run.context.core.ids.guid()
      const delivery = deliveryOf(run, row, { step, operationId })
      if (step.isAsync)
        waiting.push({ ...delivery, operationId, step, table: run.table.logicalName, rowId: row.id, requestId: run.facts.requestId })
      else await runNow(run, step, delivery)
    }
  }
  if (waiting.length > 0) await enqueue(run.context, waiting)
}

/** The columns of an assignment or a change of state, and those that the step asks for. */
function concerns(step: Step, row: RowFacts): boolean {
  const registered = STEP_MESSAGES[step.messageName]
  const touches = (columns: readonly string[]): boolean => columns.some((name) => row.columns.includes(name))
  if (registered?.columns !== undefined && !touches(registered.columns)) return false
  return registered?.message !== 'update' || step.filter.length === 0 || touches(step.filter)
}

function deliveryOf(run: StageRun, row: RowFacts, made: { readonly step: Step; readonly operationId: string }): Delivery {
  const { step } = made
  const body = bodyOf(run.facts, row, made)
  return {
    endpoint: step.endpoint,
    envelope: {
      organization: run.facts.invocation.host ?? run.facts.organizationName,
      table: run.table.logicalName,
      messageName: step.messageName,
      correlationId: run.facts.invocation.correlationId,
      isTrimmed: body.isTrimmed,
    },
    body: body.text,
  }
}

async function runNow(run: StepRun, step: Step, delivery: Delivery): Promise<void> {
  const outcome = await run.post(delivery, run.signal)
  if (!outcome.ok) throw webhookVeto(step.name, outcome.reason)
}
