import { z } from 'zod'
import { budget } from './budget.ts'
import { comparison, startComparison } from './comparison.ts'
import { execution, executionQuery, startExecution } from './execution.ts'
import { explanation, explanationQuery } from './explanation.ts'
import { connectionSet, project, template } from './project.ts'
import { checkReadiness, readiness } from './readiness.ts'
import { recordError, recordErrorQuery } from './record-error.ts'

/** One operation of the REST API: what it takes, what it answers, and the codes it may refuse with. */
export interface RouteContract<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Reply extends z.ZodType = z.ZodType,
> {
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below the server's root, parameters as `:name`. */
  readonly path: string
  readonly summary: string
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly status: 200 | 202
  readonly reply: Reply
  readonly errors: readonly string[]
}

const none = z.object({})
const byName = z.object({ name: z.string().min(1) })
const byId = z.object({ id: z.string().min(1) })
const list = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) })

const define = <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(route: RouteContract<P, Q, B, R>) =>
  route

/** Every operation by name: server, client and the OpenAPI document are made from it. */
export const contract = {
  getHealth: define({
    id: 'getHealth',
    method: 'GET',
    path: '/health',
    summary: 'Says that the program answers; needs no token',
    params: none,
    query: none,
    body: none,
    status: 200,
    reply: z.object({
      status: z.literal('ok'),
      program: z.string(),
      version: z.string(),
      peakMemoryBytes: z.number(),
    }),
    errors: [],
  }),
  listTemplates: define({
    id: 'listTemplates',
    method: 'GET',
    path: '/api/templates',
    summary: 'The installed templates',
    params: none,
    query: none,
    body: none,
    status: 200,
    reply: list(template),
    errors: [],
  }),
  listConnectionSets: define({
    id: 'listConnectionSets',
    method: 'GET',
    path: '/api/connection-sets',
    summary: 'The connection sets, without secrets',
    params: none,
    query: none,
    body: none,
    status: 200,
    reply: list(connectionSet),
    errors: [],
  }),
  postReadiness: define({
    id: 'postReadiness',
    method: 'POST',
    path: '/api/connection-sets/:name/readiness',
    summary: 'Checks both sides for everything that the projects of a connection set need',
    params: byName,
    query: none,
    body: checkReadiness,
    status: 200,
    reply: readiness,
    errors: ['connection-set-unknown'],
  }),
  listProjects: define({
    id: 'listProjects',
    method: 'GET',
    path: '/api/projects',
    summary: 'The projects',
    params: none,
    query: none,
    body: none,
    status: 200,
    reply: list(project),
    errors: [],
  }),
  getProject: define({
    id: 'getProject',
    method: 'GET',
    path: '/api/projects/:name',
    summary: 'One project',
    params: byName,
    query: none,
    body: none,
    status: 200,
    reply: project,
    errors: ['project-unknown'],
  }),
  postExecution: define({
    id: 'postExecution',
    method: 'POST',
    path: '/api/projects/:name/executions',
    summary: 'Starts an execution of a project',
    params: byName,
    query: none,
    body: startExecution,
    status: 202,
    reply: execution,
    errors: ['project-unknown', 'execution-running'],
  }),
  postComparison: define({
    id: 'postComparison',
    method: 'POST',
    path: '/api/projects/:name/comparisons',
    summary: 'Reads both sides of a project and says where they differ',
    params: byName,
    query: none,
    body: startComparison,
    status: 200,
    reply: comparison,
    errors: ['project-unknown', 'integration-key-missing', 'comparison-read-failed'],
  }),
  getExplanation: define({
    id: 'getExplanation',
    method: 'GET',
    path: '/api/explanations',
    summary: 'What happened to one record, and its timeline across both sides',
    params: none,
    query: explanationQuery,
    body: none,
    status: 200,
    reply: explanation,
    errors: ['explained-entity-unknown', 'record-unknown', 'connection-set-unknown', 'connection-missing', 'comparison-read-failed'],
  }),
  listExecutions: define({
    id: 'listExecutions',
    method: 'GET',
    path: '/api/executions',
    summary: 'Executions, newest first',
    params: none,
    query: executionQuery,
    body: none,
    status: 200,
    reply: list(execution),
    errors: ['project-unknown'],
  }),
  getExecution: define({
    id: 'getExecution',
    method: 'GET',
    path: '/api/executions/:id',
    summary: 'One execution with its tasks and counters',
    params: byId,
    query: none,
    body: none,
    status: 200,
    reply: execution,
    errors: ['execution-unknown'],
  }),
  cancelExecution: define({
    id: 'cancelExecution',
    method: 'POST',
    path: '/api/executions/:id/cancel',
    summary: 'Asks an execution to stop after the page under way',
    params: byId,
    query: none,
    body: none,
    status: 202,
    reply: execution,
    errors: ['execution-unknown', 'execution-finished'],
  }),
  listBudgets: define({
    id: 'listBudgets',
    method: 'GET',
    path: '/api/budgets',
    summary: 'How hard each connected system may be used now',
    params: none,
    query: none,
    body: none,
    status: 200,
    reply: list(budget),
    errors: [],
  }),
  listRecordErrors: define({
    id: 'listRecordErrors',
    method: 'GET',
    path: '/api/record-errors',
    summary: 'Rows that were not written and why, newest first',
    params: none,
    query: recordErrorQuery,
    body: none,
    status: 200,
    reply: list(recordError),
    errors: ['project-unknown'],
  }),
} as const
