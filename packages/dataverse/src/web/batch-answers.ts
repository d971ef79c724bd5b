import { isDatabaseAway } from '@p2c/base'
import {
  type BatchAnswer,
  type BatchAnswerPart,
  type BatchOperation,
  belowServiceRoot,
  parseBatch,
  parseJson,
  parsePrefer,
  resolveBodyReferences,
  resolveUrlReference,
  stringifyJson,
  writeBatchResponse,
} from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'
import type { Invocation } from '../pipeline/invocation.ts'
import { runWrite } from '../pipeline/transaction.ts'
import { dispatch, type Service } from './dispatch.ts'
import { errorAnswer, toWireError } from './error-answer.ts'
import type { Exchange, WireAnswer, WireRequest } from './exchange.ts'
import { readInvocation } from './invocation.ts'

/** Source: wire specification 13, DV-086. */
const MAX_OPERATIONS = 1_000

/**
 * Answers `$batch`: operations in order, change sets as one transaction each. Where the database is away before anything was done the whole batch
 * fails; behind that its parts do. Source: wire specification 13, DV-086 to DV-090, DV-130, DV-131.
 */
export async function answerBatch(exchange: Exchange, service: Service, body: Uint8Array): Promise<WireAnswer> {
  if (exchange.request.method !== 'POST') throw wireErrors.methodNotAllowed(exchange.request.method, '$batch')
  const batch = parseBatch(body, exchange.request.header('content-type'), {
    maxOperations: MAX_OPERATIONS,
    maxBodyBytes: exchange.settings.maxBodyBytes,
    requireContentId: exchange.settings.requireContentId,
  })
  const parts: BatchAnswerPart[] = []
  let stopped = false
  for (const part of batch.parts) {
    const isFirst = parts.length === 0
    const answered =
      part.kind === 'operation'
        ? await answerOperation(exchange, service, { operation: part.operation, isFirst })
        : await answerChangeSet(exchange, service, { operations: part.operations, isFirst })
    parts.push(answered)
    const answers = answered.kind === 'operation' ? [answered.answer] : answered.answers
    stopped = !exchange.preferences.continueOnError && answers.some((answer) => answer.status >= 400)
    if (stopped) break
  }
  const message = writeBatchResponse(parts, () => exchange.core.ids.guid())
  return { status: stopped ? 400 : 200, headers: [['Content-Type', message.contentType]], body: message.body }
}

async function answerOperation(
  exchange: Exchange,
  service: Service,
  { operation, isFirst }: { readonly operation: BatchOperation; readonly isFirst: boolean },
): Promise<BatchAnswerPart> {
  const inner = innerExchange(exchange, innerRequest(exchange, operation, { url: operation.url, body: operation.body }))
  try {
    const invocation = innerInvocation(exchange, inner.request)
    const { core, caller } = exchange
    const answer = await dispatch({ ...inner, invocation, write: (work) => runWrite(core, { caller, invocation }, work) }, service)
    return { kind: 'operation', answer: toPart(answer, operation.contentId) }
  } catch (error) {
    if (isFirst && isDatabaseAway(error)) throw error
    return { kind: 'operation', answer: toPart(failureAnswer(inner, error), operation.contentId) }
  }
}

const failureAnswer = (exchange: Exchange, error: unknown): WireAnswer =>
  errorAnswer(toWireError(error, exchange.core.log), (name) => exchange.preferences.includeAnnotations?.(name) ?? false)

/** The failure of one operation of a change set: everything before it is rolled back. */
class ChangeSetFailed extends Error {
  readonly answer: BatchAnswer
  constructor(answer: BatchAnswer) {
    super('a part of the change set failed')
    this.answer = answer
  }
}

async function answerChangeSet(
  exchange: Exchange,
  service: Service,
  { operations, isFirst }: { readonly operations: readonly BatchOperation[]; readonly isFirst: boolean },
): Promise<BatchAnswerPart> {
  try {
    const answers = await runWrite(exchange.core, { caller: exchange.caller }, async (context) => {
      const done: BatchAnswer[] = []
      const contentIds = new Map<string, string>()
      for (const operation of operations) {
        let inner = exchange
        try {
          const request = innerRequest(exchange, operation, {
            url: resolveUrlReference(operation.url, contentIds),
            body: operation.body === undefined ? undefined : resolvedBody(operation.body, contentIds),
          })
          inner = innerExchange(exchange, request)
          const invocation = innerInvocation(exchange, request)
          inner = { ...inner, invocation, sql: context.sql, write: (work) => work({ ...context, invocation }) }
          const answer = await dispatch(inner, service)
          done.push(toPart(answer, operation.contentId))
          noteEntity(contentIds, operation, { answer, url: `${exchange.root}${request.url}` })
        } catch (error) {
          if (isRepeatable(error) || isDatabaseAway(error)) throw error
          throw new ChangeSetFailed(toPart(failureAnswer(inner, error), operation.contentId))
        }
      }
      return done
    })
    return { kind: 'changeset', answers }
  } catch (error) {
    if (error instanceof ChangeSetFailed) return { kind: 'changeset', answers: [error.answer] }
    if (isFirst && isDatabaseAway(error)) throw error
    return { kind: 'changeset', answers: [toPart(failureAnswer(exchange, error), operations[0]?.contentId)] }
  }
}

/** Conflicts that `runWrite` repeats the whole change set for must reach it as they are. */
const isRepeatable = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'RaceLost' || ('code' in error && (error.code === '40P01' || error.code === '40001')))

/** Bodies without references stay as sent: parsing them twice would cost bulk loads their speed. */
const resolvedBody = (body: string, contentIds: ReadonlyMap<string, string>): string =>
  body.includes('$') ? stringifyJson(resolveBodyReferences(parseJson(body), contentIds)) : body

/** What `$1` stands for in later parts: the row that was written. */
function noteEntity(
  contentIds: Map<string, string>,
  operation: BatchOperation,
  done: { readonly answer: WireAnswer; readonly url: string },
): void {
  if (operation.contentId === undefined) return
  const named = done.answer.headers.find(([name]) => name === 'OData-EntityId')?.[1]
  contentIds.set(operation.contentId, named ?? done.url.split('?')[0] ?? done.url)
}

function innerRequest(
  exchange: Exchange,
  operation: BatchOperation,
  resolved: { readonly url: string; readonly body: string | undefined },
): WireRequest {
  const url = belowServiceRoot(resolved.url, exchange.rootPath)
  if (url === undefined) throw wireErrors.unknownSegment(resolved.url.slice(0, 100))
  return { method: operation.method, url, header: (name) => operation.headers.get(name), body: resolved.body, inBatch: true }
}

const innerExchange = (exchange: Exchange, request: WireRequest): Exchange => ({
  ...exchange,
  request,
  preferences: parsePrefer(request.header('prefer')),
})

/** A part says how it wants to be carried out, else the batch says it for all. */
function innerInvocation(exchange: Exchange, request: WireRequest): Invocation {
  const header = (name: string): string | undefined => request.header(name) ?? exchange.request.header(name)
  return readInvocation({ method: request.method, header, url: request.url }, exchange.caller, exchange.invocation)
}

/** Headers of a part: the version first, and where a row was written its address twice, as clients in the field expect (DV-089). */
function toPart(answer: WireAnswer, contentId: string | undefined): BatchAnswer {
  const entity = answer.headers.find(([name]) => name === 'OData-EntityId')
  const location = entity === undefined || answer.headers.some(([name]) => name === 'Location') ? [] : [['Location', entity[1]] as const]
  return {
    status: answer.status,
    headers: [['OData-Version', '4.0'], ...location, ...answer.headers],
    ...(answer.body !== undefined && { body: answer.body }),
    ...(contentId !== undefined && { contentId }),
  }
}
