import { Readable } from 'node:stream'
import { isAppError } from '@p2c/base'
import { decodeUtf8 } from '@p2c/odata'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ActionDeps, ActionUser } from '../packages/actions.ts'
import { packageError } from '../packages/package-error.ts'
import { errorBody, refusalText } from '../packages/wire.ts'
import { jobStatusDocument } from './job-status.ts'
import { findMessage, noteDequeue, type RecurringMessage } from './message-store.ts'
import { dequeue, enqueue, openJob } from './recurring-jobs.ts'

export interface ConnectorRouteOptions {
  /** The user that the request runs as; its token has been checked. */
  readonly userOf: (request: FastifyRequest) => ActionUser
  /** `https://host`, without a path; default: as the request was addressed. */
  readonly publicRoot?: string
}

interface ConnectorRequest {
  Params: { activityId: string }
  Querystring: Readonly<Record<string, string | string[] | undefined>>
}

interface Caller {
  readonly activityId: string
  readonly user: ActionUser
}

type Handler = (request: FastifyRequest<ConnectorRequest>, reply: FastifyReply) => Promise<FastifyReply>

/** Recurring integrations under `/api/connector`. Source: protocol specification, 17; G-FO-24 to G-FO-26. */
export function registerConnector(fastify: FastifyInstance, deps: ActionDeps, options: ConnectorRouteOptions): void {
  const rootOf = (request: FastifyRequest): string => options.publicRoot ?? `${request.protocol}://${request.host}`
  const caller = (request: FastifyRequest) => ({ user: options.userOf(request), root: rootOf(request) })
  fastify.register(async (scope) => {
    scope.setErrorHandler((error, _request, reply) => answerRefusal(error, reply))
    scope.post<ConnectorRequest>('/api/connector/enqueue/:activityId', async (request, reply) => {
      const job = await openJob(deps, request.params.activityId, 'Import')
      const given = {
        bytes: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        entityName: queryText(request, 'entity'),
        company: queryText(request, 'company'),
        externalId: externalIdOf(request),
      }
      return sendJson(reply, await enqueue(deps, { job, ...given, ...caller(request) }))
    })
    scope.get<ConnectorRequest>('/api/connector/dequeue/:activityId', async (request, reply) => {
      const job = await openJob(deps, request.params.activityId, 'Export')
      const message = await dequeue(deps, job, caller(request))
      return message === undefined ? reply.code(204).send() : sendJson(reply, offerOf(message, rootOf(request)))
    })
    scope.get<ConnectorRequest>('/api/connector/download/:activityId', download(deps, options))
    scope.post<ConnectorRequest>('/api/connector/ack/:activityId', acknowledge(deps, options))
    scope.get<ConnectorRequest>('/api/connector/jobstatus/:activityId', async (request, reply) => {
      const job = await openJob(deps, request.params.activityId)
      const message = await openMessage(deps, bare(queryText(request, 'jobId')), { ...job, user: options.userOf(request) })
      const results = await deps.executions.listResults(message.executionId)
      return sendJson(reply, jobStatusDocument(message, results))
    })
  })
}

/** The body of a dequeue; the acknowledgement sends it back. */
const offerOf = (message: RecurringMessage, root: string) => ({
  CorrelationId: message.id,
  PopReceipt: message.popReceipt,
  DownloadLocation: `${root}/api/connector/download/${message.activityId}?correlation-id=${message.id}`,
})

const download =
  (deps: ActionDeps, { userOf }: ConnectorRouteOptions): Handler =>
  async (request, reply) => {
    const job = await openJob(deps, request.params.activityId, 'Export')
    const message = await openMessage(deps, bare(queryText(request, 'correlation-id')), { ...job, user: userOf(request) })
    const blobId = message.execution?.blobId
    const blob = blobId === undefined ? undefined : await deps.blobs.find(blobId)
    if (blob?.size === undefined) throw packageError('package-blob-missing', `The file of message ${message.id} is not there any more.`)
    await noteDequeue(deps.database, { id: message.id, state: 'Downloaded' })
    reply.header('Content-Length', blob.size).header('Cache-Control', 'no-store')
    reply.header('Content-Disposition', `attachment; filename*=UTF-8''${encodeURIComponent(blob.name)}`)
    return reply.type(blob.contentType).send(Readable.from(deps.blobs.read(blob)))
  }

/** The receipt must be that of the last offer: who comes later than the next offer has lost the message to another. */
const acknowledge =
  (deps: ActionDeps, { userOf }: ConnectorRouteOptions): Handler =>
  async (request, reply) => {
    const job = await openJob(deps, request.params.activityId, 'Export')
    const body = readObject(request.body)
    const message = await openMessage(deps, bare(memberText(body, 'CorrelationId')), { ...job, user: userOf(request) })
    const popReceipt = memberText(body, 'PopReceipt')
    if (!(await noteDequeue(deps.database, { id: message.id, popReceipt, state: 'Acked' })))
      throw packageError('package-parameter-invalid', `The message ${message.id} was offered again: its PopReceipt is another one now.`)
    return reply.code(200).send()
  }

/** A message of a company that the caller may see. */
async function openMessage({ database }: ActionDeps, id: string, { activityId, user }: Caller): Promise<RecurringMessage> {
  const message = id === '' ? undefined : await findMessage(database, id, activityId)
  const isOpen = user.companies === undefined || user.companies.some((company) => company.toLowerCase() === message?.company)
  if (message === undefined || !isOpen) throw packageError('package-execution-unknown', `The message ${id} is not found.`)
  return message
}

/** Ids may stand in quotes or braces. */
const bare = (id: string): string => id.replace(/^["{]+|["}]+$/g, '')

function queryText(request: FastifyRequest<ConnectorRequest>, name: string): string {
  const given = Object.entries(request.query).find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1]
  return storable((Array.isArray(given) ? given[0] : given) ?? '', name)
}

function externalIdOf({ headers }: FastifyRequest): string {
  const given = headers['x-ms-dyn-externalidentifier']
  return storable((Array.isArray(given) ? given[0] : given) ?? '', 'x-ms-dyn-externalidentifier')
}

const LONGEST_TEXT = 255

function storable(text: string, name: string): string {
  if (text.length <= LONGEST_TEXT && !/\p{Cc}/u.test(text) && text.isWellFormed()) return text.trim()
  throw packageError('package-parameter-invalid', `Parameter '${name}' is not a text of at most ${LONGEST_TEXT} characters.`)
}

function readObject(body: unknown): Readonly<Record<string, unknown>> {
  const text = Buffer.isBuffer(body) ? decodeUtf8(body) : undefined
  try {
    const value: unknown = JSON.parse(text ?? '')
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Refused below like any other body that is no object.
  }
  throw packageError('package-parameter-invalid', 'The body must be the JSON object that dequeue gave.')
}

const memberText = (body: Readonly<Record<string, unknown>>, name: string): string => {
  const value = Object.entries(body).find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1]
  return typeof value === 'string' ? storable(value, name) : ''
}

const sendJson = (reply: FastifyReply, value: unknown): FastifyReply =>
  reply.code(200).type('application/json; charset=utf-8').send(JSON.stringify(value))

const STATUSES: Readonly<Record<string, number>> = {
  'package-execution-unknown': 404,
  'package-blob-missing': 404,
  'package-too-large': 413,
}

/** Refusals get the error body of the protocol; what is none goes on to the handler of the application. */
function answerRefusal(error: unknown, reply: FastifyReply): FastifyReply {
  const message = refusalText(error)
  if (message === undefined) throw error
  const status = isAppError(error) ? (STATUSES[error.code] ?? 400) : 400
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(errorBody(message, 'System.InvalidOperationException')))
}
