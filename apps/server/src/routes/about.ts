import { contract, openApiDocument } from '@p2c/api'
import { healthOf } from '@p2c/base'
import type { FastifyInstance } from 'fastify'
import { type BoundRoute, route } from '../http/serve.ts'

export const healthRoute = (version: string): BoundRoute => route(contract.getHealth, async () => healthOf('server', version))

/** The contract in OpenAPI 3.1, for clients in other languages; needs no token, as it tells nothing about the installation. */
export function serveOpenApi(app: FastifyInstance, version: string): void {
  const document = openApiDocument(version)
  app.get('/openapi.json', async () => document)
}
