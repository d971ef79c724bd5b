import type { Logger, TokenIssuer } from '@p2c/base'
import type { Engine } from '@p2c/engine'
import Fastify, { type FastifyInstance } from 'fastify'
import type { CompareDeps } from './compare/compare-project.ts'
import type { ExplanationDeps } from './explain/explain-record.ts'
import { serveRoutes } from './http/serve.ts'
import { answerUnreadable } from './http/unreadable.ts'
import { healthRoute, serveOpenApi } from './routes/about.ts'
import { budgetRoutes } from './routes/budgets.ts'
import { comparisonRoutes } from './routes/comparisons.ts'
import { executionRoutes } from './routes/executions.ts'
import { explanationRoutes } from './routes/explanations.ts'
import { projectRoutes } from './routes/projects.ts'
import { readinessRoutes } from './routes/readiness.ts'
import { recordErrorRoutes } from './routes/record-errors.ts'
import { serveSignIn } from './routes/sign-in.ts'

export interface ServerDeps {
  readonly engine: Engine
  readonly issuer: TokenIssuer
  readonly compare: CompareDeps
  readonly explain: ExplanationDeps
  readonly log: Logger
  readonly version: string
}

/** The integrator's REST API, ready to listen or to be called in process. */
export function createServer(deps: ServerDeps): FastifyInstance {
  const app = Fastify({ bodyLimit: 1024 * 1024, forceCloseConnections: true, clientErrorHandler: answerUnreadable })
  serveSignIn(app, deps.issuer)
  serveOpenApi(app, deps.version)
  const routes = [
    healthRoute(deps.version),
    ...projectRoutes(deps),
    ...executionRoutes(deps),
    ...recordErrorRoutes(deps),
    ...comparisonRoutes(deps),
    ...explanationRoutes(deps),
    ...budgetRoutes(deps),
    ...readinessRoutes({ engine: deps.engine, clock: deps.compare.clock, fetch }),
  ]
  serveRoutes(app, routes, { log: deps.log, verify: async (authorization) => deps.issuer.verifyToken(authorization) })
  return app
}
