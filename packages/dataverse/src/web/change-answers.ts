import { contextUrl, type QueryOptions, stringifyJson } from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'
import type { Table } from '../model/resolved-model.ts'
import { decodePosition, formatDeltaToken, parseDeltaToken, readPosition } from '../query/change-position.ts'
import { withOption } from '../query/links.ts'
import { formatCookie, type PagePlace, parseCookie } from '../query/paging-cookie.ts'
import { type ChangePlace, countChanges, readChanges, readRetention } from '../query/read-changes.ts'
import { readPage } from '../query/read-rows.ts'
import { contextLists } from '../query/selection.ts'
import { type Exchange, jsonAnswer, type WireAnswer } from './exchange.ts'
import { preferenceApplied } from './preference-applied.ts'
import { countAnswer, readScopeOf } from './read-answers.ts'

const DAY_MS = 86_400_000
const NO_ID = '00000000-0000-0000-0000-000000000000'
const HONOURED = ['odata.track-changes', 'odata.maxpagesize', 'odata.include-annotations']

/** Options that change tracking does not take. Source: wire specification 12, DV-081. */
export function refuseTrackedOptions(options: QueryOptions): void {
  const refused = (['filter', 'orderby', 'expand', 'top'] as const).find((name) => options[name] !== undefined)
  if (refused !== undefined) throw wireErrors.badQuery(`The "$${refused}" query parameter isn't supported when Change Tracking is enabled.`)
}

/** The full read that change tracking begins with: pages of all rows, on the last one the link to later changes. */
export async function answerBaseline(exchange: Exchange, table: Table, options: QueryOptions): Promise<WireAnswer> {
  refuseTrackedOptions(options)
  const scope = readScopeOf(exchange, table)
  const place = options.skiptoken === undefined ? undefined : parseCookie(options.skiptoken, 0)
  // The position is taken before the first page is read: what commits in between is sent again, never missed.
  const token =
    place?.tracking ??
    formatDeltaToken({ position: await readPosition(exchange.sql, exchange.core.database), issuedAt: exchange.core.clock.now() })
  const page = await readPage(exchange.sql, scope, { options, path: undefined, place, limit: scope.pageSize })
  const context = contextUrl(exchange.root, table.entitySetName, contextLists(options))
  const { first, last } = page
  const link =
    page.hasMore && first !== undefined && last !== undefined
      ? nextLink(
          exchange,
          formatCookie({ page: (place?.page ?? 1) + 1, names: [], primaryId: table.primaryId.name, first, last, tracking: token }),
        )
      : deltaLink(exchange, token)
  return jsonAnswer(
    200,
    `{"@odata.context":${stringifyJson(context)},"value":[${page.rows.join(',')}],${link}}`,
    preferenceApplied(exchange, HONOURED),
  )
}

/** New and changed rows since the token, then markers of deleted ones, then the next link. Source: wire specification 12, DV-079. */
export async function answerChanges(exchange: Exchange, table: Table, options: QueryOptions): Promise<WireAnswer> {
  refuseTrackedOptions(options)
  const snapshot = await snapshotOf(exchange, table, options.deltatoken ?? '')
  const scope = readScopeOf(exchange, table)
  const cookie = options.skiptoken === undefined ? undefined : parseCookie(options.skiptoken, 2)
  const token =
    cookie?.tracking ??
    formatDeltaToken({ position: await readPosition(exchange.sql, exchange.core.database), issuedAt: exchange.core.clock.now() })
  const page = await readChanges(exchange.sql, scope, { options, snapshot, place: changePlace(cookie), limit: scope.pageSize })
  const marker = stringifyJson(contextUrl(exchange.root, table.entitySetName, { kind: 'deletedEntity' }))
  const deleted = page.deletedIds.map((id) => `{"@odata.context":${marker},"id":"${id}","reason":"deleted"}`)
  const context = contextUrl(exchange.root, table.entitySetName, { ...contextLists(options), kind: 'delta' })
  const link = page.next === undefined ? deltaLink(exchange, token) : nextLink(exchange, changeCookie(page.next, { cookie, token }))
  const body = `{"@odata.context":${stringifyJson(context)},"value":[${[...page.rows, ...deleted].join(',')}],${link}}`
  return jsonAnswer(200, body, preferenceApplied(exchange, HONOURED))
}

/** Answers `/$count?$deltatoken=…`: how many changes a delta read would give. */
export async function answerChangeCount(exchange: Exchange, table: Table, options: QueryOptions): Promise<WireAnswer> {
  const snapshot = await snapshotOf(exchange, table, options.deltatoken ?? '')
  return countAnswer(await countChanges(exchange.sql, { table, caller: exchange.caller }, snapshot))
}

/** Reads a token; one that is too old, or older than the table's description, has expired (DV-082, DV-083). */
async function snapshotOf(exchange: Exchange, table: Table, text: string): Promise<string> {
  const token = parseDeltaToken(text)
  const snapshot = token === undefined ? undefined : decodePosition(token.position)
  if (token === undefined || snapshot === undefined)
    throw wireErrors.badQuery('The delta token is malformed: use the deltaLink of an earlier answer unchanged.')
  const retention = await readRetention(exchange.sql, {
    table,
    organizationId: exchange.core.organizationId,
    defaultDays: exchange.settings.deltaRetentionDays,
    snapshot,
  })
  const age = exchange.core.clock.now().getTime() - token.issuedAt.getTime()
  const isForeign = BigInt(snapshot.split(':')[1] ?? '0') > retention.newest
  if (!table.definition.changeTracking || age > retention.days * DAY_MS || isForeign || !retention.knowsDescription)
    throw wireErrors.deltaExpired()
  return snapshot
}

const changePlace = (cookie: PagePlace | undefined): ChangePlace => {
  const [phase, version] = cookie?.values ?? []
  if (version != null && !/^\d{1,18}$/.test(version))
    throw wireErrors.badQuery('The skip token is malformed: follow the nextLink of the page before unchanged.')
  return { phase: phase === 'deleted' ? 'deleted' : 'changed', version: version ?? '0' }
}

function changeCookie(next: ChangePlace, at: { readonly cookie: PagePlace | undefined; readonly token: string }): string {
  const row = { values: [next.phase, next.version], id: NO_ID }
  return formatCookie({
    page: (at.cookie?.page ?? 1) + 1,
    names: ['phase', 'version'],
    primaryId: 'id',
    first: row,
    last: row,
    tracking: at.token,
  })
}

const nextLink = (exchange: Exchange, cookie: string): string =>
  `"@odata.nextLink":${stringifyJson(withOption(exchange.root, exchange.request.url, { drop: ['$skiptoken'], name: '$skiptoken', value: encodeURI(cookie) }))}`

const deltaLink = (exchange: Exchange, token: string): string => {
  const link = withOption(exchange.root, exchange.request.url, {
    drop: ['$skiptoken', '$deltatoken'],
    name: '$deltatoken',
    value: encodeURIComponent(token).replace('!', '%21'),
  })
  return `"@odata.deltaLink":${stringifyJson(link)}`
}
