import type { Database, SqlRunner } from '@p2c/base'

/** Digits and separators of a snapshot, as digits of a number in base 12; the leading 1 keeps a zero in front. */
const ALPHABET = '0123456789:,'
const BASE = BigInt(ALPHABET.length)
/** A transaction id has at most 20 digits: an encoded snapshot is made longer than that, so that no one reads the one as the other. */
const LONGEST_PLAIN = 19
const SHORTEST_ENCODED = 24
const LONGEST_DIGITS = 20_000

/**
 * The place of a change reader as digits: which transactions it has seen. Usually that is the next transaction's number alone; while
 * others are still writing, their numbers are part of it, so that what they commit later is neither missed nor sent twice.
 */
export function encodePosition(snapshot: string): string {
  const [xmin = '', xmax = '', running = ''] = snapshot.split(':')
  if (xmin === xmax && running === '') return xmin
  let number = 1n
  for (const char of snapshot) number = number * BASE + BigInt(ALPHABET.indexOf(char))
  return `9${String(number).padStart(SHORTEST_ENCODED, '0')}`
}

/** The snapshot text that `encodePosition` was given; undefined for digits that are none. */
export function decodePosition(digits: string): string | undefined {
  if (!/^\d+$/.test(digits) || digits.length > LONGEST_DIGITS) return undefined
  if (digits.length <= LONGEST_PLAIN) return Number(digits) === 0 ? undefined : `${BigInt(digits)}:${BigInt(digits)}:`
  if (!digits.startsWith('9') || digits.length <= SHORTEST_ENCODED) return undefined
  let number = BigInt(digits.slice(1))
  let text = ''
  while (number > 1n) {
    text = `${ALPHABET.charAt(Number(number % BASE))}${text}`
    number /= BASE
  }
  return number === 1n && /^\d{1,19}:\d{1,19}:(\d{1,19}(,\d{1,19})*)?$/.test(text) ? text : undefined
}

/**
 * What a reader that begins now has seen. A position outlives the server: were it to count a transaction whose end is not on disk yet, a
 * crash would give that number to another transaction, and its changes would never be sent. So what is not on disk is written first.
 */
export async function readPosition(sql: SqlRunner, database: Pick<Database, 'transaction'>): Promise<string> {
  const found = await sql.query<{ s: string; unwritten: boolean }>(
    'select pg_current_snapshot()::text as s, pg_current_wal_insert_lsn() > pg_current_wal_flush_lsn() as unwritten',
  )
  const [row] = found.rows
  if (row?.unwritten === true) await database.transaction(writeLog)
  return encodePosition(row?.s ?? '')
}

/** A commit with something to say waits for the disk, and for all that was logged before it. */
async function writeLog(sql: SqlRunner): Promise<void> {
  await sql.query('set local synchronous_commit = on')
  await sql.query(`select pg_logical_emit_message(true, 'p2c', '')`)
}

const two = (value: number): string => String(value).padStart(2, '0')

/** `MM/dd/yyyy HH:mm:ss` in UTC. */
export const tokenTime = (time: Date): string =>
  `${two(time.getUTCMonth() + 1)}/${two(time.getUTCDate())}/${time.getUTCFullYear()} ${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`

export interface DeltaToken {
  /** Digits of `encodePosition`. */
  readonly position: string
  readonly issuedAt: Date
}

/** `<digits>!<date> <time>`. Source: wire specification 12. */
export const formatDeltaToken = (token: DeltaToken): string => `${token.position}!${tokenTime(token.issuedAt)}`

const TOKEN = /^(\d{1,20000})!(\d{2})\/(\d{2})\/(\d{4}) (\d{2}):(\d{2}):(\d{2})$/

/** Reads a delta token; undefined where the text is none. */
export function parseDeltaToken(text: string): DeltaToken | undefined {
  const parts = TOKEN.exec(text.trim())
  if (parts === null) return undefined
  const [, position = '', month, day, year, hour, minute, second] = parts
  const issuedAt = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(issuedAt.getTime()) ? undefined : { position, issuedAt }
}
