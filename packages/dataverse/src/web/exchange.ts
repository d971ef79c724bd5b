import type { SqlRunner } from '@p2c/base'
import { ANNOTATIONS, type Preferences } from '@p2c/odata'
import type { Invocation } from '../pipeline/invocation.ts'
import type { Caller, PlatformCore, WriteContext } from '../pipeline/write-context.ts'

/** One request below the service root: from HTTP, or a part of a batch. */
export interface WireRequest {
  /** Upper case. */
  readonly method: string
  /** Path and query below the root, still percent-encoded: `accounts?$top=1`. */
  readonly url: string
  /** Names in lower case. */
  readonly header: (name: string) => string | undefined
  /** Absent when blank. */
  readonly body: string | undefined
  readonly inBatch: boolean
}

/** An answer before it is written to HTTP or to a batch part. */
export interface WireAnswer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

/** What every handler gets beside its request. */
export interface Exchange {
  readonly core: PlatformCore
  readonly caller: Caller
  readonly invocation: Invocation
  readonly request: WireRequest
  readonly preferences: Preferences
  /** `https://host/api/data/v9.2/`, with its slash. */
  readonly root: string
  /** `/api/data/v9.2` */
  readonly rootPath: string
  readonly settings: WireSettings
  /** Reads: the database, or the transaction of the change set. */
  readonly sql: SqlRunner
  /** Runs a write: in a transaction of its own, or in that of the change set. */
  readonly write: <Result>(work: (context: WriteContext) => Promise<Result>) => Promise<Result>
}

/** Switches of rules that the public record leaves open, and limits. */
export interface WireSettings {
  /** Rows of a page at most. */
  readonly maxPageSize: number
  /** Days that a delta link lives; the organisation's own setting goes before it. */
  readonly deltaRetentionDays: number
  /** Refuse a write inside a change set without Content-ID. */
  readonly requireContentId: boolean
  /** Refuse a bulk target that repeats the key columns of its `@odata.id`. */
  readonly refuseRepeatedKeyColumns: boolean
  readonly maxBodyBytes: number
  /** A FetchXML query that links tables may take so long: its text decides how many rows the database looks at. */
  readonly maxFetchMs: number
}

export const DEFAULT_WIRE_SETTINGS: WireSettings = {
  maxPageSize: 5_000,
  deltaRetentionDays: 7,
  requireContentId: true,
  refuseRepeatedKeyColumns: true,
  maxBodyBytes: 64 * 1024 * 1024,
  maxFetchMs: 120_000,
}

export const JSON_TYPE = 'application/json; odata.metadata=minimal'

/** An answer with a JSON body. */
export const jsonAnswer = (status: number, body: string, headers: readonly (readonly [string, string])[] = []): WireAnswer => ({
  status,
  headers: [...headers, ['Content-Type', JSON_TYPE]],
  body,
})

/** An answer in plain text. A count begins with a byte-order mark, as the real service sends it (section 8). */
export const textAnswer = (text: string): WireAnswer => ({ status: 200, headers: [['Content-Type', 'text/plain']], body: text })

export const emptyAnswer = (headers: readonly (readonly [string, string])[] = []): WireAnswer => ({ status: 204, headers })

/** Annotations that the client asked for; none without the preference. */
export const wantedAnnotations =
  (exchange: Exchange) =>
  (name: string): boolean =>
    exchange.preferences.includeAnnotations?.(name) ?? false

/** True when the client asked for any annotation that a collection carries at its root. */
export const wantsCounts = (exchange: Exchange): boolean => wantedAnnotations(exchange)(ANNOTATIONS.totalRecordCount)
