import type { Clock } from '@p2c/base'
import { escapeXml } from '@p2c/odata'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { EntityResult, ErrorRow, ExecutionStore } from './execution-store.ts'
import type { Execution } from './package-model.ts'
import { checkSignature, type SignedQuery, signedQuery } from './signed-url.ts'

const PAGE_PATH = '/data-management/executions'

/** Errors that the page shows; all of them are in the error files. */
const SHOWN_ERRORS = 100

/** What a signature of a page is for; no blob has such an id. */
const subjectOf = (executionId: string): string => `execution/${encodeURIComponent(executionId)}`

export interface ExecutionPageDeps {
  readonly executions: Pick<ExecutionStore, 'find' | 'listResults' | 'listErrors'>
  readonly clock: Clock
  readonly signingKey: string
}

/** The address of the page of an execution, which a browser can open: it carries its own signature. Source: protocol specification, 15. */
export const executionPageUrl = (root: string, key: string, page: { readonly executionId: string; readonly expiresAt: Date }): string =>
  `${root}${PAGE_PATH}/${encodeURIComponent(page.executionId)}?${signedQuery(key, { id: subjectOf(page.executionId), permission: 'r', expiresAt: page.expiresAt })}`

interface PageRequest {
  Params: { id: string }
  Querystring: SignedQuery
}

/** The page of `GetExecutionSummaryPageUrl`: status, counts and errors, for a person. 403 without a signature that is good. */
export function registerExecutionPage(fastify: FastifyInstance, deps: ExecutionPageDeps): void {
  fastify.get<PageRequest>(`${PAGE_PATH}/:id`, (request, reply) => answer(deps, request, reply))
}

async function answer(deps: ExecutionPageDeps, request: FastifyRequest<PageRequest>, reply: FastifyReply): Promise<FastifyReply> {
  const { id } = request.params
  const page = (status: number, content: string) =>
    reply
      .code(status)
      .type('text/html; charset=utf-8')
      .headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      .send(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Execution</title></head><body>${content}</body></html>`)
  const refusal = checkSignature(deps.signingKey, { id: subjectOf(id), query: request.query }, { write: false, now: deps.clock.now() })
  if (refusal !== undefined) return page(403, '<p>This address has expired. Ask for a new one with GetExecutionSummaryPageUrl.</p>')
  const execution = await deps.executions.find(id)
  if (execution === undefined) return page(404, '<p>This execution is no longer kept.</p>')
  const results = await deps.executions.listResults(id)
  return page(200, contentOf(execution, results, await deps.executions.listErrors(id, undefined, SHOWN_ERRORS)))
}

function contentOf(execution: Execution, results: readonly EntityResult[], errors: readonly ErrorRow[]): string {
  const { id, kind, project, legalEntity, status, message } = execution
  const facts = [
    ['Operation', kind],
    ['Project', project],
    ['Company', legalEntity],
    ['Status', status],
    ['Message', message],
  ]
  const counts = results.map((each) => [each.entityName, each.status, String(each.staged), String(each.written), String(each.errors)])
  const failures = errors.map((each) => [each.entityName, each.recordId, each.field, each.message])
  return [
    `<h1>Execution ${escapeXml(id)}</h1>`,
    table([], facts),
    table(['Entity', 'Status', 'Staging records', 'Target records', 'Errors'], counts),
    failures.length === 0 ? '' : table(['Entity', 'Record', 'Field', 'Error'], failures),
  ].join('')
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<table>${row('th', head)}${rows.map((cells) => row('td', cells)).join('')}</table>`

const row = (tag: string, cells: readonly string[]): string =>
  cells.length === 0 ? '' : `<tr>${cells.map((cell) => `<${tag}>${escapeXml(cell)}</${tag}>`).join('')}</tr>`
