import { Readable } from 'node:stream'
import type { Clock } from '@p2c/base'
import { isAppError } from '@p2c/base'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { BlobStore } from './blob-store.ts'
import { BLOB_PATH, checkSignature, isBlobId, type SignedQuery } from './signed-url.ts'

export interface BlobRouteDeps {
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly signingKey: string
}

/** Largest package that is taken, compressed. */
const MAX_UPLOAD_BYTES = 256 * 1024 * 1024

interface BlobRequest {
  Params: { id: string }
  Querystring: SignedQuery
}

/**
 * Upload and download by signed address, without a bearer token. Replies are those of a blob service: 201, 200, and XML errors 400, 403, 404, 413.
 * Source: F&O protocol specification, section 15; FO-084, FO-092.
 */
export function registerBlobRoutes(fastify: FastifyInstance, deps: BlobRouteDeps): void {
  fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    // The body goes to the store as it arrives; the store counts.
    scope.addContentTypeParser('*', { bodyLimit: MAX_UPLOAD_BYTES }, (_request, payload, done) => done(null, payload))
    scope.get<BlobRequest>(`${BLOB_PATH}/:id/*`, (request, reply) => download(deps, request, reply))
    scope.put<BlobRequest>(`${BLOB_PATH}/:id/*`, { bodyLimit: MAX_UPLOAD_BYTES }, (request, reply) => upload(deps, request, reply))
  })
}

async function download(deps: BlobRouteDeps, request: FastifyRequest<BlobRequest>, reply: FastifyReply): Promise<FastifyReply> {
  const refused = refusal(deps, request, false)
  if (refused !== undefined) return refuse(reply, refused)
  const blob = await deps.blobs.find(request.params.id)
  if (blob?.size === undefined) return refuse(reply, 'BlobNotFound')
  reply.header('Content-Length', blob.size).header('x-ms-blob-type', 'BlockBlob').header('Cache-Control', 'no-store')
  reply.header('Content-Disposition', `attachment; filename*=UTF-8''${encodeURIComponent(blob.name)}`)
  return reply.type(blob.contentType).send(Readable.from(deps.blobs.read(blob)))
}

async function upload(deps: BlobRouteDeps, request: FastifyRequest<BlobRequest>, reply: FastifyReply): Promise<FastifyReply> {
  const refused = refusal(deps, request, true)
  if (refused !== undefined) return refuse(reply, refused)
  if (request.headers['x-ms-blob-type'] !== 'BlockBlob') return refuse(reply, 'MissingRequiredHeader')
  if ((await deps.blobs.find(request.params.id)) === undefined) return refuse(reply, 'BlobNotFound')
  const body = request.body instanceof Readable ? request.body : Readable.from([])
  try {
    await deps.blobs.write(request.params.id, body, MAX_UPLOAD_BYTES)
  } catch (error) {
    if (isAppError(error) && error.code === 'package-too-large') return refuse(reply, 'RequestBodyTooLarge')
    throw error
  }
  return reply.code(201).header('x-ms-request-server-encrypted', 'true').send()
}

type BlobError =
  | 'AuthenticationFailed'
  | 'AuthorizationPermissionMismatch'
  | 'BlobNotFound'
  | 'MissingRequiredHeader'
  | 'RequestBodyTooLarge'

const BLOB_ERRORS: Record<BlobError, readonly [status: number, message: string]> = {
  AuthenticationFailed: [
    403,
    'Server failed to authenticate the request. Make sure the signature of the address is complete and has not expired.',
  ],
  AuthorizationPermissionMismatch: [403, 'This request is not authorized to perform this operation using this permission.'],
  BlobNotFound: [404, 'The specified blob does not exist.'],
  MissingRequiredHeader: [400, 'The header x-ms-blob-type: BlockBlob was not specified.'],
  RequestBodyTooLarge: [413, `The request body is too large; at most ${MAX_UPLOAD_BYTES} bytes are accepted.`],
}

function refusal(deps: BlobRouteDeps, request: FastifyRequest<BlobRequest>, write: boolean): BlobError | undefined {
  const { id } = request.params
  const reason = checkSignature(deps.signingKey, { id, query: request.query }, { write, now: deps.clock.now() })
  if (reason === 'permission') return 'AuthorizationPermissionMismatch'
  if (reason !== undefined) return 'AuthenticationFailed'
  return isBlobId(id) ? undefined : 'BlobNotFound'
}

function refuse(reply: FastifyReply, error: BlobError): FastifyReply {
  const [status, message] = BLOB_ERRORS[error]
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${error}</Code><Message>${message}</Message></Error>`
  return reply.code(status).header('x-ms-error-code', error).type('application/xml').send(body)
}
