import { createHash } from 'node:crypto'
import type { SqlRunner } from '@p2c/base'
import { isRawNumber } from '@p2c/odata'

/** A request that carries an idempotency key. */
export interface KeyedRequest {
  readonly userId: string
  readonly key: string
  readonly commandName: string
  readonly body: Readonly<Record<string, unknown>>
}

/** What is known of a key: nothing (it now belongs to this transaction), the answer to the same request, or that another request had it. */
export type KeyClaim = { readonly kind: 'new' } | { readonly kind: 'answered'; readonly answer: string } | { readonly kind: 'reused' }

/** How long an answer is kept. */
const KEPT_DAYS = 7

/** Old answers that one request takes away: their number stays bounded, and no request waits for it. */
const REMOVED_AT_ONCE = 20

const digest = (...parts: readonly string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex')

/** JSON with the members of every object in one order: spaces and order of members make no other request. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each) && !isRawNumber(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )

const requestDigest = ({ userId, key }: KeyedRequest): string => digest(userId, key)
const contentDigest = ({ commandName, body }: KeyedRequest): string => digest(commandName, canonical(body))

/**
 * Takes a key for this transaction. While another transaction holds it, this one waits for its end: a committed one has left its
 * answer, one that was rolled back nothing.
 */
export async function claimKey(sql: SqlRunner, request: KeyedRequest, now: Date): Promise<KeyClaim> {
  const claimed = await sql.query(
    `insert into command_request (request_digest, command_name, content_digest, requested_at) values ($1, $2, $3, $4)
     on conflict do nothing returning rec_id`,
    [requestDigest(request), request.commandName, contentDigest(request), now],
  )
  if (claimed.rows.length > 0) {
    await removeOld(sql, now)
    return { kind: 'new' }
  }
  const { rows } = await sql.query<{ content_digest: string; answer: string }>(
    'select content_digest, answer from command_request where lower(request_digest) = $1',
    [requestDigest(request)],
  )
  const [known] = rows
  // Removed as too old between the two statements: the next try finds it free.
  if (known === undefined) return claimKey(sql, request, now)
  return known.content_digest === contentDigest(request) ? { kind: 'answered', answer: known.answer } : { kind: 'reused' }
}

async function removeOld(sql: SqlRunner, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT_DAYS * 24 * 3_600_000)
  await sql.query(
    `delete from command_request where rec_id in (
       select rec_id from command_request where requested_at < $1 order by requested_at limit ${REMOVED_AT_ONCE} for update skip locked)`,
    [before],
  )
}

/** Keeps the answer of the transaction that took the key. */
export async function keepAnswer(sql: SqlRunner, request: KeyedRequest, answer: string): Promise<void> {
  await sql.query('update command_request set answer = $2 where lower(request_digest) = $1', [requestDigest(request), answer])
}
