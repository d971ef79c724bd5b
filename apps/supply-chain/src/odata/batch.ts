import { isDatabaseAway } from '@p2c/base'
import { type BatchAnswer, type BatchOperation, parseBatch, writeBatchResponse } from '@p2c/odata'
import { ChangeSetFailure } from '../store/write-change-set.ts'
import type { DataRequest, DataServices } from './data-context.ts'
import { answerDataRequest, prepareChangeSetWrite } from './dispatch.ts'
import { throttledPart } from './fault-wire.ts'
import { type DataResponse, parserRefusal, serverFailure } from './response.ts'
import { failureResponse, type PreparedWrite, runWrites, writeResponse } from './write-handlers.ts'

/** Operations of one batch at most. Source: protocol specification, section 11. */
const MAX_OPERATIONS = 5_000

interface BatchInput {
  readonly body: Uint8Array | string
  readonly contentType: string | undefined
  readonly request: Pick<DataRequest, 'root' | 'user'>
  /** Seconds after which an operation may be sent again, where it is throttled now. */
  readonly throttle?: (operation: { readonly method: string; readonly path: string }) => number | undefined
}

/**
 * Answers a batch: its parts in order, each on its own; a change set is one transaction and a later part runs whatever became of it. Where the
 * database is away before anything was done the whole batch fails, by a throw; behind that its parts do.
 */
export async function answerBatch(services: DataServices, input: BatchInput): Promise<DataResponse> {
  const { body, contentType, request } = input
  const batch = readBatch(body, contentType)
  if ('status' in batch) return batch
  const answers: Parameters<typeof writeBatchResponse>[0][number][] = []
  for (const part of batch.parts) {
    const refused = throttled(input, part.kind === 'operation' ? [part.operation] : part.operations)
    const isFirst = answers.length === 0
    if (refused !== undefined)
      answers.push(part.kind === 'operation' ? { kind: 'operation', answer: refused } : { kind: 'changeset', answers: [refused] })
    else if (part.kind === 'operation') {
      const answer = await answerPart(services, toRequest(part.operation, request), isFirst)
      answers.push({ kind: 'operation', answer: toAnswer(answer, part.operation) })
    } else answers.push({ kind: 'changeset', answers: await answerChangeSet(services, part.operations, { ...request, isFirst }) })
  }
  const message = writeBatchResponse(answers, () => services.ids.guid())
  return {
    status: 200,
    headers: [
      ['Content-Type', message.contentType],
      ['OData-Version', '4.0'],
    ],
    body: message.body,
  }
}

/** The answer of the first operation that is throttled: none of the part is carried out then. */
function throttled({ throttle }: BatchInput, operations: readonly BatchOperation[]): BatchAnswer | undefined {
  if (throttle === undefined) return undefined
  for (const operation of operations) {
    const seconds = throttle({ method: operation.method, path: `/data/${urlBelowRoot(operation.url)}` })
    if (seconds !== undefined) return toAnswer(throttledPart(seconds), operation)
  }
  return undefined
}

function readBatch(body: Uint8Array | string, contentType: string | undefined) {
  try {
    return parseBatch(body, contentType, { maxOperations: MAX_OPERATIONS, requireContentId: false })
  } catch (error) {
    const refusal = parserRefusal(error)
    if (refusal === undefined) throw error
    return refusal
  }
}

/** An error of ours in one part must not take the others with it. */
async function answerPart(services: DataServices, request: DataRequest, isFirst: boolean): Promise<DataResponse> {
  try {
    return await answerDataRequest(services, request)
  } catch (error) {
    if (isFirst && isDatabaseAway(error)) throw error
    return serverFailure(services.log, error, { method: request.method, isPartOfBatch: true })
  }
}

function toRequest(operation: BatchOperation, { root, user }: BatchInput['request']): DataRequest {
  return {
    method: operation.method,
    url: urlBelowRoot(operation.url),
    header: (name) => operation.headers.get(name),
    body: operation.body,
    root,
    user,
    isInBatch: true,
  }
}

/** Parts name rows absolutely, from the host, or below the service root. */
function urlBelowRoot(url: string): string {
  const path = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '')
  return path.replace(/^\/?data\//i, '').replace(/^\//, '')
}

const toAnswer = (response: DataResponse, operation: BatchOperation): BatchAnswer => ({
  status: response.status,
  headers: response.headers,
  ...(response.body !== undefined && { body: response.body }),
  ...(operation.contentId !== undefined && { contentId: operation.contentId }),
})

/** One answer per operation, or the single one of the operation that failed. */
async function answerChangeSet(
  services: DataServices,
  operations: readonly BatchOperation[],
  request: BatchInput['request'] & { readonly isFirst: boolean },
): Promise<BatchAnswer[]> {
  const prepared: (PreparedWrite & { readonly ok: true })[] = []
  for (const operation of operations) {
    const write = prepareChangeSetWrite(services, toRequest(operation, request))
    if (!write.ok) return [toAnswer(write.response, operation)]
    prepared.push(write)
  }
  try {
    const responses = await runPrepared(services, prepared, request)
    if ('index' in responses)
      return operations.slice(responses.index, responses.index + 1).map((operation) => toAnswer(responses.response, operation))
    return operations.flatMap((operation, index) => {
      const response = responses.list[index]
      return response === undefined ? [] : [toAnswer(response, operation)]
    })
  } catch (error) {
    if (request.isFirst && isDatabaseAway(error)) throw error
    const failure = serverFailure(services.log, error, { operations: operations.length, isChangeSet: true })
    return operations.slice(0, 1).map((operation) => toAnswer(failure, operation))
  }
}

type ChangeSetAnswer = { readonly index: number; readonly response: DataResponse } | { readonly list: readonly DataResponse[] }

async function runPrepared(
  services: DataServices,
  prepared: readonly (PreparedWrite & { readonly ok: true })[],
  request: BatchInput['request'],
): Promise<ChangeSetAnswer> {
  const writes = prepared.map((each) => each.operation)
  const result = await runWrites(services, writes, request.user)
  if (result instanceof ChangeSetFailure) {
    const failed = prepared[result.index]
    if (failed === undefined) throw result
    return { index: result.index, response: failureResponse(failed.operation, result.failure, failed.request) }
  }
  const list = prepared.flatMap((each, index) => {
    const outcome = result[index]
    return outcome === undefined ? [] : [writeResponse(each, outcome)]
  })
  return { list }
}
