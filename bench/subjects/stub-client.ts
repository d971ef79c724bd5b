import { Pool } from 'undici'
import type { StubAccount } from '../stub/account.ts'
import type { WireOutcome } from '../stub/destination.ts'
import type { WirePage } from '../stub/source.ts'

/** Upserts under way at the same time, and rows of each: the same for every subject. */
export const UPSERTS_IN_FLIGHT = 4
export const UPSERT_ROWS = 1_000
export const PAGE_ROWS = 5_000

/** The stub end points over undici, as both the bare loop and the engine's connector call them. */
export interface StubClient {
  page(entity: string, query: string): Promise<WirePage>
  count(entity: string, query: string): Promise<number>
  byKeys(entity: string, keys: readonly string[]): Promise<readonly StubAccount[]>
  upsert(entity: string, rows: readonly object[]): Promise<readonly WireOutcome[]>
  /** Requests sent so far. */
  requests(): number
  close(): Promise<void>
}

export function createStubClient(origin: string): StubClient {
  const reads = new Pool(origin, { connections: 2, pipelining: 1 })
  const writes = new Pool(origin, { connections: UPSERTS_IN_FLIGHT, pipelining: 1 })
  let sent = 0
  const call = async <Result>(pool: Pool, path: string, body?: unknown): Promise<Result> => {
    sent++
    const answer = await pool.request({
      method: body === undefined ? 'GET' : 'POST',
      path,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}: ${await answer.body.text()}`)
    return JSON.parse(await answer.body.text()) as Result
  }
  return {
    page: (entity, query) => call(reads, `/source/${entity}?${query}`),
    count: (entity, query) => call(reads, `/source/${entity}/count?${query}`),
    byKeys: (entity, keys) => call(reads, `/source/${entity}/by-keys`, keys),
    upsert: (entity, rows) => call(writes, `/destination/${entity}`, rows),
    requests: () => sent,
    close: async () => {
      await Promise.all([reads.close(), writes.close()])
    },
  }
}
