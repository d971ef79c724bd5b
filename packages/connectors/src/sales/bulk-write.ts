import { AppError } from '@p2c/base'
import { chunksOf, mapLimited } from '../http/limited.ts'
import { headOf, inBulk } from '../load/in-bulk.ts'
import { isUnknownOutcome, laterAgain, MOST_REPEATS, MOST_SERVER_FAULTS, pauseOrThrow, repeatWaitMs } from '../load/lost-answer.ts'
import { mayBeOfRow, noteAnswer, noteFault } from '../load/witness.ts'
import { type BulkContext, lookAgain, writeOpen } from './look-again.ts'
import { isAboutRows } from './sales-error.ts'
import { writeEach } from './write-each.ts'
import { bodyOf, type WriteOperation, type Written, writtenAs } from './write-operation.ts'

/** Below this a refused bulk message is sent row by row: a row of its own costs about what ten in a message do. */
const SMALL = 8

/** A refused message is cut into so many pieces: fewer send good rows more often, more make more calls. */
const PIECES = 4

/** Writes rows in bulk, several messages at once; a row that is refused stands alone in the end and stops no other. By row index. */
export async function writeOperations(context: BulkContext, operations: readonly WriteOperation[]): Promise<ReadonlyMap<number, Written>> {
  const ordered = [...byDocument(operations, 'create'), ...byDocument(operations, 'update')]
  const { sizes, plan, parallel, witness } = context
  witness.rows += operations.length
  const entity = plan.table.entitySetName
  const options = {
    parallel,
    sizeOf: () => sizes.sizeOf(entity),
    kindOf: ({ kind }: WriteOperation) => kind,
    keyOf: ({ row }: WriteOperation) => row.key,
  }
  const written = await inBulk(ordered, options, async (chunk) => {
    const results = await (context.bulkMessages
      ? writeChunk(context, chunk, { repeats: 0, answeredBefore: witness.answered })
      : writeEach(context, chunk, witness.answered))
    sizes.afterRows(entity, chunk.length, results.filter(({ ok }) => !ok).length)
    return results
  })
  return new Map(ordered.map(({ row }, at) => [row.index, written[at] as Written]))
}

/** Lines of one document stand together, in the order in which they came: the service numbers them as it meets them. */
const byDocument = (operations: readonly WriteOperation[], kind: WriteOperation['kind']): readonly WriteOperation[] =>
  [
    ...Map.groupBy(
      operations.filter((operation) => operation.kind === kind),
      ({ row }) => headOf(row.key),
    ).values(),
  ].flat()

interface Tries {
  readonly repeats: number
  /** Answers that the call had seen when these rows were first sent. */
  readonly answeredBefore: number
}

/** All or nothing on the service's side: a refused message is cut until the bad row is alone, one without answer is looked after. */
async function writeChunk(context: BulkContext, chunk: readonly WriteOperation[], tries: Tries): Promise<readonly Written[]> {
  const problem = await sendBulk(context, chunk)
  // A refusal has been thought about: the service works.
  if (problem?.retryable !== true) noteAnswer(context.witness)
  if (problem === undefined) return chunk.map(writtenAs)
  if (isUnknownOutcome(problem)) {
    const isOfRow = mayBeOfRow(problem)
    if (isOfRow) noteFault(context.witness, problem)
    const mayRepeat = tries.repeats < (isOfRow ? MOST_SERVER_FAULTS : MOST_REPEATS)
    // A fault of the server that stays may be one of a row's: then smaller pieces find it.
    if (!mayRepeat && !isOfRow) throw laterAgain(problem)
    await pauseOrThrow(context.client, repeatWaitMs(tries.repeats), { problem, signal: context.signal })
    return writeOpen(await lookAgain(context, chunk, { isLost: true }), (open) =>
      byKind(open, (operations) =>
        mayRepeat ? sendAgain(context, operations, { problem, tries }) : cut(context, operations, tries.answeredBefore),
      ),
    )
  }
  if (!isAboutRows(problem)) throw problem
  return cut(context, chunk, tries.answeredBefore)
}

/** What took too long is sent again by halves; everything else as it was. */
async function sendAgain(
  context: BulkContext,
  chunk: readonly WriteOperation[],
  { problem, tries }: { readonly problem: AppError; readonly tries: Tries },
): Promise<readonly Written[]> {
  const written: Written[] = []
  const size = problem.code === 'request-timed-out' ? Math.ceil(chunk.length / 2) : chunk.length
  for (const piece of chunksOf(chunk, size)) written.push(...(await writeChunk(context, piece, { ...tries, repeats: tries.repeats + 1 })))
  return written
}

async function cut(context: BulkContext, chunk: readonly WriteOperation[], answeredBefore: number): Promise<readonly Written[]> {
  if (chunk.length <= SMALL) return writeEach(context, chunk, answeredBefore)
  const pieces = chunksOf(chunk, Math.ceil(chunk.length / PIECES))
  return (await mapLimited(pieces, 2, (piece) => writeChunk(context, piece, { repeats: 0, answeredBefore }))).flat()
}

/** A look may have turned some creates into updates: each kind has a message of its own. Results in the order given. */
async function byKind(
  operations: readonly WriteOperation[],
  write: (operations: readonly WriteOperation[]) => Promise<readonly Written[]>,
): Promise<readonly Written[]> {
  const results = new Map<WriteOperation, Written>()
  for (const kind of ['create', 'update']) {
    const chunk = operations.filter((operation) => operation.kind === kind)
    const written = chunk.length === 0 ? [] : await write(chunk)
    for (const [at, operation] of chunk.entries()) results.set(operation, written[at] as Written)
  }
  return operations.map((operation) => results.get(operation) as Written)
}

/** Sends one bulk message; what it takes teaches the size of the next one. */
async function sendBulk(context: BulkContext, chunk: readonly WriteOperation[]): Promise<AppError | undefined> {
  const { table } = context.plan
  const message = chunk[0]?.kind === 'create' ? 'CreateMultiple' : 'UpdateMultiple'
  const type = `Microsoft.Dynamics.CRM.${table.logicalName}`
  const Targets = chunk.map((operation) => ({
    '@odata.type': type,
    ...(operation.kind === 'update' && { [table.primaryId]: operation.id }),
    ...bodyOf(context.plan, operation),
  }))
  const startedAt = context.now().getTime()
  const call = (end: 'done' | 'refused' | 'overloaded') =>
    context.sizes.afterCall(table.entitySetName, { rows: chunk.length, ms: context.now().getTime() - startedAt, end })
  try {
    await context.client.write('POST', { path: `${table.entitySetName}/Microsoft.Dynamics.CRM.${message}` }, { Targets }, context.signal)
    call('done')
    return undefined
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    call(error.code === 'request-timed-out' || error.code === 'request-too-large' ? 'overloaded' : 'refused')
    return error
  }
}
