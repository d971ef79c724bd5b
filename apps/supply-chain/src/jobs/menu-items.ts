import type { Database } from '@p2c/base'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { populatedMessage, populateProspectToCash } from './populate-prospect-to-cash.ts'

/** Parts of the pages of menu items. */
export interface MenuItemDeps {
  readonly database: Database
  /** The company of an address without `cmp`. */
  readonly defaultCompany: string
}

/** A menu item of type action: a page asks for confirmation, OK runs it. */
interface ActionMenuItem {
  readonly title: string
  readonly question: string
  readonly run: (database: Database, dataAreaId: string) => Promise<string>
}

/** By the name behind `mi=action:`. Source: Supply Chain specification, section 7. */
const MENU_ITEMS: Readonly<Record<string, ActionMenuItem>> = {
  salespopulateprospecttocash: {
    title: 'Populate prospect to cash',
    question:
      'Give the lines of sales orders, quotations and invoices that have no line creation sequence number one, and refresh the list of distinct products?',
    run: async (database, dataAreaId) => populatedMessage(await populateProspectToCash(database, { dataAreaId })),
  },
}

/**
 * Pages of menu items, at `/?cmp=USMF&mi=action:<name>`. Like the pages of the sign-in they need no bearer token, which a browser cannot
 * send with an address that is typed in: what can be run here is safe to repeat and gives nothing away. A POST that another site sends is
 * refused.
 */
export function registerMenuItems(fastify: FastifyInstance, deps: MenuItemDeps): void {
  fastify.get('/', (request, reply) => answer(deps, request, reply))
  fastify.post('/', (request, reply) => answer(deps, request, reply))
}

async function answer(deps: MenuItemDeps, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '')
  const item = MENU_ITEMS[/^action:(.+)$/i.exec(query.get('mi') ?? '')?.[1]?.toLowerCase() ?? '']
  if (item === undefined) {
    reply.callNotFound()
    return reply
  }
  const dataAreaId = (query.get('cmp') || deps.defaultCompany).toLowerCase()
  const { rows } = await deps.database.query('select 1 from legal_entity where lower(legal_entity_id) = $1', [dataAreaId])
  const page = (status: number, content: string) =>
    reply
      .code(status)
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(pageOf(item.title, dataAreaId, content))
  if (rows.length === 0) return page(404, `<p>The company ${escaped(dataAreaId)} does not exist.</p>`)
  if (request.method !== 'POST') return page(200, `<p>${item.question}</p><form method="post"><button type="submit">OK</button></form>`)
  if (isFromElsewhere(request)) return page(403, '<p>The form was sent by another site. Open this page and choose OK.</p>')
  return page(200, `<p>${escaped(await item.run(deps.database, dataAreaId))}</p>`)
}

/** Browsers name the origin of every form they send. */
function isFromElsewhere(request: FastifyRequest): boolean {
  const { origin } = request.headers
  return origin !== undefined && (URL.canParse(origin) ? new URL(origin).host : '') !== request.headers.host
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)

const pageOf = (title: string, dataAreaId: string, content: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>` +
  `<body><h1>${title}</h1><p>Company: ${escaped(dataAreaId)}</p>${content}</body></html>`
