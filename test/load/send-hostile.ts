import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Database } from '@p2c/base'
import { tell } from '../support/chance.ts'
import type { OutsideClient } from '../support/outside-client.ts'
import type { HostileRequest } from './hostile-request.ts'

/** A request that is not answered in this time hangs. */
const LONGEST_MS = 20_000

export interface HostileOutcome {
  /** Answers by their status. */
  readonly byStatus: ReadonlyMap<number, number>
  /** Requests answered by 5xx, not at all, or refused and yet written: empty when all is well. */
  readonly problems: readonly string[]
}

export interface HostileOptions {
  readonly token: string
  readonly database: Database
  /** The next request, endlessly. */
  readonly next: () => HostileRequest
  readonly count: number
}

/**
 * Sends requests one after the other and looks after each refused one whether the database notes a write. `database` is that of the
 * service; triggers that note every committed write are added to it.
 */
export async function sendHostile(client: OutsideClient, options: HostileOptions): Promise<HostileOutcome> {
  await noteWrites(options.database)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const byStatus = new Map<number, number>()
  const problems: string[] = []
  let writes = await countWrites(options.database)
  for (let at = 0; at < options.count && problems.length < 10; at += 1) {
    const hostile = options.next()
    const { status, body } = await send(client.root, hostile, { agent, token: options.token })
    byStatus.set(status, (byStatus.get(status) ?? 0) + 1)
    const shown = `no. ${at}: ${hostile.method} ${hostile.path.slice(0, 300)} ${JSON.stringify(hostile.headers)} ${typeof hostile.body === 'string' ? hostile.body.slice(0, 600) : ''}`
    if (status === 0 || (status >= 500 && status !== 501)) problems.push(`${status} ${body.slice(0, 200)} for ${shown}`)
    const written = await countWrites(options.database)
    // Parts of a batch that went well stay, though a later one was refused.
    if (written !== writes && status >= 400 && !hostile.path.includes('batch')) problems.push(`${status}, yet it wrote: ${shown}`)
    writes = written
    if (at % 1_000 === 999)
      tell(
        `${at + 1} hostile requests: ${[...byStatus]
          .sort(([a], [b]) => a - b)
          .map((pair) => pair.join(' × '))
          .join(', ')}`,
      )
  }
  agent.destroy()
  return { byStatus, problems }
}

/** Status 0 for an answer that does not come. */
function send(
  root: string,
  hostile: HostileRequest,
  options: { readonly agent: Agent; readonly token: string },
): Promise<{ readonly status: number; readonly body: string }> {
  const { protocol, hostname, port, pathname } = new URL(root)
  // What cannot be written into a request line at all is escaped, as any client would have to.
  const path = (hostile.path.startsWith('/') ? hostile.path : `${pathname}/${hostile.path}`).replaceAll(/[^\u0021-\u007e]/g, (letter) =>
    encodeURIComponent(letter.toWellFormed()),
  )
  return new Promise((resolve) => {
    const call = request(
      {
        protocol,
        hostname,
        port,
        path,
        method: hostile.method,
        agent: options.agent,
        timeout: LONGEST_MS,
        headers: {
          authorization: `Bearer ${options.token}`,
          ...hostile.headers,
          ...(hostile.body !== undefined && { 'content-length': Buffer.byteLength(hostile.body) }),
        },
      },
      (response) => void text(response).then((body) => resolve({ status: response.statusCode ?? 0, body })),
    )
    call.on('timeout', () => call.destroy(new Error('no answer')))
    call.on('error', (error) => resolve({ status: 0, body: error.message }))
    call.end(hostile.body)
  })
}

/** Statement triggers on every table: a write that is rolled back leaves no note. */
async function noteWrites(database: Database): Promise<void> {
  await database.query(`
    create table test_write (at bigint generated always as identity);
    create function note_test_write() returns trigger language plpgsql as $$ begin insert into test_write default values; return null; end $$;
    do $$ declare name regclass; begin
      for name in select oid::regclass from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace and relname <> 'test_write' loop
        execute format('create trigger note_test_write after insert or update or delete on %s for each statement execute function note_test_write()', name);
      end loop;
    end $$`)
}

async function countWrites(database: Database): Promise<string> {
  const found = await database.query<{ n: string }>('select coalesce(max(at), 0) as n from test_write')
  return found.rows[0]?.n ?? ''
}
