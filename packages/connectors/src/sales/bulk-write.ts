import { AppError } from '@p2c/base'
import type { RowFailure } from '@p2c/engine'
import { isAmbiguous } from '../http/http-error.ts'
import { chunksOf, mapLimited } from '../http/limited.ts'
import type { DestinationPlan } from './destination-plan.ts'
import type { LookupContext } from './lookup-resolution.ts'
import { changedProperties, findStored, type PreparedRow, type WireProperty } from './prepare-rows.ts'
import { batchFailure, type JsonObject, type SalesOperation } from './sales-client.ts'
import { isAboutRows, rowFailure } from './sales-error.ts'

/** One row to create, or to update by its id. */
export type WriteOperation =
  | { readonly kind: 'create'; readonly row: PreparedRow }
  | { readonly kind: 'update'; readonly row: PreparedRow; readonly id: string; readonly properties: readonly WireProperty[] }

export type Written = { readonly ok: true; readonly outcome: 'inserted' | 'updated' } | { readonly ok: false; readonly failure: RowFailure }

export interface BulkContext extends LookupContext {
  readonly plan: DestinationPlan
  readonly bulkSize: number
  /** False where the table lacks `CreateMultiple` or `UpdateMultiple`: then `$batch` carries the rows (DV-096). */
  readonly bulkMessages: boolean
}

/** Below this a failed bulk message is sent row by row. */
const SMALL = 25

/** Operations of one `$batch`: far below the 1,000 allowed, since its time counts as one request. */
const BATCH_SIZE = 200

const INSERTED: Written = { ok: true, outcome: 'inserted' }
const UPDATED: Written = { ok: true, outcome: 'updated' }

/** Writes rows in bulk, several messages at once; a row that is refused stands alone in the end and stops no other. By row index. */
export async function writeOperations(context: BulkContext, operations: readonly WriteOperation[]): Promise<ReadonlyMap<number, Written>> {
  const creates = operations.filter(({ kind }) => kind === 'create')
  const updates = operations.filter(({ kind }) => kind === 'update')
  const size = context.bulkMessages ? context.bulkSize : BATCH_SIZE
  const chunks = [...chunksOf(creates, size), ...chunksOf(updates, size)]
  const written = await mapLimited(chunks, context.parallel, (chunk) =>
    context.bulkMessages ? writeChunk(context, chunk) : writeBatch(context, chunk),
  )
  return new Map(
    chunks.flatMap((chunk, at) => chunk.map((operation, index) => [operation.row.index, resultAt(written[at] ?? [], index)] as const)),
  )
}

/** Every operation has a result: one that lacks it would be a row that nobody accounts for. */
function resultAt(results: readonly Written[], index: number): Written {
  const result = results[index]
  if (result === undefined)
    throw new AppError({
      category: 'internal',
      code: 'outcome-missing',
      message: `A bulk write gave ${results.length} results, expected one at ${index}.`,
    })
  return result
}

/** All or nothing on the service's side: a failed message is cut into about the root of its size, so that one bad row costs little. */
async function writeChunk(context: BulkContext, chunk: readonly WriteOperation[], repeated = false): Promise<readonly Written[]> {
  try {
    await sendBulk(context, chunk)
    return chunk.map(({ kind }) => (kind === 'create' ? INSERTED : UPDATED))
  } catch (error) {
    if (isAmbiguous(error) && !repeated) return afterLostAnswer(context, chunk)
    if (!isAboutRows(error)) throw error
    if (chunk.length <= SMALL) return writeBatch(context, chunk)
    const pieces = chunksOf(chunk, Math.ceil(Math.sqrt(chunk.length)))
    return (await mapLimited(pieces, 2, (piece) => writeChunk(context, piece, repeated))).flat()
  }
}

async function sendBulk(context: BulkContext, chunk: readonly WriteOperation[]): Promise<void> {
  const { table } = context.plan
  const message = chunk[0]?.kind === 'create' ? 'CreateMultiple' : 'UpdateMultiple'
  const type = `Microsoft.Dynamics.CRM.${table.logicalName}`
  const Targets = chunk.map((operation) => ({
    '@odata.type': type,
    ...(operation.kind === 'update' && { [table.primaryId]: operation.id }),
    ...bodyOf(operation),
  }))
  await context.client.write('POST', { path: `${table.entitySetName}/Microsoft.Dynamics.CRM.${message}` }, { Targets }, context.signal)
}

function bodyOf(operation: WriteOperation): Record<string, unknown> {
  const properties = operation.kind === 'update' ? operation.properties : operation.row.properties.filter(({ column }) => column.canCreate)
  const body: Record<string, unknown> = {}
  // A blank is no value to create a row with: the defaults of the table shall count.
  for (const { name, value } of properties) if (operation.kind === 'update' || value !== null) body[name] = value
  return body
}

/** The answer was lost: the rows themselves say whether the message was carried out. What was not is sent once more. */
async function afterLostAnswer(context: BulkContext, chunk: readonly WriteOperation[]): Promise<readonly Written[]> {
  const stored = await findStored(
    context,
    context.plan,
    chunk.map(({ row }) => row),
  )
  const open = chunk.filter((operation) => !isDone(operation, stored))
  const again = open.length === 0 ? [] : await writeChunk(context, open, true)
  const results = new Map(open.map((operation, index) => [operation, again[index]]))
  return chunk.map((operation) => results.get(operation) ?? (operation.kind === 'create' ? INSERTED : UPDATED))
}

function isDone(operation: WriteOperation, stored: ReadonlyMap<string, readonly JsonObject[]>): boolean {
  const row = stored.get(operation.row.identity)?.[0]
  if (row === undefined) return false
  return operation.kind === 'create' || changedProperties(operation.row, row).length === 0
}

/** Each row an operation of its own, with its own answer. */
async function writeBatch(context: BulkContext, chunk: readonly WriteOperation[]): Promise<readonly Written[]> {
  const operations = chunk.map((operation) => toOperation(context, operation))
  const results = await batchOrNothing(context, operations)
  return mapLimited(chunk, context.parallel, async (operation, index) => {
    const result = results[index]
    if (result === undefined) return writeAlone(context, operation)
    const failure = batchFailure(result, operations[index]?.path ?? '')
    if (failure === undefined) return operation.kind === 'create' ? INSERTED : UPDATED
    return failure.retryable ? writeAlone(context, operation) : afterRefusal(context, operation, failure)
  })
}

/** A batch whose answer was lost is as good as one without results: each row is looked at alone. */
async function batchOrNothing(context: BulkContext, operations: readonly SalesOperation[]) {
  try {
    return await context.client.batch(operations, context.signal)
  } catch (error) {
    if (isAmbiguous(error) || isAboutRows(error)) return []
    throw error
  }
}

const toOperation = (context: BulkContext, operation: WriteOperation): SalesOperation =>
  operation.kind === 'create'
    ? { method: 'POST', path: context.plan.table.entitySetName, body: bodyOf(operation) }
    : {
        method: 'PATCH',
        path: `${context.plan.table.entitySetName}(${operation.id})`,
        headers: { 'If-Match': '*' },
        body: bodyOf(operation),
      }

/** One row by a request of its own, after a look whether an earlier attempt was carried out. */
async function writeAlone(context: BulkContext, operation: WriteOperation): Promise<Written> {
  const stored = await findStored(context, context.plan, [operation.row])
  if (isDone(operation, stored)) return operation.kind === 'create' ? INSERTED : UPDATED
  return send(context, operation, (error) => afterRefusal(context, operation, error))
}

async function send(context: BulkContext, operation: WriteOperation, onRefusal: (error: AppError) => Promise<Written>): Promise<Written> {
  const { method, path, headers, body } = toOperation(context, operation)
  try {
    await context.client.write(
      method === 'POST' ? 'POST' : 'PATCH',
      { path, ...(headers !== undefined && { headers }) },
      body,
      context.signal,
    )
    return operation.kind === 'create' ? INSERTED : UPDATED
  } catch (error) {
    if (isAboutRows(error)) return onRefusal(error)
    throw error
  }
}

/** Somebody else created or deleted the row between look and write: the other kind of write is tried once. */
async function afterRefusal(context: BulkContext, operation: WriteOperation, error: AppError): Promise<Written> {
  const refused: Written = { ok: false, failure: rowFailure(error) }
  const status = error.details.status
  const mayTurn = operation.kind === 'create' ? error.code === 'key-violated' : status === 404
  if (!mayTurn) return refused
  const stored = (await findStored(context, context.plan, [operation.row])).get(operation.row.identity)?.[0]
  if (operation.kind === 'update')
    return stored === undefined ? send(context, { kind: 'create', row: operation.row }, keepRefusal) : refused
  if (stored === undefined) return refused
  const properties = changedProperties(operation.row, stored)
  if (properties.length === 0) return UPDATED
  return send(context, { kind: 'update', row: operation.row, id: String(stored[context.plan.table.primaryId]), properties }, keepRefusal)
}

const keepRefusal = async (error: AppError): Promise<Written> => ({ ok: false, failure: rowFailure(error) })
